use std::fs;
use std::path::Path;

use crate::config::{Dirs, Error, InitOptions, Written, default_text, init, load, parse};
use crate::domain::team::Config;

fn put(top: &Path, path: &str, text: &str) {
    fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
    fs::write(top.join(path), text).unwrap();
}

/// A repository with `files`, initialised: what was said, what it loads as, its text.
fn initialised(files: &[(&str, &str)], options: &InitOptions) -> (Written, Config, String) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        put(dir.path(), path, text);
    }
    let written = init(dir.path(), "main", options).unwrap();
    let config = load(dir.path()).unwrap();
    (written, config, fs::read_to_string(dir.path().join("orchestra.toml")).unwrap())
}

/// The gates of a repository with `files`, as `name: command`, and the ones readiness asks for.
fn gates(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let (written, config, text) = initialised(files, &InitOptions::default());
    let all: Vec<String> = config.gates.iter().map(|g| format!("{}: {}", g.name, g.run)).collect();
    let told: Vec<String> = written.gates.iter().map(|(name, run)| format!("{name}: {run}")).collect();
    assert_eq!(all, told);
    for comment in default_text().lines().filter(|l| l.starts_with('#')) {
        assert!(text.contains(comment), "the comment is gone: {comment}");
    }
    (all, config.gates.into_iter().filter(|g| g.ready).map(|g| g.name).collect())
}

#[test]
fn the_lines_that_init_fills_in_stand_in_the_default_once() {
    for line in {
        use super::super::init::{AFTER_GATES, AFTER_TEAM, PROFILE_LINE, TARGET_LINE, TEAM};
        [TARGET_LINE, PROFILE_LINE, AFTER_GATES, TEAM, AFTER_TEAM]
    } {
        assert_eq!(default_text().matches(line).count(), 1, "{line}");
    }
}

#[test]
fn scripts_of_a_package_become_gates_in_order() {
    let package =
        r#"{"scripts": {"synth": "s", "lint": "l", "validate:all": "v", "test": "t", "build": "b"}}"#;
    let (all, ready) = gates(&[("package.json", package)]);
    let expected = [
        "build: npm run build",
        "test: npm test",
        "lint: npm run lint",
        "validate: npm run validate:all",
        "synth: npm run synth",
    ];
    assert_eq!(all, expected);
    assert_eq!(ready, ["build"]);
    let (all, _) = gates(&[("package.json", package), ("pnpm-lock.yaml", "")]);
    assert_eq!(all[..2], ["build: pnpm run build", "test: pnpm test"]);
    let (all, _) = gates(&[("package.json", package), ("yarn.lock", "")]);
    assert_eq!(all[4], "synth: yarn run synth");
    let fresh = r#"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#;
    assert!(gates(&[("package.json", fresh)]).0.is_empty());
    assert!(gates(&[("package.json", "{")]).0.is_empty());
    assert!(gates(&[("package.json", r#"{"scripts": {"build": 3}}"#)]).0.is_empty());
}

#[test]
fn other_kinds_of_projects_get_their_gates() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[("Cargo.toml", "[package]\n")], &["build: cargo build", "test: cargo test"]),
        (
            &[("Cargo.toml", "[workspace.lints]\n"), ("Cargo.lock", ""), ("rustfmt.toml", "")],
            &[
                "build: cargo build --workspace --locked",
                "test: cargo test --workspace --locked",
                "lint: cargo clippy --workspace --all-targets --locked -- -D warnings",
                "fmt: cargo fmt --all -- --check",
            ],
        ),
        (
            &[("Makefile", "CC := cc\nX = a: b\n# lint: no\nall: x\n\techo test: no\ntest check: all\n")],
            &["build: make all", "test: make test", "check: make check"],
        ),
        (&[("Makefile", "build:\nall: build\n")], &["build: make build"]),
        (&[("go.mod", "module x\n")], &["build: go build ./...", "test: go test ./...", "vet: go vet ./..."]),
        (
            &[("pyproject.toml", "[tool.ruff]\n[tool.pytest.ini_options]\n")],
            &["build: python3 -m compileall -q .", "test: python3 -m pytest -q", "lint: ruff check ."],
        ),
        (&[("setup.py", "")], &["build: python3 -m compileall -q ."]),
        (
            &[("Makefile", "install:\n"), ("go.mod", "")],
            &["build: go build ./...", "test: go test ./...", "vet: go vet ./..."],
        ),
        (&[("README.md", "")], &[]),
    ];
    for (files, expected) in cases {
        assert_eq!(gates(files).0, *expected, "{files:?}");
    }
}

#[test]
fn a_repository_of_two_kinds_is_told_which_was_taken() {
    let files = [("Cargo.toml", ""), ("Makefile", "test:\n")];
    let (written, ..) = initialised(&files, &InitOptions::default());
    assert_eq!(written.notes, ["the gates come from Cargo.toml; add what Makefile asks for, if anything"]);
    let (written, ..) = initialised(&[], &InitOptions::default());
    assert_eq!(
        written.notes,
        ["no gates were found; add those of this repository as `[[gate]]` in orchestra.toml"]
    );
}

#[test]
fn target_and_profile_are_filled_in_and_prompts_explained() {
    let dir = tempfile::tempdir().unwrap();
    let options = InitOptions { profile: Some("shell".into()), preset: Some("sprint".into()), force: false };
    let written = init(dir.path(), "trunk/\"é\"", &options).unwrap();
    let config = load(dir.path()).unwrap();
    assert_eq!(config.merge.target, "trunk/\"é\"");
    assert!(config.team.iter().all(|a| a.profile == "shell"));
    let files: Vec<String> = written.files.iter().map(|f| f.display().to_string()).collect();
    let expected = ["orchestra.toml", "prompts/README.md", "skills/README.md"];
    assert_eq!(files, expected, "built-in prompts are not pinned");
    for file in &files {
        assert!(dir.path().join(file).is_file(), "{file}");
    }
    let readme = fs::read_to_string(dir.path().join("prompts/README.md")).unwrap();
    assert!(readme.contains("orchestra prompt show"));
    assert!(!config.prompts.contains_key("README"), "what a folder says of itself is no prompt");
}

#[test]
fn the_preset_for_clusters_brings_its_team_gates_and_prompts() {
    let eks = InitOptions { preset: Some("eks".into()), ..InitOptions::default() };
    let (written, config, text) = initialised(&[("package.json", "{}")], &eks);
    assert_eq!(written.files.len(), 11);
    assert_eq!(config.team.len(), 8);
    assert_eq!(config.team[2].domain, "Falco, Trivy and Kyverno");
    assert!(config.gates.is_empty() && text.contains("# run = \"npm run validate:all\""));
    assert!(config.prompts["enhance-plat"].contains("Karpenter"));
    assert!(config.prompts.contains_key("built-in/enhance-plat"));
    let plain = default_text();
    for heading in plain.lines().filter(|l| l.starts_with("# ──")) {
        assert_eq!(text.matches(heading).count(), 1, "{heading}");
    }
    let found = r#"{"scripts": {"build": "b", "synth": "s"}}"#;
    let (_, config, text) = initialised(&[("package.json", found)], &eks);
    assert_eq!(config.gates.len(), 2);
    assert!(!text.contains("validate:all"), "only what was found");
}

#[test]
fn nothing_is_overwritten_without_force() {
    for existing in ["orchestra.toml", "prompts/README.md"] {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), existing, "mine");
        let error = init(dir.path(), "main", &InitOptions::default()).unwrap_err();
        assert!(error.refused());
        let path = dir.path().join(existing);
        assert_eq!(
            error.to_string(),
            format!(
                "write {}: it exists already; move it away, or overwrite it with `orchestra init --force`",
                path.display()
            )
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(dir.path().join("orchestra.toml").exists(), existing == "orchestra.toml");
        init(dir.path(), "main", &InitOptions { force: true, ..InitOptions::default() }).unwrap();
        load(dir.path()).unwrap();
    }
}

#[test]
fn what_a_project_says_of_its_scripts_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "skills/README.md", "mine");
    for force in [false, true] {
        let written = init(dir.path(), "main", &InitOptions { force, ..InitOptions::default() }).unwrap();
        assert!(!written.files.iter().any(|f| f.starts_with("skills")), "{written:?}");
    }
    assert_eq!(fs::read_to_string(dir.path().join("skills/README.md")).unwrap(), "mine");
}

#[test]
fn unknown_presets_and_profiles_get_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    let said = |options: InitOptions| init(dir.path(), "main", &options).unwrap_err().to_string();
    assert_eq!(
        said(InitOptions { preset: Some("spritn".into()), ..InitOptions::default() }),
        "use the preset `spritn`: expected `default`, `sprint`, `eks` or `incident`; did you mean `sprint`?"
    );
    let got = said(InitOptions { profile: Some("codx".into()), ..InitOptions::default() });
    assert!(got.ends_with("did you mean `codex`?"), "{got}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_target_that_cannot_be_used_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let error = init(dir.path(), "agent-1-arch", &InitOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Wrong(_)), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_preset_of_a_fleet_brings_all_it_needs_and_loads() {
    let dir = tempfile::tempdir().unwrap();
    let options = InitOptions {
        preset: Some("incident".into()),
        profile: Some("rehearsal".into()),
        ..InitOptions::default()
    };
    let written = init(dir.path(), "main", &options).unwrap();
    for file in ["prompts/incident/SOUL.md", "prompts/incident/actions.toml", "scenarios/scale-out/report.md"]
    {
        assert!(written.files.contains(&file.into()) && dir.path().join(file).is_file(), "{file}");
    }
    let config = load(dir.path()).unwrap();
    let fleet = config.fleet.as_deref().unwrap();
    assert_eq!((fleet.coordinator.as_str(), config.worktrees, config.team.len()), ("coordinator", false, 4));
    assert!(config.team.iter().all(|a| a.profile == "rehearsal"));
    // Starters add nothing, and what a key in a comment says is how it is without the key.
    let plain = parse("[team]\nprofile = \"shell\"\nworktrees = false\n[[team.agent]]\nname = \"coordinator\"\n[incident]\ncoordinator = \"coordinator\"\n", "o", &Dirs::built_in()).unwrap();
    let usual = plain.fleet.as_deref().unwrap();
    assert_eq!(fleet.routes, usual.routes);
    let text = fs::read_to_string(dir.path().join("orchestra.toml")).unwrap();
    let (_, incident) = text.split_once("[incident]").unwrap();
    let open = incident.lines().map(|l| l.strip_prefix("# ").filter(|l| l.contains(" = ")).unwrap_or(l));
    let open = open.collect::<Vec<_>>().join("\n");
    fs::write(
        dir.path().join("orchestra.toml"),
        format!("{}[incident]{open}", text.split_once("[incident]").unwrap().0),
    )
    .unwrap();
    let opened = load(dir.path()).unwrap();
    assert_eq!(opened.fleet, config.fleet, "a commented key is not the usual one");
    // The coordinator gets what the team's file says, and the built-in text where it builds on that.
    let soul = "{% include \"built-in/incident/SOUL\" %}\n\nOurs: be brief.\n";
    fs::write(dir.path().join("prompts/incident/SOUL.md"), soul).unwrap();
    let config = load(dir.path()).unwrap();
    let vars = crate::domain::prompt::example::full();
    let text = crate::domain::prompt::render(&config.prompts, "incident-postmortem", &vars).unwrap();
    assert!(text.contains("Ours: be brief.") && text.contains("evidence before causes"), "{text}");
    // A template and actions that cannot be used are refused with their place.
    for (file, text, says) in [
        ("postmortem.md", "# x\n\n## A\n\n{{ titel }}\n", "prompts/incident/postmortem.md:5:1: "),
        (
            "actions.toml",
            "[[action]]\nname = 'x'\nkinds = ['no.such']\nrecommend = 'x'\nitem = 'y'\nowner = 'z'\n",
            "prompts/incident/actions.toml:1:1: the action `x`: there is no kind `no.such`",
        ),
    ] {
        let path = dir.path().join("prompts/incident").join(file);
        let before = fs::read_to_string(&path).unwrap();
        fs::write(&path, text).unwrap();
        let why = load(dir.path()).unwrap_err().to_string();
        assert!(why.contains(says), "{why}");
        fs::write(&path, before).unwrap();
    }
    let more = fs::read_dir(dir.path().join("scenarios")).unwrap().count();
    assert_eq!(more, 3);
}
