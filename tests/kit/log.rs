//! Pane logs and the journal.

use std::path::Path;

use orchestra::session::log::{Kind, Reader};
use serde_json::Value;

/// Every byte a pane printed, from its log; damage fails the test.
pub fn output(session: &Path, pane: &str) -> Vec<u8> {
    let mut reader = Reader::open(&session.join("panes").join(pane), 0).unwrap();
    let mut bytes = Vec::new();
    for entry in reader.by_ref() {
        let record = entry.unwrap().record;
        if record.kind == Kind::Output {
            bytes.extend(record.payload);
        }
    }
    assert_eq!(reader.skipped(), 0, "the log of {pane} is damaged");
    bytes
}

/// Every line of the journal.
pub fn journal(session: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(session.join("journal.jsonl")).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

/// The bodies of all events of a kind.
pub fn events(session: &Path, kind: &str) -> Vec<Value> {
    journal(session).into_iter().filter(|e| e["kind"] == kind).map(|e| e["body"].clone()).collect()
}
