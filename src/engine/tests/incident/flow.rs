//! From the report to the postmortem, and specialists that fail on the way.

use super::*;
use crate::domain::command::Talk;
use crate::domain::incident::postmortem;
use crate::domain::state::TaskState;
use crate::engine::event::{Ended, Event};
use crate::engine::tests::kit::seconds;

#[test]
fn an_incident_goes_from_its_report_to_a_postmortem() {
    let mut s = stage();
    let opened = open(&mut s);
    assert_eq!((opened.number, opened.name.as_str(), opened.stage), (1, "scale-out", At::Investigating));
    let engaged: Vec<&str> = opened.specialists.iter().map(|o| o.agent.as_str()).collect();
    assert_eq!(engaged, [K8S, RDS, FINOPS]);
    s.pass(3000);
    let brief = &s.written(K8S)[0].1;
    assert!(brief.contains("scale-out") && brief.contains("/data/scale-out/k8s"), "{brief}");
    assert_eq!(s.task("postmortem"), TaskState::Queued);
    let until = case(&s).engagement(&name(K8S)).unwrap().until.unwrap();
    assert!((300_000..310_000).contains(&(until - case(&s).opened)), "{until}");

    let taken = find(&mut s, K8S, &[finding("k1", "23:42", "node.added", "node/a")]);
    assert_eq!((taken.taken, taken.problems), (vec!["k1".to_owned()], vec![]));
    assert_eq!(case(&s).findings[0].finding.source, K8S, "it speaks in no other's name");
    find(&mut s, FINOPS, &[finding("f1", "23:40", "autoscaling.scale_out", "asg/web")]);
    assert_eq!(case(&s).correlation.findings, 2);
    for agent in [K8S, FINOPS] {
        report(&mut s, agent, "done");
        assert_eq!(s.task(&format!("investigate-{agent}")), TaskState::Done);
    }
    assert_eq!(case(&s).stage, At::Investigating);
    report(&mut s, RDS, "nothing out of order");
    assert_eq!(case(&s).stage, At::Writing);
    assert_eq!(case(&s).missing(), ["rds-health-agent found nothing (nothing out of order)"]);
    s.pass(3000);
    assert_eq!(s.task("postmortem"), TaskState::Running);
    let prompt = &s.written(COORDINATOR)[0].1;
    assert!(
        prompt.contains("autoscaling.scale_out") && prompt.contains("rds-health-agent found nothing"),
        "{prompt}"
    );

    let text = postmortem::write(case(&s), Default::default());
    let said = submit(&mut s, COORDINATOR, &text);
    assert!(
        matches!(&said, Answer::Done { text } if text == "the postmortem of coordinator stands"),
        "{said:?}"
    );
    let end = case(&s).clone();
    assert_eq!((end.stage, end.ended.as_str()), (At::Closed, "the postmortem of coordinator stands"));
    assert_eq!(kept(&s, "postmortem.md"), std::slice::from_ref(&end.postmortem));
    assert!(s.state.runs[0].ended && s.state.running().is_none());
    same_when_folded(&s);
}

#[test]
fn who_is_late_is_not_waited_for_and_what_comes_later_counts() {
    let mut s = looking();
    report(&mut s, K8S, "");
    report(&mut s, FINOPS, "");
    s.pass(seconds(250));
    assert_eq!(case(&s).stage, At::Investigating);
    s.pass(seconds(60));
    assert_eq!((progress(&s, RDS), case(&s).stage), (Progress::Late, At::Writing));
    assert_eq!(s.task_why("investigate-rds-health-agent"), "past its deadline of 300 s");
    let missing = case(&s).missing();
    assert!(missing.contains(&"rds-health-agent was past its deadline".to_owned()), "{missing:?}");
    let ended = case(&s).engagement(&name(RDS)).unwrap().ended;
    s.pass(seconds(5));
    find(&mut s, RDS, &[finding("r1", "23:45", "db.connections.high", "db/orders")]);
    find(&mut s, RDS, &[finding("r2", "23:46", "db.connections.high", "db/orders")]);
    report(&mut s, RDS, "slow today");
    let one = case(&s).engagement(&name(RDS)).unwrap();
    assert_eq!((one.progress, one.findings, one.ended), (Progress::Late, 2, ended));
    assert_eq!(one.note, "it found more after that, which counts; it reported later: slow today");
    assert_eq!(case(&s).correlation.findings, 2);
    same_when_folded(&s);
}

#[test]
fn a_pane_that_never_takes_its_brief_is_late_too() {
    let mut s = stage();
    s.print(RDS, crate::engine::tests::kit::ASK);
    s.pass(2000);
    open(&mut s);
    s.pass(seconds(290));
    assert_eq!((progress(&s, RDS), s.written(RDS).len()), (Progress::Waiting, 0));
    s.pass(seconds(20));
    assert_eq!(progress(&s, RDS), Progress::Late);
    assert!(s.task_why("investigate-rds-health-agent").contains("for its prompt to get there"));
    assert!(s.agent(RDS).queue.is_empty(), "its brief is taken back");
}

#[test]
fn a_program_that_ends_has_failed_and_a_person_may_have_it_do_it_again() {
    let mut s = looking();
    s.happen(Event::PaneEnded { agent: name(K8S), how: Ended::Exited(3) });
    assert_eq!(progress(&s, K8S), Progress::Failed);
    assert!(
        case(&s).missing()[0].contains("k8s-health-agent failed (its program ended:"),
        "{:?}",
        case(&s).missing()
    );
    s.ask(Command::restart(name(K8S)));
    s.up(K8S);
    s.print(K8S, crate::engine::tests::kit::BOX);
    s.pass(2000);
    s.ask(Command::RepeatTask { task: format!("investigate-{K8S}") });
    s.pass(3000);
    let one = case(&s).engagement(&name(K8S)).unwrap();
    assert_eq!((one.progress, one.ended), (Progress::Looking, None));
    report(&mut s, K8S, "");
    assert_eq!(progress(&s, K8S), Progress::Reported);
    same_when_folded(&s);
}

#[test]
fn whose_agent_says_it_is_done_has_reported() {
    let mut s = looking();
    let n = s.says(pane(K8S), Command::Talk(Talk::Complete { summary: "looked at all pods".into() }));
    assert!(matches!(s.answers[&n], Answer::Done { .. }));
    let one = case(&s).engagement(&name(K8S)).unwrap();
    assert_eq!((one.progress, one.note.as_str()), (Progress::Reported, "looked at all pods"));
    assert_eq!(s.task("investigate-k8s-health-agent"), TaskState::Done);
}

#[test]
fn who_is_left_out_or_whose_task_is_dropped_has_not_looked() {
    let mut s = looking();
    s.ask(Command::Skip { agent: name(K8S) });
    s.ask(Command::DropTask { task: format!("investigate-{RDS}") });
    assert_eq!((progress(&s, K8S), progress(&s, RDS)), (Progress::Failed, Progress::Failed));
    report(&mut s, FINOPS, "");
    assert_eq!(case(&s).stage, At::Writing);
    s.ask(Command::DropTask { task: "postmortem".into() });
    let end = case(&s);
    assert!(
        end.ended.starts_with("the built-in postmortem stands: coordinator was left out"),
        "{}",
        end.ended
    );
    assert_eq!((end.stage, end.drafts[0].by.as_str()), (At::Closed, "built-in"));
    same_when_folded(&s);
}

#[test]
fn several_incidents_follow_each_other_and_the_older_postmortem_is_kept() {
    let mut s = looking();
    says(&mut s, Caller::Outside, Incident::Close { why: "a drill".into() });
    let first = case(&s).postmortem.clone();
    assert_eq!((case(&s).ended.as_str(), first.is_empty()), ("a drill", false));
    assert!(s.state.running().is_none(), "its run ends with it");
    assert_eq!(s.tasks(TaskState::Skipped).len(), 4);
    assert_eq!(open(&mut s).number, 2);
    assert_eq!(kept(&s, "incident-1.md"), [first]);
    s.rests(K8S);
    s.pass(3000);
    assert_eq!(progress(&s, K8S), Progress::Looking);
    same_when_folded(&s);
}

#[test]
fn the_end_of_the_session_ends_the_incident_with_what_there_is() {
    let mut s = looking();
    find(&mut s, K8S, &[finding("k1", "23:42", "node.added", "node/a")]);
    s.asks(Command::Down);
    assert_eq!((case(&s).stage, case(&s).ended.as_str()), (At::Closed, "the session ends"));
    assert_eq!(kept(&s, "postmortem.md").len(), 1);
}
