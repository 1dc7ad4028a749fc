//! The five patterns against `source.toml`, which was written from their source by hand.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::*;
use crate::domain::workflow::schedule::schedule;
use crate::domain::workflow::span::WEEK;

#[derive(Deserialize)]
struct Source {
    pattern: Vec<Stated>,
}

/// What the source states of a pattern.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    name: String,
    weeks: u32,
    phases: Vec<StatedPhase>,
    before: Vec<[String; 2]>,
    beside: Vec<[String; 2]>,
    optional: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatedPhase {
    title: String,
    weeks: String,
    who: Vec<String>,
}

fn stated() -> Vec<Stated> {
    toml::from_str::<Source>(include_str!("source.toml")).unwrap().pattern
}

/// The tasks that `Phase/specialist#id` means.
fn meant<'p>(pattern: &'p Pattern, words: &str) -> Vec<&'p str> {
    let (phase, who) = words.split_once('/').unwrap();
    let (who, id) = who.split_once('#').map_or((who, None), |(w, id)| (w, Some(id)));
    let phase = pattern.phases.iter().find(|p| p.title == phase).unwrap_or_else(|| panic!("{words}"));
    let fits = |t: &&crate::domain::workflow::pattern::Step| {
        t.phase == phase.id && pattern.specialist(t) == who && id.is_none_or(|id| t.id == id)
    };
    let tasks: Vec<&str> = pattern.tasks.iter().filter(fits).map(|t| t.id.as_str()).collect();
    assert!(!tasks.is_empty(), "{}: nothing is {words}", pattern.name);
    tasks
}

#[test]
fn phases_weeks_and_specialists_are_those_of_the_source() {
    let all = stated();
    let names: Vec<String> = Pattern::built_in().into_iter().map(|p| p.name).collect();
    assert_eq!(names, all.iter().map(|s| s.name.clone()).collect::<Vec<_>>());
    for stated in all {
        let own = pattern(&stated.name);
        let phases: Vec<(&str, &str)> = own.phases.iter().map(|p| (&*p.title, &*p.weeks)).collect();
        let expected: Vec<(&str, &str)> = stated.phases.iter().map(|p| (&*p.title, &*p.weeks)).collect();
        assert_eq!(phases, expected, "{}", stated.name);
        for (phase, expected) in own.phases.iter().zip(&stated.phases) {
            // What stands in for another under a condition is no further specialist.
            let tasks = own.tasks.iter().filter(|t| t.phase == phase.id);
            let tasks = tasks.filter(|t| t.when.as_deref().is_none_or(|w| !w.starts_with('!')));
            let who: BTreeSet<&str> = tasks.map(|t| own.specialist(t)).collect();
            assert_eq!(who, expected.who.iter().map(String::as_str).collect(), "{}", phase.title);
        }
        let conditions: Vec<&str> = own.conditions.keys().map(String::as_str).collect();
        assert_eq!(conditions, stated.optional, "{}", stated.name);
    }
}

#[test]
fn dependencies_and_parallel_work_are_those_of_the_source() {
    for stated in stated() {
        let (own, plan) = (pattern(&stated.name), plan(&stated.name, &options(&CLOUDS[..clouds(&stated)])));
        for [a, b] in &stated.before {
            for (a, b) in
                meant(&own, a).into_iter().flat_map(|a| meant(&own, b).into_iter().map(move |b| (a, b)))
            {
                assert!(precedes(&plan, a, b), "{}: {a} has to come before {b}", stated.name);
            }
        }
        for [a, b] in &stated.beside {
            let pairs =
                || meant(&own, a).into_iter().flat_map(|a| meant(&own, b).into_iter().map(move |b| (a, b)));
            let together = |(a, b): (&str, &str)| {
                plan.beside(a).any(|(t, sync)| t.id == b && !sync.is_empty())
                    && !precedes(&plan, a, b)
                    && !precedes(&plan, b, a)
            };
            let slots = schedule(&plan.tasks);
            let meet = |(a, b): (&str, &str)| {
                let (a, b) = (slots.slot(a).unwrap(), slots.slot(b).unwrap());
                a.from < b.to && b.from < a.to
            };
            assert!(pairs().any(|p| together(p) && meet(p)), "{}: {a} beside {b}", stated.name);
        }
    }
}

const CLOUDS: [&str; 3] = ["aws", "azure", "gcp"];

/// How many providers a pattern is planned with.
fn clouds(stated: &Stated) -> usize {
    if stated.phases.iter().any(|p| p.who.iter().any(|w| w == "gcp")) { 3 } else { 1 }
}

#[test]
fn plans_last_as_many_weeks_as_the_source_says_and_tasks_are_within_those_of_their_phase() {
    for stated in stated() {
        let plan = plan(&stated.name, &options(&CLOUDS[..clouds(&stated)]));
        let times = schedule(&plan.tasks);
        assert_eq!(times.length, stated.weeks * WEEK, "{}", stated.name);
        for phase in &plan.phases {
            let (first, last) = phase.weeks.split_once('-').unwrap_or((&phase.weeks, &phase.weeks));
            let weeks = (first.parse::<u32>().unwrap() - 1) * WEEK..=last.parse::<u32>().unwrap() * WEEK;
            for task in plan.tasks.iter().filter(|t| t.phase == phase.id) {
                // The strategy stands beside the pipeline, which begins a week before its phase: the source says so.
                if task.id == "monitoring-strategy" {
                    continue;
                }
                let slot = times.slot(&task.id).unwrap();
                assert!(
                    weeks.contains(&slot.from) && weeks.contains(&slot.to),
                    "{}: {} is at hours {} to {}",
                    stated.name,
                    task.id,
                    slot.from,
                    slot.to
                );
            }
        }
    }
}

#[test]
fn every_task_says_what_it_is_to_reach_and_every_doubt_has_its_reading() {
    for own in Pattern::built_in() {
        own.check(&Catalogue::built_in(), &Knowledge::built_in())
            .unwrap_or_else(|f| panic!("{}: {f:?}", own.name));
        assert!(!own.scenario.is_empty() && own.readings.len() >= 5, "{}", own.name);
        for step in &own.tasks {
            let all = [&step.objectives, &step.outcomes, &step.criteria];
            assert!(all.iter().all(|l| !l.is_empty()), "{}: {}", own.name, step.id);
            assert_ne!(step.environment, "production", "{}: {}", own.name, step.id);
        }
    }
    let about = |name: &str, word: &str| pattern(name).readings.iter().any(|r| r.about.contains(word));
    assert!(about("kubernetes-pipeline", "Kubernetes before the pipeline"));
    assert!(about("multi-cloud", "Kubernetes and the pipeline"));
    assert!(about("full-infrastructure", "Monitoring before, beside or after"));
}

#[test]
fn what_the_integrations_of_the_source_hand_over_is_planned() {
    let plan = plan("kubernetes-pipeline", &Options::default());
    let handed = |id: &str| {
        let items = plan.task(id).unwrap().hands_over.iter();
        items.flat_map(|i| i.to.iter().map(move |t| (i.key.as_str(), t.as_str()))).collect::<Vec<_>>()
    };
    assert_eq!(handed("containers"), [("images", "manifests"), ("registry", "manifests")]);
    assert_eq!(handed("manifests"), [("manifests", "pipeline"), ("access", "pipeline")]);
    assert!(handed("pipeline").contains(&("endpoints", "monitoring")));
    let plan = super::plan("migration", &options(&["aws"]));
    let to = &plan.task("infrastructure").unwrap().hands_over;
    assert!(to.iter().any(|i| i.key == "resources" && i.to == ["terraform"]), "{to:?}");
}

#[test]
fn loops_are_those_of_the_source_where_its_tasks_allow_them() {
    let loops = |name: &str| {
        let plan = plan(name, &options(&["aws"]));
        let who = |id: &str| plan.task(id).unwrap().specialist.clone();
        plan.loops.iter().map(|l| format!("{} {}", who(&l.work), who(&l.review))).collect::<Vec<_>>()
    };
    assert_eq!(loops("full-infrastructure"), ["kubernetes monitoring"]);
    assert_eq!(loops("kubernetes-pipeline"), ["kubernetes monitoring"]);
    assert_eq!(loops("multi-cloud"), ["kubernetes monitoring"]);
    assert_eq!(loops("migration"), ["aws security", "kubernetes monitoring"]);
    assert_eq!(loops("modernisation"), ["kubernetes monitoring"]);
}

#[test]
fn what_comes_along_is_in_order() {
    let known = Knowledge::built_in();
    known.check(&Catalogue::built_in()).unwrap();
    assert!(Must::ALL.iter().all(|m| known.musts.tasks.contains_key(m)) && known.musts.production.is_some());
    assert_eq!((known.wins.quick.len(), known.wins.long_term.len()), (7, 6));
    let points = known.checklists.all.iter().map(|l| (&*l.name, l.points.len())).collect::<Vec<_>>();
    let expected = [("security", 6), ("cost", 6), ("availability", 6), ("compliance", 8), ("performance", 6)];
    assert_eq!(points, expected);
    let ids: Vec<&str> = known.checklists.all.iter().flat_map(|l| &l.points).map(|p| p.id.as_str()).collect();
    assert!(["rto", "rpo", "hipaa", "pci-dss", "soc-2"].iter().all(|id| ids.contains(id)));
    for (_, _, one) in known.wins.all() {
        assert!(!one.objectives.is_empty() && !one.outcomes.is_empty() && !one.criteria.is_empty());
    }
}
