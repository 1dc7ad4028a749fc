//! What who is refused is told, and that what was shown is what is made.

use super::confirm::{conductor, fault_of};
use super::kit::{Stage, name};
use super::merge::all_ready;
use crate::domain::command::{Caller, Command, Confirming};
use crate::domain::record::Record;
use crate::engine::event::Effect;

#[test]
fn a_train_that_was_agreed_to_makes_the_commits_that_were_shown() {
    let mut s = all_ready();
    s.says(conductor(), Command::Merge);
    let shown = s.effects.iter().rev().find_map(|(_, e)| match e {
        Effect::Build { plan } => Some(plan.date),
        _ => None,
    });
    s.pass(5000);
    s.ask(Command::Confirm(Confirming::Yes { id: 1 }));
    let made = s.journal.iter().rev().find_map(|(_, r)| match r {
        Record::TrainPlanned { plan, .. } => Some(plan.date),
        _ => None,
    });
    // What is in a merge commit beside its parents, tree and message is its date.
    assert_eq!((made.is_some(), made), (true, shown));
}

#[test]
fn who_is_refused_is_told_what_was_not_done() {
    let mut s = all_ready();
    let told = |s: &mut Stage, command| {
        let n = s.says(Caller::Pane(name("SEC")), command);
        fault_of(s, n).1
    };
    let said = told(&mut s, Command::Merge);
    assert!(said.starts_with("merge: SEC may not, start_merge is refused: "), "{said}");
    let said = told(&mut s, Command::Stop { agent: name("OBS") });
    assert!(said.starts_with("stop OBS: SEC may not, stop_agent is refused: "), "{said}");
    let said = told(&mut s, Command::MergePlan);
    assert!(said.starts_with("call merge_plan: SEC may not"), "{said}");
    let n = s.says(conductor(), Command::Stop { agent: name("SEC") });
    s.ask(Command::Confirm(Confirming::No { id: 1 }));
    assert_eq!(fault_of(&s, n).1, "stop SEC: a person said no; nothing was done");
}
