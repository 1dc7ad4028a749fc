//! `orchestra incident postmortem` of files.

use std::fs;
use std::path::Path;

use crate::kit::Place;

#[test]
fn a_postmortem_of_files_stands_and_an_invented_number_does_not() {
    let place = Place::empty();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/scale-out");
    let report = scenario.join("report.md").display().to_string();
    let findings = place.ok(&["incident", "analyse", &scenario.display().to_string(), "--json"]);
    fs::write(place.repo().join("findings.jsonl"), findings).unwrap();
    let of = ["incident", "postmortem", "--findings", "findings.jsonl", "--report", &report];
    let with = |more: &[&str]| -> Vec<String> { of.iter().chain(more).map(|s| (*s).to_owned()).collect() };
    let run = |more: &[&str]| place.run(&with(more).iter().map(String::as_str).collect::<Vec<_>>());
    let text = place.ok(&of);
    assert!(text.contains("## Root Cause") && text.contains("autoscaling.scale_out on asg/web"), "{text}");
    let whole = place.json(&of);
    assert_eq!(whole["text"].as_str().unwrap().trim(), text.trim());
    run(&["--out", "postmortem.md"]).refused(0, &["written to postmortem.md"]);
    assert_eq!(
        place.ok(&with(&["--check", "postmortem.md"]).iter().map(String::as_str).collect::<Vec<_>>()),
        "the postmortem stands\n"
    );
    fs::write(place.repo().join("invented.md"), text.replace("1437 ms", "1473 ms")).unwrap();
    let told = run(&["--check", "invented.md"]);
    assert!(
        told.code == Some(1) && told.out.contains("the number 1473 is in none of the findings"),
        "{told:?}"
    );
    // Nothing runs here.
    place.run(&["incident", "postmortem"]).refused(3, &["--findings FILE"]);
}
