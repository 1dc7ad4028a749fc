mod figures;
mod kit;
mod numbers;
mod text;

use self::kit::{at, completion, figure, weekly};
use super::milestone::State;
use super::weekly::{Measured, When};
use super::*;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::Waiver;
use crate::domain::workflow::project::{Epoch, Verdict, sample};
use crate::domain::workflow::watch::Clash;

#[test]
fn a_running_week_is_told_as_it_is() {
    let p = sample::ninth_day();
    let r = told(&p, &Seen::default(), Kind::Weekly(2), at(9));
    assert_eq!((r.title.as_str(), r.head.at, r.unknown.len()), ("Week 2 update – shop", at(9), 0));
    let w = r.weekly.unwrap();
    assert_eq!((w.from, w.to, w.when), (at(7), at(14), When::Running));
    assert!(w.achievements.is_empty() && w.milestones.is_empty());
    let going: Vec<_> = w.in_progress.iter().map(|g| (g.task.as_str(), g.percent, g.measured)).collect();
    assert_eq!(going, [("cluster", Some(60), Measured::Said)]);
    assert_eq!(w.in_progress[0].note, "charts are written");
    // Four of ten days that are left at 125 % of the planned speed end before week 4 begins.
    assert_eq!(
        w.next.iter().map(|n| n.task.as_str()).collect::<Vec<_>>(),
        ["pipeline", "monitoring", "logging"]
    );
    let b = &w.blockers[0];
    assert_eq!((b.id, b.task.as_str(), b.since, b.mitigation.as_str()), (1, "cluster", at(8), ""));
    assert_eq!(w.risks[0].more, "replication comes in phase 2");
    let key = &w.metrics[0];
    let latest = key.latest.as_ref().unwrap();
    assert_eq!(
        (latest.value.as_str(), latest.epoch, latest.by.as_str(), latest.at),
        ("2 a week", Epoch::Now, "lead", at(8))
    );
    assert_eq!(key.before.as_ref().unwrap().value, "1 a week");
    assert_eq!(w.metrics[2].latest, None);
    assert_eq!(w.metrics[2].give, "orchestra workflow figure mttr VALUE");
    assert_eq!(w.decisions[0].text, ["managed nodes or own?"]);
    assert_eq!(w.decisions[0].give, "orchestra workflow decide 1 TEXT");
}

#[test]
fn an_earlier_week_is_told_as_it_was_and_what_cannot_be_known_is_said() {
    // Asked in the second week, and when all is over.
    for (p, now) in [(sample::ninth_day(), at(9)), (sample::complete(), at(40))] {
        let r = told(&p, &Seen::default(), Kind::Weekly(1), now);
        assert_eq!((r.head.at, r.head.stage, r.head.done), (at(7), Stage::Running, 1));
        let w = r.weekly.unwrap();
        assert_eq!(w.when, When::Past);
        let done: Vec<_> = w.achievements.iter().map(|a| (a.task.as_str(), a.took, a.planned)).collect();
        assert_eq!(done, [("containers", Some(4 * 24), Some(5 * 24))]);
        assert_eq!(w.achievements[0].done, ["images are 80 MB instead of 900 MB"]);
        assert_eq!(w.milestones[0].name, "application-containerized");
        // Three of seven days had passed.
        let going: Vec<_> = w.in_progress.iter().map(|g| (g.task.as_str(), g.percent, g.measured)).collect();
        assert_eq!(going, [("cluster", Some(42), Measured::Computed)]);
        // Red flags that wait for an answer are asked in every week.
        assert!(w.blockers.is_empty() && w.decisions.iter().all(|d| d.what == "flag"));
        assert_eq!(w.metrics[0].latest.as_ref().unwrap().value, "1 a week");
        assert!(r.unknown[0].starts_with("how far its agents said"), "{:?}", r.unknown);
    }
    // Right behind its end nothing is lost yet.
    let mut p = sample::begun();
    p.task_changed("containers", TaskState::Running, "", at(0));
    p.fold(&Workflowed::Percent { task: "containers".into(), percent: 70, note: "n".into() }, at(6));
    let r = told(&p, &Seen::default(), Kind::Weekly(1), at(7) + 1000);
    assert_eq!((r.unknown.len(), r.weekly.unwrap().in_progress[0].percent), (0, Some(70)));
    let r = told(&p, &Seen::default(), Kind::Weekly(1), at(8));
    assert_eq!((r.unknown.len(), r.weekly.unwrap().in_progress[0].measured), (1, Measured::Computed));
    // Whoever knows the project as it was loses nothing at all.
    let r = told_then(&p, &Seen::default(), Kind::Weekly(1), at(8));
    let w = r.weekly.unwrap();
    assert_eq!(
        (r.unknown.len(), r.head.at, w.when, w.in_progress[0].percent),
        (0, at(7), When::Past, Some(70))
    );
}

#[test]
fn weeks_that_are_not_there_are_empty() {
    let ahead = weekly(&sample::ninth_day(), 5, 9);
    assert_eq!(ahead.when, When::Ahead);
    assert!(ahead.achievements.is_empty() && ahead.rounds.is_empty());
    let after = weekly(&sample::complete(), 6, 40);
    assert_eq!((after.when, after.next.len(), after.in_progress.len()), (When::After, 0, 0));
    let last = weekly(&sample::complete(), 4, 40);
    assert_eq!((last.when, last.achievements.len(), last.rounds.len()), (When::Running, 2, 2));
    assert_eq!(weekly(&sample::begun(), 0, 1).week, 1);
    assert_eq!(weekly(&sample::begun(), u32::MAX, 1).when, When::Ahead);
}

#[test]
fn what_went_wrong_is_among_blockers_and_risks() {
    let mut p = sample::ninth_day();
    p.fold(&Workflowed::Held { task: "cluster".into(), reasons: vec!["a gate is red".into()] }, at(9));
    let w = weekly(&p, 2, 9);
    assert_eq!((w.troubles[0].task.as_str(), w.troubles[0].more.as_str()), ("cluster", "a gate is red"));
    p.task_changed("cluster", TaskState::Failed, "no quota", at(9));
    let w = weekly(&p, 2, 9);
    assert_eq!((w.troubles[0].text.as_str(), w.troubles[0].more.as_str()), ("it failed", "no quota"));
    assert!(w.in_progress.is_empty());
    p.task_changed("cluster", TaskState::Queued, "", at(9));
    assert_eq!(weekly(&p, 2, 9).in_progress[0].measured, Measured::Again);
    let clashes = vec![Clash { agents: ["a".into(), "b".into()], files: vec!["f".into()] }];
    let r = told(&p, &Seen { clashes }, Kind::Weekly(1), at(9));
    assert!(r.unknown.contains(&"which branches did not merge then".to_owned()));
}

#[test]
fn milestones_are_reached_under_way_ahead_or_no_part() {
    let mut p = sample::ninth_day();
    for (task, milestone) in [(1, "kubernetes-operational"), (2, "pipeline-functional"), (3, "own-one")] {
        p.plan.tasks[task].milestone = milestone.into();
    }
    let m = told(&p, &Seen::default(), Kind::Milestone, at(9)).milestone.unwrap();
    let of = |name: &str| m.milestones.iter().find(|m| m.name == name).unwrap();
    assert_eq!(m.milestones.len(), 8);
    assert_eq!(
        (of("application-containerized").state, of("application-containerized").at),
        (State::Reached, Some(at(4)))
    );
    let cluster = of("kubernetes-operational");
    assert_eq!((cluster.state, cluster.at), (State::UnderWay, None));
    let expected = crate::domain::workflow::track::tracking(&p, at(9));
    assert_eq!(cluster.expected, expected.tasks.iter().find(|t| t.id == "cluster").map(|t| t.to));
    assert_eq!((of("pipeline-functional").state, of("own-one").state), (State::Ahead, State::Ahead));
    assert_eq!(of("production-complete").state, State::NoPart);
    let [task] = m.tasks.as_slice() else { panic!("{:?}", m.tasks) };
    assert_eq!((task.took, task.planned, task.ended), (Some(96), Some(120), Some(at(4))));
    assert_eq!(
        (task.decisions[0].text.as_str(), task.decisions[0].more.as_str()),
        ("distroless base", "fewer packages to patch")
    );
    assert_eq!((task.next.as_slice(), task.items.len()), (["sign the images".to_owned()].as_slice(), 2));
    // A milestone of two tasks is there when both are, those that were left out aside.
    p.plan.tasks[1].milestone = "application-containerized".into();
    let state = |p: &Project| {
        let m = told(p, &Seen::default(), Kind::Milestone, at(9)).milestone.unwrap();
        m.milestones.into_iter().find(|m| m.name == "application-containerized").unwrap()
    };
    assert_eq!(state(&p).state, State::UnderWay);
    p.task_changed("cluster", TaskState::Skipped, "", at(9));
    assert_eq!((state(&p).state, state(&p).tasks.len()), (State::Reached, 2));
}

#[test]
fn a_whole_project_is_told_from_its_record() {
    let mut p = sample::complete();
    p.plan.options.waivers.push(Waiver { must: Must::Recovery, reason: "the shop can be rebuilt".into() });
    let c = completion(&p, 40);
    let o = &c.overview;
    assert_eq!((o.took, o.planned, o.planned_now, o.late, o.early), (22 * 24, 22 * 24, 22 * 24, 0, 0));
    assert_eq!((o.specialists.len(), o.providers.as_slice()), (5, ["aws".to_owned()].as_slice()));
    // 4 + 8 + 6 + 3 + 3 days at 800 EUR.
    assert_eq!(o.cost.specialists.value, "19,200 EUR");
    assert_eq!(o.cost.specialists.how, "24 d of work at 800 EUR a day");
    assert_eq!((o.cost.total.value.as_str(), o.cost.budget.as_str()), ("", "30,000 EUR"));
    let areas: Vec<_> =
        c.improvements.iter().map(|i| (i.title.as_str(), i.specialists.len(), i.done.len())).collect();
    assert_eq!(
        areas,
        [("Containers and orchestration", 2, 2), ("CI/CD", 1, 1), ("Monitoring and observability", 2, 2)]
    );
    let lessons: Vec<_> = c.lessons.iter().map(|l| (l.text.as_str(), l.from.as_str())).collect();
    for expected in [
        ("containers took 4 d, planned were 5 d", "times of containers"),
        ("cluster took 8 d, planned were 7 d", "times of cluster"),
        ("cluster was sent back by monitoring: limits are too low", "round 1 of cluster"),
        ("cluster was blocked for 1 d: no quota for load balancers", "blocker 1"),
        ("recovery was left out: the shop can be rebuilt", "waiver"),
        ("distroless base: fewer packages to patch", "handover of containers"),
    ] {
        assert!(lessons.contains(&expected), "{expected:?} in {lessons:#?}");
    }
    let next: Vec<_> = c.recommendations.iter().map(|l| (l.text.as_str(), l.from.as_str())).collect();
    for expected in [
        ("do what was left out: recovery", "waiver: the shop can be rebuilt"),
        ("sign the images", "handover of containers"),
        ("see to secrets", "checklist security of Phase build, not seen to"),
        ("settle what was raised: cluster: no quota for load balancers", "escalation 1"),
        ("decide: managed nodes or own?", "question 1"),
    ] {
        assert!(next.contains(&expected), "{expected:?} in {next:#?}");
    }
    // What is seen to, settled and decided is recommended no more.
    let (phase, list, point, by) =
        ("build".to_owned(), "security".to_owned(), "secrets".to_owned(), "lead".to_owned());
    p.fold(&Workflowed::Ticked { phase, list, point, note: String::new(), by: by.clone() }, at(22));
    p.fold(&Workflowed::Settled { id: 1, how: "quota was raised".into() }, at(22));
    p.fold(&Workflowed::Decided { id: 1, decision: "managed".into(), by }, at(22));
    let c = completion(&p, 40);
    let texts: Vec<_> = c.recommendations.iter().map(|r| r.text.as_str()).collect();
    assert!(!texts.contains(&"see to secrets") && texts.contains(&"see to least-privilege"), "{texts:?}");
    assert!(!texts.iter().any(|t| t.starts_with("settle") || t.starts_with("decide")), "{texts:?}");
    assert!(c.lessons.iter().any(|l| l.text.ends_with("settled: quota was raised")));
}

#[test]
fn what_was_measured_before_only_is_to_be_measured_again() {
    let mut p = sample::complete();
    figure(&mut p, "mttr", Epoch::Before, "45 min", 1);
    let wants = |p: &Project| completion(p, 40).recommendations.iter().any(|r| r.text.ends_with("too: MTTR"));
    assert!(wants(&p));
    figure(&mut p, "mttr", Epoch::After, "12 min", 22);
    assert!(!wants(&p));
}

#[test]
fn a_rehearsal_says_once_how_long_its_days_are() {
    let mut p = sample::begun();
    p.day_ms = 1000;
    p.task_changed("containers", TaskState::Running, "", at(0));
    p.task_changed("containers", TaskState::Done, "", at(0) + 4_000);
    let written = report(&p, &Seen::default(), Kind::Weekly(1), at(0) + 5_000).markdown;
    assert_eq!(written.matches("A planned day lasted 1 s").count(), 1);
    assert!(
        written.contains("day 6 (2026-03-02 09:00:05 UTC)") && written.contains("in 4 d of 5 d planned"),
        "{written}"
    );
    assert_eq!(week_at(&p, at(0) + 7_000), 2);
    assert!(
        !report(&sample::begun(), &Seen::default(), Kind::Completion, at(1))
            .markdown
            .contains("planned day lasted")
    );
}

#[test]
fn json_is_read_again() {
    for kind in [Kind::Weekly(2), Kind::Milestone, Kind::Completion] {
        let r = told(&sample::complete(), &Seen::default(), kind, at(22));
        let json = serde_json::to_value(&r).unwrap();
        assert_eq!(json["answer"], "workflow_report");
        assert!(json[kind.word()].is_object(), "{}", kind.word());
        assert_eq!(serde_json::from_value::<Report>(json).unwrap(), r);
    }
    assert_eq!(Verdict::Met, weekly(&sample::complete(), 4, 40).rounds[1].verdict);
}
