//! What holds of every incident: the scenarios and some made-up ones.

use std::collections::BTreeSet;

use super::*;
use crate::domain::incident::finding::Severity;
use crate::domain::incident::scenes;
use crate::domain::incident::score::made::made;

/// The findings of all scenarios and of forty made-up incidents, each with a name.
fn incidents() -> Vec<(String, Vec<Finding>)> {
    let mechanisms = Mechanisms::built_in();
    let list: Vec<_> = mechanisms.iter().collect();
    let scenes = scenes::all().into_iter().map(|path| (scenes::name(&path), scenes::findings(&path)));
    scenes.chain((500..540).map(|seed| (format!("seed {seed}"), made(seed, &list).findings))).collect()
}

fn of(findings: &[Finding]) -> Correlation {
    correlate(findings, &Mechanisms::built_in(), &Kinds::built_in(), WINDOW)
}

fn json(found: &Correlation) -> String {
    serde_json::to_string(found).unwrap()
}

fn one(id: &str, source: &str, at_ms: i64, kind: &str, entities: &[&str], precision: u32) -> Finding {
    Finding {
        id: id.into(),
        source: source.into(),
        at: at_ms,
        until: None,
        kind: kind.into(),
        entities: entities.iter().map(|e| (*e).to_owned()).collect(),
        summary: String::new(),
        severity: Severity::Info,
        before: None,
        after: None,
        unit: String::new(),
        precision,
        evidence: Vec::new(),
        simulated: true,
    }
}

fn links(found: &Correlation) -> BTreeSet<(&str, &str)> {
    let causal = found.pairs.iter().filter(|p| p.class == Class::Causal);
    causal.map(|p| (p.from.as_str(), p.to.as_str())).collect()
}

#[test]
fn the_order_of_findings_changes_no_byte() {
    for (name, findings) in incidents() {
        let was = json(&of(&findings));
        for step in [1, 3, 7] {
            let n = findings.len().max(1);
            let mut mixed = findings.clone();
            mixed.rotate_left(step % n);
            mixed.reverse();
            mixed.sort_by_key(|f| f.id.bytes().map(u64::from).sum::<u64>() * step as u64 % 11);
            assert_eq!(json(&of(&mixed)), was, "{name}");
        }
    }
}

#[test]
fn a_constant_added_to_all_times_changes_only_the_times() {
    for (name, findings) in incidents() {
        let was = of(&findings);
        for by in [-86_400_000, 3_600_000, 31_536_000_000] {
            let mut moved = findings.clone();
            moved.iter_mut().for_each(|f| f.at += by);
            let mut is = of(&moved);
            for event in &mut is.events {
                event.at -= by;
            }
            // The one text that holds a time.
            for (one, before) in is.unexplained.iter_mut().zip(&was.unexplained) {
                let time = |at: i64| stamp::text(at);
                let at = was.events.iter().find(|e| e.id == before.event).unwrap().at;
                one.why = one.why.replace(&time(at + by), &time(at));
            }
            assert_eq!(is, was, "{name} by {by}");
        }
    }
}

#[test]
fn without_an_unrelated_finding_all_else_is_the_same() {
    let mut tried = 0;
    for (name, findings) in incidents() {
        let was = of(&findings);
        let about = |p: &Pair, id: &str| p.from == id || p.to == id;
        for gone in &was.unexplained {
            // Alone, and naming nothing that another names.
            let own = &findings.iter().find(|f| f.id == gone.event).unwrap().entities;
            let shared = |f: &&Finding| f.id != gone.event && f.entities.iter().any(|e| own.contains(e));
            if findings.iter().any(|f| shared(&f)) {
                continue;
            }
            tried += 1;
            let rest: Vec<Finding> = findings.iter().filter(|f| f.id != gone.event).cloned().collect();
            let is = of(&rest);
            assert_eq!((&is.chains, &is.groups, &is.skew), (&was.chains, &was.groups, &was.skew), "{name}");
            let kept: Vec<&Pair> = was.pairs.iter().filter(|p| !about(p, &gone.event)).collect();
            assert_eq!(is.pairs.iter().collect::<Vec<_>>(), kept, "{name} without {}", gone.event);
        }
    }
    assert!(tried >= 30, "{tried}");
}

/// The five steps of the example, at exact times.
fn five_steps() -> Vec<Finding> {
    let minute = |m: i64| 1_773_446_400_000 + m * 60_000;
    vec![
        one("scale", "finops", minute(10), "autoscaling.scale_out", &["asg/web"], 0),
        one("node", "k8s", minute(12), "node.added", &["node/n1", "asg/web"], 0),
        one("pods", "k8s", minute(14), "pod.scheduled", &["service/api", "node/n1", "db/orders"], 0),
        one("conn", "rds", minute(15), "db.connections.high", &["db/orders"], 0),
        one("slow", "k8s", minute(16), "api.latency.high", &["service/api", "db/orders"], 0),
    ]
}

#[test]
fn a_clock_that_is_off_by_ninety_seconds_hides_no_chain() {
    for source in ["finops", "k8s", "rds"] {
        for by in [-90_000, 90_000] {
            let mut findings = five_steps();
            findings.iter_mut().filter(|f| f.source == source).for_each(|f| f.at += by);
            let found = of(&findings);
            assert_eq!(found.chains.len(), 1, "{source} {by}: {:?}", found.chains);
            assert_eq!(found.chains[0].events, ["scale", "node", "pods", "conn", "slow"], "{source} {by}");
            // Two minutes lie between the first two: ninety seconds do not turn them round, and nothing tells.
            let marked = found.skew.as_ref().map(|s| s.by_s.abs() <= 90.0 && s.why.contains("assumed"));
            assert_eq!(marked, (source != "finops").then_some(true), "{source} {by}: {:?}", found.skew);
        }
    }
    assert!(of(&five_steps()).skew.is_none());
    // As the analysts see it: a figure of a minute stands for the whole minute, so that less has to be assumed.
    let scenario = scenes::all().into_iter().find(|p| p.ends_with("scale-out")).unwrap();
    let steps = of(&scenes::findings(&scenario)).chains[0].events.clone();
    assert_eq!(steps.len(), 5);
    for source in ["finops-agent", "k8s-health-agent", "rds-health-agent"] {
        for by in [-90_000, 90_000] {
            let mut findings = scenes::findings(&scenario);
            findings.iter_mut().filter(|f| f.source == source).for_each(|f| f.at += by);
            let found = of(&findings);
            assert_eq!(found.chains[0].events, steps, "{source} {by}: {:?}", found.skew);
        }
    }
}

#[test]
fn the_window_has_both_its_ends() {
    for (ms, inside) in [(119_999, true), (120_000, true), (120_001, false)] {
        for sign in [1, -1] {
            let two = [
                one("a", "x", 0, "logs.volume.high", &["service/s"], 0),
                one("b", "y", ms * sign, "auth.errors", &["service/s"], 0),
            ];
            let found = of(&two);
            assert_eq!(found.pairs.first().map(|p| p.class), inside.then_some(Class::Correlated), "{ms}");
            assert_eq!(found.groups.len(), usize::from(inside), "{ms}");
            let apart = [two[0].clone(), Finding { entities: vec!["service/t".into()], ..two[1].clone() }];
            let class = of(&apart).pairs.first().map(|p| p.class);
            assert_eq!(class, inside.then_some(Class::Independent), "{ms}");
        }
    }
    // The lag of a mechanism too: a scale-out adds nodes within 900 s.
    for (ms, linked) in [(-1, false), (0, true), (900_000, true), (900_001, false)] {
        let two = [
            one("a", "x", 0, "autoscaling.scale_out", &["asg/web"], 0),
            one("b", "x", ms, "node.added", &["asg/web"], 0),
        ];
        assert_eq!(links(&of(&two)).len(), usize::from(linked), "{ms}");
    }
}

#[test]
fn only_neighbours_are_linked_and_a_slow_burn_is_longer_than_any_window() {
    for (name, findings) in incidents() {
        let found = of(&findings);
        let links = links(&found);
        let below = |from: &str| {
            let (mut open, mut seen) = (vec![from.to_owned()], BTreeSet::new());
            while let Some(i) = open.pop() {
                let next = links.iter().filter(|(a, _)| *a == i).map(|(_, b)| (*b).to_owned());
                open.extend(next.filter(|n| seen.insert(n.clone())));
            }
            seen
        };
        for (a, b) in &links {
            let longer = links.iter().any(|(x, y)| x == a && y != b && below(y).contains(*b));
            assert!(!longer, "{name}: {a} -> {b} has a longer way");
        }
        for chain in &found.chains {
            let kind = &found.events.iter().find(|e| e.id == chain.events[0]).unwrap().kind;
            let origin = Kinds::built_in().get(kind).unwrap().origin;
            assert_eq!(chain.trigger.is_empty(), origin, "{name}: {}", chain.trigger);
            assert!(origin || chain.trigger.contains(&chain.events[0]), "{name}");
        }
    }
    let hour = [
        one("leak", "k8s", 0, "memory.leak", &["service/api"], 0),
        one("full", "k8s", 20 * 3_600_000, "pod.memory.high", &["service/api"], 60),
        one("kill", "k8s", 21 * 3_600_000, "pod.oom_killed", &["service/api"], 0),
    ];
    assert_eq!(of(&hour).chains[0].events, ["leak", "full", "kill"]);
}

#[test]
fn clocks_that_make_a_circle_are_reported_and_end() {
    let kinds = ["api.errors.high", "api.retries.high", "api.timeouts", "api.latency.high"];
    let all: Vec<Finding> = (0..40)
        .map(|i| {
            let kind = kinds[i % 4];
            one(&format!("f{i:02}"), &format!("s{i}"), i as i64 * 1000, kind, &["service/api"], 600)
        })
        .collect();
    let found = of(&all);
    assert_eq!(found.cycles.len(), 1);
    assert!(found.cycles[0].len() > 20 && !found.chains.is_empty(), "{:?}", found.cycles);
    let place = |id: &str| all.iter().position(|f| f.id == id).unwrap();
    assert!(links(&found).iter().all(|(a, b)| place(a) < place(b)), "order goes by the stamps");
}

#[test]
fn whatever_is_handed_in_comes_to_an_end() {
    assert_eq!(of(&[]), Correlation { window_s: WINDOW, ..Correlation::default() });
    let single = of(&[one("a", "x", 0, "node.added", &["node/n"], 0)]);
    assert_eq!((single.events.len(), single.unexplained.len(), single.groups.len()), (1, 1, 0));
    let kinds: Vec<String> = Kinds::built_in().iter().map(|k| k.name.clone()).collect();
    // A thousand at one moment, of all kinds, of one thing and of a thousand things of one owner.
    for (precision, about) in [(0, 1), (0, 1000), (31 * 86_400, 1), (31 * 86_400, 1000), (u32::MAX, 7)] {
        let all: Vec<Finding> = (0..1000)
            .map(|i| {
                let own = format!("pod/p{}", i % about);
                let source = format!("s{}", i % 9);
                let mut f = one(&format!("f{i}"), &source, 0, &kinds[i % kinds.len()], &[], precision);
                f.entities = vec![own, "service/api".into(), "db/orders".into()];
                f
            })
            .collect();
        let found = of(&all);
        assert_eq!(found.events.iter().map(|e| e.findings.len()).sum::<usize>(), 1000);
        let listed = found.pairs.iter().filter(|p| p.class != Class::Causal).count();
        assert!(listed <= 2 * PAIRS_MOST && found.unlisted > 0 && found.chains.len() <= CHAINS_MOST);
    }
    // Times at the ends of what can be said.
    for at in [i64::MIN / 4, i64::MAX / 4] {
        let two = [
            one("a", "x", at, "autoscaling.scale_out", &["asg/web"], u32::MAX),
            one("b", "y", at, "node.added", &["asg/web"], u32::MAX),
        ];
        assert_eq!(links(&of(&two)).len(), 1);
    }
}
