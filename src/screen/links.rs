//! The links of a screen (OSC 8). A cell only remembers a number; the links themselves are kept beside the grid, the
//! latest of them alone, so that a program cannot fill the memory with them.

use std::collections::{HashMap, VecDeque};

use alacritty_terminal::term::cell::Cell as Raw;

use crate::domain::link;

/// Most links kept of one screen; the oldest go first.
pub const LINKS_MAX: usize = 512;
/// Longest id of a link that is heeded, in bytes.
const ID_MAX: usize = 64;

/// The links of one screen.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    /// The oldest first, the numbers of which follow each other up to `next`.
    kept: VecDeque<(Vec<u8>, String)>,
    numbers: HashMap<Vec<u8>, u64>,
    next: u64,
}

impl Links {
    /// Takes the body of an OSC 8 after its `8;`. Gives what the emulator is told in its place: the number of a link, or
    /// that no link goes on.
    pub fn take(&mut self, body: &[u8]) -> String {
        let none = "\x1b]8;;\x1b\\".to_owned();
        let Some(at) = memchr::memchr(b';', body) else { return none };
        let (parameters, uri) = (&body[..at], &body[at + 1..]);
        if !link::may_show(uri) {
            return none;
        }
        let mut ids = parameters.split(|b| *b == b':').filter_map(|p| p.strip_prefix(b"id="));
        let id = ids.rfind(|id| id.len() <= ID_MAX).unwrap_or_default();
        // The same link with the same id is one link, wherever it stands.
        let key = [id, b"\0", uri].concat();
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None => self.keep(key, uri),
        };
        format!("\x1b]8;id={number};n\x1b\\")
    }

    fn keep(&mut self, key: Vec<u8>, uri: &[u8]) -> u64 {
        if self.kept.len() == LINKS_MAX
            && let Some((old, _)) = self.kept.pop_front()
        {
            self.numbers.remove(&old);
        }
        let number = self.next;
        self.next += 1;
        self.numbers.insert(key.clone(), number);
        self.kept.push_back((key, String::from_utf8_lossy(uri).into_owned()));
        number
    }

    pub fn get(&self, number: u64) -> Option<&str> {
        let first = self.next - self.kept.len() as u64;
        let at = usize::try_from(number.checked_sub(first)?).ok()?;
        self.kept.get(at).map(|(_, uri)| uri.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// The number of the link of a cell.
pub(super) fn number(cell: &Raw) -> Option<u64> {
    cell.extra.as_ref()?;
    cell.hyperlink()?.id().parse().ok()
}
