//! Session directories for tests of what looks back.

use std::path::Path;

use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::team::{AgentSpec, Config};
use crate::domain::time::Time;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;
use crate::session::journal::Journal;
use crate::session::lines;
use crate::session::log::{Kind, SEGMENT, Writer};

/// The wall clock at a session's beginning: 2023-11-14T22:13:20Z.
pub(crate) const WALL: i64 = 1_700_000_000_000;

/// A session directory that goes with its value.
pub(crate) struct Kit {
    _tmp: tempfile::TempDir,
    dir: SessionDir,
    journal: Journal,
}

pub(crate) fn name(name: &str) -> AgentName {
    AgentName::new(name).unwrap()
}

impl Kit {
    /// A session of these agents in which nothing has happened.
    pub(crate) fn new(agents: &[&str]) -> Self {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let spec = |n: &&str| AgentSpec { branch: format!("work/{n}"), ..AgentSpec::bare(name(n)) };
        let config = Config::bare("sprint", agents.iter().map(spec).collect());
        let file = SessionFile::bare("0", Path::new("/nowhere"), config);
        dir.write_toml(&file).unwrap();
        let journal = Journal::open(&dir.journal()).unwrap();
        Self { _tmp: tmp, dir, journal }
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Something happens.
    pub(crate) fn record(&mut self, us: u64, record: &Record) {
        let wall = WALL + i64::try_from(us / 1000).unwrap();
        lines::append(&self.dir, &mut self.journal, record, Time { mono: us, wall }).unwrap();
    }

    /// The journal says with its next event that a pane's log was taken in up to there.
    pub(crate) fn taken_in(&mut self, agent: &str, offset: u64) {
        self.journal.taken_in(&name(agent), offset);
    }

    /// Where the log of a pane lies.
    pub(crate) fn pane(&self, agent: &str) -> std::path::PathBuf {
        self.dir.pane(&name(agent))
    }

    /// A pane's program is started and prints.
    pub(crate) fn log(&self, agent: &str, records: &[(u64, Kind, &[u8])]) {
        let mut writer = Writer::open(&self.dir.pane(&name(agent)), SEGMENT).unwrap();
        for (us, kind, payload) in records {
            writer.append(*kind, *us, payload).unwrap();
        }
    }
}
