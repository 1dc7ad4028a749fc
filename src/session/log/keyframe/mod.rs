//! Keyframes: what a pane's screen was at some places of its log, so that a reader need not begin at the beginning.
//!
//! They are a convenience. Nothing is lost with them, nothing is wrong without them, and one that does not belong to the
//! log as it is counts as missing. To this module a screen is some bytes.
//!
//! `000001.kf` holds records as a log does, of kind `k`; `000001.idx` one entry of 28 bytes for each.

mod index;
mod pace;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

pub use index::{Keyframes, Place};
pub use pace::{Pace, Wanted};

use super::{Bytes, Decoder, Entry, HEADER, Kind, MAX_PAYLOAD, seal};

/// The kind of a keyframe's record.
const KEY: u8 = b'k';
/// Bytes of a keyframe's payload before the screen: begin, end and check of the record it follows, and the length of the
/// screen before it was compressed.
const HEAD: usize = 24;
/// The longest screen, in bytes.
const MAX_SCREEN: usize = 8 << 20;
/// How hard it is compressed: a screen must cost less than what was printed to make it.
const LEVEL: i32 = 1;

/// Where a record lies, and by what it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// Logical offset of its first byte.
    pub offset: u64,
    /// Logical offset after its last byte: the screen is as it was there.
    pub end: u64,
    /// Its checksum.
    pub check: u32,
    /// Its moment, in microseconds of the session's clock.
    pub us: u64,
}

impl Anchor {
    /// That of a record of a log.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(&entry.record.payload);
        seal(&mut bytes, entry.record.kind, entry.record.us);
        let check = u32_at(&bytes, HEADER - 4);
        Self { offset: entry.offset, end: entry.end, check, us: entry.record.us }
    }

    /// Whether that very record lies there in the log.
    pub(super) fn holds(&self, log: &mut Bytes) -> bool {
        let mut header = [0; HEADER];
        let mut read = 0;
        // A compressed segment gives its bytes in pieces.
        while let Some(rest @ [_, ..]) = header.get_mut(read..) {
            let at = self.offset.saturating_add(read as u64);
            match log.read_at(at, rest) {
                Ok(chunk) if chunk.offset == at && chunk.len > 0 => read += chunk.len,
                _ => return false,
            }
        }
        u32_at(&header, HEADER - 4) == self.check
            && self.end.checked_sub(self.offset) == Some(u64::from(u32_at(&header, 4)) + HEADER as u64)
    }
}

/// Compresses a screen as it is kept; what is too long for a keyframe is not kept.
#[must_use]
pub fn pack(anchor: &Anchor, screen: &[u8]) -> Option<Vec<u8>> {
    if screen.len() > MAX_SCREEN {
        return None;
    }
    let mut bytes = vec![0; HEADER];
    bytes.extend_from_slice(&anchor.offset.to_le_bytes());
    bytes.extend_from_slice(&anchor.end.to_le_bytes());
    bytes.extend_from_slice(&anchor.check.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(screen.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(&zstd::bulk::compress(screen, LEVEL).ok()?);
    if bytes.len() > HEADER + MAX_PAYLOAD {
        return None;
    }
    seal(&mut bytes, Kind::Other(KEY), anchor.us);
    Some(bytes)
}

/// The record that something [`pack`] made follows, if it is that.
#[must_use]
pub fn anchor(record: &[u8]) -> Option<Anchor> {
    parts(record).map(|(anchor, ..)| anchor)
}

/// What [`pack`] made, if it is that.
#[must_use]
pub fn unpack(record: &[u8]) -> Option<(Anchor, Vec<u8>)> {
    let (anchor, len, packed) = parts(record)?;
    let screen = zstd::bulk::decompress(&packed, len).ok().filter(|s| s.len() == len)?;
    Some((anchor, screen))
}

fn parts(record: &[u8]) -> Option<(Anchor, usize, Vec<u8>)> {
    let mut decoder = Decoder::new(0);
    decoder.push(record);
    let entry = decoder.next_entry().filter(|e| e.offset == 0 && e.record.kind == Kind::Other(KEY))?;
    let (head, packed) = entry.record.payload.split_at_checked(HEAD)?;
    let us = entry.record.us;
    let anchor = Anchor { offset: u64_at(head, 0), end: u64_at(head, 8), check: u32_at(head, 16), us };
    let len = usize::try_from(u32_at(head, 20)).ok().filter(|n| *n <= MAX_SCREEN)?;
    Some((anchor, len, packed.to_vec()))
}

/// Writes the keyframes of a log, beside its segments.
#[derive(Debug)]
pub struct Keeper {
    log: Bytes,
    /// Up to where there are keyframes already.
    until: u64,
}

impl Keeper {
    /// Goes on with the keyframes of the log in `dir`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let until = Keyframes::open(dir).places().last().map_or(0, |p| p.end);
        Ok(Self { log: Bytes::open(dir)?, until })
    }

    /// Up to where in the log there are keyframes.
    #[must_use]
    pub fn until(&self) -> u64 {
        self.until
    }

    /// Keeps a screen that was packed with [`pack`] for that record. Where there are later ones it is not needed.
    ///
    /// # Errors
    /// What the file system says; the log is not there; or the record lies in none of its segments.
    pub fn add(&mut self, anchor: &Anchor, packed: &[u8]) -> io::Result<()> {
        if anchor.end <= self.until {
            return Ok(());
        }
        self.log.refresh()?;
        let segment = self.log.segments().iter().rfind(|s| s.start <= anchor.offset);
        let number = segment.ok_or(io::ErrorKind::NotFound)?.number;
        let mut frames = append(&frames_path(self.log.dir(), number))?;
        let at = frames.metadata()?.len();
        frames.write_all(packed)?;
        let place = Place { end: anchor.end, us: anchor.us, number, at };
        append(&index_path(self.log.dir(), number))?.write_all(&place.bytes())?;
        self.until = anchor.end;
        Ok(())
    }
}

/// Removes all keyframes and indexes of the log in `dir`.
///
/// # Errors
/// What the file system says.
pub fn remove(dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        let ours = |name: &str| {
            let number = name.strip_suffix(".kf").or_else(|| name.strip_suffix(".idx"));
            number.is_some_and(|n| n.len() == 6 && n.bytes().all(|b| b.is_ascii_digit()))
        };
        if name.to_str().is_some_and(ours) {
            std::fs::remove_file(dir.join(name))?;
        }
    }
    Ok(())
}

fn append(path: &Path) -> io::Result<File> {
    let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(nofollow).open(path)
}

/// Opens a regular file and nothing else.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a regular file"));
    }
    Ok(file)
}

/// At most `max` bytes of a file.
fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_at(path: &Path, at: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, at)?;
    let len = usize::try_from(u32_at(&header, 4)).unwrap_or(usize::MAX);
    if len > MAX_PAYLOAD {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; HEADER + len];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}

fn frames_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}.kf"))
}

fn index_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}.idx"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u64::from_le_bytes(*b))
}
