//! Prompts sent on terms: nothing twice under one key, and no longer than somebody has patience.

use super::kit::{BOX, SPIN, Stage, config, name};
use crate::domain::brief::Brief;
use crate::domain::command::{Caller, Command, Target, Terms, What};
use crate::domain::record::Record;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Fault, Receipt};
use crate::engine::event::Event;
use crate::engine::ledger::MAX_KEYS;

fn terms(key: &str) -> Terms {
    Terms { key: Some(key.into()), patience: None }
}

fn text(targets: &[&str], terms: Terms) -> Command {
    let targets = targets.iter().map(|t| Target((*t).into())).collect();
    Command::Send { targets, what: What::Text("go on".into()), terms }
}

fn send(s: &mut Stage, command: Command) -> Vec<Receipt> {
    match s.ask(command) {
        Answer::Receipts { receipts } => receipts,
        other => panic!("{other:?}"),
    }
}

fn queued(s: &Stage) -> usize {
    s.count(|r| matches!(r, Record::Queued { .. }))
}

#[test]
fn a_key_delivers_once_and_gives_the_receipt_of_then() {
    let mut s = Stage::new();
    let first = send(&mut s, text(&["SEC"], terms("k")));
    let open = send(&mut s, text(&["SEC"], terms("k")));
    assert_eq!((open[0].dispatch, open[0].outcome), (first[0].dispatch, None), "still under way");
    s.pass(1000);
    let ended = send(&mut s, text(&["SEC"], terms("k")));
    assert_eq!((ended[0].dispatch, ended[0].outcome), (first[0].dispatch, Some(Outcome::Submitted)));
    assert_eq!(queued(&s), 1);
    // Others still get it, and another key is another prompt.
    let both = send(&mut s, text(&["SEC", "OBS"], terms("k")));
    assert_eq!(both.iter().map(|r| r.agent.as_str()).collect::<Vec<_>>(), ["SEC", "OBS"]);
    assert_eq!(both.iter().map(|r| r.outcome).collect::<Vec<_>>(), [Some(Outcome::Submitted), None]);
    s.rests("SEC");
    send(&mut s, text(&["SEC"], terms("l")));
    assert_eq!(queued(&s), 3);
}

#[test]
fn a_key_holds_over_a_lost_server() {
    let mut s = Stage::new();
    send(&mut s, text(&["SEC"], terms("k")));
    s.crash();
    s.happen(Event::Start);
    s.print("SEC", BOX);
    assert_eq!(send(&mut s, text(&["SEC"], terms("k")))[0].dispatch, 1);
    s.pass(3000);
    s.crash();
    s.happen(Event::Start);
    let ended = send(&mut s, text(&["SEC"], terms("k")));
    assert_eq!((ended[0].dispatch, ended[0].outcome), (1, Some(Outcome::Submitted)));
    assert_eq!(queued(&s), 1);
}

#[test]
fn each_caller_has_its_own_keys() {
    let mut s = Stage::new();
    let mcp = |client: &str, pane: Option<&str>| Caller::Mcp { client: client.into(), pane: pane.map(name) };
    let orchestrator = Caller::Pane(name("ORCHESTRATOR"));
    send(&mut s, text(&["SEC"], terms("k")));
    s.says(orchestrator.clone(), text(&["SEC"], terms("k")));
    // What runs in a pane is that pane's, however it calls.
    s.says(mcp("a", Some("ORCHESTRATOR")), text(&["SEC"], terms("k")));
    let keys: Vec<String> = s
        .journal
        .iter()
        .filter_map(|(_, r)| match r {
            Record::Queued { terms, .. } => terms.key.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(keys, ["person/k", "pane ORCHESTRATOR/k"]);
}

#[test]
fn two_tries_while_the_text_is_being_made_deliver_one() {
    let mut c = config();
    c.prompts.insert("p".into(), "template".into());
    let mut s = Stage::of(c);
    s.git.brief = Brief::example();
    s.git.silent.insert("brief");
    let template = || Command::Send {
        targets: vec![Target("SEC".into()), Target("OBS".into())],
        what: What::Prompt("p".into()),
        terms: terms("k"),
    };
    let (one, two) = (s.asks(template()), s.asks(template()));
    s.catch_up();
    assert_eq!(queued(&s), 2, "one for each of them");
    let of = |n: &u64| match &s.answers[n] {
        Answer::Receipts { receipts } => receipts.iter().map(|r| r.dispatch).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!((of(&one), of(&two)), (vec![1, 2], vec![1, 2]));
}

#[test]
fn who_leaves_in_the_middle_has_sent_all_or_nothing() {
    let mut c = config();
    c.prompts.insert("p".into(), "template".into());
    let mut s = Stage::of(c);
    s.git.brief = Brief::example();
    s.git.silent.insert("brief");
    let all = Command::Send {
        targets: vec![Target("all".into())],
        what: What::Prompt("p".into()),
        terms: Terms::default(),
    };
    let n = s.asks(all);
    assert_eq!(queued(&s), 0, "nothing before all of it can be made");
    s.happen(Event::Left { replies: vec![n] });
    s.catch_up();
    assert!(matches!(queued(&s), 0 | 8), "{}", queued(&s));
}

#[test]
fn a_ledger_is_bounded_and_forgets_the_oldest() {
    let mut s = Stage::new();
    let send_to = |s: &mut Stage, key: usize| {
        let dispatch = send(s, text(&["SEC"], terms(&key.to_string())))[0].dispatch;
        s.pass(1000);
        s.rests("SEC");
        dispatch
    };
    for key in 0..=MAX_KEYS {
        assert_eq!(send_to(&mut s, key), key as u64 + 1);
    }
    assert_eq!(send_to(&mut s, 1), 2, "remembered");
    assert_eq!(send_to(&mut s, 0), MAX_KEYS as u64 + 2, "forgotten, so sent");
}

#[test]
fn patience_is_what_the_caller_says() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    let with = |patience| Terms { key: None, patience: Some(patience) };
    send(&mut s, text(&["SEC"], with(0)));
    assert_eq!((s.receipt("SEC").0, s.receipt("SEC").2), (Outcome::Busy, 0));
    send(&mut s, text(&["SEC"], with(5)));
    s.pass(4900);
    s.print("SEC", SPIN);
    assert_eq!(s.agent("SEC").queue.len(), 1);
    s.pass(200);
    assert_eq!((s.receipt("SEC").0, s.receipt("SEC").2), (Outcome::Busy, 5000));
    // Whoever has more patience than the usual minute has it.
    send(&mut s, text(&["SEC"], with(600)));
    for _ in 0..30 {
        s.print("SEC", SPIN);
        s.pass(4000);
    }
    assert_eq!(s.agent("SEC").queue.len(), 1);
    s.rests("SEC");
    s.pass(3000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    // A pane that is free takes it, whatever the patience.
    send(&mut s, text(&["OBS"], with(0)));
    s.pass(1000);
    assert_eq!(s.receipt("OBS").0, Outcome::Submitted);
}

#[test]
fn terms_that_are_none_are_refused() {
    let mut s = Stage::new();
    for (bad, says) in [
        (terms(""), "1 to 128"),
        (terms(&"k".repeat(129)), "1 to 128"),
        (terms("a\nb"), "none of them a control"),
        (Terms { key: None, patience: Some(86_401) }, "at most 86400"),
    ] {
        let (fault, why) = s.fault(text(&["SEC"], bad));
        assert!(fault == Fault::Usage && why.contains(says), "{why}");
    }
    assert_eq!(queued(&s), 0);
}
