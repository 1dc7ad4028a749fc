//! What of a stretch of plain lines need not be fed to the emulator; see `plain.rs` for why that is sound.

use unicode_width::UnicodeWidthChar as _;

use super::Hit;
use super::plain::{Stretch, strip};
use super::sweep::{Sweep, around, hit};
use crate::engine::state::HISTORY;
use crate::screen::Lines as _;

/// Less than so many bytes are not worth it.
const WORTH: usize = 64 * 1024;
/// Bytes that are looked at together.
const PORTION: usize = 64 * 1024;

impl Sweep<'_> {
    /// Takes a stretch. False when no more is wanted.
    pub(super) fn stretch(&mut self, stretch: &mut Stretch, each: &mut dyn FnMut(Hit) -> bool) -> bool {
        let stretch = std::mem::take(stretch);
        let all = stretch.bytes.len();
        let rows = usize::from(self.screen.size().rows);
        let bounds = (all > WORTH).then(|| {
            let last = stretch.after_lines(rows + 1)?;
            let head = stretch.after_lines(rows + 2)?;
            let tail = stretch.before_lines(rows + HISTORY + 1)?;
            (tail > head.saturating_add(WORTH)).then_some((last, head, tail))
        });
        let Some((last, head, tail)) = bounds.flatten() else { return self.feed(&stretch, 0, all, each) };
        if !self.feed(&stretch, 0, last, each) {
            return false;
        }
        let rolled = self.rolled;
        if !self.feed(&stretch, last, head, each) {
            return false;
        }
        let line = stretch.bytes.get(last..head).unwrap_or_default();
        if self.rolled == rolled || !self.came_out(line) {
            return self.feed(&stretch, head, all, each);
        }
        self.skim(&stretch, head, tail, each) && self.feed(&stretch, tail, all, each)
    }

    fn feed(&mut self, stretch: &Stretch, from: usize, to: usize, each: &mut dyn FnMut(Hit) -> bool) -> bool {
        stretch.parts(from, to).all(|(bytes, us)| self.output(bytes, us, each))
    }

    /// Whether the last line is what `line` says, and the next will come below it.
    fn came_out(&mut self, line: &[u8]) -> bool {
        if !self.screen.at_plain_foot() {
            return false;
        }
        let (mut said, mut shown) = (String::new(), String::new());
        strip(line, &mut said);
        let row = self.screen.line_begin(i32::from(self.screen.size().rows) - 2);
        self.screen.line_text(row, &mut shown);
        said.trim_end_matches(['\r', '\n', ' ']) == shown
    }

    /// Looks at lines as they are.
    fn skim(&mut self, stretch: &Stretch, from: usize, to: usize, each: &mut dyn FnMut(Hit) -> bool) -> bool {
        let (mut at, mut text) = (from, String::new());
        while at < to {
            let limit = at.saturating_add(PORTION).min(to);
            let back = stretch.bytes.get(at..limit).and_then(|b| memchr::memrchr(b'\n', b));
            let end = match back {
                Some(n) => at + n + 1,
                None => {
                    let on = stretch.bytes.get(limit..to).and_then(|b| memchr::memchr(b'\n', b));
                    on.map_or(to, |n| limit + n + 1)
                }
            };
            strip(stretch.bytes.get(at..end).unwrap_or_default(), &mut text);
            if self.query.may_be_in(&text) && !self.by_lines(stretch, at, end, each) {
                return false;
            }
            at = end;
        }
        true
    }

    fn by_lines(
        &mut self,
        stretch: &Stretch,
        from: usize,
        to: usize,
        each: &mut dyn FnMut(Hit) -> bool,
    ) -> bool {
        let (mut at, mut text) = (from, String::new());
        while let Some(rest) = stretch.bytes.get(at..to).filter(|r| !r.is_empty()) {
            let end = at + memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            strip(stretch.bytes.get(at..end).unwrap_or_default(), &mut text);
            let line = text.trim_end_matches(['\r', '\n', ' ']);
            if let Some((first, last)) = self.query.find(line) {
                let found = line.get(first..last).unwrap_or_default();
                let (record, us) = self.first_seen(stretch, at, end);
                let cols = usize::from(self.screen.size().cols);
                let before = line.get(..first).map_or(0, width);
                let above = self.rows_of(stretch, at, record) - i32::try_from(before / cols).unwrap_or(0);
                let row = i32::from(self.screen.size().rows) - 1 - above;
                let col = u16::try_from(before % cols).unwrap_or(0);
                if !each(hit(us, row, col, around(line, found), found)) {
                    return false;
                }
            }
            at = end;
        }
        true
    }

    /// The record by which the line of `from..to` has what is looked for: where it ends, and its moment.
    fn first_seen(&self, stretch: &Stretch, from: usize, to: usize) -> (usize, u64) {
        let (mut record, mut text) = (stretch.record(from), String::new());
        while record.0 < to {
            strip(stretch.bytes.get(from..record.0).unwrap_or_default(), &mut text);
            if self.query.find(text.trim_end_matches(['\r', '\n', ' '])).is_some() {
                break;
            }
            record = stretch.record(record.0);
        }
        record
    }

    /// Rows that the lines of `from..to` take, as near as their widths tell.
    fn rows_of(&self, stretch: &Stretch, from: usize, to: usize) -> i32 {
        let (mut rows, mut text) = (0_usize, String::new());
        let cols = usize::from(self.screen.size().cols);
        for line in stretch.bytes.get(from..to).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
            strip(line, &mut text);
            let whole = line.ends_with(b"\n");
            rows += width(text.trim_end_matches(['\r', '\n'])).div_ceil(cols).max(1) - usize::from(!whole);
        }
        i32::try_from(rows).unwrap_or(i32::MAX)
    }
}

fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}
