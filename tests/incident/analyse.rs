//! What the built-in analysts find, from the real program.

use std::fs;
use std::path::Path;

use crate::kit::Place;

fn scenario(name: &str) -> String {
    format!("{}/tests/scenarios/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn findings_are_lines_of_json_that_need_no_session() {
    let place = Place::empty();
    let text = place.ok(&["incident", "analyse", &scenario("scale-out"), "--json"]);
    let all: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let kinds: Vec<&str> = all.iter().map(|f| f["kind"].as_str().unwrap()).collect();
    let steps = [
        "cost.spike",
        "autoscaling.scale_out",
        "node.added",
        "pod.scheduled",
        "db.connections.high",
        "api.latency.high",
    ];
    assert_eq!(kinds, steps);
    assert_eq!(all[4]["at"], "2026-03-14T02:15:00Z");
    assert!(all.iter().all(|f| f["simulated"] == true));
    assert!(
        place.ok(&["incident", "analyse", &scenario("scale-out")]).contains("db.connections.high@db/orders")
    );
    assert!(place.ok(&["incident", "analyse", &scenario("quiet")]).contains("nothing stands out"));
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_is_gone_through() {
    let place = Place::empty();
    let silent = place.run(&["incident", "analyse", &scenario("silent-specialist")]);
    assert!(silent.err.contains("rds/metrics.json: is empty"), "{}", silent.err);
    assert!(silent.out.contains("autoscaling.scale_out@asg/web"), "{}", silent.out);
    let own = place.root().join("own");
    let dir = own.to_string_lossy().into_owned();
    place.run(&["incident", "analyse", &dir]).refused(2, &["own is no directory"]);
    fs::create_dir(&own).unwrap();
    place.run(&["incident", "analyse", &dir]).refused(2, &["none of the folders k8s, rds, finops"]);
    put(&own, "rds/metrics.json", b"<html>");
    place
        .run(&["incident", "analyse", &dir])
        .refused(1, &["rds/metrics.json: is no JSON", "no file in it can be used"]);
    put(&own, "k8s/events.json", b"\xff\xfe\x1b]0;x\x07");
    put(&own, "finops/cost.json", br#"{"ResultsByTime": []}"#);
    let ran = place.run(&["incident", "analyse", &dir]);
    assert!(ran.err.contains("k8s/events.json") && !ran.err.contains('\x1b'), "{}", ran.err);
    assert!(ran.out.contains("nothing stands out"));
}

fn put(dir: &Path, path: &str, bytes: &[u8]) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn one_specialist_reads_its_own_folder_alone() {
    let place = Place::empty();
    let dir = scenario("scale-out");
    let own = format!("{dir}/rds");
    let text = place.ok(&["incident", "analyse", &dir, "--only", "rds-health-agent", "--json"]);
    assert!(text.contains("db.connections.high@db/orders") && !text.contains("k8s-health-agent"), "{text}");
    for (dir, name) in [(&own, "rds"), (&dir, "rds")] {
        assert_eq!(place.ok(&["incident", "analyse", dir, "--only", name, "--json"]), text);
    }
    let refused = |args: &[&str], parts: &[&str]| place.run(args).refused(2, parts);
    refused(&["incident", "analyse", &own, "--only", "k8s"], &["none of the folders k8s"]);
    refused(&["incident", "analyse", &dir, "--only", "finop-agent"], &["did you mean `finops-agent`"]);
}
