//! What is not taken on, and why.

use super::*;
use crate::domain::command::Order;
use crate::domain::view::Fault;
use crate::engine::tests::kit::config;

#[test]
fn a_session_that_is_no_fleet_says_what_would_make_it_one() {
    let mut s = Stage::of(config());
    let (fault, why) = s.fault(opening(REPORT));
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("[incident]") && why.contains("orchestra init --preset incident"), "{why}");
    let (_, why) = s.fault(Command::Incident(Incident::Show));
    assert!(why.contains("no incident fleet"), "{why}");
}

#[test]
fn open_questions_are_named_with_how_to_answer_them() {
    let mut s = stage();
    let (fault, why) = s.fault(opening("Something is odd."));
    assert_eq!(fault, Fault::Usage);
    for part in ["--symptom", "--started", "--scope", "--priority"] {
        assert!(why.contains(part), "{why}");
    }
    assert!(s.state.incident.is_none());
    for data in ["data", &"/x".repeat(4000)] {
        let (_, why) = s.fault(Command::Incident(Incident::Open {
            name: String::new(),
            report: REPORT.into(),
            told: Told::default(),
            received: None,
            data: data.to_string(),
        }));
        assert!(why.contains("absolute path"), "{why}");
    }
}

#[test]
fn one_at_a_time_and_no_run_beside_it() {
    let mut s = looking();
    assert!(s.fault(opening(REPORT)).1.contains("incident 1 (scale-out) is still open, investigating"));
    let Answer::Fault { why, .. } = s.run("enhancement", Order::Staged, &[]) else { panic!() };
    assert!(why.contains("still runs"), "{why}");
    let mut s = stage();
    s.ask(opening(&REPORT.replace("P2", "P1")));
    let Answer::Fault { why, .. } = s.run("enhancement", Order::Staged, &[]) else { panic!() };
    assert!(why.contains("incident 1 (scale-out) is open"), "{why}");
    let mut s = stage();
    s.run("enhancement", Order::Staged, &[]);
    assert!(s.fault(opening(REPORT)).1.contains("enhancement still runs"));
}

#[test]
fn its_plan_is_not_run_by_hand() {
    let mut s = stage();
    let Answer::Fault { why, .. } = s.run("incident", Order::Staged, &[]) else { panic!() };
    assert!(why.contains("`orchestra incident run` takes one on"), "{why}");
}

#[test]
fn who_is_not_in_the_team_is_noted_and_all_of_them_missing_is_a_fault() {
    let mut config = fleet();
    config.team.retain(|a| a.name.as_str() != RDS);
    let mut s = Stage::of(config);
    let opened = open(&mut s);
    assert_eq!(opened.specialists.len(), 2);
    assert!(
        opened.missing().iter().any(|m| m.contains("rds-health-agent: the route engages it")),
        "{opened:?}"
    );
    let mut config = fleet();
    config.team.retain(|a| a.name.as_str() == COORDINATOR);
    let mut s = Stage::of(config);
    let (_, why) = s.fault(opening(REPORT));
    assert!(why.contains("the team has none of them") && why.contains(K8S), "{why}");
}

#[test]
fn where_nothing_is_an_incident_nobody_is_engaged_and_it_says_why() {
    let mut s = stage();
    let quiet = include_str!("../../../../tests/scenarios/quiet/report.md");
    let Answer::Incident(case) = s.ask(opening(quiet)) else { panic!("not opened") };
    assert_eq!((case.stage, case.run, case.specialists.len()), (At::Closed, None, 0));
    assert!(case.ended.starts_with("nobody is engaged: "), "{}", case.ended);
    assert!(s.state.running().is_none());
}

#[test]
fn a_report_of_long_ago_has_an_end_and_a_fresh_one_has_none() {
    let mut s = stage();
    assert_eq!(open(&mut s).to, None);
    let mut s = stage();
    let Answer::Incident(old) = s.ask(opening(&REPORT.replace("2025-12-31", "2025-12-01"))) else { panic!() };
    let text = |at: i64| crate::domain::incident::stamp::text(at);
    assert_eq!(
        (text(old.from).as_str(), old.to.map(text).as_deref()),
        ("2025-12-01T20:46:00Z", Some("2025-12-02T00:50:00Z"))
    );
}
