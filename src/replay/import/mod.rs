//! An asciicast as a session of one pane.

pub mod cast;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use self::cast::{Cast, CastError, Counts, Happened};
use crate::domain::exit::Exit;
use crate::domain::id::AgentName;
use crate::domain::record::{Marked, Record};
use crate::domain::signal::printable;
use crate::domain::team::{AgentSpec, Config};
use crate::domain::time::Time;
use crate::screen::Size;
use crate::session::dir::{self, SessionDir};
use crate::session::file::SessionFile;
use crate::session::journal::{self, Journal};
use crate::session::lines;
use crate::session::log::{Kind, SEGMENT, Writer, size_text};

/// Most bytes of output that are taken over: what a session may keep.
pub const OUTPUT_MAX: u64 = 2 << 30;
/// Most events that the journal gets.
const LINES_MAX: u64 = 20_000;
/// The longest text of a mark, in characters.
const MARK_MAX: usize = 1000;
/// The longest record of output, in bytes.
const RECORD_MAX: usize = 65_536;
/// The longest name of a session, in characters.
const NAME_MAX: usize = 64;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no asciicast.
    #[error(transparent)]
    Cast(#[from] CastError),
    /// The directory cannot be made.
    #[error(transparent)]
    Dir(#[from] dir::Error),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// An event cannot be written.
    #[error(transparent)]
    Line(#[from] lines::Error),
    /// The log cannot be written.
    #[error("write the log {path}: {source}")]
    Log {
        /// Its directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// How long the recording is, in microseconds.
    pub us: u64,
    /// Events taken over.
    pub events: u64,
    /// Marks among them.
    pub marks: u64,
    /// Whether the file goes on beyond [`OUTPUT_MAX`] or has more marks than a journal gets.
    pub cut: bool,
    /// What was passed over or changed.
    pub counts: Counts,
}

/// Makes the session directory `out` of what `reader` gives; `name` is what the session is called.
///
/// # Errors
/// When it is no asciicast, `out` is there already or cannot be written. Then nothing is left of it.
pub fn import(
    reader: impl BufRead,
    name: &str,
    agent: &AgentName,
    out: &Path,
) -> Result<Imported, ImportError> {
    // Before anything is made: a file that is none leaves nothing behind.
    let cast = Cast::open(reader)?;
    let dir = SessionDir::create(out)?;
    let done = fill(cast, name, agent, &dir);
    if done.is_err() {
        // Made by this call, so nobody else's.
        let _ = std::fs::remove_dir_all(dir.path());
    }
    done
}

struct Made<'a> {
    dir: &'a SessionDir,
    journal: Journal,
    log: Writer,
    agent: AgentName,
    /// Milliseconds since 1970 at the beginning.
    wall: i64,
    lines: u64,
}

impl Made<'_> {
    fn record(&mut self, us: u64, record: &Record) -> Result<(), ImportError> {
        let wall = self.wall.saturating_add(i64::try_from(us / 1000).unwrap_or(i64::MAX));
        self.journal.taken_in(&self.agent, self.log.end());
        self.lines += 1;
        Ok(lines::append(self.dir, &mut self.journal, record, Time { mono: us, wall })?)
    }

    fn log(&mut self, us: u64, kind: Kind, payload: &[u8]) -> Result<(), ImportError> {
        let done = self.log.append(kind, us, payload);
        done.map(drop).map_err(|source| ImportError::Log { path: self.log.dir().to_owned(), source })
    }

    fn size(&mut self, us: u64, size: Size) -> Result<(), ImportError> {
        self.log(us, Kind::Resize, size_text(size.rows, size.cols).as_bytes())?;
        if self.lines < LINES_MAX {
            let (agent, Size { rows, cols }) = (self.agent.clone(), size);
            self.record(us, &Record::Resized { agent, rows, cols })?;
        }
        Ok(())
    }
}

fn fill(
    mut cast: Cast<impl BufRead>,
    name: &str,
    agent: &AgentName,
    dir: &SessionDir,
) -> Result<Imported, ImportError> {
    let header = cast.header().clone();
    dir.write_toml(&file(name, &header.title, agent))?;
    let path = dir.pane(agent);
    let log = Writer::open(&path, SEGMENT).map_err(|source| ImportError::Log { path, source })?;
    let journal = Journal::open(&dir.journal())?;
    let wall = header.timestamp.unwrap_or(0).saturating_mul(1000);
    let mut made = Made { dir, journal, log, agent: agent.clone(), wall, lines: 0 };
    let mut all = Imported::default();
    let (version, mut output, mut exit) = (env!("CARGO_PKG_VERSION").to_owned(), 0_u64, None);
    made.record(0, &Record::Opened { version, server: 0 })?;
    made.record(0, &Record::AgentUp { agent: agent.clone(), pid: 0, holder: 0, log: 0 })?;
    made.size(0, header.size)?;
    while let Some(event) = cast.next_event()? {
        all.us = event.us;
        match event.what {
            Happened::Output(text) => {
                output = output.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
                if output > OUTPUT_MAX {
                    all.cut = true;
                    break;
                }
                for part in parts(&text) {
                    made.log(event.us, Kind::Output, part.as_bytes())?;
                }
            }
            Happened::Size(size) => made.size(event.us, size)?,
            Happened::Mark(text) => {
                if made.lines >= LINES_MAX {
                    all.cut = true;
                    continue;
                }
                let text = printable(&text.chars().take(MARK_MAX).collect::<String>());
                made.record(event.us, &Record::Marked(Marked { agent: agent.clone(), text }))?;
                all.marks += 1;
            }
            Happened::Exit(status) => {
                made.log(event.us, Kind::Exit, Exit::Code(status).to_string().as_bytes())?;
                exit = Some(status);
            }
        }
        all.events += 1;
    }
    let why = "the recording ends".to_owned();
    let down = Record::AgentDown { agent: agent.clone(), status: exit, orderly: true, why: why.clone() };
    made.record(all.us, &down)?;
    made.record(all.us, &Record::Closed { why })?;
    made.journal.sync()?;
    all.counts = cast.counts();
    Ok(all)
}

/// A text in parts that fit a record.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(RECORD_MAX);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, after) = rest.split_at(end);
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

fn file(name: &str, title: &str, agent: &AgentName) -> SessionFile {
    let role = if title.is_empty() { "a recording".to_owned() } else { title.to_owned() };
    let spec = AgentSpec { role, ..AgentSpec::bare(agent.clone()) };
    let name = printable(&name.chars().take(NAME_MAX).collect::<String>());
    SessionFile::bare(env!("CARGO_PKG_VERSION"), Path::new(""), Config::bare(&name, vec![spec]))
}
