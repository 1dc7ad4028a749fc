//! Prompts and people at the same pane.

use super::kit::{ASK, REST, Stage, config, name};
use crate::domain::command::Order;
use crate::domain::record::Record;
use crate::domain::state::{Outcome, TaskState};
use crate::engine::event::{Effect, Ended, Event, Writing};
use crate::engine::obstacle::LET_GO;
use crate::engine::parts::Phase;
use crate::engine::state::MAX_HELD;

/// A box with a draft, alone on the screen.
fn composer(draft: &str) -> String {
    format!("\x1b[2J\x1b[H│ > {draft}  │\r\n")
}

/// A stage whose profile says where the composer is.
fn seeing() -> Stage {
    let mut c = config();
    c.profiles.get_mut("rehearsal").unwrap().submit.composer = r"(?m)^│ >(?: +(\S[^\n]*?))? *│$".into();
    Stage::of(c)
}

/// All that was written to an agent's program, in order.
fn writes(s: &Stage, agent: &str) -> Vec<(Writing, String)> {
    let own = s.effects.iter().filter_map(|(_, e)| match e {
        Effect::Write { agent: a, bytes, why } if *a == *agent => {
            Some((*why, String::from_utf8_lossy(bytes).into_owned()))
        }
        _ => None,
    });
    own.collect()
}

#[test]
fn a_draft_that_is_deleted_again_lets_a_prompt_in() {
    let mut s = seeing();
    s.types("SEC", b"abc");
    s.print("SEC", &composer("abc"));
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(10_000);
    let phase = &s.agent("SEC").queue[0].phase;
    assert_eq!(*phase, Phase::Waiting("somebody's draft is in the composer".into()));
    s.types("SEC", b"\x15");
    s.print("SEC", &composer(""));
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
}

#[test]
fn a_key_whose_echo_is_late_is_waited_for() {
    let mut s = seeing();
    s.print("SEC", &composer(""));
    s.pass(3000);
    s.types("SEC", b"a");
    s.text("SEC", "go");
    s.pass(1900);
    assert!(s.written("SEC").is_empty(), "the composer still looks empty");
    s.print("SEC", &composer("a"));
    s.pass(20_000);
    assert!(s.written("SEC").is_empty());
    s.types("SEC", b"\x7f");
    s.print("SEC", &composer(""));
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    // One that changes nothing on the screen is no draft for ever.
    s.rests("SEC");
    s.print("SEC", &composer(""));
    s.pass(1000);
    s.types("SEC", b"\x15");
    s.text("SEC", "go on");
    s.pass(2500);
    assert_eq!(s.written("SEC").len(), 4);
}

#[test]
fn a_forgotten_draft_holds_a_task_and_says_what_helps() {
    let mut s = Stage::new();
    s.types("SEC", b"a");
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(59_000);
    assert_eq!(s.agent("SEC").need(), "");
    s.pass(1500);
    let need = s.agent("SEC").need();
    assert!(need.contains("draft") && need.ends_with(LET_GO), "{need}");
    s.pass(600_000);
    assert!(s.written("SEC").is_empty());
    s.types("SEC", &[3]);
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    assert_eq!(s.agent("SEC").need(), "");
}

#[test]
fn keys_never_come_between_a_paste_and_its_receipt() {
    let mut s = Stage::new();
    s.swallows.insert("SEC".into(), 1);
    s.text("SEC", "go");
    assert_eq!(s.written("SEC").len(), 1, "pasted");
    s.types("SEC", b"x");
    s.pass(1000);
    s.types("SEC", b"\x1b[A");
    s.types("SEC", b"y");
    s.pass(3000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    use Writing::{Keys, Prompt};
    let expected = [(Prompt, "\x1b[200~go\x1b[201~"), (Prompt, "\r"), (Prompt, "\r"), (Keys, "x\x1b[Ay")];
    assert_eq!(writes(&s, "SEC"), expected.map(|(w, t)| (w, t.to_owned())));
    assert!(s.agent("SEC").pane.draft, "what was typed is a draft now");
    s.types("SEC", b"z");
    assert_eq!(writes(&s, "SEC").last().unwrap().1, "z", "and goes straight on from here");
}

#[test]
fn typed_text_goes_before_the_next_prompt_and_holds_it() {
    let mut s = Stage::new();
    s.text("SEC", "one");
    s.text("SEC", "two");
    s.types("SEC", b"mine");
    s.pass(1000);
    s.rests("SEC");
    s.pass(1000);
    assert_eq!(s.agent("SEC").receipts.len(), 1, "the second waits for the draft");
    s.types("SEC", b"\r");
    s.print("SEC", REST);
    s.pass(1000);
    let all: String = writes(&s, "SEC").into_iter().map(|(_, t)| t).collect();
    assert_eq!(all, "\x1b[200~one\x1b[201~\rmine\r\x1b[200~two\x1b[201~\r");
}

#[test]
fn what_is_kept_back_is_bounded_and_what_is_refused_is_told() {
    let mut s = Stage::new();
    s.text("SEC", "go");
    s.types("SEC", &vec![b'x'; MAX_HELD]);
    s.types("SEC", b"yz");
    s.pass(1000);
    assert_eq!(writes(&s, "SEC").last().unwrap().1.len(), MAX_HELD);
    assert_eq!(s.count(|r| matches!(r, Record::Note { text } if text.starts_with("SEC: 2 bytes typed"))), 1);
}

#[test]
fn who_is_asked_after_the_paste_can_be_answered_at_once() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.types("SEC", b"a");
    assert_eq!(writes(&s, "SEC").len(), 1, "the paste; the key is kept back");
    s.print("SEC", ASK);
    s.types("SEC", b"1");
    let keys: Vec<_> = writes(&s, "SEC").split_off(1).into_iter().map(|(_, t)| t).collect();
    assert_eq!(keys, ["a", "1"]);
}

#[test]
fn keys_for_a_program_that_ended_are_forgotten() {
    let mut s = Stage::new();
    s.text("SEC", "go");
    s.types("SEC", b"rm");
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(1) });
    s.pass(1000);
    assert!(writes(&s, "SEC").iter().all(|(why, _)| *why == Writing::Prompt));
}
