//! From the start of a project to its end.

use super::*;
use crate::domain::workflow::project::{Cause, Verdict};

#[test]
fn a_project_goes_from_its_start_to_its_end() {
    let mut s = begun();
    assert_eq!((states(&s).as_str(), project(&s).name.as_str()), ("rqqqq", "shop"));
    let brief = last(&s, DOCKER);
    for words in
        ["The containers", "> Ship the shop", "`images`: the images, for cluster", "meant to take: 5d"]
    {
        assert!(brief.contains(words), "{words}: {brief}");
    }
    says(
        &mut s,
        pane(DOCKER),
        Workflow::Percent { task: String::new(), percent: 40, note: "two of five".into() },
    );
    assert_eq!(project(&s).tracked("containers").unwrap().percent, Some(40));
    hands_over(&mut s, DOCKER, "");
    assert_eq!(states(&s), "drqqq");
    let brief = last(&s, K8S);
    for words in ["> images: the images", "/s/reports/project-handover-containers.md", "round 1 of at most 3"]
    {
        assert!(brief.contains(words), "{words}: {brief}");
    }
    assert!(kept(&s, "project-handover-containers.md")[0].contains("- registry: the registry"));
    hands_over(&mut s, K8S, "");
    hands_over(&mut s, CICD, "");
    assert_eq!(states(&s), "dddrr");
    syncs(&mut s, MONITORING, "we collect p95 latency");
    syncs(&mut s, LOGGING, "we collect access logs");
    hears(&mut s, MONITORING);
    hears(&mut s, LOGGING);
    hands_over(&mut s, LOGGING, "");
    hands_over(&mut s, MONITORING, "## Verdict\nmet\n");
    let end = project(&s);
    assert_eq!((states(&s).as_str(), end.stage), ("ddddd", At::Complete));
    assert_eq!((end.rounds.len(), end.rounds[0].verdict, end.rounds[0].round), (1, Verdict::Met, 1));
    assert!(s.state.running().is_none() && s.state.runs[0].ended);
    for file in [
        "project-weekly-01.md",
        "project-weekly-01.html",
        "project-milestones.md",
        "project-completion.md",
        "project-completion.html",
    ] {
        assert_eq!(kept(&s, file).len(), 1, "{file}");
    }
    match s.ask(Command::Workflow(Workflow::Show)) {
        Answer::Project(p) => assert_eq!(*p, *end_of(&s)),
        other => panic!("{other:?}"),
    }
}

fn end_of(s: &Stage) -> &Project {
    project(s)
}

#[test]
fn a_handover_that_lacks_something_is_held_and_its_agent_told_once() {
    let mut s = begun();
    let text = handover(&["images"], "");
    let said = why(says(&mut s, pane(DOCKER), Workflow::HandOver { task: String::new(), text }));
    assert!(said.contains("lacks `- registry: …` (the registry)"), "{said}");
    s.rests(DOCKER);
    s.pass(5000);
    assert_eq!((states(&s).as_str(), sent(&s, DOCKER, "workflow-held")), ("rqqqq", 1));
    assert!(last(&s, DOCKER).contains("lacks `- registry: …`"), "{}", last(&s, DOCKER));
    assert_eq!(project(&s).tracked("containers").unwrap().held.len(), 1);
    s.rests(DOCKER);
    hands_over(&mut s, DOCKER, "");
    assert_eq!((states(&s).as_str(), sent(&s, DOCKER, "workflow-held")), ("drqqq", 1));
}

#[test]
fn who_mends_at_once_is_not_told_of_what_was_held_against_the_last_handover() {
    let mut s = begun();
    let text = handover(&["images"], "");
    says(&mut s, pane(DOCKER), Workflow::HandOver { task: String::new(), text });
    assert_eq!(sent(&s, DOCKER, "workflow-held"), 1);
    // It works still, read the answer of its command, and mends it in the same turn.
    hands_over(&mut s, DOCKER, "");
    s.rests(DOCKER);
    s.pass(5000);
    assert_eq!(states(&s), "drqqq");
    assert!(!last(&s, DOCKER).contains("not taken as done"), "{}", last(&s, DOCKER));
}

#[test]
fn who_stops_with_nothing_handed_over_is_reminded_once() {
    let mut s = begun();
    s.rests(DOCKER);
    s.pass(5000);
    assert!(last(&s, DOCKER).contains("nothing that you handed over stands"), "{}", last(&s, DOCKER));
    s.rests(DOCKER);
    s.pass(60_000);
    assert_eq!((sent(&s, DOCKER, "workflow-resting"), states(&s).as_str()), (1, "rqqqq"));
    hands_over(&mut s, DOCKER, "");
    // Who waits for a person waits.
    let blocked =
        |text: &str| Workflow::Block { task: String::new(), text: text.into(), mitigation: String::new() };
    says(&mut s, pane(K8S), blocked("no cluster"));
    s.rests(K8S);
    s.pass(60_000);
    assert_eq!((sent(&s, K8S, "workflow-resting"), states(&s).as_str()), (0, "drqqq"));
}

#[test]
fn an_agent_is_told_once_what_a_person_settled_for_it() {
    let mut s = begun();
    let block =
        |text: &str| Workflow::Block { task: String::new(), text: text.into(), mitigation: String::new() };
    says(&mut s, pane(DOCKER), Workflow::AskDecision { text: "which registry?".into() });
    says(&mut s, pane(DOCKER), block("no right to push"));
    says(&mut s, pane(DOCKER), block("no network"));
    s.rests(DOCKER);
    s.pass(3000);
    // What it says itself it knows.
    says(&mut s, pane(DOCKER), Workflow::Unblock { id: 2 });
    s.pass(3000);
    assert_eq!(sent(&s, DOCKER, "workflow-answered"), 0);
    says(&mut s, Caller::Outside, Workflow::Unblock { id: 1 });
    s.pass(3000);
    assert!(last(&s, DOCKER).contains("- blocker 1, no right to push: it is gone"), "{}", last(&s, DOCKER));
    s.rests(DOCKER);
    says(&mut s, Caller::Outside, Workflow::Decide { id: 1, decision: "ghcr.io".into() });
    s.pass(3000);
    let told = last(&s, DOCKER);
    assert!(told.contains("- question 1, which registry?: ghcr.io (so lead)"), "{told}");
    assert!(!told.contains("blocker"), "{told}");
    s.rests(DOCKER);
    s.pass(9000);
    assert_eq!((sent(&s, DOCKER, "workflow-answered"), states(&s).as_str()), (2, "rqqqq"));
}

#[test]
fn with_branches_a_task_needs_a_clean_commit_and_green_gates() {
    let mut plan = sample::plan();
    plan.tasks[0].checks = vec!["test".into()];
    let mut s = begun_on(branched(), plan);
    assert_eq!(states(&s), "rqqqq");
    let held = |s: &Stage| project(s).tracked("containers").unwrap().held.join("; ");
    hands_over(&mut s, DOCKER, "");
    assert_eq!(held(&s), "there is no commit of it since its brief");
    s.git.commit(DOCKER);
    s.git.branch(DOCKER).untracked = vec!["notes.txt".into()];
    hands_over(&mut s, DOCKER, "");
    assert!(held(&s).contains("not committed: notes.txt"), "{}", held(&s));
    s.git.branch(DOCKER).untracked.clear();
    s.git.red.insert("test".into());
    hands_over(&mut s, DOCKER, "");
    assert!(held(&s).contains("test"), "{}", held(&s));
    assert_eq!((states(&s).as_str(), sent(&s, DOCKER, "workflow-held")), ("rqqqq", 3));
    s.git.red.clear();
    s.git.commit(DOCKER);
    hands_over(&mut s, DOCKER, "");
    assert_eq!((states(&s).as_str(), held(&s).as_str()), ("drqqq", ""));
    assert_eq!(s.count(|r| matches!(r, Record::Gate { result, .. } if result.gate == "build")), 0);
}

#[test]
fn what_others_committed_comes_into_the_branch_of_who_needs_it() {
    let mut config = specialists(config());
    config.conduct.ripple = crate::domain::conduct::Ripple::Merge;
    let mut s = begun_on(Stage::of(config), sample::plan());
    s.git.commit(DOCKER);
    hands_over(&mut s, DOCKER, "");
    assert_eq!(states(&s), "drqqq");
    let built = |s: &Stage, agent: &str| {
        let of = |(_, e): &(u64, Effect)| match e {
            Effect::BuildRipple { plan, .. } if plan.agent == *agent => {
                Some(plan.upstream.iter().map(|(a, _)| a.to_string()).collect::<Vec<_>>())
            }
            _ => None,
        };
        s.effects.iter().find_map(of)
    };
    assert_eq!(built(&s, K8S), Some(vec![DOCKER.to_owned()]));
    s.git.commit(K8S);
    hands_over(&mut s, K8S, "");
    assert_eq!(built(&s, CICD), Some(vec![DOCKER.to_owned(), K8S.to_owned()]));
}

/// Up to where monitoring judges the cluster.
fn judging() -> Stage {
    let mut s = begun();
    for agent in [DOCKER, K8S, CICD] {
        hands_over(&mut s, agent, "");
    }
    syncs(&mut s, MONITORING, "p95 latency");
    syncs(&mut s, LOGGING, "access logs");
    hears(&mut s, LOGGING);
    hands_over(&mut s, LOGGING, "");
    hears(&mut s, MONITORING);
    assert_eq!(states(&s), "dddrd");
    s
}

#[test]
fn work_is_done_again_until_its_review_is_content() {
    let mut s = judging();
    hands_over(&mut s, MONITORING, "## Verdict\nagain\n- limits are too low\n");
    assert_eq!(states(&s), "drdqd");
    let brief = last(&s, K8S);
    assert!(brief.contains("> limits are too low") && brief.contains("round 2 of at most 3"), "{brief}");
    assert!(project(&s).tracked("cluster").unwrap().handed.is_none(), "the old handover counts no more");
    hands_over(&mut s, K8S, "");
    assert_eq!(states(&s), "dddrd");
    hands_over(&mut s, MONITORING, "## Verdict\nmet\n");
    let p = project(&s);
    let rounds: Vec<_> = p.rounds.iter().map(|r| (r.round, r.verdict)).collect();
    assert_eq!((rounds, p.stage), (vec![(1, Verdict::Again), (2, Verdict::Met)], At::Complete));
    assert!(p.escalations.is_empty(), "{:?}", p.escalations);
}

#[test]
fn at_the_limit_of_rounds_a_person_is_asked_and_the_project_goes_on() {
    let mut s = judging();
    for _ in 0..2 {
        hands_over(&mut s, MONITORING, "## Verdict\nagain\n- limits are too low\n");
        hands_over(&mut s, K8S, "");
    }
    hands_over(&mut s, MONITORING, "## Verdict\nagain\n- still too low\n");
    let p = project(&s);
    assert_eq!((states(&s).as_str(), p.rounds.len(), p.stage), ("ddddd", 3, At::Complete));
    let raised: Vec<_> = p.escalations.iter().filter(|e| e.key == "loop-cluster").collect();
    assert_eq!((raised.len(), raised[0].cause), (1, Cause::Decision));
    assert!(raised[0].evidence[2].contains("still too low"), "{:?}", raised[0].evidence);
}

#[test]
fn who_works_beside_a_task_is_told_what_is_said_and_has_to_say_something_too() {
    let mut s = begun();
    for agent in [DOCKER, K8S, CICD] {
        hands_over(&mut s, agent, "");
    }
    let said = why(hands_over(&mut s, LOGGING, ""));
    assert!(said.contains("nothing was said to monitoring-specialist about which metrics"), "{said}");
    // It stopped and was reminded, and stops once more.
    hears(&mut s, MONITORING);
    assert!(matches!(syncs(&mut s, LOGGING, "we collect access logs"), Answer::Done { .. }));
    s.pass(5000);
    assert!(last(&s, MONITORING).contains("> observability-specialist (`logging`): we collect access logs"));
    assert_eq!(sent(&s, MONITORING, "workflow-sync"), 1);
    assert!(project(&s).syncs.iter().all(|x| x.told.is_some()));
    hands_over(&mut s, LOGGING, "");
    assert_eq!(s.task("logging"), TaskState::Done);
    // The other one has ended: nobody is left to be told.
    hands_over(&mut s, MONITORING, "## Verdict\nmet\n");
    assert_eq!(project(&s).stage, At::Complete);
}

#[test]
fn what_was_said_too_late_to_be_heard_is_weighed_before_the_task_is_done() {
    let mut s = begun();
    for agent in [DOCKER, K8S, CICD] {
        hands_over(&mut s, agent, "");
    }
    syncs(&mut s, LOGGING, "we collect access logs");
    syncs(&mut s, MONITORING, "we collect p95 latency");
    // It works, so that the note waits behind its work.
    assert_eq!(sent(&s, LOGGING, "workflow-sync"), 1);
    hands_over(&mut s, LOGGING, "");
    let held = &project(&s).tracked("logging").unwrap().held;
    assert!(held.iter().any(|h| h.contains("weigh it")), "{held:?}");
    assert_eq!(s.task("logging"), TaskState::Running);
    hears(&mut s, LOGGING);
    hands_over(&mut s, LOGGING, "");
    assert_eq!(s.task("logging"), TaskState::Done);
}

#[test]
fn what_was_said_before_a_brief_stands_in_it() {
    let mut plan = sample::plan();
    plan.tasks[3].needs.push("logging".into());
    plan.tasks.swap(3, 4);
    let mut s = begun_on(stage(), plan);
    for agent in [DOCKER, K8S, CICD] {
        hands_over(&mut s, agent, "");
    }
    syncs(&mut s, LOGGING, "we collect access logs");
    hands_over(&mut s, LOGGING, "");
    assert!(last(&s, MONITORING).contains("> observability-specialist: we collect access logs"));
    assert_eq!(sent(&s, MONITORING, "workflow-sync"), 0);
    assert!(project(&s).syncs[0].told.is_some());
}

#[test]
fn a_project_is_closed_as_it_is_and_another_may_follow() {
    let mut s = begun();
    says(&mut s, Caller::Outside, Workflow::Close { why: "a drill".into() });
    assert_eq!((project(&s).stage, project(&s).ended.as_str()), (At::Closed, "a drill"));
    assert_eq!((states(&s).as_str(), s.state.running().is_none()), ("kkkkk", true));
    assert_eq!(kept(&s, "project-completion.md").len(), 1);
    s.rests(DOCKER);
    let mut s = begun_on(s, sample::plan());
    assert_eq!((project(&s).number, states(&s).as_str()), (2, "rqqqq"));
    hands_over(&mut s, DOCKER, "");
    assert_eq!(kept(&s, "project-2-handover-containers.md").len(), 1);
    s.asks(Command::Down);
    assert_eq!((project(&s).stage, project(&s).ended.as_str()), (At::Closed, "the session ends"));
}

#[test]
fn a_failed_task_keeps_a_project_open_until_it_is_done_again() {
    let mut s = begun();
    s.happen(crate::engine::event::Event::PaneEnded {
        agent: name(DOCKER),
        how: crate::engine::event::Ended::Exited(3),
    });
    s.pass(10_000);
    assert_eq!((states(&s).as_str(), project(&s).stage), ("fqqqq", At::Running));
    s.ask(Command::restart(name(DOCKER)));
    s.up(DOCKER);
    s.print(DOCKER, crate::engine::tests::kit::BOX);
    s.pass(2000);
    s.ask(Command::RepeatTask { task: "containers".into() });
    s.pass(3000);
    hands_over(&mut s, DOCKER, "");
    assert_eq!(states(&s), "drqqq");
}

#[test]
fn the_report_of_a_week_is_kept_when_it_is_over() {
    let mut s = begun();
    s.pass(8 * 86_400_000);
    assert_eq!((kept(&s, "project-weekly-01.md").len(), project(&s).reported), (1, 1));
    s.pass(7 * 86_400_000);
    assert_eq!((kept(&s, "project-weekly-02.html").len(), project(&s).reported), (1, 2));
    assert_eq!(steps(&s, |w| matches!(w, Workflowed::Reported { .. })), 2);
}
