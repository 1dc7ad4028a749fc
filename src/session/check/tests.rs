use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::session::journal::Journal;
use crate::session::log::{Kind, SEGMENT, Writer};

struct Stage {
    _tmp: tempfile::TempDir,
    at: PathBuf,
}

/// A session of two agents with three events and a log.
fn stage() -> Stage {
    let tmp = tempfile::tempdir().unwrap();
    let at = tmp.path().join("s");
    let dir = SessionDir::create(&at).unwrap();
    fs::write(at.join("session.toml"), include_str!("../../../tests/fixtures/session.toml")).unwrap();
    let mut journal = Journal::open(&dir.journal()).unwrap();
    for n in 1..=3 {
        let record = Record::Note { text: format!("note {n}") };
        lines::append(&dir, &mut journal, &record, Time { mono: n, wall: 0 }).unwrap();
    }
    let name = AgentName::new("SEC").unwrap();
    let mut log = Writer::open(&dir.pane(&name), SEGMENT).unwrap();
    log.append(Kind::Resize, 1, b"80x24").unwrap();
    log.append(Kind::Output, 2, b"hello").unwrap();
    for file in ["session.toml", "journal.jsonl"] {
        fs::set_permissions(at.join(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    Stage { _tmp: tmp, at }
}

fn texts(found: &Checked, level: Level) -> Vec<String> {
    found.findings.iter().filter(|f| f.level == level).map(|f| format!("{}: {}", f.place, f.text)).collect()
}

#[test]
fn a_whole_session_is_whole() {
    let s = stage();
    let found = check(&s.at).unwrap();
    assert_eq!(texts(&found, Level::Note), Vec::<String>::new());
    assert!(!found.is_damaged() && !found.running);
    assert_eq!(found.events, 3);
    let [log] = &found.panes[..] else { panic!("{:?}", found.panes) };
    assert_eq!((log.agent.as_str(), log.damaged, log.torn), ("SEC", 0, 0));
    assert!(log.records >= 2);
}

#[test]
fn damage_is_named_with_its_place() {
    let s = stage();
    let journal = s.at.join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(
        &journal,
        format!("{}\n{}\n{}\n{{\"seq\":4", lines[0], lines[1].replace("note 2", "note x"), lines[2]),
    )
    .unwrap();
    let log = s.at.join("panes/SEC/000001.log");
    let mut bytes = fs::read(&log).unwrap();
    let at = bytes.len() - 2;
    bytes[at] ^= 1;
    fs::write(&log, &bytes).unwrap();
    let found = check(&s.at).unwrap();
    let problems = texts(&found, Level::Problem);
    assert!(
        problems.iter().any(|t| t.contains("journal.jsonl: 1 lines before event 3 are damaged")),
        "{problems:?}"
    );
    let notes = texts(&found, Level::Note);
    assert!(notes.iter().any(|t| t.contains("last line is unfinished (8 bytes)")), "{notes:?}");
    assert_eq!(found.events, 2);
    let logs = [problems, notes].concat();
    assert!(logs.iter().any(|t| t.starts_with("panes/SEC: ") && t.contains("bytes")), "{logs:?}");
    assert!(found.is_damaged());
}

#[test]
fn gaps_and_times_that_go_backwards_are_problems() {
    let s = stage();
    let journal = s.at.join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&journal, format!("{}\n{}\n{}\n", lines[2], lines[1], lines[0])).unwrap();
    let problems = texts(&check(&s.at).unwrap(), Level::Problem);
    assert!(problems.iter().any(|t| t.contains("event 3 follows event 0")), "{problems:?}");
    assert!(problems.iter().any(|t| t.contains("event 2 is earlier")), "{problems:?}");
}

#[test]
fn what_is_never_opened_is_named() {
    let s = stage();
    symlink("/etc/passwd", s.at.join("panes/SEC/000002.log")).unwrap();
    symlink("/etc", s.at.join("panes/NET")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, s.at.join("texts"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .unwrap();
    fs::write(s.at.join("bad\u{1b}[31mname"), "").unwrap();
    let found = check(&s.at).unwrap();
    let problems = texts(&found, Level::Problem);
    for (place, what) in
        [("panes/SEC/000002.log", "symbolic link"), ("panes/NET", "symbolic link"), ("texts", "pipe")]
    {
        assert!(problems.iter().any(|t| t.starts_with(place) && t.contains(what)), "{place}: {problems:?}");
    }
    assert!(found.findings.iter().all(|f| !f.place.contains('\u{1b}')), "nothing reaches a terminal");
    assert_eq!(found.panes.len(), 1, "the link is not read as a log");
}

#[test]
fn what_others_may_read_is_noted() {
    let s = stage();
    fs::set_permissions(s.at.join("journal.jsonl"), fs::Permissions::from_mode(0o644)).unwrap();
    let notes = texts(&check(&s.at).unwrap(), Level::Note);
    assert!(notes.iter().any(|t| t.starts_with("journal.jsonl") && t.contains("0644")), "{notes:?}");
}
