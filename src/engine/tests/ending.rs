//! The end of a run: gates on every branch, red ones before a wrap-up, the review, the offer.

use super::kit::{Stage, TEAM, config, name};
use crate::domain::command::{Command, Order, Target, Until, What};
use crate::domain::ending::{OnRed, Red};
use crate::domain::record::Record;
use crate::domain::review::GateStatus;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Fault, Status};
use crate::engine::event::{Effect, Ended, Event};

fn prompted() -> Stage {
    let mut c = config();
    c.orchestrator = vec!["rehearsal".into()];
    c.prompts.insert("orchestrator-review".into(), "Look over {{ session }}.".into());
    Stage::of(c)
}

/// Everybody has enhanced; gates answer only if they are not silent.
fn enhanced(s: &mut Stage) {
    s.run("enhancement", Order::Broadcast, &[]);
    s.pass(1000);
    for agent in TEAM {
        s.commits(agent);
    }
}

fn status(s: &mut Stage) -> Box<Status> {
    match s.ask(Command::Status) {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn wrap_up(red: Red) -> Command {
    let (plan, order) = ("wrap-up".to_owned(), Order::Broadcast);
    Command::Run { plan, order, targets: vec![], prompt: None, red }
}

#[test]
fn every_gate_runs_on_every_branch_before_the_run_has_ended() {
    let mut s = Stage::new();
    s.git.silent.insert("gates");
    s.git.red.insert("build".into());
    enhanced(&mut s);
    let asked: Vec<_> = s
        .effects
        .iter()
        .filter_map(|(_, e)| match e {
            Effect::Gates { gates, on_red, .. } => Some((gates.len(), *on_red)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, vec![(2, OnRed::Go); 8]);
    let n = s.asks(Command::Wait { targets: vec![], until: Until::Run(1), timeout_ms: 60_000 });
    let Answer::Run(view) = s.ask(Command::ShowRun { run: None }) else { panic!() };
    assert!(!view.ended && view.gating.len() == 8, "{view:?}");
    assert!(view.summary().contains("gates run on 8 branches"), "{}", view.summary());
    assert!(s.fault(Command::PauseRun).1.contains("have ended"), "there is nothing to hold back");
    assert!(!s.answers.contains_key(&n), "who waits for the run waits for them too");
    s.catch_up();
    assert!(s.state.runs[0].ended && s.answers.contains_key(&n));
    // A red one does not keep the others from running.
    let seen = status(&mut s);
    let of = |i: usize| seen.agents[i].gates.iter().map(|g| (g.gate.as_str(), g.status)).collect::<Vec<_>>();
    for i in 0..8 {
        assert_eq!(of(i), [("build", GateStatus::Red), ("test", GateStatus::Green)]);
    }
}

#[test]
fn gates_of_a_lost_server_run_again_where_they_had_not_ended() {
    let mut s = Stage::new();
    s.git.silent.insert("gates");
    enhanced(&mut s);
    let first = s.git.held.pop_front().unwrap();
    for event in s.git.now(&first) {
        s.happen(event);
    }
    s.git.held.clear();
    s.crash();
    s.git.silent.clear();
    let before = s.effects.len();
    s.happen(Event::Start);
    let again = s.effects[before..].iter().filter(|(_, e)| matches!(e, Effect::Gates { .. })).count();
    assert_eq!(again, 7);
    assert!(s.state.runs[0].ended);
    assert_eq!(s.count(|r| matches!(r, Record::RunEnded { .. })), 1);
}

#[test]
fn a_wrap_up_names_red_gates_and_starts_on_confirmation() {
    let mut s = Stage::new();
    s.git.red.insert("test".into());
    enhanced(&mut s);
    let (fault, why) = s.fault(wrap_up(Red::Ask));
    assert_eq!(fault, Fault::Protected);
    assert!(why.contains("SEC: test is red at ") && why.ends_with("start all the same with --yes"), "{why}");
    assert_eq!(s.state.runs.len(), 1);
    // A branch that moved since has no red gate at its tip.
    s.git.commit("SEC");
    status(&mut s);
    let (_, why) = s.fault(wrap_up(Red::Ask));
    assert!(!why.contains("SEC") && why.contains("ARCH"), "{why}");
    let targets = vec![Target("SEC".into())];
    let (plan, order) = ("wrap-up".to_owned(), Order::Broadcast);
    let only = Command::Run { plan, order, targets, prompt: None, red: Red::Ask };
    assert!(matches!(s.ask(only), Answer::Run(_)), "others' gates do not concern it");
    s.ask(Command::DropTask { task: "wrap-up-SEC".into() });
    assert!(matches!(s.ask(wrap_up(Red::Accept)), Answer::Run(_)));
}

fn wrapped_up(s: &mut Stage) {
    s.run("wrap-up", Order::Broadcast, &[]);
    s.pass(1000);
    for agent in TEAM {
        s.git.commit(agent);
        s.ready(agent);
        s.rests(agent);
    }
}

#[test]
fn a_wrap_up_is_reviewed_and_the_orchestrator_offered_its_prompt() {
    let mut s = prompted();
    wrapped_up(&mut s);
    let run = &s.state.runs[0];
    assert!(run.ended);
    assert_eq!(run.review.as_deref(), Some("8 of 8 branches are one clean commit"));
    assert_eq!(s.state.reviews.len(), 8);
    let offer = status(&mut s).offer.unwrap();
    assert_eq!((offer.prompt.as_str(), offer.why.as_str()), ("orchestrator-review", "wrap-up has ended"));
    assert!(s.written("ORCHESTRATOR").is_empty(), "nothing is sent before somebody accepts");
    let Answer::Receipts { receipts } = s.ask(Command::TakeOffer) else { panic!() };
    assert_eq!((receipts.len(), receipts[0].agent.as_str(), receipts[0].outcome), (1, "ORCHESTRATOR", None));
    assert!(s.fault(Command::TakeOffer).1.contains("already"), "pressed twice, it is sent once");
    s.pass(5000);
    assert!(s.written("ORCHESTRATOR")[0].1.contains("Look over sprint."));
    assert_eq!(s.receipt("ORCHESTRATOR").0, Outcome::Submitted);
    assert!(status(&mut s).offer.is_none());
    assert!(s.fault(Command::TakeOffer).1.contains("nothing is offered"));
}

#[test]
fn sending_the_prompt_by_hand_takes_the_offer_and_a_shell_is_spared() {
    let mut s = prompted();
    wrapped_up(&mut s);
    let (targets, what) = (vec![Target("ORCHESTRATOR".into())], What::Prompt("orchestrator-review".into()));
    s.ask(Command::Send { targets: targets.clone(), what: what.clone(), terms: Default::default() });
    s.pass(5000);
    assert!(s.state.offer.is_none());
    // Without a program of its own, the pane is a shell that would run what it reads.
    let mut c = config();
    c.prompts.insert("orchestrator-review".into(), "rm -rf {{ session }}".into());
    let mut s = Stage::of(c);
    wrapped_up(&mut s);
    let info = crate::engine::event::TtyInfo { foreground: true, canonical: false };
    s.happen(Event::Tty { agent: name("ORCHESTRATOR"), info });
    s.ask(Command::Send { targets, what, terms: Default::default() });
    s.pass(5000);
    let (outcome, why, _) = s.receipt("ORCHESTRATOR");
    assert_eq!(outcome, Outcome::Refused);
    assert!(why.contains("a shell waits there"), "{why}");
    assert!(s.written("ORCHESTRATOR").is_empty() && s.state.offer.is_some(), "it is still offered");
}

#[test]
fn a_failed_task_holds_the_review_back_until_it_is_done_or_left_out() {
    let mut s = prompted();
    s.run("wrap-up", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(1000);
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(1) });
    s.git.commit("OBS");
    s.ready("OBS");
    s.rests("OBS");
    assert!(s.state.runs[0].ended && s.state.runs[0].review.is_none() && s.state.offer.is_none());
    let note = |r: &Record| matches!(r, Record::Note { text } if text.contains("waits for SEC"));
    assert_eq!(s.count(note), 1);
    s.ask(Command::Skip { agent: name("OBS") });
    assert!(s.state.runs[0].review.is_none(), "it is not about OBS");
    s.ask(Command::Skip { agent: name("SEC") });
    assert!(s.state.runs[0].review.is_some() && s.state.offer.is_some());
}

#[test]
fn a_review_that_a_lost_server_left_undone_is_made_by_the_next() {
    let mut s = prompted();
    s.run("wrap-up", Order::Broadcast, &["SEC"]);
    s.pass(1000);
    s.git.silent.insert("review");
    s.ask(Command::Skip { agent: name("SEC") });
    assert!(s.state.runs[0].ended && s.state.runs[0].review.is_none());
    s.git.held.clear();
    s.crash();
    s.git.silent.clear();
    s.happen(Event::Start);
    assert!(s.state.runs[0].review.is_some() && s.state.offer.is_some());
    // Another run makes the offer pointless.
    s.run("enhancement", Order::Broadcast, &["ARCH"]);
    assert!(s.state.offer.is_none());
}
