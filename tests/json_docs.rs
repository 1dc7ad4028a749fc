//! `docs/json/` holds the schemas of what `--json` prints. `ORCHESTRA_WRITE_DOCS=1 cargo test --test json_docs`
//! writes them anew; what disappears from them is seen in the change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json")
}

#[test]
fn the_schemas_are_what_the_program_prints() {
    let made = orchestra::cli::schema::schemas();
    let write = std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some();
    if write {
        std::fs::create_dir_all(folder()).unwrap();
    }
    for (kind, schema) in &made {
        let path = folder().join(format!("{kind}.json"));
        let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
        if write {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "docs/json/{kind}.json is stale; write it with ORCHESTRA_WRITE_DOCS=1 cargo test --test json_docs"
        );
    }
    let files = std::fs::read_dir(folder()).unwrap();
    let files: BTreeSet<String> = files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    let kinds: BTreeSet<String> = made.keys().map(|k| format!("{k}.json")).collect();
    assert_eq!(files, kinds, "docs/json holds exactly one file a kind");
}

#[test]
fn the_page_links_every_schema() {
    let page = include_str!("../docs/json.md");
    for kind in orchestra::cli::schema::schemas().keys() {
        assert!(page.contains(&format!("(json/{kind}.json)")), "docs/json.md does not link json/{kind}.json");
    }
}
