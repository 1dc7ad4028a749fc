//! Every prompt arrives once: rehearsal agents that lose Enters keep a ledger of what they take.

use std::collections::BTreeMap;
use std::fs;

use sha2::{Digest, Sha256};

use crate::kit::Place;

/// A place whose rehearsal agents have that misbehaviour and write down what they take.
pub fn rehearsing(agents: &[&str], speed: u32, misbehave: &str) -> Place {
    let place = Place::repository();
    let ledger = ledger(&place);
    let env = format!(
        "[profile.rehearsal]\nenv = {{ ORCHESTRA_REHEARSE_SPEED = \"{speed}\", \
         ORCHESTRA_REHEARSE_MISBEHAVE = \"{misbehave}\", ORCHESTRA_REHEARSE_LEDGER = \"{ledger}\" }}\n"
    );
    place.configure(agents, "rehearsal", &env);
    place
}

fn ledger(place: &Place) -> String {
    place.root().join("ledger").to_string_lossy().into_owned()
}

/// How often each agent took each text: agent, SHA-256 and length.
pub fn taken(place: &Place) -> BTreeMap<(String, String, usize), usize> {
    let mut all = BTreeMap::new();
    for line in fs::read_to_string(ledger(place)).unwrap_or_default().lines() {
        let [agent, sum, len] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        *all.entry((agent.to_owned(), sum.to_owned(), len.parse().unwrap())).or_default() += 1;
    }
    all
}

/// What the ledger says of a text that an agent took.
pub fn entry(agent: &str, text: &str) -> (String, String, usize) {
    let sum: String = Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect();
    (agent.to_owned(), sum, text.len())
}

/// Sends `rounds` texts to every agent, each of which loses the first Enter of each: all are submitted,
/// none is lost, none doubled.
fn swallowed(agents: &[&str], rounds: usize) {
    let place = rehearsing(agents, 50, "swallow-enter");
    place.up();
    let mut submitted = 0;
    for round in 0..rounds {
        let text = format!("Hello number {round}.\nWhat do you see?");
        let answer = place.json(&["send", "all", "--text", &text, "--wait"]);
        for receipt in answer["receipts"].as_array().unwrap() {
            assert_eq!(receipt["outcome"], "submitted", "round {round}: {receipt}");
            assert_eq!(receipt["why"], "after Enter number 2", "round {round}: {receipt}");
            submitted += 1;
        }
    }
    place.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    let taken = taken(&place);
    let sent = rounds * agents.len();
    let doubled = taken.values().filter(|n| **n > 1).count();
    println!("{sent} dispatches: {submitted} submitted, {} lost, {doubled} doubled", sent - taken.len());
    assert_eq!((submitted, taken.len(), doubled), (sent, sent, 0), "{taken:?}");
}

#[test]
fn no_prompt_is_lost_or_doubled_where_enters_are_swallowed() {
    swallowed(&["A", "B", "C", "D"], 3);
}

#[test]
#[ignore = "two minutes: `just prove-dispatch`"]
fn two_hundred_prompts_are_neither_lost_nor_doubled() {
    swallowed(&["A", "B", "C", "D", "E", "F", "G", "H"], 25);
}
