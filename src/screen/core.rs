//! The emulator with what it needs around it: the sink of the sieve.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::{Dimensions, Grid};
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::term::{Config, Osc52, Term, TermMode};
use alacritty_terminal::vte::ansi::{CursorStyle, Handler, Processor};

use crate::domain::time::Time;

use super::Size;
use super::guard::{self, Guard, NoHold, Side};
use super::modes::{Keys, Kitty};
use super::osc::{self, Signal};
use super::shadow::{self, Shadow};
use super::sieve::{Csi, End, Sink};

/// How long a frame of synchronized output (mode 2026) may be held.
pub const HOLD_MAX: Duration = Duration::from_millis(150);
/// Most bytes of a held frame; beyond it is shown as it stands.
pub(super) const HOLD_BYTES: usize = 1024 * 1024;
/// Capacity kept for the next frame.
const HOLD_KEEP: usize = 64 * 1024;
/// Bytes parsed at a time: what a failure of the emulator can lose.
const SLICE: usize = 4096;
/// Cells that repeated characters (REP) may fill for each byte of the stream. A row is always granted, and up to a
/// screenful can be saved up.
const REPEAT_PER_BYTE: u64 = 16;

/// A held frame.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub until: Time,
    pub bytes: Vec<u8>,
}

pub(super) struct Core {
    pub size: Size,
    pub history: usize,
    pub term: Term<VoidListener>,
    processor: Processor<NoHold>,
    pub side: Side,
    now: Time,
    pub hold: Option<Hold>,
    /// The last frame's memory, for the next.
    spare: Vec<u8>,
    /// The beginning of a character whose end is still to come.
    pub part: Vec<u8>,
    /// Cells that may be filled by repeating.
    pub repeats: u64,
    /// Up to where in the stream `repeats` was earned.
    pub earned: u64,
    #[cfg(test)]
    pub trip: Option<&'static [u8]>,
}

impl Core {
    pub(super) fn new(size: Size, history: usize) -> Self {
        Self {
            size,
            history,
            term: terminal(size, history),
            processor: Processor::new(),
            side: Side { shadow: Shadow::new(usize::from(size.cols)), ..Side::default() },
            now: Time::default(),
            hold: None,
            spare: Vec::new(),
            part: Vec::new(),
            repeats: 0,
            earned: 0,
            #[cfg(test)]
            trip: None,
        }
    }

    pub(super) fn at(&mut self, now: Time) {
        self.now = now;
        self.side.replies.at(now);
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.hold.as_ref().map(|h| h.until)
    }

    /// Shows a held frame whose time is over.
    pub(super) fn expire(&mut self) {
        if self.hold.as_ref().is_some_and(|h| h.until.mono <= self.now.mono) {
            self.release();
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        if size == self.size {
            return;
        }
        self.size = size;
        self.side.touched = true;
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.term.resize(Dims(size));
            shadow::mark_rows(self.term.grid_mut());
            // It keeps a thousand rows in reserve from the first that scrolls; most panes never need them.
            self.term.grid_mut().truncate();
            self.side.shadow.resized(usize::from(size.rows), usize::from(size.cols));
        }));
        if done.is_err() {
            self.restart();
        }
    }

    /// Makes a new emulator stand where one with these modes, this cursor style and this grid does, its side being
    /// taken over already.
    pub(super) fn set_up(&mut self, mode: TermMode, style: CursorStyle, grid: Grid<Cell>) {
        self.side.shadow.set_up(&mut self.term, mode, style);
        *self.term.grid_mut() = grid;
        if let Some(last) = self.side.shadow.last {
            self.processor.advance(&mut Nobody, last.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn release(&mut self) {
        if let Some(hold) = self.hold.take() {
            let mut bytes = hold.bytes;
            self.parse(&bytes);
            bytes.clear();
            bytes.shrink_to(HOLD_KEEP);
            self.spare = bytes;
        }
    }

    /// Lets the emulator have `bytes`, but for a character at their end that is not whole yet: its own joining of
    /// such parts loses what follows them.
    fn parse(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        while let (false, Some((b, rest))) = (self.part.is_empty(), bytes.split_first()) {
            let goes_on = matches!(b, 0x80..=0xbf);
            if goes_on {
                self.part.push(*b);
                bytes = rest;
            }
            if !goes_on || !is_partial(&self.part) {
                let part = std::mem::take(&mut self.part);
                self.whole(&part);
            }
        }
        while bytes.len() > SLICE {
            let (now, rest) = bytes.split_at(SLICE - partial_tail(&bytes[..SLICE]));
            self.whole(now);
            bytes = rest;
        }
        let (now, part) = bytes.split_at(bytes.len() - partial_tail(bytes));
        self.part.extend_from_slice(part);
        self.whole(now);
    }

    /// Lets the emulator have bytes of which nothing follows that belongs to a character begun at their end: it would
    /// keep that for ever so long, where nobody can see it.
    fn whole(&mut self, bytes: &[u8]) {
        let (mut whole, mut broken) = (bytes, 0);
        while let tail @ 1.. = partial_tail(whole) {
            whole = &whole[..whole.len() - tail];
            broken += 1;
        }
        self.slice(whole);
        for _ in 0..broken {
            self.slice("\u{fffd}".as_bytes());
        }
    }

    /// Lets the emulator have a slice; should it fail, it begins anew.
    fn slice(&mut self, slice: &[u8]) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            if let Some(trip) = self.trip {
                assert!(!slice.windows(trip.len()).any(|w| w == trip), "tripped");
            }
            let mut guard = Guard { term: &mut self.term, side: &mut self.side };
            self.processor.advance(&mut guard, slice);
        }));
        if done.is_err() {
            self.restart();
        }
    }

    fn restart(&mut self) {
        self.term = terminal(self.size, self.history);
        self.processor = Processor::new();
        self.side.kitty = Kitty::default();
        self.side.keys = Keys::default();
        self.side.shadow = Shadow::new(usize::from(self.size.cols));
        self.side.touched = true;
        self.side.signal(Signal::EmulatorReset);
    }

    /// How many of `count` repetitions are granted at this place of the stream.
    fn grant(&mut self, count: u16, at: u64) -> u64 {
        let area = u64::from(self.size.rows) * u64::from(self.size.cols);
        let new = at.saturating_sub(self.earned).saturating_mul(REPEAT_PER_BYTE);
        self.repeats = self.repeats.saturating_add(new).min(area);
        self.earned = at;
        let granted = u64::from(count.max(1)).min(self.repeats.max(u64::from(self.size.cols)));
        self.repeats = self.repeats.saturating_sub(granted);
        granted
    }

    fn window(&mut self, what: u16) {
        match what {
            22 => self.side.push_title(),
            23 => self.side.pop_title(),
            _ => self.side.replies.size(what, self.size),
        }
    }
}

impl Sink for Core {
    fn pass(&mut self, bytes: &[u8]) {
        let Some(hold) = &mut self.hold else { return self.parse(bytes) };
        if hold.bytes.len() + bytes.len() > HOLD_BYTES {
            self.release();
            self.parse(bytes);
        } else {
            hold.bytes.extend_from_slice(bytes);
        }
    }

    fn csi(&mut self, csi: Csi<'_>, raw: &[u8], at: u64) {
        match (csi.marker, csi.last) {
            (0, b'b') => {
                let granted = self.grant(csi.first(), at);
                self.pass(format!("\x1b[{granted}b").as_bytes());
            }
            (0, b't') => self.window(csi.first()),
            (b'>', b'q') => self.side.replies.version(),
            // formatOtherKeys.
            (b'>', b'f') => {
                let mut numbers = csi.numbers();
                if numbers.next() == Some(4) {
                    self.side.keys.other_format = numbers.next() == Some(1);
                }
            }
            (b'?', b'n') => match csi.first() {
                6 => {
                    let (row, column) = guard::place(&self.term);
                    self.side.replies.send(&format!("\x1b[?{row};{column};1R"));
                }
                // The colour scheme: dark.
                996 => self.side.replies.send("\x1b[?997;1n"),
                _ => {}
            },
            (_, last) => {
                let sync = csi.numbers().any(|n| n == 2026);
                if sync && last == b'l' {
                    self.release();
                }
                self.pass(raw);
                if sync && last == b'h' && self.hold.is_none() {
                    let bytes = std::mem::take(&mut self.spare);
                    self.hold = Some(Hold { until: self.now.plus(HOLD_MAX), bytes });
                }
            }
        }
    }

    fn osc(&mut self, body: &[u8], end: End) {
        if let Some(link) = body.strip_prefix(b"8;") {
            // In its place among the text, also within a held frame.
            let told = self.side.links.take(link);
            return self.pass(told.as_bytes());
        }
        osc::handle(body, end, &mut self.side);
    }
}

impl Clone for Core {
    fn clone(&self) -> Self {
        let mut core = Self::new(self.size, self.history);
        core.side = self.side.clone();
        core.set_up(*self.term.mode(), self.term.cursor_style(), self.term.grid().clone());
        (core.now, core.hold, core.part) = (self.now, self.hold.clone(), self.part.clone());
        (core.repeats, core.earned) = (self.repeats, self.earned);
        core
    }
}

/// Takes what only the parser is to remember.
struct Nobody;

impl Handler for Nobody {}

/// Whether `bytes` are the beginning of one character.
fn is_partial(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
}

/// How many bytes at the end of `bytes` begin a character without ending it: 0 to 3.
fn partial_tail(bytes: &[u8]) -> usize {
    let Some(n) = bytes.iter().rev().take(3).position(|b| *b >= 0xc0) else { return 0 };
    if is_partial(&bytes[bytes.len() - n - 1..]) { n + 1 } else { 0 }
}

struct Dims(Size);

impl Dimensions for Dims {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.0.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.0.cols)
    }
}

fn terminal(size: Size, history: usize) -> Term<VoidListener> {
    let config = Config {
        scrolling_history: history,
        // Its stack panics when pushed often enough; the guard keeps ours.
        kitty_keyboard: false,
        osc52: Osc52::Disabled,
        ..Config::default()
    };
    Term::new(config, &Dims(size), VoidListener)
}
