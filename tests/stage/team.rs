//! The whole team of a demo: eight at once on branches of one repository, then merged in order.

use std::path::{Path, PathBuf};
use std::process::Command;

use orchestra::config::PROMPTS;
use orchestra::domain::prompt::{GateVar, Vars, render, role_prompt};

use super::stage::{Stage, first_commit, git};

/// Names and folders in the order of the merge.
const TEAM: [(&str, &str); 8] = [
    ("ARCH", "lib/types"),
    ("PLAT", "platform"),
    ("SEC", "policies"),
    ("OBS", "observability"),
    ("NET", "network"),
    ("OPS", "ops"),
    ("QA", "tests"),
    ("DOCS", "docs"),
];
const GATES: [&str; 3] = ["build", "test", "lint"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn demo(to: &Path) {
    let from = root().join("src/data/demo");
    for file in std::fs::read_to_string(from.join("FILES")).unwrap().lines() {
        let path = to.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(from.join(file), path).unwrap();
    }
    first_commit(to);
}

/// Our own template `name`, or the one of its role, as it is sent to `agent`.
fn prompt(name: &str, agent: &str, focus: &str, base: &str, extra: &str) -> String {
    let prompts = PROMPTS.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    let run = |gate: &&str| GateVar { name: (*gate).to_owned(), run: format!("sh {gate}.sh") };
    let vars = Vars {
        agent: agent.to_owned(),
        branch: agent.to_lowercase(),
        base: base[..12].to_owned(),
        target: "main".to_owned(),
        session: "sprint-1".to_owned(),
        focus: vec![focus.to_owned()],
        gates: GATES.iter().map(run).collect(),
        build: "sh build.sh".to_owned(),
        code: "k7f3".to_owned(),
        phrase: format!("[AGENT] {agent} READY FOR MERGE"),
        extra: extra.to_owned(),
        ..Vars::default()
    };
    render(&prompts, role_prompt(&prompts, name, agent), &vars).unwrap()
}

fn gates_pass(repo: &Path, when: &str) {
    for gate in GATES {
        let done = Command::new("sh").arg(format!("{gate}.sh")).current_dir(repo).output().unwrap();
        assert!(done.status.success(), "{gate} {when}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// One agent's sprint: improves twice, wraps up, claims.
fn sprint(tree: &Path, agent: &str, focus: &str) {
    let mut stage = Stage::within(tree, agent, focus, &["--claim", "text"]);
    let base = stage.base.clone();
    for round in ["First round.", "Second round."] {
        stage.turn(&prompt("enhance", agent, focus, &base, round));
        assert_eq!(stage.status(), "", "{agent}");
    }
    assert!(stage.commits() >= 2, "{agent}");
    stage.turn(&prompt("wrap-up", agent, focus, &base, ""));
    assert!(stage.line(&format!("[AGENT] {agent} READY FOR MERGE k7f3")), "{agent}");
    assert_eq!((stage.commits(), stage.status()), (1, String::new()), "{agent}");
    let message = stage.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("\n- Added ") && message.ends_with("\nPart of sprint-1."), "{message}");
    let files = stage.git(&["diff", "--name-only", &base, "HEAD"]);
    assert!(files.lines().all(|f| f.starts_with(focus)), "{agent}: {files}");
}

#[test]
fn the_work_of_eight_merges_cleanly_and_stays_green() {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("main");
    demo(&repo);
    let trees: Vec<PathBuf> = TEAM
        .iter()
        .map(|(agent, _)| {
            let tree = dir.path().join(agent);
            git(&repo, &["worktree", "add", "-q", "-b", &agent.to_lowercase(), tree.to_str().unwrap()]);
            tree
        })
        .collect();
    std::thread::scope(|scope| {
        for ((agent, focus), tree) in TEAM.iter().zip(&trees) {
            scope.spawn(move || sprint(tree, agent, focus));
        }
    });
    for ((agent, _), tree) in TEAM.iter().zip(&trees) {
        gates_pass(tree, &format!("on the branch of {agent}"));
        git(&repo, &["merge", "-q", "--no-ff", "--no-edit", &agent.to_lowercase()]);
        gates_pass(&repo, &format!("after the merge of {agent}"));
    }
    assert_eq!(git(&repo, &["rev-list", "--count", "--merges", "HEAD"]), "8");
    assert_eq!(git(&repo, &["status", "--porcelain"]), "");
}
