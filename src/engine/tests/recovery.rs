//! A server lost at any moment: what the next one makes of the journal.

use super::kit::{BOX, SPIN, Stage, TEAM, name, oid};
use super::merge::{all_ready, all_ready_of};
use crate::domain::command::{Command, Order};
use crate::domain::id::Oid;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::team::Landing;
use crate::domain::train::{Applied, Halt, Move, Undone};
use crate::domain::view::Answer;
use crate::engine::event::{Effect, Event, Feeding};
use crate::engine::parts::TrainPhase;

/// The next server is up and has read the panes.
fn recover(s: &mut Stage) -> Vec<Effect> {
    s.crash();
    for agent in TEAM {
        let bytes = BOX.as_bytes().to_vec();
        let fed = s.happen(Event::Output { agent: name(agent), bytes, mode: Feeding::Recovering });
        assert!(fed.is_empty(), "reading the log does nothing");
    }
    s.happen(Event::Start)
}

fn phase(s: &Stage) -> TrainPhase {
    s.state.train.as_ref().unwrap().phase
}

#[test]
fn before_the_intent_a_lost_train_halts_and_can_go_on() {
    for (kind, during) in [("build", TrainPhase::Building), ("gates", TrainPhase::Gating)] {
        let mut s = all_ready();
        s.git.silent.insert(kind);
        s.asks(Command::Merge);
        let effects = recover(&mut s);
        assert!(!effects.iter().any(|e| matches!(e, Effect::RecoverApply(_) | Effect::Apply(_))));
        assert_eq!(phase(&s), TrainPhase::Halted);
        assert_eq!(s.state.train.as_ref().unwrap().halt, Some(Halt::Lost { during }));
        s.git.silent.clear();
        s.ask(Command::MergeContinue { skip: vec![] });
        assert_eq!(phase(&s), TrainPhase::Applied, "lost at {kind}");
        assert_eq!(s.state.train.as_ref().unwrap().plan.id, 1);
        let before = s.journal.len();
        s.ask(Command::MergeContinue { skip: vec![] });
        assert_eq!(s.journal.len(), before, "a second time changes nothing");
    }
}

#[test]
fn after_the_intent_git_decides() {
    for (applied, phase_after) in [
        (None, TrainPhase::Applied),
        (Some(Applied::Elsewhere { expected: oid("main000"), found: oid("x") }), TrainPhase::Halted),
    ] {
        let mut s = all_ready();
        s.git.silent.insert("apply");
        s.asks(Command::Merge);
        assert_eq!(phase(&s), TrainPhase::Applying);
        s.git.silent.clear();
        s.git.applied = applied;
        s.git.target.oid = oid("m-DOCS");
        let effects = recover(&mut s);
        let (old, new) = (oid("main000"), oid("m-DOCS"));
        let wanted = Effect::RecoverApply(Move { train: 1, target: "main".into(), old, new });
        assert!(effects.contains(&wanted));
        assert_eq!(phase(&s), phase_after);
        let merged = TEAM.iter().filter(|a| s.is(a) == AgentState::Merged).count();
        assert_eq!(merged, if phase_after == TrainPhase::Applied { 8 } else { 0 });
    }
}

#[test]
fn after_the_move_there_is_nothing_to_do() {
    let mut s = all_ready();
    s.ask(Command::Merge);
    let effects = recover(&mut s);
    assert!(!effects.iter().any(|e| matches!(e, Effect::RecoverApply(_) | Effect::Spawn { .. })));
    assert_eq!(phase(&s), TrainPhase::Applied);
}

#[test]
fn what_is_asked_while_a_move_is_put_right_is_done_behind_it() {
    let mut s = all_ready();
    s.git.silent.insert("apply");
    s.asks(Command::Merge);
    // Before it moved; git's answer takes its time.
    recover(&mut s);
    let on = s.asks(Command::MergeContinue { skip: vec![] });
    let undo = s.asks(Command::MergeUndo);
    assert!(!s.answers.contains_key(&on) && phase(&s) == TrainPhase::Applying);
    s.git.held.pop_front();
    s.catch_up();
    assert!(matches!(&s.answers[&on], Answer::Train(t) if t.applied), "{:?}", s.answers[&on]);
    assert!(matches!(&s.answers[&undo], Answer::Fault { .. } | Answer::Train(_)));
}

#[test]
fn a_target_that_was_being_taken_back_is_taken_back_or_stays() {
    for (undone, phase_after) in
        [(None, TrainPhase::Undone), (Some(Undone::Failed { why: "no".into() }), TrainPhase::Applied)]
    {
        let mut s = all_ready();
        s.ask(Command::Merge);
        s.git.silent.insert("undo");
        s.asks(Command::MergeUndo);
        assert_eq!(phase(&s), TrainPhase::Undoing);
        s.git.silent.clear();
        s.git.undone = undone;
        s.git.target.oid = oid("main000");
        let effects = recover(&mut s);
        let (old, new) = (oid("m-DOCS"), oid("main000"));
        assert!(effects.contains(&Effect::RecoverUndo(Move { train: 1, target: "main".into(), old, new })));
        assert_eq!(phase(&s), phase_after);
        let ready = TEAM.iter().filter(|a| s.is(a) == AgentState::Ready).count();
        assert_eq!(ready, if phase_after == TrainPhase::Undone { 8 } else { 0 });
    }
}

/// Every commit at which the target was to stand after the journal's line `cut`, and where it stood before.
fn places(s: &Stage, cut: usize) -> Vec<Oid> {
    let mut moves = s.journal[..cut].iter().filter_map(|(_, r)| match r {
        Record::TrainIntent(m) | Record::UndoIntent(m) => Some([m.old.clone(), m.new.clone()]),
        _ => None,
    });
    let open = matches!(s.journal[cut - 1].1, Record::TrainIntent(_) | Record::UndoIntent(_));
    match moves.next_back() {
        None => vec![oid("main000")],
        // Between intent and outcome it may be either.
        Some(both) if open => both.to_vec(),
        Some([_, new]) => vec![new],
    }
}

#[test]
fn a_train_lost_after_any_line_of_the_journal_can_be_finished_and_undone() {
    for landing in [Landing::End, Landing::Each] {
        let script = || {
            let mut c = super::kit::config();
            c.merge.landing = landing;
            let mut s = all_ready_of(c);
            let begin = s.journal.len();
            s.ask(Command::Merge);
            s.ask(Command::MergeUndo);
            (s, begin)
        };
        let (whole, begin) = script();
        for cut in begin + 1..=whole.journal.len() {
            for place in places(&whole, cut) {
                let (mut s, _) = script();
                s.journal.truncate(cut);
                s.git.target.oid = place.clone();
                recover(&mut s);
                let at = format!("{landing:?}: cut after line {cut}, the target at {place}");
                assert!(!s.state.train.as_ref().is_some_and(|t| t.phase.moves()), "{at}");
                let undone = s.state.train.as_ref().is_some_and(|t| t.phase == TrainPhase::Undone);
                s.ask(if undone { Command::Merge } else { Command::MergeContinue { skip: vec![] } });
                assert_eq!((phase(&s), s.git.target.oid.0.as_str()), (TrainPhase::Applied, "m-DOCS"), "{at}");
                let before = s.journal.len();
                s.ask(Command::MergeContinue { skip: vec![] });
                assert_eq!(s.journal.len(), before, "a second time changes nothing; {at}");
                s.ask(Command::MergeUndo);
                assert_eq!((phase(&s), s.git.target.oid.0.as_str()), (TrainPhase::Undone, "main000"), "{at}");
                assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Ready), "{at}");
            }
        }
    }
}

#[test]
fn a_claim_under_examination_is_examined_again() {
    let mut s = Stage::new();
    let head = s.git.commit("SEC");
    s.git.silent.insert("gates");
    s.ready("SEC");
    s.git.silent.clear();
    recover(&mut s);
    assert_eq!(s.agent("SEC").ready, Some(head));
}

#[test]
fn a_run_goes_on_from_every_journal_line() {
    let script = || {
        let mut s = Stage::new();
        s.run("enhancement", Order::Staged, &["ARCH", "SEC"]);
        s.pass(1000);
        s
    };
    let (begin, end) = (Stage::new().journal.len(), script().journal.len());
    for cut in begin + 1..=end {
        let mut s = script();
        s.journal.truncate(cut);
        recover(&mut s);
        s.pass(10_000);
        assert_eq!(s.task("enhance-ARCH"), TaskState::Running, "cut after line {cut} of {end}");
        s.print("ARCH", SPIN);
        s.commits("ARCH");
        s.pass(10_000);
        assert_eq!(s.task("enhance-SEC"), TaskState::Running, "cut after line {cut} of {end}");
    }
}

#[test]
fn what_already_runs_is_not_started_again() {
    let mut s = Stage::new();
    let effects = recover(&mut s);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Spawn { .. })), "{effects:?}");
    let mut s = Stage::dark(super::kit::config());
    s.happen(Event::Start);
    s.crash();
    let spawns = s.happen(Event::Start);
    let spawns = spawns.iter().filter(|e| matches!(e, Effect::Spawn { .. })).count();
    assert_eq!(spawns, 9, "eight agents and the orchestrator");
}

#[test]
fn a_new_opening_leaves_nothing_of_the_last_session_under_way() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(1000);
    s.happen(Event::Recorded(Record::Opened { version: "1".into(), server: 2 }));
    let time = super::kit::at(s.ms);
    s.journal.push((time, Record::Opened { version: "1".into(), server: 2 }));
    s.happen(Event::Start);
    s.up("SEC");
    s.print("SEC", BOX);
    s.pass(2000);
    assert!(s.state.running().is_none(), "{:?}", s.state.runs);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(2000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}
