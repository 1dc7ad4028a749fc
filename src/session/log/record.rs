//! One record of a pane log, and the decoder that survives damage.

use std::fmt;

use crate::domain::exit::Exit;

/// The first two bytes of every record. `FE` and `ED` cannot follow each other in UTF-8.
pub const MAGIC: [u8; 2] = [0xFE, 0xED];
/// Bytes of a record before its payload.
pub const HEADER: usize = 20;
/// The longest payload, in bytes. A longer length is damage.
pub const MAX_PAYLOAD: usize = 256 * 1024;
const CHECKED: usize = 16;
/// What the search for the next good record may spend on checksums beyond the bytes it was given.
const CREDIT: u64 = 8 << 20;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `o`: bytes the pane printed.
    Output,
    /// `r`: the new size as text, `COLUMNSxROWS`.
    Resize,
    /// `m`: a remark in UTF-8.
    Mark,
    /// `x`: how the child ended, see [`Exit`].
    Exit,
    /// `b`: where this segment lies in the log, see [`Begin`].
    Begin,
    /// Another kind; skip it.
    Other(u8),
}

impl Kind {
    /// The byte in the header.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Output => b'o',
            Self::Resize => b'r',
            Self::Mark => b'm',
            Self::Exit => b'x',
            Self::Begin => b'b',
            Self::Other(byte) => byte,
        }
    }

    fn from_byte(byte: u8) -> Self {
        match byte {
            b'o' => Self::Output,
            b'r' => Self::Resize,
            b'm' => Self::Mark,
            b'x' => Self::Exit,
            b'b' => Self::Begin,
            other => Self::Other(other),
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it holds.
    pub kind: Kind,
    /// Reserved: 0 today, and to be ignored by readers.
    pub flags: u8,
    /// Microseconds since the session's origin.
    pub us: u64,
    /// At most [`MAX_PAYLOAD`] bytes.
    pub payload: Vec<u8>,
}

impl Record {
    /// The new size of a resize record, as (rows, columns).
    #[must_use]
    pub fn size(&self) -> Option<(u16, u16)> {
        if self.kind == Kind::Resize { size_of_text(&self.payload) } else { None }
    }

    /// Where the segment lies, when this is the record of it.
    #[must_use]
    pub fn begin(&self) -> Option<Begin> {
        if self.kind == Kind::Begin { Begin::parse(&self.payload) } else { None }
    }

    /// How the child ended, when this is the record of it.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        if self.kind != Kind::Exit {
            return None;
        }
        std::str::from_utf8(&self.payload).ok()?.parse().ok()
    }
}

/// The first record of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// The logical offset of the segment's first byte, which is this record's.
    pub offset: u64,
    /// What began it.
    pub how: How,
}

/// What began a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The start of a program in the pane.
    Start,
    /// The segment before was full.
    Roll,
}

impl Begin {
    /// The highest offset that is believed: a thousand petabytes.
    pub const MAX: u64 = 1 << 60;

    /// What the first bytes of a segment say, and when that was written.
    pub(super) fn of_segment(head: &[u8]) -> Option<(u64, Self)> {
        let mut decoder = Decoder::new(0);
        decoder.push(head);
        let entry = decoder.next_entry()?;
        let begin = entry.record.begin().filter(|_| entry.offset == 0)?;
        Some((entry.record.us, begin))
    }

    fn parse(payload: &[u8]) -> Option<Self> {
        let (offset, how) = std::str::from_utf8(payload).ok()?.split_once(' ')?;
        // A word of a later version begins a segment all the same.
        let how = if how == "start" { How::Start } else { How::Roll };
        Some(Self { offset: offset.parse().ok()?, how })
    }
}

impl fmt::Display for Begin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.how {
            How::Start => "start",
            How::Roll => "roll",
        };
        write!(f, "{} {how}", self.offset)
    }
}

/// A record and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Logical offset of its first byte.
    pub offset: u64,
    /// Logical offset after its last byte.
    pub end: u64,
    /// How many bytes of the log are missing right before it: removed to keep a quota, or lost with their file.
    pub missing: u64,
    /// The record.
    pub record: Record,
}

/// The payload of a resize record.
#[must_use]
pub fn size_text(rows: u16, cols: u16) -> String {
    format!("{cols}x{rows}")
}

/// Rows and columns of a resize record's payload.
#[must_use]
pub fn size_of_text(payload: &[u8]) -> Option<(u16, u16)> {
    let (cols, rows) = std::str::from_utf8(payload).ok()?.split_once('x')?;
    Some((rows.parse().ok()?, cols.parse().ok()?))
}

/// Makes a record of a buffer whose payload starts at [`HEADER`]: fills in the header before it.
/// A buffer shorter than a header is left as it is; one longer than a record cannot be read back.
pub fn seal(buffer: &mut [u8], kind: Kind, us: u64) {
    let Some((header, payload)) = buffer.split_first_chunk_mut::<HEADER>() else { return };
    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    header[..2].copy_from_slice(&MAGIC);
    header[2] = kind.byte();
    header[3] = 0;
    header[4..8].copy_from_slice(&len.to_le_bytes());
    header[8..16].copy_from_slice(&us.to_le_bytes());
    let crc = checksum(&header[..CHECKED], payload);
    header[16..].copy_from_slice(&crc.to_le_bytes());
}

fn checksum(header: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(payload);
    hasher.finalize()
}

/// Takes the bytes of a log in any portions and gives its records; damage is skipped and counted.
#[derive(Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    start: usize,
    base: u64,
    skipped: u64,
    /// Bytes of the log that are missing before what follows.
    missing: u64,
    credit: u64,
}

impl Decoder {
    /// A decoder whose first pushed byte lies at the logical `offset`.
    #[must_use]
    pub fn new(offset: u64) -> Self {
        Self { bytes: Vec::new(), start: 0, base: offset, skipped: 0, missing: 0, credit: CREDIT }
    }

    /// Adds bytes in the order they lie in the log.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && (self.start == self.bytes.len() || self.start >= 256 * 1024) {
            self.bytes.drain(..self.start);
            self.base = self.base.saturating_add(to_u64(self.start));
            self.start = 0;
        }
        self.credit = self.credit.saturating_add(to_u64(bytes.len()).saturating_mul(8)).min(8 * CREDIT);
        self.bytes.extend_from_slice(bytes);
    }

    /// The offset of the first byte not yet given out or skipped: where to go on after a break.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.base.saturating_add(to_u64(self.start))
    }

    /// The offset after the last byte pushed.
    #[must_use]
    pub fn pushed(&self) -> u64 {
        self.base.saturating_add(to_u64(self.bytes.len()))
    }

    /// Bytes skipped as damage so far.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Bytes that wait for the rest of their record.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.bytes.len().saturating_sub(self.start)
    }

    /// The next record of what was pushed; `None` when its rest is still to come.
    pub fn next_entry(&mut self) -> Option<Entry> {
        loop {
            match self.look() {
                Look::Good(len) => return Some(self.take(len)),
                Look::Short => return None,
                Look::Bad(by) => self.skip(by),
            }
        }
    }

    /// As [`Self::next_entry`] when nothing more will follow for now: an unfinished record is passed over if
    /// good ones lie behind it, which happens when its length was damaged. Otherwise it stays, a torn tail.
    pub fn next_at_end(&mut self) -> Option<Entry> {
        if let Some(entry) = self.next_entry() {
            return Some(entry);
        }
        let (start, skipped) = (self.start, self.skipped);
        while self.waiting() > 0 {
            self.skip(1);
            if let Some(entry) = self.next_entry() {
                return Some(entry);
            }
        }
        (self.start, self.skipped) = (start, skipped);
        None
    }

    /// What follows is a segment that begins at this logical offset. An unfinished record before it is dropped and
    /// counted; if the offset lies further on, what is between is missing.
    pub fn begin_segment(&mut self, offset: u64) {
        self.skip(self.waiting());
        let missing = offset.saturating_sub(self.offset());
        if missing > 0 {
            self.missing = self.missing.saturating_add(missing);
            self.bytes.clear();
            (self.start, self.base) = (0, offset);
        }
    }

    /// Drops an unfinished record, which will be pushed again.
    pub(super) fn forget(&mut self) {
        self.bytes.truncate(self.start);
    }

    fn look(&mut self) -> Look {
        let Some(rest) = self.bytes.get(self.start..).filter(|r| !r.is_empty()) else { return Look::Short };
        if !MAGIC.starts_with(&rest[..rest.len().min(2)]) {
            return Look::Bad(to_magic(rest));
        }
        let Some((header, rest)) = rest.split_first_chunk::<HEADER>() else { return Look::Short };
        let len = usize::try_from(le_u32(&header[4..8])).unwrap_or(usize::MAX);
        if len > MAX_PAYLOAD {
            return Look::Bad(1);
        }
        let Some(payload) = rest.get(..len) else { return Look::Short };
        if checksum(&header[..CHECKED], payload) == le_u32(&header[16..]) {
            return Look::Good(len);
        }
        // A file made of forged headers would cost a checksum for each: beyond its credit, damage is
        // skipped by whole records.
        match self.credit.checked_sub(to_u64(len)) {
            Some(left) => {
                self.credit = left;
                Look::Bad(1)
            }
            None => Look::Bad(HEADER + len),
        }
    }

    fn take(&mut self, len: usize) -> Entry {
        let offset = self.offset();
        let at = self.start;
        let header = self.bytes.get(at..at + HEADER).unwrap_or(&[0; HEADER]);
        let record = Record {
            kind: Kind::from_byte(header[2]),
            flags: header[3],
            us: u64::from(le_u32(&header[8..12])) | u64::from(le_u32(&header[12..16])) << 32,
            payload: self.bytes.get(at + HEADER..at + HEADER + len).unwrap_or_default().to_vec(),
        };
        self.start = at + HEADER + len;
        Entry { offset, end: self.offset(), missing: std::mem::take(&mut self.missing), record }
    }

    fn skip(&mut self, by: usize) {
        let by = by.min(self.waiting());
        self.start += by;
        self.skipped = self.skipped.saturating_add(to_u64(by));
    }
}

enum Look {
    Good(usize),
    Short,
    Bad(usize),
}

/// How far it is to the next byte that may begin a record; at least 1.
fn to_magic(rest: &[u8]) -> usize {
    let tail = rest.get(1..).unwrap_or_default();
    memchr::memchr(MAGIC[0], tail).map_or(rest.len(), |at| at + 1)
}

fn le_u32(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |b| u32::from_le_bytes(*b))
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
