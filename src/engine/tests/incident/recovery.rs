//! A server is lost at every event of an incident: the journal up to there is enough to go on.

use super::*;
use crate::engine::event::Event;
use crate::engine::state::State;
use crate::engine::step;
use crate::engine::tests::kit::{REST, replayed, seconds};

/// A whole incident with a bit of everything: a late one, findings of no use, a text that is sent back.
fn whole(mut s: Stage) -> Stage {
    s.ask(opening(&REPORT.replace("P2", "P1")));
    s.pass(seconds(31));
    s.pass(3000);
    find(&mut s, K8S, &[finding("k1", "23:42", "node.added", "node/a"), "{".into()]);
    find(&mut s, FINOPS, &[finding("f1", "23:40", "autoscaling.scale_out", "asg/web")]);
    report(&mut s, K8S, "");
    report(&mut s, FINOPS, "");
    s.pass(seconds(310));
    find(&mut s, RDS, &[finding("r1", "23:45", "db.connections.high", "db/orders")]);
    s.pass(3000);
    submit(&mut s, COORDINATOR, "nothing");
    s.rests(COORDINATOR);
    s.pass(3000);
    let text = crate::domain::incident::postmortem::write(case(&s), Default::default());
    submit(&mut s, COORDINATOR, &text);
    s
}

#[test]
fn the_fold_of_the_journal_is_the_incident_at_every_event() {
    let s = whole(Stage::watched(fleet()));
    assert_eq!(case(&s).stage, At::Closed);
    assert!(replayed(&s) > 20);
    same_when_folded(&s);
}

#[test]
fn wherever_the_journal_ends_the_incident_comes_to_its_end() {
    let whole = whole(stage());
    let first = whole.journal.iter().position(|(_, r)| matches!(r, Record::Incident(_))).unwrap();
    for cut in first + 1..=whole.journal.len() {
        // What else is recorded says nothing of how far the incident is.
        let tells = |r: &Record| {
            matches!(
                r,
                Record::Incident(_)
                    | Record::Confirm(_)
                    | Record::Task { .. }
                    | Record::RunStarted { .. }
                    | Record::Receipt { .. }
            )
        };
        if !tells(&whole.journal[cut - 1].1) {
            continue;
        }
        let mut s = Stage::of(fleet());
        s.journal = whole.journal[..cut].to_vec();
        s.ms = s.journal.last().unwrap().0.mono / 1000;
        s.crash();
        s.happen(Event::Start);
        for agent in [COORDINATOR, K8S, RDS, FINOPS] {
            s.print(agent, REST);
        }
        s.pass(seconds(2000));
        assert_eq!(case(&s).stage, At::Closed, "cut at {cut}: {:?}", whole.journal[cut - 1]);
        assert!(!case(&s).postmortem.is_empty(), "cut at {cut}");
        assert!(s.state.running().is_none() && s.state.confirmations.is_empty(), "cut at {cut}");
        same_when_folded(&s);
        let written = steps(&s, |r| matches!(r, Incidented::Closed { .. }));
        assert_eq!(written, 1, "cut at {cut}");
    }
}

#[test]
fn a_session_that_was_ended_or_whose_machine_restarted_has_no_open_incident() {
    let s = looking();
    let mut state: State = s.folded();
    let record = Record::Opened { version: "1".into(), server: 7 };
    step(&mut state, Event::Recorded(record), s.state.now);
    let case = state.incident.unwrap();
    assert_eq!((case.stage, case.ended.as_str()), (At::Closed, "the session was ended before it was over"));
}
