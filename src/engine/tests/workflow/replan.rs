//! The plan changes under way: finished work stays, and nobody but those affected has its brief anew.

use proptest::prelude::*;

use super::*;
use crate::domain::command::Confirming;
use crate::domain::workflow::project::{Reason, Wanted};
use crate::domain::workflow::replan::alternatives;
use crate::engine::tests::kit::REST;

pub(super) fn drop_of(task: &str) -> Wanted {
    Wanted::Drop { task: task.into() }
}

/// The name of an alternative, counted from 1.
pub(super) fn named(s: &Stage, wanted: &Wanted, choice: usize) -> String {
    let all = alternatives(project(s), wanted, crate::engine::tests::kit::at(s.ms).wall).unwrap_or_default();
    all.get(choice - 1).map_or_else(|| "none".to_owned(), |a| a.name.clone())
}

fn changing(s: &Stage, wanted: Wanted, choice: usize) -> Workflow {
    let version = project(s).version;
    let choice = named(s, &wanted, choice);
    Workflow::Reprioritise {
        wanted,
        reason: Reason::Business,
        note: "a new deadline".into(),
        choice,
        version,
    }
}

pub(super) fn asks(s: &mut Stage, wanted: Wanted, choice: usize) -> Answer {
    let what = changing(s, wanted, choice);
    says(s, Caller::Outside, what)
}

/// Everybody rests, so that what waits gets there.
fn rest(s: &mut Stage) {
    for _ in 0..2 {
        for agent in ALL {
            s.print(agent, REST);
        }
        s.pass(4000);
    }
}

#[test]
fn a_task_that_is_dropped_stops_its_agent_and_what_waited_goes_on() {
    let mut s = begun();
    hands_over(&mut s, DOCKER, "");
    assert_eq!(states(&s), "drqqq");
    s.rests(K8S);
    assert!(matches!(asks(&mut s, drop_of("cluster"), 1), Answer::Project(_)));
    rest(&mut s);
    assert_eq!(states(&s), "drqq");
    let told = last(&s, K8S);
    assert!(told.contains("`cluster` is no longer yours") && told.contains("Stop working on it"), "{told}");
    let gone = s.state.runs[0].tasks.iter().find(|t| t.bound.id == "cluster").unwrap();
    assert_eq!((gone.state, gone.why.as_str()), (TaskState::Skipped, "dropped from the plan"));
    let p = project(&s);
    assert!(p.tracked("cluster").unwrap().dropped);
    assert_eq!(p.changes.len(), 1);
    assert_eq!((p.changes[0].by.as_str(), p.changes[0].reason), ("lead", Reason::Business));
    assert_eq!(sent(&s, DOCKER, "workflow-changed"), 0);
}

#[test]
fn a_task_that_is_given_to_another_leaves_the_first_and_begins_with_the_second() {
    let mut s = begun();
    hands_over(&mut s, DOCKER, "");
    s.rests(K8S);
    let to = Wanted::Reassign { task: "cluster".into(), to: "docker".into(), agent: name(DOCKER) };
    assert!(matches!(asks(&mut s, to, 1), Answer::Project(_)));
    rest(&mut s);
    assert!(last(&s, K8S).contains("`cluster` is no longer yours"), "{}", last(&s, K8S));
    assert!(last(&s, DOCKER).contains("The cluster (`cluster`)"), "{}", last(&s, DOCKER));
    assert_eq!(states(&s), "drqqq");
    let own = s.state.runs[0].tasks.iter().find(|t| t.bound.id == "cluster").unwrap();
    assert_eq!(own.bound.agent, name(DOCKER));
    let said = why(says(
        &mut s,
        pane(K8S),
        Workflow::HandOver { task: "cluster".into(), text: "## Done\n- x".into() },
    ));
    assert!(said.contains("is the task of docker-specialist"), "{said}");
    hands_over(&mut s, DOCKER, "");
    assert_eq!(states(&s), "ddrqq");
}

#[test]
fn an_old_picture_and_what_cannot_be_are_refused() {
    let mut s = begun();
    let old = changing(&s, drop_of("logging"), 1);
    hands_over(&mut s, DOCKER, "");
    let said = why(says(&mut s, Caller::Outside, old));
    assert!(said.contains("the project changed meanwhile"), "{said}");
    let said = why(asks(&mut s, drop_of("containers"), 1));
    assert!(said.contains("finished work stays"), "{said}");
    let said = why(asks(&mut s, drop_of("logging"), 9));
    assert!(
        said.contains("there is no alternative `none`; what you saw has changed, now there are:"),
        "{said}"
    );
    let new = sample::task("docs", "scribe", 1, &[]);
    let said = why(asks(&mut s, Wanted::Add { task: Box::new(new), before: vec![] }, 1));
    assert!(said.contains("scribe-specialist"), "{said}");
    assert!(project(&s).changes.is_empty());
}

#[test]
fn a_program_that_changes_the_plan_shows_a_person_what_it_does() {
    let mut s = begun();
    let what = changing(&s, drop_of("logging"), 1);
    let mcp = Caller::Mcp { client: "lead".into(), pane: None };
    let n = s.says(mcp.clone(), Command::Workflow(what.clone()));
    let asked = s.state.confirmations[0].clone();
    assert_eq!(asked.title, "Change the plan: drop `logging`");
    for begin in ["Does: ", "end: ", "critical path: ", "instead: ", "Why: a new deadline"] {
        assert!(asked.lines.iter().any(|l| l.starts_with(begin)), "{begin}: {:?}", asked.lines);
    }
    s.ask(Command::Confirm(Confirming::Yes { id: asked.id }));
    assert!(matches!(s.answers[&n], Answer::Project(_)));
    assert_eq!(project(&s).plan.tasks.len(), 4);
    // The picture is another by now.
    let n = s.says(mcp, Command::Workflow(what));
    assert!(why(s.answers[&n].clone()).contains("changed meanwhile"));
}

#[derive(Clone, Debug)]
enum Move {
    Done(&'static str),
    Change(Box<Wanted>, usize),
}

fn moves() -> impl Strategy<Value = Move> {
    let task = || prop::sample::select(vec!["containers", "cluster", "pipeline", "monitoring", "logging"]);
    let agent = || prop::sample::select(ALL.to_vec());
    let wanted = prop_oneof![
        2 => task().prop_map(drop_of),
        2 => (task(), task()).prop_map(|(a, b)| Wanted::Reorder { task: a.into(), before: b.into() }),
        2 => (task(), agent()).prop_map(|(t, a)| Wanted::Reassign {
            task: t.into(),
            to: a.trim_end_matches("-specialist").into(),
            agent: name(a),
        }),
        2 => (0..9u8, agent(), task()).prop_map(|(n, a, b)| {
            let specialist = a.trim_end_matches("-specialist");
            let task = Box::new(sample::task(&format!("extra-{n}"), specialist, 1, &[]));
            Wanted::Add { task, before: vec![b.into()] }
        }),
        1 => (1..40i64).prop_map(|d| Wanted::Deadline { at: Some(1_767_225_600_000 + d * 86_400_000) }),
    ];
    prop_oneof![
        2 => agent().prop_map(Move::Done),
        3 => (wanted, 1..4usize).prop_map(|(w, n)| Move::Change(Box::new(w), n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn finished_work_stays_and_only_those_affected_have_their_brief_anew(
        moves in prop::collection::vec(moves(), 1..12),
    ) {
        let mut s = begun();
        rest(&mut s);
        for m in moves {
            match m {
                Move::Done(agent) => {
                    let Some(task) = s.state.open_project().and_then(|p| p.task_of(&name(agent))).cloned() else { continue };
                    if project(&s).plan.beside(&task.id).next().is_some() {
                        syncs(&mut s, agent, "all is well");
                    }
                    let items: Vec<&str> = task.hands_over.iter().map(|i| i.key.as_str()).collect();
                    let text = handover(&items, "## Verdict\nmet\n");
                    says(&mut s, pane(agent), Workflow::HandOver { task: String::new(), text });
                    rest(&mut s);
                }
                Move::Change(wanted, choice) => {
                    if s.state.open_project().is_none() {
                        continue;
                    }
                    let done: Vec<String> = project(&s).current().filter(|t| t.state == TaskState::Done).map(|t| t.id.clone()).collect();
                    let works: Vec<&str> = ALL.into_iter().filter(|a| project(&s).task_of(&name(a)).is_some()).collect();
                    let before: Vec<usize> = ALL.iter().map(|a| sent(&s, a, "workflow-changed")).collect();
                    if !matches!(asks(&mut s, *wanted, choice), Answer::Project(_)) {
                        continue;
                    }
                    rest(&mut s);
                    let p = project(&s);
                    for id in &done {
                        prop_assert_eq!(s.task(id), TaskState::Done);
                        prop_assert!(p.plan.task(id).is_some());
                    }
                    let change = p.changes.last().unwrap();
                    for (agent, before) in ALL.iter().zip(before) {
                        let concerned = change.impact.affected.contains(&name(agent)) && works.contains(agent);
                        let told = sent(&s, agent, "workflow-changed") - before;
                        prop_assert_eq!(told, usize::from(concerned), "{} after {:?}", agent, change);
                        let anew = p.rebriefed.iter().filter(|r| r.change == change.id && r.agent == name(agent)).count();
                        prop_assert_eq!(anew, usize::from(concerned));
                    }
                    // The run follows the plan.
                    let run = s.state.runs.last().unwrap();
                    for task in &p.plan.tasks {
                        let own = run.tasks.iter().find(|t| t.bound.id == task.id);
                        prop_assert!(own.is_some_and(|t| t.state == TaskState::Done || t.bound.agent == task.agent));
                    }
                }
            }
        }
        prop_assert_eq!(&s.folded().project, &s.state.project);
    }
}
