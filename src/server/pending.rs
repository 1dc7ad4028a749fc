//! Output of one pane that has come and is not on its screen yet.
//!
//! It is taken in at once, but for a flood of plain lines: that is gathered for a moment, so that what would have scrolled
//! away by then need not be shown at all ([`Screen::skippable`](crate::screen::Screen::skippable)).

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::time::Time;
use crate::engine::event::Feeding;
use crate::screen::is_plain;
use crate::session::log::keyframe::Anchor;
use crate::session::log::{Entry, Kind, Record};

/// Bytes that are taken in at once, whatever they are.
const SMALL: usize = 32 * 1024;
/// Bytes that make a flood if they come within [`SOON`].
const FLOOD: usize = 64 * 1024;
const SOON: Duration = Duration::from_millis(50);
/// How long a flood is gathered …
const WAIT: Duration = Duration::from_millis(100);
/// … and how much of it.
const GATHERED: usize = 2 * 1024 * 1024;
/// Bytes at the beginning that are on the screen and are kept no longer.
const SHOWN: usize = 256 * 1024;

/// A record whose output is pending.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Where in the bytes it begins and ends.
    from: usize,
    to: usize,
    offset: u64,
    end: u64,
    us: u64,
}

/// The next piece for the screen.
pub(super) struct Piece {
    pub bytes: Vec<u8>,
    pub mode: Feeding,
    /// The last record that ends with or in it.
    pub record: Option<Done>,
}

/// A record that is on the screen.
pub(super) struct Done {
    /// Bytes of log of all records of the piece.
    pub bytes: usize,
    /// The place in the log after it.
    pub end: u64,
    /// Its moment.
    pub us: u64,
    /// Where it lies, if the screen is now as it is there in every respect.
    pub place: Option<Place>,
}

/// A place of the pending bytes, for [`Pending::anchor`].
pub(super) struct Place(Mark);

/// Output of one pane that is not on its screen yet, in order.
#[derive(Debug)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    /// Up to here it is on the screen.
    at: usize,
    /// Up to here the rest of what was left out of is taken in: no sooner is the screen right in every respect.
    rest: usize,
    marks: VecDeque<Mark>,
    mode: Feeding,
    /// Something in it must be fed as it is.
    odd: bool,
    /// Since when it is gathered.
    since: Time,
    /// What came since when, to know a flood by.
    recent: (Time, usize),
    flood: bool,
}

impl Default for Pending {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
            rest: 0,
            marks: VecDeque::new(),
            mode: Feeding::Live,
            odd: false,
            since: Time::default(),
            recent: (Time::default(), 0),
            flood: false,
        }
    }
}

impl Pending {
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Where the record lies of which not all is on the screen, and how many bytes of it are; none when all is.
    pub fn unseen(&self) -> Option<(u64, usize)> {
        let mark = self.marks.iter().find(|m| m.to > self.at).filter(|_| !self.is_empty())?;
        Some((mark.offset, self.at.saturating_sub(mark.from)))
    }

    fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// Whether output of this mode can be put behind what is there.
    pub fn takes(&self, mode: Feeding) -> bool {
        self.is_empty() || self.mode == mode
    }

    /// Takes the output of a record.
    pub fn push(&mut self, entry: &Entry, mode: Feeding, now: Time) {
        if self.is_empty() {
            self.bytes.clear();
            if !self.flood {
                self.bytes.shrink_to(SMALL);
            }
            self.marks.clear();
            (self.at, self.rest, self.odd, self.since) = (0, 0, false, now);
        } else if self.at > SHOWN {
            self.forget_shown();
        }
        let payload = &entry.record.payload;
        self.mode = mode;
        self.odd = self.odd || !is_plain(payload);
        if now.mono >= self.recent.0.plus(SOON).mono {
            self.flood = self.recent.1 >= FLOOD;
            self.recent = (now, 0);
        }
        self.recent.1 = self.recent.1.saturating_add(payload.len());
        self.flood |= self.recent.1 >= FLOOD;
        let from = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        let to = self.bytes.len();
        self.marks.push_back(Mark { from, to, offset: entry.offset, end: entry.end, us: entry.record.us });
    }

    fn forget_shown(&mut self) {
        let keep = self.marks.front().map_or(self.at, |m| m.from.min(self.at));
        self.bytes.drain(..keep);
        self.at -= keep;
        self.rest = self.rest.saturating_sub(keep);
        for mark in &mut self.marks {
            (mark.from, mark.to) = (mark.from - keep, mark.to - keep);
        }
    }

    /// Whether it waits for more of a flood.
    fn gathers(&self) -> bool {
        let plenty = self.flood || self.len() >= SMALL;
        plenty && !self.odd && self.at >= self.rest && self.len() < GATHERED
    }

    /// When some of it is to be taken in; none when there is none. While `calm` nothing is gathered.
    pub fn due(&self, calm: bool, now: Time) -> Option<Time> {
        if self.is_empty() {
            None
        } else if self.gathers() && !calm {
            Some(self.since.plus(WAIT))
        } else {
            Some(now)
        }
    }

    /// How much more may come of at most `slice` bytes at a time, or of a flood.
    pub fn room(&self, calm: bool, slice: usize) -> usize {
        match self.len() {
            n if (calm || self.odd) && n >= slice => 0,
            _ if calm || self.odd => slice,
            n => GATHERED.saturating_sub(n).min(16 * slice),
        }
    }

    /// Whether what is gathered may be looked through for what can be left out.
    pub fn is_gathered(&self) -> bool {
        !self.odd && self.at >= self.rest && self.len() >= SMALL
    }

    /// Bytes still to come of what was left out of.
    pub fn rest(&self) -> usize {
        self.rest.saturating_sub(self.at)
    }

    /// All that is not on the screen.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Leaves out `count` bytes of the next `whole`.
    pub fn leave_out(&mut self, count: usize, whole: usize) {
        self.rest = self.at.saturating_add(whole);
        self.at = self.at.saturating_add(count);
    }

    /// The next piece of at most `limit` bytes, if there is more. It ends with a record where one fits in.
    pub fn next(&mut self, limit: usize, now: Time) -> Option<Piece> {
        if self.is_empty() {
            return None;
        }
        let most = self.at.saturating_add(limit).min(self.bytes.len());
        // What was left out of is looked at where it ends.
        let most = if self.at < self.rest { most.min(self.rest) } else { most };
        let fits = self.marks.partition_point(|m| m.to <= most);
        let last = fits.checked_sub(1).and_then(|i| self.marks.get(i)).copied();
        let to = last.map(|m| m.to).filter(|to| *to > self.at && *to + limit / 2 > most).unwrap_or(most);
        let bytes = self.bytes.get(self.at..to).unwrap_or_default().to_vec();
        let done = self.marks.drain(..fits).map(|m| m.to - m.from).sum();
        self.at = to;
        if to >= self.rest {
            self.since = now;
        }
        let exact = |m: Mark| (m.to == to && to >= self.rest).then_some(Place(m));
        let record = last.map(|m| Done { bytes: done, end: m.end, us: m.us, place: exact(m) });
        Some(Piece { bytes, mode: self.mode, record })
    }

    /// By what the record at a place is known. Nothing may have been pushed since it was given.
    pub fn anchor(&self, place: &Place) -> Anchor {
        let Place(mark) = place;
        let payload = self.bytes.get(mark.from..mark.to).unwrap_or_default().to_vec();
        let record = Record { kind: Kind::Output, flags: 0, us: mark.us, payload };
        Anchor::of(&Entry { offset: mark.offset, end: mark.end, missing: 0, record })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(offset: u64, payload: &[u8]) -> Entry {
        let record = Record { kind: Kind::Output, flags: 0, us: offset, payload: payload.to_vec() };
        Entry { offset, end: offset + payload.len() as u64 + 24, missing: 0, record }
    }

    fn at(ms: u64) -> Time {
        Time::default().plus(Duration::from_millis(ms))
    }

    #[test]
    fn little_is_due_at_once_and_a_flood_when_it_was_gathered() {
        let mut pending = Pending::default();
        assert_eq!(pending.due(false, at(7)), None);
        pending.push(&entry(0, b"hello\r\n"), Feeding::Live, at(100));
        assert_eq!(pending.due(false, at(100)), Some(at(100)));
        let piece = pending.next(1000, at(100)).unwrap();
        assert_eq!(piece.bytes, b"hello\r\n");
        assert_eq!(piece.record.unwrap().end, 31);
        assert!(pending.next(1000, at(100)).is_none());
        pending.push(&entry(31, &[b'x'; FLOOD]), Feeding::Live, at(110));
        assert_eq!(pending.due(false, at(111)), Some(at(210)));
        assert_eq!(pending.due(true, at(111)), Some(at(111)), "somebody types");
        pending.push(&entry(99_999, b"\x1b[K"), Feeding::Live, at(112));
        assert_eq!(pending.due(false, at(113)), Some(at(113)), "it has to be fed as it is");
    }

    #[test]
    fn pieces_end_with_records_and_are_whole_together() {
        let mut pending = Pending::default();
        let mut all = Vec::new();
        for n in 0..50_u8 {
            let payload = vec![n; 10 + usize::from(n) * 7];
            pending.push(&entry(u64::from(n) * 1000, &payload), Feeding::Live, at(1));
            all.extend(payload);
        }
        let (mut got, mut ends) = (Vec::new(), 0);
        while let Some(piece) = pending.next(400, at(2)) {
            got.extend(piece.bytes);
            if let Some(place) = piece.record.and_then(|r| r.place) {
                let anchor = pending.anchor(&place);
                let n = (anchor.offset / 1000) as u8;
                assert_eq!(anchor, Anchor::of(&entry(anchor.offset, &vec![n; 10 + usize::from(n) * 7])));
                ends += 1;
            }
        }
        assert_eq!(got, all);
        assert!(ends > 20, "{ends}");
    }

    #[test]
    fn no_place_is_given_before_the_rest_of_what_was_left_out_of_is_in() {
        let mut pending = Pending::default();
        for n in 0..10 {
            pending.push(&entry(n * 100, &[b'a'; 50]), Feeding::Live, at(1));
        }
        pending.leave_out(75, 400);
        let mut places = Vec::new();
        while let Some(piece) = pending.next(60, at(2)) {
            places.extend(piece.record.and_then(|r| r.place).map(|p| pending.anchor(&p).offset));
        }
        assert_eq!(places, [700, 800, 900]);
    }
}
