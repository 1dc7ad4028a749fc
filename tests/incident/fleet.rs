//! What is said to a fleet, and a fleet at work.

use std::fs;

use crate::kit::Place;

#[test]
fn without_a_fleet_it_is_said_what_is_missing() {
    let place = Place::repository();
    fs::write(place.repo().join("report.md"), "latency").unwrap();
    let refused = |args: &[&str], code, parts: &[&str]| place.run(args).refused(code, parts);
    refused(&["incident", "show"], 3, &["no", "orchestra up"]);
    refused(&["finding", "--done"], 3, &["orchestra up"]);
    refused(&["incident", "open", "nowhere"], 2, &["nowhere"]);
    refused(&["incident", "open", "."], 3, &["orchestra up"]);
    fs::remove_file(place.repo().join("report.md")).unwrap();
    refused(&["incident", "open", "."], 2, &["has no report.md"]);
    refused(&["incident", "submit", "nowhere.md"], 2, &["postmortem of nowhere.md"]);
    fs::write(place.repo().join("big.md"), vec![b'x'; 300 * 1024]).unwrap();
    refused(&["incident", "submit", "big.md"], 2, &["more than 262144 bytes", "shorten it"]);
    refused(
        &["finding", "--kind", "db.cpu.high", "--at", "02:12", "--summary", "s"],
        2,
        &["2026-03-14T02:12:00Z"],
    );
}
