//! What bounds a dispatch: sizes, waits, a program that does not read, a text that is lost.

use super::kit::{ASK, SPIN, Stage, TEAM, name, seconds};
use crate::domain::command::{Command, Order, Target, Until, What};
use crate::domain::record::Record;
use crate::domain::signal::MAX_PROMPT;
use crate::domain::state::{AgentState, Outcome};
use crate::domain::view::Answer;
use crate::engine::event::{Event, Feeding, Intake};

const LIMIT: &str = "usage limit reached — resets at 14:05\r\n\x1b]0;rehearsal SEC\x07";

fn first_refusal(answer: &Answer) -> &str {
    let Answer::Receipts { receipts } = answer else { panic!("{answer:?}") };
    assert_eq!(receipts[0].outcome, Some(Outcome::Refused), "{receipts:?}");
    &receipts[0].why
}

fn reads(s: &mut Stage, agent: &str, how: Intake) {
    s.happen(Event::Input { agent: name(agent), how });
}

#[test]
fn a_prompt_behind_a_held_task_waits_a_minute() {
    let mut s = Stage::new();
    s.print("SEC", ASK);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.text("SEC", "free");
    s.pass(59_000);
    assert!(s.agent("SEC").receipts.is_empty());
    s.pass(1000);
    assert_eq!(
        s.receipt("SEC"),
        (Outcome::Busy, "dispatch 1 went first and is still under way".into(), 60_000)
    );
    assert_eq!(s.agent("SEC").queue.len(), 1, "the task waits on");
}

#[test]
fn bytes_that_wait_for_a_pane_are_bounded() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    let half = "x\n".repeat(MAX_PROMPT / 2);
    for _ in 0..2 {
        let Answer::Receipts { receipts } = s.text("SEC", &half) else { panic!() };
        assert_eq!(receipts[0].outcome, None);
    }
    let answer = s.text("SEC", "more");
    let why = first_refusal(&answer);
    assert!(why.contains("8388608 bytes of prompts wait for SEC") && why.contains("has 4"), "{why}");
    let answer = s.text("OBS", &format!("{half}x"));
    let why = first_refusal(&answer);
    assert!(why.contains("4194305 bytes; at most 4194304"), "{why}");
    let size = |d: &crate::engine::parts::Dispatch| std::sync::Arc::strong_count(&d.text);
    assert!(s.agent("SEC").queue.iter().all(|d| size(d) >= 2), "the journal and the queue share the text");
}

#[test]
fn one_stuck_pane_holds_up_nobody_else() {
    let mut s = Stage::new();
    s.deaf.insert("SEC");
    let n = s.asks(Command::Send {
        targets: vec![Target("all".into())],
        what: What::Text("go".into()),
        terms: Default::default(),
    });
    let Answer::Receipts { receipts } = &s.answers[&n] else { panic!() };
    let dispatches = receipts.iter().map(|r| r.dispatch).collect();
    let until = Until::Dispatched(dispatches);
    let waits = s.asks(Command::Wait { targets: vec![], until, timeout_ms: 100_000 });
    s.pass(1000);
    for agent in TEAM.iter().filter(|a| **a != "SEC") {
        assert_eq!(s.receipt(agent).0, Outcome::Submitted, "{agent}");
    }
    assert!(!s.answers.contains_key(&waits));
    s.pass(2000);
    reads(&mut s, "SEC", Intake::Stuck { waiting: 14 });
    let (outcome, why, ms) = s.receipt("SEC");
    assert_eq!((outcome, ms), (Outcome::Stalled, 3000));
    assert!(why.contains("reads nothing, 14 bytes wait") && why.contains("Ctrl-C"), "{why}");
    let Answer::Receipts { receipts } = &s.answers[&waits] else { panic!() };
    let of = |o| receipts.iter().filter(|r| r.outcome == Some(o)).count();
    assert_eq!((of(Outcome::Submitted), of(Outcome::Stalled)), (7, 1));
}

#[test]
fn who_waits_for_receipts_in_vain_is_told_what_is_open() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    s.text("SEC", "go");
    s.text("OBS", "go");
    s.pass(1000);
    let until = Until::Dispatched(vec![1, 2]);
    let n = s.asks(Command::Wait { targets: vec![], until, timeout_ms: 5000 });
    s.pass(5000);
    let Answer::Fault { why, .. } = &s.answers[&n] else { panic!() };
    assert_eq!(why, "time is up: dispatch 1 to SEC waits: working");
}

#[test]
fn enter_follows_once_the_program_has_all_of_the_paste() {
    let mut s = Stage::new();
    s.deaf.insert("SEC");
    s.text("SEC", "go");
    s.pass(20_000);
    assert_eq!(s.written("SEC").len(), 1, "only the paste: it is still on its way");
    reads(&mut s, "SEC", Intake::Taken);
    s.pass(299);
    assert_eq!(s.written("SEC").len(), 1, "and then it settles");
    s.pass(10);
    assert_eq!(s.written("SEC").len(), 2);
    s.deaf.insert("OBS");
    s.text("OBS", "go");
    s.pass(seconds(121));
    let (outcome, why, _) = s.receipt("OBS");
    assert!(outcome == Outcome::Stalled && why.contains("within 120 s"), "{why}");
}

#[test]
fn a_paste_that_was_not_written_is_refused() {
    let mut s = Stage::new();
    s.deaf.insert("SEC");
    s.text("SEC", "go");
    reads(&mut s, "SEC", Intake::Refused);
    let (outcome, why, _) = s.receipt("SEC");
    assert!(outcome == Outcome::Refused && why.contains("input queue is full"), "{why}");
}

#[test]
fn after_a_stall_nothing_is_pasted_behind_what_may_be_left() {
    let mut s = Stage::new();
    s.swallows.insert("SEC".into(), 9);
    s.text("SEC", "one");
    s.pass(10_000);
    let (outcome, why, _) = s.receipt("SEC");
    assert_eq!(outcome, Outcome::Stalled);
    assert!(why.contains("Enter submits it and Ctrl-C clears it"), "{why}");
    s.text("SEC", "two");
    s.pass(20_000);
    assert_eq!(s.written("SEC").len(), 4, "the paste and three Enters of the first");
    assert!(s.agent("SEC").need().contains("dispatch 1 stalled"), "{}", s.agent("SEC").need());
    s.crash();
    s.print("SEC", super::kit::BOX);
    s.pass(2000);
    assert_eq!(s.written("SEC").len(), 4, "another server knows of it too");
    s.types("SEC", &[3]);
    s.swallows.clear();
    s.pass(2000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}

#[test]
fn a_prompt_that_is_taken_late_is_not_in_the_way() {
    let mut s = Stage::new();
    s.swallows.insert("SEC".into(), 9);
    s.text("SEC", "one");
    s.pass(10_000);
    s.print("SEC", SPIN);
    s.rests("SEC");
    s.swallows.clear();
    s.text("SEC", "two");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}

#[test]
fn what_was_taken_out_is_said() {
    let mut s = Stage::new();
    s.swallows.insert("OBS".into(), 1);
    s.text("SEC", "a\u{1b}b\u{9b}c\u{7}");
    s.text("OBS", "a\u{7f}");
    s.text("QA", "a\r\nb\tc");
    s.pass(5000);
    assert_eq!(s.receipt("SEC").1, "3 control characters were removed");
    assert_eq!(s.receipt("OBS").1, "after Enter number 2; 1 control character was removed");
    assert_eq!(s.receipt("QA").1, "");
    assert_eq!(s.agent("SEC").receipts[0].removed, 3);
}

#[test]
fn a_dispatch_whose_text_is_lost_ends_refused() {
    let mut s = Stage::new();
    let lost = Record::Queued {
        dispatch: 1,
        agent: name("SEC"),
        prompt: None,
        task: None,
        code: None,
        text: "".into(),
        removed: 0,
        terms: Default::default(),
        brings: None,
    };
    s.journal.push((super::kit::at(s.ms), lost.clone()));
    s.happen(Event::Recorded(lost));
    s.happen(Event::Start);
    let (outcome, why, _) = s.receipt("SEC");
    assert!(outcome == Outcome::Refused && why.contains("its file is lost"), "{why}");
    assert!(s.written("SEC").is_empty());
}

#[test]
fn another_server_sends_nothing_before_it_knows_the_screens() {
    let mut s = Stage::new();
    s.print("SEC", LIMIT);
    s.pass(500);
    s.text("SEC", "go");
    s.crash();
    s.behind = true;
    s.happen(Event::Start);
    s.pass(3000);
    assert_eq!(s.is("SEC"), AgentState::Limited, "as recorded, until the screen is read again");
    let bytes = [super::kit::BOX, LIMIT].concat().into_bytes();
    s.happen(Event::Output { agent: name("SEC"), bytes, mode: Feeding::Recovering });
    s.happen(Event::CaughtUp { agent: name("SEC") });
    s.pass(3000);
    assert_eq!(s.is("SEC"), AgentState::Limited);
    assert!(s.written("SEC").is_empty(), "{:?}", s.written("SEC"));
}

#[test]
fn a_question_that_no_rule_has_read_yet_gets_no_prompt() {
    let mut s = Stage::new();
    s.print("SEC", "Do you want to proceed?\r\n1. Yes\r\n2. No\r\n");
    s.text("SEC", "go");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Busy);
    assert!(s.written("SEC").is_empty());
}

#[test]
fn what_a_program_would_run_as_its_own_command_is_refused() {
    let mut c = super::kit::config();
    c.profiles.get_mut("rehearsal").unwrap().submit.commands = vec!["/".into(), "!".into()];
    let mut s = Stage::of(c);
    for text in ["!rm -rf .", "\n  /quit now"] {
        s.text("SEC", text);
        s.pass(1000);
        let (outcome, why, _) = s.receipt("SEC");
        assert_eq!(outcome, Outcome::Refused, "{text:?}");
        assert!(why.contains("command of its own") && why.contains("orchestra keys"), "{why}");
    }
    assert!(s.written("SEC").is_empty());
    s.text("SEC", "go, then say /done!");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}
