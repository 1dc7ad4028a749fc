//! Claims by command: what proves them, what refuses them, what withdraws them.

use super::kit::{REST, Stage, config, name, oid};
use crate::domain::command::{Caller, Command, Order};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Event};

fn gates_run(s: &Stage) -> Vec<String> {
    let runs = s.effects.iter().filter_map(|(_, e)| match e {
        Effect::Gates { oid, gates, .. } => {
            Some(gates.iter().map(|g| format!("{}@{oid}", g.name)).collect::<Vec<_>>())
        }
        _ => None,
    });
    runs.flatten().collect()
}

#[test]
fn a_claim_is_proved_by_git_and_by_the_gates_readiness_asks_for() {
    let mut s = Stage::new();
    let head = s.git.commit("SEC");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert_eq!(s.agent("SEC").ready, Some(head.clone()));
    assert_eq!(gates_run(&s), [format!("build@{head}")], "the build alone");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert_eq!(gates_run(&s).len(), 1, "green at that very commit: not run again");
    s.git.squash("SEC");
    s.ready("SEC");
    assert_eq!(gates_run(&s).len(), 2, "another commit, another run");
}

#[test]
fn only_an_agent_claims_and_only_for_itself() {
    let mut s = Stage::new();
    assert_eq!(s.fault(Command::Ready { note: String::new() }).0, Fault::Usage);
    let n = s.says(Caller::Pane(name("ORCHESTRATOR")), Command::Ready { note: String::new() });
    assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Usage, .. }));
    let n = s.says(Caller::Pane(name("SEC")), Command::Skip { agent: name("OBS") });
    assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }));
    assert_eq!(s.count(|r| matches!(r, Record::Claimed { .. } | Record::LeftOut { .. })), 0);
}

#[test]
fn what_is_missing_is_said_and_can_be_sent_back() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.git.commit("SEC");
    let branch = s.git.branch("SEC");
    branch.changed.push("a.txt".into());
    branch.untracked.push("b.txt".into());
    assert!(s.fault(Command::SendReasons { agent: name("SEC") }).1.contains("nothing was refused"));
    s.ready("SEC");
    assert_eq!(
        s.agent("SEC").reasons,
        [
            "branch branch-SEC has 2 commits on base000; squash them into one: git reset --soft base000 && git commit",
            "uncommitted changes in a.txt",
            "untracked files: b.txt",
        ]
    );
    assert_ne!(s.is("SEC"), AgentState::Ready);
    assert!(s.agent("SEC").need().starts_with("not ready: branch branch-SEC has 2 commits"));
    assert!(gates_run(&s).is_empty(), "git disagrees: no gate is run");
    s.ask(Command::SendReasons { agent: name("SEC") });
    s.pass(1000);
    let sent = &s.written("SEC")[0].1;
    assert!(sent.contains("- branch branch-SEC has 2 commits") && sent.contains("- untracked files: b.txt"));
    assert!(sent.contains(&s.code("SEC")));
}

#[test]
fn a_red_gate_refuses_with_its_last_line() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.git.red.insert("build".into());
    s.ready("SEC");
    assert_eq!(s.agent("SEC").reasons, ["gate build is red (exit 1): one test failed"]);
    assert_eq!(s.agent("SEC").ready, None);
    s.git.red.clear();
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready, "a red gate is run again");
}

#[test]
fn readiness_is_withdrawn_when_the_branch_moves_or_gets_dirty() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    s.git.commit("SEC");
    s.ask(Command::Status);
    assert_eq!(s.agent("SEC").ready, None);
    assert_eq!(
        s.agent("SEC").reasons,
        ["the branch moved from c000001 to c000002 after it was proved ready"]
    );
    s.git.squash("SEC");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    s.git.branch("SEC").untracked.push("x".into());
    s.print("SEC", super::kit::SPIN);
    s.rests("SEC");
    assert_eq!(s.agent("SEC").ready, None);
    assert!(s.agent("SEC").reasons[0].contains("uncommitted"));
}

#[test]
fn a_branch_that_moved_while_its_gates_ran_is_not_ready() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.git.silent.insert("gates");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Claimed);
    s.git.commit("SEC");
    s.catch_up();
    assert_eq!(s.agent("SEC").ready, None);
    assert_eq!(s.count(|r| matches!(r, Record::Withdrawn { .. })), 1);
}

#[test]
fn a_new_claim_is_not_lost_to_the_news_that_the_branch_moved() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    let head = s.git.squash("SEC");
    s.git.silent.insert("review");
    s.ready("SEC");
    s.ask(Command::Status);
    assert_eq!(s.is("SEC"), AgentState::Claimed, "git is being asked about the new commit");
    assert!(s.fault(Command::Merge).1.contains("SEC (claimed)"), "what was proved before does not count");
    s.catch_up();
    assert_eq!(s.agent("SEC").ready, Some(head));
}

#[test]
fn an_answer_from_before_the_claim_withdraws_nothing() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.git.commit("SEC");
    s.git.silent.insert("inspect");
    s.asks(Command::Status);
    let asked = s.git.held.iter().position(|e| format!("{e:?}").contains("SEC")).unwrap();
    let early = s.git.now(&s.git.held[asked].clone()).remove(0);
    s.git.silent.clear();
    let head = s.git.squash("SEC");
    s.ready("SEC");
    s.happen(early);
    assert_eq!(s.agent("SEC").ready, Some(head));
    assert_eq!(s.count(|r| matches!(r, Record::Withdrawn { .. })), 0);
}

#[test]
fn the_second_claim_replaces_the_first() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.git.silent.insert("review");
    s.ready("SEC");
    s.git.commit("SEC");
    s.ready("SEC");
    let (first, second) = (s.git.held.pop_front().unwrap(), s.git.held.pop_front().unwrap());
    s.git.branch("SEC").ahead = 1;
    for event in s.git.now(&first) {
        s.happen(event);
    }
    assert_eq!(s.is("SEC"), AgentState::Claimed, "nobody waits for that answer any more");
    for event in s.git.now(&second) {
        s.happen(event);
    }
    assert_eq!(s.is("SEC"), AgentState::Ready);
}

#[test]
fn a_review_that_does_not_name_the_agent_does_not_leave_it_claimed_for_good() {
    let mut s = Stage::new();
    s.git.silent.insert("review");
    s.ready("SEC");
    let Some(Effect::Review { job, .. }) = s.git.held.pop_front() else { panic!() };
    s.happen(Event::Reviewed { job, reviews: Ok(vec![]) });
    assert_eq!(s.agent("SEC").claim, None);
    assert!(!s.agent("SEC").reasons.is_empty());
    s.ready("SEC");
    let Some(Effect::Review { job, .. }) = s.git.held.pop_front() else { panic!() };
    s.happen(Event::Reviewed { job, reviews: Err("no such branch".into()) });
    assert_eq!(s.agent("SEC").reasons, ["its branch cannot be read: no such branch"]);
}

#[test]
fn a_new_wrap_up_takes_readiness_back() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    s.run("wrap-up", Order::Broadcast, &["SEC"]);
    assert_eq!(s.agent("SEC").ready, None);
    assert!(!s.state.runs[0].ended);
    s.pass(1000);
    s.print("SEC", REST);
    s.ready("SEC");
    assert!(s.state.runs[0].ended);
}

#[test]
fn without_gates_git_alone_decides() {
    let mut c = config();
    c.gates.clear();
    let mut s = Stage::of(c);
    s.ready("SEC");
    assert_eq!(s.agent("SEC").reasons, ["branch branch-SEC has no commit on base000; commit the work first"]);
    s.git.commit("SEC");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
}

#[test]
fn a_review_shows_what_is_known_and_only_of_agents_with_a_branch() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    let Answer::Review { reviews, .. } = s.ask(Command::Review { agents: vec![] }) else { panic!() };
    assert_eq!(reviews.len(), 8);
    assert_eq!((reviews[2].state, reviews[2].reasons.len()), (AgentState::Ready, 0));
    assert_eq!(reviews[2].review.gates.len(), 1);
    assert!(reviews[0].reasons[0].contains("no commit"));
    let fault = s.fault(Command::Review { agents: vec![name("ORCHESTRATOR")] });
    assert!(fault.1.contains("not an agent of the team"), "{fault:?}");
    assert_eq!(s.agent("SEC").ready, Some(oid("c000001")));
}
