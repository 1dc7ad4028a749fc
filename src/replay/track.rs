//! One pane's log, played to any place: from the nearest keyframe, or on from where it stands.
//!
//! Where keyframes are missing the log is parsed from the beginning, and what would have been kept is kept in memory.

mod back;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::course::{Bounds, Life};
use super::story::no_screen;
use crate::domain::time::Time;
use crate::engine::state::HISTORY;
use crate::screen::{Screen, Size};
use crate::session::log::keyframe::{Anchor, Keyframes, Pace, pack, unpack};
use crate::session::log::{Entry, HEADER, Kind, Reader};

/// Bytes that are rather parsed than a keyframe loaded.
const NEAR: u64 = 64 * 1024;
/// Most bytes of keyframes in memory for one pane.
const MEMORY: usize = 8 << 20;

/// To where a log is played.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until {
    /// By offset.
    pub bounds: Bounds,
    /// By time, within the bounds; none: up to the lower bound and no further.
    pub us: Option<u64>,
    /// Cells that its screen may have.
    pub room: u64,
}

impl Until {
    /// Whether a record that ends at `end` and came at `us` is before it.
    fn covers(&self, end: u64, us: u64) -> bool {
        end <= self.bounds.low || (end <= self.bounds.high && self.us.is_some_and(|t| us <= t))
    }
}

/// One pane's log and where it is played to.
#[derive(Debug)]
pub(super) struct Track {
    dir: PathBuf,
    log: Option<Log>,
    life: Life,
    /// The screen as the records alone make it; none while it is lent out.
    screen: Option<Screen>,
    /// Whether all history the screen should have is there.
    whole: bool,
    /// After the last record taken in: offset and moment.
    offset: u64,
    us: u64,
    /// The record after it, if it was read already.
    next: Option<Entry>,
    /// Keyframes that are not on the disk, by offset: moment and record.
    memory: BTreeMap<u64, (u64, Vec<u8>)>,
    remembered: usize,
    pace: Pace,
    sized: Option<Anchor>,
}

#[derive(Debug)]
struct Log {
    reader: Reader,
    /// The same log, to check keyframes by.
    bytes: crate::session::log::Bytes,
    keys: Keyframes,
}

impl Track {
    /// Looks at the log in `dir`; there may be none yet.
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            log: None,
            life: Life { from: None, size: Size { rows: Size::MIN, cols: Size::MIN } },
            screen: None,
            whole: true,
            offset: 0,
            us: 0,
            next: None,
            memory: BTreeMap::new(),
            remembered: 0,
            pace: Pace::default(),
            sized: None,
        }
    }

    fn open(&mut self) -> io::Result<Option<&mut Log>> {
        if self.log.is_none() {
            let reader = match Reader::open(&self.dir, 0) {
                Ok(reader) => reader,
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(e) => return Err(e),
            };
            let bytes = crate::session::log::Bytes::open(&self.dir)?;
            let keys = Keyframes::of(&bytes);
            self.log = Some(Log { reader, bytes, keys });
        }
        Ok(self.log.as_mut())
    }

    /// The moment of the last record there is; 0 where there is none.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn end(&mut self) -> io::Result<u64> {
        let Some(log) = self.open()? else { return Ok(0) };
        // The last segment that holds anything is enough.
        let segment = log.bytes.segments().iter().rfind(|s| s.len > 0).map_or(0, |s| s.start);
        let key = log.keys.places().last().map(|p| (p.end, p.us)).filter(|k| k.0 >= segment);
        let (from, us) = key.unwrap_or((segment, 0));
        log.reader.seek(from);
        let last = log.reader.by_ref().map_while(Result::ok).map(|e| e.record.us).max();
        let (at, offset) = (last.map_or(us, |l| l.max(us)), self.offset);
        if let Some(log) = &mut self.log {
            log.reader.seek(offset);
        }
        self.next = None;
        Ok(at)
    }

    /// Takes notice of what was added to the log and its keyframes since.
    pub(super) fn refresh(&mut self) -> io::Result<()> {
        if let Some(log) = &mut self.log {
            (log.reader, self.next) = (Reader::open(&self.dir, self.offset)?, None);
            log.bytes.refresh()?;
            log.keys = Keyframes::of(&log.bytes);
        }
        Ok(())
    }

    /// Brings the screen there.
    ///
    /// # Errors
    /// What the file system says. The screen is then some earlier one.
    pub(super) fn go(&mut self, life: Life, until: Until) -> io::Result<()> {
        let Some(from) = life.from else {
            self.restart(life, 0);
            return Ok(());
        };
        let on = self.screen.is_some() && self.life == life && until.covers(self.offset, self.us);
        let on = on || (self.screen.is_some() && self.life == life && self.offset == from);
        let reached = if on { self.offset.saturating_add(NEAR) } else { from };
        self.open()?;
        if !self.restore(life, from, reached, until) && !on {
            self.restart(life, from);
        }
        while let Some(entry) = self.peek()? {
            if !until.covers(entry.end, entry.record.us) {
                break;
            }
            self.next = None;
            check(&entry, until.room)?;
            if !self.feed(&entry) {
                // It changes its size, and what would come back from above is not there.
                self.restart(life, from);
            }
        }
        Ok(())
    }

    /// The next record that was not taken in.
    pub(super) fn peek(&mut self) -> io::Result<Option<Entry>> {
        if self.next.is_none()
            && let Some(log) = &mut self.log
        {
            self.next = log.reader.next().transpose()?;
        }
        Ok(self.next.clone())
    }

    /// Takes up the last keyframe before `until` that is beyond `reached`.
    fn restore(&mut self, life: Life, from: u64, reached: u64, until: Until) -> bool {
        loop {
            let Some(log) = &mut self.log else { return false };
            let places = log.keys.places();
            let at = places.partition_point(|p| until.covers(p.end, p.us));
            let disk = at.checked_sub(1).and_then(|i| places.get(i)).copied();
            let disk = disk.filter(|p| until.covers(p.end, p.us));
            let kept =
                self.memory.range(..=until.bounds.high).rev().find(|(end, (us, _))| until.covers(**end, *us));
            let kept = kept.map(|(end, (_, record))| (*end, record));
            let best = disk.map_or(0, |p| p.end).max(kept.map_or(0, |k| k.0));
            if best <= reached || best <= from {
                return false;
            }
            let found = match kept.filter(|k| k.0 == best) {
                Some((_, record)) => unpack(record),
                None => disk.and_then(|place| log.keys.load(&place, &mut log.bytes)),
            };
            let screen = found.and_then(|(anchor, s)| Some((anchor, Screen::restore(&s, HISTORY).ok()?)));
            let Some((anchor, restored)) = screen else {
                // Broken, or of another log: there may be an earlier one.
                log.keys.forget(best);
                self.memory.remove(&best);
                continue;
            };
            log.reader.seek(anchor.end);
            (self.life, self.offset, self.us) = (life, anchor.end, anchor.us);
            (self.screen, self.whole, self.next) = (Some(restored.screen), restored.whole, None);
            (self.pace, self.sized) = (Pace::default(), None);
            return true;
        }
    }

    /// Cells of its screen.
    pub(super) fn cells(&self) -> u64 {
        self.screen.as_ref().map_or(0, |s| cells(s.size()))
    }

    /// Begins with an empty screen at an offset.
    fn restart(&mut self, life: Life, from: u64) {
        if let Some(log) = &mut self.log {
            log.reader.seek(from);
        }
        (self.life, self.offset, self.us, self.next) = (life, from, 0, None);
        (self.screen, self.whole) = (Some(Screen::new(life.size, HISTORY)), true);
        (self.pace, self.sized) = (Pace::default(), None);
    }

    /// Takes a record in; not if the screen would not be what it should.
    fn feed(&mut self, entry: &Entry) -> bool {
        let Some(screen) = &mut self.screen else { return true };
        match entry.record.kind {
            Kind::Output => {
                if let Some(anchor) = self.sized.take() {
                    self.remember(&anchor, 0);
                }
                let Some(screen) = &mut self.screen else { return true };
                screen.feed(&entry.record.payload, Time { mono: entry.record.us, wall: 0 });
                let (rows, held) = (screen.size().rows, screen.deadline().is_some());
                let len = entry.record.payload.len() + HEADER;
                let due = self.pace.came(len, entry.record.us, rows).filter(|w| !held || !w.patient);
                if let Some(wanted) = due {
                    self.remember(&Anchor::of(entry), wanted.rows);
                }
            }
            Kind::Resize => {
                if let Some((rows, cols)) = entry.record.size() {
                    let size = Size { rows, cols }.clamped();
                    if size != screen.size() && !self.whole {
                        return false;
                    }
                    screen.resize(size);
                    self.sized = Some(Anchor::of(entry));
                }
            }
            _ => {}
        }
        (self.offset, self.us) = (entry.end, entry.record.us);
        true
    }

    /// Keeps the screen as it is in memory, unless it is kept on the disk.
    fn remember(&mut self, anchor: &Anchor, rows: usize) {
        let (Some(screen), Some(log)) = (&self.screen, &self.log) else { return };
        let places = log.keys.places();
        let near = places.get(places.partition_point(|p| p.end < anchor.end));
        let there = near.is_some_and(|p| p.end - anchor.end < 4 * NEAR);
        if there || self.remembered >= MEMORY || self.memory.contains_key(&anchor.end) {
            self.pace = Pace::default();
            return;
        }
        let rows = rows.min(screen.history_len());
        let Some(record) = pack(anchor, &screen.snapshot(rows)) else { return };
        self.pace.kept(anchor.us, record.len(), rows + usize::from(screen.size().rows));
        self.remembered += record.len();
        self.memory.insert(anchor.end, (anchor.us, record));
    }

    /// The keyframes that are only in memory, which are then forgotten.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Vec<u8>> + use<> {
        self.remembered = 0;
        std::mem::take(&mut self.memory).into_values().map(|(_, record)| record)
    }

    /// Gives the screen as it is seen at a moment: a held frame whose time is over shows. It comes back with
    /// [`Self::take_back`].
    pub(super) fn lend(&mut self, us: u64) -> Screen {
        let now = Time { mono: us, wall: 0 };
        match &self.screen {
            Some(screen) if screen.deadline().is_some_and(|t| t.mono <= us) => {
                let mut shown = screen.clone();
                shown.expire(now);
                shown
            }
            _ => self.screen.take().unwrap_or_else(no_screen),
        }
    }

    /// Takes a screen back.
    pub(super) fn take_back(&mut self, screen: Screen) {
        self.screen.get_or_insert(screen);
    }

    /// The moment of the last record taken in, if any was since the program began.
    pub(super) fn printed(&self) -> Option<u64> {
        (self.life.from.is_some_and(|from| self.offset > from)).then_some(self.us)
    }
}

fn cells(size: Size) -> u64 {
    u64::from(size.rows) * u64::from(size.cols)
}

/// Refuses a size for which there is no room.
fn check(entry: &Entry, room: u64) -> io::Result<()> {
    let size = entry.record.size().map(|(rows, cols)| Size { rows, cols }.clamped());
    match size.filter(|s| cells(*s) > room) {
        Some(Size { rows, cols }) => {
            let why = format!(
                "a screen of {cols}x{rows} is beyond what all panes of a recording may have together"
            );
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
        None => Ok(()),
    }
}
