//! The train: who is on it, and what stops it before the target moves.

use super::kit::{Stage, TEAM, config, name, oid};
use crate::domain::command::{Command, Until};
use crate::domain::record::Record;
use crate::domain::review::{Conflict, ConflictKind};
use crate::domain::state::AgentState;
use crate::domain::team::Config;
use crate::domain::train::{Applied, Built, Halt, Stuck};
use crate::domain::view::{Answer, Fault, TrainView};
use crate::engine::event::{Effect, Event};
use crate::engine::parts::TrainPhase;

pub(super) fn all_ready() -> Stage {
    all_ready_of(config())
}

pub(super) fn all_ready_of(config: Config) -> Stage {
    let mut s = Stage::of(config);
    s.git.target.oid = oid("main000");
    for agent in TEAM {
        s.git.commit(agent);
        s.ready(agent);
        assert_eq!(s.is(agent), AgentState::Ready);
    }
    s
}

pub(super) fn applies(s: &Stage) -> usize {
    s.effects.iter().filter(|(_, e)| matches!(e, Effect::Apply(_))).count()
}

pub(super) fn train(answer: Answer) -> TrainView {
    let Answer::Train(view) = answer else { panic!("{answer:?}") };
    *view
}

#[test]
fn who_is_missing_is_named_and_nothing_moves() {
    let mut s = Stage::new();
    s.git.commit("ARCH");
    s.ready("ARCH");
    s.ready("PLAT");
    let (fault, why) = s.fault(Command::Merge);
    assert_eq!(fault, Fault::Protected);
    assert!(why.contains("PLAT (branch branch-PLAT has no commit on base000"), "{why}");
    assert!(why.contains("DOCS (idle)") && !why.contains("ARCH"), "{why}");
    assert!(why.contains("orchestra skip AGENT"));
    assert!(s.state.train.is_none());
    for agent in &TEAM[1..] {
        s.ask(Command::Skip { agent: name(agent) });
    }
    let view = train(s.ask(Command::Merge));
    assert_eq!(view.plan.steps.len(), 1);
    assert_eq!(view.left_out.len(), 7);
}

#[test]
fn the_train_takes_exactly_what_was_proved_in_order_and_moves_the_target_once() {
    let mut s = all_ready();
    let view = train(s.ask(Command::Merge));
    let order: Vec<_> = view.plan.steps.iter().map(|t| t.agent.as_str()).collect();
    assert_eq!(order, ["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"]);
    assert_eq!((view.plan.base.0.as_str(), view.applied), ("main000", true));
    assert_eq!(view.plan.steps[2].oid, oid("c000003"));
    assert_eq!(view.plan.steps[2].message, "Merge SEC");
    assert_eq!(view.gates.len(), 2, "all gates, not the build alone");
    assert_eq!(applies(&s), 1);
    assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Merged));
    let at = |f: &dyn Fn(&Effect) -> bool| s.effects.iter().position(|(_, e)| f(e)).unwrap();
    let intent = at(&|e| matches!(e, Effect::Journal(r @ Record::TrainIntent(_)) if r.must_sync()));
    let apply = at(&|e| matches!(e, Effect::Apply(_)));
    assert!(intent < apply, "the intent is on disk before the target moves");
    let (_, why) = s.fault(Command::Merge);
    assert_eq!(why, "merge: nothing is ready to merge");
}

/// Why the train stands still, and whether the target was left alone.
fn halted(s: &mut Stage, command: Command) -> Halt {
    let before = applies(s);
    let view = train(s.ask(command));
    assert_eq!((view.phase, view.applied, applies(s)), (TrainPhase::Halted, false, before));
    assert_eq!(view.choices, view.halt.as_ref().unwrap().choices());
    view.halt.unwrap()
}

#[test]
fn red_gates_conflicts_and_a_dirty_target_leave_the_target_alone() {
    let mut s = all_ready();
    s.git.red.insert("test".into());
    let halt = halted(&mut s, Command::Merge);
    let Halt::Red { gates, said, guilty: Some(_), at, .. } = &halt else { panic!("{halt:?}") };
    assert_eq!((&gates[..], &at.0[..]), (&["test".to_owned()][..], "m-ARCH"));
    assert_eq!(said[0], "gate test is red (exit 1): one test failed");
    s.git.red_before.insert("test".into());
    s.git.unexcused = true;
    let halt = halted(&mut s, Command::Merge);
    assert!(matches!(halt, Halt::Red { guilty: None, .. }), "the target itself is red: {halt:?}");
    s.git.red_before.clear();
    s.git.red = ["build".to_owned()].into();
    let halt = halted(&mut s, Command::Merge);
    let Halt::Red { gates, unrun, .. } = &halt else { panic!("{halt:?}") };
    assert_eq!((&gates[0][..], &unrun[..]), ("build", &["test".to_owned()][..]));
    s.git.red.clear();
    let conflicts = vec![Conflict::new("a/b.rs", ConflictKind::Content)];
    s.git.conflict = Some(Built::Conflict(Stuck::new(name("OBS"), vec![name("SEC")], conflicts)));
    let halt = halted(&mut s, Command::Merge);
    assert_eq!(halt.to_string(), "OBS conflicts with SEC in a/b.rs (content)");
    s.git.conflict = None;
    s.git.target.in_the_way = vec!["README".into()];
    let (fault, why) = s.fault(Command::Merge);
    assert_eq!(fault, Fault::Protected);
    assert!(why.contains("main has uncommitted files: README"), "{why}");
    assert_eq!(s.fault(Command::MergeContinue { skip: vec![] }), (fault, why), "and the train stays halted");
    let view = train(s.ask(Command::MergePlan));
    assert!(view.missing.iter().any(|m| m.contains("README")), "a dry run says so too: {:?}", view.missing);
    assert_eq!(view.replaces, Some(4), "and which train it takes the place of");
    s.git.target.in_the_way.clear();
    s.git.target.refuse = "commits are signed".into();
    assert_eq!(s.fault(Command::Merge), (Fault::Protected, "commits are signed".into()));
    assert_eq!(applies(&s), 0);
    assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Ready));
    s.git.target.refuse.clear();
    assert!(train(s.ask(Command::Merge)).applied, "and once that is put right it goes");
    assert_eq!(s.state.train.as_ref().unwrap().plan.id, 5);
}

#[test]
fn a_target_that_moved_meanwhile_or_has_files_in_the_way_is_left_alone() {
    let mut s = all_ready();
    s.git.applied = Some(Applied::Elsewhere { expected: oid("main000"), found: oid("other00") });
    let view = train(s.ask(Command::Merge));
    assert_eq!(view.halt.unwrap().to_string(), "main moved from main000 to other00 meanwhile");
    s.git.applied = Some(Applied::InTheWay { files: vec!["x".into()], remedy: "move it away".into() });
    let view = train(s.ask(Command::Merge));
    assert_eq!(view.halt.unwrap().to_string(), "x; move it away");
    assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Ready));
    assert_eq!(s.state.train.as_ref().unwrap().phase, TrainPhase::Halted);
    assert_eq!(s.state.train.as_ref().unwrap().plan.id, 2);
    assert_eq!(s.count(|r| matches!(r, Record::TrainDropped { train: 1 })), 1);
}

#[test]
fn one_merge_at_a_time_and_who_waits_hears_of_its_end() {
    let mut s = all_ready();
    s.git.silent.insert("target");
    let first = s.asks(Command::Merge);
    assert!(s.fault(Command::Merge).1.contains("another merge is just starting"));
    s.git.silent.insert("gates");
    let held = s.git.held.pop_front().unwrap();
    for event in s.git.now(&held) {
        s.happen(event);
    }
    assert!(s.fault(Command::Merge).1.contains("train 1 is under way"));
    let wait = s.asks(Command::Wait { targets: vec![], until: Until::Train, timeout_ms: 60_000 });
    assert!(!s.answers.contains_key(&wait) && !s.answers.contains_key(&first));
    s.catch_up();
    assert!(matches!(s.answers[&first], Answer::Train(_)));
    assert!(matches!(s.answers[&wait], Answer::Done { .. }));
}

#[test]
fn who_is_no_longer_ready_when_the_target_was_looked_at_stops_the_merge() {
    let mut s = all_ready();
    s.git.silent.insert("target");
    let n = s.asks(Command::Merge);
    s.git.commit("SEC");
    s.ask(Command::Status);
    s.catch_up();
    let Answer::Fault { fault: Fault::Protected, why } = &s.answers[&n] else { panic!() };
    assert!(why.contains("SEC (the branch moved"), "{why}");
    assert!(s.state.train.is_none());
}

#[test]
fn a_plan_to_look_at_names_who_is_missing_and_changes_nothing() {
    let mut s = Stage::new();
    s.git.commit("ARCH");
    s.ready("ARCH");
    let view = train(s.ask(Command::MergePlan));
    assert_eq!((view.plan.steps.len(), view.missing.len(), view.applied), (1, 7, false));
    assert!(view.built.is_some());
    assert_eq!(s.count(|r| matches!(r, Record::TrainPlanned { .. })), 0);
}

#[test]
fn work_after_the_merge_is_new_work() {
    let mut s = all_ready();
    s.ask(Command::Merge);
    s.git.commit("SEC");
    s.ask(Command::Status);
    assert_eq!(s.agent("SEC").merged, None);
    assert!(s.fault(Command::Merge).1.contains("SEC (there is new work since the merge)"));
}

#[test]
fn answers_of_a_train_that_is_over_change_nothing() {
    let mut s = all_ready();
    s.ask(Command::Merge);
    let before = s.journal.len();
    for train in [0, 1, 7] {
        let halt = || Halt::Failed { why: "late".into() };
        s.happen(Event::BuiltTrain { train, built: Err(halt()), remembered: None });
        s.happen(Event::AppliedTrain { train, applied: Err(halt()) });
        s.happen(Event::UndoneTrain { train, undone: None });
    }
    assert_eq!(s.journal.len(), before);
}

#[test]
fn a_merge_says_what_the_branch_says_itself_unless_the_configuration_does() {
    let mut c = config();
    for agent in c.team.iter_mut().skip(1) {
        agent.message.clear();
    }
    let mut s = all_ready_of(c);
    let view = train(s.ask(Command::MergePlan));
    let said: Vec<&str> = view.plan.steps.iter().map(|t| t.message.as_str()).collect();
    let own = s.agent("PLAT").facts.as_ref().unwrap().subject.clone();
    assert!(!own.is_empty());
    assert_eq!((said[0], said[1]), ("Merge ARCH", own.as_str()));
}
