//! The invariants of the architecture, as functions from text to complaints.

use std::collections::{BTreeMap, BTreeSet};

use crate::lex::{tokens, without_tests};
use crate::paths::{Named, paths};

/// The most lines of a source file.
pub const LINES_MOST: usize = 400;

/// What each module may use of the crate. A module that is not here may not exist.
pub const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("screen", &["domain"]),
    ("config", &["domain"]),
    ("wire", &["domain"]),
    ("git", &["domain"]),
    ("gate", &["domain"]),
    ("session", &["domain"]),
    ("paint", &["domain"]),
    ("hold", &["domain", "wire", "session"]),
    ("engine", &["domain", "screen"]),
    ("ui", &["domain", "screen", "engine"]),
    (
        "server",
        &["domain", "screen", "config", "wire", "git", "gate", "session", "paint", "hold", "engine", "ui"],
    ),
    ("client", &["domain", "screen", "config", "wire", "git", "gate", "session", "hold"]),
    ("mcp", &["domain", "wire", "client"]),
    ("replay", &["domain", "screen", "config", "wire", "session", "paint", "engine", "ui"]),
    ("rehearse", &[]),
    ("cli", ALL),
    ("main", ALL),
];

const ALL: &[&str] = &[
    "domain", "screen", "config", "wire", "git", "gate", "session", "paint", "hold", "engine", "ui",
    "server", "client", "mcp", "replay", "rehearse", "cli",
];

/// The modules without a clock, files, processes, threads and the like.
pub const PURE: &[&str] = &["domain", "screen", "engine", "ui"];

/// The modules that must not see the engine, not even through others.
pub const BLIND: &[&str] = &["client", "mcp"];

/// The files that may say `unsafe`: none.
pub const UNSAFE: &[&str] = &[];

/// What no pure module may name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::os",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::time::UNIX_EPOCH",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "tokio",
    "futures_util",
    "rustix",
    "git2",
    "crossterm",
    "portable_pty",
    "signal_hook",
    "getrandom",
    "directories",
    "tempfile",
    "jiff",
    "tracing_subscriber",
];

/// One source file below `src`.
pub struct Source {
    /// Its path below `src`, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Its module: `src/ui/grid.rs` is `["ui", "grid"]`, `src/ui/mod.rs` is `["ui"]`.
    pub fn module(&self) -> Vec<String> {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let mut parts: Vec<String> = stem.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|p| p == "mod") || parts == ["lib"] {
            parts.pop();
        }
        parts
    }

    fn top(&self) -> String {
        self.module().first().cloned().unwrap_or_default()
    }
}

/// The files that are not only there for tests, with the paths each names.
pub fn named(sources: &[Source]) -> Vec<(&Source, Vec<Named>)> {
    let mut tests: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut kept = Vec::new();
    for source in sources {
        let (tokens, modules) = without_tests(&tokens(&source.text));
        for module in modules {
            tests.insert(source.module().into_iter().chain([module]).collect());
        }
        kept.push((source, tokens));
    }
    let is_test = |m: &[String]| (1..=m.len()).any(|n| tests.contains(&m[..n]));
    kept.into_iter()
        .filter(|(source, _)| !is_test(&source.module()))
        .map(|(source, tokens)| (source, paths(&tokens, &source.module())))
        .collect()
}

/// Arrows between top modules that are not allowed, and modules that nobody knows.
pub fn arrows(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (source, paths) in named(sources) {
        let top = source.top();
        let Some((_, may)) = MAY_USE.iter().find(|(m, _)| *m == top) else {
            if !top.is_empty() {
                wrong.push(format!("src/{}: `{top}` is in no layer", source.path));
            }
            continue;
        };
        for name in paths {
            let to = match name.path.first().map(String::as_str) {
                Some("crate" | "orchestra") => name.path.get(1).map_or("", String::as_str),
                _ => continue,
            };
            let at = format!("src/{}:{}", source.path, name.line);
            if to.is_empty() || to == "*" {
                wrong.push(format!("{at}: names the whole crate, which hides what is used"));
            } else if to != top && !may.contains(&to) {
                wrong.push(format!("{at}: `{top}` may not use `{to}`"));
            }
        }
    }
    wrong
}

/// Who uses whom, by top module.
pub fn graph(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, paths) in named(sources) {
        let top = source.top();
        let to =
            paths.into_iter().filter(|n| n.path.len() > 1 && n.path[0] == "crate").map(|n| n.path[1].clone());
        graph.entry(top.clone()).or_default().extend(to.filter(|t| *t != top));
    }
    graph
}

/// Everything that can be reached from `from`.
pub fn reach(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let (mut seen, mut todo) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(next) = todo.pop() {
        for to in graph.get(&next).into_iter().flatten() {
            if seen.insert(to.clone()) {
                todo.push(to.clone());
            }
        }
    }
    seen
}

/// Modules in an import circle, and blind modules that see the engine.
pub fn circles(sources: &[Source]) -> Vec<String> {
    let graph = graph(sources);
    let circle = graph.keys().filter(|m| reach(&graph, m).contains(*m));
    let mut wrong: Vec<String> = circle.map(|m| format!("`{m}` is in an import circle")).collect();
    let seeing = BLIND.iter().filter(|m| reach(&graph, m).contains("engine"));
    wrong.extend(seeing.map(|m| format!("`{m}` can see `engine`")));
    wrong
}

/// What pure modules touch and must not; where `anyhow` is used outside of `cli`.
pub fn outside(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (source, paths) in named(sources) {
        let top = source.top();
        let mut banned: Vec<&str> = Vec::new();
        if PURE.contains(&top.as_str()) {
            banned.extend(IMPURE);
            banned.extend(["ratatui"].iter().filter(|_| top != "ui"));
            banned.extend(["alacritty_terminal", "vte"].iter().filter(|_| top != "screen"));
        }
        if !["cli", "main"].contains(&top.as_str()) {
            banned.push("anyhow");
        }
        if top != "domain" {
            banned.extend(["tree_sitter"]);
        }
        for name in paths {
            let path = if name.path.first().is_some_and(|p| p == "core") {
                ["std".to_owned()].into_iter().chain(name.path.iter().skip(1).cloned()).collect()
            } else {
                name.path.clone()
            };
            if let Some(ban) = banned.iter().find(|ban| touches(&path, name.imported, ban)) {
                wrong.push(format!("src/{}:{}: `{top}` touches `{ban}`", source.path, name.line));
            }
        }
    }
    wrong
}

/// Whether `path` is `ban` or below it, or imports a whole that holds it.
fn touches(path: &[String], imported: bool, ban: &str) -> bool {
    let ban: Vec<&str> = ban.split("::").collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let whole = path.strip_suffix(&["*"]).unwrap_or(&path);
    path.starts_with(&ban) || (imported && ban.starts_with(whole) && !whole.is_empty())
}

/// `unsafe` where it may not stand, test code included.
pub fn unsafes(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| !UNSAFE.contains(&s.path.as_str())) {
        let found = tokens(&source.text).into_iter().filter(|t| t.text == "unsafe");
        wrong.extend(found.map(|t| format!("src/{}:{}: `unsafe`", source.path, t.line)));
    }
    wrong
}

/// Files with too many lines.
pub fn long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LINES_MOST).then(|| format!("{path}: {lines} lines, more than {LINES_MOST}"))
}
