//! The profiles that come with the program: documented, well formed, true to what programs show.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use orchestra::domain::key::Key;
use orchestra::domain::profile::{DialogKind, Launch, Places, Profile};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data/profiles")
}

fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().path());
    let names: Vec<String> = files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 10);
    names
}

fn profile(name: &str) -> Profile {
    toml::from_str(&std::fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap()).unwrap()
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
    for name in names() {
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
    for name in names() {
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

/// The variables by which a server knows its session and its pane.
const NEEDED: [&str; 3] = ["ORCHESTRA_SOCKET", "ORCHESTRA_PANE", "ORCHESTRA_TOKEN"];

/// What a program is told of its MCP server: command, arguments, and the variables it is to hand on where it would not
/// by itself.
fn server_of(name: &str, exe: &str) -> Option<(Vec<String>, Vec<String>)> {
    let places =
        Places::default().with("orchestra", exe).with("files", "/s/injected/SEC").with("agent", "SEC");
    let profile = profile(name);
    let argv = profile.command(&places, &Launch::default());
    let mut env = std::collections::BTreeMap::new();
    profile.set_environment(&places, &mut env);
    let files = profile.files(&places);
    let json = |text: &str, at: &str| -> serde_json::Value {
        let whole: serde_json::Value = serde_json::from_str(text).unwrap();
        whole.pointer(at).unwrap().clone()
    };
    let texts = |v: &serde_json::Value| -> Vec<String> {
        v.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
    };
    let split = |server: &serde_json::Value| {
        let mut command = vec![server["command"].as_str().unwrap().to_owned()];
        command.extend(texts(&server["args"]));
        let handed = server["env"].as_object().map(|e| {
            assert!(e.iter().all(|(k, v)| *v == format!("${k}")), "names, never values: {e:?}");
            e.keys().cloned().collect()
        });
        (command, handed.unwrap_or_default())
    };
    if let Some(text) = argv.iter().find_map(|a| a.strip_prefix("--mcp-config=")) {
        return Some(split(&json(text, "/mcpServers/orchestra")));
    }
    if let Some(text) = argv.iter().find_map(|a| a.strip_prefix("mcp_servers.orchestra=")) {
        let table: toml::Table = toml::from_str(&format!("v = {text}")).unwrap();
        let server = serde_json::to_value(&table["v"]).unwrap();
        return Some((split(&server).0, texts(&server["env_vars"])));
    }
    if let Some(text) = env.get("OPENCODE_CONFIG_CONTENT") {
        return Some((texts(&json(text, "/mcp/orchestra/command")), vec![]));
    }
    files.get("defaults.json").map(|text| split(&json(text, "/mcpServers/orchestra")))
}

#[test]
fn programs_that_speak_mcp_are_given_the_server_whatever_its_path() {
    let exe = "/opt/it's \"here\"/orchestra";
    let mut needed = NEEDED.map(str::to_owned).to_vec();
    for name in names() {
        let told = server_of(&name, exe);
        assert_eq!(
            told.is_some(),
            ["claude", "codex", "opencode", "gemini"].contains(&name.as_str()),
            "{name}"
        );
        let Some((command, mut handed)) = told else { continue };
        assert_eq!(command, [exe, "mcp"], "{name}");
        handed.sort();
        needed.sort();
        assert_eq!(handed.is_empty(), ["claude", "opencode"].contains(&name.as_str()), "{name}");
        assert!(handed.is_empty() || handed == needed, "{name}: {handed:?}");
    }
}

#[test]
fn a_prompt_that_follows_is_no_value_of_an_option() {
    // Its options for servers and for tools take as many values as come.
    let launch = Launch { resumed: false, prompt: Some("Fix it".into()) };
    let argv = profile("claude").command(&Places::default(), &launch);
    for option in ["--mcp-config", "--allowedTools"] {
        assert!(!argv.iter().any(|a| a == option), "{argv:?}");
        assert_eq!(argv.iter().filter(|a| a.starts_with(&format!("{option}="))).count(), 1, "{argv:?}");
    }
    assert_eq!(argv.last().map(String::as_str), Some("Fix it"));
}

#[test]
fn without_the_server_what_tells_of_hooks_stays() {
    for name in ["codex", "gemini", "opencode", "claude"] {
        let mut profile = profile(name);
        profile.mcp.enabled = false;
        let places = Places::default().with("files", "/f").with("orchestra", "/o");
        let mut env = std::collections::BTreeMap::new();
        profile.set_environment(&places, &mut env);
        let all = format!(
            "{:?} {env:?} {:?}",
            profile.command(&places, &Launch::default()),
            profile.files(&places)
        );
        assert!(!all.contains("mcp") && all.contains("hook"), "{name}: {all}");
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
    for name in names() {
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
