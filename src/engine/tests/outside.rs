//! A target that others move.

use super::confirm::{conductor, ends, fault_of};
use super::kit::{Stage, oid};
use super::merge::all_ready;
use crate::domain::command::Command;
use crate::domain::record::{End, Record};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::Event;

#[test]
fn a_target_that_others_move_is_noticed_and_nothing_planned_before_is_done() {
    let notes = |s: &Stage| {
        s.count(|r| matches!(r, Record::Note { text } if text.contains("main was moved by others")))
    };
    let mut s = all_ready();
    let n = s.says(conductor(), Command::Merge);
    s.git.target.oid = oid("moved00");
    s.ask(Command::MergePlan);
    assert_eq!(notes(&s), 1);
    assert_eq!((fault_of(&s, n).0, ends(&s)), (Fault::Protected, vec![(1, End::Stale)]));
    let Answer::Train(plan) = s.ask(Command::MergePlan) else { panic!() };
    assert_eq!((notes(&s), plan.plan.base.0.as_str()), (1, "moved00"), "told once");
    assert!(plan.notes[0].contains("main000 → moved00"), "{:?}", plan.notes);
    // Our own moves, forwards and back, are nobody else's.
    assert!(matches!(s.ask(Command::Merge), Answer::Train(t) if t.applied));
    s.ask(Command::MergePlan);
    s.pass(5000);
    s.ask(Command::MergeUndo);
    s.ask(Command::MergePlan);
    assert_eq!(notes(&s), 1);
    // A server that takes over knows where the last train left it.
    assert!(matches!(s.ask(Command::Merge), Answer::Train(t) if t.applied));
    s.crash();
    s.happen(Event::Start);
    s.git.target.oid = oid("moved01");
    s.ask(Command::MergePlan);
    assert_eq!(notes(&s), 2);
}
