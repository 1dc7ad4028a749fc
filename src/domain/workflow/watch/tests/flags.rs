//! The red flags.

use super::*;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::{PRODUCTION, Waiver};

fn flag_of(p: &Project, name: &str, now: i64) -> Flag {
    flags(p, &Seen::default(), now).into_iter().find(|f| f.name == name).unwrap()
}

/// It is raised, and its evidence says so.
#[track_caller]
fn raised(p: &Project, name: &str, now: i64, says: &str) {
    let flag = flag_of(p, name, now);
    assert_eq!(flag.state, FlagState::Raised, "{name}");
    assert!(flag.evidence.iter().any(|e| e.contains(says)), "{name}: {:?}", flag.evidence);
}

#[track_caller]
fn clear(p: &Project, name: &str, now: i64) {
    let flag = flag_of(p, name, now);
    assert_eq!(flag.state, FlagState::Clear, "{name}: {:?}", flag.evidence);
}

#[track_caller]
fn asked(p: &Project, name: &str, now: i64) {
    let flag = flag_of(p, name, now);
    assert_eq!(flag.state, FlagState::Asked, "{name}: {:?}", flag.evidence);
    assert!(flag.evidence[0].ends_with('?'), "{:?}", flag.evidence);
}

#[test]
fn all_ten_are_told_in_the_order_of_their_file() {
    for (p, now) in [(sample::begun(), START), (sample::ninth_day(), day(8)), (sample::complete(), day(40))] {
        let all = flags(&p, &Seen::default(), now);
        let names: Vec<&str> = all.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(
            names,
            crate::domain::workflow::vocabulary::Vocabulary::built_in()
                .flags
                .iter()
                .map(|f| f.name.as_str())
                .collect::<Vec<_>>()
        );
        assert!(all.iter().all(|f| f.state == FlagState::Clear || !f.evidence.is_empty()));
    }
    // At the start nothing is raised, and nothing is asked before there is something to ask about.
    let start = flags(&sample::begun(), &Seen::default(), START);
    let open: Vec<&str> =
        start.iter().filter(|f| f.state != FlagState::Clear).map(|f| f.name.as_str()).collect();
    assert_eq!(open, ["manual-processes"]);
}

#[test]
fn a_task_without_objectives() {
    let mut p = sample::ninth_day();
    clear(&p, "no-objectives", day(8));
    p.plan.tasks[2].objectives.clear();
    clear(&p, "no-objectives", day(8));
    p.plan.tasks[1].objectives = vec![" ".into()];
    raised(&p, "no-objectives", day(8), "cluster is under way with kubernetes-specialist since 2026-03-06");
}

#[test]
fn a_dependency_that_the_plan_does_not_know() {
    let name = "unidentified-dependencies";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    let mut other = p.clone();
    blocked(&mut other, "cluster", "the dashboards of logging are missing", day(8));
    raised(&other, name, day(8), "cluster is blocked since 2026-03-10 by logging, which it does not need");
    let mut needed = p.clone();
    blocked(&mut needed, "pipeline", "the cluster is not reachable", day(8));
    clear(&needed, name, day(8));
    blocked(&mut p, "cluster", "waiting for a domain name", day(8));
    raised(&p, name, day(8), "waiting for a domain name (blocker 2)");
    p.fold(&Workflowed::Unblocked { id: 2, by: String::new() }, day(8));
    clear(&p, name, day(8));
    // All that it needs is done, and it does not begin.
    p.fold(&Workflowed::Unblocked { id: 1, by: String::new() }, day(9));
    p.task_changed("cluster", TaskState::Done, "", day(9));
    clear(&p, name, day(10));
    raised(
        &p,
        name,
        day(10) + 1,
        "pipeline has not begun, though all that it needs is done and cicd-specialist is free since 2026-03-11",
    );
    p.plan.tasks[3].agent = p.plan.tasks[2].agent.clone();
    p.task_changed("monitoring", TaskState::Running, "", day(9));
    clear(&p, name, day(12));
}

#[test]
fn figures_that_are_not_better() {
    let name = "metrics-not-improving";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    figure(&mut p, "lead-time", Epoch::Before, "4 h", day(0));
    figure(&mut p, "lead-time", Epoch::Now, "4 h", day(6));
    clear(&p, name, day(8));
    figure(&mut p, "lead-time", Epoch::Now, "4 h", day(7));
    raised(&p, name, day(8), "lead-time: 4 h before, 4 h on 2026-03-09, which is still what it was");
    figure(&mut p, "lead-time", Epoch::Now, "3 h", day(7));
    clear(&p, name, day(8));
    figure(&mut p, "lead-time", Epoch::Now, "5 h", day(8));
    raised(&p, name, day(8), "which is worse (up 25 %)");
    figure(&mut p, "lead-time", Epoch::Now, "some hours", day(8));
    clear(&p, name, day(8));
}

#[test]
fn a_budget_that_is_exceeded_and_nothing_is_done() {
    let name = "budget-overrun";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    p.terms.budget = Some(10_000);
    raised(&p, name, day(8), "over the budget of 10,000 EUR, and the plan was not changed for that");
    let cost_after = crate::domain::workflow::track::tracking(&p, day(8)).expected_cost;
    let mut other = p.clone();
    changed(&mut other, Reason::Business, Impact { cost_after, ..Impact::default() }, day(8));
    raised(&other, name, day(8), "over the budget");
    changed(&mut p, Reason::Budget, Impact { cost_after, ..Impact::default() }, day(8));
    clear(&p, name, day(8));
    raised(&p, name, day(30), "also since change 1 of 2026-03-10");
    p.terms.rate = None;
    clear(&p, name, day(30));
}

#[test]
fn a_timeline_that_slips() {
    let name = "timeline-slipping";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    raised(&p, name, day(20), "later than the planned 2026-03-24, and the plan was not changed for that");
    raised(&p, name, day(20), "cluster takes 1w2d longer than planned");
    let end_after = crate::domain::workflow::track::tracking(&p, day(20)).expected_end;
    changed(&mut p, Reason::Timeline, Impact { end_after, ..Impact::default() }, day(20));
    clear(&p, name, day(20));
    raised(&p, name, day(30), "as it is since change 1 of 2026-03-22");
}

#[test]
fn security_that_comes_late() {
    let name = "late-security-findings";
    let mut p = sample::ninth_day();
    p.plan.tasks[3].specialist = "security".into();
    p.plan.tasks[4].duration = crate::domain::workflow::span::Span::hours(48);
    let mut early = p.clone();
    blocked(&mut early, "cluster", "a vulnerability in the base image", day(8));
    clear(&early, name, day(9));
    done(&mut p, "cluster", "", day(4), day(11));
    clear(&p, name, day(12));
    let mut review = p.clone();
    judged(&mut review, 1, Verdict::Met, day(12));
    clear(&review, name, day(12));
    judged(&mut review, 1, Verdict::Again, day(12));
    raised(
        &review,
        name,
        day(12),
        "monitoring sent cluster back: limits are too low on 2026-03-14, after half of the work",
    );
    let mut risk = p.clone();
    done(&mut risk, "logging", "## Risks\n- the port is open: firewall\n", day(11), day(12));
    clear(&risk, name, day(12));
    done(&mut risk, "monitoring", "## Risks\n- the port is open: firewall\n", day(11), day(12));
    raised(&risk, name, day(12), "monitoring handed over a risk: the port is open on 2026-03-14");
    blocked(&mut p, "pipeline", "a vulnerability in the base image", day(12));
    raised(&p, name, day(12), "pipeline met blocker 2");
    // What was deployed makes a finding late, however early it is.
    early.plan.tasks[0].environment = "staging".into();
    raised(&early, name, day(9), "after containers deployed to staging on 2026-03-06");
}

#[test]
fn a_deployment_without_a_way_back() {
    let name = "no-rollback-plan";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    p.plan.tasks[1].environment = "staging".into();
    asked(&p, name, day(8));
    let mut told = p.clone();
    done(&mut told, "cluster", "## Decisions\n- blue-green: rolled back in a minute\n", day(4), day(11));
    clear(&told, name, day(12));
    done(&mut p, "cluster", "## Done\n- no rollback\n", day(4), day(11));
    raised(
        &p,
        name,
        day(12),
        "cluster deployed to staging on 2026-03-13, and no handover says how to go back",
    );
    // A person knows better, until the next deployment.
    answered(&mut p, name, false, day(12));
    clear(&p, name, day(12));
    p.plan.tasks[2].environment = "staging".into();
    done(&mut p, "pipeline", "", day(12), day(13));
    raised(&p, name, day(13), "pipeline deployed to staging");
}

#[test]
fn production_that_nobody_watches() {
    let name = "monitoring-gaps";
    let mut p = sample::ninth_day();
    clear(&p, name, day(8));
    p.plan.tasks[1].environment = PRODUCTION.into();
    raised(
        &p,
        name,
        day(8),
        "cluster goes to production since 2026-03-06, and no task before it sees to monitoring",
    );
    let mut waived = p.clone();
    waived.plan.options.waivers.push(Waiver { must: Must::Monitoring, reason: "by hand".into() });
    raised(&waived, name, day(8), "monitoring was left out: by hand");
    p.plan.tasks[0].covers = vec![Must::Monitoring];
    clear(&p, name, day(8));
    done(&mut p, "cluster", "", day(4), day(11));
    asked(&p, name, day(11));
    answered(&mut p, name, true, day(11));
    raised(&p, name, day(11), "lead said on 2026-03-13 that it is raised: as seen");
    answered(&mut p, name, false, day(12));
    clear(&p, name, day(12));
}

#[test]
fn work_that_is_still_done_by_hand() {
    let name = "manual-processes";
    let mut p = sample::ninth_day();
    asked(&p, name, day(8));
    let mut automated = p.clone();
    figure(&mut automated, "manual-processes-automated", Epoch::Now, "2", day(8));
    clear(&automated, name, day(8));
    figure(&mut automated, "manual-processes-automated", Epoch::Now, "0", day(8));
    raised(&automated, name, day(8), "manual-processes-automated: 0 on 2026-03-10");
    figure(&mut p, "manual-processes", Epoch::Before, "9", day(0));
    asked(&p, name, day(8));
    figure(&mut p, "manual-processes", Epoch::Now, "9", day(8));
    raised(&p, name, day(8), "manual-processes: 9 before, 9 on 2026-03-10");
    figure(&mut p, "manual-processes", Epoch::Now, "8", day(8));
    clear(&p, name, day(8));
}

#[test]
fn debt_that_grows() {
    let name = "technical-debt";
    let mut p = sample::begun();
    clear(&p, name, day(1));
    done(&mut p, "containers", "## Risks\n- a\n- b\n- c: seen to\n", day(0), day(4));
    asked(&p, name, day(4));
    let mut waived = p.clone();
    waived.plan.options.waivers.push(Waiver { must: Must::Recovery, reason: "later".into() });
    raised(&waived, name, day(4), "recovery is left out since 2026-03-02: later");
    done(&mut p, "cluster", "## Risks\n- d\n", day(4), day(5));
    raised(&p, name, day(5), "cluster handed over a risk on 2026-03-07 and nothing is done about it: d");
}

#[test]
fn anybody_may_raise_what_the_record_does_not_show_but_not_take_down_what_it_shows() {
    let mut p = sample::ninth_day();
    answered(&mut p, "no-objectives", true, day(8));
    raised(&p, "no-objectives", day(8), "lead said on 2026-03-10");
    answered(&mut p, "no-objectives", false, day(9));
    clear(&p, "no-objectives", day(9));
    p.plan.tasks[1].objectives.clear();
    raised(&p, "no-objectives", day(9), "has no objectives");
}
