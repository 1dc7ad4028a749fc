//! A task of a project, with a tool that gives its brief and writes down what it is called with.

use std::path::PathBuf;
use std::process::Command;

use crate::stage::Stage;

/// What a brief asks for at the end.
const BRIEF: &str = "You are a specialist.\n\n## Handing over\n\n    orchestra workflow done --handover FILE";
const HELD: &str = "It is not done yet.\n\nMend that, then `orchestra workflow done --handover FILE`.";

/// Has the tool give this brief from now on; what it is called with is in the file.
fn brief(stage: &Stage, brief: &serde_json::Value) -> PathBuf {
    let dir = stage.dir.path();
    let (tool, log, file) = (dir.join("bin/orchestra"), dir.join("called"), dir.join("brief.json"));
    let told = serde_json::json!({ "answer": "workflow_brief", "planned_ms": 2000, "brief": brief });
    std::fs::write(&file, told.to_string()).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$2\" = brief ] && exec cat {}\necho \"$*\" >> {log}\n\
         [ \"$2\" = blocked ] && exec echo 'blocker 7: a right'\ncat >> {log}\necho taken\n",
        file.display(),
        log = log.display()
    );
    std::fs::write(&tool, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&tool).status().unwrap().success());
    log
}

fn task() -> serde_json::Value {
    serde_json::json!({
        "task": "cluster", "title": "Charts", "specialist": "kubernetes-specialist", "round": 1,
        "outcomes": ["charts in deploy/"], "points": ["security/secrets: secrets are managed"],
        "hands_over": [{"key": "manifests", "what": "the charts", "to": ["pipeline"]}],
        "beside": [{"task": "logs", "agent": "x", "sync": "endpoints", "said": []}],
        "judges": "containers", "held": [], "feedback": [],
    })
}

#[test]
fn a_task_becomes_files_commits_words_and_a_handover() {
    let mut stage = Stage::new("kubernetes-specialist", "no-handover,picky,blocked,conflict", &[]);
    let log = brief(&stage, &task());
    let called = || std::fs::read_to_string(&log).unwrap_or_default();
    stage.turn(BRIEF);
    let said = called();
    for part in [
        "workflow progress 36 --note wrote deploy/cluster/Chart.yaml",
        "workflow sync endpoints: see deploy/cluster",
        "workflow mitigate 7 ",
        "workflow unblocked 7",
        "workflow tick security/secrets --note cluster",
        "workflow done --handover -",
        "- charts in deploy/",
        "## Verdict\nagain\n- ",
    ] {
        assert!(said.contains(part), "`{part}` is not in {said}");
    }
    assert!(!said.contains("- manifests: "), "{said}");
    let files = stage.git(&["diff", "--name-only", &stage.base, "HEAD"]);
    let made = ["deploy/cluster/Chart.yaml", "deploy/cluster/templates/deployment.yaml", "docs/owners.md"];
    assert!(made.iter().all(|f| files.lines().any(|l| l == *f)), "{files}");
    assert_eq!((stage.status().as_str(), stage.commits()), ("", 4));
    assert!(stage.git(&["log", "-1", "--format=%s"]).starts_with("feat(kubernetes): Charts"));

    let mut held = task();
    held["held"] = serde_json::json!(["the handover has no `manifests`"]);
    brief(&stage, &held);
    std::fs::remove_file(&log).unwrap();
    stage.turn(HELD);
    let said = called();
    assert!(said.contains("- manifests: deploy/cluster/Chart.yaml (the charts)"), "{said}");
    assert!(said.contains("## Verdict\nagain\n") && !said.contains("workflow progress"), "{said}");

    // The same once more, with nothing held against it: there is nothing to do.
    brief(&stage, &task());
    std::fs::remove_file(&log).unwrap();
    stage.turn(BRIEF);
    assert_eq!(called(), "");
    // Unless it is said that nothing stands.
    stage.turn("x, you stopped, and nothing that you handed over stands for your task.\n\nThen `orchestra workflow done`.");
    assert!(called().contains("workflow done --handover -"), "{}", called());
    let before = stage.commits();
    let mut none = task();
    none["held"] = serde_json::json!(["there is no commit of it since its brief"]);
    brief(&stage, &none);
    stage.turn(HELD);
    assert_eq!((stage.commits(), stage.status().as_str()), (before + 1, ""));
    let mut again = task();
    (again["round"], again["feedback"]) = (2.into(), serde_json::json!(["limits"]));
    brief(&stage, &again);
    stage.turn(BRIEF);
    assert!(called().contains("- mended: limits"), "{}", called());
    assert!(stage.git(&["show", "HEAD:deploy/cluster/round-2.md"]).contains("- limits"));
}
