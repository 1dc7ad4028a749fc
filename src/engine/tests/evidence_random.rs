//! Evidence in any order: what must hold of the state at every moment.

use proptest::prelude::*;

use super::evidence::rules;
use super::kit::{Stage, config, name};
use crate::domain::command::{Caller, Command};
use crate::domain::hook::HookEvent;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::engine::deadline;
use crate::engine::evidence::GRACE;
use crate::engine::fusion::LEAVE;

/// A spinner is seen to turn this often.
const TURN: u64 = 100;
/// Milliseconds between two looks at most.
const LONGEST: u64 = 500;
/// Changes of state in one second at most, however wild the evidence.
const CHANGES: usize = 4;

#[derive(Clone, Debug)]
enum Move {
    Hook(&'static str, &'static str),
    Print(&'static str),
    Type,
    /// Nothing for so many milliseconds.
    Rest(u64),
    /// The title spins for so many milliseconds, with these hooks and this output thrown in.
    Spin(u64, Vec<(&'static str, &'static str)>),
}

fn hooks() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![("UserPromptSubmit", ""), ("PostToolUse", ""), ("Stop", ""), ("Odd", "")])
}

fn step() -> impl Strategy<Value = Move> {
    let printed = prop::sample::select(vec![
        "\x1b]0;⠋ at it\x07",
        "\x1b]0;✳ rest\x07",
        "\x1b[2J\x1b[Hesc to interrupt\r\n",
        "\x1b[2J\x1b[H❯ \r\n",
        "\x1b[2J\x1b[Hproceed?\r\n",
        "\x1b[2J\x1b[Hplain\r\n",
        "\x1b]9;done\x07",
        "\x1b]9;needs you\x07",
        "\x1b]9;4;3\x07",
        "\x1b]9;4;0\x07",
    ]);
    prop_oneof![
        4 => hooks().prop_map(|(e, d)| Move::Hook(e, d)),
        1 => Just(Move::Hook("Notification", "permission_prompt")),
        8 => printed.prop_map(Move::Print),
        1 => Just(Move::Type),
        5 => prop_oneof![0..300u64, 300..4000u64, Just(40_000)].prop_map(Move::Rest),
        3 => (1000..8000u64, prop::collection::vec(hooks(), 0..8)).prop_map(|(ms, h)| Move::Spin(ms, h)),
    ]
}

fn hook(s: &mut Stage, event: &str, detail: &str) {
    let event = HookEvent { event: event.into(), detail: detail.into(), ..HookEvent::default() };
    s.says(Caller::Pane(name("SEC")), Command::Hook { event });
}

/// Lets time pass in small steps and looks at each of them.
fn pass(s: &mut Stage, ms: u64, idle_since: &mut u64) {
    let end = s.ms + ms;
    while s.ms < end {
        // What changes in a long rest does so within its first seconds.
        let step = if s.ms + 3000 < end { LONGEST } else { 50 };
        s.pass((end - s.ms).min(step));
        look(s, idle_since);
    }
}

/// "Idle" is never made of nothing: something says so, or said so a moment ago.
fn look(s: &Stage, said: &mut u64) {
    let agent = s.agent("SEC");
    if agent.evidence.seen.iter().any(|e| e.state == AgentState::Idle && e.over.is_none()) {
        *said = s.ms;
    }
    let leave = u64::try_from(LEAVE.as_millis()).unwrap();
    if agent.activity == AgentState::Idle {
        // It may have been said until just before this look.
        assert!(s.ms <= *said + leave + LONGEST, "idle at {} though nothing has said so since {said}", s.ms);
    }
}

fn play(moves: Vec<Move>) {
    let mut c = config();
    rules(c.profiles.get_mut("rehearsal").unwrap());
    let mut s = Stage::of(c);
    let mut said = s.ms;
    s.print("SEC", "\x1b]0;x\x07\x1b[2J\x1b[H❯ \r\n");
    pass(&mut s, 2000, &mut said);
    let (from, begun) = (s.journal.len(), s.ms);
    for m in moves {
        match m {
            Move::Hook(event, detail) => hook(&mut s, event, detail),
            Move::Print(text) => drop(s.print("SEC", text)),
            Move::Type => drop(s.ask(Command::Type { agent: name("SEC"), bytes: b"x".to_vec() })),
            Move::Rest(ms) => pass(&mut s, ms, &mut said),
            Move::Spin(ms, mut hooks) => spin(&mut s, ms, &mut hooks, &mut said),
        }
        look(&s, &mut said);
    }
    let changes: Vec<u64> = s.journal[from..]
        .iter()
        .filter(|(_, r)| matches!(r, Record::Activity { agent, .. } if *agent == name("SEC")))
        .map(|(t, _)| t.mono / 1000)
        .collect();
    for (i, first) in changes.iter().enumerate() {
        let near = changes[i..].iter().take_while(|t| **t < first + 1000).count();
        assert!(near <= CHANGES, "{near} changes within a second from {first}: {changes:?}, begun {begun}");
    }
    // Left alone it comes to rest, and nothing is waited for any more.
    pass(&mut s, 60_000, &mut said);
    assert!(deadline(&s.state).is_none(), "{:?} at {}", deadline(&s.state), s.ms);
}

/// While the title goes on turning, no hook makes the agent idle for longer than it takes to see
/// that it turns on; where it works already, not at all.
fn spin(s: &mut Stage, ms: u64, hooks: &mut Vec<(&'static str, &'static str)>, said: &mut u64) {
    let (begin, every) = (s.ms, ms / (hooks.len() as u64 + 1));
    let mut worked = false;
    for turn in 0..ms / TURN {
        let frame = if turn % 2 == 0 { "\x1b]0;⠙ at it\x07" } else { "\x1b]0;⠋ at it\x07" };
        s.print("SEC", frame);
        let due = every > 0 && (turn * TURN) / every > ((turn * TURN).saturating_sub(TURN)) / every;
        if let Some((event, detail)) = due.then(|| hooks.pop()).flatten() {
            hook(s, event, detail);
        }
        pass(s, TURN, said);
        let state = s.agent("SEC").activity;
        worked |= state == AgentState::Working;
        // A question at the beginning, and a stop before it is seen to be over, take one each.
        let seen = begin + u64::try_from((GRACE + GRACE).as_millis()).unwrap() + 3 * TURN;
        if worked || s.ms > seen {
            assert_ne!(state, AgentState::Idle, "at {}, spinning since {begin}", s.ms);
            assert_ne!(state, AgentState::Unknown, "at {}, spinning since {begin}", s.ms);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn work_that_can_be_seen_is_not_idle_and_nothing_flickers(moves in prop::collection::vec(step(), 1..24)) {
        play(moves);
    }
}
