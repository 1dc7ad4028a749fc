//! How one client wants it: its keys, its theme, what it did last.

use std::sync::{Arc, LazyLock};

use super::{Mode, View};
use crate::domain::prefs::Wanted;
use crate::domain::theme::Theme;
use crate::ui::actions::Choice;
use crate::ui::keymap::{Keymap, Op, When};
use crate::ui::sheet::Sheet;

/// How many actions that were taken from the list of all stand first in it.
const RECENT_MOST: usize = 8;

impl View {
    /// Says that nothing may be put on the clipboard of the client's terminal.
    pub fn refuse_clipboard(&mut self) {
        self.clipboard = false;
    }

    /// Says that the client's terminal is to be sent no links.
    pub fn refuse_links(&mut self) {
        self.links = false;
    }

    /// From now on it is as its user wants it. What of that cannot be is told at the foot.
    pub fn set_up(&mut self, wanted: Wanted) {
        let (keys, problems) = Keymap::changed(&wanted.keys);
        self.keys = Arc::new(keys);
        self.begun = None;
        self.theme = wanted.theme;
        self.themes = Arc::new(wanted.themes);
        self.look.ascii |= wanted.ascii;
        self.clipboard = wanted.clipboard;
        let mut wrong = wanted.left_out.into_iter().chain(problems.iter().map(ToString::to_string));
        if let Some(first) = wrong.next() {
            let more = wrong.count();
            let rest =
                if more == 0 { String::new() } else { format!("; {more} more, see `orchestra keymap`") };
            self.complain(format!("left out: {first}{rest}"));
        }
    }

    /// Notes that a choice was taken.
    pub(in crate::ui) fn note_taken(&mut self, choice: &Choice) {
        self.recent.retain(|r| r != choice);
        self.recent.push_front(choice.clone());
        self.recent.truncate(RECENT_MOST);
    }

    /// What everything looks like.
    pub(in crate::ui) fn theme(&self) -> &Theme {
        static OF_TERMINAL: LazyLock<Theme> = LazyLock::new(Theme::default);
        self.themes.get(&self.theme).unwrap_or(&OF_TERMINAL)
    }

    /// What is pressed here for an action, as people write it.
    pub(in crate::ui) fn key(&self, op: Op) -> String {
        let base =
            self.sheet.map_or(if self.deck.is_some() { When::Replaying } else { When::Normal }, Sheet::when);
        let when = [self.when(), base].into_iter().find(|w| self.keys.binding(*w, op).is_some());
        self.keys.key(when.unwrap_or(base), op)
    }

    /// What is open is over: what lies under it goes on.
    pub(in crate::ui) fn go_under(&mut self) {
        self.mode = self.kept.take().map_or(Mode::Normal, Mode::Composer);
    }
}
