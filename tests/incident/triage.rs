//! `orchestra incident triage` as people and scripts run it.

use std::fs;

use crate::kit::term::Terminal;
use crate::kit::{Place, schema, wait_until};

#[test]
fn a_report_that_says_all_needs_no_question() {
    let place = Place::empty();
    let text = "P2: slow queries on the orders database and API latency, since 30 minutes ago.";
    fs::write(place.repo().join("report.md"), text).unwrap();
    let args = ["incident", "triage", "report.md", "--received", "2026-03-14T03:46+01:00"];
    let found = place.json(&args);
    schema::fits("triage", &found);
    assert_eq!(found["answer"], "triage");
    assert_eq!(found["started"]["value"], "2026-03-14T02:16:00Z");
    assert_eq!(found["started"]["words"], "30 minutes ago");
    assert_eq!(found["rules"][0], "slow-queries-and-latency");
    assert_eq!(found["not_engaged"][0]["name"], "finops-agent");
    let shown = place.ok(&args);
    for part in ["slow-queries-and-latency", "not engaged  finops-agent", "\"30 minutes ago\""] {
        assert!(shown.contains(part), "{shown}");
    }
    // The file's own date, where nothing else is known.
    let found = place.json(&["incident", "triage", "report.md"]);
    assert_eq!(found["rules"][0], "slow-queries-and-latency");
    // A flag goes before the report.
    let found =
        place.json(&["incident", "triage", "report.md", "--priority", "p1", "--scope", "all regions"]);
    assert_eq!(
        (&found["priority"]["by"], &found["scope"]["value"]["kind"]),
        (&"told".into(), &"regions".into())
    );
}

#[test]
fn what_is_open_or_wrong_is_named() {
    let place = Place::empty();
    let triage = |more: &[&str], code: i32, parts: &[&str]| {
        place.run(&[&["incident", "triage"], more].concat()).refused(code, parts);
    };
    triage(&[], 2, &["--symptom", "--started", "--scope", "--priority"]);
    let all = ["--symptom", "latency", "--scope", "all", "--priority", "P2", "--started"];
    triage(&[&all[..], &["02:16 UTC"]].concat(), 2, &["when it started", "--received"]);
    triage(&[&all[..], &["soon"]].concat(), 2, &["`soon`", "30 minutes ago"]);
    triage(&["--symptom", "latencies?!x"], 2, &["--started"]);
    triage(&["--symptom", "latancy"], 2, &["did you mean `latency`"]);
    triage(&["--received", "02:16"], 2, &["--received", "2026-03-14T02:40Z"]);
    triage(&["nowhere.md"], 2, &["nowhere.md"]);
    triage(&["."], 2, &["not a regular file"]);
    fs::write(place.repo().join("big.md"), "latency ".repeat(40_000)).unwrap();
    triage(&["big.md"], 2, &["larger than"]);
    fs::create_dir_all(place.repo().join("incident")).unwrap();
    fs::write(place.repo().join("incident/routes.toml"), "[[route]]\nname = \"x\"\nall = [\"nope\"]\n")
        .unwrap();
    triage(&["--symptom", "latency"], 2, &["routes.toml", "`nope`"]);
}

#[test]
fn a_terminal_is_asked_what_is_open() {
    let place = Place::empty();
    fs::write(place.repo().join("report.md"), "High latency of the API since 2026-03-14T02:16Z").unwrap();
    let mut terminal = Terminal::new(&place, &["incident", "triage", "report.md"], 30, 160);
    wait_until("the question", || terminal.rows().iter().any(|r| r.contains("its priority")));
    terminal.keys("P7\r");
    wait_until("the question again", || terminal.rows().iter().any(|r| r.contains("none of P1, P2, P3")));
    terminal.keys("P1\r");
    wait_until("the route", || {
        terminal.rows().iter().any(|r| r.contains("engaged") && r.contains("finops-agent"))
    });
    terminal.close();
}
