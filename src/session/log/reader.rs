//! Reads a log, whole or from an offset, also while it grows.

use std::io;
use std::path::Path;

use super::{Bytes, Decoder, Entry};

const PORTION: usize = 64 * 1024;

/// Gives the records of a log in order.
///
/// At the end of what is there it gives `None`; asked again later it goes on with what was added since. Where a part of the log
/// is missing it goes on behind it, and the next record says how much that is: [`Entry::missing`].
#[derive(Debug)]
pub struct Reader {
    bytes: Bytes,
    decoder: Decoder,
    torn: usize,
    buffer: Vec<u8>,
}

impl Reader {
    /// Reads the log in `dir` from a logical offset on: that of a record, or the next one found after it.
    /// An offset beyond the end is moved to the end.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(dir: &Path, offset: u64) -> io::Result<Self> {
        let bytes = Bytes::open(dir)?;
        let decoder = Decoder::new(offset.min(bytes.end()));
        Ok(Self { bytes, decoder, torn: 0, buffer: vec![0; PORTION] })
    }

    /// Goes on from another offset, as [`Self::open`], without looking at the directory again. What was skipped
    /// counts from here.
    pub fn seek(&mut self, offset: u64) {
        self.decoder = Decoder::new(offset.min(self.bytes.end()));
        self.torn = 0;
    }

    /// The segments of the log, as of the last look.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
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
        self.torn
    }

    fn advance(&mut self) -> io::Result<Option<Entry>> {
        loop {
            if let Some(entry) = self.decoder.next_entry() {
                return Ok(Some(entry));
            }
            let chunk = self.bytes.read_at(self.decoder.pushed(), &mut self.buffer)?;
            if (chunk.len == 0 || chunk.begins_segment)
                && let Some(entry) = self.decoder.next_at_end()
            {
                return Ok(Some(entry));
            }
            self.torn = self.decoder.waiting();
            if chunk.len == 0 {
                // Read anew next time: its writer may take an unfinished record back.
                self.decoder.forget();
                return Ok(None);
            }
            if chunk.begins_segment {
                self.decoder.begin_segment(chunk.offset);
            }
            self.decoder.push(self.buffer.get(..chunk.len).unwrap_or_default());
        }
    }
}

impl Iterator for Reader {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
