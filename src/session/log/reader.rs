//! Reads a log, whole or from an offset, also while it grows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::{Decoder, Entry, Segment, segment_path, segments};

const PORTION: usize = 64 * 1024;

/// Gives the records of a log in order.
///
/// At the end of what is there it gives `None`; asked again later it goes on with what was added since.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    decoder: Decoder,
    current: Option<(u32, File)>,
    buffer: Vec<u8>,
}

impl Reader {
    /// Reads the log in `dir` from a logical offset on: that of a record, or the next one found after it.
    /// An offset beyond the end is moved to the end.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(dir: &Path, offset: u64) -> io::Result<Self> {
        let segments = segments(dir)?;
        let end = segments.last().map_or(0, Segment::end);
        let offset = offset.min(end);
        let current = match segments.iter().rfind(|s| s.start <= offset) {
            Some(segment) => {
                let mut file = open(&segment_path(dir, segment.number))?;
                file.seek(SeekFrom::Start(offset - segment.start))?;
                Some((segment.number, file))
            }
            None => None,
        };
        Ok(Self { dir: dir.to_owned(), decoder: Decoder::new(offset), current, buffer: vec![0; PORTION] })
    }

    /// The offset after the last record given (or skipped).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.decoder.offset()
    }

    /// Bytes skipped as damage so far.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.decoder.skipped()
    }

    /// Bytes of an unfinished record at the end.
    #[must_use]
    pub fn torn(&self) -> usize {
        self.decoder.waiting()
    }

    fn advance(&mut self) -> io::Result<Option<Entry>> {
        loop {
            if let Some(entry) = self.decoder.next_entry() {
                return Ok(Some(entry));
            }
            if let Some((_, file)) = &mut self.current {
                let n = file.read(&mut self.buffer)?;
                if n > 0 {
                    self.decoder.push(self.buffer.get(..n).unwrap_or_default());
                    continue;
                }
                if let Some(entry) = self.decoder.next_at_end() {
                    return Ok(Some(entry));
                }
            }
            let after = self.current.as_ref().map_or(0, |(number, _)| *number);
            let Some(next) = segments(&self.dir)?.into_iter().find(|s| s.number > after) else {
                return Ok(None);
            };
            // The writer may have finished the old segment between our read and the look at the folder.
            if let Some((_, file)) = &mut self.current {
                let n = file.read(&mut self.buffer)?;
                if n > 0 {
                    self.decoder.push(self.buffer.get(..n).unwrap_or_default());
                    continue;
                }
            }
            self.decoder.end_segment();
            self.current = Some((next.number, open(&segment_path(&self.dir, next.number))?));
        }
    }
}

impl Iterator for Reader {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}
