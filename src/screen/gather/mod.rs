//! Everything a pane showed, as one text: what scrolled away and what was painted over, each line once.
//!
//! A full-screen program has no scrollback: it paints over what it showed. Here each look at its screen is compared with
//! the one before. What was scrolled out or replaced by something else is kept in its order; what only turns, counts,
//! grows or moves is not, and what comes back is taken out again.

mod compare;
mod screens;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use self::compare::{Text, compare};
use super::{Changed, Lines as _, Row, Rows, Screen, Size};
use crate::domain::time::Time;

/// Bytes after which what changed is looked at, whatever comes next.
const SLICE: usize = 4096;
/// Rows that the history may grow by before it is cut back: more than a slice can add.
const SPARE: usize = 2 * SLICE;
/// What takes away what is shown or kept: back to the primary screen, no history, all anew, an empty screen.
const ENDS: [&[u8]; 4] = [b"\x1b[?1049l", b"\x1b[3J", b"\x1bc", CLEAR];
/// What empties the screen, mostly to paint it anew at once.
const CLEAR: &[u8] = b"\x1b[2J";
/// Microseconds without output after which a screen counts as painted.
const SETTLED: u64 = 5_000;
/// Microseconds within which pages that change into much the same are something that counts, from the third on.
const TICK: u64 = 300_000;
const TICKS: u32 = 3;
/// Rows among which what is shown again is looked for.
const REACH: usize = 400;
/// Fewest characters of a row that is known again by itself.
const TELLING: usize = 8;

/// What is known of a row that is kept.
#[derive(Clone, Debug)]
struct Mark {
    text: Text,
    /// It went into the history of the primary screen.
    rolled: bool,
}

/// What a pane showed and does not show any more.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The rows, the oldest first.
    pub rows: Rows,
    /// Which of them went into the history of the primary screen of the program that ran last.
    pub rolled: Vec<bool>,
}

/// Takes what panes print, and keeps what goes from their screens.
pub struct Gather {
    screen: Screen,
    history: usize,
    /// Rows of history of the primary screen when it was last looked at.
    known: usize,
    alternate: bool,
    /// The visible rows as they were at the last look.
    shown: Rows,
    texts: Vec<Text>,
    left: Rows,
    marks: VecDeque<Mark>,
    /// How many of the last that were kept went out at the bottom.
    below: usize,
    /// How many rows of the primary screen were kept when the alternate one came, and how many marks there were then,
    /// counted from the beginning.
    hidden: Option<(u64, usize)>,
    /// Marks that went at the front.
    dropped: u64,
    /// Bytes fed since the last look.
    unseen: usize,
    us: u64,
    ticks: (u32, u64),
}

impl Gather {
    /// Begins with a screen of that size, whose history has at most so many rows.
    #[must_use]
    pub fn new(size: Size, history: usize) -> Self {
        Self::of(Screen::new(size, history + SPARE), history)
    }

    /// Goes on from a screen, which was made to keep `history` rows and is given room for more.
    #[must_use]
    pub fn of(screen: Screen, history: usize) -> Self {
        let mut gather = Self {
            screen,
            history,
            known: 0,
            alternate: false,
            shown: Rows::default(),
            texts: Vec::new(),
            left: Rows::default(),
            marks: VecDeque::new(),
            below: 0,
            hidden: None,
            dropped: 0,
            unseen: 0,
            us: 0,
            ticks: (0, 0),
        };
        gather.alternate = gather.screen.modes().alt_screen;
        if !gather.alternate {
            gather.screen.forget_history(history, history + SPARE);
            gather.known = gather.screen.history_len();
        }
        gather.read();
        gather
    }

    /// Takes what a program printed at a moment, in microseconds.
    pub fn output(&mut self, bytes: &[u8], us: u64) {
        if us.saturating_sub(self.us) >= SETTLED {
            self.look();
        }
        self.us = us;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, after) = rest.split_at(rest.len().min(SLICE));
            // What is about to go was shown all the same.
            let ends = ENDS.iter().filter_map(|end| Some((memchr::memmem::find(now, end)?, end.len())));
            let (now, after) = match ends.min() {
                Some((0, len)) => {
                    self.look();
                    drop(self.screen.feed(&now[..len], Time { mono: us, wall: 0 }));
                    self.unseen = len;
                    if !now.starts_with(CLEAR) {
                        self.look();
                    }
                    rest = &rest[len..];
                    continue;
                }
                Some((at, _)) => rest.split_at(at),
                None => (now, after),
            };
            if self.unseen + now.len() > SLICE {
                self.look();
            }
            drop(self.screen.feed(now, Time { mono: us, wall: 0 }));
            self.unseen += now.len();
            rest = after;
        }
    }

    /// The size changed.
    pub fn resize(&mut self, size: Size) {
        if size.clamped() == self.screen.size() {
            return;
        }
        self.look();
        self.trim();
        self.screen.resize(size);
        if !self.alternate {
            self.wrapped_anew();
        }
        self.read();
    }

    /// Another program begins, on an empty screen.
    pub fn begin(&mut self, said: &str) {
        self.look();
        if self.alternate {
            self.leave();
        }
        let filled = self.texts.iter().rposition(|t| !t.is_empty()).map_or(0, |i| i + 1);
        self.keep_shown(&(0..filled).collect::<Vec<_>>(), 0);
        self.marks.iter_mut().for_each(|m| m.rolled = false);
        if !self.marks.is_empty() && !said.is_empty() {
            let mut line = Screen::new(Size { rows: 2, cols: 200 }, 0);
            drop(line.feed(format!("\x1b[2m{said}").as_bytes(), Time::default()));
            self.keep(self.marks.len(), &line.row_at(0), false);
        }
        self.screen = Screen::new(Size { rows: 24, cols: 80 }, self.history + SPARE);
        (self.known, self.alternate, self.below, self.hidden) = (0, false, 0, None);
        self.read();
    }

    /// What is not shown any more.
    #[must_use]
    pub fn end(mut self) -> Gathered {
        self.look();
        Gathered { rolled: self.marks.iter().map(|m| m.rolled).collect(), rows: self.left }
    }

    /// Looks at what changed, and keeps what is gone.
    fn look(&mut self) {
        if std::mem::take(&mut self.unseen) == 0 {
            return;
        }
        let alternate = self.screen.modes().alt_screen;
        if std::mem::replace(&mut self.alternate, alternate) != alternate {
            if alternate {
                self.enter()
            } else {
                self.leave()
            }
            return self.read();
        }
        let mut fresh = 0;
        if !alternate {
            let history = self.screen.history_len();
            // A history that shrank was cleared: all of it is new.
            fresh = history.checked_sub(self.known).unwrap_or(history);
            self.roll(fresh);
            self.known = history;
        }
        let rolled = fresh.min(self.texts.len());
        let old: Vec<Text> = self.texts.drain(rolled..).collect();
        let mut before = Rows::default();
        before.extend(&self.shown, rolled, self.shown.len());
        self.texts = old;
        self.shown = before;
        let old = self.refresh(fresh > 0);
        if let Some((rows, texts)) = old {
            self.changed(&rows, &texts);
        }
        self.trim();
    }

    /// Compares with the look before and keeps what is gone.
    fn changed(&mut self, rows: &Rows, texts: &[Text]) {
        let ticking = self.ticks.0 >= TICKS && self.us.saturating_sub(self.ticks.1) < TICK;
        let change = compare(texts, &self.texts, ticking);
        if change.counts {
            let on = self.us.saturating_sub(self.ticks.1) < TICK;
            self.ticks = (if on { self.ticks.0 + 1 } else { 1 }, self.us);
        }
        if change.below == 0 && !change.gone.is_empty() && change.new.len() == self.texts.len() {
            self.below = 0;
        }
        let (above, below) = change.gone.split_at(change.gone.len() - change.below);
        for i in above {
            let at = self.marks.len() - self.below.min(self.marks.len());
            self.keep(at, &rows.row_at(i32::try_from(*i).unwrap_or(0)), false);
        }
        let at = self.marks.len() - self.below.min(self.marks.len());
        for (n, i) in below.iter().enumerate() {
            self.keep(at + n, &rows.row_at(i32::try_from(*i).unwrap_or(0)), false);
        }
        self.below += below.len();
        self.shown_again(&change.new);
    }

    /// Takes out what is shown again, with what stood beside it.
    fn shown_again(&mut self, new: &[usize]) {
        let mut done = 0;
        for &row in new {
            let telling = self.texts.get(row).is_some_and(|t| t.chars().count() >= TELLING);
            if row < done || !telling {
                continue;
            }
            let least = self.marks.len().saturating_sub(REACH);
            let same = |at: usize, row: usize| {
                let mark = self.marks.get(at).filter(|m| !m.rolled && at >= least);
                mark.zip(self.texts.get(row)).is_some_and(|(m, t)| m.text == *t)
            };
            let Some(at) = (least..self.marks.len()).rev().find(|at| same(*at, row)) else { continue };
            let up = (1..=at.min(row)).take_while(|n| same(at - n, row - n)).count();
            let down = (1..).take_while(|n| same(at + n, row + n)).count();
            done = row + down + 1;
            self.take_out(at - up, up + 1 + down);
        }
    }

    fn take_out(&mut self, at: usize, count: usize) {
        let tail = self.marks.len() - at;
        self.below -= self.below.min(count.min(self.below.saturating_sub(tail - count.min(tail))));
        let mut rows = Rows::default();
        rows.extend(&self.left, at + count, self.left.len());
        while self.left.len() > at {
            self.left.pop();
        }
        self.left.extend(&rows, 0, rows.len());
        self.marks.drain(at..(at + count).min(self.marks.len()));
    }

    /// Keeps a row at a place.
    fn keep(&mut self, at: usize, row: &Row<'_>, rolled: bool) {
        let mut rest = Rows::default();
        rest.extend(&self.left, at, self.left.len());
        while self.left.len() > at {
            self.left.pop();
        }
        self.left.push(row);
        self.left.extend(&rest, 0, rest.len());
        self.marks.insert(at.min(self.marks.len()), Mark { text: row.text(), rolled });
        self.fit();
    }

    /// Forgets the marks of rows that went at the front.
    fn fit(&mut self) {
        while self.marks.len() > self.left.len() {
            self.marks.pop_front();
            self.dropped += 1;
        }
    }

    /// Keeps rows of the last look.
    fn keep_shown(&mut self, rows: &[usize], below: usize) {
        let shown = std::mem::take(&mut self.shown);
        for i in rows {
            let at = self.marks.len() - below.min(self.marks.len());
            self.keep(at, &shown.row_at(i32::try_from(*i).unwrap_or(0)), false);
        }
        self.shown = shown;
    }

    /// Keeps the latest `fresh` rows of the history.
    fn roll(&mut self, fresh: usize) {
        if fresh == 0 {
            return;
        }
        self.below = 0;
        for row in -i32::try_from(fresh).unwrap_or(i32::MAX)..0 {
            let row = self.screen.row_at(row);
            self.left.push(&row);
            // Only what is painted over is ever known again by its text.
            self.marks.push_back(Mark { text: Text::new(), rolled: true });
        }
        self.fit();
    }

    /// Cuts the history back before it is full.
    fn trim(&mut self) {
        if !self.alternate && self.known > self.history + SPARE / 2 {
            self.screen.forget_history(self.history, self.history + SPARE);
            self.known = self.screen.history_len();
        }
    }

    /// Takes the visible rows as they are, and compares nothing.
    fn read(&mut self) {
        let _ = self.screen.changed_rows();
        (self.shown, self.texts) = (Rows::default(), Vec::new());
        for row in 0..self.screen.end_row() {
            let row = self.screen.row_at(row);
            self.shown.push(&row);
            self.texts.push(row.text());
        }
    }

    /// Takes the visible rows as they are now, and gives what they were; none when nothing changed.
    fn refresh(&mut self, all: bool) -> Option<(Rows, Vec<Text>)> {
        if let (Changed::Rows(rows), false) = (self.screen.changed_rows(), all) {
            let texts = |row: &usize| i32::try_from(*row).map(|row| self.screen.row_at(row).text());
            let same = |row: &usize| texts(row).is_ok_and(|t| self.texts.get(*row) == Some(&t));
            if rows.iter().all(same) {
                return None;
            }
        }
        let before = (std::mem::take(&mut self.shown), std::mem::take(&mut self.texts));
        self.read();
        Some(before)
    }
}
