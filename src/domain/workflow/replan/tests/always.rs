//! What holds of every change of every plan.

use std::collections::BTreeMap;

use super::*;
use crate::domain::record::Workflowed;
use crate::domain::workflow::brief::brief;
use crate::domain::workflow::pattern::{Loop, Pair};
use crate::domain::workflow::project::{Change, Reason};
use crate::domain::workflow::schedule::schedule;

/// Numbers that are always the same and look like chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn hit(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const WHO: [&str; 4] = ["docker", "kubernetes", "cicd", "security"];

fn project(dice: &mut Dice) -> Project {
    let count = 2 + dice.below(7);
    let mut p = sample::begun();
    p.plan.tasks.clear();
    (p.plan.pairs, p.plan.loops) = (Vec::new(), Vec::new());
    for at in 0..count {
        let mut task = sample::task(&format!("t{at}"), WHO[dice.below(4)], 1 + dice.below(6) as u32, &[]);
        task.needs = (0..at).filter(|_| dice.hit(30)).map(|n| format!("t{n}")).collect();
        task.priority = [Priority::Critical, Priority::High, Priority::Medium][dice.below(3)];
        task.covers = Must::ALL.into_iter().filter(|_| dice.hit(15)).collect();
        if at > 2 && dice.hit(30) {
            task.environment = PRODUCTION.into();
        }
        p.plan.tasks.push(task);
    }
    let id = |n: usize| format!("t{n}");
    if dice.hit(50) {
        p.plan.pairs.push(Pair { tasks: [id(0), id(count - 1)], sync: "what each needs".into() });
    }
    if dice.hit(50) {
        let review = count - 1;
        p.plan.loops.push(Loop { work: id(0), review: id(review), until: "it is good".into(), limit: 3 });
    }
    p.tasks = p.plan.tasks.iter().map(|t| crate::domain::workflow::project::Tracked::new(&t.id)).collect();
    for task in p.plan.tasks.clone() {
        let done = task.needs.iter().all(|n| p.tracked(n).unwrap().state == TaskState::Done);
        if done && dice.hit(70) {
            p.task_changed(&task.id, TaskState::Running, "", START + DAY);
            if dice.hit(60) {
                let text = "## Done\n- it works\n".to_owned();
                p.fold(&Workflowed::HandedOver { task: task.id.clone(), text }, START + 3 * DAY);
                p.task_changed(&task.id, TaskState::Done, "", START + 3 * DAY);
            }
        }
    }
    p
}

fn wanted(dice: &mut Dice, p: &Project) -> Wanted {
    let mut some = || format!("t{}", dice.below(p.plan.tasks.len()));
    let (one, two, three) = (some(), some(), some());
    let who = WHO[dice.below(4)];
    match dice.below(7) {
        0 => {
            let mut task = sample::task("new", who, 2, &[&one]);
            if dice.hit(20) {
                task.environment = PRODUCTION.into();
            }
            Wanted::Add { task: Box::new(task), before: if dice.hit(70) { vec![two] } else { Vec::new() } }
        }
        1 => Wanted::Drop { task: one },
        2 => Wanted::Reorder { task: one, before: two },
        3 => Wanted::Reassign { task: three, to: who.into(), agent: agent(who) },
        4 => Wanted::Deadline { at: dice.hit(80).then(|| NOW + 1 + dice.below(20) as i64 * DAY) },
        5 => Wanted::Budget { amount: dice.hit(80).then(|| dice.below(20_000) as u64) },
        _ => Wanted::Waive { waiver: Waiver { must: Must::ALL[dice.below(6)], reason: "because".into() } },
    }
}

/// What each agent has to know of its open tasks.
fn told(p: &Project) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for task in p.plan.tasks.iter().filter(|t| p.tracked(&t.id).unwrap().state != TaskState::Done) {
        let text = serde_json::to_string(&brief(p, &task.id).unwrap()).unwrap();
        all.entry(task.agent.to_string()).or_default().insert(task.id.clone(), text);
    }
    all
}

#[test]
fn plans_hold_together_and_finished_work_stays_and_only_the_affected_are_briefed() {
    let (mut offered, mut refused) = (0, 0);
    for seed in 0..500 {
        let mut dice = Dice(seed);
        let p = project(&mut dice);
        let wanted = wanted(&mut dice, &p);
        let result = alternatives(&p, &wanted, NOW);
        assert_eq!(result, alternatives(&p, &wanted, NOW), "{seed}: it says the same of the same");
        let all = match result {
            Ok(all) => all,
            Err(why) => {
                assert!(why.contains(": ") && why.len() > 30, "{seed}: {why}");
                refused += 1;
                continue;
            }
        };
        offered += 1;
        assert!((2..=ALTERNATIVES_MOST).contains(&all.len()), "{seed}: {:?}", titles(&all));
        let before = told(&p);
        for a in &all {
            let context = format!("{seed}: {wanted:?}: {}", a.title);
            whole(&p, a, &context);
            // As the engine takes it.
            let mut after = p.clone();
            let change = Change {
                id: 1,
                reason: Reason::Business,
                note: String::new(),
                asked: in_words(&wanted),
                chosen: a.title.clone(),
                others: Vec::new(),
                impact: a.impact.clone(),
                by: "lead".into(),
                at: NOW,
            };
            let (plan, terms) = (Box::new(a.plan.clone()), a.terms.clone());
            after.fold(&Workflowed::Replanned { plan, terms, change: Box::new(change) }, NOW);
            let after = told(&after);
            for name in before.keys().chain(after.keys()) {
                let named = a.impact.affected.iter().any(|n| n == name.as_str());
                assert_eq!(named, before.get(name) != after.get(name), "{context}: {name}");
            }
        }
    }
    assert!(offered > 200 && refused > 50, "{offered} {refused}");
}

#[test]
fn what_a_change_does_is_what_schedule_and_estimate_say_then() {
    let mut compared = 0;
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let mut p = project(&mut dice);
        let fresh = |t: &Task| crate::domain::workflow::project::Tracked::new(&t.id);
        p.tasks = p.plan.tasks.iter().map(fresh).collect();
        p.baseline.clear();
        for a in alternatives(&p, &wanted(&mut dice, &p), START).unwrap_or_default() {
            let s = schedule(&a.plan.tasks);
            assert_eq!(a.impact.length_after, s.length, "{seed}: {}", a.title);
            assert_eq!(a.impact.path_after, s.path, "{seed}: {}", a.title);
            let mut after = impact::with(&p, &a.plan, &a.terms);
            after.tasks.retain(|t| a.plan.task(&t.id).is_some());
            let t = crate::domain::workflow::track::tracking(&after, START);
            assert_eq!((t.expected_end, &t.path), (a.impact.end_after, &s.path), "{seed}: {}", a.title);
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

/// Whether a plan holds together, and keeps what is done.
#[track_caller]
fn whole(p: &Project, a: &Alternative, context: &str) {
    let plan = &a.plan;
    for (at, task) in plan.tasks.iter().enumerate() {
        assert!(!plan.tasks[..at].iter().any(|t| t.id == task.id), "{context}: {} twice", task.id);
        for need in &task.needs {
            assert!(plan.tasks[..at].iter().any(|t| t.id == *need), "{context}: {} before {need}", task.id);
        }
        let distinct: std::collections::BTreeSet<_> = task.needs.iter().collect();
        assert_eq!(distinct.len(), task.needs.len(), "{context}: {} needs one twice", task.id);
        assert!(plan.phases.iter().any(|f| f.id == task.phase), "{context}: {} has no phase", task.id);
    }
    let there = |id: &String| plan.task(id).is_some();
    assert!(plan.pairs.iter().all(|x| x.tasks.iter().all(there)), "{context}");
    assert!(plan.loops.iter().all(|x| there(&x.work) && there(&x.review)), "{context}");
    for done in p.plan.tasks.iter().filter(|t| p.tracked(&t.id).unwrap().state == TaskState::Done) {
        assert_eq!(plan.task(&done.id), Some(done), "{context}: finished work stays");
    }
    let open = edit::unguarded(&p.plan);
    assert!(edit::unguarded(plan).keys().all(|m| open.contains_key(m)), "{context}: production is guarded");
    assert!(!a.title.is_empty() && !a.gains.is_empty() | !a.costs.is_empty(), "{context}");
    assert!(schedule(&plan.tasks).slots.len() == plan.tasks.len(), "{context}");
    assert!(a.impact.path_after.iter().all(there), "{context}");
}
