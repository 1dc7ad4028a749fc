//! Gates that somebody asks for, what is shown of those that run, what ends them, and what was red before.

use super::kit::{Stage, name, oid};
use super::merge::all_ready;
use crate::domain::command::{Caller, Command, Subject};
use crate::domain::gates::{Part, Place, Reuse};
use crate::domain::record::Record;
use crate::domain::review::GateStatus;
use crate::domain::state::AgentState;
use crate::domain::train::TRIAL;
use crate::domain::view::{Answer, Fault, Verified};
use crate::engine::event::{Effect, Event, GateNews, TargetFacts};

fn tips(agents: &[&str]) -> Command {
    let subject = Subject::Tips(agents.iter().map(|a| name(a)).collect());
    Command::Verify { subject, gates: vec![], reuse: Reuse::Known }
}

fn merged() -> Command {
    Command::Verify { subject: Subject::Merged, gates: vec![], reuse: Reuse::Never }
}

fn places(answer: Answer) -> Vec<Verified> {
    let Answer::Verified { places } = answer else { panic!("{answer:?}") };
    places
}

/// Jobs that were cancelled.
fn cancelled(s: &Stage) -> Vec<u64> {
    let ends = |(_, e): &(u64, Effect)| match e {
        Effect::CancelGates { job } => Some(*job),
        _ => None,
    };
    s.effects.iter().filter_map(ends).collect()
}

fn gate_jobs(s: &Stage) -> Vec<(u64, Option<crate::domain::id::Oid>, Reuse)> {
    let asked = |(_, e): &(u64, Effect)| match e {
        Effect::Gates { job, base, reuse, .. } => Some((*job, base.clone(), *reuse)),
        _ => None,
    };
    s.effects.iter().filter_map(asked).collect()
}

#[test]
fn all_gates_run_at_the_tips_asked_for_and_are_known_there_then() {
    let mut s = Stage::new();
    let head = s.git.commit("SEC");
    s.git.red.insert("test".into());
    let found = places(s.ask(tips(&["SEC", "OBS"])));
    assert_eq!(found.iter().map(|p| p.place.as_str()).collect::<Vec<_>>(), ["SEC", "OBS"]);
    assert_eq!(found[0].oid, Some(head), "as it is now, not as it was seen last");
    let said: Vec<_> = found[0].gates.iter().map(|g| (g.gate.as_str(), g.status)).collect();
    assert_eq!(said[0], ("build", GateStatus::Green));
    assert!(said.contains(&("test", GateStatus::Red)) && !found[0].passed());
    assert_eq!(s.agent("SEC").gates.len(), said.len(), "status and review know them");
    assert!(s.state.gating.is_empty() && s.state.verifying.is_empty());
}

#[test]
fn gates_can_be_chosen_and_what_there_is_not_is_refused() {
    let mut s = Stage::new();
    let only = |gate: &str| Command::Verify {
        subject: Subject::Tips(vec![name("SEC")]),
        gates: vec![gate.to_owned()],
        reuse: Reuse::Known,
    };
    let found = places(s.ask(only("test")));
    assert_eq!(found[0].gates.iter().map(|g| g.gate.as_str()).collect::<Vec<_>>(), ["test"]);
    let (fault, why) = s.fault(only("tset"));
    assert!(fault == Fault::Usage && why.contains("did you mean test?"), "{why}");
    assert_eq!(s.fault(tips(&["ORCHESTRATOR"])).0, Fault::Usage);
    let n = s.says(Caller::Pane(name("SEC")), tips(&["SEC"]));
    assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }), "not from its own pane");
    let n = s.says(Caller::Pane(name("ORCHESTRATOR")), tips(&["SEC"]));
    assert!(matches!(s.answers[&n], Answer::Verified { .. }));
}

#[test]
fn a_branch_that_cannot_be_read_is_said_to_be_untested() {
    let mut s = Stage::new();
    s.git.broken = Some("no such branch".into());
    let found = places(s.ask(tips(&["SEC"])));
    assert_eq!((found[0].why.as_str(), found[0].passed()), ("no such branch", false));
}

#[test]
fn what_worktrees_hold_is_tested_as_commits_that_go_again_and_are_no_tips() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    let open = || Command::Verify {
        subject: Subject::Open(vec![name("SEC"), name("OBS")]),
        gates: vec![],
        reuse: Reuse::Known,
    };
    let found = places(s.ask(open()));
    assert_eq!((found[1].place.as_str(), found[1].oid.clone()), ("OBS (uncommitted)", Some(oid("open-OBS"))));
    assert!(found.iter().all(Verified::passed));
    assert!(s.effects.iter().any(|(_, e)| *e == Effect::DropSnapshot { agent: name("OBS") }));
    assert!(s.agent("SEC").gates.is_empty(), "nothing is said of its tip");
    s.git.broken = Some("it was tampered with".into());
    let found = places(s.ask(open()));
    assert!(found.iter().all(|p| p.why == "it was tampered with"));
}

#[test]
fn what_merging_gives_is_built_tested_and_forgotten_and_is_no_train() {
    let mut s = all_ready();
    let before = gate_jobs(&s).len();
    let found = places(s.ask(merged()));
    assert_eq!((found[0].oid.clone(), found[0].of.len()), (Some(oid("m-DOCS")), 8));
    assert!(found[0].passed());
    let jobs = gate_jobs(&s).split_off(before);
    assert_eq!((jobs.len(), jobs[0].1.clone(), jobs[0].2), (1, Some(oid("main000")), Reuse::Never));
    let built = s.effects.iter().find_map(|(_, e)| match e {
        Effect::Build { plan } => Some(plan.id),
        _ => None,
    });
    let id = built.unwrap();
    assert!(id & TRIAL != 0);
    assert!(s.effects.iter().any(|(_, e)| *e == Effect::ForgetTrain { train: id }));
    assert!(s.state.train.is_none());
    let on_merged = |r: &Record| matches!(r, Record::GateAt(at) if at.place == Place::Merged);
    assert_eq!(s.count(on_merged), found[0].gates.len());
}

#[test]
fn nothing_to_merge_is_said() {
    let mut s = Stage::new();
    s.git.target = TargetFacts { oid: oid("main000"), ..TargetFacts::default() };
    let found = places(s.ask(merged()));
    assert!(found[0].why.starts_with("nothing is ready to merge"), "{}", found[0].why);
}

#[test]
fn a_gate_that_was_red_before_keeps_nobody_from_being_ready_or_merged_and_is_told_once() {
    let mut s = Stage::new();
    s.git.red_before.insert("build".into());
    s.git.target.oid = oid("main000");
    for agent in ["ARCH", "SEC"] {
        s.git.commit(agent);
        s.ready(agent);
        assert_eq!(s.is(agent), AgentState::Ready, "{:?}", s.agent(agent).reasons);
    }
    let on_base = |r: &Record| matches!(r, Record::GateAt(at) if at.place == Place::Base);
    assert_eq!(s.count(on_base), 1, "said once for both");
    let n = s.asks(Command::Status);
    let Answer::Status(status) = &s.answers[&n] else { panic!() };
    assert_eq!((status.base.len(), status.base[0].status), (1, GateStatus::Red));
    let sec = status.agents.iter().find(|a| a.name.as_str() == "SEC").unwrap();
    assert!(sec.gates[0].excused);
    for agent in ["PLAT", "OBS", "NET", "OPS", "QA", "DOCS"] {
        s.ask(Command::Skip { agent: name(agent) });
    }
    let Answer::Train(view) = s.ask(Command::Merge) else { panic!("not merged") };
    assert!(view.applied && view.gates[0].was_red_before());
}

#[test]
fn what_is_red_of_its_own_still_refuses() {
    let mut s = Stage::new();
    s.git.red.insert("build".into());
    s.git.commit("SEC");
    s.ready("SEC");
    assert!(s.agent("SEC").reasons[0].contains("gate build is red"));
}

#[test]
fn what_runs_is_shown_and_a_claim_made_anew_ends_it() {
    let mut s = Stage::new();
    s.git.silent.insert("gates");
    let head = s.git.commit("SEC");
    s.ready("SEC");
    let job = gate_jobs(&s)[0].0;
    let at = |part| Event::Gating { job, news: GateNews::At { part, gate: "build".into() } };
    assert_eq!(s.state.gating[0].part, Part::Waiting);
    s.happen(at(Part::Running));
    s.pass(3000);
    s.happen(at(Part::Running));
    s.happen(Event::Gating { job, news: GateNews::Says("compiling".into()) });
    let Answer::Gating { jobs } = s.ask(Command::Gating) else { panic!() };
    let shown = (jobs[0].place.as_str(), &jobs[0].oid, jobs[0].gate.as_str(), jobs[0].part, jobs[0].seconds);
    assert_eq!(shown, ("SEC", &head, "build", Part::Running, 3));
    assert_eq!(jobs[0].tail, "compiling");
    s.ready("SEC");
    assert_eq!(cancelled(&s), [job], "nobody needs the first any more");
    assert_eq!(s.state.gating.len(), 1);
    // What it still tells changes nothing.
    s.happen(at(Part::Baseline));
    s.catch_up();
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert!(s.state.gating.is_empty());
}

#[test]
fn the_end_of_the_session_ends_what_runs_and_tells_who_waits() {
    let mut s = Stage::new();
    s.git.silent.insert("gates");
    s.git.commit("SEC");
    s.ready("SEC");
    let n = s.asks(tips(&["OBS"]));
    assert!(!s.answers.contains_key(&n));
    s.asks(Command::Down);
    assert_eq!(cancelled(&s).len(), 2);
    assert!(matches!(&s.answers[&n], Answer::Fault { why, .. } if why.contains("session ends")));
    assert!(s.state.gating.is_empty());
}

#[test]
fn an_answer_to_something_else_takes_nobody_what_is_waited_for() {
    let mut s = all_ready();
    s.git.silent.insert("target");
    let asked = s.asks(merged());
    for job in 0..100 {
        s.happen(Event::Reviewed { job, reviews: Err("x".into()) });
    }
    assert!(!s.answers.contains_key(&asked));
    s.catch_up();
    assert!(s.answers.contains_key(&asked), "nobody answered");
}
