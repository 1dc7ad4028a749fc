//! Where the keyframes of a log are.

use std::path::{Path, PathBuf};

use super::{Anchor, frames_path, index_path, read, read_at, u32_at, u64_at, unpack};
use crate::session::log::{Bytes, Decoder, Kind};

/// Bytes of an entry: end, moment, place, checksum.
const ENTRY: usize = 28;
/// The most that is read of one index, in bytes; of keyframes without an index; and of entries of a log.
const MAX_INDEX: u64 = 4 << 20;
const MAX_FRAMES: u64 = 64 << 20;
const MAX_ENTRIES: usize = 1 << 20;

/// Where a keyframe is, and what it is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The logical offset in the log at which its screen stands.
    pub end: u64,
    /// The moment of the last record before, in microseconds of the session's clock.
    pub us: u64,
    /// Its segment.
    pub number: u32,
    /// Where in the segment's `.kf` it begins.
    pub at: u64,
}

impl Place {
    pub(super) fn bytes(&self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..8].copy_from_slice(&self.end.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.us.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.at.to_le_bytes());
        let check = crc32fast::hash(&bytes[..24]);
        bytes[24..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    fn of(bytes: &[u8], number: u32) -> Option<Self> {
        (bytes.len() == ENTRY && crc32fast::hash(&bytes[..24]) == u32_at(bytes, 24)).then(|| Self {
            end: u64_at(bytes, 0),
            us: u64_at(bytes, 8),
            number,
            at: u64_at(bytes, 16),
        })
    }
}

/// The keyframes of a log, by their places.
#[derive(Debug, Default)]
pub struct Keyframes {
    dir: PathBuf,
    places: Vec<Place>,
}

impl Keyframes {
    /// Looks for those of the log in `dir`. Where there are none, or none that can be read, there are none.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Bytes::open(dir)
            .map_or_else(|_| Self { dir: dir.to_owned(), places: Vec::new() }, |log| Self::of(&log))
    }

    /// Looks for those of a log.
    #[must_use]
    pub fn of(log: &Bytes) -> Self {
        let mut places = Vec::new();
        for segment in log.segments() {
            if places.len() < MAX_ENTRIES {
                places.extend(in_segment(log.dir(), segment.number));
            }
        }
        places.sort_unstable_by_key(|p| p.end);
        places.dedup_by_key(|p| p.end);
        Self { dir: log.dir().to_owned(), places }
    }

    /// Their places, in the order of the log.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The screen kept there, if it belongs to `log`. One that does not is forgotten.
    pub fn load(&mut self, place: &Place, log: &mut Bytes) -> Option<(Anchor, Vec<u8>)> {
        let found = read_at(&frames_path(&self.dir, place.number), place.at).ok().and_then(|r| unpack(&r));
        let found = found.filter(|(a, _)| (a.end, a.us) == (place.end, place.us) && a.holds(log));
        if found.is_none() {
            self.forget(place.end);
        }
        found
    }

    /// Leaves out a keyframe that cannot be used.
    pub fn forget(&mut self, end: u64) {
        self.places.retain(|p| p.end != end);
    }
}

/// The keyframes of a segment: by its index, or where that is not whole, by themselves.
fn in_segment(dir: &Path, number: u32) -> Vec<Place> {
    let index = read(&index_path(dir, number), MAX_INDEX).unwrap_or_default();
    let entries: Vec<Place> = index.chunks(ENTRY).filter_map(|e| Place::of(e, number)).collect();
    if !index.is_empty() && entries.len() * ENTRY == index.len() {
        return entries;
    }
    let Ok(frames) = read(&frames_path(dir, number), MAX_FRAMES) else { return entries };
    let mut decoder = Decoder::new(0);
    decoder.push(&frames);
    let found = std::iter::from_fn(|| decoder.next_at_end());
    let keys = found.filter(|e| e.record.kind == Kind::Other(super::KEY));
    let place = |e: crate::session::log::Entry| Place {
        end: u64_at(&e.record.payload, 8),
        us: e.record.us,
        number,
        at: e.offset,
    };
    keys.map(place).collect()
}
