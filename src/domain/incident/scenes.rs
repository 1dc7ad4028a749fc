//! The scenarios of `tests/scenarios`, for the tests of this module: each one's data, findings and truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::analyst::{Analysis, Analyst, Given, analyse};
use super::finding::Finding;
use super::score::Truth;

/// Where they are.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// The directories of all scenarios, by name.
pub(super) fn all() -> Vec<PathBuf> {
    let entries = folder().read_dir().unwrap();
    let mut all: Vec<PathBuf> =
        entries.map(|e| e.unwrap().path()).filter(|p| p.join("report.md").exists()).collect();
    all.sort();
    assert!(all.len() >= 14, "the scenarios were not found");
    all
}

/// The name of a scenario.
pub(super) fn name(scenario: &Path) -> String {
    scenario.file_name().unwrap().to_string_lossy().into_owned()
}

/// The files of `who`, path to text.
pub(super) fn data(scenario: &Path, who: Analyst) -> BTreeMap<String, String> {
    let Ok(entries) = scenario.join(who.folder()).read_dir() else { return BTreeMap::new() };
    entries
        .map(|e| e.unwrap().path())
        .map(|p| (format!("{}/{}", who.folder(), name(&p)), std::fs::read_to_string(&p).unwrap()))
        .collect()
}

/// What `who` makes of files.
pub(super) fn run(who: Analyst, data: &BTreeMap<String, String>) -> Analysis {
    let files: Vec<Given<'_>> = data.iter().map(|(path, text)| Given { path, text }).collect();
    analyse(who, &files)
}

/// What all analysts find in a scenario.
pub(super) fn findings(scenario: &Path) -> Vec<Finding> {
    Analyst::ALL.into_iter().flat_map(|who| run(who, &data(scenario, who)).findings).collect()
}

/// What is true of a scenario.
pub(super) fn truth(scenario: &Path) -> Truth {
    let text = std::fs::read_to_string(scenario.join("truth.toml")).unwrap();
    Truth::read(&text).unwrap_or_else(|why| panic!("{}: {why}", scenario.display()))
}
