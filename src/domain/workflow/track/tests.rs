//! Figures worked out by hand on the sample project, and what holds of any project.

use proptest::prelude::*;

use super::*;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::sample::{self, DAY, START};
use crate::domain::workflow::project::{Cause, Change, Impact, Reason};
use crate::domain::workflow::span::Span;

/// So many hundredths of a day after the start.
fn at(hundredths: i64) -> i64 {
    START + hundredths * DAY / 100
}

fn of<'a>(tracking: &'a Tracking, id: &str) -> &'a TaskTrack {
    tracking.tasks.iter().find(|t| t.id == id).unwrap()
}

#[test]
fn before_anything_is_done_the_plan_is_all_there_is() {
    let t = tracking(&sample::begun(), START);
    assert_eq!((t.done, t.total, t.percent, t.speed), (0, 5, 0, None));
    assert_eq!((t.planned_end, t.agreed_end, t.expected_end), (at(2200), at(2200), at(2200)));
    assert_eq!(t.path, ["containers", "cluster", "pipeline", "monitoring"]);
    assert_eq!((t.hours_left, t.standing), (22 * 24, Standing::OnTrack));
    // 25 days at 800.
    assert_eq!((t.spent, t.expected_cost), (Some(0), Some(20_000)));
    assert_eq!(
        t.why,
        [
            "it is expected to end on 2026-03-24; that is the planned 2026-03-24, within 5 %",
            "nothing is measured yet: no task is done, so all are taken to last as long as planned",
        ]
    );
    assert_eq!(of(&t, "logging").waits_for, ["pipeline"]);
    assert_eq!(t.phases.iter().map(|p| p.state.as_str()).collect::<Vec<_>>(), ["pending", "pending"]);
}

#[test]
fn what_is_left_takes_as_long_as_the_measured_speed_says() {
    let t = tracking(&sample::ninth_day(), at(800));
    // 5 planned days took 4: 125 %. Of the cluster's 7 days 40 % are left: 2.8 d, 2.24 d at that speed; then 6, 4 and 3
    // days in 4.8, 3.2 and 2.4.
    assert_eq!(t.speed, Some(125));
    let span = |id: &str| (of(&t, id).from, of(&t, id).to);
    assert_eq!(span("containers"), (at(0), at(400)));
    assert_eq!(span("cluster"), (at(400), at(1024)));
    assert_eq!(span("pipeline"), (at(1024), at(1504)));
    assert_eq!(span("monitoring"), (at(1504), at(1824)));
    assert_eq!(span("logging"), (at(1504), at(1744)));
    assert_eq!((t.planned_end, t.expected_end), (at(2200), at(1824)));
    // 5 + 0.6 × 7 of 25 days.
    assert_eq!((t.done, t.total, t.percent), (1, 5, 36));
    // 2.8 d are 67.2 h.
    assert_eq!((t.path.join(" "), t.hours_left), ("cluster pipeline monitoring".into(), 68 + 144 + 96));
    assert_eq!((of(&t, "cluster").took, of(&t, "cluster").percent), (Some(96), 60));
    // 8 days worked; 12.64 days more.
    assert_eq!((t.spent, t.expected_cost), (Some(6_400), Some(16_512)));
    assert_eq!(of(&t, "cluster").blockers, ["no quota for load balancers"]);
    assert_eq!(t.standing, Standing::AtRisk);
    assert_eq!(
        t.why,
        [
            "cluster, on the longest chain, is blocked: no quota for load balancers",
            "it is expected to end on 2026-03-20, 3d18h before the planned 2026-03-24",
            "measured from 1 task that is done: 4d instead of 5d, a speed of 125 %",
            "how long blockers last is not in the estimate",
        ]
    );
    let state = |id: &str| t.phases.iter().find(|p| p.id == id).map(|p| (p.state.as_str(), p.done, p.total));
    assert_eq!(state("build"), Some(("in progress", 1, 3)));

    let mut free = sample::ninth_day();
    free.fold(&Workflowed::Unblocked { id: 1, by: String::new() }, at(800));
    let t = tracking(&free, at(800));
    assert_eq!((t.standing, t.standing.words()), (Standing::Ahead, "ahead"));
    assert!(t.why[0].contains("3d18h before the planned 2026-03-24"), "{:?}", t.why);
}

#[test]
fn time_alone_counts_where_nobody_says_how_far_it_is() {
    let mut p = sample::begun();
    p.task_changed("containers", TaskState::Running, "", at(0));
    let t = tracking(&p, at(250));
    assert_eq!((of(&t, "containers").percent, of(&t, "containers").to), (50, at(500)));
    // Longer than planned: something is left at least (5 % of 5 days), and it endangers the end.
    let t = tracking(&p, at(700));
    assert_eq!((of(&t, "containers").percent, of(&t, "containers").late), (95, 48));
    assert_eq!((of(&t, "containers").to, t.expected_end), (at(725), at(725 + 1700)));
    assert_eq!(t.standing, Standing::AtRisk);
    assert_eq!(
        t.why[..2],
        [
            "it is expected to end on 2026-03-26, 2d6h after the planned 2026-03-24",
            "containers, on the longest chain, runs 2d longer than the planned 5d",
        ]
    );
    // What its agent says counts, and never as done.
    p.fold(&Workflowed::Percent { task: "containers".into(), percent: 100, note: String::new() }, at(700));
    assert_eq!(of(&tracking(&p, at(700)), "containers").percent, 99);
}

#[test]
fn an_agent_does_one_thing_at_a_time() {
    let mut p = sample::ninth_day();
    p.plan.tasks[4].agent = p.plan.tasks[3].agent.clone();
    let t = tracking(&p, at(800));
    // As above, and the logging, 2.4 days at the measured speed, behind the monitoring.
    assert_eq!((of(&t, "logging").from, of(&t, "logging").to), (at(1824), at(2064)));
    assert_eq!((of(&t, "logging").after.as_deref(), t.expected_end), (Some("monitoring"), at(2064)));
    assert_eq!(of(&t, "logging").waiting(), "pipeline, monitoring (the same agent)");
    assert_eq!(
        (of(&t, "monitoring").after.as_deref(), of(&t, "monitoring").waiting()),
        (None, "pipeline".into())
    );
    assert_eq!(t.path, ["cluster", "pipeline", "monitoring", "logging"]);
    // What it was told to do is what it does, wherever that stands.
    p.task_changed("cluster", TaskState::Done, "", at(800));
    p.task_changed("pipeline", TaskState::Done, "", at(800));
    p.task_changed("logging", TaskState::Running, "", at(800));
    let t = tracking(&p, at(800));
    assert_eq!(of(&t, "monitoring").waiting(), "logging (the same agent)");
    assert_eq!(t.path, ["logging", "monitoring"]);
}

#[test]
fn deadline_budget_and_failure_endanger_it() {
    let mut p = sample::begun();
    p.terms.deadline = Some(at(2100));
    p.terms.budget = Some(19_999);
    p.task_changed("containers", TaskState::Failed, "no registry", at(0));
    let t = tracking(&p, at(0));
    assert_eq!(t.standing, Standing::AtRisk);
    assert_eq!(
        t.why[..3],
        [
            "it is expected to end on 2026-03-24, 1d after the deadline 2026-03-23",
            "containers, on the longest chain, failed",
            "it is expected to cost 20,000 EUR, over the budget of 19,999 EUR",
        ]
    );
    (p.terms.rate, p.terms.deadline) = (None, None);
    let t = tracking(&p, at(0));
    assert_eq!((t.spent, t.expected_cost), (None, None));
    assert_eq!(t.why[0], "containers, on the longest chain, failed");
}

#[test]
fn what_is_left_out_no_longer_counts() {
    let mut p = sample::ninth_day();
    p.task_changed("monitoring", TaskState::Skipped, "", at(800));
    let t = tracking(&p, at(800));
    assert_eq!((t.done, t.total), (1, 4));
    // 9.2 of 21 days.
    assert_eq!(t.percent, 43);
    assert_eq!(t.path, ["cluster", "pipeline", "logging"]);
    assert_eq!(t.expected_end, at(1744));
}

#[test]
fn what_was_not_done_when_a_project_was_closed_counts() {
    let mut p = sample::ninth_day();
    let closed = Workflowed::Closed { stage: Stage::Closed, why: "enough".into() };
    p.fold(&closed, at(900));
    for task in ["cluster", "pipeline", "monitoring", "logging"] {
        p.task_changed(task, TaskState::Skipped, "the project is closed", at(900));
    }
    let t = tracking(&p, at(1000));
    // Five of 25 days.
    assert_eq!((t.done, t.total, t.percent), (1, 5, 20));
    assert!(t.phases.iter().all(|p| p.state != "completed"), "{:?}", t.phases);
}

#[test]
fn a_plan_that_was_changed_is_measured_by_what_was_agreed() {
    let mut p = sample::begun();
    let mut plan = sample::plan();
    plan.tasks[3].duration = Span::hours(24 * 14);
    let change = Change {
        id: 1,
        reason: Reason::Business,
        note: String::new(),
        asked: "more time".into(),
        chosen: "more time".into(),
        others: Vec::new(),
        impact: Impact::default(),
        by: "lead".into(),
        at: at(0),
    };
    let terms = p.terms.clone();
    p.fold(
        &Workflowed::Replanned {
            plan: Box::new(plan),
            terms: crate::domain::workflow::project::Terms { deadline: None, ..terms },
            change: Box::new(change),
        },
        at(0),
    );
    let t = tracking(&p, at(0));
    assert_eq!((t.planned_end, t.agreed_end, t.expected_end), (at(2200), at(3200), at(3200)));
    assert_eq!(t.standing, Standing::OnTrack);
    assert!(t.why[0].contains("planned since the plan was changed (first 2026-03-24)"), "{:?}", t.why);
}

#[test]
fn work_that_goes_round_again_is_open_again() {
    let mut p = sample::ninth_day();
    p.task_changed("cluster", TaskState::Done, "", at(1000));
    let judged = Workflowed::Judged {
        work: "cluster".into(),
        review: "monitoring".into(),
        round: 1,
        verdict: crate::domain::workflow::project::Verdict::Again,
        feedback: Vec::new(),
    };
    p.fold(&judged, at(1100));
    p.task_changed("cluster", TaskState::Queued, "", at(1100));
    let t = tracking(&p, at(1200));
    // It has worked from day 4 to the verdict on day 11, and a round of 7 days is ahead of it, at 125 %.
    assert_eq!((of(&t, "cluster").took, of(&t, "cluster").percent), (Some(7 * 24), 0));
    assert_eq!(of(&t, "cluster").to, at(1200 + 560));
    // Its second round began with the verdict.
    p.task_changed("cluster", TaskState::Running, "", at(1200));
    assert_eq!(of(&tracking(&p, at(1450)), "cluster").percent, 50);
}

#[test]
fn what_is_over_stands_as_it_ended() {
    let p = sample::complete();
    let t = tracking(&p, at(9_900));
    assert_eq!((t.done, t.total, t.percent), (5, 5, 100));
    assert_eq!((t.expected_end, t.hours_left, t.path.len()), (at(2200), 0, 0));
    // 25 planned days took 4 + 8 + 6 + 3 + 3.
    assert_eq!((t.speed, t.spent, t.expected_cost), (Some(104), Some(19_200), Some(19_200)));
    assert_eq!(t.standing, Standing::OnTrack);
    assert_eq!(t.why, ["it ended on 2026-03-24; that is the planned 2026-03-24, within 5 %"]);
    assert_eq!(t, tracking(&p, i64::MAX));

    let mut closed = sample::ninth_day();
    closed.fold(&Workflowed::Closed { stage: Stage::Closed, why: "no money".into() }, at(900));
    let t = tracking(&closed, at(5_000));
    assert_eq!((t.standing, t.expected_end), (Standing::AtRisk, at(900)));
    assert_eq!(t.why[0], "it was closed with 1 of 5 tasks done: no money");
    // 4 days, and 5 until it was closed.
    assert_eq!((t.spent, t.expected_cost), (Some(7_200), Some(7_200)));
}

#[test]
fn moments_and_money_are_read_by_people() {
    let mut p = sample::begun();
    assert_eq!(moment(&p, START), "2026-03-02");
    p.day_ms = 1_000;
    assert_eq!(moment(&p, START), "2026-03-02 09:00:00");
    assert_eq!((money(999, ""), money(1_234_567, "EUR")), ("999".to_owned(), "1,234,567 EUR".to_owned()));
}

/// What may happen to a project.
#[derive(Clone, Debug)]
enum Happens {
    Becomes(usize, TaskState),
    Says(usize, u8),
    Blocked(usize),
    Again(usize),
    Passes(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    use TaskState::{Done, Failed, Queued, Running, Sent, Skipped};
    let state = prop::sample::select(vec![Queued, Sent, Running, Done, Failed, Skipped]);
    prop_oneof![
        (0..6_usize, state).prop_map(|(task, to)| Happens::Becomes(task, to)),
        (0..6_usize, any::<u8>()).prop_map(|(task, percent)| Happens::Says(task, percent)),
        (0..6_usize).prop_map(Happens::Blocked),
        (0..6_usize).prop_map(Happens::Again),
        prop_oneof![-5_000..100_000_000_i64, Just(i64::MAX / 2), Just(0)].prop_map(Happens::Passes),
    ]
}

/// Any small project: durations, needs in any order, days of any length.
fn project() -> impl Strategy<Value = Project> {
    let task = (0..40_u32, prop::collection::vec(0..8_usize, 0..3));
    let tasks = prop::collection::vec(task, 0..6);
    let day = prop_oneof![Just(1), Just(1_000), Just(DAY), Just(i64::MAX)];
    let rate = prop::option::of(prop_oneof![Just(0), Just(800), Just(u64::MAX)]);
    (tasks, day, rate, any::<bool>(), any::<Option<i64>>()).prop_map(
        |(tasks, day_ms, rate, bare, deadline)| {
            let mut p = sample::begun();
            let made = tasks.iter().enumerate().map(|(i, (days, needs))| {
                let needs: Vec<String> = needs.iter().map(|n| format!("t{n}")).collect();
                let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
                sample::task(&format!("t{i}"), "docker", *days, &needs)
            });
            p.plan.tasks = made.collect();
            p.tasks =
                p.plan.tasks.iter().map(|t| crate::domain::workflow::project::Tracked::new(&t.id)).collect();
            (p.day_ms, p.terms.rate, p.terms.deadline) = (day_ms, rate, deadline);
            if bare {
                p.baseline.clear();
                p.plan.phases.clear();
            }
            p
        },
    )
}

proptest! {
    #[test]
    fn the_estimate_of_what_has_not_begun_is_the_schedule(
        tasks in prop::collection::vec((1..40_u32, prop::collection::vec(any::<prop::sample::Index>(), 0..3), 0..3_usize), 1..9),
    ) {
        let mut p = sample::begun();
        let made = tasks.iter().enumerate().map(|(i, (days, needs, who))| {
            let needs: Vec<String> = needs.iter().filter(|_| i > 0).map(|n| format!("t{}", n.index(i))).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            sample::task(&format!("t{i}"), ["docker", "aws", "cicd"][*who], *days, &needs)
        });
        p.plan.tasks = made.collect();
        p.tasks = p.plan.tasks.iter().map(|t| crate::domain::workflow::project::Tracked::new(&t.id)).collect();
        p.baseline.clear();
        let (s, t) = (crate::domain::workflow::schedule::schedule(&p.plan.tasks), tracking(&p, START));
        prop_assert_eq!((t.planned_end, t.expected_end), (t.expected_end, START + p.ms(s.length)));
        prop_assert_eq!((t.hours_left, &t.path), (s.length, &s.path));
        for (slot, one) in s.slots.iter().zip(&t.tasks) {
            prop_assert_eq!((one.from, one.to), (START + p.ms(slot.from), START + p.ms(slot.to)));
            prop_assert_eq!((&one.id, &one.after), (&slot.task, &slot.after));
        }
    }

    #[test]
    fn it_holds_of_any_project(mut p in project(), steps in prop::collection::vec(happens(), 0..30)) {
        let mut now = START;
        for step in steps {
            let id = |n: usize| format!("t{n}");
            let before = tracking(&p, now);
            match step {
                Happens::Becomes(n, to) => p.task_changed(&id(n), to, "", now),
                Happens::Says(n, percent) => {
                    p.fold(&Workflowed::Percent { task: id(n), percent, note: String::new() }, now);
                }
                Happens::Blocked(n) => {
                    let (text, mitigation) = ("no quota".into(), String::new());
                    p.fold(&Workflowed::Blocked { task: id(n), text, mitigation }, now);
                    let evidence = Vec::new();
                    p.fold(&Workflowed::Escalated { cause: Cause::Blocker, key: String::new(), evidence }, now);
                }
                Happens::Again(n) => {
                    let (verdict, feedback) = (crate::domain::workflow::project::Verdict::Again, Vec::new());
                    p.fold(&Workflowed::Judged { work: id(n), review: id(0), round: 1, verdict, feedback }, now);
                }
                Happens::Passes(ms) => now = now.saturating_add(ms),
            }
            let t = tracking(&p, now);
            prop_assert!(t.percent <= 100 && t.done <= t.total && t.total <= p.plan.tasks.len());
            prop_assert_eq!(t.tasks.len(), p.plan.tasks.len());
            prop_assert!(t.expected_end >= now.min(LATEST));
            prop_assert!(t.tasks.iter().all(|one| one.from <= one.to && one.percent <= 100));
            prop_assert!(t.percent < 100 || t.done == t.total);
            prop_assert!(t.speed.is_some() || t.why.iter().any(|w| w.starts_with("nothing is measured")));
            prop_assert!(!t.why.is_empty() && t.phases.iter().map(|p| p.total).sum::<usize>() == t.total);
            if let Happens::Becomes(_, TaskState::Done) = step {
                prop_assert!(t.done >= before.done && t.percent >= before.percent);
            }
            // What is written is read again.
            let json = serde_json::to_string(&t).unwrap();
            if t.tasks.iter().all(|one| one.from >= 0) {
                prop_assert_eq!(&serde_json::from_str::<Tracking>(&json).unwrap(), &t);
            }
        }
    }
}
