//! Anything in any order: nothing panics, no deadline is due for ever, the journal holds all.

use proptest::prelude::*;

use super::kit::{ASK, BOX, REST, SPIN, Stage, at, name, oid};
use crate::domain::command::{Caller, Command, Order, Subject, Target, Until, What};
use crate::domain::gates::Reuse;
use crate::domain::hook::HookEvent;
use crate::domain::plan::{DoneRule, Task};
use crate::domain::state::AgentState;
use crate::domain::train::{Applied, Built, Halt};
use crate::engine::event::{Effect, Ended, Event, Feeding, Intake, TargetFacts, TtyInfo};

fn agent() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec!["ARCH", "SEC", "OBS"]).prop_map(str::to_owned),
        1 => Just("ORCHESTRATOR".to_owned()),
        1 => Just("NOBODY".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            BOX,
            SPIN,
            REST,
            ASK,
            "\x1b]0;\x07",
            "\x1b]9;4;3\x07",
            "\x1b]9;4;0\x07",
            "\x1b[?2026hheld",
            "\x1b[?2026l",
            "usage limit reached — resets at 14:05\r\n",
            "\x1b[2J\x1b[H\x1b[?2004l",
            "\x1b[c",
            "enhance-SEC",
            "wrap-up",
            "[AGENT] SEC READY FOR MERGE\r\n",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        Just("x".repeat(5000)),
    ]
}

fn target() -> impl Strategy<Value = Vec<Target>> {
    let one = prop_oneof![
        agent(),
        prop::sample::select(vec![
            "all",
            "stage:1",
            "stage:99",
            "stage:x",
            "focus:security",
            "focus:",
            ":",
            ""
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(one.prop_map(Target), 0..3)
}

fn task_id() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["enhance-SEC", "enhance-ARCH", "wrap-up-SEC", "new", "nothing"])
        .prop_map(str::to_owned)
}

fn command() -> impl Strategy<Value = Command> {
    let order = prop_oneof![Just(Order::Staged), Just(Order::Broadcast)];
    let plan = prop::sample::select(vec!["enhancement", "wrap-up", "nothing"]);
    let what = prop_oneof![
        text().prop_map(What::Text),
        text().prop_map(What::Fill),
        Just(What::Again),
        prop::sample::select(vec!["wrap-up", "refused", "suggested", "nothing"])
            .prop_map(|p| What::Prompt(p.into())),
    ];
    let until = prop_oneof![
        Just(Until::State(AgentState::Idle)),
        Just(Until::Receipts),
        Just(Until::Run(1)),
        Just(Until::Train)
    ];
    prop_oneof![
        3 => (plan, order, target()).prop_map(|(plan, order, targets)| Command::Run {
            plan: plan.into(), order, targets, prompt: None, red: Default::default()
        }),
        4 => (target(), what).prop_map(|(targets, what)| Command::Send { targets, what, terms: Default::default() }),
        2 => (target(), until, 0..100_000u64)
            .prop_map(|(targets, until, timeout_ms)| Command::Wait { targets, until, timeout_ms }),
        2 => agent().prop_map(|a| Command::Skip { agent: name(&a) }),
        1 => agent().prop_map(|a| Command::Explain { agent: name(&a) }),
        1 => (agent(), any::<u16>()).prop_map(|(a, lines)| Command::Read { agent: name(&a), lines, since: None }),
        1 => (agent(), prop::sample::select(vec!["wrap-up", "role", "nothing"])).prop_map(|(a, p)| {
            Command::Render { agent: name(&a), what: What::Prompt(p.into()), group: String::new() }
        }),
        1 => agent().prop_map(|a| Command::Suggest { agents: vec![name(&a)] }),
        1 => agent().prop_map(|a| Command::Stop { agent: name(&a) }),
        1 => agent().prop_map(|a| Command::restart(name(&a))),
        1 => agent().prop_map(|a| Command::SendReasons { agent: name(&a) }),
        1 => agent().prop_map(|a| Command::Review { agents: vec![name(&a)] }),
        1 => (agent(), text()).prop_map(|(a, t)| Command::Type { agent: name(&a), bytes: t.into_bytes() }),
        1 => text().prop_map(|text| Command::Narrate { text }),
        3 => text().prop_map(|note| Command::Ready { note }),
        1 => (agent(), text()).prop_map(|(a, note)| Command::Accept { agent: name(&a), note }),
        1 => agent().prop_map(|a| Command::TakeBack { agent: name(&a) }),
        2 => text().prop_map(|message| Command::Hook { event: HookEvent { message, ..HookEvent::default() } }),
        1 => task_id().prop_map(|task| Command::DropTask { task }),
        1 => task_id().prop_map(|task| Command::RepeatTask { task }),
        1 => task_id().prop_map(|task| Command::StartTasks { tasks: vec![task] }),
        1 => (task_id(), task_id()).prop_map(|(task, before)| Command::MoveTask { task, before }),
        1 => Just(Command::TakeOffer),
        1 => Just(Command::PauseRun),
        1 => Just(Command::ResumeRun),
        1 => prop::option::of(0..3u64).prop_map(|run| Command::ShowRun { run }),
        1 => (task_id(), agent(), task_id(), prop::option::of(0..99u32)).prop_map(|(id, a, need, deadline)| {
            let done = if deadline.is_some() { DoneRule::Reported } else { DoneRule::Idle };
            let task = Task { agent: Some(name(&a)), needs: vec![need], settled: deadline.is_some(), deadline,
                ..Task::new(&id, "enhance", done) };
            Command::AddTask { task }
        }),
        1 => Just(Command::Merge),
        1 => Just(Command::MergePlan),
        2 => prop::sample::select(vec![
            Command::MergeHand, Command::MergeResolve, Command::MergeAbort, Command::MergeUndo, Command::ShowTrain,
        ]),
        1 => prop::option::of(agent()).prop_map(|a| Command::MergeContinue {
            skip: a.iter().map(|a| name(a)).collect()
        }),
        1 => Just(Command::ContinuePlan { skip: vec![] }),
        1 => Just(Command::Verify { subject: Subject::Merged, gates: vec![], reuse: Reuse::Known }),
        1 => agent().prop_map(|a| Command::Verify {
            subject: Subject::Tips(vec![name(&a)]),
            gates: vec![],
            reuse: Reuse::Never,
        }),
        2 => Just(Command::Status),
        1 => Just(Command::Down),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let caller = prop_oneof![2 => Just(None), 1 => agent().prop_map(Some)];
    let how = prop_oneof![
        any::<i32>().prop_map(Ended::Exited),
        text().prop_map(Ended::NeverRan),
        text().prop_map(Ended::Lost)
    ];
    let applied = prop_oneof![
        Just(Ok(Applied::Moved)),
        Just(Err("x".to_owned())),
        Just(Ok(Applied::Elsewhere { expected: oid("é"), found: oid("") })),
    ];
    let intake = prop::sample::select(vec![Intake::Taken, Intake::Stuck { waiting: 9 }, Intake::Refused]);
    prop_oneof![
        1 => (agent(), applied.clone()).prop_map(|(a, moved)| Event::BranchMoved { agent: name(&a), moved }),
        8 => (agent(), text()).prop_map(|(a, t)| super::kit::output(&name(&a), t.as_bytes())),
        1 => (agent(), prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(a, bytes)| Event::Output {
            agent: name(&a), bytes, mode: Feeding::Recovering
        }),
        2 => (agent(), any::<u32>()).prop_map(|(a, pid)| Event::PaneUp {
            agent: name(&a), pid, holder: 1, log: 0
        }),
        1 => (agent(), how).prop_map(|(a, how)| Event::PaneEnded { agent: name(&a), how }),
        2 => (agent(), any::<bool>(), any::<bool>()).prop_map(|(a, foreground, canonical)| Event::Tty {
            agent: name(&a), info: TtyInfo { foreground, canonical }
        }),
        1 => (agent(), prop::collection::vec(any::<u8>(), 1..5), any::<bool>()).prop_map(|(a, bytes, submits)| {
            Event::Typed { agent: name(&a), bytes, submits }
        }),
        1 => (agent(), intake).prop_map(|(a, how)| Event::Input { agent: name(&a), how }),
        1 => (agent(), any::<u16>(), any::<u16>()).prop_map(|(a, rows, cols)| Event::Resize {
            agent: name(&a), rows: rows % 60, cols: cols % 120
        }),
        1 => (0..9u64, agent()).prop_map(|(job, a)| Event::Briefed {
            job, briefs: vec![(name(&a), Err("x".into()))]
        }),
        1 => (0..4u64).prop_map(|job| Event::Reviewed { job, reviews: Err("x".into()) }),
        1 => (0..4u64).prop_map(|job| Event::Target { job, facts: Ok(TargetFacts::default()) }),
        1 => (0..3u64).prop_map(|train| Event::BuiltTrain { train, built: Ok(Built::Clean {
            steps: vec![], result: oid("r"), files: 0
        }), remembered: None }),
        1 => (0..3u64, applied).prop_map(|(train, applied)| Event::AppliedTrain {
            train, applied: applied.map_err(|why| Halt::Failed { why })
        }),
        1 => Just(Event::Start),
        1 => agent().prop_map(|a| Event::CaughtUp { agent: name(&a) }),
        1 => Just(Event::Tick),
        8 => (caller, command()).prop_map(|(c, command)| Event::Command {
            caller: c.map_or(Caller::Outside, |c| Caller::Pane(name(&c))), reply: None, command
        }),
    ]
}

#[derive(Clone, Debug)]
enum Move {
    Happen(Box<Event>),
    Pass(u64),
    Commit(String),
    Silence(&'static str),
    Answer,
}

fn step() -> impl Strategy<Value = Move> {
    let kind = prop::sample::select(vec![
        "inspect", "review", "brief", "gates", "target", "build", "apply", "undo", "solve",
    ]);
    prop_oneof![
        12 => event().prop_map(|e| Move::Happen(Box::new(e))),
        6 => prop_oneof![0..500u64, Just(2500), Just(70_000)].prop_map(Move::Pass),
        2 => agent().prop_map(Move::Commit),
        1 => kind.prop_map(Move::Silence),
        3 => Just(Move::Answer),
    ]
}

fn play(stage: &mut Stage, moves: Vec<Move>) {
    let mut asked = Vec::new();
    for m in moves {
        match m {
            Move::Happen(event) => match *event {
                Event::Command { caller, command, .. } => {
                    let last = matches!(command, Command::Down);
                    let number = stage.says(caller, command);
                    asked.extend((!last).then_some(number));
                }
                event => drop(stage.happen(event)),
            },
            Move::Pass(ms) => stage.pass(ms),
            Move::Commit(agent) => drop(stage.git.squash(&agent)),
            Move::Silence(kind) => drop(stage.git.silent.insert(kind)),
            Move::Answer => stage.catch_up(),
        }
        for (ms, effect) in stage.effects.drain(..) {
            assert!(at(ms) <= at(stage.ms), "{effect:?}");
            if !stage.state.config.worktrees {
                super::bare::asks_nothing_of_git(&effect);
            }
            if let Effect::Write { bytes, .. } = effect {
                assert!(bytes.len() < 5 * 1024 * 1024);
            }
        }
    }
    // What is left to wait for comes to rest, and everybody has an answer.
    stage.catch_up();
    stage.pass(1_000_000);
    let left: Vec<_> = asked.iter().filter(|n| !stage.answers.contains_key(n)).collect();
    assert!(left.is_empty(), "never answered: {left:?} of {asked:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_it(moves in prop::collection::vec(step(), 1..60)) {
        play(&mut Stage::new(), moves);
    }

    #[test]
    fn nothing_breaks_it_from_the_very_start(moves in prop::collection::vec(step(), 1..40)) {
        play(&mut Stage::dark(super::kit::config()), moves);
    }

    #[test]
    fn without_worktrees_nothing_breaks_it_and_git_is_never_asked(
        moves in prop::collection::vec(step(), 1..60)
    ) {
        play(&mut Stage::of(super::bare::bare()), moves);
    }
}
