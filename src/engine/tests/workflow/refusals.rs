//! What is refused, and who may say what.

use super::*;
use crate::domain::command::Confirming;
use crate::domain::workflow::project::{Cause, ENTRIES_MOST, Epoch, HANDOVER_MOST, OF_ONE_MOST};

fn refused(s: &mut Stage, caller: Caller, what: Workflow, words: &str) {
    let before = s.journal.iter().filter(|(_, r)| matches!(r, Record::Workflow(_))).count();
    let said = why(says(s, caller, what));
    assert!(said.contains(words), "{words}: {said}");
    assert_eq!(s.journal.iter().filter(|(_, r)| matches!(r, Record::Workflow(_))).count(), before);
}

#[test]
fn a_plan_that_cannot_be_followed_is_refused_with_what_is_wrong() {
    let mut s = stage();
    let with = |change: &dyn Fn(&mut Planned)| {
        let mut plan = sample::plan();
        change(&mut plan);
        starting(plan)
    };
    let outside = || Caller::Outside;
    refused(&mut s, outside(), with(&|p| p.tasks.clear()), "it has no tasks");
    refused(&mut s, outside(), with(&|p| p.tasks[0].needs = vec!["logging".into()]), "wait for each other");
    let stranger = with(&|p| p.tasks[4].agent = name("ansible-specialist"));
    refused(&mut s, outside(), stranger, "nobody in the team is called ansible-specialist");
    refused(&mut s, outside(), with(&|p| p.tasks[0].checks = vec!["lint".into()]), "the gate `lint`");
    let live = with(&|p| p.tasks[3].environment = "production".into());
    refused(&mut s, outside(), live, "goes to production, and nothing before it sees to security-review");
    let Workflow::Start { name, plan, context, terms, .. } = starting(sample::plan()) else { return };
    let never = Workflow::Start { name, plan, context, terms, day_ms: 0 };
    refused(&mut s, outside(), never, "its days last 0 ms");
    let terms_of = |terms: Terms| match starting(sample::plan()) {
        Workflow::Start { name, plan, context, day_ms, .. } => {
            Workflow::Start { name, plan, context, terms, day_ms }
        }
        other => other,
    };
    let late = Terms { deadline: Some(s.state.now.wall - 1), ..Terms::default() };
    refused(&mut s, outside(), terms_of(late), "its deadline is over already");
    let dear = Terms { rate: Some(u64::MAX), ..Terms::default() };
    refused(&mut s, outside(), terms_of(dear), "budget and rate are at most");
    assert!(s.state.project.is_none());
}

#[test]
fn a_plain_shell_is_no_specialist() {
    let mut config = specialists(bare());
    config.team[3].profile = "shell".into();
    let mut s = Stage::of(config);
    refused(&mut s, Caller::Outside, starting(sample::plan()), "monitoring-specialist runs a plain shell");
}

#[test]
fn whoever_closes_a_project_says_why() {
    let mut s = begun();
    for why in ["", " \n"] {
        refused(&mut s, Caller::Outside, Workflow::Close { why: why.into() }, "say why");
    }
    assert_eq!(project(&s).stage, At::Running);
}

#[test]
fn one_thing_at_a_time_is_under_way() {
    let mut s = begun();
    refused(&mut s, Caller::Outside, starting(sample::plan()), "the project shop is under way");
    let said = s.run("enhancement", crate::domain::command::Order::Staged, &[]);
    assert!(why(said).contains("still runs"));
    for (command, words) in [
        (Command::DropTask { task: "cluster".into() }, "workflow reprioritise"),
        (Command::StartTasks { tasks: vec!["cluster".into()] }, "workflow reprioritise"),
        (Command::MoveTask { task: "logging".into(), before: "pipeline".into() }, "workflow reprioritise"),
        (Command::Skip { agent: name(K8S) }, "it still has cluster to do"),
    ] {
        let said = s.fault(command).1;
        assert!(said.contains(words), "{said}");
    }
    let mut s = Stage::of(super::super::incident::fleet());
    s.ask(Command::Run {
        plan: "enhancement".into(),
        order: crate::domain::command::Order::Broadcast,
        targets: vec![],
        prompt: None,
        red: Default::default(),
    });
    refused(&mut s, Caller::Outside, starting(sample::plan()), "still runs");
}

#[test]
fn an_agent_speaks_of_its_own_task_alone() {
    let mut s = begun();
    let percent = |task: &str| Workflow::Percent { task: task.into(), percent: 10, note: String::new() };
    refused(&mut s, pane(K8S), percent("containers"), "is the task of docker-specialist");
    refused(&mut s, pane(K8S), percent(""), "kubernetes-specialist has no task now");
    refused(&mut s, pane(K8S), percent("cluster"), "cluster is queued");
    refused(&mut s, Caller::Outside, percent(""), "name the task");
    refused(&mut s, Caller::Outside, percent("containerz"), "containers");
    let all = Workflow::Percent { task: "containers".into(), percent: 101, note: String::new() };
    refused(&mut s, pane(DOCKER), all, "more than all of it");
    let text = handover(&["images", "registry"], "");
    let done = |task: &str| Workflow::HandOver { task: task.into(), text: text.clone() };
    refused(&mut s, pane(K8S), done("containers"), "speaks of its own");
    says(
        &mut s,
        pane(DOCKER),
        Workflow::Block { task: String::new(), text: "no quota".into(), mitigation: String::new() },
    );
    refused(&mut s, pane(K8S), Workflow::Unblock { id: 1 }, "no task of kubernetes-specialist");
    refused(&mut s, pane(DOCKER), Workflow::Unblock { id: 2 }, "blocker 2 is none that blocks; open: 1");
    says(&mut s, pane(DOCKER), Workflow::Unblock { id: 1 });
    assert_eq!(project(&s).blocked().count(), 0);
    says(&mut s, Caller::Outside, done("containers"));
    assert_eq!(s.task("containers"), TaskState::Done, "a person may speak of any");
}

#[test]
fn what_is_too_long_or_too_much_is_refused_and_nothing_odd_is_kept() {
    let mut s = begun();
    let text = "x".repeat(HANDOVER_MOST + 1);
    refused(
        &mut s,
        pane(DOCKER),
        Workflow::HandOver { task: String::new(), text },
        "at most 16384 are taken",
    );
    let figure =
        |value: &str| Workflow::Figure { name: "mttr".into(), epoch: Epoch::Now, value: value.into() };
    refused(&mut s, pane(DOCKER), figure(&"9".repeat(501)), "501 characters are too many");
    refused(&mut s, pane(DOCKER), figure(" \n"), "say a value");
    says(&mut s, pane(DOCKER), figure("12\u{1b}[2J min"));
    assert_eq!(project(&s).figures[0].value, "12 [2J min");
    for _ in 1..ENTRIES_MOST {
        says(&mut s, Caller::Outside, figure("1"));
    }
    refused(&mut s, Caller::Outside, figure("1"), "no more are taken");
    match s.ask(Command::Workflow(Workflow::Show)) {
        Answer::Project(p) => assert_eq!(p.figures.len(), ENTRIES_MOST),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_a_person_decides_and_a_program_asks_one_first() {
    let mut s = begun();
    says(&mut s, pane(DOCKER), Workflow::AskDecision { text: "distroless or alpine?".into() });
    let decide = || Workflow::Decide { id: 1, decision: "distroless".into() };
    let said = why(says(&mut s, pane(DOCKER), decide()));
    assert!(said.contains("docker-specialist"), "{said}");
    assert_eq!(project(&s).questions[0].decided, "");
    says(&mut s, Caller::Outside, decide());
    assert_eq!(project(&s).questions[0].decided, "distroless");
    let mcp = Caller::Mcp { client: "lead".into(), pane: None };
    let n = s.says(mcp, Command::Workflow(Workflow::Close { why: "over".into() }));
    assert!(!s.answers.contains_key(&n), "a person is asked first");
    let asked = &s.state.confirmations[0];
    assert!(asked.title.starts_with("Close the project shop (0 of 5"), "{}", asked.title);
    let id = asked.id;
    s.ask(Command::Confirm(Confirming::Yes { id }));
    assert!(matches!(s.answers[&n], Answer::Done { .. }));
    assert_eq!(project(&s).stage, At::Closed);
}

#[test]
fn a_program_that_begins_a_project_shows_a_person_its_tasks() {
    let mut s = stage();
    let mcp = Caller::Mcp { client: "lead".into(), pane: None };
    let n = s.says(mcp, Command::Workflow(starting(sample::plan())));
    let asked = s.state.confirmations[0].clone();
    assert_eq!(asked.title, "Begin the project shop: A sample, 5 tasks");
    assert!(
        asked.lines.iter().any(|l| l.starts_with("cluster (kubernetes-specialist, 1w) needs containers")),
        "{asked:?}"
    );
    s.ask(Command::Confirm(Confirming::Yes { id: asked.id }));
    assert!(matches!(s.answers[&n], Answer::Project(_)));
}

#[test]
fn one_agent_cannot_take_the_room_of_the_others() {
    let mut s = begun();
    let agent = || pane(DOCKER);
    let block = || Workflow::Block { task: String::new(), text: "no".into(), mitigation: String::new() };
    let ask = || Workflow::AskDecision { text: "which".into() };
    let raise = || Workflow::Escalate { cause: Cause::Outage, evidence: "it is down".into() };
    for what in [&block as &dyn Fn() -> Workflow, &ask, &raise] {
        for _ in 0..OF_ONE_MOST {
            assert!(matches!(says(&mut s, agent(), what()), Answer::Done { .. }));
        }
        let said = why(says(&mut s, agent(), what()));
        assert!(said.contains("docker-specialist has put 80 of these"), "{said}");
    }
    let said = why(says(&mut s, agent(), block()));
    assert!(said.contains("orchestra workflow mitigate"), "{said}");
    // Others have theirs, and a person has no such bound.
    assert!(matches!(says(&mut s, pane(K8S), ask()), Answer::Done { .. }));
    assert!(matches!(says(&mut s, Caller::Outside, ask()), Answer::Done { .. }));
    assert!(matches!(says(&mut s, Caller::Outside, raise()), Answer::Done { .. }));
    let p = project(&s);
    assert_eq!(p.blockers.len(), OF_ONE_MOST);
    assert_eq!(p.questions.iter().filter(|q| q.by == DOCKER).count(), OF_ONE_MOST);
}

#[test]
fn a_handover_names_what_it_hands_over() {
    let mut s = begun();
    s.git.commit(DOCKER);
    let text = "## Done\n- it works\n## Handover\n- images: done\n- registry: yes\n".to_owned();
    let what = Workflow::HandOver { task: String::new(), text };
    let said = why(says(&mut s, pane(DOCKER), what));
    assert!(said.contains("of images it says no more than `done`: name it"), "{said}");
    assert_ne!(s.task("containers"), TaskState::Done);
    s.git.commit(DOCKER);
    hands_over(&mut s, DOCKER, "");
    assert_eq!(s.task("containers"), TaskState::Done);
}
