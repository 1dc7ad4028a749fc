//! The route of the most urgent: shown to a person, and going ahead by itself.

use super::*;
use crate::domain::command::{Confirming, Silence};
use crate::domain::incident::case::Approval;
use crate::domain::record::{Confirmed, End};
use crate::engine::event::Event;
use crate::engine::tests::confirm::ends;
use crate::engine::tests::kit::seconds;

fn urgent() -> String {
    REPORT.replace("P2", "P1")
}

fn asked() -> Stage {
    let mut s = stage();
    let Answer::Incident(case) = s.ask(opening(&urgent())) else { panic!("not opened") };
    assert_eq!((case.stage, case.run), (At::Approval, None));
    s
}

#[test]
fn silence_lets_it_go_ahead() {
    let mut s = asked();
    let Answer::Confirmations { open } = s.ask(Command::Confirm(Confirming::List)) else { panic!() };
    assert_eq!(
        (open[0].silence, open[0].left_ms, open[0].tool.as_str()),
        (Silence::Yes, 30_000, "open_incident")
    );
    assert_eq!(
        open[0].title,
        "Engage k8s-health-agent, rds-health-agent, finops-agent for incident 1 (P1, scale-out)"
    );
    assert!(open[0].lines.iter().any(|l| l.starts_with("k8s-health-agent: ")), "{:?}", open[0].lines);
    s.pass(seconds(29));
    assert_eq!(case(&s).stage, At::Approval);
    assert!(why(report(&mut s, K8S, "")).contains("nobody is engaged yet"));
    s.pass(seconds(2));
    assert_eq!((case(&s).stage, case(&s).approval), (At::Investigating, Some(Approval::Silence)));
    assert_eq!(ends(&s), [(1, End::Silence)]);
    assert!(s.state.confirmations.is_empty() && s.state.running().is_some());
    same_when_folded(&s);
}

#[test]
fn a_person_says_yes_or_no() {
    let mut s = asked();
    let said = s.ask(Command::Confirm(Confirming::Yes { id: 1 }));
    assert!(matches!(&said, Answer::Done { text } if text.contains("goes ahead: Engage k8s")), "{said:?}");
    assert_eq!((case(&s).stage, case(&s).approval), (At::Investigating, Some(Approval::Person)));
    let mut s = asked();
    s.ask(Command::Confirm(Confirming::No { id: 1 }));
    assert_eq!((case(&s).stage, case(&s).ended.as_str()), (At::Closed, "a person said no to its route"));
    assert!(s.state.runs.is_empty() && case(&s).postmortem.is_empty());
    assert_eq!(ends(&s), [(1, End::No)]);
    same_when_folded(&s);
}

#[test]
fn it_survives_a_lost_server_and_goes_ahead_at_its_time() {
    let mut s = asked();
    s.pass(seconds(10));
    s.crash();
    s.happen(Event::Start);
    assert_eq!((case(&s).stage, s.state.confirmations.len()), (At::Approval, 1));
    s.pass(seconds(15));
    assert_eq!(case(&s).stage, At::Approval);
    s.pass(seconds(6));
    assert_eq!((case(&s).stage, case(&s).approval), (At::Investigating, Some(Approval::Silence)));
    // Lost for longer than a person had.
    let mut s = asked();
    s.crash();
    s.ms += seconds(500);
    s.happen(Event::Start);
    assert_eq!(case(&s).stage, At::Investigating);
    same_when_folded(&s);
}

#[test]
fn what_was_not_asked_before_a_server_was_lost_is_asked_for_the_time_that_is_left() {
    let mut s = asked();
    s.journal.retain(|(_, r)| !matches!(r, Record::Confirm(_)));
    s.ms += seconds(10);
    s.crash();
    s.happen(Event::Start);
    let left = s.state.confirmations[0].until.mono / 1_000_000;
    assert!((29..=32).contains(&(left - 2)), "{left}");
    // The policy may leave no time at all.
    let mut config = fleet();
    config.fleet.as_mut().unwrap().approve.timeout_s = 0;
    let mut s = Stage::of(config);
    s.ask(opening(&urgent()));
    assert_eq!((case(&s).stage, case(&s).approval), (At::Investigating, Some(Approval::Policy)));
}

#[test]
fn an_incident_that_is_closed_or_whose_session_ends_asks_nobody_any_more() {
    let mut s = asked();
    says(&mut s, Caller::Outside, Incident::Close { why: "a mistake".into() });
    assert!(s.state.confirmations.is_empty());
    assert_eq!(ends(&s), [(1, End::Stale)]);
    let mut s = asked();
    s.asks(Command::Down);
    assert!(s.state.confirmations.is_empty());
    assert_eq!(case(&s).ended, "the session ends");
}

#[test]
fn a_confirmation_of_before_there_were_routes_is_read_and_means_no() {
    let old =
        r#"{"step":"asked","id":1,"caller":"outside","tool":"down","title":"t","lines":[],"seconds":9}"#;
    let read: Confirmed = serde_json::from_str(old).unwrap();
    assert!(matches!(&read, Confirmed::Asked { silence: Silence::No, .. }));
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
}
