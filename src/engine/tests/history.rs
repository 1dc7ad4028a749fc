//! What happened, page by page.

use super::kit::{Stage, name};
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::domain::view::{Answer, Fault, History};
use crate::engine::event::Event;
use crate::engine::state::LOG_LINES;

fn history(s: &mut Stage, agent: Option<&str>, since: Option<u64>, limit: u16) -> History {
    match s.ask(Command::History { agent: agent.map(name), since, limit }) {
        Answer::History(history) => *history,
        other => panic!("{other:?}"),
    }
}

fn note(s: &mut Stage, text: &str) {
    let record = Record::Note { text: text.into() };
    s.journal.push((super::kit::at(s.ms), record.clone()));
    s.happen(Event::Recorded(record));
}

#[test]
fn pages_follow_each_other_and_numbers_hold_over_a_lost_server() {
    let mut s = Stage::new();
    let begin = history(&mut s, None, None, 1).next;
    for n in 0..10 {
        note(&mut s, &format!("note {n}"));
    }
    let first = history(&mut s, None, Some(begin), 4);
    let texts = |h: &History| h.events.iter().map(|e| e.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&first), ["note 0", "note 1", "note 2", "note 3"]);
    assert_eq!((first.next, first.gap), (begin + 4, false));
    assert_eq!((first.events[0].n, first.events[0].kind.as_str()), (begin, "session"));
    assert_eq!(texts(&history(&mut s, None, None, 2)), ["note 8", "note 9"]);
    assert!(history(&mut s, None, Some(begin + 10), 5).events.is_empty());
    s.crash();
    let second = history(&mut s, None, Some(first.next), 500);
    assert_eq!(texts(&second), ["note 4", "note 5", "note 6", "note 7", "note 8", "note 9"]);
}

#[test]
fn of_one_agent_only_what_concerns_it() {
    let mut s = Stage::new();
    s.ask(Command::Skip { agent: name("SEC") });
    let found = history(&mut s, Some("SEC"), None, 1);
    assert_eq!(found.events[0].text, "left out of the merge");
    assert_eq!(found.events[0].agent, Some(name("SEC")));
    let others = history(&mut s, Some("OBS"), None, 500);
    assert!(others.events.iter().all(|e| e.agent == Some(name("OBS"))) && !others.events.is_empty());
}

#[test]
fn what_is_gone_is_said_to_be() {
    let mut s = Stage::new();
    for n in 0..LOG_LINES {
        note(&mut s, &"long ".repeat(if n == 0 { 1000 } else { 1 }));
    }
    let first = s.state.logged - LOG_LINES as u64;
    assert!(first > 0);
    let old = history(&mut s, None, Some(0), 1);
    assert!(old.gap && old.events[0].n == first && old.events[0].text.len() <= 1024);
    assert!(!history(&mut s, None, Some(first), 1).gap);
    assert!(!history(&mut s, None, None, 500).gap);
    assert!(history(&mut s, Some("SEC"), None, 500).gap);
}

#[test]
fn nonsense_is_refused() {
    let mut s = Stage::new();
    for (agent, limit, says) in [(None, 0, "1 to 500"), (None, 501, "1 to 500"), (Some("SEX"), 1, "SEC")] {
        let (fault, why) = s.fault(Command::History { agent: agent.map(name), since: None, limit });
        assert!(fault == Fault::Usage && why.contains(says), "{why}");
    }
}
