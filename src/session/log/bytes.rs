//! The bytes of a log at any offset, whichever file they lie in.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::packed::{Packed, packed_path};
use super::record::Begin;
use super::segment_path;

/// The most of one segment that is read, in bytes: what a writer makes at most, and some slack. What a file has beyond
/// is ignored.
pub const MAX_SEGMENT: u64 = super::SEGMENT + (1 << 20);
/// The most segments of a log that are read: the latest ones.
pub const MAX_SEGMENTS: usize = 4096;
/// More than a [`super::Kind::Begin`] record is long.
const HEAD: usize = 64;
/// How often a file may change between looking and reading before that is taken for its end.
const LOOKS: usize = 3;

/// One file of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The number in its name.
    pub number: u32,
    /// The logical offset of its first byte.
    pub start: u64,
    /// How many bytes of the log it holds. 0 too where the file cannot be read.
    pub len: u64,
    /// When it was begun, in microseconds of the session's clock; 0 where it does not say.
    pub since: u64,
    /// Whether it is compressed.
    pub packed: bool,
}

impl Segment {
    /// The logical offset after its last byte. The next segment begins there, or later where something is missing.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.len)
    }
}

/// Bytes read from a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Where the first of them lies: beyond what was asked for where that is missing.
    pub offset: u64,
    /// How many; none at the end of the log.
    pub len: usize,
    /// Whether the first of them is the first of its segment.
    pub begins_segment: bool,
}

/// Random access to a log, also while it grows, loses its oldest segments, or has them compressed.
///
/// Opening reads the first bytes of every segment; reading at an offset then costs one read of a file. One file is kept
/// open.
#[derive(Debug)]
pub struct Bytes {
    dir: PathBuf,
    segments: Vec<Segment>,
    open: Option<(u32, Source)>,
}

impl Bytes {
    /// Looks at the log in `dir`.
    ///
    /// # Errors
    /// What the file system says of the directory. A segment that cannot be read counts as empty.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let mut bytes = Self { dir: dir.to_owned(), segments: Vec::new(), open: None };
        bytes.refresh()?;
        Ok(bytes)
    }

    /// Where it lies.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The segments there are, as of the last look, in order. Offsets never overlap; between two, bytes may be missing.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The logical offset after the last byte, as of the last look.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.segments.last().map_or(0, Segment::end)
    }

    /// Looks again. Whether there is more than before.
    ///
    /// # Errors
    /// What the file system says of the directory.
    pub fn refresh(&mut self) -> io::Result<bool> {
        let there = list(&self.dir)?;
        let before = (self.segments.last().map(|s| s.number), self.end());
        self.segments.retain_mut(|s| {
            let found = there.binary_search_by_key(&s.number, |f| f.0).ok().and_then(|at| there.get(at));
            s.packed = found.is_some_and(|f| f.1);
            found.is_some()
        });
        // The last one may have grown, and after the listing: its writer begins another only when it is done with it.
        let last = self.segments.pop();
        let from = last.as_ref().map_or(0, |s| s.number);
        for (number, packed) in there.into_iter().filter(|f| f.0 >= from) {
            let known = last.as_ref().filter(|s| s.number == number && s.len > 0).map(|s| s.start);
            let after = self.end();
            let (begin, len) = self.look(number);
            let since = begin.map_or(0, |(us, _)| us);
            // The segment before may claim more than it has; it does not begin later, though.
            let least = self.segments.last().map_or(0, |s| s.start.saturating_add(u64::from(s.len > 0)));
            let begin = begin.map(|(_, b)| b.offset).filter(|o| (least..=Begin::MAX).contains(o));
            let start = known.or(begin).unwrap_or(after);
            if let Some(before) = self.segments.last_mut() {
                before.len = before.len.min(start.saturating_sub(before.start));
            }
            self.segments.push(Segment { number, start, len, since, packed });
        }
        Ok((self.segments.last().map(|s| s.number), self.end()) > before)
    }

    /// Reads bytes at a logical offset into `buffer`, never beyond one segment. What is missing is passed over: see
    /// [`Chunk::offset`]. At the end it looks whether there is more.
    ///
    /// # Errors
    /// What the file system says.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<Chunk> {
        for _ in 0..LOOKS {
            let chunk = self.read_known(offset, buffer)?;
            if chunk.len > 0 || !self.refresh()? {
                return Ok(chunk);
            }
        }
        self.read_known(offset, buffer)
    }

    /// As [`Self::read_at`], without looking for more.
    pub(super) fn read_known(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<Chunk> {
        loop {
            let from = self.segments.partition_point(|s| s.end() <= offset);
            let index = self.segments.iter().skip(from).position(|s| s.len > 0).map(|i| from + i);
            let Some((index, segment)) = index.and_then(|i| Some((i, self.segments.get(i)?.clone()))) else {
                return Ok(Chunk { offset, len: 0, begins_segment: false });
            };
            let at = offset.saturating_sub(segment.start);
            let room = usize::try_from(segment.len.saturating_sub(at)).unwrap_or(usize::MAX);
            let room = room.min(buffer.len());
            let target = buffer.get_mut(..room).unwrap_or_default();
            let len = match self.read_segment(segment.number, at, target) {
                Ok(len) => len,
                Err(e) if is_missing(&e) => {
                    self.segments.remove(index);
                    continue;
                }
                Err(e) => return Err(e),
            };
            if len == 0 && room > 0 {
                // The file was cut by somebody: what follows it is to be had all the same.
                if let Some(segment) = self.segments.get_mut(index) {
                    segment.len = at;
                }
                continue;
            }
            let begins_segment = at == 0 && len > 0;
            return Ok(Chunk { offset: segment.start.saturating_add(at), len, begins_segment });
        }
    }

    /// Takes a segment on that was just closed.
    pub(super) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    fn read_segment(&mut self, number: u32, at: u64, target: &mut [u8]) -> io::Result<usize> {
        if let Some((open, source)) = &mut self.open
            && *open == number
        {
            return source.read_at(target, at);
        }
        let (source, _) = Source::open(&self.dir, number)?;
        self.open.insert((number, source)).1.read_at(target, at)
    }

    /// When and where the segment says it begins, and its length.
    fn look(&self, number: u32) -> (Option<(u64, Begin)>, u64) {
        let Ok((mut source, len)) = Source::open(&self.dir, number) else { return (None, 0) };
        let mut head = [0; HEAD];
        let n = source.read_at(&mut head, 0).unwrap_or(0);
        (Begin::of_segment(head.get(..n).unwrap_or_default()), len)
    }
}

/// An open segment.
#[derive(Debug)]
enum Source {
    Plain(File),
    Packed(Packed),
}

impl Source {
    /// Opens a segment of the log in `dir` and gives its length.
    fn open(dir: &Path, number: u32) -> io::Result<(Self, u64)> {
        match open_file(&segment_path(dir, number)) {
            Ok(file) => {
                let len = file.metadata()?.len().min(MAX_SEGMENT);
                Ok((Self::Plain(file), len))
            }
            // The compressed one is in its place before it goes.
            Err(e) if is_missing(&e) => {
                let packed = Packed::open(&packed_path(dir, number))?;
                let len = packed.len();
                Ok((Self::Packed(packed), len))
            }
            Err(e) => Err(e),
        }
    }

    fn read_at(&mut self, target: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read_at(target, at),
            Self::Packed(packed) => packed.read_at(target, at),
        }
    }
}

/// Opens a regular file and nothing else.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a regular file"));
    }
    Ok(file)
}

fn is_missing(e: &io::Error) -> bool {
    // ELOOP: a link took its place.
    matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData)
        || e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// The latest segments of `dir` in order: number, and whether there is only the compressed form.
fn list(dir: &Path) -> io::Result<Vec<(u32, bool)>> {
    let mut found = Vec::new();
    if fs::symlink_metadata(dir)?.is_symlink() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is a symbolic link, which is not followed",
        ));
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // Not followed: a link in a record handed over by somebody else leads nowhere.
        if let Some(segment) = entry.file_name().to_str().and_then(segment_of)
            && entry.file_type()?.is_file()
        {
            found.push(segment);
        }
    }
    // Where there are both, the plain one counts: the other may not be complete.
    found.sort_unstable();
    found.dedup_by_key(|f| f.0);
    found.drain(..found.len().saturating_sub(MAX_SEGMENTS));
    Ok(found)
}

fn segment_of(name: &str) -> Option<(u32, bool)> {
    let (digits, form) = name.split_at_checked(6)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match form {
        ".log" => Some((digits.parse().ok()?, false)),
        ".log.zst" => Some((digits.parse().ok()?, true)),
        _ => None,
    }
}
