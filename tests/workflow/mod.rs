//! Projects as people and scripts run them: a pattern from its plan to its end, by pretended agents.

use std::fs;
use std::path::{Path, PathBuf};

use orchestra::domain::moment::Moment;
use orchestra::replay::Player;
use serde_json::Value;

use crate::kit::{EXE, Place, finish, log, proc, schema, wait_until};

/// A plain repository with something uncommitted in it, and what must be found there again.
fn repository() -> (Place, String) {
    let place = Place::repository();
    fs::write(place.repo().join("open.txt"), "mine\n").unwrap();
    let now = standing(&place);
    (place, now)
}

/// Branches, status and configuration of the repository: a rehearsal touches none of it.
fn standing(place: &Place) -> String {
    let config = fs::read_to_string(place.repo().join(".git/config")).unwrap();
    [
        place.git(&["branch", "-a", "-v"]),
        place.git(&["status", "--porcelain"]),
        place.git(&["worktree", "list"]),
        config,
    ]
    .join("\n")
}

fn steps(record: &Path) -> Vec<(String, Value)> {
    let step = |e: Value| (e["step"].as_str().unwrap_or_default().to_owned(), e);
    log::events(record, "workflow").into_iter().map(step).collect()
}

#[test]
fn a_pattern_goes_from_its_plan_to_its_end_with_a_conflict_a_slip_and_a_waived_gate() {
    let (place, before) = repository();
    let args = [
        "workflow",
        "run",
        "kubernetes-pipeline",
        "--provider",
        "aws",
        "--production",
        "--waive",
        "documentation=it is written next month",
        "--rehearse",
        "--headless",
        "--day",
        "300ms",
        "--rate",
        "800",
        "--fault",
        "docker=slow",
        "--fault",
        "docker=no-handover",
        "--fault",
        "monitoring=conflict",
        "--fault",
        "observability=conflict",
        "--json",
    ];
    let ran = place.run(&args);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let done = ran.object();
    schema::fits("workflow_run", &done);
    assert_eq!((&done["complete"], &done["after"]), (&true.into(), &"ended".into()));
    let project = &done["project"];
    let waived = &project["plan"]["options"]["waivers"][0];
    assert_eq!(waived["reason"], "it is written next month");
    let tasks = project["tasks"].as_array().unwrap();
    assert!(tasks.iter().all(|t| t["state"] == "done" && t["handed"].is_object()), "{tasks:#?}");
    let production =
        project["plan"]["tasks"].as_array().unwrap().iter().any(|t| t["environment"] == "production");
    assert!(production, "{project}");
    for part in ["containers begins (docker-specialist", "containers is not done yet: ", "late ("] {
        assert!(ran.err.contains(part), "`{part}` is not in {}", ran.err);
    }
    let record = PathBuf::from(done["record"].as_str().unwrap());
    let told = steps(&record);
    for step in [
        "started",
        "running",
        "percent",
        "held",
        "handed_over",
        "synced",
        "figure",
        "ticked",
        "judged",
        "closed",
    ] {
        assert!(told.iter().any(|(s, _)| s == step), "{step}: {told:#?}");
    }
    let reports: Vec<&str> =
        done["reports"].as_array().unwrap().iter().filter_map(|r| r.as_str()?.rsplit('/').next()).collect();
    for kind in ["project-weekly", "project-completion"] {
        assert!(reports.iter().any(|r| r.contains(kind)), "{kind}: {reports:?}");
    }
    assert_eq!(standing(&place), before);
    place.assert_nothing_left();
    // Shown again from its record, it is the same project.
    place.ok(&["replay", &record.to_string_lossy(), "--headless", "--at", "end"]);
    let mut player = Player::open(&record).unwrap();
    player.go(Moment::End).unwrap();
    let again = serde_json::to_value(player.state().project.as_deref().unwrap()).unwrap();
    // What is only reckoned or reported after its end may be newer; a record's times are those of its writing.
    for part in ["plan", "tasks", "figures", "syncs", "rounds", "ticks", "terms", "stage"] {
        assert_eq!(timeless(&again[part]), timeless(&project[part]), "{part}");
    }
}

/// The same without its times.
fn timeless(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let time = |k: &str| matches!(k, "at" | "began" | "ended") || (k == "told" && map[k].is_string());
            map.iter().filter(|(k, _)| !time(k)).map(|(k, v)| (k.clone(), timeless(v))).collect()
        }
        Value::Array(list) => list.iter().map(timeless).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_server_lost_in_the_middle_is_brought_back() {
    let (place, before) = repository();
    let kept = place.root().join("kept");
    let keep = kept.to_string_lossy().into_owned();
    let args = [
        "workflow",
        "run",
        "kubernetes-pipeline",
        "--without",
        "observability",
        "--rehearse",
        "--headless",
        "--day",
        "150ms",
        "--keep",
        &keep,
    ];
    let command = place.command(EXE, &args, &place.repo());
    let work = std::thread::spawn(move || finish(command, &["workflow run"]));
    wait_until("the first task is under way", || {
        fs::read_to_string(kept.join("journal.jsonl")).is_ok_and(|t| t.contains("\"percent\""))
    });
    let servers = proc::marked(&place.mark())
        .into_iter()
        .filter(|p| proc::names(&[*p]).iter().any(|n| n.contains(" serve ")));
    servers.for_each(|pid| proc::kill("KILL", pid));
    let ran = work.join().unwrap();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.err.contains("bringing it back"), "{}", ran.err);
    assert!(ran.out.contains("complete after") && ran.out.contains("(orchestra replay /"), "{}", ran.out);
    assert_eq!(standing(&place), before);
    place.assert_nothing_left();
}

#[test]
fn what_cannot_be_run_is_told() {
    let (place, before) = repository();
    let refused = |args: &[&str], parts: &[&str]| {
        place.run(&[&["workflow", "run"], args].concat()).refused(2, parts);
    };
    refused(&["kubernetes-pipelin"], &["did you mean `kubernetes-pipeline`?"]);
    refused(&["kubernetes-pipeline", "--provider", "awz"], &["awz", "aws"]);
    let shells = ["kubernetes-pipeline", "--provider", "aws", "--profile", "shell"];
    refused(&shells, &["its profile `shell` is a plain shell", "--profile"]);
    refused(&["kubernetes-pipeline", "--without", "dokcer"], &["dokcer", "docker"]);
    refused(&["kubernetes-pipeline"], &["no orchestra.toml", "--profile", "--rehearse"]);
    refused(&["kubernetes-pipeline", "--profile", "claud"], &["did you mean `claude`?"]);
    refused(&["kubernetes-pipeline", "--rehearse", "--fault", "dokcer=slow"], &["did you mean `docker`?"]);
    refused(&["kubernetes-pipeline", "--rehearse", "--fault", "docker=lazy"], &["`lazy` is no misbehaviour"]);
    refused(&["kubernetes-pipeline", "--day", "1d"], &["24h"]);
    fs::write(place.root().join("context.toml"), "request = \"x\"\ngoal = [\"y\"]\n").unwrap();
    let context = place.root().join("context.toml").to_string_lossy().into_owned();
    refused(&["kubernetes-pipeline", "--rehearse", "--context", &context], &["goal", "goals", "line 2"]);
    assert_eq!(standing(&place), before);
    let nothing = place.run(&["workflow", "progress", "40"]);
    nothing.refused(3, &["orchestra up"]);
}
