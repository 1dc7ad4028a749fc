//! The invariants of the architecture, kept by tests rather than by care.
// A failure here is the report, also in what the tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "tidy/docs.rs"]
mod docs;
#[path = "tidy/lex.rs"]
mod lex;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/planted.rs"]
mod planted;
#[path = "tidy/rules.rs"]
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{BLIND, MAY_USE, Source, arrows, circles, long, outside, unsafes};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` whose name ends in one of `ends`, sorted.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.map(|e| e.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, ends));
        } else if ends.iter().any(|end| path.to_string_lossy().ends_with(end)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let src = top().join("src");
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
    };
    // What is compiled in as data is not part of the program.
    let all: Vec<Source> =
        files(&src, &[".rs"]).into_iter().map(read).filter(|s| !s.path.starts_with("data/")).collect();
    assert!(all.len() > 10, "the sources were not found");
    all
}

#[track_caller]
fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn arrows_point_down() {
    none(arrows(&sources()));
}

#[test]
fn there_are_no_import_circles_and_clients_cannot_see_the_engine() {
    none(circles(&sources()));
}

#[test]
fn pure_layers_are_pure_and_errors_are_per_module() {
    none(outside(&sources()));
}

#[test]
fn unsafe_is_nowhere() {
    none(unsafes(&sources()));
}

#[test]
fn no_source_file_is_long() {
    let folders = ["src", "tests", "benches"].map(|f| top().join(f));
    let all = folders.iter().flat_map(|f| files(f, &[".rs"]));
    none(all.filter_map(|p| long(&p.to_string_lossy(), &fs::read_to_string(&p).unwrap())).collect());
}

#[test]
fn the_table_of_layers_is_true() {
    let layers = docs::layers(&fs::read_to_string(top().join("src/lib.rs")).unwrap());
    // Two modules of a layer where one stands on the other; the table says so in words.
    let within = [("hold", "wire"), ("hold", "session"), ("screen", "domain"), ("mcp", "client")];
    for (module, may) in MAY_USE.iter().filter(|(m, _)| *m != "main") {
        let layer =
            layers.get(*module).unwrap_or_else(|| panic!("`{module}` is not in the table of src/lib.rs"));
        for to in may.iter().filter(|to| *to != module && !within.contains(&(*module, **to))) {
            assert!(layers[*to] < *layer, "`{module}` may use `{to}`, which is not below it");
        }
        assert!(!BLIND.contains(module) || !may.contains(&"engine"));
    }
    assert_eq!(layers.len(), MAY_USE.len() - 1, "the table names a module that nobody knows");
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(top().join("Cargo.toml")).unwrap();
    let page = fs::read_to_string(top().join("docs/dependencies.md")).unwrap();
    none(docs::differences(&manifest, &page));
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // Put together here, so that this file does not hold them.
    let machine = [concat!("/wo", "rk/"), concat!("../sha", "red"), concat!("/ro", "ot/.")];
    let ends = [".rs", ".md", ".toml", ".sh", ".json", ".jsonl", ".log", "justfile"];
    let folders = ["src", "tests", "benches", "docs", "prompts", "sessions", ".ci"].map(|f| top().join(f));
    let mut all: Vec<PathBuf> = folders.iter().flat_map(|f| files(f, &ends)).collect();
    all.extend(
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Cargo.toml", "orchestra.toml"]
            .map(|f| top().join(f)),
    );
    let knows = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        machine.iter().find(|m| text.contains(**m)).map(|m| format!("{}: {m}", path.display()))
    };
    none(all.iter().filter_map(knows).collect());
}
