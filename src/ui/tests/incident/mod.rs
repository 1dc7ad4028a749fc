//! The incident on screen: keys, the mouse, live and in a recording, whatever is found.

mod form;
pub(super) mod kit;
mod odd;

use insta::assert_snapshot;

use self::kit::*;
use super::fixture::*;
use crate::domain::command::{Command, Incident};
use crate::domain::incident::case::Stage;
use crate::domain::key::MouseKind;
use crate::ui::view::Mode;
use crate::ui::{Action, Look};

fn chosen(d: &Desk) -> String {
    // What is chosen stands in its page.
    let mut view = d.view.clone();
    let _ = crate::ui::on_key(
        &d.state,
        &mut view,
        crate::domain::key::Key::plain(crate::domain::key::Code::Enter),
    );
    match &view.mode {
        Mode::Page(page) => page.title.replace("finding ", ""),
        _ => String::new(),
    }
}

#[test]
fn a_fleet_looks_at_its_incident_first() {
    let mut d = desk(fleet(), 80, 24);
    assert_snapshot!("none", d.shot());
    // Other tabs are as they are elsewhere, and the way back is the same.
    assert!(d.press("2").shot().contains("COORDINATOR"));
    assert!(d.press("1").shot().contains("no incident yet"));
    assert!(d.press("L").shot().contains("journal"));
    assert!(d.press("q").shot().contains("no incident yet"), "what was closed gives it back");
    assert!(d.press("3 I").shot().contains("no incident yet"));
    assert_eq!(d.took(), []);
    d.press("p");
    assert!(d.shot().contains("there is no incident: o takes one on"), "{}", d.shot());
    assert_eq!(d.took(), [Action::Beep]);
    d.press("q");
    assert_eq!(d.took(), [Action::Detach]);
}

#[test]
fn a_team_without_a_tab_for_it_sees_it_over_its_panes() {
    let mut state = busy();
    assert!(desk(busy(), 80, 24).press("I").shot().contains("no incident fleet"));
    state.incident = halfway().incident;
    let mut d = desk(state, 80, 24);
    assert!(d.press("2 I").shot().contains("incident 1 scale-out"));
    d.press("q");
    assert_eq!(d.took(), []);
    assert!(!d.shot().contains("incident 1 scale-out"));
    assert!(d.press("I <Esc>").shot().contains("ARCH"));
}

#[test]
fn all_parts_at_once_where_there_is_room() {
    assert_snapshot!("halfway_200", desk(halfway(), 200, 50).shot());
    assert_snapshot!("halfway_120", desk(halfway(), 120, 30).shot());
    assert_snapshot!("written_200", desk(written(), 200, 50).shot());
}

#[test]
fn part_by_part_on_a_small_terminal() {
    let mut d = desk(halfway(), 80, 24);
    assert_snapshot!("findings_80", d.shot());
    assert_snapshot!("causes_80", d.press("<Tab>").shot());
    assert_snapshot!("postmortem_80", d.press("<Tab>").shot());
    assert_snapshot!("triage_80", d.press("<Tab>").shot());
    assert!(d.press("<S-Tab>").shot().contains("it is written once"), "{}", d.shot());
    assert_eq!(d.took(), []);
    assert_snapshot!("smallest", desk(halfway(), 20, 6).shot());
    assert_snapshot!(
        "ascii_80",
        looking(halfway(), 80, 24, Look { plain: true, ascii: true, ..Look::default() }).shot()
    );
}

#[test]
fn keys_move_by_time_and_by_specialist() {
    let mut d = desk(written(), 120, 30);
    // At first an instant is chosen, whatever coarse ones there are before it.
    assert_eq!(chosen(&d), "autoscaling.scale_out@asg/web");
    let first = chosen(d.press("g"));
    assert!(first.starts_with("cost.spike"), "{first}");
    d.press("l");
    let second = chosen(&d);
    assert_ne!(first, second);
    assert_eq!(chosen(d.press("<Left>")), first);
    assert_eq!(chosen(d.press("h h h")), first, "before the first there is none");
    let last = chosen(d.press("G"));
    assert_eq!(chosen(d.press("l")), last);
    assert_eq!(chosen(d.press("g")), first);
    // Ten at a time, and as many back.
    d.press("<PgDn> <PgUp>");
    assert_eq!(chosen(&d), first);
    let source = |d: &Desk| d.view.focused(&d.state).unwrap().to_string();
    d.press("k k k");
    assert_eq!(source(&d), "k8s-health-agent");
    d.press("j");
    assert_eq!(source(&d), "rds-health-agent");
    d.press("j j j");
    assert_eq!(source(&d), "finops-agent");
    // What came later moves nothing.
    let before = chosen(&d);
    let more = crowd(30);
    take(d.state.incident.as_mut().unwrap(), more);
    assert_eq!(chosen(&d), before);
    // From here one goes to the pane of the one whose finding it is.
    d.press("i");
    assert_eq!(d.view.focused(&d.state), Some(name("finops-agent")));
    assert!(d.shot().contains("[2 Fleet]"));
    assert_eq!(d.took(), []);
}

#[test]
fn all_of_a_finding_and_of_the_report_is_read() {
    let mut d = desk(written(), 120, 40);
    d.press("g <Enter>");
    assert_snapshot!("finding", d.shot());
    d.press("<Esc> <S-Tab> <Enter>");
    assert!(d.shot().contains("Customers of one service, api"), "{}", d.shot());
}

#[test]
fn the_postmortem_alone_scrolls_and_is_searched() {
    let mut d = desk(written(), 80, 12);
    d.press("p");
    assert!(d.shot().contains("✘ draft 1 by COORDINATOR does not stand; 2 tries are left"), "{}", d.shot());
    assert!(!d.shot().contains("Action Items\n"));
    d.press("G");
    assert!(d.shot().contains("P1 platform team"), "{}", d.shot());
    d.press("g /");
    d.paste("pool");
    d.press("<Enter>");
    assert!(d.shot().contains("No pool in front of the database"), "{}", d.shot());
    d.press("/ <Enter>");
    assert!(d.shot().contains("Put a pool there"), "{}", d.shot());
    assert_eq!(d.took(), []);
    d.press("/");
    d.paste("nowhere");
    d.press("<Enter>");
    assert!(d.shot().contains("is not in the postmortem"), "{}", d.shot());
    assert_eq!(d.took(), [Action::Beep]);
    // First the search ends, then all parts are there again.
    d.press("<Esc> <Esc>");
    assert!(d.shot().contains("findings"));
    let at = |d: &Desk| chosen(d);
    d.press("<Tab> <Tab> g /");
    d.paste("connections");
    d.press("<Enter>");
    let first = at(&d);
    assert!(first.starts_with("db.connections"), "{first}");
}

#[test]
fn the_mouse_chooses_findings_and_parts() {
    let mut d = desk(written(), 200, 50);
    let before = chosen(&d);
    let (x, y) = d.find("db.connections");
    d.mouse(MouseKind::Down(0), x, y);
    let after = chosen(&d);
    assert_ne!(before, after);
    // The same again opens it.
    d.mouse(MouseKind::Down(0), x + 1, y);
    assert!(matches!(d.view.mode, Mode::Page(_)));
    d.press("<Esc>");
    let (x, y) = d.find("k8s-health-agent");
    d.mouse(MouseKind::Down(0), x, y + 1);
    assert_eq!(d.view.focused(&d.state), Some(name("k8s-health-agent")));
    d.mouse(MouseKind::ScrollDown, x, y);
    // A line of the graph is about a finding.
    let (x, y) = d.find("→ +");
    d.mouse(MouseKind::Down(0), x, y);
    d.press("<Enter>");
    assert!(matches!(d.view.mode, Mode::Page(_)));
    assert_eq!(d.took(), []);
    let mut small = desk(written(), 80, 24);
    let (x, y) = small.find(" postmortem");
    small.mouse(MouseKind::Down(0), x + 2, y);
    assert!(small.shot().contains("draft 2 by COORDINATOR stands"));
    small.mouse(MouseKind::ScrollDown, 5, 10);
    assert!(!small.shot().contains("draft 1 by"), "{}", small.shot());
}

#[test]
fn a_route_that_waits_for_a_yes_is_told_with_the_seconds_that_are_left() {
    let mut case = opened();
    (case.stage, case.approval, case.opened) = (Stage::Approval, None, now() - 8_000);
    let mut d = desk(with(case), 120, 30);
    let mut call = super::calls::call(1, "Engage k8s-health-agent, rds-health-agent and finops-agent", 22);
    call.silence = crate::domain::command::Silence::Yes;
    d.state.confirmations = vec![call];
    let shot = d.shot();
    assert!(shot.contains("waits for a yes; 0:22 is left, then it goes ahead; C answers"), "{shot}");
    let shot = d.press("C").shot();
    assert!(shot.contains("silence lets it go ahead") && !shot.contains("silence means no"), "{shot}");
}

#[test]
fn what_counts_down_is_drawn_every_second() {
    let mut d = desk(halfway(), 80, 24);
    let now = d.state.now;
    assert!(d.view.observe(&d.state, true, now).is_some());
    assert!(d.shot().contains("2:14 left"), "{}", d.shot());
    let mut done = desk(written(), 80, 24);
    assert_eq!(done.view.observe(&done.state, true, now), None);
}

#[test]
fn it_is_closed_after_a_question() {
    let mut d = desk(halfway(), 80, 24);
    d.press("X");
    assert!(d.shot().contains("close incident 1 scale-out"), "{}", d.shot());
    assert_eq!(d.took(), []);
    d.press("y");
    let why = "by hand, in the dashboard".to_owned();
    assert_eq!(d.took(), [Action::Do(Command::Incident(Incident::Close { why }))]);
    let mut closed = desk(written(), 80, 24);
    assert!(closed.press("X").shot().contains("is closed already"));
}

#[test]
fn a_tab_of_the_incident_is_laid_out_in_no_other_way() {
    let mut d = desk(halfway(), 80, 24);
    d.press(": grid <Enter>");
    assert!(d.shot().contains("it has no panes to lay out"), "{}", d.shot());
    assert!(d.shot().contains("incident 1 scale-out"));
}

#[test]
fn a_recording_shows_the_same_and_acts_on_nothing() {
    let mut d = super::replay::recorded(written(), 120, 40, Look::default());
    assert!(d.shot().contains("incident 1 scale-out"), "{}", d.shot());
    let first = chosen(&d);
    assert_ne!(chosen(d.press("l")), first);
    d.press("P");
    assert!(d.shot().contains("draft 2 by COORDINATOR stands"));
    d.press("P z z <Tab>");
    d.took();
    d.press("p");
    assert!(matches!(&d.took()[..], [Action::Wish(_)]), "chapters are gone through as elsewhere");
    d.press("o X");
    assert!(d.took().iter().all(|a| *a == Action::Beep), "nothing is taken on or closed");
    assert!(d.shot().contains("this is a recording"));
    d.press("2 I");
    assert!(d.shot().contains("incident 1 scale-out"));
}

#[test]
fn whoever_only_looks_sees_it_and_changes_nothing() {
    let mut d = desk(halfway(), 80, 24);
    d.view.looks_only = true;
    assert!(d.press("l <Tab> P").shot().contains("it is written once"), "{}", d.shot());
    d.press("o");
    assert!(d.shot().contains("attached read-only"), "{}", d.shot());
    d.press("X");
    assert!(matches!(d.view.mode, Mode::Normal));
}

#[test]
fn how_far_a_specialist_is_stands_beside_it() {
    let shot = desk(halfway(), 120, 30).press("2").shot();
    assert!(shot.contains("look") && shot.contains("repor"), "{shot}");
    assert!(!desk(written(), 120, 30).press("2").shot().contains("repor"));
}
