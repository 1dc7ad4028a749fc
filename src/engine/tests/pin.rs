//! A state laid down by hand.

use super::kit::{REST, SPIN, Stage, config, name};
use crate::domain::command::{Caller, Command};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Ended, Event};

fn pin(s: &mut Stage, state: Option<AgentState>) {
    let answer = s.ask(Command::Pin { agent: name("SEC"), state });
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
}

fn pinned(s: &mut Stage) -> bool {
    let Answer::Status(status) = s.ask(Command::Status) else { panic!() };
    status.agents.iter().find(|a| a.name == name("SEC")).unwrap().pinned
}

#[test]
fn it_holds_against_all_evidence_until_it_is_taken_off() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    pin(&mut s, Some(AgentState::Blocked));
    assert_eq!((s.is("SEC"), pinned(&mut s)), (AgentState::Blocked, true));
    s.print("SEC", REST);
    s.pass(5000);
    s.print("SEC", "\x1b]0;⠙ rehearsal SEC\x07");
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Blocked);
    // Another in its place, at once; a crash of the server changes nothing.
    pin(&mut s, Some(AgentState::Asking));
    assert_eq!(s.is("SEC"), AgentState::Asking);
    s.crash();
    s.happen(Event::Start);
    s.print("SEC", "\x1b]0;⠋ rehearsal SEC\x07");
    assert_eq!(s.is("SEC"), AgentState::Asking);
    pin(&mut s, None);
    assert_eq!((s.is("SEC"), pinned(&mut s)), (AgentState::Working, false));
}

#[test]
fn taken_off_it_leaves_no_trace_even_where_it_was_right() {
    let mut s = Stage::new();
    pin(&mut s, Some(AgentState::Idle));
    assert_eq!(s.agent("SEC").why.rule, "pin");
    pin(&mut s, None);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    assert_eq!(s.agent("SEC").why.rule, "rehearsal/title-star");
}

#[test]
fn the_end_of_the_program_takes_it_off() {
    let mut s = Stage::new();
    pin(&mut s, Some(AgentState::Idle));
    s.pass(5000);
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(0) });
    assert_eq!((s.is("SEC"), s.agent("SEC").pin), (AgentState::Stopped, None));
    let (fault, why) = s.fault(Command::Pin { agent: name("SEC"), state: Some(AgentState::Idle) });
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("not running"), "{why}");
}

#[test]
fn only_what_a_program_does_can_be_laid_down_and_not_by_an_agent() {
    let mut s = Stage::new();
    for state in AgentState::ALL {
        let answer = s.ask(Command::Pin { agent: name("SEC"), state: Some(state) });
        let may = AgentState::PINNABLE.contains(&state);
        assert_eq!(matches!(answer, Answer::Done { .. }), may, "{state}: {answer:?}");
        assert_eq!(s.is("SEC") == state, may, "{state}");
    }
    let n = s.says(Caller::Pane(name("SEC")), Command::Pin { agent: name("SEC"), state: None });
    assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }));
    pin(&mut s, None);
    let (_, why) = s.fault(Command::Pin { agent: name("SEC"), state: None });
    assert!(why.contains("take a pin off SEC: nothing is pinned"), "{why}");
}

#[test]
fn a_pin_lets_a_prompt_in_that_the_profile_would_hold() {
    let mut c = config();
    c.profiles.get_mut("rehearsal").unwrap().submit.ready = "never shown".into();
    let mut s = Stage::of(c);
    s.print("SEC", SPIN);
    s.text("SEC", "go on");
    s.pass(5000);
    assert!(s.written("SEC").is_empty(), "it works, and is not at its prompt");
    s.obedient = false;
    pin(&mut s, Some(AgentState::Idle));
    s.pass(1400);
    assert!(s.written("SEC")[0].1.contains("go on"), "{:?}", s.written("SEC"));
    s.print("SEC", REST);
    s.print("SEC", SPIN);
    s.pass(100);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}

#[test]
fn a_pin_to_working_keeps_prompts_out() {
    let mut s = Stage::new();
    pin(&mut s, Some(AgentState::Working));
    s.text("SEC", "go on");
    s.pass(61_000);
    assert!(s.written("SEC").is_empty());
    assert_eq!(s.receipt("SEC").0, Outcome::Busy);
}
