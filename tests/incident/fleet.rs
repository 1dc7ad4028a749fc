//! What is said to a fleet, and a fleet at work.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::kit::{EXE, Place, finish, log, proc, schema, wait_until};

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

/// Runs an incident of the scenarios in a repository that has no fleet, with these faults.
fn command(place: &Place, scenario: &str, faults: &str, more: &[&str]) -> Command {
    let dir = format!("{}/tests/scenarios/{scenario}", env!("CARGO_MANIFEST_DIR"));
    let args = [&["incident", "run", &dir, "--speed", "20"], more].concat();
    let mut command = place.command(EXE, &args, &place.repo());
    command.env("ORCHESTRA_REHEARSE_MISBEHAVE", faults);
    command
}

/// Nothing of a session is left but its record, which has all of it.
fn assert_recorded(place: &Place, record: &Path, steps: &[&str]) {
    let told: BTreeSet<String> = log::events(record, "incident")
        .iter()
        .map(|e| e["step"].as_str().unwrap_or_default().to_owned())
        .collect();
    for step in steps {
        assert!(told.contains(*step), "{step} is not in {told:?}");
    }
    let replayed = place.ok(&["replay", &record.to_string_lossy(), "--headless", "--at", "end"]);
    assert!(replayed.contains("the postmortem of"), "{replayed}");
    place.assert_nothing_left();
}

#[test]
fn an_incident_goes_from_its_report_to_its_postmortem() {
    let place = Place::repository();
    let ran = finish(command(&place, "scale-out", "", &["--headless"]), &["incident run"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let chain =
        ["autoscaling.scale_out", "node.added", "pod.scheduled", "db.connections.high", "api.latency.high"];
    let found: Vec<usize> = chain.iter().filter_map(|kind| ran.out.find(kind)).collect();
    assert!(found.len() == chain.len() && found.is_sorted(), "{}", ran.out);
    for part in ["passes the check", "by coordinator", "chain notes", "(orchestra replay /"] {
        assert!(ran.out.contains(part), "`{part}` is not in {}", ran.out);
    }
    for part in [
        "symptom      latency",
        "engaged: ",
        "has its brief",
        "has reported",
        "the postmortem of coordinator stands",
    ] {
        assert!(ran.err.contains(part), "`{part}` is not in {}", ran.err);
    }
    let record = place.session();
    assert!(record.ends_with("incident-scale-out"), "{}", record.display());
    for report in ["postmortem.md", "chain-notes.md"] {
        assert!(record.join("reports").join(report).is_file(), "{report}");
    }
    assert_recorded(
        &place,
        &record,
        &["opened", "approved", "engaged", "found", "writing", "written", "closed"],
    );
}

#[test]
fn whoever_is_silent_lies_or_invents_is_told_and_a_lost_server_goes_on() {
    let place = Place::repository();
    let faults = "rds-health-agent=silent-specialist,finops-agent=liar,coordinator=wrong-number";
    let kept = place.root().join("kept");
    let keep = kept.to_string_lossy().into_owned();
    let command = command(&place, "scale-out", faults, &["--json", "--deadline", "5", "--keep", &keep]);
    let work = std::thread::spawn(move || finish(command, &["incident run"]));
    let began = |step: &str| {
        std::fs::read_to_string(kept.join("journal.jsonl")).is_ok_and(|t| t.contains(&format!("\"{step}\"")))
    };
    wait_until("the first finding", || began("found"));
    let servers = proc::marked(&place.mark())
        .into_iter()
        .filter(|p| proc::names(&[*p]).iter().any(|n| n.contains(" serve ")));
    servers.for_each(|pid| proc::kill("KILL", pid));
    let ran = work.join().unwrap();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let done = ran.object();
    schema::fits("incident_run", &done);
    assert_eq!((&done["accepted"], &done["in_time"]), (&true.into(), &"yes".into()));
    let missing = done["missing"].to_string();
    for part in ["rds-health-agent was past its deadline", "moon.full", "in the future"] {
        assert!(missing.contains(part), "`{part}` is not in {missing}");
    }
    let drafts = done["incident"]["drafts"].as_array().unwrap();
    assert!(drafts[0]["problems"].to_string().contains("7421"), "{drafts:?}");
    assert_eq!(drafts.last().unwrap()["problems"].as_array().unwrap().len(), 0, "{drafts:?}");
    let found = done["incident"]["findings"].to_string();
    assert!(found.contains("autoscaling.scale_out") && !found.contains("db.connections"), "{found}");
    assert!(ran.err.contains("bringing it back"), "{}", ran.err);
    assert_recorded(&place, &kept, &["found", "unusable", "progress", "written", "closed"]);
}
