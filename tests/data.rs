//! The data files that come with the program: profiles, plans, the demo project.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "data/screens.rs"]
mod screens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use orchestra::domain::id::AgentName;
use orchestra::domain::plan::{Groups, Plan};
use orchestra::domain::profile::Profile;
use orchestra::domain::team::AgentSpec;

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data").join(folder)
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut all: Vec<_> = std::fs::read_dir(data(folder))
        .unwrap()
        .map(|f| f.unwrap().path())
        .map(|p| (p.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&p).unwrap()))
        .collect();
    all.sort();
    all
}

fn profile(name: &str) -> Profile {
    toml::from_str(&std::fs::read_to_string(data("profiles").join(format!("{name}.toml"))).unwrap()).unwrap()
}

#[test]
fn every_profile_parses_and_its_patterns_compile() {
    let all = files("profiles");
    let names: Vec<&str> = all.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        ["aider", "analyst", "claude", "codex", "gemini", "generic", "opencode", "pi", "rehearsal", "shell"]
    );
    for (name, text) in &all {
        let profile: Profile = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(&profile.name, name);
        assert!(!profile.title.is_empty() && !profile.argv.is_empty(), "{name}");
        assert!(regex::Regex::new(&profile.submit.ready).is_ok(), "{name}");
        let mut seen = BTreeSet::new();
        for rule in &profile.rules {
            assert!(regex::Regex::new(&rule.pattern).is_ok(), "{}", rule.name);
            assert!(rule.name.starts_with(&format!("{name}/")), "{}", rule.name);
            assert!(seen.insert(&rule.name), "{} appears twice", rule.name);
        }
    }
    let shell = profile("shell");
    assert!(shell.foreground_idle && !shell.submit.bracketed);
}

fn team(names: &[&str]) -> Vec<AgentSpec> {
    names
        .iter()
        .map(|n| AgentSpec {
            branch: format!("b-{n}"),
            profile: "rehearsal".into(),
            ..AgentSpec::bare(AgentName::new(n).unwrap())
        })
        .collect()
}

#[test]
fn both_plans_bind_to_the_eight_and_to_others() {
    for (name, text) in files("plans") {
        let plan: Plan = toml::from_str(&text).unwrap();
        assert_eq!(plan.name, name);
        if plan.of_incident() {
            continue;
        }
        let eight = team(&["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"]);
        let stages: Vec<usize> = plan.bind(&eight, &Groups::new()).unwrap().iter().map(|b| b.stage).collect();
        assert_eq!(stages, [0, 1, 1, 1, 2, 2, 3, 3], "{name}");
        assert_eq!(plan.bind(&team(&["A", "B"]), &Groups::new()).unwrap().len(), 2);
    }
}

#[test]
fn the_demo_project_builds_tests_and_lints_clean() {
    let dir = tempfile::tempdir().unwrap();
    let listed = std::fs::read_to_string(data("demo/FILES")).unwrap();
    for file in listed.lines() {
        let to = dir.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(data("demo").join(file), to).unwrap();
    }
    for script in ["build.sh", "test.sh", "lint.sh"] {
        let done = Command::new("sh").arg(script).current_dir(dir.path()).output().unwrap();
        assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
    }
    // Its tests test something.
    let ports = dir.path().join("network/ports.sh");
    let text = std::fs::read_to_string(&ports).unwrap();
    std::fs::write(&ports, text.replace("-ge 1024", "-ge 1")).unwrap();
    let done = Command::new("sh").arg("test.sh").current_dir(dir.path()).output().unwrap();
    assert!(!done.status.success());
}

/// Whether `profile` hands on the environment variable `name`.
fn hands_on(profile: &Profile, name: &str) -> bool {
    profile.pass.iter().any(|p| p.strip_suffix('*').map_or(p == name, |start| name.starts_with(start)))
}

#[test]
fn profiles_hand_on_what_their_programs_need_and_no_marks_of_others() {
    for (name, _) in files("profiles") {
        let profile = profile(&name);
        for entry in &profile.pass {
            let stem = entry.strip_suffix('*').unwrap_or(entry);
            assert!(stem.len() >= 3, "{name}: `{entry}` would hand on nearly everything");
            assert!(
                stem.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
                "{entry}"
            );
        }
        for mark in [
            "CLAUDECODE",
            "CLAUDE_CODE_ENTRYPOINT",
            "TMUX",
            "TERM_PROGRAM",
            "ORCHESTRA_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            assert!(!hands_on(&profile, mark), "{name}: {mark}");
        }
    }
    for (name, needed) in [
        ("claude", ["ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR"]),
        ("codex", ["OPENAI_API_KEY", "CODEX_HOME"]),
        ("opencode", ["OPENCODE_CONFIG_CONTENT", "ANTHROPIC_API_KEY"]),
        ("gemini", ["GEMINI_API_KEY", "GOOGLE_CLOUD_PROJECT"]),
        ("pi", ["PI_CODING_AGENT_DIR", "ANTHROPIC_API_KEY"]),
        ("aider", ["AIDER_MODEL", "OPENAI_API_BASE"]),
        ("rehearsal", ["ORCHESTRA_REHEARSE_SEED", "ORCHESTRA_REHEARSE_MISBEHAVE"]),
    ] {
        assert!(needed.iter().all(|n| hands_on(&profile(name), n)), "{name}");
    }
    for name in ["shell", "generic"] {
        assert_eq!(profile(name).pass, Vec::<String>::new(), "{name}");
    }
}
