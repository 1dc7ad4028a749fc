//! Anything in any order: nothing panics, the journal holds all, and no incident stays open for ever.

use proptest::prelude::*;

use super::*;
use crate::domain::command::{Confirming, Talk};
use crate::engine::event::{Ended, Event};
use crate::engine::tests::kit::{ASK, BOX, REST, SPIN, seconds};

#[derive(Clone, Debug)]
enum Move {
    Ask(Caller, Box<Command>),
    Print(&'static str, &'static str),
    Ends(&'static str),
    Starts(&'static str),
    Pass(u64),
    Crash,
}

fn agent() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![COORDINATOR, K8S, RDS, FINOPS])
}

fn incident() -> impl Strategy<Value = Incident> {
    let report = prop::sample::select(vec![
        REPORT.to_owned(),
        REPORT.replace("P2", "P1"),
        "All is well. Priority: P3".into(),
        "odd".into(),
    ]);
    let id = prop::sample::select(vec!["a", "b", "c"]);
    let kind = prop::sample::select(vec!["node.added", "db.connections.high", "no.such"]);
    let minute = 30..59u32;
    let one = (id, kind, minute).prop_map(|(id, kind, m)| finding(id, &format!("23:{m}"), kind, "node/a"));
    let text = prop_oneof![4 => one, 1 => any::<String>(), 1 => Just("[]".to_owned())];
    let good = "# Postmortem".to_owned();
    prop_oneof![
        4 => (report, prop::sample::select(vec!["", "/data"])).prop_map(|(report, data)| Incident::Open {
            name: String::new(), report, told: Told::default(), received: None, data: data.into(),
        }),
        6 => text.prop_map(|text| Incident::Find { text }),
        6 => any::<String>().prop_map(|note| Incident::Reported { note }),
        1 => any::<String>().prop_map(|why| Incident::CannotUse { place: "x".into(), why }),
        3 => prop_oneof![Just(good), any::<String>()].prop_map(|text| Incident::Submit { text }),
        1 => any::<String>().prop_map(|why| Incident::Close { why }),
        1 => Just(Incident::Show),
    ]
}

fn step() -> impl Strategy<Value = Move> {
    let caller = prop_oneof![1 => Just(Caller::Outside), 4 => agent().prop_map(pane)];
    let task = prop_oneof![agent().prop_map(|a| format!("investigate-{a}")), Just("postmortem".to_owned())];
    let shown = prop::sample::select(vec![BOX, REST, REST, SPIN, ASK]);
    let other = prop_oneof![
        2 => (1..4u64, any::<bool>()).prop_map(|(id, yes)| Command::Confirm(match yes {
            true => Confirming::Yes { id },
            false => Confirming::No { id },
        })),
        1 => agent().prop_map(|a| Command::Skip { agent: name(a) }),
        1 => agent().prop_map(|a| Command::TakeBack { agent: name(a) }),
        1 => task.clone().prop_map(|task| Command::DropTask { task }),
        2 => task.clone().prop_map(|task| Command::RepeatTask { task }),
        1 => task.prop_map(|task| Command::StartTasks { tasks: vec![task] }),
        1 => Just(Command::PauseRun),
        1 => Just(Command::ResumeRun),
    ];
    prop_oneof![
        10 => (caller, incident()).prop_map(|(c, i)| Move::Ask(c, Box::new(Command::Incident(i)))),
        4 => other.prop_map(|c| Move::Ask(Caller::Outside, Box::new(c))),
        1 => agent().prop_map(|a| Move::Ask(pane(a), Box::new(Command::Talk(Talk::Complete { summary: "done".into() })))),
        5 => (agent(), shown).prop_map(|(a, text)| Move::Print(a, text)),
        1 => agent().prop_map(Move::Ends),
        2 => agent().prop_map(Move::Starts),
        5 => prop_oneof![0..4000u64, 0..400_000u64].prop_map(Move::Pass),
        1 => Just(Move::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_incident_stays_open_for_ever(moves in prop::collection::vec(step(), 1..60)) {
        let mut s = stage();
        s.ask(opening(REPORT));
        for m in moves {
            match m {
                Move::Ask(caller, command) => drop(s.says(caller, *command)),
                Move::Print(agent, text) => drop(s.print(agent, text)),
                Move::Ends(agent) => drop(s.happen(Event::PaneEnded { agent: name(agent), how: Ended::Exited(1) })),
                Move::Starts(agent) => {
                    s.ask(Command::restart(name(agent)));
                    s.up(agent);
                }
                Move::Pass(ms) => s.pass(ms),
                Move::Crash => {
                    s.crash();
                    s.happen(Event::Start);
                }
            }
        }
        // Only a person who pauses its run holds it back.
        s.ask(Command::ResumeRun);
        s.pass(seconds(3000));
        let case = case(&s);
        prop_assert_eq!(case.stage, At::Closed);
        prop_assert!(s.state.running().is_none());
        prop_assert_eq!(&s.folded().incident, &s.state.incident);
    }
}
