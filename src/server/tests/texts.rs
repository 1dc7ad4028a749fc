//! Texts that are too long for one message.

use super::kit::*;
use crate::domain::command::{Command, Target, What};
use crate::domain::signal::MAX_PROMPT;
use crate::domain::view::{Answer, Fault};
use crate::wire::msg::Up;

const PART: usize = 512 * 1024;

fn send(what: What) -> Command {
    Command::Send { targets: vec![Target("SEC".into())], what, terms: Default::default() }
}

#[test]
fn the_longest_prompt_comes_in_parts() {
    let stage = Stage::running();
    let _holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut client = server.control();
    let text = "grüße\n".repeat(MAX_PROMPT / 8);
    assert_eq!(text.len(), MAX_PROMPT);
    for part in text.as_bytes().chunks(PART - 1) {
        client.send(&Up::Part(part.to_vec()));
    }
    let answer = client.ask(send(What::Parts { bytes: text.len() }));
    let Answer::Receipts { receipts } = answer else { panic!("{answer:?}") };
    assert_eq!((receipts[0].outcome, receipts[0].dispatch), (None, 1), "{receipts:?}");
    let written = std::fs::read_to_string(stage.dir.join("texts/1.txt")).unwrap();
    assert!(written == text, "the text was changed on its way");
    // Parts belong to the command that follows them, whatever it is.
    client.send(&Up::Part(b"x".to_vec()));
    assert!(matches!(client.ask(Command::Status), Answer::Status(_)));
    let answer = client.ask(send(What::Parts { bytes: 1 }));
    let Answer::Fault { fault: Fault::Usage, why } = answer else { panic!("{answer:?}") };
    assert!(why.contains("1 bytes: 0 came"), "{why}");
    client.send(&Up::Part(vec![0xff]));
    let answer = client.ask(send(What::Parts { bytes: 1 }));
    assert!(matches!(&answer, Answer::Fault { why, .. } if why.contains("UTF-8")), "{answer:?}");
}

#[test]
fn more_than_a_prompt_may_hold_ends_the_connection() {
    let stage = Stage::running();
    let server = stage.serve();
    let mut client = server.control();
    for _ in 0..=MAX_PROMPT / PART {
        client.send(&Up::Part(vec![b'x'; PART]));
    }
    let bye = client.wait_bye();
    let all = MAX_PROMPT + PART;
    assert!(bye.contains(&format!("{all} bytes or more; at most {MAX_PROMPT}")), "{bye}");
    let mut early = server.connect();
    early.send(&Up::Part(vec![b'x']));
    assert!(early.wait_bye().contains("greeting"));
}
