//! The data files that come with the program: profiles, plans, the demo project.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use orchestra::domain::id::AgentName;
use orchestra::domain::key::Key;
use orchestra::domain::plan::Plan;
use orchestra::domain::profile::{DialogKind, Launch, Places, Profile, Source};
use orchestra::domain::state::AgentState;
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

/// The state as the engine decides it: the first rule of each source, a question or a limit before
/// all, else the most trusted source.
fn state(profile: &Profile, evidence: &[(&str, &str)]) -> Option<String> {
    let mut rules = profile.rules.clone();
    rules.sort_by_key(|r| r.source);
    let mut found: Vec<(Source, AgentState)> = Vec::new();
    for rule in &rules {
        let source = format!("{:?}", rule.source).to_lowercase();
        let shown = evidence.iter().find(|(s, _)| *s == source).map_or("", |(_, text)| text);
        let first = found.iter().all(|(s, _)| *s != rule.source);
        if first && !shown.is_empty() && regex::Regex::new(&rule.pattern).unwrap().is_match(shown) {
            found.push((rule.source, rule.state));
        }
    }
    let urgent = found.iter().find(|(_, s)| matches!(s, AgentState::Asking | AgentState::Limited));
    urgent.or(found.first()).map(|(_, s)| s.to_string())
}

#[test]
fn every_profile_parses_and_its_patterns_compile() {
    let all = files("profiles");
    let names: Vec<&str> = all.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        ["aider", "claude", "codex", "gemini", "generic", "opencode", "pi", "rehearsal", "shell"]
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

// As the programs named in the profiles show it, less blank rows.
const CODEX_TRUST: &str = "  Folder access\n  /w/SEC\n  Trust this folder? Codex can read,\n  edit, and run files here.\n\
    › 1. Trust and continue\n  2. Back to Agent Command Center\n  enter continue · esc back";
const CODEX_SIGN_IN: &str = "  Choose how you want to use Codex.\n> 1. Sign in with ChatGPT\n\
    \x20 2. Sign in with Device Code\n  Press enter to continue";
const CODEX_APPROVAL: &str = "  Would you like to run the following command?\n  $ touch x\n› 1. Yes, proceed (y)\n\
    \x20 3. No, and tell Codex what to do differently (esc)\n  Press enter to confirm or esc to cancel";
const CODEX_AFTER_LIMIT: &str = "■ You’ve hit your usage limit. Try again at 4:01 AM.\n› go on\n• Done.\n\
    \x20 Worked for 2s • 04:02\n› Ask Codex to do anything\n  fake default · /w/SEC\n  ← for agents · ? for shortcuts";

/// A screen of pi with something above its composer.
fn pi_shows(above: &str) -> String {
    let rule = "─".repeat(40);
    format!(" $ sh build.sh\n{above}\n{rule}\n{rule}\n/w/SEC (agent-3-sec)\n0.0%/128k (auto)     (fake) fake")
}

/// The dotted keys of a profile, through tables and lists.
fn keys(value: &serde_json::Value, above: &str, found: &mut BTreeSet<String>) {
    let Some(table) = value.as_object() else { return };
    for (key, value) in table {
        let key = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let list = value.as_array().and_then(|l| l.first());
        if !key.ends_with(".env") && key != "env" {
            keys(list.unwrap_or(value), &key, found);
        }
        let table =
            value.is_object() && !key.ends_with("env") || list.is_some_and(serde_json::Value::is_object);
        if !table || key.ends_with(".file") {
            found.insert(key);
        }
    }
}

#[test]
fn every_key_of_a_profile_is_documented_and_nothing_else() {
    let mut found = BTreeSet::new();
    for (name, _) in files("profiles") {
        keys(&serde_json::to_value(profile(&name)).unwrap(), "", &mut found);
    }
    // Of lists only what they hold is a key; they are empty in some.
    found.retain(|key| key != "dialog" && key != "rule");
    // A list that is empty everywhere but in one injection.
    found.extend(["mcp.file.path", "mcp.file.text"].map(str::to_owned));
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md")).unwrap();
    let page = &text[text.find("## Keys").unwrap()..text.find("## `[profile.NAME]`").unwrap()];
    let rows = page.lines().filter_map(|l| l.strip_prefix("| `")?.split(" |").next());
    let named: BTreeSet<String> =
        rows.flat_map(|cell| cell.split(", ")).map(|key| key.trim_matches('`').to_owned()).collect();
    assert_eq!(found, named);
}

#[test]
fn what_is_injected_is_well_formed_whatever_the_paths() {
    let places = Places::default()
        .with("orchestra", "/opt/it's \"here\"/orchestra")
        .with("files", "/s/a b/injected/SEC")
        .with("agent", "SEC");
    for (name, _) in files("profiles") {
        let profile = profile(&name);
        let filled = profile.command(&places, &Launch { resumed: true, prompt: Some("Fix {it}".into()) });
        assert!(!filled.iter().any(|a| a.contains("{orchestra") || a.contains("{files")), "{filled:?}");
        if let Some(json) = filled.iter().find_map(|a| a.strip_prefix("notify=")) {
            let argv: Vec<String> = toml::from_str::<toml::Table>(&format!("v = {json}")).unwrap()["v"]
                .clone()
                .try_into()
                .unwrap();
            assert_eq!(argv[0], "/opt/it's \"here\"/orchestra");
        }
        let mut env = std::collections::BTreeMap::new();
        profile.set_environment(&places, &mut env);
        for value in env.values().filter(|v| v.starts_with('{')) {
            serde_json::from_str::<serde_json::Value>(value).unwrap();
        }
        for (path, text) in profile.files(&places) {
            if path.ends_with(".json") {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                let command =
                    value.pointer("/hooks/Notification/0/hooks/0/command").unwrap().as_str().unwrap();
                // What `sh` makes of it is the program and its three arguments.
                let script = format!("for a in {command}; do echo \"$a\"; done");
                let out = Command::new("sh").args(["-c", &script]).output().unwrap();
                let lines = String::from_utf8(out.stdout).unwrap();
                let want = format!("/opt/it's \"here\"/orchestra\nhook\n{name}\nNotification\n");
                assert_eq!(lines, want);
            }
        }
    }
}

#[test]
fn drafts_are_seen_in_composers_and_suggestions_are_none() {
    let table: &[(&str, &str, Option<&str>)] = &[
        ("claude", "❯ earlier prompt\n● Done.\n❯ ", None),
        ("claude", "❯ Try \"fix lint errors\"", None),
        ("claude", "❯ earlier\n│ > half a tho │", Some("half a tho")),
        ("gemini", " > earlier\n│ >   Type your message or @path/to/file │", None),
        ("gemini", "│ > half a tho │", Some("half a tho")),
        ("aider", "diff> earlier\nApplied edit to b.txt\ndiff>", None),
        ("aider", "> half a tho", Some("half a tho")),
        ("rehearsal", "│ >  │", None),
        ("rehearsal", "│ > half a tho  │", Some("half a tho")),
    ];
    for (name, screen, want) in table {
        let pattern = regex::Regex::new(&profile(name).submit.composer).unwrap();
        let last = pattern.captures_iter(screen).last().unwrap_or_else(|| panic!("{name}: {screen:?}"));
        assert_eq!(last.get(1).map(|m| m.as_str()), *want, "{name}: {screen:?}");
    }
}

#[test]
fn stops_and_dialogs_name_keys() {
    for (name, _) in files("profiles") {
        let profile = profile(&name);
        for key in profile.stop.keys.iter().chain(profile.dialog.iter().flat_map(|d| &d.accept)) {
            assert!(Key::named(key).is_some(), "{name}: {key}");
        }
        for dialog in &profile.dialog {
            assert!(dialog.name.starts_with(&format!("{name}/")), "{}", dialog.name);
            assert!(regex::Regex::new(&dialog.pattern).is_ok(), "{}", dialog.name);
            // Only what a person would not hesitate about may be accepted for them.
            assert!(dialog.accept.is_empty() || dialog.kind == DialogKind::Trust, "{}", dialog.name);
        }
        assert!(!profile.verified.is_empty(), "{name}");
    }
}

/// A profile, what its program shows by source, and the state that is.
type Shown<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>);

#[test]
fn what_the_programs_show_means_what_it_should() {
    let table: &[Shown] = &[
        ("rehearsal", &[("title", "✳ rehearsal SEC")], Some("idle")),
        ("rehearsal", &[("title", "⠹ rehearsal SEC")], Some("working")),
        ("rehearsal", &[("title", "? rehearsal SEC"), ("progress", "4")], Some("asking")),
        (
            "rehearsal",
            &[("title", "rehearsal SEC"), ("screen", "usage limit reached — resets at 14:05")],
            Some("limited"),
        ),
        ("rehearsal", &[("title", "")], None),
        ("claude", &[("title", "⠂ Fix the build")], Some("working")),
        (
            "claude",
            &[
                ("title", "✳ Fix"),
                (
                    "screen",
                    "Do you want to proceed?\n❯ 1. Yes\n  2. No, and tell Claude what to do differently",
                ),
            ],
            Some("asking"),
        ),
        (
            "claude",
            &[("title", "✳ Fix"), ("screen", "✽ Wandering… (12s · esc to interrupt)\n❯ ")],
            Some("working"),
        ),
        ("claude", &[("title", "✳ Fix"), ("screen", "● Done.\n❯ ")], Some("idle")),
        (
            "claude",
            &[("screen", "Quick safety check: Is this a project you created or one you trust?")],
            Some("asking"),
        ),
        ("codex", &[("title", "⠙ SEC")], Some("working")),
        ("codex", &[("notify", "Done. All tests pass.")], Some("idle")),
        ("codex", &[("notify", "Approval requested: rm -rf target")], Some("asking")),
        (
            "codex",
            &[("title", "codex"), ("screen", "• Working (3s • esc to interrupt)\n› ")],
            Some("working"),
        ),
        (
            "codex",
            &[("title", "codex"), ("screen", "■ You've hit your usage limit. Try again at 3:28 PM.\n› ")],
            Some("limited"),
        ),
        ("codex", &[("title", "SEC"), ("screen", CODEX_TRUST)], Some("asking")),
        ("codex", &[("screen", CODEX_SIGN_IN)], Some("asking")),
        ("codex", &[("title", "[ ! ] Action Required | SEC"), ("screen", CODEX_APPROVAL)], Some("asking")),
        ("codex", &[("title", "SEC"), ("screen", CODEX_APPROVAL)], Some("asking")),
        ("codex", &[("title", "SEC"), ("screen", CODEX_AFTER_LIMIT)], Some("idle")),
        (
            "codex",
            &[(
                "screen",
                "• Reconnecting... 1/5 (3s • esc to interrupt)\n  └ Stream disconnected\n› Ask\n  fake",
            )],
            Some("working"),
        ),
        (
            "codex",
            &[
                ("title", "SEC"),
                ("screen", "• Trust this folder? it says, then esc back.\n› Ask Codex\n  fake · /w"),
            ],
            Some("idle"),
        ),
        ("gemini", &[("title", "✦  Working… (harbour)")], Some("working")),
        ("gemini", &[("title", "◇  Ready (harbour)")], Some("idle")),
        (
            "gemini",
            &[
                ("title", "◇  Ready (SEC)"),
                ("screen", "│ Do you trust the files in this folder? │\n│ ● 1. Trust folder (SEC) │"),
            ],
            Some("asking"),
        ),
        (
            "gemini",
            &[
                ("title", "✋  Action Required (SEC)"),
                ("screen", "│ Allow execution of [Shell]?\n│ ● 1. Allow once\n│   2. Allow for this session"),
            ],
            Some("asking"),
        ),
        (
            "gemini",
            &[("screen", " ⠼ Thinking... (esc to cancel, 0s)\n >   Type your message")],
            Some("working"),
        ),
        (
            "opencode",
            &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   ⬝⬝■■⬝⬝  esc interrupt")],
            Some("working"),
        ),
        ("opencode", &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   ⬝⬝■■⬝⬝  esc again to")], Some("working")),
        ("opencode", &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   /w/SEC   tab agents")], Some("idle")),
        ("opencode", &[("screen", "△ Permission required\n edit a.txt")], Some("asking")),
        ("pi", &[("screen", &pi_shows(" ⠋ Working..."))], Some("working")),
        ("pi", &[("screen", &pi_shows(" ⠙ Retrying (1/3) in 2s... (escape to cancel)"))], Some("working")),
        (
            "pi",
            &[(
                "screen",
                &pi_shows(" Error: 429 The usage limit has been reached\n ⠙ Retrying (3/3) in 4s..."),
            )],
            Some("working"),
        ),
        ("pi", &[("screen", &pi_shows(" Error: 429 The usage limit has been reached"))], Some("limited")),
        ("pi", &[("screen", &pi_shows(" Everything is committed."))], Some("idle")),
        ("pi", &[("screen", "pi v0.73.1\nescape interrupt · ctrl+c/ctrl+d clear/exit")], None),
        ("aider", &[("screen", "Add a.txt to the chat? (Y)es/(N)o [Yes]:")], Some("asking")),
        ("aider", &[("screen", "Open the url? (Y)es/\n(N)o/(D)on't ask again [Yes]:")], Some("asking")),
        ("aider", &[("screen", "Open the url? (Y)es/(N)o [Yes]: n\nAider v0.86.2\n────\n>")], Some("idle")),
        ("aider", &[("screen", "> go\n█░         Waiting for openai/fake")], Some("working")),
        ("aider", &[("screen", ">\n> go\nI will create the file.")], Some("working")),
        ("aider", &[("screen", "Applied edit to b.txt\ndiff>")], Some("idle")),
        ("generic", &[("screen", "Overwrite? [y/N]")], Some("asking")),
    ];
    for (name, evidence, want) in table {
        assert_eq!(state(&profile(name), evidence).as_deref(), *want, "{name}: {evidence:?}");
    }
}

fn team(names: &[&str]) -> Vec<AgentSpec> {
    names
        .iter()
        .map(|n| AgentSpec {
            name: AgentName::new(n).unwrap(),
            role: String::new(),
            domain: String::new(),
            branch: format!("b-{n}"),
            focus: vec![],
            after: vec![],
            profile: "rehearsal".into(),
            message: String::new(),
        })
        .collect()
}

#[test]
fn both_plans_bind_to_the_eight_and_to_others() {
    for (name, text) in files("plans") {
        let plan: Plan = toml::from_str(&text).unwrap();
        assert_eq!(plan.name, name);
        let eight = team(&["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"]);
        let stages: Vec<usize> = plan.bind(&eight).unwrap().iter().map(|b| b.stage).collect();
        assert_eq!(stages, [0, 1, 1, 1, 2, 2, 3, 3], "{name}");
        assert_eq!(plan.bind(&team(&["A", "B"])).unwrap().len(), 2);
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

#[test]
fn a_prompt_goes_into_a_composer_and_into_no_dialog() {
    let ready =
        |name: &str, screen: &str| regex::Regex::new(&profile(name).submit.ready).unwrap().is_match(screen);
    for dialog in [CODEX_TRUST, CODEX_SIGN_IN, CODEX_APPROVAL] {
        assert!(!ready("codex", dialog), "{dialog}");
    }
    assert!(ready("codex", "\n› Ask Codex to do anything\n\n  fake default · /w/SEC"));
    assert!(ready("codex", "\n›\n\n  fake default · /w/SEC"));
    assert!(ready("codex", "› 3 of them\n"));
    assert!(ready("pi", &pi_shows("")));
    let typed = pi_shows("").replacen("─\n─", "─\n\nhalf a draft\n─", 1);
    assert!(ready("pi", &typed), "{typed}");
    assert!(!ready("pi", "pi v0.73.1\nescape interrupt · ctrl+c/ctrl+d clear/exit"));
}
