//! The journal, event by event, also while it is written.

use std::path::{Path, PathBuf};

use super::{Error, recording};
use crate::domain::id::AgentName;
use crate::domain::time::rfc3339;
use crate::domain::view::EventLine;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;
use crate::session::journal::{self, Entry};
use crate::session::lines;

/// Reads the events of a session in order, each once, those that are added too.
#[derive(Debug)]
pub struct Events {
    dir: SessionDir,
    phrase: String,
    panes: Vec<AgentName>,
    /// Up to where the journal was read, in bytes.
    read: u64,
    /// The number of the last event given.
    last: u64,
    /// Whether the last that was said of the session is that it ended.
    closed: bool,
}

impl Events {
    /// The events of the session directory `dir`.
    ///
    /// # Errors
    /// When it is no session, or its `session.toml` cannot be read.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let dir = SessionDir::open(dir)?;
        let config = SessionFile::look(&dir)?.config;
        let team = config.team.iter().map(|a| a.name.clone());
        let panes = team.chain([AgentName::orchestrator()]).collect();
        Ok(Self { dir, phrase: config.conduct.phrase, panes, read: 0, last: 0, closed: false })
    }

    /// The journal's file.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.dir.journal()
    }

    /// The pane of that name.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn pane(&self, name: &AgentName) -> Result<(), Error> {
        recording::among(&self.panes, name)
    }

    /// Gives `each` the events that were not given yet, until it says false; whether it never did. An unfinished last
    /// line is left for the next time.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn go_on(&mut self, mut each: impl FnMut(EventLine) -> bool) -> Result<bool, Error> {
        let mut reader = journal::read_from(&self.dir.journal(), self.read)?;
        for entry in reader.by_ref() {
            let entry = entry?;
            // One whose line feed was still missing is met again.
            if entry.seq <= self.last {
                continue;
            }
            self.last = entry.seq;
            match entry.kind.as_str() {
                "closed" => self.closed = true,
                "opened" | "recovered" => self.closed = false,
                _ => {}
            }
            if !each(self.line(entry)) {
                return Ok(false);
            }
        }
        self.read = reader.end();
        Ok(true)
    }

    /// Whether nothing more comes: the session was ended. It may be read once more after that.
    ///
    /// # Errors
    /// When the lock of its server cannot be looked at.
    pub fn is_over(&self) -> Result<bool, Error> {
        Ok(self.closed && self.dir.locked_by()?.is_none())
    }

    /// Whether it was said that the session ended; its server may still be on its way out.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    fn line(&self, entry: Entry) -> EventLine {
        let (seq, at, kind, body) = (entry.seq, rfc3339(entry.time), entry.kind.clone(), entry.body.clone());
        let (agent, text) = match lines::record(&self.dir, entry) {
            Ok(record) => crate::engine::told(&record, &self.phrase),
            // A kind of a later version: its agent is named as everywhere.
            Err(_) => {
                let name = body.get("agent").and_then(serde_json::Value::as_str);
                (name.and_then(|n| AgentName::new(n).ok()), String::new())
            }
        };
        EventLine { seq, at, kind, agent, text, body }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write;

    use super::*;
    use crate::domain::record::Record;
    use crate::replay::testkit::{Kit, name};

    fn all(events: &mut Events) -> Vec<EventLine> {
        let mut found = Vec::new();
        assert!(
            events
                .go_on(|line| {
                    found.push(line);
                    true
                })
                .unwrap()
        );
        found
    }

    fn note(text: &str) -> Record {
        Record::Note { text: text.into() }
    }

    #[test]
    fn each_event_is_given_once_with_its_words_and_its_body() {
        let mut kit = Kit::new(&["SEC"]);
        let mut events = Events::open(kit.path()).unwrap();
        assert!(all(&mut events).is_empty());
        kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
        kit.record(2_000_000, &Record::LeftOut { agent: name("SEC") });
        let found = all(&mut events);
        assert_eq!(found.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found[1].at, "2023-11-14T22:13:22Z");
        assert_eq!((found[1].kind.as_str(), found[1].agent.clone()), ("left_out", Some(name("SEC"))));
        assert_eq!(found[1].text, "left out of the merge");
        assert_eq!(found[1].body, serde_json::json!({ "agent": "SEC" }));
        assert!(all(&mut events).is_empty());
        kit.record(3, &note("more"));
        assert_eq!(all(&mut events).len(), 1);
        assert!(!events.is_over().unwrap());
        kit.record(4, &Record::Closed { why: "asked".into() });
        all(&mut events);
        assert!(events.is_over().unwrap());
        // It may be started once more.
        kit.record(5, &Record::Opened { version: "0".into(), server: 2 });
        all(&mut events);
        assert!(!events.is_over().unwrap());
    }

    #[test]
    fn an_unfinished_line_is_waited_for() {
        let mut kit = Kit::new(&["SEC"]);
        kit.record(0, &note("one"));
        let path = SessionDir::open(kit.path()).unwrap().journal();
        let whole = std::fs::read(&path).unwrap();
        let mut events = Events::open(kit.path()).unwrap();
        // As a writer that is interrupted leaves it, at any byte: without the line feed it counts, and once.
        for end in 0..=whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            assert_eq!(all(&mut events).len(), usize::from(end == whole.len() - 1), "{end}");
        }
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"seq\":2,\"us\":0").unwrap();
        assert!(all(&mut events).is_empty());
    }

    #[test]
    fn what_nobody_knows_is_passed_on_as_it_stands() {
        let kit = Kit::new(&["SEC"]);
        let path = SessionDir::open(kit.path()).unwrap().journal();
        let mut journal = journal::Journal::open(&path).unwrap();
        let body = serde_json::json!({ "agent": "SEC", "x": [1] });
        journal.append("of_tomorrow", &body, crate::domain::time::Time::default()).unwrap();
        let found = all(&mut Events::open(kit.path()).unwrap());
        assert_eq!((found[0].agent.clone(), found[0].text.as_str()), (Some(name("SEC")), ""));
        assert_eq!((found[0].kind.as_str(), &found[0].body), ("of_tomorrow", &body));
    }

    #[test]
    fn who_has_heard_enough_is_given_no_more() {
        let mut kit = Kit::new(&["SEC"]);
        for text in ["a", "b", "c"] {
            kit.record(0, &note(text));
        }
        let mut events = Events::open(kit.path()).unwrap();
        let mut count = 0;
        assert!(
            !events
                .go_on(|_| {
                    count += 1;
                    count < 2
                })
                .unwrap()
        );
        assert_eq!(count, 2);
    }
}
