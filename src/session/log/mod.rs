//! Pane logs: everything a pane printed, byte for byte, with times, in segments `000001.log`, `000002.log` …
//!
//! *Offsets* are logical: they run on across segments, so an offset names one byte of a pane's life, also when older
//! segments are gone: each begins with a record that says where it lies. The bytes a holder sends are the bytes of its log.
//! `docs/session-format.md` describes them for strangers.
//!
//! Closed segments may be compressed, `000001.log.zst`: [`pack`]; the oldest may be removed: [`Store`].
//!
//! [`Reader`] gives the records from an offset on, [`Bytes`] the segments and the bytes at any offset, [`Decoder`] records of
//! bytes. None of them trusts what it reads.

mod bytes;
mod keep;
pub mod keyframe;
mod packed;
mod reader;
mod record;
mod writer;

#[cfg(test)]
mod tests;

pub use bytes::{Bytes, Chunk, MAX_SEGMENT, MAX_SEGMENTS, Segment};
pub use keep::{Store, Stored, segment_size};
pub use packed::pack;
pub use reader::Reader;
pub use record::{
    Begin, Decoder, Entry, HEADER, How, Kind, MAGIC, MAX_PAYLOAD, Record, seal, size_of_text, size_text,
};
pub use writer::{SEGMENT, Writer};

use std::path::{Path, PathBuf};

/// The logical offset after the last byte of the log in `dir`; 0 where there is none.
#[must_use]
pub fn end(dir: &Path) -> u64 {
    Bytes::open(dir).map_or(0, |b| b.end())
}

fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}.log"))
}
