//! Which hits are new: what is on the screen already does not count again.

use std::collections::VecDeque;

/// How long a text may be gone and still be the same when it comes back, in microseconds: programs erase before
/// they draw anew.
const FLICKER: u64 = 250_000;
/// Most texts that are remembered as just gone.
const GONE_MAX: usize = 64;

/// A hit as it stands on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    /// The line.
    pub text: String,
    /// What was found in it.
    pub found: String,
    /// Its row, counted from the first row the pane ever had.
    pub place: i64,
    /// Its row from the top of the screen.
    pub row: i32,
    /// Its column.
    pub col: u16,
}

/// The hits that stand on a screen.
#[derive(Debug, Default)]
pub(super) struct Known {
    standing: Vec<Standing>,
    gone: VecDeque<(u64, Standing)>,
}

impl Known {
    /// Whether nothing stands there or has just gone.
    pub(super) fn is_empty(&self) -> bool {
        self.standing.is_empty() && self.gone.is_empty()
    }

    /// Takes what is found now in the lines that `looked_at` knows, `top` being the place of the screen's first row;
    /// gives those that are new. What is found above the screen is not kept.
    pub(super) fn now(
        &mut self,
        found: Vec<Standing>,
        looked_at: impl Fn(i64) -> bool,
        top: i64,
        us: u64,
    ) -> Vec<Standing> {
        self.gone.retain(|(at, _)| us.saturating_sub(*at) <= FLICKER);
        if found.is_empty() && self.standing.is_empty() {
            return Vec::new();
        }
        let (mut old, kept): (Vec<Standing>, Vec<Standing>) =
            std::mem::take(&mut self.standing).into_iter().partition(|s| looked_at(s.place));
        self.standing = kept;
        self.standing.retain(|s| s.place >= top);
        let mut new = found;
        let mut same = Vec::new();
        type Alike = fn(&Standing, &Standing) -> bool;
        let ways: [Alike; 4] = [
            |a, b| a.text == b.text && a.place == b.place,
            |a, b| a.text == b.text,
            |a, b| a.found == b.found && a.col == b.col && (a.place == b.place || a.row == b.row),
            |a, b| a.found == b.found && letters(&a.text).eq(letters(&b.text)),
        ];
        for alike in ways {
            new.retain(|n| {
                let Some(i) = old.iter().position(|o| alike(o, n)) else { return true };
                old.swap_remove(i);
                same.push(n.clone());
                false
            });
        }
        new.retain(|n| {
            let back = self
                .gone
                .iter()
                .position(|(_, g)| g.found == n.found && letters(&g.text).eq(letters(&n.text)));
            let Some(i) = back else { return true };
            self.gone.remove(i);
            same.push(n.clone());
            false
        });
        // What scrolled away is not gone: printed again it is another line.
        for o in old.into_iter().filter(|o| o.place >= top) {
            if self.gone.len() == GONE_MAX {
                self.gone.pop_front();
            }
            self.gone.push_back((us, o));
        }
        self.standing.extend(same.into_iter().chain(new.iter().cloned()).filter(|s| s.place >= top));
        new
    }
}

/// What of a line stays the same while something counts or spins in it.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphabetic())
}
