//! What holds of every plan, whatever was wanted.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::workflow::pattern::BUILT_IN;
use crate::domain::workflow::schedule::schedule;

fn any_options() -> impl Strategy<Value = Options> {
    let providers = proptest::sample::subsequence(vec!["aws", "azure", "gcp"], 1..=3);
    let who = vec![
        "aws",
        "terraform",
        "ansible",
        "docker",
        "kubernetes",
        "cicd",
        "monitoring",
        "observability",
        "security",
        "devops-orchestrator",
    ];
    let without = proptest::sample::subsequence(who, 0..=4);
    let wins: Vec<String> = Knowledge::built_in().wins.all().map(|(_, n, _)| n.to_owned()).collect();
    let wins = proptest::sample::subsequence(wins, 0..=3);
    let waived = proptest::sample::subsequence(Must::ALL.to_vec(), 0..=2);
    (providers, without, wins, waived, any::<bool>(), any::<bool>()).prop_map(
        |(providers, without, wins, waived, kubernetes, production)| Options {
            without: without.into_iter().map(str::to_owned).collect(),
            conditions: set("kubernetes", kubernetes),
            production,
            wins,
            waivers: waived.into_iter().map(|m| waiver(m, "because")).collect(),
            ..options(&providers)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn plans_are_whole_whatever_was_wanted(at in 0..BUILT_IN.len(), mut wanted in any_options()) {
        let name = BUILT_IN[at].0;
        wanted.conditions.retain(|c, _| pattern(name).conditions.contains_key(c));
        let Ok(plan) = planned(name, &wanted) else { return Ok(()) };
        // A task stands behind those it needs, and needs none that is not there.
        let mut seen = BTreeSet::new();
        for task in &plan.tasks {
            prop_assert!(task.needs.iter().all(|n| seen.contains(n)), "{} needs {:?}", task.id, task.needs);
            prop_assert!(seen.insert(task.id.clone()), "{} is there twice", task.id);
            prop_assert!(plan.phases.iter().any(|p| p.id == task.phase));
        }
        // What must not be skipped, and is not waived, precedes everything in production.
        let first: Vec<&str> =
            plan.tasks.iter().filter(|t| t.environment == "production").map(|t| t.id.as_str()).collect();
        prop_assert_eq!(first.len(), usize::from(wanted.production));
        for end in first {
            for must in Must::ALL.into_iter().filter(|m| wanted.waivers.iter().all(|w| w.must != *m)) {
                let covered = plan.tasks.iter().any(|t| t.covers.contains(&must) && precedes(&plan, &t.id, end));
                prop_assert!(covered, "{} does not precede {}", must.word(), end);
            }
        }
        // Whoever needs the work of a loop needs its review.
        for l in &plan.loops {
            for task in plan.blocks(&l.work) {
                let beside = plan.beside(&l.review).any(|(t, _)| t.id == task.id);
                let exempt = task.id == l.review || beside || precedes(&plan, &task.id, &l.review);
                prop_assert!(exempt || task.needs.contains(&l.review), "{} {:?}", task.id, l);
            }
        }
        for pair in &plan.pairs {
            let [a, b] = &pair.tasks;
            prop_assert!(!precedes(&plan, a, b) && !precedes(&plan, b, a), "{:?}", pair);
        }
        for task in plan.tasks.iter().filter(|t| t.added.is_empty()) {
            prop_assert!(!wanted.without.contains(&task.specialist), "{}", task.id);
        }
        // One specialist's tasks never meet.
        for (i, a) in plan.tasks.iter().enumerate() {
            for b in plan.tasks.iter().skip(i + 1).filter(|b| b.specialist == a.specialist) {
                let ordered = precedes(&plan, &a.id, &b.id) || precedes(&plan, &b.id, &a.id);
                prop_assert!(ordered, "{} and {} of {}", a.id, b.id, a.specialist);
            }
        }
        prop_assert!(schedule(&plan.tasks).slots.iter().all(|s| s.after.is_none()));
        // The same again is the same.
        prop_assert_eq!(Ok(plan), planned(name, &wanted));
    }
}
