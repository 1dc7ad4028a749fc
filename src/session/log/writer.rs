//! Appends records; reads raw bytes back for a server that is behind.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{HEADER, Kind, MAX_PAYLOAD, Segment, seal, segment_path, segments};

/// The size at which a log goes on in a new file, in bytes.
pub const SEGMENT: u64 = 64 << 20;

/// The one writer of a pane's log.
///
/// It never touches what an earlier writer left, not even a torn tail: it begins a segment of its own.
/// It does not sync: the page cache survives the death of any process; [`Writer::sync`] is for the end.
#[derive(Debug)]
pub struct Writer {
    dir: PathBuf,
    roll: u64,
    segments: Vec<Segment>,
    file: File,
    /// An older segment that is being read back.
    old: Option<(u32, File)>,
    /// A failed append left bytes that could not be taken back; the next append has to.
    ragged: bool,
}

/// Bytes read back from a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// How many.
    pub len: usize,
    /// Whether the first of them is the first of its segment.
    pub begins_segment: bool,
}

impl Writer {
    /// Makes `dir` (mode 0700) when missing and begins a new segment in it, to be rolled at `roll` bytes
    /// (see [`SEGMENT`]).
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(dir: &Path, roll: u64) -> io::Result<Self> {
        std::fs::DirBuilder::new().mode(0o700).recursive(true).create(dir)?;
        let mut segments = segments(dir)?;
        let (number, start) = segments.last().map_or((1, 0), |s| (s.number.saturating_add(1), s.end()));
        let file = create(dir, number)?;
        segments.push(Segment { number, start, len: 0 });
        Ok(Self { dir: dir.to_owned(), roll, segments, file, old: None, ragged: false })
    }

    /// The logical offset after the last record.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.segments.last().map_or(0, Segment::end)
    }

    /// Whether the byte at this logical offset is the first of the current segment.
    #[must_use]
    pub fn begins_segment(&self, offset: u64) -> bool {
        self.segments.last().is_some_and(|s| s.start == offset)
    }

    /// Appends one record and gives its offset.
    ///
    /// # Errors
    /// As [`Self::append_sealed`].
    pub fn append(&mut self, kind: Kind, us: u64, payload: &[u8]) -> io::Result<u64> {
        let mut buffer = vec![0; HEADER];
        buffer.extend_from_slice(payload);
        seal(&mut buffer, kind, us);
        self.append_sealed(&buffer)
    }

    /// Appends the bytes of one record made with [`seal`], in one write, and gives its offset.
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
        let size = u64::try_from(record.len()).unwrap_or(u64::MAX);
        let len = self.segments.last().map_or(0, |s| s.len);
        if len > 0 && len.saturating_add(size) > self.roll {
            self.begin_segment()?;
        }
        let offset = self.end();
        if let Err(e) = self.file.write_all(record) {
            self.ragged = true;
            let _ = self.cut_back();
            return Err(e);
        }
        if let Some(last) = self.segments.last_mut() {
            last.len = last.len.saturating_add(size);
        }
        Ok(offset)
    }

    /// Reads bytes at a logical offset into `buffer`; never beyond one segment. No bytes at the end.
    ///
    /// # Errors
    /// What the file system says.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<Chunk> {
        let Some(index) = self.segments.iter().rposition(|s| s.start <= offset && s.len > 0) else {
            return Ok(Chunk { len: 0, begins_segment: false });
        };
        let segment = &self.segments[index];
        let at = offset - segment.start;
        let room = usize::try_from(segment.len.saturating_sub(at)).unwrap_or(usize::MAX).min(buffer.len());
        let target = buffer.get_mut(..room).unwrap_or_default();
        let len = if index + 1 == self.segments.len() {
            self.file.read_at(target, at)?
        } else {
            let number = segment.number;
            if self.old.as_ref().is_none_or(|(n, _)| *n != number) {
                self.old = Some((number, File::open(segment_path(&self.dir, number))?));
            }
            self.old.as_ref().map_or(Ok(0), |(_, file)| file.read_at(target, at))?
        };
        Ok(Chunk { len, begins_segment: at == 0 && len > 0 })
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
        &self.dir
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let (number, start) = self.segments.last().map_or((1, 0), |s| (s.number.saturating_add(1), s.end()));
        self.file = create(&self.dir, number)?;
        self.segments.push(Segment { number, start, len: 0 });
        Ok(())
    }

    fn cut_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.segments.last().map_or(0, |s| s.len))?;
        self.ragged = false;
        Ok(())
    }
}

fn create(dir: &Path, number: u32) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(segment_path(dir, number))
}
