//! What a terminal sends, taken apart: keys in every encoding that is asked for, mouse, focus, pastes and answers.
//!
//! Own, because what terminal libraries make of these bytes loses what a program in a pane may have asked for: the
//! keypad, Alt-Escape, modified keys in xterm's form, other keys' names, texts and releases.

mod csi;
mod keyboard;
#[cfg(test)]
mod tests;

use std::time::Duration;

use memchr::memmem;

use crate::domain::key::{Code, Key, Mods, Stroke};
use crate::wire::msg::Input;

/// How long the rest of a sequence may take: what comes later was typed. A terminal sends it at once.
const PATIENCE: Duration = Duration::from_millis(30);
/// How long the rest of an answer may take that has begun as only an answer does.
const ANSWER_PATIENCE: Duration = Duration::from_millis(500);
/// Most bytes of an answer in words; longer ones were typed.
const MAX_ANSWER: usize = 4096;
/// Most bytes of any other sequence.
const MAX_SEQUENCE: usize = 256;
/// The mark that ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// Something a terminal sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Came {
    /// What a user did.
    Input(Input),
    /// A part of a paste, never empty.
    Paste(Vec<u8>),
    /// The paste is over.
    PasteEnd,
    /// The terminal speaks the kitty keyboard protocol.
    Kitty,
    /// The terminal told its attributes: every answer asked for before is here, or will not come.
    Attributes,
}

/// What a beginning of the buffer is.
enum Step {
    /// More bytes are needed to tell.
    More,
    /// So many bytes, and what they say; none: nothing of interest.
    Took(usize, Option<Came>),
    /// So many bytes that begin a paste.
    Paste(usize),
}

fn key(taken: usize, stroke: impl Into<Stroke>) -> Step {
    Step::Took(taken, Some(Came::Input(Input::Key(stroke.into()))))
}

/// Takes the bytes of a terminal apart, cut anywhere.
#[derive(Default)]
pub(super) struct Decoder {
    buffer: Vec<u8>,
    pasting: bool,
    /// The terminal tells of modifiers: Control with a letter is no control character.
    tells: bool,
}

impl Decoder {
    /// Takes bytes and gives what is complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Came> {
        self.buffer.extend_from_slice(bytes);
        self.run(false)
    }

    /// How long to wait for more before [`Decoder::give_up`]; none: nothing is waited for.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.buffer.as_slice() {
            _ if self.pasting => None,
            [] => None,
            [0x1b, b']' | b'P' | b'_', _, ..] => Some(ANSWER_PATIENCE),
            _ => Some(PATIENCE),
        }
    }

    /// What came was all: it was typed as it stands.
    pub(super) fn give_up(&mut self) -> Vec<Came> {
        self.run(true)
    }

    /// Forgets what came, for a terminal that others used in the meantime.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Learns from what came how the terminal tells of modifiers, and sees what came in that light.
    fn learn(&mut self, came: &mut Came, raw: &[u8]) {
        self.tells |= *came == Came::Kitty || raw.starts_with(b"\x1b[27;");
        if self.tells && raw == b"\x08" {
            let backspace = Key { code: Code::Backspace, mods: Mods::CTRL };
            *came = Came::Input(Input::Key(backspace.into()));
        }
    }

    fn run(&mut self, last: bool) -> Vec<Came> {
        let mut came = Vec::new();
        let mut at = 0;
        while let Some(rest) = self.buffer.get(at..).filter(|r| !r.is_empty()) {
            if self.pasting {
                let (text, taken, over) = paste(rest);
                if !text.is_empty() {
                    came.push(Came::Paste(text.to_vec()));
                }
                at += taken;
                if !over {
                    break;
                }
                self.pasting = false;
                came.push(Came::PasteEnd);
                continue;
            }
            match parse(rest, last) {
                Step::More => break,
                Step::Took(n, what) => {
                    let n = n.max(1).min(rest.len());
                    let raw = rest.get(..n).unwrap_or_default().to_vec();
                    at += n;
                    if let Some(mut what) = what {
                        self.learn(&mut what, &raw);
                        came.push(what);
                    }
                }
                Step::Paste(n) => {
                    at += n;
                    self.pasting = true;
                }
            }
        }
        self.buffer.drain(..at.min(self.buffer.len()));
        came
    }
}

/// The text that is certain to be pasted, how many bytes are done with, and whether the paste is over.
fn paste(bytes: &[u8]) -> (&[u8], usize, bool) {
    if let Some(end) = memmem::find(bytes, PASTE_END) {
        return (&bytes[..end], end + PASTE_END.len(), true);
    }
    let begun = (1..PASTE_END.len()).rev().find(|n| bytes.ends_with(&PASTE_END[..*n])).unwrap_or(0);
    let text = &bytes[..bytes.len() - begun];
    (text, text.len(), false)
}

/// What the first bytes are; with `last` nothing follows, so that they are never [`Step::More`].
fn parse(bytes: &[u8], last: bool) -> Step {
    match bytes {
        [0x1b, rest @ ..] => escape(bytes, rest, last),
        [b, ..] if *b < 0x80 => key(1, keyboard::byte(*b)),
        _ => character(bytes, last),
    }
}

fn character(bytes: &[u8], last: bool) -> Step {
    let whole = &bytes[..bytes.len().min(4)];
    let (valid, error) = match std::str::from_utf8(whole) {
        Ok(text) => (text, None),
        Err(e) => {
            let valid = std::str::from_utf8(&whole[..e.valid_up_to()]).unwrap_or_default();
            (valid, Some(e.error_len()))
        }
    };
    match (valid.chars().next(), error) {
        (Some(c), _) => key(c.len_utf8(), keyboard::typed(c)),
        (None, Some(None)) if !last => Step::More,
        // No character: nobody typed that.
        (None, Some(Some(n))) => Step::Took(n, None),
        (None, _) => Step::Took(whole.len(), None),
    }
}

/// What begins with Escape.
fn escape(bytes: &[u8], rest: &[u8], last: bool) -> Step {
    match rest {
        [] if last => key(1, keyboard::byte(0x1b)),
        [] => Step::More,
        [b'[', ..] => csi::parse(bytes, last),
        [b'O'] if !last => Step::More,
        [b'O', b, ..] => match keyboard::ss3(*b) {
            Some(stroke) => key(3, stroke),
            None => key(2, keyboard::with_alt(keyboard::typed('O'))),
        },
        [start @ (b']' | b'P' | b'_'), ..] => answer(bytes, *start, last),
        [0x1b] if !last => Step::More,
        // Some terminals put Escape before a whole sequence for Alt; else it is Alt-Escape.
        [0x1b, after @ ..] => match after {
            [b'[' | b'O', _, ..] | [b'[' | b'O'] if !last => match parse(rest, false) {
                Step::Took(n, Some(Came::Input(Input::Key(stroke)))) => {
                    key(n + 1, keyboard::with_alt(stroke))
                }
                Step::More => Step::More,
                _ => key(2, keyboard::with_alt(keyboard::byte(0x1b))),
            },
            _ => key(2, keyboard::with_alt(keyboard::byte(0x1b))),
        },
        _ => match parse(rest, last) {
            Step::Took(n, Some(Came::Input(Input::Key(stroke)))) => key(n + 1, keyboard::with_alt(stroke)),
            Step::Took(n, _) => Step::Took(n + 1, None),
            other => other,
        },
    }
}

/// A late answer to a program that ran here before (a colour, a version) begins as Alt-`]` would, and is dropped whole.
fn answer(bytes: &[u8], start: u8, last: bool) -> Step {
    let alt = || key(2, keyboard::with_alt(keyboard::typed(char::from(start))));
    let Some(body) = bytes.get(2..).filter(|b| !b.is_empty()) else {
        return if last { alt() } else { Step::More };
    };
    // A colour begins with a digit, a version or status with `>`, a digit or `!`, a graphics answer with `G`.
    if !matches!(body, [b'0'..=b'9' | b'>' | b'!' | b'G', ..]) {
        return alt();
    }
    let end = body.iter().position(|b| matches!(b, 0x07 | 0x1b));
    match end.map(|at| (at, body[at], body.get(at + 1))) {
        Some((at, 0x07, _)) => Step::Took(at + 3, None),
        Some((at, _, Some(b'\\'))) => Step::Took(at + 4, None),
        Some((_, _, Some(_))) => alt(),
        _ if bytes.len() > MAX_ANSWER => alt(),
        _ if last => Step::Took(bytes.len(), None),
        _ => Step::More,
    }
}
