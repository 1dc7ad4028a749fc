//! Ways of routing on the project's scenarios, by the real program.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::kit::{Place, schema};

/// What the whole of `tests/scenarios` may take; a release build needs a tenth of it.
const MOST: Duration = Duration::from_secs(10);

fn scenarios() -> String {
    format!("{}/tests/scenarios", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn triage_needs_fewer_specialists_and_finds_as_much() {
    let place = Place::empty();
    // As the shell hands them over: files beside the directories too.
    let mut paths: Vec<String> = fs::read_dir(scenarios())
        .unwrap()
        .map(|e| e.unwrap().path().to_string_lossy().into_owned())
        .collect();
    paths.sort();
    let mut args = vec!["incident", "compare"];
    args.extend(paths.iter().map(String::as_str));
    let began = Instant::now();
    let found = place.json(&args);
    assert!(began.elapsed() < MOST, "{:?}", began.elapsed());
    schema::fits("incident_compare", &found);
    assert_eq!(found["answer"], "incident_compare");
    let count = paths.iter().filter(|p| Path::new(p).is_dir()).count();
    assert_eq!(found["scenarios"].as_array().unwrap().len(), count);
    let way = |name: &str| found["sums"].as_array().unwrap().iter().find(|s| s["strategy"] == name).unwrap();
    let (triage, broadcast) = (way("triage"), way("broadcast"));
    assert!(triage["engaged"].as_u64() < broadcast["engaged"].as_u64(), "{found:#}");
    assert_eq!(triage["recall"], broadcast["recall"]);
    assert!(triage["recall"].as_f64() > way("keyword")["recall"].as_f64());
    let shown = place.ok(&args);
    assert!(shown.lines().all(|l| l.chars().count() <= 80), "{shown}");
    for part in
        ["scale-out\n  triage     k8s rds finops", "simulated seconds", &format!("broadcast{:>9}", 3 * count)]
    {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_is_compared() {
    let place = Place::empty();
    let dir = |name: &str| place.root().join(name).to_string_lossy().into_owned();
    let put = |path: &str, text: &str| {
        let path = place.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let report = "Received: 2026-03-14 02:30 UTC\n\nLatency of the api since 02:16 UTC, P2";
    put("untimed/report.md", "Latency of the api, P2");
    put("untimed/k8s/pods.json", "{}");
    put("bare/k8s/pods.json", "{}");
    put("broken/report.md", report);
    put("broken/k8s/odd.json", "<html>");
    fs::create_dir_all(place.root().join("broken/rds")).unwrap();
    put("broken/truth.toml", "title = 1");
    put("hollow/report.md", report);
    let all = [dir("untimed"), dir("bare"), dir("broken"), dir("hollow"), dir("nowhere")];
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    let ran = place.run(&[&["incident", "compare"], &names[..]].concat());
    ran.refused(
        1,
        &[
            "untimed: report.md: when it started is open",
            "bare: has no report.md",
            "broken: truth.toml: ",
            "broken: k8s/odd.json: is no JSON",
            "broken: rds: there is no data for rds-health-agent",
            "hollow: has no data",
            "nowhere: is no directory",
        ],
    );
    assert!(!ran.err.contains("finops-agent"), "no folder is no flaw: {}", ran.err);
    // Nothing is invented where the truth is not known.
    let row = ran.out.lines().find(|l| l.starts_with("  broadcast")).unwrap();
    assert_eq!(row.matches('—').count(), 6, "{}", ran.out);
    place.run(&["incident", "compare", &dir("bare")]).refused(1, &["no scenario that can be used"]);
    place.run(&["incident", "compare"]).refused(2, &["SCENARIO"]);
}
