//! Secrets out of a stream of bytes, before anybody keeps them: what is one becomes `*`, column for column.
//!
//! Two kinds are known: **values** that somebody declared, and tokens of known **shapes**, which are those rules of a
//! review (`secret` in `review.toml`) whose pattern begins with a fixed text. Bytes may come in any pieces: what may be
//! the beginning of a secret is held back, for as long as the caller lets it.
//!
//! A value is also found where a program colours a part of it, or breaks the line in it and indents what follows. Not
//! found is one that is encoded (base64, URL), drawn in a frame, moved to by the cursor in another order, or erased and
//! written again while it is typed; nor a token of a known shape that is broken over lines.

mod find;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

use self::find::{Found, Open, Values};
use super::review::SecretRule;

pub use self::find::Caches;

/// Values shorter than this, in bytes, are not masked: they would be found everywhere.
pub const VALUE_LEAST: usize = 6;
/// The longest line of a value that is looked for, in bytes; of a longer one its beginning is.
const VALUE_MOST: usize = 8 * 1024;
/// The most values, lines of values of several lines counted each.
const VALUES_MOST: usize = 1024;
/// Bytes that are looked at again for one secret at the most; a longer one is no secret.
const LONGEST: usize = 16 * 1024;

/// What is to be masked. It travels to holders and nowhere else, so it is never printed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    /// Values, as they are.
    pub values: Vec<String>,
    /// Patterns of tokens.
    pub shapes: Vec<String>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} values, {} shapes)", self.values.len(), self.shapes.len())
    }
}

impl Secrets {
    /// Those of `rules`.
    #[must_use]
    pub fn of_rules(rules: &[SecretRule]) -> Self {
        let shapes = rules.iter().map(|r| r.mask.as_ref().unwrap_or(&r.pattern).clone()).collect();
        Self { values: Vec::new(), shapes }
    }

    /// Adds the values that the variables `names` have in any of `environments`, and gives the names of those that
    /// are too short to be masked.
    pub fn add(&mut self, names: &[String], environments: &[&BTreeMap<String, String>]) -> Vec<String> {
        let mut short = Vec::new();
        for name in names {
            for value in environments.iter().filter_map(|e| e.get(name)).map(|v| v.trim()) {
                if value.len() >= VALUE_LEAST {
                    self.values.push(value.to_owned());
                } else if !value.is_empty() && !short.contains(name) {
                    short.push(name.clone());
                }
            }
        }
        self.values.sort();
        self.values.dedup();
        short
    }
}

/// Secrets, ready to be looked for; made once, used by many.
pub struct Mask {
    values: Values,
    shapes: find::Shapes,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// A pattern that cannot be used finds nothing, which the configuration excludes.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        let values = secrets.values.iter().flat_map(|v| lines(v)).take(VALUES_MOST);
        Self { values: Values::new(values.collect()), shapes: find::Shapes::new(&secrets.shapes) }
    }

    /// `text` with what is secret in it masked; none where nothing is.
    #[must_use]
    pub fn text(&self, text: &str) -> Option<String> {
        let mut caches = Caches::default();
        let (found, _) = self.scan(text.as_bytes(), &mut caches);
        if found.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(text.len());
        write(text.as_bytes(), 0..text.len(), &found, &mut out);
        Some(String::from_utf8_lossy(&out).into_owned())
    }

    fn scan(&self, bytes: &[u8], caches: &mut Caches) -> (Vec<Found>, Vec<Open>) {
        let (mut found, mut open) = (Vec::new(), Vec::new());
        self.values.scan(bytes, &mut found, &mut open);
        self.shapes.scan(bytes, caches, &mut found, &mut open);
        open.retain(|o| bytes.len() - o.start <= LONGEST);
        (found, open)
    }
}

/// What of a value is looked for: its lines, since a terminal breaks them in its own way. A short line of several is
/// no secret of its own.
fn lines(value: &str) -> impl Iterator<Item = Vec<u8>> {
    let least = if value.contains('\n') { VALUE_LEAST + 2 } else { VALUE_LEAST };
    let cut = |line: &str| line.as_bytes().get(..VALUE_MOST).unwrap_or(line.as_bytes()).to_vec();
    value.lines().map(str::trim).filter(move |l| l.len() >= least).map(cut)
}

/// One stream that is masked.
#[derive(Debug)]
pub struct Masker {
    mask: Arc<Mask>,
    caches: Caches,
    /// From the first byte that may begin a secret.
    held: Vec<u8>,
    /// Bytes of `held` that were let go already.
    gone: usize,
    waiting: bool,
}

impl Masker {
    /// For a stream that has not begun.
    #[must_use]
    pub fn new(mask: Arc<Mask>) -> Self {
        Self { mask, caches: Caches::default(), held: Vec::new(), gone: 0, waiting: false }
    }

    /// Takes the next bytes. `true`: they may go as they are. Else what may go now was added to `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        if self.held.is_empty() {
            let (found, open) = self.mask.scan(bytes, &mut self.caches);
            if found.is_empty() && open.is_empty() {
                return true;
            }
            self.pass(bytes, &found, &open, out);
        } else {
            let mut all = std::mem::take(&mut self.held);
            all.extend_from_slice(bytes);
            let (found, open) = self.mask.scan(&all, &mut self.caches);
            self.pass(&all, &found, &open, out);
        }
        false
    }

    /// Whether something is held back that [`Self::expire`] would let go.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.waiting
    }

    /// Lets go what was held back for long enough: masked where it is most of a secret, as it is otherwise. If the
    /// secret is completed after all, the rest of it is masked.
    pub fn expire(&mut self, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.waiting) {
            return;
        }
        let (mut found, open) = self.mask.scan(&self.held, &mut self.caches);
        for open in open.iter().filter(|o| o.likely < self.held.len()) {
            found.push(Found::whole(open.likely, self.held.len()));
        }
        let end = self.held.len() - unfinished(&self.held);
        write(&self.held, self.gone..end.max(self.gone), &found, out);
        self.gone = end.max(self.gone);
    }

    /// As [`Self::expire`], and nothing of this stream follows.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.expire(out);
        out.extend_from_slice(self.held.get(self.gone..).unwrap_or_default());
        (self.held, self.gone) = (Vec::new(), 0);
    }

    fn pass(&mut self, all: &[u8], found: &[Found], open: &[Open], out: &mut Vec<u8>) {
        let keep = open.iter().map(|o| o.start).min().unwrap_or(all.len());
        let mut end = open.iter().map(|o| o.hold).min().unwrap_or(all.len()).max(self.gone);
        // What is a secret whatever follows it goes at once.
        while let Some(more) = found.iter().find(|f| f.start <= end && end < f.end) {
            end = more.end;
        }
        write(all, self.gone..end, found, out);
        self.held = all.get(keep..).unwrap_or_default().to_vec();
        self.gone = end.saturating_sub(keep);
        self.waiting = self.gone < self.held.len();
    }
}

/// Bytes at the end that begin a character.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = bytes.get(bytes.len().saturating_sub(3)..).unwrap_or_default();
    let Some(back) = tail.iter().rev().position(|b| b & 0xC0 != 0x80) else { return 0 };
    let whole = match tail.get(tail.len() - 1 - back) {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF7) => 4,
        _ => 1,
    };
    if back + 1 < whole { back + 1 } else { 0 }
}

/// Adds the `part` of `bytes`, masked where something was found.
fn write(bytes: &[u8], part: std::ops::Range<usize>, found: &[Found], out: &mut Vec<u8>) {
    let mut runs: Vec<_> = found.iter().flat_map(|f| f.runs.iter().cloned()).collect();
    runs.sort_by_key(|r| r.start);
    let mut at = part.start;
    for run in runs {
        let (start, end) = (run.start.clamp(at, part.end), run.end.clamp(at, part.end));
        out.extend_from_slice(bytes.get(at..start).unwrap_or_default());
        stars(bytes.get(start..end).unwrap_or_default(), out);
        at = end;
    }
    out.extend_from_slice(bytes.get(at..part.end).unwrap_or_default());
}

/// As many `*` as the bytes take columns. What moves or colours passes.
fn stars(bytes: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let len = match byte {
            0x1B => find::sequence(rest).unwrap_or(1),
            0..0x20 | 0x7F => 1,
            0x20..0x7F => {
                out.push(b'*');
                at += 1;
                continue;
            }
            _ => {
                let wide = rest.get(..rest.len().min(4)).unwrap_or_default();
                let c = wide.utf8_chunks().next().and_then(|c| c.valid().chars().next());
                // What is no character is shown as one column.
                let width = c.map_or(1, |c| c.width().unwrap_or(0));
                out.extend(std::iter::repeat_n(b'*', width));
                at += c.map_or(1, char::len_utf8);
                continue;
            }
        };
        out.extend_from_slice(rest.get(..len).unwrap_or_default());
        at += len;
    }
}
