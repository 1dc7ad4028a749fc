//! Programs that start, end, and never start; sizes; waiting; the end of a session.

use super::kit::{BOX, SPIN, Stage, TEAM, config, name};
use crate::domain::command::{Caller, Command, Target, Until};
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Ended, Event, Writing};

fn end(s: &mut Stage, agent: &str, how: Ended) {
    s.happen(Event::PaneEnded { agent: name(agent), how });
}

#[test]
fn a_program_that_ends_at_once_has_failed_with_its_last_words() {
    let mut s = Stage::dark(config());
    s.happen(Event::Start);
    s.up("SEC");
    s.print("SEC", "error: no key\r\n");
    s.pass(1900);
    end(&mut s, "SEC", Ended::Exited(0));
    assert_eq!(s.is("SEC"), AgentState::Failed);
    assert_eq!(s.agent("SEC").need(), "exited 0 within two seconds of starting: error: no key");
    end(&mut s, "OBS", Ended::NeverRan("no program `claude` for OBS in PATH".into()));
    assert_eq!(s.agent("OBS").need(), "no program `claude` for OBS in PATH");
    s.up("QA");
    s.pass(2000);
    end(&mut s, "QA", Ended::Exited(0));
    assert_eq!((s.is("QA"), s.agent("QA").need()), (AgentState::Stopped, String::new()));
    s.up("NET");
    s.pass(5000);
    s.ask(Command::Stop { agent: name("NET") });
    end(&mut s, "NET", Ended::Exited(129));
    assert_eq!(s.is("NET"), AgentState::Stopped, "somebody asked for it");
}

#[test]
fn a_program_is_started_again_on_an_empty_screen_once() {
    let mut s = Stage::new();
    assert!(s.fault(Command::restart(name("SEC"))).1.contains("still runs"));
    end(&mut s, "SEC", Ended::Exited(1));
    s.ask(Command::restart(name("SEC")));
    assert!(s.fault(Command::restart(name("SEC"))).1.contains("still runs"));
    let spawns = |e: &(u64, Effect)| e.1 == Effect::Spawn { agent: name("SEC") };
    assert_eq!(s.effects.iter().filter(|e| spawns(e)).count(), 2);
    s.up("SEC");
    assert!(s.agent("SEC").pane.screen.is_blank());
    s.print("SEC", BOX);
    s.pass(1000);
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn a_size_is_journaled_once_and_kept_within_limits() {
    let mut s = Stage::new();
    for _ in 0..3 {
        s.happen(Event::Resize { agent: name("SEC"), rows: 0, cols: 65535 });
    }
    assert_eq!(s.count(|r| matches!(r, Record::Resized { rows: 2, cols: 1000, .. })), 1);
}

#[test]
fn a_screen_changes_its_size_where_the_log_says_so() {
    let mut s = Stage::dark(super::kit::config());
    let resize = |rows| Event::Resize { agent: name("SEC"), rows, cols: 90 };
    let rows = |s: &Stage| (s.agent("SEC").pane.size.rows, s.agent("SEC").pane.screen.size().rows);
    s.happen(resize(30));
    assert_eq!(rows(&s), (30, 30), "nothing runs: there is nothing to wait for");
    s.up("SEC");
    // The kit answers at once; here the answer is left out.
    crate::engine::step(&mut s.state, resize(20), super::kit::at(s.ms));
    s.journal.push((super::kit::at(s.ms), Record::Resized { agent: name("SEC"), rows: 20, cols: 90 }));
    assert_eq!(rows(&s), (20, 30));
    s.happen(Event::Sized { agent: name("SEC"), rows: 20, cols: 90 });
    assert_eq!(rows(&s), (20, 20));
}

#[test]
fn queries_are_answered_live() {
    let mut s = Stage::new();
    let effects = s.print("SEC", "\x1b[c");
    assert!(effects.iter().any(|e| matches!(e, Effect::Write { why: Writing::Reply, .. })), "{effects:?}");
}

#[test]
fn the_session_ends_when_every_program_has_and_not_before() {
    let mut s = Stage::new();
    let n = s.asks(Command::Down);
    let stops = s.effects.iter().filter(|(_, e)| matches!(e, Effect::Stop { .. })).count();
    assert_eq!(stops, 9);
    for agent in TEAM.iter().chain(&["ORCHESTRATOR"]) {
        assert!(!s.answers.contains_key(&n));
        end(&mut s, agent, Ended::Exited(129));
    }
    assert!(matches!(s.answers[&n], Answer::Done { .. }));
    s.happen(Event::Tick);
    s.happen(Event::Tick);
    assert_eq!(s.count(|r| matches!(r, Record::Closed { .. })), 1);
}

#[test]
fn a_program_that_comes_up_after_the_end_was_asked_for_is_stopped_too() {
    let mut s = Stage::dark(config());
    s.happen(Event::Start);
    let n = s.asks(Command::Down);
    assert!(!s.answers.contains_key(&n), "nine programs are being started");
    for agent in TEAM.iter().chain(&["ORCHESTRATOR"]) {
        s.up(agent);
        let stop = Effect::Stop { agent: name(agent) };
        assert!(s.effects.iter().any(|(_, e)| *e == stop), "{agent}");
    }
    assert!(!s.answers.contains_key(&n));
    for agent in TEAM.iter().chain(&["ORCHESTRATOR"]) {
        end(&mut s, agent, Ended::Exited(129));
    }
    assert!(s.answers.contains_key(&n));
    assert_eq!(s.effects.iter().filter(|(_, e)| *e == Effect::Quit).count(), 1);
}

#[test]
fn a_status_waits_for_git_but_not_for_ever() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    let Answer::Status(status) = s.ask(Command::Status) else { panic!() };
    assert_eq!((status.agents.len(), status.agents[2].ahead), (8, 1));
    assert_eq!(status.agents[2].last_activity.as_deref(), Some("2026-01-01T00:00:00Z"));
    s.git.silent.insert("inspect");
    let n = s.asks(Command::Status);
    s.pass(4999);
    assert!(!s.answers.contains_key(&n));
    s.pass(1);
    assert!(matches!(s.answers[&n], Answer::Status(_)));
}

#[test]
fn waits_end_when_it_is_so_or_when_time_is_up() {
    let mut s = Stage::new();
    let wait = |state, ms| Command::Wait {
        targets: vec![Target("SEC".into()), Target("OBS".into())],
        until: Until::State(state),
        timeout_ms: ms,
    };
    assert!(matches!(s.ask(wait(AgentState::Idle, 0)), Answer::Done { .. }));
    let n = s.asks(wait(AgentState::Working, 3000));
    s.print("SEC", SPIN);
    s.pass(3000);
    let Answer::Fault { fault: Fault::Timeout, why } = &s.answers[&n] else { panic!() };
    assert_eq!(why, "time is up: OBS is idle");
    let n = s.asks(wait(AgentState::Working, 3000));
    s.print("OBS", SPIN);
    assert!(matches!(s.answers[&n], Answer::Done { .. }));
    s.swallows.insert("QA".into(), 9);
    s.text("QA", "x");
    let receipts =
        Command::Wait { targets: vec![Target("QA".into())], until: Until::Receipts, timeout_ms: 9000 };
    let n = s.asks(receipts);
    s.pass(9000);
    let Answer::Receipts { receipts } = &s.answers[&n] else { panic!() };
    assert_eq!((receipts[0].outcome, receipts[0].ms), (Some(Outcome::Stalled), 6300));
}

#[test]
fn an_agents_pane_may_look_but_not_act_for_others() {
    let mut s = Stage::new();
    let own = Caller::Pane(name("SEC"));
    let send = Command::Send {
        targets: vec![Target("OBS".into())],
        what: crate::domain::command::What::Text("x".into()),
        terms: Default::default(),
    };
    for command in [send, Command::Merge, Command::Down, Command::Stop { agent: name("OBS") }] {
        let n = s.says(own.clone(), command);
        assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }));
    }
    let n = s.says(own, Command::Read { agent: name("OBS"), lines: 0, since: None });
    let Answer::Pane(pane) = &s.answers[&n] else { panic!() };
    assert_eq!(pane.lines, ["╭────╮", "│ >  │", "╰────╯"]);
    assert!(!s.state.closing);
}
