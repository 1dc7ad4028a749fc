//! The journal: `journal.jsonl`, one event a line, the source of truth of a session.
//!
//! `{"seq":1,"us":12,"wall":1700000000000,"kind":"started","body":{},"crc":"89abcdef"}`: `crc` is always the
//! last member, its eight digits the CRC-32 (IEEE) of the line without it, that is of the line's bytes up to
//! `,"crc":"` followed by `}`.
//!
//! A line may say up to where the logs of panes had been taken in when it was written (`at`): so the order of what panes
//! showed and what happened rests on no clock.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::id::AgentName;
use crate::domain::time::Time;

/// The longest line, in bytes, its line feed included.
pub const MAX_LINE: usize = 1 << 20;
const CRC_MEMBER: usize = r#","crc":"00000000"}"#.len();

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 1, without gaps but for lines that were damaged.
    pub seq: u64,
    /// When it happened.
    pub time: Time,
    /// What it is; readers skip kinds they do not know.
    pub kind: String,
    /// What it says.
    pub body: Value,
    /// Up to where each pane's log had been taken in when this was written: those that went on since the event before.
    pub at: At,
}

/// Logical offsets into the logs of panes.
pub type At = BTreeMap<AgentName, u64>;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An event is beyond [`MAX_LINE`].
    #[error("record a `{kind}` event of {len} bytes: a line of the journal holds {MAX_LINE}")]
    TooLong {
        /// The event's kind.
        kind: String,
        /// How long its line would be.
        len: usize,
    },
    /// The file system refused.
    #[error("{what} the journal {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An event cannot be written as JSON.
    #[error("write an event as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize, Deserialize)]
struct Line<K, B> {
    seq: u64,
    us: u64,
    wall: i64,
    kind: K,
    body: B,
    #[serde(default, skip_serializing_if = "At::is_empty")]
    at: At,
}

/// Writes a journal. A session has one writer: the server that holds its lock.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    len: u64,
    next: u64,
    /// A failed append left bytes that could not be taken back.
    ragged: bool,
    /// Offsets that the next event carries.
    at: At,
}

impl Journal {
    /// Opens the journal at `path`, or begins it (mode 0600). An unfinished last line is cut off; nothing
    /// else is ever changed. Numbers go on after the last line, a damaged one counting too.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |what| move |source| Error::Io { what, path: path.to_owned(), source };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(failed("open"))?;
        let mut last = 0_u64;
        let mut entries = Entries::new(file.try_clone().map_err(failed("open"))?);
        for item in entries.by_ref() {
            last = match item {
                Item::Good(entry) => last.max(entry.seq),
                Item::Damaged => last.saturating_add(1),
                Item::Failed(source) => return Err(failed("read")(source)),
            };
        }
        let mut len = entries.good_bytes;
        if entries.unfinished_is_whole {
            // Only the line feed is missing.
            (&file).write_all(b"\n").map_err(failed("mend"))?;
            len = len.saturating_add(1);
        } else if entries.torn > 0 {
            file.set_len(len).map_err(failed("mend"))?;
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
            next: last.saturating_add(1),
            ragged: false,
            at: At::new(),
        })
    }

    /// The number the next event will get.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        self.next
    }

    /// Tells up to where a pane's log has been taken in: the next event says so.
    pub fn taken_in(&mut self, pane: &AgentName, offset: u64) {
        match self.at.get_mut(pane) {
            Some(at) => *at = offset,
            None => drop(self.at.insert(pane.clone(), offset)),
        }
    }

    /// Takes other offsets for the next event to carry, and gives those it would have carried.
    pub fn swap_at(&mut self, at: At) -> At {
        std::mem::replace(&mut self.at, at)
    }

    /// Appends one event in one write and gives its number.
    ///
    /// # Errors
    /// Any [`Error`]; then nothing of the event stays in the file, and it may be tried again.
    pub fn append(&mut self, kind: &str, body: &impl Serialize, time: Time) -> Result<u64, Error> {
        let seq = self.next;
        let at = std::mem::take(&mut self.at);
        let line = Line { seq, us: time.mono, wall: time.wall, kind, body, at };
        let done = self.write(&line);
        if done.is_err() {
            self.at = line.at;
        }
        done
    }

    fn write(&mut self, line: &Line<&str, impl Serialize>) -> Result<u64, Error> {
        let (seq, kind) = (line.seq, line.kind);
        let line = encode(line)?;
        if line.len() > MAX_LINE {
            return Err(Error::TooLong { kind: kind.to_owned(), len: line.len() });
        }
        if self.ragged {
            self.cut_back().map_err(|e| self.failed("mend", e))?;
        }
        if let Err(e) = self.file.write_all(&line) {
            self.ragged = true;
            let _ = self.cut_back();
            return Err(self.failed("append to", e));
        }
        self.len = self.len.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        self.next = seq.saturating_add(1);
        Ok(seq)
    }

    /// As [`Self::append`], and returns only once the event (and all before it) is on the disk.
    ///
    /// # Errors
    /// Any [`Error`]. When only bringing it to the disk failed, the event is in the file all the same.
    pub fn append_synced(&mut self, kind: &str, body: &impl Serialize, time: Time) -> Result<u64, Error> {
        let seq = self.append(kind, body, time)?;
        self.sync()?;
        Ok(seq)
    }

    /// Brings everything appended so far to the disk.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|e| self.failed("sync", e))
    }

    fn cut_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.len)?;
        self.ragged = false;
        Ok(())
    }

    fn failed(&self, what: &'static str, source: io::Error) -> Error {
        Error::Io { what, path: self.path.clone(), source }
    }
}

/// Reads the journal at `path`.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened, is a symbolic link or not a regular file.
pub fn read(path: &Path) -> Result<Reader, Error> {
    read_from(path, 0)
}

/// As [`read`], from behind an earlier reader's [`Reader::end`] on.
///
/// # Errors
/// As [`read`].
pub fn read_from(path: &Path, from: u64) -> Result<Reader, Error> {
    let failed = |source: io::Error| Error::Io { what: "open", path: path.to_owned(), source };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| failed(e.into()))?);
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
    }
    Ok(Reader { path: path.to_owned(), entries: Entries::from(file, from), skipped: 0 })
}

/// Gives the events of a journal in order; damaged lines are skipped and counted.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    entries: Entries,
    skipped: u64,
}

impl Reader {
    /// Damaged lines passed over so far.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Where in the file the lines given so far end. A last line without its line feed is read again from there.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.entries.read
    }

    /// Bytes of an unfinished last line, once the end is reached.
    #[must_use]
    pub fn torn(&self) -> u64 {
        self.entries.torn
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.entries.next()? {
                Item::Good(entry) => return Some(Ok(entry)),
                Item::Damaged => self.skipped = self.skipped.saturating_add(1),
                Item::Failed(source) => {
                    return Some(Err(Error::Io { what: "read", path: self.path.clone(), source }));
                }
            }
        }
    }
}

#[derive(Debug)]
enum Item {
    Good(Entry),
    Damaged,
    Failed(io::Error),
}

#[derive(Debug)]
struct Entries {
    file: BufReader<File>,
    line: Vec<u8>,
    /// Bytes of whole lines, damaged ones included, and of a whole last line without its line feed.
    good_bytes: u64,
    torn: u64,
    /// Where the last line that has its line feed ends in the file.
    read: u64,
    unfinished_is_whole: bool,
    done: bool,
}

impl Entries {
    fn new(file: File) -> Self {
        Self::from(file, 0)
    }

    fn from(mut file: File, from: u64) -> Self {
        let _ = file.seek(SeekFrom::Start(from));
        Self {
            read: from,
            file: BufReader::with_capacity(64 * 1024, file),
            line: Vec::new(),
            good_bytes: 0,
            torn: 0,
            unfinished_is_whole: false,
            done: false,
        }
    }

    /// Reads up to and with the next line feed; keeps [`MAX_LINE`] bytes of it. Gives its whole length.
    fn read_line(&mut self) -> io::Result<u64> {
        self.line.clear();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let mut len =
            u64::try_from((&mut self.file).take(limit).read_until(b'\n', &mut self.line)?).unwrap_or(0);
        let mut rest = Vec::new();
        while len >= limit && self.line.last() != Some(&b'\n') && rest.last() != Some(&b'\n') {
            rest.clear();
            match (&mut self.file).take(limit).read_until(b'\n', &mut rest)? {
                0 => break,
                n => len = len.saturating_add(u64::try_from(n).unwrap_or(0)),
            }
        }
        if rest.last() == Some(&b'\n') {
            // Too long to be a line of ours, but it has an end.
            self.line.clear();
            self.line.push(b'\n');
        }
        Ok(len)
    }
}

impl Iterator for Entries {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.done {
            return None;
        }
        let len = match self.read_line() {
            Ok(len) => len,
            Err(e) => {
                self.done = true;
                return Some(Item::Failed(e));
            }
        };
        let Some(line) = self.line.strip_suffix(b"\n") else {
            self.done = true;
            let Some(entry) = decode(&self.line) else {
                self.torn = len;
                return None;
            };
            self.unfinished_is_whole = true;
            self.good_bytes = self.good_bytes.saturating_add(len);
            return Some(Item::Good(entry));
        };
        self.good_bytes = self.good_bytes.saturating_add(len);
        self.read = self.read.saturating_add(len);
        Some(decode(line).map_or(Item::Damaged, Item::Good))
    }
}

fn encode<K: Serialize, B: Serialize>(line: &Line<K, B>) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec(line)?;
    let crc = crc32fast::hash(&bytes);
    bytes.pop();
    bytes.extend_from_slice(format!(",\"crc\":\"{crc:08x}\"}}\n").as_bytes());
    Ok(bytes)
}

fn decode(line: &[u8]) -> Option<Entry> {
    let (text, member) = line.split_at_checked(line.len().checked_sub(CRC_MEMBER)?)?;
    let digits = member.strip_prefix(b",\"crc\":\"")?.strip_suffix(b"\"}")?;
    let crc = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    let mut whole = text.to_vec();
    whole.push(b'}');
    if crc32fast::hash(&whole) != crc {
        return None;
    }
    let line: Line<String, Value> = serde_json::from_slice(&whole).ok()?;
    let time = Time { mono: line.us, wall: line.wall };
    Some(Entry { seq: line.seq, time, kind: line.kind, body: line.body, at: line.at })
}

#[cfg(test)]
mod tests;
