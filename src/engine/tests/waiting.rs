//! Waits for a state: they end when it is reached, and when it cannot come any more.

use super::kit::{SPIN, Stage, name};
use crate::domain::command::{Command, Target, Until};
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Ended, Event};

fn wait(s: &mut Stage, targets: &[&str], until: Until) -> u64 {
    let targets = targets.iter().map(|t| Target((*t).into())).collect();
    s.asks(Command::Wait { targets, until, timeout_ms: 600_000 })
}

fn failed(s: &Stage, n: u64) -> &str {
    match &s.answers[&n] {
        Answer::Fault { fault: Fault::Failed, why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_program_that_ended_ends_the_wait_for_anything_else() {
    let mut s = Stage::new();
    let ready = wait(&mut s, &["SEC", "OBS"], Until::State(AgentState::Ready));
    let either = wait(&mut s, &["SEC"], Until::States(vec![AgentState::Failed, AgentState::Ready]));
    assert!(!s.answers.contains_key(&ready) && !s.answers.contains_key(&either));
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(7) });
    let why = failed(&s, ready);
    assert!(why.starts_with("wait until all are ready: SEC is failed (exited 7"), "{why}");
    assert!(why.contains("orchestra restart SEC") && !why.contains("OBS"), "{why}");
    assert_eq!(s.answers[&either], Answer::Done { text: "all are failed or ready".into() });
    // A program that is being started again is waited for.
    s.ask(Command::restart(name("SEC")));
    let again = wait(&mut s, &["SEC"], Until::State(AgentState::Idle));
    assert!(!s.answers.contains_key(&again));
}

#[test]
fn who_is_left_out_is_not_waited_for_to_be_merged() {
    let mut s = Stage::new();
    let merged = wait(&mut s, &["all"], Until::State(AgentState::Merged));
    s.ask(Command::Skip { agent: name("NET") });
    assert!(failed(&s, merged).contains("NET is left out of the merge"));
    // It may still become ready.
    let ready = wait(&mut s, &["NET"], Until::State(AgentState::Ready));
    assert!(!s.answers.contains_key(&ready));
}

#[test]
fn any_of_several_states_will_do_for_each() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    let rests = wait(&mut s, &["SEC", "OBS"], Until::States(vec![AgentState::Asking, AgentState::Idle]));
    assert!(!s.answers.contains_key(&rests));
    s.rests("SEC");
    s.pass(3000);
    assert_eq!(s.answers[&rests], Answer::Done { text: "all are asking or idle".into() });
    let n = wait(&mut s, &["SEC"], Until::States(vec![AgentState::Ready, AgentState::Asking]));
    s.pass(600_000);
    assert!(
        matches!(&s.answers[&n], Answer::Fault { fault: Fault::Timeout, why } if why.contains("SEC is idle"))
    );
}
