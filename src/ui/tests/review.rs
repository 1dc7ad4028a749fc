//! The review: what is seen of branches and of what merging them would meet.

use insta::assert_snapshot;

use super::fixture::*;
use super::merging::{matrix, merging};
use crate::domain::command::{Command, Subject, WhichOrder};
use crate::domain::gates::{Part, Place, Reuse};
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::view::{Answer, Verified};
use crate::engine::parts::Gating;
use crate::ui::{Action, Look, notify, on_mouse};

#[test]
fn the_review() {
    assert_snapshot!(desk(merging(), 80, 24).press("v j j").shot());
    assert_snapshot!(desk(merging(), 80, 24).press("v j j <Tab> <Right> <Right> <Right> <Right>").shot());
    assert_snapshot!(desk(merging(), 120, 30).press("v j j").shot());
    assert_snapshot!(desk(merging(), 200, 50).press("v j j").shot());
}

#[test]
fn nothing_to_review_yet() {
    assert_snapshot!(desk(fresh(), 80, 24).press("v").shot());
}

#[test]
fn what_there_is_to_read() {
    assert_snapshot!(desk(merging(), 80, 24).press("v j j <Enter>").shot());
    let at_obs = "v j j <Tab> l l l l";
    assert_snapshot!(desk(merging(), 80, 24).press(at_obs).press("<Enter>").shot());
    assert_snapshot!(desk(merging(), 80, 24).press("v j j d").shot());
    let turn = "v j j j <Tab> l l l l l l l l l";
    assert_snapshot!(desk(merging(), 120, 30).press(turn).press("<Enter>").shot());
}

#[test]
fn a_review_in_ascii_without_colour() {
    let ascii = Look { ascii: true, plain: true, ..Look::default() };
    let shot = looking(merging(), 120, 30, ascii).press("v j j <Tab>").shot();
    assert!(shot.is_ascii());
    assert_snapshot!(shot);
}

#[test]
fn a_review_asks_git_and_is_seen_at_once() {
    let mut d = desk(merging(), 120, 30);
    d.press("v");
    assert_eq!(d.took(), [Action::Do(Command::Review { agents: vec![] })]);
    assert!(d.shot().contains("OBS before SEC"), "{}", d.shot());
    d.press("v");
    assert_eq!(d.took(), [Action::Do(Command::Review { agents: vec![] })], "once more");
    d.press("q");
    assert!(!d.shot().contains("OBS before SEC"));
    assert_eq!(d.took(), [], "q closes the review and leaves the session alone");
}

#[test]
fn the_matrix_follows_the_state() {
    let mut d = desk(merging(), 120, 30);
    d.press("v j j <Tab> l l l l");
    assert!(d.shot().contains("lines 14–31 of SEC against lines 12–20 of OBS"), "{}", d.shot());
    let mut later = matrix();
    for pair in &mut later.pairs {
        pair.verdict.conflicts.clear();
    }
    d.state.matrix = Some(Box::new(later));
    assert!(d.shot().contains("merges without a conflict"), "{}", d.shot());
}

#[test]
fn a_branch_that_moved_since_says_so() {
    let mut d = desk(merging(), 120, 30);
    agent(&mut d.state, "SEC").facts.as_mut().unwrap().head = crate::domain::id::Oid("0000001".into());
    let shot = d.press("v j j").shot();
    assert!(shot.contains("the branch has moved since this review"), "{shot}");
}

#[test]
fn keys_act_on_the_agent_under_the_cursor() {
    let mut d = desk(merging(), 120, 30);
    d.press("v j s j s");
    d.took().remove(0);
    d.press("k s");
    assert_eq!(d.took(), [Action::Do(Command::SendReasons { agent: name("PLAT") })]);
    d.press("S y");
    assert_eq!(d.took(), [Action::Do(Command::Skip { agent: name("PLAT") })]);
    assert!(d.shot().contains("merge order"), "the review is still there");
    d.press("m x <Enter>");
    assert!(matches!(&d.took()[..], [Action::Do(Command::Send { targets, .. })] if targets[0].0 == "PLAT"));
    d.press("M");
    assert_eq!(d.took(), [Action::Do(Command::MergePlan)]);
}

pub(super) fn click(d: &mut Desk, what: &str) -> Vec<Action> {
    let shot = d.shot();
    let rows = shot.lines().enumerate();
    let (row, column) = rows
        .filter_map(|(y, l)| l.find(what).map(|x| (y, l[..x].chars().count())))
        .last()
        .unwrap_or_else(|| panic!("{what} is not in\n{shot}"));
    // The backend puts each row in quotes.
    let (column, row) = (u16::try_from(column - 1).unwrap(), u16::try_from(row).unwrap());
    let now = d.state.now.plus(std::time::Duration::from_secs(1));
    d.state.now = now;
    on_mouse(&d.state, &mut d.view, Mouse { kind: MouseKind::Down(0), column, row, mods: Mods::NONE }, now)
}

#[test]
fn the_mouse_reaches_all_of_it() {
    let mut d = desk(merging(), 120, 30);
    d.press("3");
    click(&mut d, "v review");
    assert!(d.shot().contains("merge order"), "{}", d.shot());
    d.view.message = None;
    click(&mut d, "2✘    ─");
    assert!(d.shot().contains("OBS × SEC"), "{}", d.shot());
    click(&mut d, "2✘    ─");
    assert!(d.shot().contains("PgDn page down"), "once more opens it: {}", d.shot());
    click(&mut d, "Esc close");
    assert!(!d.shot().contains("PgDn page down"));
    click(&mut d, ": all");
    d.press("diff:");
    click(&mut d, "diff: read what");
    assert!(d.shot().contains("reading the branch of OBS"), "{}", d.shot());
    d.press("<Esc>");
    click(&mut d, "Esc close");
    assert!(!d.shot().contains("merge order"), "{}", d.shot());
}

#[test]
fn actions_of_the_review_are_in_the_palette() {
    let mut d = desk(merging(), 120, 30);
    d.press("3 : all <Space> gates: <Enter>");
    assert!(d.shot().contains("merge order"), "{}", d.shot());
    d.press("<Esc> : r i g h t <Enter>");
    assert!(!d.shot().contains("merge order"), "what the dashboard does is done there: {}", d.shot());
}

pub(super) fn runs(state: &mut crate::engine::state::State, place: Place, part: Part, tail: &str) {
    let since = crate::domain::time::Time { mono: NOW.mono - 72_000_000, wall: NOW.wall - 72_000 };
    let (job, gate, left) = (state.gating.len() as u64, "build".into(), vec!["test".into(), "lint".into()]);
    let oid = crate::domain::id::Oid("77b0aa1".into());
    state.gating.push(Gating { job, place, oid, gate, part, since, left, tail: tail.into() });
}

#[test]
fn gates_that_run_are_seen_as_they_do() {
    let mut state = merging();
    runs(&mut state, Place::Tip(name("PLAT")), Part::Waiting, "");
    runs(&mut state, Place::Tip(name("SEC")), Part::Running, "compiling a\ncompiling \x1b[31mb\n");
    let mut d = desk(state, 80, 24);
    d.press("v j j").view.message = None;
    assert_snapshot!(d.shot());
    d.view.resize(30, 120);
    assert_snapshot!(d.shot());
    assert_snapshot!(d.press("5").shot());
    let shot = d.press("3").shot();
    assert!(shot.contains("gates: SEC ●build 1:12, 1 wait"), "{shot}");
}

#[test]
fn gates_are_run_on_one_or_on_all() {
    let mut d = desk(merging(), 120, 30);
    d.press("v j j g G");
    let verify = |agents: &[&str]| {
        let (subject, gates, reuse) = (Subject::Tips(names(agents)), vec![], Reuse::Known);
        Action::Do(Command::Verify { subject, gates, reuse })
    };
    assert_eq!(d.took()[1..], [verify(&["SEC"]), verify(&[])]);
    let mut place = Verified::new(&Place::Tip(name("SEC")));
    notify(&mut d.view, &Answer::Verified { places: vec![place.clone()] });
    assert!(d.shot().contains("all gates are green"));
    place.why = "there is no commit".into();
    notify(&mut d.view, &Answer::Verified { places: vec![place] });
    assert!(d.shot().contains("! SEC: there is no commit"));
    let mut config = (*d.state.config).clone();
    config.gates.clear();
    d.state.config = std::sync::Arc::new(config);
    d.press("g");
    assert_eq!(d.took(), [Action::Beep]);
}

#[test]
fn a_better_order_is_taken_after_a_question_and_given_up_again() {
    let mut d = desk(merging(), 120, 30);
    d.press("v o");
    let shot = d.shot();
    assert!(
        shot.contains("OBS before SEC: 0 conflicts instead of 1.") && shot.contains("ARCH PLAT OBS SEC OPS"),
        "{shot}"
    );
    d.press("y");
    let take = |which| Action::Do(Command::TakeOrder { which });
    assert_eq!(d.took()[1..], [take(WhichOrder::Proposed)]);
    d.state.matrix.as_mut().unwrap().proposal = None;
    d.press("o");
    assert_eq!(d.took(), [Action::Beep]);
    d.state.configured_order = Some(vec![names(&["ARCH", "PLAT"]), names(&["SEC"])]);
    assert!(d.press("k o").shot().contains("ARCH PLAT SEC"), "{}", d.shot());
    d.press("y");
    assert_eq!(d.took(), [take(WhichOrder::Configured)]);
}
