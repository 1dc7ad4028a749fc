//! A compressed segment: the zstd seekable format, so that plain `zstd -d` reads it and any part can be had alone.
//!
//! Independent frames of [`CONTENT`] bytes each, then a skippable frame with the table of their sizes:
//! <https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md>

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::bytes::{MAX_SEGMENT, open_file};
use super::segment_path;

/// Bytes of a segment in one frame, as it is written.
const CONTENT: usize = 256 * 1024;
/// The same at most, as it is read; and of a compressed frame.
const MAX_CONTENT: u32 = 1 << 20;
const MAX_FRAME: u32 = MAX_CONTENT + (64 << 10);
/// The most frames that are read.
const MAX_FRAMES: u32 = 4096;
const LEVEL: i32 = 3;
const SKIPPABLE: u32 = 0x184D_2A5E;
const SEEKABLE: u32 = 0x8F92_EAB1;
const SKIPPABLE_HEADER: u64 = 8;
const FOOTER: u64 = 9;
/// In the table's descriptor: each entry has a checksum. The two lowest bits are of no account.
const CHECKSUMS: u8 = 0x80;
const RESERVED: u8 = 0x7C;

/// Where the compressed form of a segment lies.
pub(super) fn packed_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:06}.log.zst"))
}

/// An open compressed segment.
pub(super) struct Packed {
    file: File,
    frames: Vec<Frame>,
    decompressor: Decompressor<'static>,
    /// The frame whose content is at hand.
    at_hand: Option<usize>,
    content: Vec<u8>,
    raw: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Frame {
    at: u64,
    size: u32,
    start: u64,
    len: u32,
}

impl Frame {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.len.into())
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").field("file", &self.file).field("frames", &self.frames.len()).finish()
    }
}

impl Packed {
    /// Opens the compressed segment at `path` and believes its table as far as that is possible.
    ///
    /// # Errors
    /// What the file system says; `InvalidData` when it is no such file, or holds more than a segment.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = open_file(path)?;
        let frames = table(&file, file.metadata()?.len())?;
        let decompressor = Decompressor::new()?;
        Ok(Self { file, frames, decompressor, at_hand: None, content: Vec::new(), raw: Vec::new() })
    }

    /// Bytes of the segment.
    pub(super) fn len(&self) -> u64 {
        self.frames.last().map_or(0, Frame::end)
    }

    /// Reads bytes of the segment, never beyond one frame. A frame that is damaged reads as zeros, which are no record.
    pub(super) fn read_at(&mut self, target: &mut [u8], at: u64) -> io::Result<usize> {
        let index = self.frames.partition_point(|f| f.end() <= at);
        let Some(frame) = self.frames.get(index).copied() else { return Ok(0) };
        if self.at_hand != Some(index) {
            self.at_hand = None;
            let whole = self.load(frame)?;
            if !whole {
                self.content.clear();
                self.content.resize(to_usize(frame.len), 0);
            }
            self.at_hand = Some(index);
        }
        let from = usize::try_from(at.saturating_sub(frame.start)).unwrap_or(usize::MAX);
        let rest = self.content.get(from..).unwrap_or_default();
        let n = rest.len().min(target.len());
        if let (Some(target), Some(rest)) = (target.get_mut(..n), rest.get(..n)) {
            target.copy_from_slice(rest);
        }
        Ok(n)
    }

    /// Whether the frame is what the table says.
    fn load(&mut self, frame: Frame) -> io::Result<bool> {
        self.raw.resize(to_usize(frame.size), 0);
        match self.file.read_exact_at(&mut self.raw, frame.at) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(e) => return Err(e),
        }
        // Into room for what the table says and no more.
        self.content.clear();
        self.content.resize(to_usize(frame.len), 0);
        let done = self.decompressor.decompress_to_buffer(&self.raw, &mut self.content[..]);
        Ok(done.is_ok_and(|n| n == to_usize(frame.len)))
    }
}

/// Reads the table at the end of a file of `size` bytes.
fn table(file: &File, size: u64) -> io::Result<Vec<Frame>> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("a compressed segment {what}"));
    let at = size.checked_sub(FOOTER).ok_or_else(|| bad("is too short"))?;
    let mut footer = [0; 9];
    file.read_exact_at(&mut footer, at)?;
    let count = le_u32(&footer, 0);
    let descriptor = footer[4];
    if le_u32(&footer, 5) != SEEKABLE || descriptor & RESERVED != 0 {
        return Err(bad("has no table"));
    }
    if count > MAX_FRAMES {
        return Err(bad("has too many frames"));
    }
    let entry = if descriptor & CHECKSUMS != 0 { 12 } else { 8 };
    let len = u64::from(count) * entry;
    let begin = at.checked_sub(len + SKIPPABLE_HEADER).ok_or_else(|| bad("is shorter than its table"))?;
    let mut bytes = vec![0; usize::try_from(len + SKIPPABLE_HEADER).unwrap_or(0)];
    file.read_exact_at(&mut bytes, begin)?;
    if le_u32(&bytes, 0) != SKIPPABLE || u64::from(le_u32(&bytes, 4)) != len + FOOTER {
        return Err(bad("has a table that begins elsewhere"));
    }
    let entry = usize::try_from(entry).unwrap_or(8);
    let entries = bytes.get(8..).unwrap_or_default().chunks_exact(entry);
    let (mut at, mut start) = (0_u64, 0_u64);
    let mut frames = Vec::new();
    for entry in entries {
        let frame = Frame { at, size: le_u32(entry, 0), start, len: le_u32(entry, 4) };
        if frame.size > MAX_FRAME || frame.len > MAX_CONTENT {
            return Err(bad("has a frame that is too long"));
        }
        (at, start) = (at + u64::from(frame.size), frame.end());
        frames.push(frame);
    }
    if at != begin || start > MAX_SEGMENT {
        return Err(bad("is not what its table says"));
    }
    Ok(frames)
}

/// Compresses a closed segment of the log in `dir`. At any moment there is one good copy of it: the compressed one is
/// written beside, brought to the disk, read back and compared, before it gets its name and the other goes. It goes on
/// as long as `go_on` says so.
///
/// # Errors
/// What the file system says; `InvalidData` when the segment is longer than one may be, or did not come back as it was;
/// `Interrupted` when it was not to go on. Then the segment stays as it is.
pub fn pack(dir: &Path, number: u32, go_on: &dyn Fn() -> bool) -> io::Result<()> {
    let (from, to) = (segment_path(dir, number), packed_path(dir, number));
    let beside = dir.join(format!("{number:06}.log.zst.new"));
    let file = open_file(&from)?;
    if file.metadata()?.len() > MAX_SEGMENT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the segment is too long to be one"));
    }
    let done = compress(&file, &beside, go_on).and_then(|()| compare(&file, &beside, go_on));
    if let Err(e) = done {
        let _ = std::fs::remove_file(&beside);
        return Err(e);
    }
    std::fs::rename(&beside, &to)?;
    File::open(dir)?.sync_all()?;
    std::fs::remove_file(&from)
}

fn compress(mut file: &File, beside: &Path, go_on: &dyn Fn() -> bool) -> io::Result<()> {
    let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).custom_flags(nofollow);
    let mut out = options.open(beside)?;
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    let mut table = Vec::new();
    let mut count = 0_u32;
    let mut content = Vec::with_capacity(CONTENT);
    loop {
        if !go_on() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        content.clear();
        let n = (&mut file).take(u64::try_from(CONTENT).unwrap_or(0)).read_to_end(&mut content)?;
        if n == 0 {
            break;
        }
        let frame = compressor.compress(&content)?;
        out.write_all(&frame)?;
        for size in [frame.len(), n] {
            table.extend_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        }
        count += 1;
    }
    let len = u32::try_from(table.len()).unwrap_or(u32::MAX).saturating_add(9);
    let mut end = [SKIPPABLE.to_le_bytes(), len.to_le_bytes()].concat();
    end.extend_from_slice(&table);
    end.extend_from_slice(&count.to_le_bytes());
    end.push(0);
    end.extend_from_slice(&SEEKABLE.to_le_bytes());
    out.write_all(&end)?;
    out.sync_all()
}

/// Whether what is packed gives the bytes of `file` and no more.
fn compare(file: &File, beside: &Path, go_on: &dyn Fn() -> bool) -> io::Result<()> {
    let mut packed = Packed::open(beside)?;
    let len = file.metadata()?.len();
    let mut at = 0;
    let (mut one, mut other) = (vec![0; CONTENT], vec![0; CONTENT]);
    while at < len {
        if !go_on() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = packed.read_at(&mut one, at)?;
        let other = other.get_mut(..n).unwrap_or_default();
        file.read_exact_at(other, at)?;
        if n == 0 || one.get(..n) != Some(&*other) {
            break;
        }
        at = at.saturating_add(u64::try_from(n).unwrap_or(0));
    }
    if at != len || packed.len() != len {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a segment came back changed from compression",
        ));
    }
    Ok(())
}

fn le_u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

fn to_usize(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
