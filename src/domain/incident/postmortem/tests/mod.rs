//! What is written passes the check, and what is invented does not.

mod invented;
mod written;

use std::path::{Path, PathBuf};

use super::{House, check, offline, write};
use crate::domain::incident::analyst::{Analyst, Given as File, analyse};
use crate::domain::incident::case::Case;
use crate::domain::incident::finding::Finding;
use crate::domain::incident::triage::{Question, Routes, Told, triage};

const NONE: House<'static> = House { template: "", actions: "" };

fn scenarios() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    all.sort();
    assert!(all.len() >= 14);
    all
}

/// A scenario as the analysts and triage make it.
fn scenario(dir: &Path) -> Case {
    let routes: Routes = toml::from_str(include_str!("../../../../data/incident/routes.toml")).unwrap();
    let report = std::fs::read_to_string(dir.join("report.md")).unwrap();
    let mut told = Told::default();
    let triaged = loop {
        match triage(&report, &told, None, &routes) {
            Ok(triaged) => break triaged,
            Err(open) => match open[0].question {
                Question::Scope => told.scope = Some("all services".into()),
                Question::Priority => told.priority = Some("P2".into()),
                _ => panic!("{open:?}"),
            },
        }
    };
    let mut findings: Vec<Finding> = Vec::new();
    for who in Analyst::ALL {
        let place = dir.join(who.folder());
        let mut files: Vec<(String, String)> = Vec::new();
        for entry in place.read_dir().into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = format!("{}/{}", who.folder(), path.file_name().unwrap().to_string_lossy());
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
        files.sort();
        let given: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
        findings.extend(analyse(who, &given).findings);
    }
    let name = dir.file_name().unwrap().to_string_lossy().into_owned();
    let engaged: Vec<String> = triaged.engaged.iter().map(|e| e.name.clone()).collect();
    findings.retain(|f| engaged.contains(&f.source));
    let engaged: Vec<&str> = engaged.iter().map(String::as_str).collect();
    offline::of(&name, &report, triaged, &engaged, findings)
}

fn named(name: &str) -> Case {
    scenario(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(name))
}
