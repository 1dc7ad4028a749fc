//! How often a screen is kept, and how much of its history.

/// Bytes of output between two keyframes at most, less one record: a seek parses no more than 256 KiB.
const BYTES: u64 = 192 * 1024;
/// So long after the last one there is another, in microseconds, …
const TIME: u64 = 30_000_000;
/// … if so many bytes were printed meanwhile.
const SOME: u64 = 32 * 1024;
/// What keyframes may take of the log, in thousandths. 3 % is promised; the index and unlucky guesses need some.
const SHARE: u64 = 24;
/// Rows of history at most.
const ROWS: u64 = 100;
/// A keyframe waits for the end of a frame of synchronized output, but not for ever.
const WAIT: u64 = 4 * BYTES;

/// The pace of one pane's keyframes.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    bytes: u64,
    since: u64,
    /// Size and rows of the last one.
    last: (u64, u64),
}

/// What is to be kept of a screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Rows of history.
    pub rows: usize,
    /// Whether it can wait for the end of a frame of synchronized output.
    pub patient: bool,
}

impl Pace {
    /// Takes in that so many bytes of log came by `us`. Whether it is time for a keyframe of a screen of `rows` rows.
    pub fn came(&mut self, bytes: usize, us: u64, rows: u16) -> Option<Wanted> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let share = self.bytes.saturating_mul(SHARE) / 1000;
        let row = self.last.0 / self.last.1.max(1);
        let bare = row * u64::from(rows);
        let by_time = us.saturating_sub(self.since) >= TIME
            && self.bytes >= SOME
            && (bare <= share || self.last.1 == 0);
        if !(self.bytes >= BYTES || by_time) {
            return None;
        }
        let room = share.saturating_sub(bare).checked_div(row).unwrap_or(0);
        let rows = usize::try_from(room.min(ROWS)).unwrap_or(0);
        Some(Wanted { rows, patient: self.bytes < WAIT })
    }

    /// A keyframe was made at `us`: so many bytes for so many rows.
    pub fn kept(&mut self, us: u64, bytes: usize, rows: usize) {
        let len = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        *self = Self { bytes: 0, since: us, last: (len(bytes), len(rows)) };
    }
}
