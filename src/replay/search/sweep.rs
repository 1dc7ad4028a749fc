//! One pane, played from its beginning to its end.

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;

use super::known::{Known, Standing};
use super::plain::{Scan, Stretch};
use super::{Hit, Progress, Query, TEXT_MAX};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::engine::state::HISTORY;
use crate::screen::{Changed, LINE_ROWS, Lines as _, Screen, Size};
use crate::session::log::{Kind, Reader};

/// Bytes after which what changed is looked at, within a record too: no line is printed and scrolled out of the
/// history in between.
const SLICE: usize = 4096;
/// Rows that the history may grow by before it is cut back.
const SPARE: usize = 2 * SLICE;
/// Rows that parts of a line have in common when it is too long to be looked at as one.
const OVERLAP: i32 = 8;
/// Bytes of plain lines that are taken together.
const STRETCH_MAX: usize = 4 << 20;
const MOST: usize = HISTORY + SPARE;

/// How plain lines are dealt with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// What need not be fed to the emulator is not.
    Skim,
    /// All is fed: what skimming has to agree with.
    #[cfg(test)]
    Feed,
}

/// Searches the log in `dir`. `each` takes the hits in their order, and says whether it wants more. Gives whether the
/// whole log was searched.
pub(super) fn pane(
    dir: &Path,
    query: &Query,
    progress: &Progress,
    way: Way,
    each: &mut dyn FnMut(Hit) -> bool,
) -> io::Result<bool> {
    let reader = match Reader::open(dir, 0) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
        other => other?,
    };
    let mut sweep = Sweep::new(query);
    let (mut taken, mut exited) = (0, false);
    let (mut scan, mut stretch) = (Scan::default(), Stretch::default());
    for entry in reader {
        let entry = entry?;
        if progress.cancelled.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let us = entry.record.us;
        let on = match entry.record.kind {
            Kind::Output => {
                let plain = way == Way::Skim && scan.plain(&entry.record.payload);
                let room = stretch.bytes.len() < STRETCH_MAX;
                let on = (plain && room) || sweep.stretch(&mut stretch, each);
                if plain {
                    stretch.add(&entry.record.payload, us);
                }
                on && (plain || sweep.output(&entry.record.payload, us, each))
            }
            Kind::Resize => {
                let on = sweep.stretch(&mut stretch, each);
                if std::mem::take(&mut exited) {
                    sweep = Sweep::new(query);
                }
                if let Some((rows, cols)) = entry.record.size() {
                    sweep.resize(Size { rows, cols }, us);
                }
                on
            }
            Kind::Exit => {
                exited = true;
                true
            }
            _ => true,
        };
        progress.done.fetch_add(entry.end.saturating_sub(taken), Ordering::Relaxed);
        taken = entry.end;
        if !on {
            return Ok(false);
        }
    }
    Ok(sweep.stretch(&mut stretch, each))
}

/// Whether found text is told or was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Text may have appeared.
    Print,
    /// Nothing was printed: what is found has been there.
    Move,
}

/// A pane as it is played.
pub(super) struct Sweep<'a> {
    pub(super) query: &'a Query,
    pub(super) screen: Screen,
    /// Of the primary and the alternate screen.
    known: [Known; 2],
    alternate: bool,
    /// Rows that have scrolled away since the beginning.
    pub(super) rolled: i64,
    /// Rows of history when it was last looked at, on the primary screen.
    history: usize,
    text: String,
}

impl<'a> Sweep<'a> {
    fn new(query: &'a Query) -> Self {
        Self {
            query,
            screen: Screen::new(Size { rows: 24, cols: 80 }, MOST),
            known: <[Known; 2]>::default(),
            alternate: false,
            rolled: 0,
            history: 0,
            text: String::new(),
        }
    }

    /// Takes the output of a record. False when no more is wanted.
    pub(super) fn output(&mut self, bytes: &[u8], us: u64, each: &mut dyn FnMut(Hit) -> bool) -> bool {
        let (mut new, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let (slice, after) = rest.split_at(slice_of(rest));
            drop(self.screen.feed(slice, Time { mono: us, wall: 0 }));
            new.append(&mut self.look(us, Look::Print));
            rest = after;
        }
        new.into_iter().all(|s| {
            // Where it is after the whole record.
            let row = if self.alternate { s.row } else { to_i32(s.place - self.rolled) };
            each(hit(us, row, s.col, around(&s.text, &s.found), &s.found))
        })
    }

    fn resize(&mut self, size: Size, us: u64) {
        if size.clamped() == self.screen.size() {
            return;
        }
        // Narrower rows are more rows: what cannot stay is let go of before the emulator does.
        self.trim(HISTORY);
        self.screen.resize(size);
        drop(self.look(us, Look::Move));
    }

    /// Looks at what changed and gives the hits that are new.
    fn look(&mut self, us: u64, look: Look) -> Vec<Standing> {
        let alternate = self.screen.modes().alt_screen;
        let switched = std::mem::replace(&mut self.alternate, alternate) != alternate;
        let history = self.screen.history_len();
        let mut fresh = 0;
        if !alternate {
            // A history that shrank was cleared: all of it is new.
            fresh = history.checked_sub(self.history).unwrap_or(history);
            self.history = history;
        }
        if look == Look::Move {
            fresh = 0;
        }
        self.rolled += to_i64(fresh);
        if switched && alternate {
            self.known[1] = Known::default();
        }
        let bottom = i32::from(self.screen.size().rows);
        let top = -i32::try_from(fresh).unwrap_or(i32::MAX);
        let mut found = Vec::new();
        let rolled = self.rolled;
        let looked_at: Vec<(i32, i32)> = match self.screen.changed_rows() {
            Changed::Rows(rows) if !switched && fresh == 0 && look == Look::Print => {
                let mut spans: Vec<(i32, i32)> = Vec::new();
                for row in rows.into_iter().filter_map(|r| i32::try_from(r).ok()).filter(|r| *r < bottom) {
                    if spans.last().is_none_or(|(_, end)| row >= *end) {
                        let begin = self.screen.line_begin(row);
                        let end = self.lines(begin, row + 1, &mut found);
                        spans.push((begin, end));
                    }
                }
                spans
            }
            _ => {
                let begin = self.screen.line_begin(top);
                let end = self.lines(begin, bottom, &mut found);
                vec![(begin, end)]
            }
        };
        // What begins further up was looked at before it scrolled away.
        found.retain(|s| s.row >= top);
        let known = &mut self.known[usize::from(alternate)];
        let new = if found.is_empty() && known.is_empty() {
            Vec::new()
        } else {
            let within = |place: i64| {
                let row = place - rolled;
                looked_at.iter().any(|(begin, end)| (i64::from(*begin)..i64::from(*end)).contains(&row))
            };
            known.now(found, within, rolled, us)
        };
        if !alternate && history > HISTORY + SPARE / 2 {
            self.trim(HISTORY);
        }
        new
    }

    /// Finds what is in the lines from the row `begin` to before `end`; gives the row after the last of them.
    fn lines(&mut self, begin: i32, end: i32, found: &mut Vec<Standing>) -> i32 {
        let mut row = begin;
        let mut text = std::mem::take(&mut self.text);
        let rare = self.query.rare();
        while row < end {
            let without = rare.and_then(|(one, other)| self.screen.line_without(row, one, other));
            let next = without.unwrap_or_else(|| self.screen.line_text(row, &mut text));
            if let (None, Some((from, to))) = (without, self.query.find(&text)) {
                let (at, col) = self.screen.place_in_line(row, from);
                let place = self.rolled + i64::from(at);
                // Parts of a very long line overlap.
                if found.last().is_none_or(|s| (s.place, s.col) != (place, col)) {
                    found.push(Standing {
                        found: text.get(from..to).unwrap_or_default().to_owned(),
                        text: text.clone(),
                        place,
                        row: at,
                        col,
                    });
                }
            }
            let cut = next < end && next - row >= LINE_ROWS;
            row = if cut { next - OVERLAP } else { next };
        }
        self.text = text;
        row
    }

    fn trim(&mut self, keep: usize) {
        if !self.alternate {
            self.screen.forget_history(keep, MOST);
            self.history = self.screen.history_len();
        }
    }
}

/// How much is fed before a look: whole lines, where there are any.
fn slice_of(bytes: &[u8]) -> usize {
    let most = bytes.len().min(SLICE);
    let lines = bytes.get(..most).filter(|_| most < bytes.len()).and_then(|b| memchr::memrchr(b'\n', b));
    lines.map_or(most, |n| n + 1)
}

/// A hit whose pane and event are filled in by whoever knows them.
pub(super) fn hit(us: u64, row: i32, col: u16, text: String, found: &str) -> Hit {
    Hit { pane: AgentName::orchestrator(), us, seq: 0, row, col, text, found: printable(found) }
}

/// The part of a line around what was found, without control characters.
pub(super) fn around(text: &str, found: &str) -> String {
    if text.chars().count() <= TEXT_MAX {
        return printable(text);
    }
    let at = text.find(found).unwrap_or(0);
    let before = text.get(..at).unwrap_or_default();
    let skip = before.chars().count().saturating_sub(TEXT_MAX / 4);
    printable(&text.chars().skip(skip).take(TEXT_MAX).collect::<String>())
}

fn to_i32(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(if n < 0 { i32::MIN } else { i32::MAX })
}

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
