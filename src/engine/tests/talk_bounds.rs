//! What keeps agents from talking for ever, and from speaking for others.

use super::kit::{SPIN, Stage, name};
use super::talk::{pane, program, why};
use crate::domain::command::{Caller, Command, Talk};
use crate::domain::query::{MAX_TEXT, Priority, Stage as How};
use crate::domain::record::Record;
use crate::domain::view::Answer;
use crate::engine::talk::MAX_OVER;

fn about(s: &mut Stage, from: &str, to: &str, message: &str, about: Option<u64>) -> Answer {
    let (to, message) = (name(to), message.to_owned());
    s.talks(pane(from), Talk::Ask { to, message, priority: Priority::Normal, about, key: None })
}

fn number(answer: Answer) -> u64 {
    match answer {
        Answer::Query(q) => q.query.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_questions_say_what_is_expected() {
    let mut s = Stage::new();
    for (to, message, part) in [
        ("OSB", "hello", "did you mean OBS"),
        ("SEC", "hello", "that is you"),
        ("OBS", " \n\x07 ", "the text is empty"),
        ("OBS", &"x".repeat(MAX_TEXT + 1), "at most 16384"),
    ] {
        let said = why(s.put(pane("SEC"), to, message, Priority::Normal));
        assert!(said.contains(part), "{said}");
    }
    let q = s.puts("SEC", "OBS", "hello");
    for (caller, query, part) in [
        (pane("NET"), q, "only it or a person answers"),
        (pane("SEC"), q, "only it or a person answers"),
        (program(), q, "only it or a person answers"),
        (Caller::Outside, 7, "find query 7"),
    ] {
        let said = why(s.replies(caller, query, "yes"));
        assert!(said.contains(part), "{said}");
    }
    assert!(why(s.replies(pane("OBS"), q, " ")).contains("empty"));
    assert!(matches!(s.replies(Caller::Outside, q, "yes"), Answer::Query(_)), "people answer for anybody");
    assert!(why(s.replies(pane("OBS"), q, "yes")).contains("answered by the lead already"));
    assert!(why(about(&mut s, "NET", "SEC", "what?", Some(q))).contains("between SEC and OBS"));
    assert!(why(about(&mut s, "NET", "SEC", "what?", Some(9))).contains("find query 9"));
}

#[test]
fn with_the_same_key_nothing_is_asked_twice() {
    let mut s = Stage::new();
    let ask = |key: &str| Talk::Ask {
        to: name("OBS"),
        message: "hello?".into(),
        priority: Priority::Normal,
        about: None,
        key: Some(key.into()),
    };
    let first = number(s.talks(pane("SEC"), ask("a")));
    s.crash();
    s.happen(crate::engine::event::Event::Start);
    assert_eq!(number(s.talks(pane("SEC"), ask("a"))), first);
    assert_ne!(number(s.talks(pane("NET"), ask("a"))), first, "another's key is another key");
    assert_eq!(s.count(|r| matches!(r, Record::Talk(_))), 2);
    assert!(why(s.talks(pane("SEC"), ask(&"k".repeat(129)))).contains("at most 128"));
}

#[test]
fn two_that_ask_each_other_back_come_to_an_end() {
    let mut s = Stage::new();
    let mut last = s.puts("SEC", "OBS", "0");
    let mut turns = [("OBS", "SEC"), ("SEC", "OBS")].into_iter().cycle();
    let refused = loop {
        s.pass(3000);
        let (from, to) = turns.next().unwrap();
        // Whoever asks back in the middle of a query takes its thread up, named or not.
        match about(&mut s, from, to, &format!("after {last}"), None) {
            Answer::Query(q) => {
                assert_eq!((q.query.thread, u64::from(q.query.depth)), (1, q.query.id - 1));
                last = q.query.id;
            }
            other => break why(other),
        }
        assert!(last < 50, "it goes on for ever");
        s.rests("SEC");
        s.rests("OBS");
    };
    assert_eq!(last, 5);
    assert!(refused.contains("answer what was asked of you first (`orchestra answer 5"), "{refused}");
    assert!(refused.contains("orchestra state asking"), "{refused}");
}

#[test]
fn one_asker_is_damped_and_a_person_is_not() {
    let mut s = Stage::new();
    s.print("OBS", SPIN);
    let first = s.puts("SEC", "OBS", "hello");
    let said = why(s.put(pane("SEC"), "OBS", "hello", Priority::Urgent));
    assert!(said.contains("the same again: it is query 1 (waiting)"), "{said}");
    s.puts("SEC", "OBS", "2");
    s.puts("SEC", "OBS", "3");
    s.puts("NET", "SEC", "for SEC");
    let said = why(s.put(pane("SEC"), "OBS", "4", Priority::Normal));
    assert!(
        said.contains("queries 1, 2, 3") && said.contains("answer what was asked of you first (query 4)"),
        "{said}"
    );
    s.replies(pane("OBS"), first, "yes");
    assert!(why(s.put(pane("SEC"), "OBS", "hello", Priority::Normal)).contains("(answered)"));
    for n in 0..9 {
        let to = ["NET", "OPS", "QA"][n % 3];
        s.puts("SEC", to, &format!("n{n}"));
    }
    let said = why(s.put(pane("SEC"), "ARCH", "one more", Priority::Normal));
    assert!(said.contains("12 times within 10 minutes"), "{said}");
    for n in 0..20 {
        assert!(matches!(
            s.put(Caller::Outside, "OBS", &format!("n{}", n % 2), Priority::Low),
            Answer::Query(_)
        ));
    }
    s.ms += 600_000;
    assert!(matches!(s.put(pane("SEC"), "ARCH", "one more", Priority::Normal), Answer::Query(_)));
}

#[test]
fn what_is_over_is_forgotten_at_last_and_what_is_open_never() {
    let mut s = Stage::new();
    let open = number(s.put(Caller::Outside, "OBS", "still open", Priority::Normal));
    for n in 0..MAX_OVER + 10 {
        let q = number(s.put(Caller::Outside, "NET", &format!("{n}"), Priority::Normal));
        s.replies(Caller::Outside, q, "ok");
    }
    assert_eq!(s.state.queries.len(), MAX_OVER + 1);
    assert_eq!(s.state.queries[0].query.id, open);
    assert_eq!(s.state.queries[1].query.id, 12);
    let status = match s.ask(Command::Status) {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status.queries.len(), 1);
    assert!(s.how(open) != How::Answered);
}
