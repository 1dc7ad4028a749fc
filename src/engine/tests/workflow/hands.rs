//! An agent does one thing at a time, in the order of the plan.

use super::replan::asks;
use super::*;
use crate::domain::conduct::Ripple;
use crate::domain::workflow::project::Wanted;
use crate::domain::workflow::replan::alternatives;
use crate::domain::workflow::schedule::schedule;
use crate::domain::workflow::track::tracking;

/// The sample, in which kubernetes also has an audit at the beginning, and quotas like the cluster, at the end.
fn plan() -> Planned {
    let mut plan = sample::plan();
    plan.tasks.insert(1, sample::task("audit", "kubernetes", 6, &[]));
    plan.tasks.push(sample::task("quotas", "kubernetes", 1, &["containers"]));
    plan
}

/// What kubernetes works on or has been told to.
fn doing(s: &Stage) -> String {
    let at = |id: &str| matches!(s.task(id), TaskState::Sent | TaskState::Running);
    let own = project(s).plan.tasks.iter().filter(|t| t.agent == *K8S && at(&t.id));
    own.map(|t| t.id.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_an_agent_can_begin_it_begins_in_the_order_of_the_plan_as_the_schedule_says() {
    let mut s = begun_on(stage(), plan());
    let times = schedule(&plan().tasks);
    let mut own: Vec<_> =
        times.slots.iter().filter(|x| plan().task(&x.task).unwrap().agent == *K8S).collect();
    own.sort_by_key(|x| x.from);
    assert_eq!(own.iter().map(|x| x.task.as_str()).collect::<Vec<_>>(), ["audit", "cluster", "quotas"]);
    assert_eq!(doing(&s), "audit");
    hands_over(&mut s, DOCKER, "");
    assert_eq!(doing(&s), "audit", "one thing at a time");
    let t = tracking(project(&s), s.state.now.wall);
    let cluster = t.tasks.iter().find(|t| t.id == "cluster").unwrap();
    assert_eq!(cluster.waiting(), "audit (the same agent)");
    hands_over(&mut s, K8S, "");
    assert_eq!(doing(&s), "cluster");
}

#[test]
fn what_is_made_urgent_is_taken_first_though_it_came_last() {
    let mut s = begun_on(stage(), plan());
    hands_over(&mut s, DOCKER, "");
    let wanted = Wanted::Reorder { task: "quotas".into(), before: "cluster".into() };
    let all = alternatives(project(&s), &wanted, s.state.now.wall).unwrap();
    let choice = all.iter().position(|a| a.title.contains("only made critical")).unwrap() + 1;
    assert!(matches!(asks(&mut s, wanted, choice), Answer::Project(_)));
    hands_over(&mut s, K8S, "");
    assert_eq!(doing(&s), "quotas");
    // The news of the other plan comes before the brief.
    hears(&mut s, K8S);
    hands_over(&mut s, K8S, "");
    assert_eq!(doing(&s), "cluster");
}

#[test]
fn work_on_what_was_taken_away_is_not_the_next_task() {
    let mut s = begun_on(stage(), plan());
    hands_over(&mut s, DOCKER, "");
    assert_eq!((doing(&s).as_str(), s.task("audit")), ("audit", TaskState::Running));
    let to = |agent: &str, who: &str| Wanted::Reassign {
        task: "audit".into(),
        to: who.into(),
        agent: name(agent),
    };
    assert!(matches!(asks(&mut s, to(DOCKER, "docker"), 1), Answer::Project(_)));
    s.pass(3000);
    // It is in the middle of its turn, and has read neither that nor the brief of what comes next.
    assert_eq!((doing(&s).as_str(), s.task("cluster")), ("cluster", TaskState::Sent));
    let text = handover(&[], "");
    let done = Workflow::HandOver { task: String::new(), text };
    let words = "the brief of cluster is still on its way to you";
    let said = why(says(&mut s, pane(K8S), done.clone()));
    assert!(said.contains(words), "{said}");
    let far = Workflow::Percent { task: String::new(), percent: 90, note: String::new() };
    let said = why(says(&mut s, pane(K8S), far));
    assert!(said.contains(words), "{said}");
    hears(&mut s, K8S);
    assert_eq!(s.task("cluster"), TaskState::Running);
    assert!(!matches!(says(&mut s, pane(K8S), done), Answer::Fault { .. }));
}

#[test]
fn no_work_begins_on_a_branch_that_is_moved_for_another_task() {
    let mut config = specialists(config());
    config.conduct.ripple = Ripple::Merge;
    let mut plan = plan();
    plan.tasks.remove(1);
    let mut s = begun_on(Stage::of(config), plan);
    s.git.commit(DOCKER);
    hands_over(&mut s, DOCKER, "");
    assert_eq!(doing(&s), "cluster");
    let own = |e: &Effect| matches!(e, Effect::BuildRipple { plan, .. } if plan.agent == *K8S);
    assert_eq!(s.effects.iter().filter(|(_, e)| own(e)).count(), 1);
    assert_eq!(s.task("quotas"), TaskState::Queued);
}
