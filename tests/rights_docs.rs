//! The table of docs/rights.md is what the code says. `ORCHESTRA_WRITE_DOCS=1 cargo test --test rights_docs` writes it anew.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use orchestra::domain::rights::{Policy, Standing, Tool};

const BEGIN: &str = "| tool | an agent | the orchestrator |\n|---|---|---|\n";
const END: &str = "\n\n## What";

#[test]
fn the_page_lists_every_tool_with_what_is_usual() {
    let policy = Policy::default();
    let row = |tool: Tool| {
        let says = |standing| policy.says(standing, tool).word();
        format!("| `{}` | {} | {} |", tool.word(), says(Standing::Agent), says(Standing::Conductor))
    };
    let table = Tool::ALL.map(row).join("\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rights.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the table");
    let (found, after) = rest.split_once(END).expect("a section follows the table");
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        found, table,
        "docs/rights.md is stale; write it with ORCHESTRA_WRITE_DOCS=1 cargo test --test rights_docs"
    );
}
