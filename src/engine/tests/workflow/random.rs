//! Anything in any order: nothing panics, the journal holds all, and a project can always be brought to its end.

use proptest::prelude::*;

use super::*;
use crate::domain::workflow::project::{Cause, Epoch, Reason, Wanted};
use crate::engine::event::{Ended, Event};
use crate::engine::tests::kit::{ASK, BOX, REST, SPIN};

#[derive(Clone, Debug)]
enum Move {
    Ask(Caller, Box<Command>),
    Change(Box<Wanted>, usize),
    Print(&'static str, &'static str),
    Ends(&'static str),
    Starts(&'static str),
    Commit(&'static str),
    Pass(u64),
    Crash,
}

fn agent() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ALL.to_vec())
}

fn task() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "", "containers", "cluster", "pipeline", "monitoring", "logging", "none"])
        .prop_map(str::to_owned)
}

fn said() -> impl Strategy<Value = Workflow> {
    let verdict = prop::sample::select(vec!["", "## Verdict\nmet\n", "## Verdict\nagain\n- more\n"]);
    let text = prop_oneof![
        6 => verdict.prop_map(|v| handover(&["images", "registry"], v)),
        1 => any::<String>(),
    ];
    let id = || 0..4u32;
    prop_oneof![
        8 => (task(), text).prop_map(|(task, text)| Workflow::HandOver { task, text }),
        3 => (task(), any::<String>()).prop_map(|(task, text)| Workflow::Sync { task, text }),
        1 => (task(), any::<u8>(), any::<String>())
            .prop_map(|(task, percent, note)| Workflow::Percent { task, percent, note }),
        1 => (task(), any::<String>())
            .prop_map(|(task, text)| Workflow::Block { task, text, mitigation: String::new() }),
        1 => id().prop_map(|id| Workflow::Unblock { id }),
        1 => any::<String>().prop_map(|text| Workflow::AskDecision { text }),
        1 => (id(), any::<String>()).prop_map(|(id, decision)| Workflow::Decide { id, decision }),
        1 => any::<String>().prop_map(|evidence| Workflow::Escalate { cause: Cause::Outage, evidence }),
        1 => id().prop_map(|id| Workflow::Settle { id, how: "done".into() }),
        1 => any::<String>()
            .prop_map(|value| Workflow::Figure { name: "mttr".into(), epoch: Epoch::Now, value }),
        1 => Just(Workflow::Tick {
            phase: String::new(),
            list: "security".into(),
            point: "secrets".into(),
            note: String::new(),
        }),
        1 => Just(starting(sample::plan())),
    ]
}

fn step() -> impl Strategy<Value = Move> {
    let caller = prop_oneof![1 => Just(Caller::Outside), 3 => agent().prop_map(pane)];
    let wanted = prop_oneof![
        task().prop_map(|task| Wanted::Drop { task }),
        (task(), agent()).prop_map(|(task, a)| Wanted::Reassign { task, to: "any".into(), agent: name(a) }),
        (task(), task()).prop_map(|(task, before)| Wanted::Reorder { task, before }),
        agent().prop_map(|a| Wanted::Add {
            task: Box::new(sample::task("extra", a.trim_end_matches("-specialist"), 1, &[])),
            before: vec![],
        }),
    ];
    let other = prop_oneof![
        1 => task().prop_map(|task| Command::DropTask { task }),
        3 => task().prop_map(|task| Command::RepeatTask { task }),
        1 => agent().prop_map(|a| Command::Skip { agent: name(a) }),
        1 => Just(Command::PauseRun),
        2 => Just(Command::ResumeRun),
    ];
    prop_oneof![
        10 => (caller, said()).prop_map(|(c, w)| Move::Ask(c, Box::new(Command::Workflow(w)))),
        3 => other.prop_map(|c| Move::Ask(Caller::Outside, Box::new(c))),
        2 => (wanted, 1..4usize).prop_map(|(w, n)| Move::Change(Box::new(w), n)),
        6 => (agent(), prop::sample::select(vec![BOX, REST, REST, REST, SPIN, ASK])).prop_map(|(a, t)| Move::Print(a, t)),
        1 => agent().prop_map(Move::Ends),
        2 => agent().prop_map(Move::Starts),
        4 => agent().prop_map(Move::Commit),
        5 => prop_oneof![0..4000u64, 0..400_000u64].prop_map(Move::Pass),
        1 => Just(Move::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_is_in_the_journal_and_a_project_can_be_closed(
        moves in prop::collection::vec(step(), 1..50),
        branches in any::<bool>(),
    ) {
        let mut s = begun_on(if branches { branched() } else { stage() }, sample::plan());
        for m in moves {
            match m {
                Move::Ask(caller, command) => drop(s.says(caller, *command)),
                Move::Change(wanted, choice) => {
                    let version = project(&s).version;
                    let choice = super::replan::named(&s, &wanted, choice);
                    let (reason, note) = (Reason::Security, String::new());
                    let what = Workflow::Reprioritise { wanted: *wanted, reason, note, choice, version };
                    says(&mut s, Caller::Outside, what);
                }
                Move::Print(agent, text) => drop(s.print(agent, text)),
                Move::Ends(agent) => drop(s.happen(Event::PaneEnded { agent: name(agent), how: Ended::Exited(1) })),
                Move::Starts(agent) => {
                    s.ask(Command::restart(name(agent)));
                    s.up(agent);
                }
                Move::Commit(agent) => drop(s.git.commit(agent)),
                Move::Pass(ms) => s.pass(ms),
                Move::Crash => {
                    s.crash();
                    s.happen(Event::Start);
                }
            }
            let p = project(&s);
            for l in &p.plan.loops {
                // A person who has a review done once more may have it judged once more.
                let again = p.rounds.iter().filter(|r| r.work == l.work);
                let numbers: Vec<u8> = again.map(|r| r.round).collect();
                prop_assert!(numbers.iter().zip(1..).all(|(n, at)| *n == at), "{:?}", numbers);
            }
        }
        says(&mut s, Caller::Outside, Workflow::Close { why: "over".into() });
        s.pass(1000);
        let p = project(&s);
        prop_assert_ne!(p.stage, At::Running);
        prop_assert!(s.state.running().is_none());
        let run = s.state.runs.iter().find(|r| Some(r.id) == p.run).unwrap();
        prop_assert!(run.tasks.iter().all(|t| t.state.ended()));
        prop_assert_eq!(&s.folded().project, &s.state.project);
    }
}
