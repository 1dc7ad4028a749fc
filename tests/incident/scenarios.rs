//! The scenarios are what `make.py` writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The text of every file below a folder, by path; programs and pages of the folder itself are not of a scenario.
fn files(folder: &Path, below: &str, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() && !name.starts_with("__") {
            files(&path, &format!("{name}/"), into);
        } else if path.is_file() && !below.is_empty() {
            into.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_scenarios_are_as_their_program_writes_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let dir = tempfile::tempdir().unwrap();
    let run = Command::new("python3").arg("-B").arg(folder.join("make.py")).arg(dir.path()).output();
    let Ok(run) = run else {
        eprintln!("not tried: there is no python3 to run tests/scenarios/make.py");
        return;
    };
    assert!(run.status.success(), "{run:?}");
    let (mut written, mut there) = (BTreeMap::new(), BTreeMap::new());
    files(dir.path(), "", &mut written);
    files(&folder, "", &mut there);
    assert!(written.len() > 100, "{}", written.len());
    let differ: Vec<&String> = written
        .keys()
        .chain(there.keys().filter(|name| !written.contains_key(*name)))
        .filter(|name| written.get(*name) != there.get(*name))
        .collect();
    assert!(differ.is_empty(), "run tests/scenarios/make.py and look at what changed: {differ:?}");
}
