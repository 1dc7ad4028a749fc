//! What a log takes on the disk, and what goes when that is too much.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bytes::MAX_SEGMENTS;
use super::{Bytes, Segment};

/// The smallest segments a quota makes, in bytes.
const SMALLEST: u64 = 64 << 10;

/// The size of segments with which `quota` bytes can be kept to: several fit.
#[must_use]
pub fn segment_size(quota: u64) -> u64 {
    (quota / 4).clamp(SMALLEST, super::SEGMENT)
}

/// One segment on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The segment.
    pub segment: Segment,
    /// Bytes of its files, index and keyframes included.
    pub bytes: u64,
}

/// One log on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Store {
    /// Where it lies.
    pub dir: PathBuf,
    /// Its segments in order. The last is never removed nor compressed: it may be written to.
    pub segments: Vec<Stored>,
}

impl Store {
    /// Looks at the log in `dir`; where there is none, it is empty.
    ///
    /// # Errors
    /// What the file system says.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let log = match Bytes::open(dir) {
            Ok(log) => log,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(e),
        };
        let stored = |s: &Segment| Stored { segment: s.clone(), bytes: 0 };
        let mut segments: Vec<Stored> = log.segments().iter().map(stored).collect();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(number) = name.to_str().and_then(number_of) else { continue };
            // A file may go while we look.
            let Ok(meta) = entry.metadata() else { continue };
            if let Ok(at) = segments.binary_search_by_key(&number, |s| s.segment.number)
                && let Some(stored) = segments.get_mut(at)
            {
                stored.bytes = stored.bytes.saturating_add(meta.len());
            }
        }
        Ok(Self { dir: dir.to_owned(), segments })
    }

    /// Bytes it takes once the last segment is full, where that is at `roll` bytes.
    #[must_use]
    pub fn bytes(&self, roll: u64) -> u64 {
        let all = self.segments.iter().map(|s| s.bytes).fold(0, u64::saturating_add);
        let rest = self.segments.last().map_or(0, |s| roll.saturating_sub(s.segment.len));
        all.saturating_add(rest)
    }

    /// The segments that nobody writes to any more.
    #[must_use]
    pub fn closed(&self) -> &[Stored] {
        self.segments.split_last().map_or(&[], |(_, closed)| closed)
    }

    /// The oldest segment, if the log takes more than `quota` bytes or has too many.
    #[must_use]
    pub fn surplus(&self, quota: u64, roll: u64) -> Option<&Stored> {
        let over = self.bytes(roll) > quota || self.segments.len() >= MAX_SEGMENTS;
        self.closed().first().filter(|_| over)
    }

    /// Removes its oldest segment, with all that belongs to it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn remove_oldest(&mut self) -> io::Result<()> {
        if self.closed().is_empty() {
            return Ok(());
        }
        let oldest = self.segments.remove(0);
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            if name.to_str().and_then(number_of) == Some(oldest.segment.number) {
                match fs::remove_file(self.dir.join(name)) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// The segment that a file of a log belongs to: `000012.log`, `000012.log.zst`, `000012.kf` …
fn number_of(name: &str) -> Option<u32> {
    let (digits, _) = name.split_once('.')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
