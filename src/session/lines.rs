//! Records as lines of the journal, long texts beside it.

use serde_json::Value;

use super::dir::SessionDir;
use super::journal::{Entry, Journal};
use super::{dir, journal, texts};
use crate::domain::record::Record;
use crate::domain::time::Time;

/// Why a record is not in the journal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// Its text cannot be written.
    #[error(transparent)]
    Text(#[from] dir::Error),
    /// It cannot be JSON.
    #[error("write an event as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Appends a record; the disk has it on return where the record asks for that. A long text is
/// written beside the journal first.
pub fn append(dir: &SessionDir, journal: &mut Journal, record: &Record, now: Time) -> Result<(), Error> {
    let mut beside = None;
    let mut short = None;
    if let Record::Queued { dispatch, text, .. } = record
        && text.len() > texts::INLINE
    {
        beside = Some(texts::write(dir, *dispatch, text)?);
        let mut copy = record.clone();
        if let Record::Queued { text, .. } = &mut copy {
            *text = "".into();
        }
        short = Some(copy);
    }
    let mut value = serde_json::to_value(short.as_ref().unwrap_or(record))?;
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let mut body = value.get_mut("body").map(Value::take).unwrap_or_default();
    if let (Some(beside), Some(body)) = (beside, body.as_object_mut()) {
        body.insert("beside".to_owned(), serde_json::to_value(beside)?);
    }
    if record.must_sync() {
        journal.append_synced(&kind, &body, now)?;
    } else {
        journal.append(&kind, &body, now)?;
    }
    Ok(())
}

/// The record of a line, with the text that stands beside the journal; a text that is lost is empty.
///
/// # Errors
/// When it is of a kind or has a body that this version does not know.
pub fn record(dir: &SessionDir, entry: Entry) -> Result<Record, serde_json::Error> {
    let beside = entry.body.get("beside").cloned();
    let value = serde_json::json!({ "kind": entry.kind, "body": entry.body });
    let mut record: Record = serde_json::from_value(value)?;
    if let (Record::Queued { dispatch, text, .. }, Some(beside)) = (&mut record, beside) {
        let read = serde_json::from_value(beside).map_err(|e| e.to_string());
        match read.and_then(|b| texts::read(dir, &b).map_err(|e| e.to_string())) {
            Ok(found) => *text = found.into(),
            Err(e) => tracing::warn!("the text of dispatch {dispatch} is lost: {e}"),
        }
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;
    use std::fs;

    fn queued(dispatch: u64, text: &str) -> Record {
        let agent = AgentName::new("SEC").unwrap();
        Record::Queued {
            dispatch,
            agent,
            prompt: None,
            task: None,
            code: None,
            text: text.into(),
            removed: 2,
        }
    }

    fn read(dir: &SessionDir) -> Vec<Record> {
        journal::read(&dir.journal()).unwrap().map(|e| record(dir, e.unwrap()).unwrap()).collect()
    }

    #[test]
    fn long_texts_stand_beside_the_journal_and_a_lost_one_is_empty() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let mut journal = Journal::open(&dir.journal()).unwrap();
        // The worst case of JSON, and the longest prompt there is.
        let (short, long) = ("\"".repeat(texts::INLINE), "ü\n".repeat((4 << 20) / 3));
        let all = [queued(1, &short), queued(2, &long), queued(3, &long[..texts::INLINE + 1])];
        for record in &all {
            append(&dir, &mut journal, record, Time::default()).unwrap();
        }
        assert_eq!(read(&dir), all);
        let names: Vec<_> = fs::read_dir(dir.path().join("texts")).unwrap().flatten().collect();
        assert_eq!(names.len(), 2, "the first fits its line");
        let longest = fs::read_to_string(dir.journal()).unwrap().lines().map(str::len).max();
        assert!(longest < Some(journal::MAX_LINE / 4));
        fs::write(dir.path().join("texts/2.txt"), "another").unwrap();
        fs::remove_file(dir.path().join("texts/3.txt")).unwrap();
        assert_eq!(read(&dir), [all[0].clone(), queued(2, ""), queued(3, "")]);
    }

    #[test]
    fn lines_of_before_there_were_texts_beside_are_read() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let mut journal = Journal::open(&dir.journal()).unwrap();
        let body = serde_json::json!({
            "dispatch": 4, "agent": "SEC", "prompt": null, "task": null, "code": null, "text": "go",
        });
        journal.append("queued", &body, Time::default()).unwrap();
        let found = read(&dir);
        assert!(matches!(&found[..], [Record::Queued { text, removed: 0, .. }] if **text == *"go"));
    }
}
