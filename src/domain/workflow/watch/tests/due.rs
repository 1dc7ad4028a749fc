//! What is raised to a person.

use super::*;
use crate::domain::workflow::plan::{Checklist, PRODUCTION, Point};

fn keys(p: &Project, cause: Cause, now: i64) -> Vec<String> {
    keys_seen(p, &Seen::default(), cause, now)
}

fn keys_seen(p: &Project, seen: &Seen, cause: Cause, now: i64) -> Vec<String> {
    let all = due(p, seen, now);
    assert!(all.iter().all(|d| !d.evidence.is_empty() && d.evidence.iter().all(|e| !e.is_empty())));
    all.into_iter().filter(|d| d.cause == cause).map(|d| d.key).collect()
}

/// The sample's ninth day, with nothing to raise.
fn quiet() -> Project {
    let mut p = sample::ninth_day();
    p.fold(&Workflowed::Unblocked { id: 1, by: String::new() }, day(8));
    p.fold(&Workflowed::Decided { id: 1, decision: "own".into(), by: "lead".into() }, day(8));
    assert_eq!(due(&p, &Seen::default(), day(8)), []);
    p
}

#[test]
fn what_was_raised_is_not_raised_again_and_nothing_is_once_it_is_over() {
    let mut p = sample::ninth_day();
    let first = due(&p, &Seen::default(), day(8));
    assert_eq!(keys(&p, Cause::Blocker, day(8)), ["blocker-1"]);
    assert_eq!(keys(&p, Cause::Blocker, day(9)), ["blocker-1"]);
    for d in &first {
        let (cause, key, evidence) = (d.cause, d.key.clone(), d.evidence.clone());
        p.fold(&Workflowed::Escalated { cause, key, evidence }, day(8));
    }
    assert_eq!(due(&p, &Seen::default(), day(8)), []);
    p.fold(&Workflowed::Settled { id: 1, how: "asked for quota".into() }, day(8));
    assert_eq!(keys(&p, Cause::Blocker, day(9)), Vec::<String>::new());
    assert_eq!(due(&sample::complete(), &Seen::default(), day(30)), []);
    assert_eq!(next_look(&sample::complete(), day(30)), None);
}

#[test]
fn a_blocker_is_critical_on_the_critical_path_or_after_a_day() {
    let mut p = quiet();
    blocked(&mut p, "logging", "no disk", day(8));
    assert_eq!(keys(&p, Cause::Blocker, day(9) - 1), Vec::<String>::new());
    assert_eq!(keys(&p, Cause::Blocker, day(9)), ["blocker-2"]);
    assert_eq!(next_look(&p, day(8) + 1), Some(day(8) + 1 + DAY / 24));
    assert_eq!(next_look(&p, day(9) - 10), Some(day(9)), "it is not looked at later than it changes");
    blocked(&mut p, "cluster", "no quota", day(8));
    let all = due(&p, &Seen::default(), day(8));
    assert_eq!(all[0].key, "blocker-3");
    assert_eq!(
        all[0].evidence,
        [
            "cluster is blocked since 2026-03-10: no quota",
            "cluster is on the critical path: cluster → pipeline → monitoring",
            "nothing is done about it",
        ]
    );
}

#[test]
fn a_vulnerability_counts_once_something_is_in_production() {
    let mut p = quiet();
    blocked(&mut p, "logging", "a vulnerability in the agent", day(8));
    figure(&mut p, "vulnerabilities", Epoch::Now, "3", day(8));
    assert_eq!(keys(&p, Cause::Vulnerability, day(8)), Vec::<String>::new());
    p.plan.tasks[0].environment = PRODUCTION.into();
    assert_eq!(keys(&p, Cause::Vulnerability, day(8)), ["blocker-2", "figure-vulnerabilities"]);
    figure(&mut p, "vulnerabilities", Epoch::Now, "0", day(8));
    assert_eq!(keys(&p, Cause::Vulnerability, day(8)), ["blocker-2"]);
    p.fold(&Workflowed::Unblocked { id: 2, by: String::new() }, day(8));
    done(&mut p, "cluster", "## Risks\n- no known vulnerabilities: scanned\n", day(4), day(8));
    assert_eq!(keys(&p, Cause::Vulnerability, day(8)), Vec::<String>::new());
    done(&mut p, "cluster", "## Risks\n- CVE-2026-1 is open: patch on Monday\n", day(4), day(8));
    assert_eq!(keys(&p, Cause::Vulnerability, day(8)), ["risk-cluster"]);
}

#[test]
fn an_outage_is_what_a_blocker_or_a_figure_says() {
    let mut p = quiet();
    blocked(&mut p, "logging", "no outage, but slow", day(8));
    figure(&mut p, "outages", Epoch::Before, "4", day(8));
    assert_eq!(keys(&p, Cause::Outage, day(8)), Vec::<String>::new());
    blocked(&mut p, "logging", "an outage of the registry", day(8));
    figure(&mut p, "outages", Epoch::Now, "1", day(8));
    assert_eq!(keys(&p, Cause::Outage, day(8)), ["blocker-3", "figure-outages"]);
}

#[test]
fn a_budget_is_far_exceeded_from_a_tenth_on() {
    let mut p = quiet();
    let cost = crate::domain::workflow::track::tracking(&p, day(8)).expected_cost.unwrap();
    p.terms.budget = Some(cost * 10 / 11 + 1);
    assert_eq!(keys(&p, Cause::Budget, day(8)), Vec::<String>::new());
    let budget = cost * 10 / 11 - 1;
    p.terms.budget = Some(budget);
    assert_eq!(keys(&p, Cause::Budget, day(8)), [format!("budget-{budget}")]);
    assert_eq!(keys(&p, Cause::Budget, day(9)), [format!("budget-{budget}")]);
}

#[test]
fn a_delay_misses_the_deadline_or_the_plan_by_a_fifth() {
    let mut p = quiet();
    p.terms.deadline = None;
    let end = crate::domain::workflow::track::tracking(&p, day(8)).expected_end;
    p.terms.deadline = Some(end);
    assert_eq!(keys(&p, Cause::Delay, day(8)), Vec::<String>::new());
    p.terms.deadline = Some(end - 1);
    assert_eq!(keys(&p, Cause::Delay, day(8)), [format!("deadline-{}", end - 1)]);
    p.terms.deadline = None;
    let late = |now| crate::domain::workflow::track::tracking(&p, now).expected_end - day(22);
    let fifth = 22 * DAY / 5;
    let (mut before, mut after) = (day(8), day(60));
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if late(middle) > fifth { after = middle } else { before = middle }
    }
    assert_eq!(keys(&p, Cause::Delay, before), Vec::<String>::new());
    // The percentage is of whole hundredths of the planned length: some milliseconds later it is over.
    assert_eq!(keys(&p, Cause::Delay, after + 1_000), ["plan-0"]);
    assert_eq!(keys(&p, Cause::Delay, day(60)), ["plan-0"]);
}

#[test]
fn branches_of_two_specialists_that_do_not_merge() {
    let p = quiet();
    let clash = |a: &str, b: &str, files: &[&str]| Clash {
        agents: [a.into(), b.into()],
        files: files.iter().map(|f| (*f).to_owned()).collect(),
    };
    let seen = |clashes| Seen { clashes };
    let stranger = seen(vec![clash("docker-specialist", "somebody", &["a"])]);
    assert_eq!(keys_seen(&p, &stranger, Cause::Conflict, day(8)), Vec::<String>::new());
    let two = seen(vec![clash("docker-specialist", "kubernetes-specialist", &["b.yml", "a.yml"])]);
    let key = "docker-specialist+kubernetes-specialist: a.yml, b.yml";
    assert_eq!(keys_seen(&p, &two, Cause::Conflict, day(8)), [key]);
    let all = due(&p, &two, day(8));
    assert_eq!(
        all[0].evidence[1..],
        ["docker-specialist does containers", "kubernetes-specialist does cluster"]
    );
    let names: Vec<String> = (0..500).map(|n| format!("a-file-with-a-long-name-{n:03}.yml")).collect();
    let many =
        clash("docker-specialist", "cicd-specialist", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let key = &keys_seen(&p, &seen(vec![many]), Cause::Conflict, day(8))[0];
    assert!(key.ends_with("and 495 more") && key.chars().count() <= LINE_MOST);
}

#[test]
fn a_decision_that_waits_or_a_loop_that_is_at_its_end() {
    let mut p = quiet();
    p.fold(&Workflowed::Asked { by: "lead".into(), text: "which region?".into() }, day(8));
    assert_eq!(keys(&p, Cause::Decision, day(8) + DAY / 2 - 1), Vec::<String>::new());
    assert_eq!(next_look(&p, day(8) + DAY / 2 - 1), Some(day(8) + DAY / 2));
    assert_eq!(keys(&p, Cause::Decision, day(8) + DAY / 2), ["question-2"]);
    p.fold(&Workflowed::Decided { id: 2, decision: "eu".into(), by: "lead".into() }, day(9));
    assert_eq!(keys(&p, Cause::Decision, day(9)), Vec::<String>::new());
    judged(&mut p, 2, Verdict::Again, day(9));
    assert_eq!(keys(&p, Cause::Decision, day(9)), Vec::<String>::new());
    judged(&mut p, 3, Verdict::Again, day(9));
    assert_eq!(keys(&p, Cause::Decision, day(9)), ["loop-cluster"]);
    judged(&mut p, 3, Verdict::Met, day(9));
    assert_eq!(keys(&p, Cause::Decision, day(9)), Vec::<String>::new());
}

#[test]
fn compliance_is_violated_when_a_phase_is_done_without_its_points() {
    let mut p = quiet();
    let point = |id: &str| Point { id: id.into(), text: format!("{id} is met") };
    let points = vec![point("hipaa"), point("soc-2")];
    p.plan.phases[1].checklists =
        vec![Checklist { name: "compliance".into(), title: "Compliance".into(), points }];
    done(&mut p, "monitoring", "", day(8), day(9));
    assert_eq!(keys(&p, Cause::Compliance, day(9)), Vec::<String>::new());
    done(&mut p, "logging", "", day(8), day(9));
    assert_eq!(keys(&p, Cause::Compliance, day(9)), ["phase-watch"]);
    let tick = |point: &str| Workflowed::Ticked {
        phase: "watch".into(),
        list: "compliance".into(),
        point: point.into(),
        note: String::new(),
        by: "lead".into(),
    };
    p.fold(&tick("hipaa"), day(9));
    let all = due(&p, &Seen::default(), day(9));
    let one = all.iter().find(|d| d.cause == Cause::Compliance).unwrap();
    assert_eq!(one.evidence[1..], ["not seen to: soc-2 is met (soc-2)"]);
    p.fold(&tick("soc-2"), day(9));
    assert_eq!(keys(&p, Cause::Compliance, day(9)), Vec::<String>::new());
    blocked(&mut p, "pipeline", "PCI-DSS forbids that", day(9));
    assert_eq!(keys(&p, Cause::Compliance, day(9)), ["blocker-2"]);
}

#[test]
fn no_more_is_due_at_once_than_can_be_read() {
    let mut p = quiet();
    for n in 0..200 {
        blocked(&mut p, "cluster", &format!("{n}\u{1b}[2J{}", "x".repeat(2_000)), day(8));
    }
    let all = due(&p, &Seen::default(), day(8));
    assert_eq!(all.len(), DUE_MOST);
    let safe = |e: &String| e.chars().count() <= LINE_MOST && !e.contains('\u{1b}');
    assert!(all.iter().all(|d| d.evidence.len() <= EVIDENCE_MOST + 1 && d.evidence.iter().all(safe)));
}
