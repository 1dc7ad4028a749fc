//! Claims by text that come again: new ones count, what was printed before never does.

use super::kit::{REST, SPIN, Stage, config, name};
use crate::domain::conduct::Bare;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome};
use crate::engine::event::{Event, Feeding};

/// SEC was asked to wrap up and works; its branch has two commits.
fn asked() -> (Stage, String) {
    let mut s = Stage::new();
    s.template("SEC", "wrap-up");
    s.pass(1000);
    s.git.commit("SEC");
    s.git.commit("SEC");
    let line = format!("[AGENT] SEC READY FOR MERGE {}\r\n", s.code("SEC"));
    (s, line)
}

fn claims(s: &Stage) -> usize {
    s.count(|r| matches!(r, Record::Claimed { .. }))
}

fn works(s: &mut Stage) {
    s.print("SEC", SPIN);
    s.pass(500);
}

#[test]
fn after_a_refusal_the_same_line_printed_again_claims_again() {
    let (mut s, line) = asked();
    s.print("SEC", &line);
    s.rests("SEC");
    assert_eq!((claims(&s), s.agent("SEC").reasons.len()), (1, 1), "refused: two commits");
    works(&mut s);
    s.git.squash("SEC");
    s.print("SEC", &format!("Squashed.\r\n{line}"));
    s.rests("SEC");
    assert_eq!((claims(&s), s.is("SEC")), (2, AgentState::Ready));
}

#[test]
fn what_stood_there_before_the_refusal_does_not_claim_again() {
    let (mut s, line) = asked();
    let said = format!("● I looked at the branch and ran the build, it is green.\r\n\r\n{line}");
    s.print("SEC", &said);
    s.rests("SEC");
    for turn in 0..4 {
        works(&mut s);
        s.print("SEC", &format!("still at it, {turn}\r\n"));
        if turn == 1 {
            // The whole screen is drawn again, as after a change of size.
            s.print("SEC", &format!("\x1b[2J\x1b[H│ > [pasted]\r\n{said}still at it\r\n"));
            s.happen(Event::Resize { agent: name("SEC"), rows: 30, cols: 50 });
        }
        s.rests("SEC");
    }
    s.print("SEC", "idle talk\r\n");
    s.pass(5000);
    assert_eq!(claims(&s), 1);
}

#[test]
fn a_program_that_draws_on_its_own_screen_can_claim_again() {
    let (mut s, line) = asked();
    s.print("SEC", &format!("\x1b[?1049h\x1b[2J\x1b[H{line}"));
    s.rests("SEC");
    assert_eq!(claims(&s), 1);
    works(&mut s);
    s.print("SEC", "\x1b[2J\x1b[Hputting it right\r\n");
    s.pass(500);
    s.git.squash("SEC");
    s.print("SEC", &format!("\x1b[2J\x1b[H{line}"));
    s.rests("SEC");
    assert_eq!((claims(&s), s.is("SEC")), (2, AgentState::Ready));
}

#[test]
fn the_screen_that_a_new_server_reads_from_the_log_claims_nothing_again() {
    let (mut s, line) = asked();
    s.print("SEC", &line);
    s.rests("SEC");
    works(&mut s);
    s.crash();
    let bytes = format!("{SPIN}{line}").into_bytes();
    s.happen(Event::Output { agent: name("SEC"), bytes, mode: Feeding::Recovering });
    s.happen(Event::Start);
    s.pass(1000);
    s.rests("SEC");
    assert_eq!(claims(&s), 1);
    works(&mut s);
    s.git.squash("SEC");
    s.print("SEC", &line);
    s.rests("SEC");
    assert_eq!(claims(&s), 2, "a new one counts");
}

#[test]
fn command_and_text_of_one_turn_are_one_claim() {
    let (mut s, line) = asked();
    works(&mut s);
    s.ready("SEC");
    s.print("SEC", &line);
    s.rests("SEC");
    s.pass(5000);
    assert_eq!(claims(&s), 1);
}

#[test]
fn a_stalled_prompt_that_a_person_submits_counts_from_its_paste() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.swallows.insert("SEC".into(), 9);
    s.template("SEC", "wrap-up");
    s.pass(20_000);
    assert_eq!(s.receipt("SEC").0, Outcome::Stalled);
    let code = s.code("SEC");
    works(&mut s);
    s.print("SEC", &format!("[AGENT] SEC READY FOR MERGE {code}\r\n"));
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
}

#[test]
fn the_bare_phrase_is_a_hint_that_the_lead_may_accept() {
    let (mut s, _) = asked();
    s.git.squash("SEC");
    s.print("SEC", "● All green.\r\n\r\n  [AGENT] SEC READY FOR MERGE\r\n\r\n");
    s.rests("SEC");
    assert_eq!((claims(&s), s.is("SEC")), (0, AgentState::Idle));
    assert_eq!(s.agent("SEC").hint.as_deref(), Some("[AGENT] SEC READY FOR MERGE"));
    assert_eq!(s.agent("SEC").need(), "says it is ready without its code: accept?");
    s.print("SEC", "and on\r\n");
    s.rests("SEC");
    assert_eq!(s.count(|r| matches!(r, Record::Hint { .. })), 1, "told once");
    s.accept("SEC");
    assert_eq!((claims(&s), s.is("SEC")), (1, AgentState::Ready));
    assert_eq!(s.agent("SEC").hint, None);
    assert!(s.state.log.iter().any(|l| l.text == "is taken at its word: READY FOR MERGE"));
}

#[test]
fn a_hint_goes_when_it_is_claimed_refused_or_asked_for_anew() {
    let hint = "[AGENT] SEC READY FOR MERGE\r\n";
    let (mut s, line) = asked();
    s.print("SEC", hint);
    s.rests("SEC");
    assert!(s.agent("SEC").hint.is_some());
    works(&mut s);
    s.print("SEC", &line);
    s.rests("SEC");
    assert!(s.agent("SEC").hint.is_none() && !s.agent("SEC").reasons.is_empty(), "claimed and refused");
    assert!(s.agent("SEC").need().starts_with("not ready"));
    let (mut s, _) = asked();
    s.print("SEC", hint);
    s.rests("SEC");
    s.template("SEC", "wrap-up");
    s.pass(1000);
    assert_eq!(s.agent("SEC").hint, None);
}

#[test]
fn where_the_project_says_so_the_bare_phrase_claims() {
    let mut c = config();
    c.conduct.bare = Bare::Claim;
    c.conduct.phrase = "FERTIG ZUM MERGE".into();
    let mut s = Stage::of(c);
    s.template("SEC", "wrap-up");
    s.pass(1000);
    assert!(s.written("SEC")[0].1.contains("`[AGENT] SEC FERTIG ZUM MERGE`"));
    s.git.commit("SEC");
    s.print("SEC", "[AGENT] SEC READY FOR MERGE\r\n");
    s.rests("SEC");
    assert_eq!(claims(&s), 0, "not the phrase of this project");
    s.print("SEC", "[AGENT] SEC FERTIG ZUM MERGE\r\n");
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert!(s.state.log.iter().any(|l| l.text == "claims FERTIG ZUM MERGE"));
}

#[test]
fn no_hint_before_a_prompt_asked_and_none_while_it_works() {
    let mut s = Stage::new();
    s.print("SEC", "[AGENT] SEC READY FOR MERGE\r\n");
    s.rests("SEC");
    s.template("SEC", "wrap-up");
    s.pass(1000);
    for _ in 0..6 {
        s.print("SEC", SPIN);
        s.pass(500);
    }
    assert_eq!(s.count(|r| matches!(r, Record::Hint { .. })), 0);
    s.print("SEC", REST);
}
