//! What a review adds to what git found.

use super::kit::{Stage, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::review::{Convention, MESSAGE, MessageCheck};
use crate::domain::state::AgentState;
use crate::domain::team::Config;
use crate::domain::view::Answer;
use crate::engine::event::{Depth, Effect};

fn conventions(message: MessageCheck) -> Config {
    let mut config = config();
    let of = |name: &str, ready| Convention {
        name: name.into(),
        plans: vec![name.into()],
        ready,
        subjects: vec!["feat({agent}): <what>".into()],
        ..Convention::default()
    };
    config.review.message = message;
    config.review.conventions = vec![of("wrap-up", true)];
    config
}

fn review(s: &mut Stage) -> crate::domain::view::ReviewView {
    let agents = vec![name("SEC")];
    let Answer::Review { reviews, .. } = s.ask(Command::Review { agents }) else { panic!() };
    assert_eq!(reviews.len(), 1, "only who was asked for is shown");
    reviews.into_iter().next().unwrap()
}

#[test]
fn a_message_that_does_not_fit_is_a_warning_and_keeps_nobody_from_being_ready() {
    let mut s = Stage::of(conventions(MessageCheck::Warn));
    s.git.commit("SEC");
    assert_eq!(review(&mut s).convention, "", "nothing ran and nothing is claimed");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    let view = review(&mut s);
    assert_eq!(view.convention, "wrap-up");
    assert_eq!(view.review.concerns.iter().filter(|c| c.check == MESSAGE).count(), 1);
    assert!(view.reasons.is_empty());
}

#[test]
fn it_refuses_where_that_is_asked_for() {
    let mut s = Stage::of(conventions(MessageCheck::Refuse));
    s.git.commit("SEC");
    s.ready("SEC");
    assert_ne!(s.is("SEC"), AgentState::Ready);
    let reasons = s.state.agent(&name("SEC")).unwrap().reasons.join(";");
    assert!(reasons.contains("lacks a subject like `feat(sec): <what>`"), "{reasons}");
    let mut off = Stage::of(conventions(MessageCheck::Off));
    off.git.commit("SEC");
    off.ready("SEC");
    assert_eq!(off.is("SEC"), AgentState::Ready);
    assert!(review(&mut off).review.concerns.is_empty());
}

#[test]
fn the_plan_that_last_ran_decides_before_anything_is_claimed() {
    let mut s = Stage::of(conventions(MessageCheck::Warn));
    s.run("wrap-up", Order::Broadcast, &["SEC"]);
    s.pass(2000);
    s.git.commit("SEC");
    assert_eq!(review(&mut s).convention, "wrap-up");
}

#[test]
fn a_review_looks_at_the_whole_team_in_the_order_of_the_merge_and_is_written_down() {
    let mut s = Stage::of(conventions(MessageCheck::Warn));
    s.ask(Command::Skip { agent: name("SEC") });
    review(&mut s);
    let asked = s.effects.iter().rev().find_map(|(_, e)| match e {
        Effect::Review { agents, depth, .. } => Some((agents.clone(), depth.clone())),
        _ => None,
    });
    let (agents, depth) = asked.unwrap();
    assert_eq!(agents.len(), s.state.team().count());
    let Depth::Whole(order) = depth else { panic!("{depth:?}") };
    assert!(!order.contains(&name("SEC")) && order.len() + 1 == agents.len());
    let written = s.effects.iter().any(|(_, e)| {
        matches!(e, Effect::Report { name, text } if name == "review.md" && text.contains("## SEC: "))
    });
    assert!(written);
}
