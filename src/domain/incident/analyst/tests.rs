use std::path::Path;

use super::super::finding::{Bounds, check};
use super::super::kind::Kinds;
use super::super::scenes::{self, data, run, truth};
use super::super::stamp;
use super::*;

fn all(scenario: &Path) -> (Vec<Finding>, Vec<Note>) {
    let mut whole = (Vec::new(), Vec::new());
    for who in Analyst::ALL {
        let files = data(scenario, who);
        let one = run(who, &files);
        assert!(!files.is_empty() || one.notes.len() == 1, "an analyst without data says so");
        whole.0.extend(one.findings);
        whole.1.extend(one.notes.into_iter().filter(|n| n.file.contains('/')));
    }
    whole
}

#[test]
fn every_scenario_shows_what_is_true_of_it_and_nothing_else() {
    let kinds = Kinds::built_in();
    let mut wrong = Vec::new();
    for scenario in scenes::all() {
        let name = scenario.file_name().unwrap().to_string_lossy().into_owned();
        let truth = truth(&scenario);
        let (findings, notes) = all(&scenario);
        let second = |at: i64| stamp::text(at.div_euclid(1000) * 1000);
        let mut found: Vec<_> = findings.iter().map(|f| format!("{} {}", second(f.at), f.id)).collect();
        let mut expected: Vec<_> =
            truth.finding.iter().map(|f| format!("{} {}", stamp::text(f.at), f.id)).collect();
        found.sort();
        expected.sort();
        if found != expected {
            wrong.push(format!("{name}: found {found:#?}, expected {expected:#?}"));
        }
        let noted: Vec<_> = notes.iter().map(|n| n.file.clone()).collect();
        assert_eq!(noted, truth.noted, "{name}: {notes:?}");
        for finding in &findings {
            let bounds = Bounds { kinds: &kinds, now: None, window: None };
            assert_eq!(check(finding, &bounds), Ok(()), "{name}");
            assert!(
                finding.simulated && !finding.evidence.is_empty() && !finding.summary.is_empty(),
                "{name}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_held_to_be_true_is_whole() {
    for scenario in scenes::all() {
        let truth = truth(&scenario);
        let names: Vec<&str> = Analyst::ALL.iter().map(|a| a.name()).collect();
        assert!(truth.route.iter().all(|r| names.contains(&r.as_str())), "{scenario:?}");
        let none = truth.roots().is_empty() && !truth.undecided();
        assert_eq!(none, truth.finding.is_empty(), "{scenario:?}");
    }
}

#[test]
fn raw_output_is_all_there_is_and_the_truth_is_never_read() {
    for scenario in scenes::all() {
        let copy = tempfile::tempdir().unwrap();
        for who in Analyst::ALL {
            for (path, text) in data(&scenario, who) {
                assert!(!text.contains("causal") && !text.contains('@') || path.ends_with(".log"), "{path}");
                std::fs::create_dir_all(copy.path().join(who.folder())).unwrap();
                std::fs::write(copy.path().join(path), text).unwrap();
            }
        }
        assert_eq!(all(copy.path()), all(&scenario), "{scenario:?}");
    }
}

#[test]
fn the_order_of_entries_and_files_changes_nothing() {
    for scenario in scenes::all() {
        for who in Analyst::ALL {
            let files = data(&scenario, who);
            let mut given: Vec<Given<'_>> = files.iter().map(|(path, text)| Given { path, text }).collect();
            let forward = analyse(who, &given);
            given.reverse();
            assert_eq!(analyse(who, &given), forward);
        }
        let mut files = data(&scenario, Analyst::K8s);
        let before = run(Analyst::K8s, &files);
        for text in files.values_mut() {
            let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
            if let Some(items) = value.get_mut("items").and_then(serde_json::Value::as_array_mut) {
                items.reverse();
            }
            *text = value.to_string();
        }
        let plain = |a: Analysis| -> Vec<_> {
            a.findings
                .into_iter()
                .map(|f| {
                    (f.id, f.at, f.until, f.entities.into_iter().collect::<std::collections::BTreeSet<_>>())
                })
                .collect()
        };
        assert_eq!(plain(run(Analyst::K8s, &files)), plain(before), "{scenario:?}");
    }
}

#[test]
fn a_shift_of_all_times_changes_only_the_times() {
    let scenario = scenes::all().into_iter().find(|p| p.ends_with("scale-out")).unwrap();
    for who in Analyst::ALL {
        let files = data(&scenario, who);
        let moved = files.iter().map(|(p, t)| (p.clone(), t.replace("2026-03-14", "2026-03-15"))).collect();
        let mut after = run(who, &moved);
        for finding in &mut after.findings {
            finding.at -= 86_400_000;
            finding.until = finding.until.map(|u| u - 86_400_000);
        }
        assert_eq!(after, run(who, &files));
    }
}

#[test]
fn the_five_steps_have_their_values_and_share_what_links_them() {
    let scenario = scenes::all().into_iter().find(|p| p.ends_with("scale-out")).unwrap();
    let (findings, _) = all(&scenario);
    let one = |kind: &str| findings.iter().find(|f| f.kind == kind).unwrap();
    let steps =
        ["autoscaling.scale_out", "node.added", "pod.scheduled", "db.connections.high", "api.latency.high"];
    for pair in steps.windows(2) {
        let (a, b) = (one(pair[0]), one(pair[1]));
        assert!(a.entities.iter().any(|e| b.entities.contains(e)), "{pair:?}");
    }
    let connections = one("db.connections.high");
    let rise = connections.after.unwrap() - connections.before.unwrap();
    assert!((45.0..=57.0).contains(&rise), "{rise}");
    assert_eq!((connections.precision, connections.source.as_str()), (60, "rds-health-agent"));
    assert_eq!(one("pod.scheduled").after, Some(5.0));
    assert_eq!(one("cost.spike").precision, 3600);
    assert_eq!(one("node.added").evidence.len(), 5);
}

#[test]
fn a_file_of_the_wrong_shape_is_named_and_the_rest_goes_on() {
    let good = r#"{"Activities":[{"AutoScalingGroupName":"web","Description":"Launching a new EC2 instance: i-1","StartTime":"2026-03-14T02:10:00Z","StatusCode":"Successful"},{"AutoScalingGroupName":7},{"AutoScalingGroupName":"web","Description":"Launching a new EC2 instance: i-2","StartTime":"soon","StatusCode":"Successful"}]}"#;
    for (wrong, why) in [
        ("", "is empty"),
        (" \n", "is empty"),
        ("<html>", "is no JSON"),
        ("{\"Activities\":", "is no JSON"),
        ("{}", "no known shape"),
        ("7", "no known shape"),
        ("[1]", "no known shape"),
        (r#"{"items":[]}"#, "objects of kubectl"),
        (r#"{"MetricDataResults":[{"Label":"x"}]}"#, "1 of its entries"),
        ("\u{1b}[31m", "is no JSON"),
    ] {
        let files =
            [Given { path: "finops/a.json", text: wrong }, Given { path: "finops/b.json", text: good }];
        let found = analyse(Analyst::Finops, &files);
        assert_eq!(found.findings.len(), 1, "{wrong}");
        assert_eq!(found.findings[0].id, "autoscaling.scale_out@asg/web");
        let about: Vec<_> = found.notes.iter().filter(|n| n.file == "finops/a.json").collect();
        assert!(about.iter().any(|n| n.why.contains(why)), "{wrong}: {about:?}");
        let rest: Vec<_> = found.notes.iter().filter(|n| n.file == "finops/b.json").collect();
        assert_eq!(rest.len(), 2, "{rest:?}");
    }
}

#[test]
fn nothing_panics_on_half_of_a_file() {
    for scenario in scenes::all() {
        for who in Analyst::ALL {
            for (path, text) in data(&scenario, who) {
                let half: String = text.chars().take(text.chars().count() / 2).collect();
                for whose in Analyst::ALL {
                    let found = analyse(whose, &[Given { path: &path, text: &half }]);
                    assert!(path.ends_with(".log") || !found.notes.is_empty(), "{path}");
                }
            }
        }
    }
}

#[test]
fn a_log_of_another_kind_and_a_metric_nobody_knows_are_noted() {
    let metric = r#"{"MetricDataResults":[{"Label":"orders Mood","Timestamps":[],"Values":[]},{"Label":"orders","Timestamps":[],"Values":[]},{"Label":"orders CPUUtilization","Timestamps":["2026-03-14T02:10:00Z"],"Values":[1,2]}]}"#;
    let files =
        [Given { path: "rds/x.log", text: "hello\nworld\n" }, Given { path: "rds/m.json", text: metric }];
    let found = analyse(Analyst::Rds, &files);
    assert!(found.findings.is_empty());
    let whys: Vec<_> = found.notes.iter().map(|n| n.why.as_str()).collect();
    assert_eq!(whys.len(), 5, "{whys:?}");
    for part in ["`Mood`", "RESOURCE MetricName", "too few", "as many values", "line of PostgreSQL"] {
        assert!(whys.iter().any(|w| w.contains(part)), "{part}: {whys:?}");
    }
}
