//! A session without worktrees: plans run to their end, and git is never asked.

use super::kit::{BOX, SPIN, Stage, TEAM, config, name};
use crate::domain::command::{Caller, Command, Order, Subject, Target, Until, Via, WhichOrder};
use crate::domain::ending::EndGates;
use crate::domain::gates::Reuse;
use crate::domain::hook::HookEvent;
use crate::domain::plan::{DoneRule, Task};
use crate::domain::record::Record;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::team::Config;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Event, Feeding};

/// The team of eight without worktrees; its enhancement plan asks for no commits.
pub(super) fn bare() -> Config {
    let mut config = config();
    config.worktrees = false;
    config.gates.clear();
    config.merge.order.clear();
    config.merge.target.clear();
    for agent in &mut config.team {
        agent.branch.clear();
    }
    if let Some(plan) = config.plans.get_mut("enhancement") {
        plan.gates = EndGates::None;
        plan.tasks.iter_mut().for_each(|t| t.done = DoneRule::Idle);
    }
    config
}

/// Fails where an effect asks something of git: all but those of panes, people, the record and callers do.
pub(super) fn asks_nothing_of_git(effect: &Effect) {
    assert!(
        matches!(
            effect,
            Effect::Journal(_)
                | Effect::Spawn { .. }
                | Effect::Write { .. }
                | Effect::SetSize { .. }
                | Effect::Probe { .. }
                | Effect::Stop { .. }
                | Effect::Say { .. }
                | Effect::KeepReport { .. }
                | Effect::Report { .. }
                | Effect::Notify { .. }
                | Effect::Answer { .. }
                | Effect::Quit
        ),
        "asks something of git: {effect:?}"
    );
}

fn without_git(s: &Stage) {
    s.effects.iter().for_each(|(_, effect)| asks_nothing_of_git(effect));
}

fn stage(state: TaskState, s: &Stage) -> String {
    s.tasks(state).join(" ")
}

#[test]
fn a_plan_runs_stage_by_stage_to_its_end() {
    let mut s = Stage::of(bare());
    s.run("enhancement", Order::Staged, &[]);
    for stage_of in ["ARCH", "PLAT SEC OBS", "NET OPS", "QA DOCS"] {
        s.pass(1000);
        assert_eq!(stage(TaskState::Running, &s), stage_of);
        stage_of.split(' ').for_each(|agent| s.rests(agent));
    }
    assert!(s.state.runs[0].ended, "{:?}", s.state.runs[0]);
    assert_eq!(s.tasks(TaskState::Done).len(), TEAM.len());
    assert!(matches!(s.ask(Command::Status), Answer::Status(_)), "answered at once");
    without_git(&s);
}

#[test]
fn prompts_render_with_nothing_to_say_of_branches() {
    let mut s = Stage::of(bare());
    for prompt in ["enhance", "wrap-up", "orchestrate"] {
        let agent = if prompt == "orchestrate" { "ORCHESTRATOR" } else { "SEC" };
        let receipts = s.template(agent, prompt);
        assert!(
            matches!(&receipts, Answer::Receipts { receipts } if receipts[0].dispatch > 0),
            "{receipts:?}"
        );
    }
    s.pass(2000);
    assert!(s.agent("SEC").receipts.len() + s.agent("SEC").queue.len() > 0);
    without_git(&s);
}

#[test]
fn what_an_agent_says_of_being_ready_is_no_claim() {
    let mut s = Stage::of(bare());
    s.template("SEC", "wrap-up");
    s.pass(2000);
    assert_eq!(s.count(|r| matches!(r, Record::Queued { code: Some(_), .. })), 0, "no code is given out");
    s.print("SEC", "[AGENT] SEC READY FOR MERGE\r\n");
    s.rests("SEC");
    let message = "[AGENT] SEC READY FOR MERGE".to_owned();
    let hook = Command::Hook { event: HookEvent { message, ..HookEvent::default() } };
    s.says(Caller::Pane(name("SEC")), hook);
    let claims = s.count(|r| matches!(r, Record::Claimed { via: Via::Text | Via::Hook, .. }));
    assert_eq!((claims, s.is("SEC")), (0, AgentState::Idle));
    without_git(&s);
}

#[test]
fn what_is_asked_about_branches_is_refused_with_the_reason() {
    let mut s = Stage::of(bare());
    let sec = || name("SEC");
    let task = |done| Task { agent: Some(sec()), ..Task::new("more", "enhance", done) };
    let run = |plan: &str| Command::Run {
        plan: plan.into(),
        order: Order::Staged,
        targets: vec![],
        prompt: None,
        red: Default::default(),
    };
    let wait = |until| Command::Wait { targets: vec![Target("SEC".into())], until, timeout_ms: 10_000 };
    let verify = Command::Verify { subject: Subject::Merged, gates: vec![], reuse: Reuse::Known };
    for (command, starts) in [
        (Command::Merge, "merge: "),
        (Command::MergePlanned { digest: "x".into() }, "merge: "),
        (Command::MergePlan, "merge: "),
        (Command::MergeContinue { skip: vec![] }, "merge: "),
        (Command::ContinuePlan { skip: vec![] }, "merge: "),
        (Command::MergeHand, "merge: "),
        (Command::MergeResolve, "merge: "),
        (Command::MergeAbort, "merge: "),
        (Command::MergeUndo, "merge: "),
        (Command::TakeOrder { which: WhichOrder::Proposed }, "change the merge order: "),
        (Command::Pr { train: None }, "describe a train: "),
        (Command::Review { agents: vec![] }, "review: "),
        (Command::Diff { agent: sec(), open: true, path: None }, "compare the branch of SEC: "),
        (Command::Unmerged { ours: None, theirs: sec() }, "compare the branch of SEC: "),
        (Command::Suggest { agents: vec![] }, "suggest: "),
        (verify, "verify: "),
        (Command::Trust { digest: None, by: String::new() }, "look at shared git configuration: "),
        (Command::Accept { agent: sec(), note: String::new() }, "take SEC at its word: "),
        (Command::Ready { note: String::new() }, "claim: "),
        (run("wrap-up"), "run wrap-up: "),
        (wait(Until::State(AgentState::Ready)), "wait until all are ready: "),
        (
            wait(Until::States(vec![AgentState::Ready, AgentState::Merged])),
            "wait until all are ready or merged: ",
        ),
        (Command::AddTask { task: task(DoneRule::Committed) }, "add task more: "),
    ] {
        let (fault, why) = s.fault(command.clone());
        let expected =
            format!("{starts}this session has no worktrees (`worktrees = false` in orchestra.toml): ");
        assert!(fault == Fault::Usage && why.starts_with(&expected), "{command:?}: {why}");
    }
    // What can be so is waited for, and what needs no commit is added and run.
    s.print("SEC", SPIN);
    let n = s.asks(wait(Until::States(vec![AgentState::Idle, AgentState::Ready])));
    s.rests("SEC");
    assert!(matches!(s.answers.get(&n), Some(Answer::Done { .. })));
    s.run("enhancement", Order::Broadcast, &["OBS"]);
    assert!(matches!(s.ask(Command::AddTask { task: task(DoneRule::Idle) }), Answer::Done { .. }));
    without_git(&s);
}

#[test]
fn a_lost_server_finds_its_plan_again_and_ends_it() {
    let mut s = Stage::of(bare());
    s.run("enhancement", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(1000);
    s.rests("SEC");
    s.crash();
    for agent in TEAM {
        let bytes = BOX.as_bytes().to_vec();
        s.happen(Event::Output { agent: name(agent), bytes, mode: Feeding::Recovering });
    }
    s.happen(Event::Start);
    assert_eq!((s.task("enhance-SEC"), s.task("enhance-OBS")), (TaskState::Done, TaskState::Running));
    s.print("OBS", SPIN);
    s.rests("OBS");
    assert!(s.state.runs[0].ended);
    without_git(&s);
}

#[test]
fn changes_told_of_files_lead_to_nothing() {
    let mut s = Stage::of(bare());
    let agents = vec![name("SEC")];
    s.happen(Event::Stirred(crate::engine::event::Stirred { target: true, agents }));
    s.ask(Command::Skip { agent: name("SEC") });
    s.pass(100_000);
    without_git(&s);
}
