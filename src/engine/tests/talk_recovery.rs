//! Queries through the death of a server, and of a program.

use super::kit::{BOX, Stage, name};
use super::talk::pane;
use crate::domain::query::Stage as How;
use crate::domain::record::Record;
use crate::domain::state::Outcome;
use crate::engine::event::Event;

#[test]
fn nothing_is_lost_or_doubled_from_any_line_of_the_journal() {
    let script = || {
        let mut s = Stage::new();
        let q = s.puts("SEC", "OBS", "hello?");
        s.pass(3000);
        s.replies(pane("OBS"), q, "yes");
        s.rests("OBS");
        s.pass(3000);
        s
    };
    let whole = script();
    let asked = whole.journal.iter().position(|(_, r)| matches!(r, Record::Talk(_))).unwrap();
    for cut in asked + 1..=whole.journal.len() {
        let mut s = script();
        s.journal.truncate(cut);
        s.crash();
        s.happen(Event::Start);
        let at = format!("cut after line {cut}: {:?}", s.journal[cut - 1].1);
        for agent in ["SEC", "OBS"] {
            s.print(agent, BOX);
        }
        s.pass(60_000);
        s.rests("OBS");
        s.pass(60_000);
        assert!(matches!(s.how(1), How::Delivered | How::Answered), "{at}: {:?}", s.state.queries);
        if s.how(1) == How::Delivered {
            s.replies(pane("OBS"), 1, "yes");
        }
        s.rests("SEC");
        s.pass(120_000);
        s.rests("SEC");
        s.pass(3000);
        let asked = &s.state.queries[0];
        assert!(asked.heard, "{at}: {asked:?}");
        let submitted = |agent: &str, prompt: &str| {
            let own: Vec<u64> = s
                .journal
                .iter()
                .filter_map(|(_, r)| match r {
                    Record::Queued { dispatch, agent: a, prompt: Some(p), .. }
                        if *a == *agent && p == prompt =>
                    {
                        Some(*dispatch)
                    }
                    _ => None,
                })
                .collect();
            s.count(|r| matches!(r, Record::Receipt { dispatch, outcome: Outcome::Submitted, .. } if own.contains(dispatch)))
        };
        assert_eq!((submitted("OBS", "query"), submitted("SEC", "answer")), (1, 1), "{at}");
    }
}

#[test]
fn a_program_that_begins_anew_is_asked_anew() {
    let mut s = Stage::new();
    let q = s.puts("SEC", "OBS", "hello?");
    s.pass(3000);
    assert_eq!(s.how(q), How::Delivered);
    s.happen(Event::PaneEnded { agent: name("OBS"), how: crate::engine::event::Ended::Exited(1) });
    s.pass(60_000);
    assert_eq!((s.how(q), s.pasted("OBS").len()), (How::Delivered, 1));
    s.up("OBS");
    s.print("OBS", BOX);
    s.rests("OBS");
    s.pass(5000);
    assert_eq!((s.how(q), s.pasted("OBS").len()), (How::Delivered, 2));
}
