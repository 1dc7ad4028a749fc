//! Passing over what a flood shows for no longer than it takes to scroll away.
//!
//! Where a screen takes in much text, what it is afterwards does not depend on how that text began: once the cursor went
//! down by as many rows as the history and twice the screen have, every row there is was made since. So the beginning may
//! be left out, up to a return that brings the cursor to the left edge, if nothing in it is of another kind: no sequences
//! but for colours, which are taken in all the same; no character sets, no bell, and no scrolling region that would keep
//! rows where they are. `skim` in the tests compares both ways.

use alacritty_terminal::term::TermMode;

use super::sieve::State;
use super::{Screen, Size};

const ESC: u8 = 0x1b;
const SO: u8 = 0x0e;
const SI: u8 = 0x0f;
const BEL: u8 = 0x07;

/// The longest sequence of colours that is known as one, in bytes.
const STYLE_MAX: usize = 64;

/// Whether there is nothing in `bytes` because of which they have to be fed as they are. They may begin or end within a
/// sequence of colours.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = memchr::memchr3(ESC, SO, SI, rest) {
        let found = rest.get(at..).unwrap_or_default();
        let Some(len) = style_len(found) else { return false };
        rest = found.get(len..).unwrap_or_default();
    }
    memchr::memchr(BEL, bytes).is_none()
}

/// The length of the sequence of colours (SGR) that `bytes` begin with, which they may be the beginning of.
fn style_len(bytes: &[u8]) -> Option<usize> {
    let introduced = match bytes {
        [ESC] => return Some(1),
        [ESC, b'[', ..] => bytes.get(2..bytes.len().min(STYLE_MAX))?,
        _ => return None,
    };
    match introduced.iter().position(|b| !matches!(b, b'0'..=b'9' | b';' | b':')) {
        Some(n) if introduced.get(n) == Some(&b'm') => Some(n + 3),
        None if bytes.len() < STYLE_MAX => Some(bytes.len()),
        _ => None,
    }
}

/// Plain bytes taken apart: text, and the sequence of colours behind it.
fn parts(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (text, more) = rest.split_at(memchr::memchr(ESC, rest).unwrap_or(rest.len()));
        let (style, more) = more.split_at(style_len(more).unwrap_or(more.len()));
        rest = more;
        Some((text, style))
    })
}

/// The sequences of colours in bytes that are left out, as far as they are still in force at their end.
#[must_use]
pub fn styles(bytes: &[u8]) -> Vec<u8> {
    let resets = [&b"\x1b[0m"[..], b"\x1b[m"];
    let last = resets.iter().filter_map(|r| memchr::memmem::rfind(bytes, r)).max().unwrap_or(0);
    parts(bytes.get(last..).unwrap_or_default()).flat_map(|(_, style)| style.iter().copied()).collect()
}

/// The screenfuls of line feeds that must follow what is left out, beside the history: one until the cursor is at the
/// foot, one until what was on the screen is in the history.
const SCREENS: usize = 2;

impl Screen {
    /// How many bytes at the beginning of `bytes` need not be fed: once the rest is, the screen is the same in every
    /// respect, history included. 0 where that is not certain. What may be left out is passed to [`Self::skip`].
    #[must_use]
    pub fn skippable(&self, bytes: &[u8]) -> usize {
        let core = &self.core;
        let Size { rows, .. } = core.size;
        let rows = usize::from(rows);
        let scrolls = match core.side.shadow.region {
            None => true,
            Some((top, bottom)) => top <= 1 && bottom.is_none_or(|b| b >= rows),
        };
        if self.sieve.state != State::Ground || core.hold.is_some() || !scrolls || !is_plain(bytes) {
            return 0;
        }
        let Some(last) = self.before_rows(core.history + SCREENS * rows + 1, bytes) else { return 0 };
        // What is kept begins with a return: only from there on the column is known.
        let mut ends = memchr::memrchr_iter(b'\n', bytes.get(..=last).unwrap_or_default());
        let cut =
            ends.find_map(|at| at.checked_sub(1).filter(|i| bytes.get(*i) == Some(&b'\r'))).unwrap_or(0);
        // What REP repeats is the last character of all, which must not be among what is left out.
        let rest = bytes.get(cut..).unwrap_or_default();
        let tells = parts(rest).any(|(text, _)| text.iter().any(u8::is_ascii_graphic));
        if tells { cut } else { 0 }
    }

    /// Where the line feed is after which the cursor goes down by `count` rows at least.
    fn before_rows(&self, count: usize, bytes: &[u8]) -> Option<usize> {
        let cols = usize::from(self.core.size.cols);
        let wraps = self.core.term.mode().contains(TermMode::LINE_WRAP);
        let rows_of = |line: &[u8]| {
            let mut texts = parts(line.strip_suffix(b"\r").unwrap_or(line)).map(|(text, _)| text);
            // Of anything but ASCII a line may take fewer rows than it has bytes for.
            let ascii = |text: &[u8]| text.iter().all(|b| matches!(b, b' '..=b'~')).then_some(text.len());
            let width = texts.try_fold(0, |width, text| Some(width + ascii(text)?));
            width.filter(|_| wraps).map_or(1, |width| width.div_ceil(cols).max(1))
        };
        let mut ends = memchr::memrchr_iter(b'\n', bytes);
        let (mut after, mut rows) = (ends.next()?, 0);
        for end in ends {
            rows += rows_of(bytes.get(end + 1..after).unwrap_or_default());
            if rows >= count {
                return Some(end);
            }
            after = end;
        }
        None
    }

    /// Passes over so many bytes: what [`Self::skippable`] gave, before the rest of what it was given is fed; with the
    /// [`styles`] in them.
    pub fn skip(&mut self, count: usize, styles: &[u8]) {
        if count > 0 {
            // The character it begins would have ended within them, as a broken one at the latest.
            self.core.part.clear();
            let seen = self.sieve.seen.saturating_add(count as u64);
            self.sieve.feed(styles, &mut self.core);
            self.sieve.seen = seen;
        }
    }
}
