//! What specialists hand in.

use super::*;
use crate::domain::incident::case::UNUSABLE_MOST;
use crate::engine::tests::kit::seconds;

#[test]
fn the_same_twice_counts_once_and_another_of_the_same_name_is_told() {
    let mut s = looking();
    let one = finding("k1", "23:42", "node.added", "node/a");
    assert_eq!(find(&mut s, K8S, std::slice::from_ref(&one)).taken, ["k1"]);
    assert_eq!(find(&mut s, K8S, std::slice::from_ref(&one)).known, ["k1"]);
    let again = find(&mut s, K8S, &[one.replace("k1", "k7")]);
    assert_eq!((again.taken.len(), again.same_as.get("k7").map(String::as_str)), (0, Some("k1")));
    let other = find(&mut s, K8S, &[finding("k1", "23:43", "node.added", "node/b")]);
    assert!(
        other.problems[0].why.contains("another finding, of k8s-health-agent, is called k1"),
        "{other:?}"
    );
    let theirs = find(&mut s, RDS, &[finding("k1", "23:43", "db.connections.high", "db/a")]);
    assert!(theirs.problems[0].why.contains("name this one rds-health-agent-k1"), "{theirs:?}");
    assert_eq!(case(&s).findings.len(), 1);
    // A person's keep what they say, and are the lead's where they do not say.
    let said = one.replace("k1", "p1").replace("\"at\"", "\"source\":\"pager\",\"at\"");
    let text = format!("{said}\n{}", one.replace("k1", "p2"));
    says(&mut s, Caller::Outside, Incident::Find { text });
    let sources: Vec<&str> = case(&s).findings.iter().map(|f| f.finding.source.as_str()).collect();
    assert_eq!(sources, [K8S, "pager", "lead"]);
    same_when_folded(&s);
}

#[test]
fn what_cannot_be_used_is_named_once_and_the_rest_goes_on() {
    let mut s = looking();
    let lines = [
        finding("a", "23:42", "node.addd", "node/a"),
        finding("b", "23:42", "node.added", "node a"),
        finding("c", "23:42", "node.added", "node/c"),
        finding("d", "10:00", "node.added", "node/d"),
        finding("e", "23:42", "node.added", "node/e").replace("2025-12-31", "2026-01-03"),
    ];
    let taken = find(&mut s, K8S, &lines);
    assert_eq!((taken.taken, taken.problems.len()), (vec!["c".to_owned()], 4));
    let whys: Vec<&str> = case(&s).unusable.iter().map(|u| u.why.as_str()).collect();
    for (why, part) in
        whys.iter().zip(["did you mean `node.added`", "type/name", "outside the incident", "in the future"])
    {
        assert!(why.contains(part), "{why} / {part}");
    }
    let before = case(&s).unusable.len();
    find(&mut s, K8S, &lines);
    assert_eq!(case(&s).unusable.len(), before, "the same is told once");
    let noted =
        says(&mut s, pane(RDS), Incident::CannotUse { place: "pg.csv".into(), why: "no header".into() });
    assert!(matches!(noted, Answer::Done { .. }));
    assert!(case(&s).missing().contains(&"rds-health-agent, pg.csv: no header".to_owned()));
    // Without bound it is neither kept nor recorded.
    for n in 0..UNUSABLE_MOST * 8 {
        says(&mut s, pane(RDS), Incident::CannotUse { place: format!("f{n}"), why: "empty".into() });
    }
    assert_eq!(case(&s).unusable.len(), UNUSABLE_MOST);
    assert_eq!(case(&s).unusable_more, 1000);
    assert_eq!(steps(&s, |r| matches!(r, Incidented::Unusable(_))), UNUSABLE_MOST + 1000);
    same_when_folded(&s);
}

#[test]
fn only_who_is_engaged_may_hand_anything_in() {
    let mut s = stage();
    let report =
        "Priority: P3\nService api. Since 23:46 UTC 2025-12-31 pods are crashing. Latency is normal.";
    let Answer::Incident(opened) = s.ask(opening(report)) else { panic!("not opened") };
    let engaged: Vec<&str> = opened.specialists.iter().map(|o| o.agent.as_str()).collect();
    assert_eq!(engaged, [K8S]);
    s.pass(3000);
    for agent in [FINOPS, "ORCHESTRATOR"] {
        let text = finding("x", "23:42", "node.added", "node/a");
        let why = why(says(&mut s, pane(agent), Incident::Find { text }));
        assert!(why.contains(&format!("{agent} is not engaged")) && why.contains("engaged: k8s"), "{why}");
    }
    assert!(why(report_of(&mut s, COORDINATOR)).contains("hand the postmortem in instead"));
    assert!(
        why(says(&mut s, Caller::Outside, Incident::Reported { note: "".into() }))
            .contains("in its own pane")
    );
    assert_eq!(find(&mut s, COORDINATOR, &[finding("x", "23:42", "node.added", "node/a")]).taken, ["x"]);
}

fn report_of(s: &mut Stage, agent: &str) -> Answer {
    report(s, agent, "")
}

#[test]
fn hundreds_are_correlated_now_and_then_and_all_of_them_at_the_end() {
    let mut s = looking();
    let lines: Vec<String> = (0..300)
        .map(|n| finding(&format!("n{n}"), &format!("23:{:02}", n % 50), "node.added", &format!("node/{n}")))
        .collect();
    find(&mut s, K8S, &lines);
    assert_eq!(case(&s).findings.len(), 300);
    assert!(case(&s).correlation.findings >= 280, "{}", case(&s).correlation.findings);
    same_when_folded(&s);
    report(&mut s, K8S, "");
    assert_eq!(case(&s).correlation.findings, 300);
    s.pass(seconds(1));
    same_when_folded(&s);
}
