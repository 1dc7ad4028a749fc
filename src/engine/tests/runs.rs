//! Plans by stage, at once, for some; plans nobody has heard of.

use super::kit::{Stage, TEAM, config, name};
use crate::domain::command::{Command, Order, Target, Until};
use crate::domain::plan::Plan;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Ended, Event};

#[test]
fn a_stage_waits_for_the_whole_stage_before() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    let stages: [&[&str]; 4] = [&["ARCH"], &["PLAT", "SEC", "OBS"], &["NET", "OPS"], &["QA", "DOCS"]];
    for (i, stage) in stages.iter().enumerate() {
        assert_eq!(s.tasks(TaskState::Running), *stage, "stage {}", i + 1);
        if i == 1 {
            assert_eq!(s.is("NET"), AgentState::Pending, "waits for its stage");
            assert_eq!(s.is("ARCH"), AgentState::Idle);
        }
        for agent in *stage {
            let running = s.tasks(TaskState::Running).len();
            s.commits(agent);
            s.pass(1000);
            let left = s.tasks(TaskState::Running).len();
            assert!(left == running - 1 || agent == stage.last().unwrap(), "{agent}");
        }
    }
    assert!(s.state.runs[0].ended);
    assert_eq!(s.tasks(TaskState::Done), ["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"]);
}

#[test]
fn a_broadcast_goes_to_all_at_once_and_a_focus_group_to_its_members() {
    let mut s = Stage::new();
    let Answer::Run(view) = s.run("enhancement", Order::Broadcast, &[]) else { panic!() };
    assert_eq!(view.tasks.len(), 8);
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running).len(), 8);
    for agent in TEAM {
        s.git.commit(agent);
        s.rests(agent);
    }
    assert!(s.state.runs[0].ended);
    s.run("enhancement", Order::Staged, &["focus:security"]);
    s.pass(1000);
    assert_eq!(s.state.runs[1].focus.as_deref(), Some("security"));
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC"], "NET is of a later stage");
    assert_eq!(s.tasks(TaskState::Queued), ["NET"]);
    let Answer::Fault { fault, why } = s.run("wrap-up", Order::Staged, &[]) else { panic!() };
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("run wrap-up: enhancement still runs (run 2)"), "{why}");
}

const INCIDENT: &str = r#"
name = "incident"
title = "Somebody triages, specialists look, one writes it up"
stages = [["triage"], ["look-net", "look-sec"], ["write"]]
[[task]]
id = "triage"
agent = "OPS"
prompt = "look"
done = "idle"
[[task]]
id = "look-net"
agent = "NET"
prompt = "look"
done = "idle"
[[task]]
id = "look-sec"
role = "SEC role"
prompt = "look"
needs = ["look-net"]
done = "idle"
[[task]]
id = "write"
agent = "DOCS"
prompt = "look"
done = "committed"
"#;

fn incident() -> Stage {
    let mut c = config();
    let plan: Plan = toml::from_str(INCIDENT).unwrap();
    c.plans.insert(plan.name.clone(), plan);
    c.prompts.insert("look".into(), "{{ agent }}: look".into());
    Stage::of(c)
}

#[test]
fn a_plan_the_code_has_never_heard_of_runs_by_its_text_alone() {
    let mut s = incident();
    s.run("incident", Order::Staged, &[]);
    for (id, agent) in [("triage", "OPS"), ("look-net", "NET"), ("look-sec", "SEC"), ("write", "DOCS")] {
        s.pass(1000);
        assert_eq!(s.tasks(TaskState::Running), [agent]);
        assert_eq!(s.task(id), TaskState::Running);
        assert!(s.written(agent)[0].1.contains(&format!("{agent}: look")));
        s.commits(agent);
    }
    assert!(s.state.runs[0].ended);
}

#[test]
fn by_broadcast_only_needs_count() {
    let mut s = incident();
    s.run("incident", Order::Broadcast, &[]);
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["OPS", "NET", "DOCS"]);
    s.rests("NET");
    s.pass(1000);
    assert_eq!(s.task("look-sec"), TaskState::Running);
}

#[test]
fn a_failed_task_blocks_the_next_stage_until_it_is_skipped() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    s.happen(Event::PaneEnded { agent: name("ARCH"), how: Ended::Exited(1) });
    s.pass(60_000);
    assert_eq!(s.task("enhance-ARCH"), TaskState::Failed);
    assert_eq!(s.tasks(TaskState::Queued).len(), 7);
    let Answer::Run(view) = s.ask(Command::DryRun {
        plan: "enhancement".into(),
        order: Order::Staged,
        targets: vec![],
        prompt: None,
    }) else {
        panic!()
    };
    assert_eq!((view.run, view.tasks[0].why.as_str()), (0, "stage 1"));
    let run = s.state.runs[0].clone();
    assert_eq!(crate::engine::run::waits_for(&run, &run.tasks[1]), "waits for ARCH (failed)");
    // Whoever waits for the run is told rather than left waiting: somebody has to decide.
    let n = s.asks(Command::Wait { targets: vec![], until: Until::Run(1), timeout_ms: 600_000 });
    let Some(Answer::Run(view)) = s.answers.get(&n) else { panic!() };
    assert!(!view.ended);
    s.ask(Command::DropTask { task: "enhance-ARCH".into() });
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC", "OBS"]);
}

#[test]
fn an_agent_left_out_holds_nobody_up_and_gets_nothing_more() {
    let mut s = Stage::new();
    s.print("ARCH", super::kit::ASK);
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    assert_eq!(s.task("enhance-ARCH"), TaskState::Sent);
    s.ask(Command::Skip { agent: name("ARCH") });
    s.pass(1000);
    assert_eq!(s.task("enhance-ARCH"), TaskState::Skipped);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC", "OBS"]);
    s.print("ARCH", super::kit::REST);
    s.pass(60_000);
    assert!(s.written("ARCH").is_empty(), "its prompt was taken back");
    assert!(s.agent("ARCH").queue.is_empty());
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut s = Stage::new();
    let before = s.journal.len();
    let Answer::Run(view) = s.ask(Command::DryRun {
        plan: "wrap-up".into(),
        order: Order::Staged,
        targets: vec![Target("stage:2".into())],
        prompt: None,
    }) else {
        panic!()
    };
    let seen: Vec<_> = view.tasks.iter().map(|t| (t.agent.as_str(), t.stage, t.bytes > 400)).collect();
    assert_eq!(seen, [("PLAT", 2, true), ("SEC", 2, true), ("OBS", 2, true)]);
    assert_eq!(s.journal.len(), before);
    assert!(s.state.runs.is_empty());
}

#[test]
fn who_waits_for_a_run_hears_of_its_end() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    let wait = Command::Wait { targets: vec![], until: Until::Run(1), timeout_ms: 60_000 };
    let n = s.asks(wait.clone());
    s.pass(1000);
    assert!(!s.answers.contains_key(&n));
    s.commits("SEC");
    let Some(Answer::Run(view)) = s.answers.get(&n) else { panic!() };
    assert!(view.ended);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    let n = s.asks(Command::Wait { targets: vec![], until: Until::Run(2), timeout_ms: 5000 });
    s.pass(5000);
    assert!(matches!(s.answers.get(&n), Some(Answer::Fault { fault: Fault::Timeout, .. })));
    let unknown = Command::Wait { targets: vec![], until: Until::Run(9), timeout_ms: 5000 };
    assert_eq!(s.fault(unknown).1, "there is no run 9");
}

#[test]
fn a_plan_started_while_agents_come_up_waits_for_them() {
    let mut s = Stage::dark(config());
    s.happen(Event::Start);
    s.run("enhancement", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(3000);
    assert_eq!(s.tasks(TaskState::Sent), ["SEC", "OBS"]);
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::NeverRan("no such program".into()) });
    assert_eq!(s.task("enhance-OBS"), TaskState::Failed);
    s.up("SEC");
    s.print("SEC", super::kit::BOX);
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
}
