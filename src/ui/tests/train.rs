//! The merge train: what is seen of it, what is asked, and what comes of keys.

use insta::assert_snapshot;

use super::fixture::*;
use super::merging::{built, gating, halted, merging, planned, recorded, stuck};
use super::review::click;
use crate::domain::command::Command;
use crate::domain::gates::{Part, Place};
use crate::domain::id::Oid;
use crate::domain::record::Record;
use crate::domain::train::{Applied, Built, Halt, Move, Phase, Solving};
use crate::domain::view::{Answer, TrainView};
use crate::ui::{Action, notify};

fn answer(d: &mut Desk, train: TrainView) {
    notify(&mut d.view, &Answer::Train(Box::new(train)));
}

#[test]
fn a_plan_is_shown_and_asked_for_with_what_comes_of_it() {
    let mut d = desk(merging(), 80, 24);
    d.press("M");
    assert_eq!(d.took(), [Action::Do(Command::MergePlan)]);
    answer(&mut d, planned(Some(built())));
    let shot = d.shot();
    assert!(shot.contains("Move main 1b1c6aa → 5e0d9c2 (5 merges, 46 files)."), "{shot}");
    assert_snapshot!(shot);
    d.press("<Enter>");
    assert_eq!(d.took(), [], "Enter is no");
    assert_snapshot!(d.shot());
    d.press("M");
    answer(&mut d, planned(Some(built())));
    d.press("y");
    assert_eq!(d.took(), [Action::Do(Command::MergePlan), Action::Do(Command::Merge)]);
}

#[test]
fn a_plan_that_will_halt_says_so() {
    let mut d = desk(merging(), 80, 24);
    d.press("M");
    answer(&mut d, planned(Some(Built::Conflict(stuck()))));
    assert!(d.shot().contains("OBS does not merge: the train halts there"), "{}", d.shot());
}

#[test]
fn who_is_missing_is_said_and_nothing_asked() {
    let mut d = desk(merging(), 80, 24);
    d.press("M");
    let missing = vec!["SEC (no commit on 1b1c6aa)".to_owned(), "NET (failed)".into()];
    let mut train = TrainView { missing, ..planned(None) };
    train.plan.steps.clear();
    answer(&mut d, train);
    d.press("y");
    assert_eq!(d.took(), [Action::Do(Command::MergePlan)]);
    assert_snapshot!(d.press("j").shot());
}

#[test]
fn no_merge_yet() {
    let mut d = desk(merging(), 80, 24);
    d.press("M");
    d.view.message = None;
    assert_snapshot!(d.shot());
}

#[test]
fn a_halted_train_offers_what_can_be_done() {
    assert_snapshot!(desk(halted(), 80, 24).press("M").shot());
    assert_snapshot!(desk(halted(), 120, 30).press("M").shot());
    assert_snapshot!(desk(halted(), 200, 50).press("M").shot());
    assert_snapshot!(desk(halted(), 80, 24).press("M <Enter>").shot());
}

#[test]
fn keys_of_a_halted_train() {
    let mut d = desk(halted(), 120, 30);
    d.press("M");
    assert_eq!(d.took(), [], "the train that stands still is shown, not planned anew");
    d.press("h r");
    assert_eq!(d.took(), [Action::Do(Command::MergeHand), Action::Do(Command::MergeResolve)]);
    d.press("s");
    let skip = || names(&["OBS"]);
    assert_eq!(d.took(), [Action::Do(Command::ContinuePlan { skip: skip() })]);
    answer(&mut d, planned(Some(built())));
    d.press("n");
    assert!(d.shot().contains("what now"), "the train that stands still is seen again: {}", d.shot());
    d.press("s");
    d.took();
    answer(&mut d, planned(Some(built())));
    d.press("y");
    assert_eq!(d.took(), [Action::Do(Command::MergeContinue { skip: skip() })]);
    d.press("a");
    assert!(d.shot().contains("main stays at 1b1c6aa, as it was before the train"), "{}", d.shot());
    d.press("y");
    assert_eq!(d.took(), [Action::Do(Command::MergeAbort)]);
    d.press("c u");
    assert_eq!(d.took(), [Action::Beep, Action::Beep], "neither is offered at a conflict that nobody solved");
}

#[test]
fn a_conflict_that_is_being_solved_says_where() {
    let mut state = halted();
    let mut halt = Halt::conflict(&stuck(), None);
    if let Halt::Conflict { solving, .. } = &mut halt {
        *solving =
            Solving::Hand { path: "/home/lead/.local/share/orchestra/worktrees/app/sprint-1/merge-7".into() };
    }
    recorded(&mut state, vec![Record::TrainHalted { train: 7, halt }]);
    let mut d = desk(state, 80, 24);
    assert_snapshot!(d.press("M").shot());
    d.press("c");
    assert_eq!(d.took(), [Action::Do(Command::ContinuePlan { skip: vec![] })]);
}

#[test]
fn a_train_on_its_way_and_landed() {
    let mut state = gating();
    super::review::runs(&mut state, Place::Train, Part::Running, "12 of 30 passed\n13 of 30 passed\n");
    let mut d = desk(state, 80, 24);
    assert_snapshot!(d.press("M").shot());
    let Desk { mut state, .. } = d;
    state.gating.clear();
    assert_snapshot!(desk(gating(), 120, 30).press("M j").shot());
    let (train, target) = (7, "main".to_owned());
    let (old, new) = (Oid("1b1c6aa0000".into()), Oid("5e0d9c20000".into()));
    let landed = vec![
        Record::TrainIntent(Move { train, target, old, new }),
        Record::TrainApplied { train, applied: Applied::Moved },
    ];
    recorded(&mut state, landed);
    let mut d = desk(state, 80, 24);
    d.press(": m e r g e : <Enter>");
    answer(&mut d, planned(Some(built())));
    d.press("n q");
    d.took();
    d.press(": u n d o <Enter>");
    assert_snapshot!(d.shot());
    d.press("y");
    assert_eq!(d.took(), [Action::Do(Command::MergeUndo)]);
    assert_snapshot!(d.press("j").shot());
}

#[test]
fn the_answer_to_a_merge_is_a_line() {
    let mut d = desk(halted(), 80, 24);
    let train = d.state.train.as_ref().map(|t| d.state.view_train(t)).unwrap();
    answer(&mut d, train.clone());
    assert!(d.shot().contains("OBS conflicts with SEC in policies"), "{}", d.shot());
    answer(&mut d, TrainView { applied: true, phase: Phase::Applied, halt: None, ..train });
    assert!(d.shot().contains("main has all 5 merges"), "{}", d.shot());
}

#[test]
fn the_box_takes_clicks() {
    let mut d = desk(halted(), 120, 30);
    d.press("M");
    click(&mut d, "h hand to OBS");
    assert_eq!(d.took(), []);
    assert_eq!(click(&mut d, "h hand to OBS"), [Action::Do(Command::MergeHand)]);
    d.view.message = None;
    click(&mut d, "4 ✘ OBS");
    click(&mut d, "4 ✘ OBS");
    assert!(d.shot().contains("PgDn page down"), "{}", d.shot());
}
