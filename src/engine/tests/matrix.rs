//! The conflict matrix: when it is predicted, of whom, and what follows from a better order.

use super::kit::{Stage, TEAM, name};
use crate::domain::command::{Command, WhichOrder};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::review::{Look, Matrix, Proposal};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Event, Stirred};

type Asked = (Vec<(AgentName, Look)>, Vec<AgentName>);

/// What was asked of each prediction so far.
fn asked(s: &Stage) -> Vec<Asked> {
    let of = |e: &Effect| match e {
        Effect::Predict { agents, order, .. } => Some((agents.clone(), order.clone())),
        _ => None,
    };
    s.effects.iter().filter_map(|(_, e)| of(e)).collect()
}

/// How the last prediction was told to look at an agent's worktree.
fn look(s: &Stage, agent: &str) -> Look {
    let (agents, _) = asked(s).pop().unwrap();
    agents.into_iter().find(|(a, _)| *a == *agent).unwrap().1
}

fn stirred(s: &mut Stage, agents: &[&str], target: bool) -> Vec<Effect> {
    s.happen(Event::Stirred(Stirred { agents: agents.iter().map(|a| name(a)).collect(), target }))
}

fn names(text: &str) -> Vec<AgentName> {
    text.split(' ').map(name).collect()
}

#[test]
fn it_is_predicted_once_for_many_facts_and_again_for_new_ones() {
    let mut s = Stage::new();
    let first = asked(&s);
    assert!((1..=2).contains(&first.len()), "{}", first.len());
    assert_eq!(first[0].0.len(), TEAM.len());
    assert_eq!(first[0].1, s.state.config.merge_sequence());
    assert_eq!(s.state.matrix.as_ref().unwrap().order, first[0].1);
    s.pass(60_000);
    assert_eq!(asked(&s).len(), first.len(), "nothing happens, nothing is predicted");
    s.git.commit("SEC");
    stirred(&mut s, &["SEC"], false);
    assert_eq!(asked(&s).len(), first.len() + 1);
    stirred(&mut s, &[], true);
    assert_eq!(asked(&s).len(), first.len() + 2, "the target moved");
    s.ask(Command::Skip { agent: name("SEC") });
    assert!(!asked(&s).pop().unwrap().0.iter().any(|(a, _)| *a == *"SEC"));
}

#[test]
fn worktrees_are_looked_at_when_they_may_have_changed() {
    let mut s = Stage::new();
    s.git.branch("NET").changed = vec!["a".into()];
    s.git.branch("OPS").changed = vec!["a".into()];
    stirred(&mut s, &["NET", "OPS"], false);
    assert_eq!((look(&s, "NET"), look(&s, "OPS"), look(&s, "SEC")), (Look::Anew, Look::Anew, Look::Clean));
    // The list of files is the same, what is in them may be not.
    stirred(&mut s, &["OPS"], false);
    assert_eq!((look(&s, "NET"), look(&s, "OPS")), (Look::AsBefore, Look::Anew));
    // A review trusts nothing.
    assert!(matches!(s.ask(Command::Review { agents: vec![] }), Answer::Review { matrix: Some(_), .. }));
    assert_eq!((look(&s, "NET"), look(&s, "SEC")), (Look::Anew, Look::Anew));
}

#[test]
fn one_prediction_at_a_time_and_a_review_waits_for_one_that_is_new() {
    let mut s = Stage::new();
    let before = asked(&s).len();
    s.git.silent.insert("predict");
    stirred(&mut s, &[], true);
    stirred(&mut s, &[], true);
    let n = s.asks(Command::Review { agents: vec![] });
    assert_eq!(asked(&s).len(), before + 1);
    // In part.
    let Some(Effect::Predict { job, .. }) = s.git.held.front().cloned() else { panic!() };
    let part = Matrix { partial: true, ms: 7, ..Matrix::default() };
    s.happen(Event::Predicted { job, found: Ok(Box::new(part)) });
    assert_eq!(s.state.matrix.as_ref().unwrap().ms, 7);
    assert_eq!(asked(&s).len(), before + 1, "it goes on");
    s.catch_up_one();
    assert_eq!(asked(&s).len(), before + 2);
    assert!(!s.answers.contains_key(&n), "that one was begun before the question");
    s.catch_up();
    assert!(matches!(s.answers[&n], Answer::Review { matrix: Some(_), .. }));
    assert_eq!(asked(&s).len(), before + 2);
}

#[test]
fn a_prediction_that_fails_or_does_not_come_holds_up_nobody() {
    let mut s = Stage::new();
    s.git.silent.insert("predict");
    let n = s.asks(Command::Review { agents: vec![] });
    let Some(Effect::Predict { job, .. }) = s.git.held.pop_front() else { panic!() };
    s.happen(Event::Predicted { job: job + 1000, found: Err("not ours".into()) });
    assert!(!s.answers.contains_key(&n));
    s.happen(Event::Predicted { job, found: Err("no target".into()) });
    assert!(matches!(s.answers[&n], Answer::Review { matrix: None, .. }));
    let told = |s: &Stage| s.count(|r| matches!(r, Record::Note { text } if text.contains("no target")));
    assert_eq!(told(&s), 1);
    stirred(&mut s, &[], true);
    let Some(Effect::Predict { job, .. }) = s.git.held.pop_front() else { panic!() };
    s.happen(Event::Predicted { job, found: Err("no target".into()) });
    assert_eq!(told(&s), 1, "said once");
    let n = s.asks(Command::Review { agents: vec![] });
    s.pass(61_000);
    assert!(matches!(s.answers[&n], Answer::Review { .. }));
}

#[test]
fn readiness_is_withdrawn_when_the_kernel_tells_of_a_commit() {
    let mut s = Stage::new();
    s.git.squash("SEC");
    s.ready("SEC");
    assert!(s.agent("SEC").ready.is_some());
    s.git.commit("SEC");
    stirred(&mut s, &["SEC"], false);
    assert!(s.agent("SEC").ready.is_none(), "its pane printed nothing");
}

#[test]
fn a_better_order_can_be_taken_and_given_back() {
    let mut s = Stage::new();
    let own = s.state.config.merge_sequence();
    let take = |which| Command::TakeOrder { which };
    let (fault, why) = s.fault(take(WhichOrder::Proposed));
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("no better one is known"), "{why}");
    assert!(s.fault(take(WhichOrder::Configured)).1.contains("it is in force"));
    let order = names("ARCH NET PLAT SEC OBS OPS QA");
    s.git.matrix.proposal =
        Some(Proposal { order: order.clone(), conflicts: 1, instead_of: 3, moves: "NET before PLAT".into() });
    stirred(&mut s, &[], true);
    let Answer::Done { text } = s.ask(take(WhichOrder::Proposed)) else { panic!() };
    assert!(text.contains("ARCH, NET, PLAT") && text.contains("NET before PLAT"), "{text}");
    let taken = names("ARCH NET PLAT SEC OBS OPS QA DOCS");
    assert_eq!(s.state.config.merge_sequence(), taken);
    assert_eq!(asked(&s).pop().unwrap().1, taken, "predicted anew");
    s.crash();
    assert_eq!(s.state.config.merge_sequence(), taken, "it is durable");
    s.happen(Event::Start);
    assert!(matches!(s.ask(take(WhichOrder::Configured)), Answer::Done { .. }));
    assert_eq!(s.state.config.merge_sequence(), own);
    assert_eq!(s.folded().config.merge_sequence(), own);
}
