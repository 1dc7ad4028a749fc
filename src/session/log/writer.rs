//! Appends records; reads raw bytes back for a server that is behind.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;

use super::{Begin, Bytes, Chunk, HEADER, How, Kind, MAX_PAYLOAD, Segment, seal, segment_path};

/// The size at which a log goes on in a new file, in bytes.
pub const SEGMENT: u64 = 64 << 20;
/// The highest number a segment may have: names have six digits.
const LAST: u32 = 999_999;

/// The one writer of a pane's log.
///
/// It never touches what an earlier writer left, not even a torn tail: it begins a segment of its own.
/// It does not sync: the page cache survives the death of any process; [`Writer::sync`] is for the end.
#[derive(Debug)]
pub struct Writer {
    roll: u64,
    /// The segments before the current one.
    closed: Bytes,
    current: Segment,
    how: How,
    file: File,
    /// A failed append left bytes that could not be taken back; the next append has to.
    ragged: bool,
}

impl Writer {
    /// Makes `dir` (mode 0700) when missing and begins a new segment in it, to be rolled at `roll` bytes
    /// (see [`SEGMENT`]).
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(dir: &Path, roll: u64) -> io::Result<Self> {
        std::fs::DirBuilder::new().mode(0o700).recursive(true).create(dir)?;
        let closed = Bytes::open(dir)?;
        let number = closed.segments().last().map_or(0, |s| s.number);
        let (current, file) = create(dir, number, closed.end())?;
        Ok(Self { roll, closed, current, how: How::Start, file, ragged: false })
    }

    /// The number of the segment that is written.
    #[must_use]
    pub fn segment(&self) -> u32 {
        self.current.number
    }

    /// The logical offset after the last record.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.current.end()
    }

    /// Appends one record and gives its offset.
    ///
    /// # Errors
    /// As [`Self::append_sealed`].
    pub fn append(&mut self, kind: Kind, us: u64, payload: &[u8]) -> io::Result<u64> {
        self.append_sealed(&sealed(kind, us, payload))
    }

    /// Appends the bytes of one record made with [`seal`], in one write, and gives its offset. In a new segment the
    /// record that says where it begins comes first.
    ///
    /// # Errors
    /// What the file system says; then nothing of the record stays in the log, and it may be tried again.
    pub fn append_sealed(&mut self, record: &[u8]) -> io::Result<u64> {
        if record.len() > HEADER + MAX_PAYLOAD {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a record of a pane log is too long"));
        }
        if self.ragged {
            self.cut_back()?;
        }
        if self.current.len > 0 && self.current.len.saturating_add(size(record)) > self.roll {
            self.begin_segment()?;
        }
        if self.current.len == 0 {
            let begin = Begin { offset: self.current.start, how: self.how };
            let us =
                record.get(8..16).and_then(|us| us.first_chunk()).map_or(0, |us| u64::from_le_bytes(*us));
            self.write(&sealed(Kind::Begin, us, begin.to_string().as_bytes()))?;
        }
        let offset = self.end();
        self.write(record)?;
        Ok(offset)
    }

    /// Reads bytes at a logical offset into `buffer`; never beyond one segment. No bytes at the end. What is missing is
    /// passed over.
    ///
    /// # Errors
    /// What the file system says.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<Chunk> {
        if offset < self.current.start {
            let chunk = self.closed.read_known(offset, buffer)?;
            if chunk.len > 0 {
                return Ok(chunk);
            }
        }
        let at = offset.saturating_sub(self.current.start);
        let room = usize::try_from(self.current.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let room = room.min(buffer.len());
        let len = self.file.read_at(buffer.get_mut(..room).unwrap_or_default(), at)?;
        let offset = self.current.start.saturating_add(at);
        Ok(Chunk { offset, len, begins_segment: at == 0 && len > 0 })
    }

    /// Brings the current segment to the disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Where the log lies.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.closed.dir()
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let (next, file) = create(self.closed.dir(), self.current.number, self.end())?;
        self.closed.push(std::mem::replace(&mut self.current, next));
        (self.file, self.how) = (file, How::Roll);
        Ok(())
    }

    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        if let Err(e) = self.file.write_all(record) {
            self.ragged = true;
            let _ = self.cut_back();
            return Err(e);
        }
        self.current.len = self.current.len.saturating_add(size(record));
        Ok(())
    }

    fn cut_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.current.len)?;
        self.ragged = false;
        Ok(())
    }
}

/// Begins the segment after the one of that number, at a logical offset.
fn create(dir: &Path, before: u32, start: u64) -> io::Result<(Segment, File)> {
    if before >= LAST {
        return Err(io::Error::new(io::ErrorKind::StorageFull, "a log has no more than 999,999 segments"));
    }
    let number = before + 1;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true).mode(0o600);
    Ok((Segment { number, start, len: 0, since: 0, packed: false }, options.open(segment_path(dir, number))?))
}

fn sealed(kind: Kind, us: u64, payload: &[u8]) -> Vec<u8> {
    let mut buffer = vec![0; HEADER];
    buffer.extend_from_slice(payload);
    seal(&mut buffer, kind, us);
    buffer
}

fn size(record: &[u8]) -> u64 {
    u64::try_from(record.len()).unwrap_or(u64::MAX)
}
