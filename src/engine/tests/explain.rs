//! Every state can be explained: rule, source, evidence, and why the rest did not decide.

use super::kit::{ASK, REST, SPIN, Stage, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Explained};
use crate::engine::event::{Ended, Event};

fn explain(s: &mut Stage, agent: &str) -> Explained {
    match s.ask(Command::Explain { agent: name(agent) }) {
        Answer::Explained(e) => e,
        other => panic!("{other:?}"),
    }
}

/// State, rule, source and evidence, none of which may be missing.
fn told(s: &mut Stage, agent: &str) -> (AgentState, String, String, String) {
    let e = explain(s, agent);
    assert_eq!(e.state, s.is(agent));
    assert!(!e.rule.is_empty() && !e.source.is_empty() && !e.evidence.is_empty(), "{e:?}");
    (e.state, e.rule, e.source, e.evidence)
}

fn is(of: &(AgentState, String, String, String), state: AgentState, rule: &str, source: &str, text: &str) {
    assert_eq!((of.0, of.1.as_str(), of.2.as_str()), (state, rule, source));
    assert!(of.3.contains(text), "{:?} has no {text:?}", of.3);
}

#[test]
fn a_sprint_from_start_to_merge() {
    use AgentState::*;
    let mut s = Stage::dark(config());
    is(&told(&mut s, "SEC"), Pending, "start", "plan", "not started");
    s.happen(Event::Start);
    is(&told(&mut s, "SEC"), Starting, "process", "process", "being started");
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &[]);
    is(&told(&mut s, "QA"), Pending, "stage", "plan", "waits for ARCH");
    s.pass(3000);
    is(&told(&mut s, "ARCH"), Working, "rehearsal/title-spinner", "title", "⠋ rehearsal");
    let mut s = Stage::new();
    is(&told(&mut s, "SEC"), Idle, "rehearsal/title-star", "title", "✳ rehearsal");
    s.git.squash("SEC");
    s.git.silent.insert("review");
    s.ready("SEC");
    is(&told(&mut s, "SEC"), Claimed, "claim", "agent", "git is being asked");
    s.git.silent.insert("gates");
    s.git.silent.remove("review");
    s.catch_up_one();
    is(&told(&mut s, "SEC"), Claimed, "claim", "agent", "git agrees at c000001, the gates run");
    s.catch_up();
    is(&told(&mut s, "SEC"), Ready, "proof", "git", "git and the gates agree at c000001: build green");
    let e = explain(&mut s, "SEC");
    assert_eq!((e.losers[0].rule.as_str(), e.losers[0].state), ("rehearsal/title-star", Idle));
    assert!(e.losers[0].why.contains("ready goes first"), "{e:?}");
    let mut s = super::merge::all_ready();
    s.ask(Command::Merge);
    is(&told(&mut s, "SEC"), Merged, "train", "git", "train 1 merged c000003 into main");
}

#[test]
fn what_went_wrong_or_waits() {
    use AgentState::*;
    let mut s = Stage::new();
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::Exited(3) });
    is(&told(&mut s, "OBS"), Failed, "process", "process", "exited 3");
    s.ask(Command::Stop { agent: name("NET") });
    s.happen(Event::PaneEnded { agent: name("NET"), how: Ended::Exited(0) });
    is(&told(&mut s, "NET"), Stopped, "process", "process", "stopped");
    s.print("QA", ASK);
    s.pass(600);
    is(&told(&mut s, "QA"), Asking, "rehearsal/title-question", "title", "? rehearsal");
    s.print("OPS", "usage limit reached — resets at 14:05\r\n");
    s.pass(600);
    is(&told(&mut s, "OPS"), Limited, "rehearsal/limit", "screen", "resets at 14:05");
    s.ask(Command::Pin { agent: name("SEC"), state: Some(Blocked) });
    is(&told(&mut s, "SEC"), Blocked, "pin", "person", "by hand");
    assert!(explain(&mut s, "SEC").pinned.is_some());
    assert_eq!(explain(&mut s, "SEC").losers[0].why, "a pin goes first");
    s.print("ARCH", SPIN);
    s.print("ARCH", "\x1b]0;other\x07");
    s.pass(5000);
    is(&told(&mut s, "ARCH"), Unknown, "none", "none", "no rule of the profile matches");
}

#[test]
fn losers_say_why_and_when_they_may_win() {
    let mut s = Stage::new();
    s.print("SEC", "\x1b]9;4;3\x07");
    s.print("SEC", SPIN);
    s.pass(100);
    let e = explain(&mut s, "SEC");
    assert_eq!(e.rule, "rehearsal/progress-busy");
    assert_eq!(e.losers[0].why, "says the same as rehearsal/progress-busy");
    s.print("SEC", REST);
    assert_eq!(explain(&mut s, "SEC").losers[0].why, "less trusted than rehearsal/progress-busy");
    s.print("SEC", "\x1b]9;4;0\x07");
    s.pass(700);
    let e = explain(&mut s, "SEC");
    assert_eq!((e.state, e.rule.as_str()), (AgentState::Working, "rehearsal/progress-busy"));
    assert_eq!(e.losers[0].why, "not yet stable for 800 ms");
    assert_eq!(e.next_look_ms, Some(800));
    assert_eq!((e.losers[0].source.as_str(), e.losers[0].age_ms), ("title", 700));
    s.pass(800);
    assert_eq!(explain(&mut s, "SEC").age_ms, 0);
}
