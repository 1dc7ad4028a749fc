//! Terminal input to keys: just enough for a prompt box.

/// Most text one paste may hold; the rest is dropped.
const PASTE_MAX: usize = (4 << 20) + PASTE_END.len();
const PASTE_END: &[u8] = b"\x1b[201~";

/// One thing a person or a program did at the keyboard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Char(char),
    /// Carriage return.
    Enter,
    /// Line feed: a new line of the draft, never a submission.
    Newline,
    Backspace,
    CtrlC,
    CtrlD,
    /// A whole bracketed paste, with `\n` for every line end.
    Paste(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Text,
    Escape,
    /// Parameters of a control sequence.
    Control,
    /// One more byte follows `ESC O`.
    Single,
    /// An answer or a title: up to BEL or `ESC \`.
    Answer,
    AnswerEscape,
    Paste,
}

/// The state between two reads: sequences and characters may be cut anywhere.
pub(super) struct Keys {
    inside: Inside,
    held: Vec<u8>,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { inside: Inside::Text, held: Vec::new() }
    }

    /// The keys in `bytes`, together with what was held back before.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        bytes.iter().filter_map(|&b| self.byte(b)).collect()
    }

    fn byte(&mut self, byte: u8) -> Option<Key> {
        match self.inside {
            Inside::Text => self.text(byte),
            Inside::Paste => self.paste(byte),
            Inside::Escape => {
                self.inside = match byte {
                    b'[' => Inside::Control,
                    b'O' => Inside::Single,
                    b']' | b'P' | b'_' | b'^' | b'X' => Inside::Answer,
                    0x1b => Inside::Escape,
                    _ => {
                        // Alt with a key, or Escape before it: only the key counts.
                        self.inside = Inside::Text;
                        return self.text(byte);
                    }
                };
                None
            }
            Inside::Single => {
                self.inside = Inside::Text;
                (byte == b'M').then_some(Key::Enter)
            }
            Inside::Control => self.control(byte),
            Inside::Answer | Inside::AnswerEscape => {
                let escaped = self.inside == Inside::AnswerEscape;
                self.inside = match byte {
                    0x07 => Inside::Text,
                    b'\\' if escaped => Inside::Text,
                    0x1b => Inside::AnswerEscape,
                    _ => Inside::Answer,
                };
                None
            }
        }
    }

    fn text(&mut self, byte: u8) -> Option<Key> {
        if !self.held.is_empty() || byte >= 0x80 {
            return self.utf8(byte);
        }
        match byte {
            0x1b => {
                self.inside = Inside::Escape;
                None
            }
            b'\r' => Some(Key::Enter),
            b'\n' => Some(Key::Newline),
            0x7f | 0x08 => Some(Key::Backspace),
            0x03 => Some(Key::CtrlC),
            0x04 => Some(Key::CtrlD),
            b'\t' => Some(Key::Char(' ')),
            0x20..=0x7e => Some(Key::Char(char::from(byte))),
            _ => None,
        }
    }

    fn utf8(&mut self, byte: u8) -> Option<Key> {
        if byte < 0x80 {
            // A character that never ended.
            self.held.clear();
            return self.text(byte);
        }
        self.held.push(byte);
        let known = std::str::from_utf8(&self.held).ok().and_then(|s| s.chars().next());
        if known.is_some() || self.held.len() >= 4 {
            self.held.clear();
        }
        known.map(Key::Char)
    }

    fn control(&mut self, byte: u8) -> Option<Key> {
        if !(0x40..=0x7e).contains(&byte) {
            if self.held.len() < 64 {
                self.held.push(byte);
            }
            return None;
        }
        let parameters = std::mem::take(&mut self.held);
        self.inside = Inside::Text;
        match (parameters.as_slice(), byte) {
            (b"200", b'~') => {
                self.inside = Inside::Paste;
                None
            }
            (b"13", b'u') => Some(Key::Enter),
            // Focus, arrows, answers to questions nobody asked.
            _ => None,
        }
    }

    fn paste(&mut self, byte: u8) -> Option<Key> {
        if self.held.len() >= PASTE_MAX {
            // Only the last bytes change places, so that the end is still found.
            self.held.remove(PASTE_MAX - PASTE_END.len());
        }
        self.held.push(byte);
        if !self.held.ends_with(PASTE_END) {
            return None;
        }
        self.held.truncate(self.held.len() - PASTE_END.len());
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned();
        self.inside = Inside::Text;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Some(Key::Paste(text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()))
    }
}
