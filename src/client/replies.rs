//! Keeps late replies of the terminal from being typed into a pane.
//!
//! A program that ran here before may have asked the terminal for a colour or its version; an answer
//! that comes after it ended reads as Alt-`]` (or Alt-`P`), letters, and an end mark. Such a run is
//! held back and dropped when it is complete; when it is something else, or stops, it passes as typed.

use crate::domain::key::{Code, Key, Mods};
use crate::wire::msg::Input;

/// Keys a reply may have at most; longer runs were typed.
const MAX_REPLY: usize = 128;
/// Milliseconds after which a run that does not go on was typed: a terminal sends a reply at once.
pub(super) const PATIENCE_MS: u64 = 30;

/// What is held back.
#[derive(Default)]
pub(super) struct Replies {
    held: Vec<Input>,
}

impl Replies {
    /// Takes the next event and gives those that are certain to be the user's.
    pub(super) fn feed(&mut self, input: Input) -> Vec<Input> {
        if self.held.is_empty() {
            if alt(&input, ']') || alt(&input, 'P') {
                self.held.push(input);
                return Vec::new();
            }
            return vec![input];
        }
        let ends = alt(&input, '\\') || input == Input::Key(Key::ctrl('g'));
        // Two keys are no reply: the shortest real one names what it answers.
        if ends && self.held.len() > 2 {
            self.held.clear();
            return Vec::new();
        }
        let goes_on = self.held.len() < MAX_REPLY
            && match (self.held.len(), &input) {
                // A colour reply begins with a digit, a version or status reply with `>`, `0`, `1` or `!`.
                (1, Input::Key(Key { code: Code::Char(c), .. })) => matches!(c, '0'..='9' | '>' | '!'),
                (_, Input::Key(Key { code: Code::Char(c), mods })) => !mods.alt && !mods.ctrl && c.is_ascii(),
                _ => false,
            };
        self.held.push(input);
        if goes_on { Vec::new() } else { self.give_up() }
    }

    /// Whether something waits for its end.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives what was held: it was typed after all.
    pub(super) fn give_up(&mut self) -> Vec<Input> {
        std::mem::take(&mut self.held)
    }
}

fn alt(input: &Input, c: char) -> bool {
    matches!(input, Input::Key(Key { code: Code::Char(found), mods })
        if *found == c && *mods == (Mods { shift: mods.shift, ..Mods::ALT }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<Input> {
        text.chars().map(|c| Input::Key(Key::char(c))).collect()
    }

    fn with_alt(c: char) -> Input {
        Input::Key(Key { code: Code::Char(c), mods: Mods::ALT })
    }

    fn run(inputs: Vec<Input>) -> (Vec<Input>, Replies) {
        let mut replies = Replies::default();
        let out = inputs.into_iter().flat_map(|i| replies.feed(i)).collect();
        (out, replies)
    }

    #[test]
    fn whole_replies_vanish() {
        for (start, end) in [(']', with_alt('\\')), (']', Input::Key(Key::ctrl('g'))), ('P', with_alt('\\'))]
        {
            let body = if start == 'P' { ">|XTerm(390)" } else { "11;rgb:1e1e/1e1e/2e2e" };
            let mut inputs = vec![with_alt(start)];
            inputs.extend(typed(body));
            inputs.push(end);
            inputs.extend(typed("q"));
            let (out, replies) = run(inputs);
            assert_eq!(out, typed("q"));
            assert!(!replies.holds());
        }
    }

    #[test]
    fn what_was_typed_passes_in_order() {
        let mut inputs = vec![with_alt(']')];
        inputs.extend(typed("hello"));
        let (out, _) = run(inputs.clone());
        assert_eq!(out, inputs);
        let mut slow = Replies::default();
        assert!(slow.feed(with_alt(']')).is_empty());
        assert!(slow.holds());
        assert_eq!(slow.give_up(), vec![with_alt(']')]);
        let mut endless = vec![with_alt(']')];
        endless.extend(typed(&"1".repeat(MAX_REPLY + 10)));
        assert_eq!(run(endless.clone()).0, endless);
    }
}
