//! Notes of whoever looks back. They lie with the user's own files; the record stays as it is.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::signal::printable;
use crate::session::file::SessionFile;

/// Bytes of a file of notes that are read.
const MOST: u64 = 1 << 20;
/// Notes that are kept of one session.
const NOTES: usize = 1000;

/// One note.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// The moment it is about, in microseconds of the session's clock.
    pub us: u64,
    /// What it says: one line.
    pub text: String,
    /// When it was written, in milliseconds since 1970.
    #[serde(default)]
    pub wall: i64,
}

/// The notes on one session, and where they lie.
#[derive(Debug)]
pub struct Notes {
    path: PathBuf,
    all: Vec<Note>,
}

/// Why notes cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("{what} the notes {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Their file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There are too many.
    #[error("keep one more note in {0}: it has {NOTES}, which is the most; take some out")]
    Full(PathBuf),
}

impl Notes {
    /// The notes on a session, from the folder of all notes. A session is known by its name, its clock's origin and
    /// the commits its agents began at, so that a copy of its directory has the same notes.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(folder: &Path, session: &SessionFile) -> Result<Self, Error> {
        let path = folder.join(format!("{}.jsonl", key(session)));
        let text = match read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::Io { what: "read", path, source }),
        };
        // A line that somebody spoiled by hand costs that line alone.
        let note = |line: &str| serde_json::from_str::<Note>(line).ok();
        let clean = |n: Note| Note { text: printable(&n.text), ..n };
        let all = text.lines().filter_map(note).map(clean).take(NOTES).collect();
        Ok(Self { path, all })
    }

    /// All of them, as they were written.
    #[must_use]
    pub fn all(&self) -> &[Note] {
        &self.all
    }

    /// Their file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps one more.
    ///
    /// # Errors
    /// When there are too many or it cannot be written.
    pub fn add(&mut self, note: Note) -> Result<(), Error> {
        if self.all.len() >= NOTES {
            return Err(Error::Full(self.path.clone()));
        }
        let note = Note { text: printable(&note.text), ..note };
        append(&self.path, &note).map_err(|source| Error::Io {
            what: "write to",
            path: self.path.clone(),
            source,
        })?;
        self.all.push(note);
        Ok(())
    }
}

fn append(path: &Path, note: &Note) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    }
    let mut line = serde_json::to_vec(note)?;
    line.push(b'\n');
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path)?;
    // In one write, so that two who look back at once do not mix their lines.
    file.write_all(&line)
}

fn read(path: &Path) -> io::Result<String> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let file: File = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A file's name that no other session has: the session's name, and a digest of what tells it from others.
fn key(session: &SessionFile) -> String {
    let bases = session.panes.iter().map(|p| format!("{} {}", p.name, p.base.0));
    let parts = [session.config.session.clone(), session.origin.boot_us.to_string()];
    let told: Vec<String> = parts.into_iter().chain(bases).collect();
    let digest = Sha256::digest(told.join("\n"));
    let digits: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = session.config.session.chars().map(safe).take(48).collect();
    format!("{name}-{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::testkit::Kit;
    use crate::session::dir::SessionDir;

    #[test]
    fn notes_are_kept_for_their_session_alone_and_survive_a_spoiled_line() {
        let kit = Kit::new(&["SEC"]);
        let tmp = tempfile::tempdir().unwrap();
        let folder = tmp.path().join("notes");
        let mut file: SessionFile = SessionDir::open(kit.path()).unwrap().read_toml().unwrap();
        let mut notes = Notes::open(&folder, &file).unwrap();
        assert!(notes.all().is_empty() && !folder.exists());
        notes.add(Note { us: 7, text: "here \u{1b}[31mit went wrong".into(), wall: 1 }).unwrap();
        let mut text = std::fs::read_to_string(notes.path()).unwrap();
        text.push_str("not JSON\n");
        std::fs::write(notes.path(), text).unwrap();
        notes.add(Note { us: 3, text: "before".into(), wall: 2 }).unwrap();
        let again = Notes::open(&folder, &file).unwrap();
        assert_eq!(again.all(), notes.all());
        assert!(!again.all()[0].text.contains('\u{1b}') && again.all().len() == 2);
        // Another session of that name is another session.
        file.origin.boot_us += 1;
        assert!(Notes::open(&folder, &file).unwrap().all().is_empty());
    }
}
