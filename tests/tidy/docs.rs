//! What the documentation says against what is there.

use std::collections::{BTreeMap, BTreeSet};

/// The layer of each module in the table at the top of `src/lib.rs`.
pub fn layers(lib: &str) -> BTreeMap<String, u32> {
    let mut layers = BTreeMap::new();
    for row in lib.lines().filter_map(|l| l.strip_prefix("//! | ")) {
        let Some((layer, modules)) = row.split_once(" | ") else { continue };
        let Ok(layer) = layer.split(' ').next().unwrap_or_default().parse() else { continue };
        for module in modules.split('`').skip(1).step_by(2) {
            layers.insert(module.to_owned(), layer);
        }
    }
    layers
}

/// Direct dependencies of `manifest`.
pub fn dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let names =
        |t: &toml::Value| t.as_table().map(|t| t.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    tables.iter().filter_map(|t| manifest.get(*t)).flat_map(names).collect()
}

/// Names in the first column of the tables of `page`.
pub fn rows(page: &str) -> BTreeSet<String> {
    let first =
        |line: &str| line.strip_prefix("| `").and_then(|l| l.split_once('`')).map(|(n, _)| n.to_owned());
    page.lines().filter_map(first).collect()
}

/// Dependencies without a row, and rows without a dependency.
pub fn differences(manifest: &str, page: &str) -> Vec<String> {
    let (wanted, there) = (dependencies(manifest), rows(page));
    let missing = wanted.difference(&there).map(|n| format!("docs/dependencies.md says nothing of `{n}`"));
    let extra =
        there.difference(&wanted).map(|n| format!("docs/dependencies.md has `{n}`, which is not used"));
    missing.chain(extra).collect()
}
