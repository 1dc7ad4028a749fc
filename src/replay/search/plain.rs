//! Long stretches of plain lines need no emulator: what they show is what they say.
//!
//! A line is plain when it consists of characters that take a place of their own, of colours, and ends in CR LF. Whether
//! the pane shows such lines as they come is not guessed from the bytes before: the first lines of a stretch are fed, and
//! must have come out just so at the foot of a screen that scrolls. The last lines are fed too, as many as screen and
//! history hold: then nothing of the rest can be seen any more, and the emulator stands where it would stand.

const ESC: u8 = 0x1b;

/// Knows plain bytes, in portions cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Scan {
    state: State,
    /// The beginning of a character.
    part: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    #[default]
    Ground,
    Return,
    Escape,
    Colour,
    Character,
}

impl Scan {
    /// Whether `bytes` go on plainly. Where they do not the scan begins anew.
    pub(super) fn plain(&mut self, bytes: &[u8]) -> bool {
        let plain = self.take(bytes);
        if !plain {
            *self = Self::default();
        }
        plain
    }

    fn take(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            match (self.state, *first) {
                (State::Ground, b' '..=b'~') => {
                    let n = rest.iter().position(|b| !matches!(b, b' '..=b'~')).unwrap_or(rest.len());
                    rest = rest.get(n..).unwrap_or_default();
                    continue;
                }
                (State::Ground, b'\r') => self.state = State::Return,
                (State::Return, b'\n') => self.state = State::Ground,
                (State::Ground, ESC) => self.state = State::Escape,
                (State::Escape, b'[') => self.state = State::Colour,
                (State::Colour, b'0'..=b'9' | b';' | b':') => {}
                (State::Colour, b'm') => self.state = State::Ground,
                (State::Ground, 0xc2..=0xf4) => {
                    self.part.clear();
                    self.part.push(*first);
                    self.state = State::Character;
                }
                (State::Character, _) => {
                    self.part.push(*first);
                    match std::str::from_utf8(&self.part) {
                        Ok(c) if c.chars().all(has_place) => self.state = State::Ground,
                        Err(e) if e.error_len().is_none() => {}
                        _ => return false,
                    }
                }
                _ => return false,
            }
            rest = after;
        }
        true
    }
}

/// Whether a character beyond ASCII surely takes one or two columns and joins with nothing: those that are common in
/// what programs print.
fn has_place(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{373}' | '\u{391}'..='\u{3c9}'
        | '\u{410}'..='\u{44f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2190}'..='\u{27bf}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Puts plain bytes without their colours into `text`, line ends included.
pub(super) fn strip(bytes: &[u8], text: &mut String) {
    text.clear();
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(ESC, rest) {
        let (before, colour) = rest.split_at(at);
        push(before, text);
        let end = memchr::memchr(b'm', colour).map_or(colour.len(), |n| n + 1);
        rest = colour.get(end..).unwrap_or_default();
    }
    push(rest, text);
}

fn push(bytes: &[u8], text: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(good) => text.push_str(good),
        // Not plain; nothing is lost of what is.
        Err(_) => text.push_str(&String::from_utf8_lossy(bytes)),
    }
}

/// Output that is plain, of one record after the other.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where each record ends in them, and its moment.
    pub records: Vec<(usize, u64)>,
}

impl Stretch {
    pub(super) fn add(&mut self, bytes: &[u8], us: u64) {
        self.bytes.extend_from_slice(bytes);
        self.records.push((self.bytes.len(), us));
    }

    /// The parts of `from..to` by records, with their moments.
    pub(super) fn parts(&self, from: usize, to: usize) -> impl Iterator<Item = (&[u8], u64)> {
        let first = self.records.partition_point(|(end, _)| *end <= from);
        let mut at = from;
        self.records.iter().skip(first).map_while(move |(end, us)| {
            let part = self.bytes.get(at..(*end).min(to))?;
            at = *end;
            (!part.is_empty()).then_some((part, *us))
        })
    }

    /// Where the record that `at` lies in ends, and its moment.
    pub(super) fn record(&self, at: usize) -> (usize, u64) {
        let i = self.records.partition_point(|(end, _)| *end <= at);
        self.records.get(i).or(self.records.last()).copied().unwrap_or_default()
    }

    /// The place after the `n`th line end from the beginning.
    pub(super) fn after_lines(&self, n: usize) -> Option<usize> {
        memchr::memchr_iter(b'\n', &self.bytes).nth(n.checked_sub(1)?).map(|at| at + 1)
    }

    /// The place after which `n` line ends are left.
    pub(super) fn before_lines(&self, n: usize) -> Option<usize> {
        memchr::memrchr_iter(b'\n', &self.bytes).nth(n).map(|at| at + 1)
    }
}
