//! `docs/cli.md` is what the program says of itself. `ORCHESTRA_WRITE_DOCS=1 cargo test --test cli_docs`
//! writes it anew.

use std::path::Path;

#[test]
fn the_page_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let now = orchestra::cli::reference();
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == now,
        "docs/cli.md is stale; write it with ORCHESTRA_WRITE_DOCS=1 cargo test --test cli_docs"
    );
}

#[test]
fn every_object_has_its_section() {
    let page = include_str!("../docs/json.md");
    for kind in [
        "done",
        "fault",
        "status",
        "pane",
        "explained",
        "receipts",
        "run",
        "review",
        "verified",
        "gating",
        "diff",
        "train",
        "sessions",
        "moment",
        "hits",
        "keymap",
        "history",
        "event",
    ] {
        assert!(page.contains(&format!("## `{kind}`")), "docs/json.md has no section on `{kind}`");
    }
}
