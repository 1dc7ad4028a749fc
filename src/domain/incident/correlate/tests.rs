use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::incident::finding::{Bounds, read};

/// `id source time kind entities precision`, one finding a line, on the day of the example.
fn findings(lines: &str) -> Vec<Finding> {
    let mut text = String::new();
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        let w: Vec<&str> = line.split_whitespace().collect();
        let entities: Vec<&str> = w[4].split(',').filter(|e| *e != "-").collect();
        let one = serde_json::json!({
            "id": w[0], "source": w[1], "at": format!("2026-03-14T{}Z", w[2]), "kind": w[3], "entities": entities,
            "summary": w[0], "precision": w.get(5).map_or(0, |p| p.parse::<u32>().unwrap()),
        });
        text.push_str(&format!("{one}\n"));
    }
    let (found, problems) = read(&text, &Bounds { kinds: &Kinds::built_in(), now: None, window: None });
    assert!(problems.is_empty(), "{problems:?}");
    found
}

const CHAIN: &str = "
    scale finops 02:10:00 autoscaling.scale_out asg/web
    node k8s 02:12:00 node.added asg/web,node/n1
    pods k8s 02:14:00 pod.scheduled node/n1,deployment/api
    conn rds 02:15:00 db.connections.high db/orders,deployment/api
    slow k8s 02:16:00 api.latency.high deployment/api";

const NAMES: [&str; 5] = ["scale", "node", "pods", "conn", "slow"];

fn of(findings: &[Finding]) -> Correlation {
    correlate(findings, &Mechanisms::built_in(), &Kinds::built_in(), WINDOW)
}

fn links(out: &Correlation) -> BTreeSet<(String, String)> {
    let causal = out.pairs.iter().filter(|p| p.class == Class::Causal);
    causal.map(|p| (p.from.clone(), p.to.clone())).collect()
}

fn class(out: &Correlation, a: &str, b: &str) -> Option<Class> {
    let of = |p: &&Pair| (p.from == a && p.to == b) || (p.from == b && p.to == a);
    out.pairs.iter().find(of).map(|p| p.class)
}

#[test]
fn the_chain_of_five_comes_out_as_its_four_links() {
    let out = of(&findings(CHAIN));
    assert_eq!(out.chains.len(), 1, "{:?}", out.chains);
    assert_eq!(out.chains[0].events, NAMES);
    assert!(out.chains[0].trigger.contains("scale"));
    let expected: BTreeSet<_> = NAMES.windows(2).map(|w| (w[0].to_owned(), w[1].to_owned())).collect();
    assert_eq!(links(&out), expected);
    assert_eq!(out.pairs.iter().map(|p| p.lag_s).collect::<Vec<_>>(), [120.0, 120.0, 60.0, 60.0]);
    assert_eq!((out.groups.len(), out.groups[0].roots.len()), (1, 1));
    assert_eq!(out.groups[0].roots[0].event, "scale");
    assert!(!out.groups[0].roots[0].disproof.is_empty() && out.unexplained.is_empty());
    assert!(out.skew.is_none() && out.cycles.is_empty());
}

#[test]
fn many_findings_of_one_kind_are_one_event() {
    let more = "
        node2 k8s 02:12:20 node.added asg/web,node/n2
        pods2 k8s 02:14:30 pod.scheduled node/n2,deployment/api";
    let out = of(&findings(&format!("{CHAIN}{more}")));
    assert_eq!(out.chains.len(), 1);
    assert_eq!(out.chains[0].events, NAMES);
    assert_eq!(out.events[1].findings, ["node", "node2"]);
}

#[test]
fn an_hourly_line_is_no_instant() {
    let out = of(&findings(&format!("{CHAIN}\n cost finops 02:00:00 cost.spike asg/web 3600")));
    let cost = out.pairs.iter().find(|p| p.to == "cost").unwrap();
    assert_eq!(cost.class, Class::Causal);
    assert!(cost.reason.contains("precision"), "{}", cost.reason);
    assert_eq!(out.chains[0].events, NAMES);
    assert_eq!(class(&out, "cost", "slow"), Some(Class::Correlated));
    let exact = of(&findings(&format!("{CHAIN}\n cost finops 02:00:00 cost.spike asg/web")));
    assert_ne!(class(&exact, "cost", "scale"), Some(Class::Causal));
}

#[test]
fn the_same_time_alone_links_nothing() {
    let out = of(&findings(&format!(
        "{CHAIN}
        herring k8s 02:15:30 deploy.started deployment/search
        cert web 02:16:10 tls.cert.expired host/www"
    )));
    assert_eq!(out.chains[0].events, NAMES);
    assert_eq!(class(&out, "herring", "slow"), Some(Class::Independent));
    assert_eq!(class(&out, "cert", "slow"), Some(Class::Independent));
    let left: Vec<&str> = out.unexplained.iter().map(|u| u.event.as_str()).collect();
    assert_eq!(left, ["herring", "cert"]);
}

#[test]
fn one_cause_two_symptoms_and_a_window_with_both_ends() {
    let out = of(&findings(
        "job finops 02:00:00 job.started job/report,node/n1,db/orders
        memory k8s 02:20:00 node.memory.pressure node/n1
        reads rds 02:21:00 db.slow_queries db/orders",
    ));
    assert_eq!(links(&out).len(), 2, "{:?}", out.pairs);
    assert_eq!(class(&out, "memory", "reads"), Some(Class::Correlated));
    assert_eq!(out.groups[0].roots[0].event, "job");
    assert!(out.chains.iter().all(|c| c.trigger.is_empty()));
    for (time, expected) in [("02:02:00", Some(Class::Correlated)), ("02:02:01", None)] {
        let two = format!("a x 02:00:00 logs.volume.high service/s\n b y {time} auth.errors service/s");
        assert_eq!(class(&of(&findings(&two)), "a", "b"), expected, "{time}");
    }
}

#[test]
fn two_roots_that_explain_the_same_are_undecided() {
    let out = of(&findings(
        "one k8s 02:00:00 deploy.started service/api
        two k8s 02:01:00 config.changed service/api
        errors k8s 02:05:00 api.errors.high service/api",
    ));
    assert_eq!(out.groups[0].undecided, ["one", "two"]);
    assert!(out.groups[0].reason.starts_with("undecided"));
}

#[test]
fn a_clock_that_is_off_is_assumed_only_where_it_repairs_the_chain() {
    for source in ["finops", "k8s", "rds"] {
        for by in [-90, 90] {
            let mut moved = findings(CHAIN);
            moved.iter_mut().filter(|f| f.source == source).for_each(|f| f.at += by * 1000);
            let out = of(&moved);
            assert_eq!(out.chains[0].events, NAMES, "{source} {by}: {:?}", out.chains);
            if source == "rds" && by == 90 {
                let skew = out.skew.unwrap();
                assert!(skew.by_s.abs() <= 90.0 && skew.why.contains("assumed"), "{skew:?}");
            }
        }
    }
    assert!(
        of(&findings("a k8s 02:00:00 api.errors.high service/s\n b ci 02:00:30 deploy.started service/s"))
            .skew
            .is_none()
    );
}

#[test]
fn a_circle_is_told_and_gone_through_once() {
    let out = of(&findings(
        "errors k8s 02:00:00 api.errors.high service/api 60
        retries k8s 02:00:10 api.retries.high service/api 60",
    ));
    assert_eq!(out.cycles, [vec!["errors".to_owned(), "retries".to_owned()]]);
    assert_eq!(out.chains.len(), 1);
    assert_eq!(out.chains[0].events, ["errors", "retries"]);
}

fn any_findings(most: usize) -> impl Strategy<Value = Vec<Finding>> {
    let kinds: Vec<String> = Kinds::built_in().iter().map(|k| k.name.clone()).collect();
    let one =
        (prop::sample::select(kinds), 0..3_u8, 0..600_i64, prop::collection::vec(0..5_u8, 0..3), 0..3_u32);
    prop::collection::vec(one, 0..most).prop_map(|list| {
        let one = |(i, (kind, source, at, entities, precision)): (usize, (String, u8, i64, Vec<u8>, u32))| {
            Finding {
                id: format!("f{i:03}"),
                source: format!("s{source}"),
                at: at * 1000,
                until: None,
                kind,
                entities: entities.into_iter().map(|e| format!("service/e{e}")).collect(),
                summary: String::new(),
                severity: crate::domain::incident::finding::Severity::Info,
                before: None,
                after: None,
                unit: String::new(),
                precision: precision * 30,
                evidence: Vec::new(),
                simulated: true,
            }
        };
        list.into_iter().enumerate().map(one).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_findings_does_not_matter(
        (list, mixed) in any_findings(40).prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
    ) {
        prop_assert_eq!(of(&list), of(&mixed));
    }

    #[test]
    fn moving_all_times_changes_only_the_times(list in any_findings(40), by in -1_000_000_i64..1_000_000) {
        let mut moved = list.clone();
        moved.iter_mut().for_each(|f| f.at += by * 1000);
        let (was, mut is) = (of(&list), of(&moved));
        for (event, before) in is.events.iter_mut().zip(&was.events) {
            prop_assert_eq!(event.at, before.at + by * 1000);
            event.at = before.at;
        }
        // The one text that holds a time.
        is.unexplained.iter_mut().zip(&was.unexplained).for_each(|(i, w)| i.why.clone_from(&w.why));
        prop_assert_eq!(was, is);
    }

    #[test]
    fn an_unrelated_finding_changes_no_link(list in any_findings(40), at in 0..600_i64) {
        let was = of(&list);
        let mut more = list;
        let mut other = findings("zz other 00:00:00 cost.idle volume/unrelated").remove(0);
        other.at = at * 1000;
        more.push(other);
        let is = of(&more);
        prop_assert_eq!(links(&was), links(&is));
        prop_assert_eq!(was.chains, is.chains);
        prop_assert_eq!(was.groups, is.groups);
    }

    #[test]
    fn chains_are_made_of_links_and_links_have_no_by_way(list in any_findings(60)) {
        let out = of(&list);
        let links = links(&out);
        for chain in &out.chains {
            for two in chain.events.windows(2) {
                prop_assert!(links.contains(&(two[0].clone(), two[1].clone())));
            }
        }
        for (a, b) in &links {
            let by_way = links.iter().any(|(x, y)| x == a && y != b && links.contains(&(y.clone(), b.clone())));
            prop_assert!(!by_way, "{} {}", a, b);
        }
    }
}
