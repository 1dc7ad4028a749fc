//! Pane logs: everything a pane printed, byte for byte, with times, in segments `000001.log`, `000002.log` …
//!
//! *Offsets* are logical: they run on across segments, so an offset names one byte of a pane's life. The
//! bytes a holder sends are the bytes of its log. `docs/session-format.md` describes them for strangers.

mod reader;
mod record;
mod writer;

#[cfg(test)]
mod tests;

pub use reader::Reader;
pub use record::{Decoder, Entry, HEADER, Kind, MAGIC, MAX_PAYLOAD, Record, seal, size_of_text, size_text};
pub use writer::{Chunk, SEGMENT, Writer};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One file of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    number: u32,
    start: u64,
    len: u64,
}

impl Segment {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.len)
    }
}

/// The regular files `NNNNNN.log` of `dir` in order, with their logical offsets.
fn segments(dir: &Path) -> io::Result<Vec<Segment>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(segment_number);
        if let Some(number) = number {
            // Not followed: a link in a record handed over by somebody else leads nowhere.
            let meta = entry.metadata()?;
            if meta.is_file() {
                found.push(Segment { number, start: 0, len: meta.len() });
            }
        }
    }
    found.sort_by_key(|s| s.number);
    let mut start = 0_u64;
    for segment in &mut found {
        segment.start = start;
        start = start.saturating_add(segment.len);
    }
    Ok(found)
}

/// The logical offset after the last byte of the log in `dir`; 0 where there is none.
#[must_use]
pub fn end(dir: &Path) -> u64 {
    segments(dir).ok().and_then(|s| s.last().map(Segment::end)).unwrap_or(0)
}

fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".log")?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}.log"))
}
