//! What kind of project a repository is, and which gates it has.
//!
//! Nothing is run and nothing but a few files at the top is read. A file that cannot be read or
//! understood gives a note and no gates: a guess that is wrong costs more than none.

use std::path::Path;

use super::data::read_text;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Found {
    /// The file that says what the project is.
    pub kind: Option<String>,
    /// Its gates in order.
    pub gates: Vec<FoundGate>,
    /// Sentences for the user.
    pub notes: Vec<String>,
}

/// A gate that the project has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct FoundGate {
    /// Its name.
    pub name: &'static str,
    /// Its command line.
    pub run: String,
}

/// Reads the project at `top`; the first kind that gives gates is taken.
pub(super) fn detect(top: &Path) -> Found {
    let kinds: [fn(&Path, &mut Found) -> Option<String>; 5] = [node, cargo, make, go, python];
    let mut found = Found::default();
    let mut others = Vec::new();
    for kind in kinds {
        let before = found.gates.len();
        if before > 0 {
            others.extend(kind(top, &mut Found::default()));
        } else if let Some(file) = kind(top, &mut found) {
            found.kind = Some(file);
        }
    }
    if found.gates.is_empty() {
        found
            .notes
            .push("no gates were found; add those of this repository as `[[gate]]` in orchestra.toml".into());
    }
    if let (Some(kind), false) = (&found.kind, others.is_empty()) {
        let others = others.join(", ");
        found.notes.push(format!("the gates come from {kind}; add what {others} asks for, if anything"));
    }
    found
}

impl Found {
    fn gate(&mut self, name: &'static str, run: impl Into<String>) {
        self.gates.push(FoundGate { name, run: run.into() });
    }

    /// The text of `file` in `top` when there is one.
    fn text(&mut self, top: &Path, file: &str) -> Option<String> {
        if !has(top, file) {
            return None;
        }
        read_text(&top.join(file)).map_err(|e| self.notes.push(format!("{e}; it was left out"))).ok()
    }
}

fn has(top: &Path, file: &str) -> bool {
    top.join(file).exists()
}

fn has_any(top: &Path, files: &[&str]) -> bool {
    files.iter().any(|f| has(top, f))
}

fn node(top: &Path, found: &mut Found) -> Option<String> {
    const FILE: &str = "package.json";
    let text = found.text(top, FILE)?;
    let Ok(package) = serde_json::from_str::<serde_json::Value>(&text) else {
        found.notes.push(format!("{FILE} is not JSON; its scripts were left out"));
        return None;
    };
    let manager = if has(top, "pnpm-lock.yaml") {
        "pnpm"
    } else if has(top, "yarn.lock") {
        "yarn"
    } else {
        "npm"
    };
    let scripts = [
        ("build", "build"),
        ("test", "test"),
        ("lint", "lint"),
        ("validate", "validate:all"),
        ("synth", "synth"),
    ];
    for (gate, script) in scripts {
        let command = package.get("scripts").and_then(|s| s.get(script)).and_then(|s| s.as_str());
        match command {
            // What `npm init` writes into every new package: it only says no and fails.
            Some(c) if c.contains("no test specified") => {}
            Some(c) if !c.trim().is_empty() && script == "test" => {
                found.gate(gate, format!("{manager} test"))
            }
            Some(c) if !c.trim().is_empty() => found.gate(gate, format!("{manager} run {script}")),
            _ => {}
        }
    }
    let needs = |key| package.get(key).and_then(|d| d.as_object()).is_some_and(|d| !d.is_empty());
    if !found.gates.is_empty() && (needs("dependencies") || needs("devDependencies")) {
        found.notes.push(format!(
            "worktrees and gates start without node_modules: set `setup` in [session] to install the packages \
             ({manager} install), and put the same before the first gate's command"
        ));
    }
    (!found.gates.is_empty()).then(|| FILE.to_owned())
}

fn cargo(top: &Path, found: &mut Found) -> Option<String> {
    const FILE: &str = "Cargo.toml";
    let text = found.text(top, FILE)?;
    let Ok(manifest) = text.parse::<toml::Table>() else {
        found.notes.push(format!("{FILE} is not TOML; its gates were left out"));
        return None;
    };
    let workspace = if manifest.contains_key("workspace") { " --workspace" } else { "" };
    let locked = if has(top, "Cargo.lock") { " --locked" } else { "" };
    found.gate("build", format!("cargo build{workspace}{locked}"));
    found.gate("test", format!("cargo test{workspace}{locked}"));
    // Lints and formatting only where the project shows that it keeps them: a gate that is red
    // from the start helps nobody.
    let lints = manifest.contains_key("lints")
        || manifest.get("workspace").is_some_and(|w| w.get("lints").is_some())
        || has_any(top, &["clippy.toml", ".clippy.toml"]);
    if lints {
        found.gate("lint", format!("cargo clippy{workspace} --all-targets{locked} -- -D warnings"));
    }
    if has_any(top, &["rustfmt.toml", ".rustfmt.toml"]) {
        found.gate("fmt", "cargo fmt --all -- --check");
    }
    Some(FILE.to_owned())
}

fn make(top: &Path, found: &mut Found) -> Option<String> {
    // The order in which make itself looks.
    let file = ["GNUmakefile", "makefile", "Makefile"].into_iter().find(|f| has(top, f))?;
    let text = found.text(top, file)?;
    let targets: Vec<&str> = text.lines().flat_map(rule_targets).collect();
    let first = |names: &[&'static str]| names.iter().copied().find(|n| targets.contains(n));
    for (gate, names) in
        [("build", &["build", "all"][..]), ("test", &["test"]), ("lint", &["lint"]), ("check", &["check"])]
    {
        if let Some(target) = first(names) {
            found.gate(gate, format!("make {target}"));
        }
    }
    (!found.gates.is_empty()).then(|| file.to_owned())
}

/// The targets of a rule's line; none for recipes, assignments and comments.
fn rule_targets(line: &str) -> impl Iterator<Item = &str> {
    let rule = line.split_once(':').filter(|(left, right)| {
        let assigns = right.trim_start_matches(':').starts_with('=') || left.contains('=');
        !assigns && !line.starts_with(['\t', '#', ' '])
    });
    rule.map_or("", |(left, _)| left).split_whitespace()
}

fn go(top: &Path, found: &mut Found) -> Option<String> {
    const FILE: &str = "go.mod";
    has(top, FILE).then(|| {
        found.gate("build", "go build ./...");
        found.gate("test", "go test ./...");
        found.gate("vet", "go vet ./...");
        FILE.to_owned()
    })
}

fn python(top: &Path, found: &mut Found) -> Option<String> {
    let file = ["pyproject.toml", "setup.py"].into_iter().find(|f| has(top, f))?;
    let settings = found.text(top, file)?;
    found.gate("build", "python3 -m compileall -q .");
    if settings.contains("pytest") || has_any(top, &["pytest.ini", "conftest.py", "tests/conftest.py"]) {
        found.gate("test", "python3 -m pytest -q");
    }
    if settings.contains("[tool.ruff") || has_any(top, &["ruff.toml", ".ruff.toml"]) {
        found.gate("lint", "ruff check .");
    }
    Some(file.to_owned())
}
