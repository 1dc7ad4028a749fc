//! What a change of size, and a change between the two screens, means for what is kept.

use std::collections::VecDeque;

use alacritty_terminal::grid::Dimensions as _;
use alacritty_terminal::index::Line;

use super::{Gather, Mark};
use crate::screen::gather::compare::Text;
use crate::screen::{Row, Rows};

impl Gather {
    /// After a change of size the history is wrapped anew: its rows are taken in again.
    pub(super) fn wrapped_anew(&mut self) {
        let mut out = self.known;
        let (mut rows, mut marks) = (Rows::default(), VecDeque::new());
        let cut = self.marks.iter().rposition(|m| {
            out = out.saturating_sub(usize::from(m.rolled));
            out == 0
        });
        let cut = if self.known == 0 { self.marks.len() } else { cut.unwrap_or(0) };
        for (i, mark) in self.marks.iter().enumerate() {
            if i < cut || !mark.rolled {
                rows.extend(&self.left, i, i + 1);
                marks.push_back(mark.clone());
            }
        }
        (self.left, self.marks) = (rows, marks);
        self.known = self.screen.history_len();
        self.roll(self.known);
    }

    /// The alternate screen came: what the primary one shows is out of sight.
    pub(super) fn enter(&mut self) {
        self.below = 0;
        let Some(main) = self.screen.core.side.shadow.main.clone() else { return };
        let row = |line: usize, above: usize| {
            let at = i32::try_from(line).unwrap_or(i32::MAX) - i32::try_from(above).unwrap_or(0);
            Row::of(&main[Line(at)][..])
        };
        let history = main.history_size();
        let fresh = history.saturating_sub(self.known);
        for line in 0..fresh {
            self.left.push(&row(line, fresh));
            self.marks.push_back(Mark { text: Text::new(), rolled: true });
        }
        self.known = history;
        let filled = (0..main.screen_lines()).rev().find(|l| !row(*l, 0).is_blank()).map_or(0, |l| l + 1);
        self.hidden = Some((self.dropped + self.marks.len() as u64, filled));
        for line in 0..filled {
            self.left.push(&row(line, 0));
            self.marks.push_back(Mark { text: Text::new(), rolled: false });
        }
        self.fit();
    }

    /// The primary screen is shown again, and the last the alternate one showed is gone.
    pub(super) fn leave(&mut self) {
        self.below = 0;
        if let Some((from, count)) = self.hidden.take() {
            let at = usize::try_from(from.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
            let gone = usize::try_from(self.dropped.saturating_sub(from)).unwrap_or(usize::MAX);
            self.take_out(at.min(self.marks.len()), count.saturating_sub(gone));
        }
        let filled: Vec<usize> =
            self.texts.iter().enumerate().filter(|(_, t)| !t.is_empty()).map(|(i, _)| i).collect();
        self.keep_shown(&filled, 0);
        if self.screen.history_len() != self.known {
            self.wrapped_anew();
        }
    }
}
