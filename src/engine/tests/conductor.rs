//! The orchestrator's first prompt: once, when an agent program is ready, and never to a shell.

use super::kit::{ASK, BOX, REST, SPIN, Stage, at, config, name};
use crate::domain::command::Begin;
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::domain::state::Outcome;
use crate::domain::team::Config;
use crate::engine::event::{Ended, Event};

const WHO: &str = "ORCHESTRATOR";

fn conducted() -> Config {
    let mut c = config();
    c.orchestrator = vec!["rehearsal".into()];
    c.orchestrator_prompt = "orchestrate".into();
    c.prompts.insert("orchestrate".into(), "Lead {{ team | length }} into {{ target }}.".into());
    c
}

/// Everybody runs; the orchestrator's program has shown nothing yet.
fn dark(c: Config) -> Stage {
    let mut s = Stage::dark(c);
    s.happen(Event::Start);
    s.up(WHO);
    s
}

fn firsts(s: &Stage) -> usize {
    s.count(|r| {
        matches!(r, Record::Queued { agent, prompt: Some(p), .. } if agent.as_str() == WHO && p == "orchestrate")
    })
}

#[test]
fn it_is_sent_when_the_program_is_first_ready_and_not_before() {
    let mut s = dark(conducted());
    s.pass(5000);
    assert_eq!(firsts(&s), 0, "nothing shows that it is ready");
    s.print(WHO, ASK);
    s.pass(5000);
    assert_eq!(firsts(&s), 0, "a question comes first");
    s.print(WHO, BOX);
    s.pass(5000);
    assert_eq!(firsts(&s), 1);
    assert!(s.written(WHO)[0].1.contains("Lead 8 into main."), "{:?}", s.written(WHO));
    assert_eq!(s.receipt(WHO).0, Outcome::Submitted);
    s.print(WHO, SPIN);
    s.print(WHO, REST);
    s.pass(60_000);
    assert_eq!(firsts(&s), 1);
}

#[test]
fn a_program_started_again_is_not_told_again_but_a_new_opening_is() {
    let mut s = dark(conducted());
    s.print(WHO, BOX);
    s.pass(5000);
    s.happen(Event::PaneEnded { agent: name(WHO), how: Ended::Exited(0) });
    s.ask(Command::Restart { agent: name(WHO), begin: Begin::Afresh, what: None });
    s.up(WHO);
    s.print(WHO, BOX);
    s.pass(5000);
    assert_eq!(firsts(&s), 1);
    let opened = Record::Opened { version: "0".into(), server: 1 };
    s.journal.push((at(s.ms), opened.clone()));
    s.happen(Event::Recorded(opened));
    s.happen(Event::Start);
    s.up(WHO);
    s.print(WHO, BOX);
    s.pass(5000);
    assert_eq!(firsts(&s), 2);
}

#[test]
fn a_server_that_takes_over_sends_it_once() {
    for told in [true, false] {
        let mut s = dark(conducted());
        if !told {
            s.git.silent.insert("brief");
        }
        s.print(WHO, BOX);
        s.pass(5000);
        assert_eq!(firsts(&s), usize::from(told), "what was being made was sent to nobody");
        s.crash();
        s.git.silent.clear();
        s.print(WHO, REST);
        s.pass(5000);
        assert_eq!(firsts(&s), 1, "told before: {told}");
    }
}

#[test]
fn shells_unknown_programs_and_who_wants_none_get_none() {
    let shell = |c: &mut Config| c.orchestrator = vec![];
    let own = |c: &mut Config| c.orchestrator = vec!["bash".into(), "-l".into()];
    let named = |c: &mut Config| c.orchestrator = vec!["shell".into()];
    let none = |c: &mut Config| c.orchestrator_prompt = String::new();
    let cases: [fn(&mut Config); 4] = [shell, own, named, none];
    for change in cases {
        let mut c = conducted();
        change(&mut c);
        let mut s = dark(c);
        s.print(WHO, BOX);
        let info = crate::engine::event::TtyInfo { foreground: true, canonical: false };
        s.happen(Event::Tty { agent: name(WHO), info });
        s.pass(10_000);
        assert!(s.written(WHO).is_empty(), "{:?}", s.written(WHO));
        assert_eq!(firsts(&s), 0);
    }
}

#[test]
fn one_that_does_not_render_is_told_in_the_journal_once() {
    let mut c = conducted();
    c.prompts.insert("orchestrate".into(), "{{ nobody }}".into());
    let mut s = dark(c);
    s.print(WHO, BOX);
    s.pass(10_000);
    let told = |r: &Record| matches!(r, Record::Note { text } if text.contains("got no first prompt"));
    assert_eq!((firsts(&s), s.count(told)), (0, 1));
}
