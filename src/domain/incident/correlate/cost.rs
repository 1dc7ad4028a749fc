//! `just prove-correlate`: what ten thousand findings cost, and that what they say is still found among them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::*;
use crate::domain::incident::finding::Severity;

/// What is asked of ten thousand findings.
const MOST: Duration = Duration::from_secs(2);
/// How many chains of five steps lie among them.
const CHAINS: usize = 20;
const STEPS: [&str; 5] =
    ["autoscaling.scale_out", "node.added", "pod.scheduled", "db.connections.high", "api.latency.high"];

/// How findings lie.
struct Layout {
    name: &'static str,
    /// Over how many seconds.
    span: u64,
    /// Of how many services, each with ten pods.
    services: u64,
}

const LAYOUTS: [Layout; 4] = [
    Layout { name: "spread over a day", span: 86_400, services: 300 },
    Layout { name: "within one hour", span: 3_600, services: 300 },
    Layout { name: "within one window", span: 120, services: 300 },
    Layout { name: "one hour, 3 services", span: 3_600, services: 3 },
];

fn one(id: String, source: String, second: u64, kind: &str, entities: Vec<String>) -> Finding {
    Finding {
        id,
        source,
        at: i64::try_from(second).unwrap() * 1000,
        until: None,
        kind: kind.to_owned(),
        entities,
        summary: String::new(),
        severity: Severity::Info,
        before: None,
        after: None,
        unit: String::new(),
        precision: 0,
        evidence: Vec::new(),
        simulated: true,
    }
}

/// `n` findings that mean nothing, and chains of which each has its own entities.
fn findings(layout: &Layout, n: usize) -> Vec<Finding> {
    let kinds: Vec<String> = Kinds::built_in().iter().map(|k| k.name.clone()).collect();
    // A fixed sequence that looks random.
    let mut seed = 7_u64;
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % most
    };
    let mut list: Vec<Finding> = (0..n - CHAINS * STEPS.len())
        .map(|i| {
            let (service, pod) = (next(layout.services), next(10));
            let entities = vec![
                format!("service/s{service}"),
                format!("pod/s{service}-{pod}"),
                format!("db/d{}", service % 40),
            ];
            let kind = &kinds[usize::try_from(next(kinds.len() as u64)).unwrap()];
            one(format!("f{i}"), format!("source-{}", next(5)), next(layout.span), kind, entities)
        })
        .collect();
    for chain in 0..CHAINS {
        let begin = next(layout.span.saturating_sub(100));
        let names = ["asg", "node", "deployment", "db", "service"];
        for (step, kind) in STEPS.iter().enumerate() {
            let own = format!("{}/chain-{chain}", names[step]);
            let to = names.get(step + 1).map(|next| format!("{next}/chain-{chain}"));
            let entities = std::iter::once(own).chain(to).collect();
            list.push(one(id(chain, step), "source-0".into(), begin + 20 * step as u64, kind, entities));
        }
    }
    list
}

fn id(chain: usize, step: usize) -> String {
    format!("chain-{chain}-{step}")
}

/// How many of the chains are there, whole and with nothing else in them.
fn whole(found: &Correlation) -> usize {
    let causal = found.pairs.iter().filter(|p| p.class == Class::Causal);
    let links: BTreeSet<(&str, &str)> = causal.map(|p| (p.from.as_str(), p.to.as_str())).collect();
    let is_whole = |chain: &usize| {
        let own = links.iter().filter(|(a, b)| {
            let of = format!("chain-{chain}-");
            a.starts_with(&of) || b.starts_with(&of)
        });
        own.count() == STEPS.len() - 1
            && (1..STEPS.len()).all(|s| links.contains(&(&id(*chain, s - 1), &id(*chain, s))))
    };
    (0..CHAINS).filter(is_whole).count()
}

fn proved(n: &[usize]) -> Vec<(&'static str, usize, Duration)> {
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let mut took = Vec::new();
    for layout in &LAYOUTS {
        for n in n {
            let list = findings(layout, *n);
            let begin = Instant::now();
            let found = correlate(&list, &mechanisms, &kinds, WINDOW);
            took.push((layout.name, *n, begin.elapsed()));
            assert_eq!(whole(&found), CHAINS, "{} {n}", layout.name);
            assert_eq!(found.events.iter().map(|e| e.findings.len()).sum::<usize>(), *n);
            let of = |class| found.pairs.iter().filter(|p| p.class == class).count();
            assert!(of(Class::Correlated) <= PAIRS_MOST && of(Class::Independent) <= PAIRS_MOST);
            let listed: BTreeSet<(&str, &str)> =
                found.pairs.iter().map(|p| (p.from.as_str(), p.to.as_str())).collect();
            assert_eq!(listed.len(), found.pairs.len(), "a pair is listed twice");
        }
    }
    took
}

#[test]
fn what_is_true_is_found_among_a_thousand() {
    assert_eq!(proved(&[1000]).len(), LAYOUTS.len());
}

#[test]
#[ignore = "a measurement, for a release build"]
#[allow(clippy::print_stdout)]
fn ten_thousand_findings() {
    for (name, n, took) in proved(&[2_500, 5_000, 10_000, 20_000]) {
        println!("| {name} | {n} | {:.3} s |", took.as_secs_f64());
        assert!(n > 10_000 || took < MOST, "{name} {n}: {took:?}");
    }
}
