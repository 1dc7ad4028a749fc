//! Records as lines of the journal, long texts beside it.

use serde_json::Value;

use super::dir::SessionDir;
use super::journal::{Entry, Journal};
use super::{dir, journal, texts};
use crate::domain::mask::Mask;
use crate::domain::record::Record;
use crate::domain::time::Time;

/// Kinds of records that are never masked.
const EXACT: &[&str] = &[
    "base",
    "guard",
    "ripple_intent",
    "train_planned",
    "train_built",
    "train_intent",
    "train_applied",
    "undo_intent",
    "train_undone",
];

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
    append_masked(dir, journal, record, now, None)
}

/// As [`append`], without what is secret in it: where a text is a prompt's, `masked` in its body says so.
///
/// What git is told by and compared with stays as it is ([`EXACT`]): a recovery could not go on with anything else.
///
/// # Errors
/// As [`append`].
pub fn append_masked(
    dir: &SessionDir,
    journal: &mut Journal,
    record: &Record,
    now: Time,
    mask: Option<&Mask>,
) -> Result<(), Error> {
    let mut beside = None;
    let mut short = None;
    let mut masked = None;
    if let Record::Queued { dispatch, text, .. } = record
        && text.len() > texts::INLINE
    {
        masked = mask.and_then(|m| m.text(text));
        beside = Some(texts::write(dir, *dispatch, masked.as_deref().unwrap_or(text))?);
        let mut copy = record.clone();
        if let Record::Queued { text, .. } = &mut copy {
            *text = "".into();
        }
        short = Some(copy);
    }
    let mut value = serde_json::to_value(short.as_ref().unwrap_or(record))?;
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let mut body = value.get_mut("body").map(Value::take).unwrap_or_default();
    let exact = EXACT.contains(&kind.as_str());
    let inline = mask.is_some_and(|mask| !exact && mask_all(&mut body, mask));
    if let Some(body) = body.as_object_mut() {
        if let Some(beside) = beside {
            body.insert("beside".to_owned(), serde_json::to_value(beside)?);
        }
        if kind == "queued" && (inline || masked.is_some()) {
            body.insert("masked".to_owned(), true.into());
        }
    }
    if record.must_sync() {
        journal.append_synced(&kind, &body, now)?;
    } else {
        journal.append(&kind, &body, now)?;
    }
    Ok(())
}

/// Masks all texts in a value; whether any was.
fn mask_all(value: &mut Value, mask: &Mask) -> bool {
    match value {
        Value::String(text) => match mask.text(text) {
            Some(masked) => {
                *text = masked;
                true
            }
            None => false,
        },
        Value::Array(all) => all.iter_mut().filter_map(|v| mask_all(v, mask).then_some(())).count() > 0,
        Value::Object(all) => all.values_mut().filter_map(|v| mask_all(v, mask).then_some(())).count() > 0,
        _ => false,
    }
}

/// As [`record`], for a server that goes on with the session: of a prompt that was masked the text is lost, since what
/// is left of it must not be sent.
///
/// # Errors
/// As [`record`].
pub fn record_to_go_on(dir: &SessionDir, entry: Entry) -> Result<Record, serde_json::Error> {
    let masked = entry.body.get("masked") == Some(&Value::Bool(true));
    let mut record = record(dir, entry)?;
    if let (Record::Queued { text, .. }, true) = (&mut record, masked) {
        *text = "".into();
    }
    Ok(record)
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
            terms: Default::default(),
            brings: None,
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
    fn what_is_secret_is_masked_and_a_masked_prompt_is_never_sent_again() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let mut journal = Journal::open(&dir.journal()).unwrap();
        let secrets = crate::domain::mask::Secrets { values: vec!["hunter2!".into()], shapes: Vec::new() };
        let mask = Mask::new(&secrets);
        let long = format!("{}hunter2!", "x ".repeat(texts::INLINE));
        let note = Record::Note { text: "it is hunter2! now".into() };
        for record in [queued(1, "use hunter2!"), queued(2, &long), queued(3, "go"), note] {
            append_masked(&dir, &mut journal, &record, Time::default(), Some(&mask)).unwrap();
        }
        let found = read(&dir);
        assert_eq!(found[0], queued(1, "use ********"));
        assert_eq!(found[1], queued(2, &long.replace("hunter2!", "********")));
        assert_eq!(found[3], Record::Note { text: "it is ******** now".into() });
        let again =
            journal::read(&dir.journal()).unwrap().map(|e| record_to_go_on(&dir, e.unwrap()).unwrap());
        let again: Vec<Record> = again.take(3).collect();
        assert_eq!(again, [queued(1, ""), queued(2, ""), queued(3, "go")]);
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
