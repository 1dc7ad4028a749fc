//! What panes show, as text, and only what is new of it for those who read along.
//!
//! Each answer is remembered by its number for a while: what the pane's last lines were then. What is new is what stands
//! behind them now. So nothing depends on how lines are wrapped, and what was cleared, or read before another server,
//! is noticed: then everything that is kept is given, and said to be cut.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Step;
use super::state::HISTORY;
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::domain::view::{Answer, PANE_TEXT, PaneText};
use crate::screen::Screen;

/// Most lines `read` gives.
const MAX_LINES: usize = 2000;
/// Answers of one pane that are remembered.
const MARKS: usize = 64;
/// Lines that are remembered of each.
const TAIL: usize = 256;

/// The answers of one pane that are remembered, the latest last. Not durable.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(VecDeque<Mark>);

#[derive(Clone, Debug)]
struct Mark {
    seq: u64,
    /// [`Screen::changes`] then.
    changes: u64,
    /// Whether somebody went on from it.
    used: bool,
    /// The rows of the alternate screen, where that was shown.
    alternate: Option<Arc<[u64]>>,
    /// The end of the primary screen when it was last seen.
    primary: Option<Arc<Tail>>,
}

/// The last lines of a primary screen.
#[derive(Debug)]
struct Tail {
    /// A hash of each.
    lines: Vec<u64>,
    /// How many of them were in the history, where nothing changes any more.
    fixed: usize,
    /// Whether they were all there ever was.
    whole: bool,
}

/// What is given to a reader.
struct Given {
    lines: Vec<String>,
    cut: bool,
    changed: bool,
}

impl Step<'_> {
    /// A pane's text: its last lines, or what is new since an earlier answer.
    pub(super) fn pane_text(
        &mut self,
        name: &AgentName,
        lines: u16,
        since: Option<u64>,
    ) -> Result<Answer, String> {
        self.one(name)?;
        let now = self.now;
        let Some(pane) = self.state.agent_mut(name).map(|a| &mut a.pane) else {
            return Err(format!("read {name}: it is gone"));
        };
        let (screen, marks) = (&pane.screen, &mut pane.marks);
        let earlier = since.and_then(|seq| marks.take(seq));
        let (mut given, mark) = match (since, &earlier) {
            (Some(_), Some(mark)) if mark.changes == screen.changes() => {
                (Given { lines: Vec::new(), cut: false, changed: false }, mark.clone())
            }
            (Some(_), earlier) => new_since(screen, earlier.as_ref()),
            (None, _) => (last(screen, lines), look(screen, None)),
        };
        given.cut |= cap(&mut given.lines);
        let seq = marks.keep(mark, now);
        let size = screen.size();
        Ok(Answer::Pane(PaneText {
            agent: name.clone(),
            rows: size.rows,
            cols: size.cols,
            title: printable(screen.title()),
            lines: given.lines,
            seq,
            cut: given.cut,
            changed: given.changed,
            origin: format!("pane {name}"),
            trust: "untrusted".into(),
        }))
    }
}

impl Marks {
    /// The answer of that number, which somebody goes on from now.
    fn take(&mut self, seq: u64) -> Option<Mark> {
        let mark = self.0.iter_mut().find(|m| m.seq == seq)?;
        mark.used = true;
        Some(mark.clone())
    }

    /// Remembers an answer and numbers it: by the session's clock, which goes on whoever serves, so that no number
    /// means anything else under another server. As long as nothing is printed it stays the same.
    fn keep(&mut self, mark: Mark, now: Time) -> u64 {
        if let Some(last) = self.0.back_mut().filter(|m| m.changes == mark.changes) {
            last.used = false;
            return last.seq;
        }
        if self.0.len() >= MARKS {
            // Who was given one and has not come back for more still may.
            let oldest = self.0.iter().position(|m| m.used).unwrap_or(0);
            self.0.remove(oldest);
        }
        let seq = self.0.back().map_or(0, |m| m.seq + 1).max(now.mono).max(1);
        self.0.push_back(Mark { seq, used: false, ..mark });
        seq
    }
}

/// The visible screen, or the last `n` lines.
fn last(screen: &Screen, n: u16) -> Given {
    let n = usize::from(n);
    let lines = if n == 0 { visible(screen) } else { screen.last_lines(n.min(MAX_LINES)) };
    let cut = n > lines.len() && screen.history_len() >= HISTORY;
    Given { lines, cut, changed: true }
}

fn visible(screen: &Screen) -> Vec<String> {
    let mut rows = screen.text_rows();
    rows.truncate(rows.iter().rposition(|r| !r.is_empty()).map_or(0, |i| i + 1));
    rows
}

/// What is new since an earlier answer; none: it is not remembered.
fn new_since(screen: &Screen, earlier: Option<&Mark>) -> (Given, Mark) {
    if screen.modes().alt_screen {
        let (rows, mark) = (visible(screen), look(screen, earlier));
        let same = earlier.is_some_and(|e| e.alternate.is_some() && e.alternate == mark.alternate);
        let lines = if same { Vec::new() } else { rows };
        return (Given { lines, cut: earlier.is_none(), changed: true }, mark);
    }
    let mut lines = all(screen);
    let hashes: Vec<u64> = lines.iter().map(hash).collect();
    let known = earlier.and_then(|e| e.primary.as_deref());
    let begin = known.and_then(|tail| behind(tail, &hashes, screen.history_len() < HISTORY));
    let lines = lines.split_off(begin.unwrap_or(0).min(lines.len()));
    let mark = mark_of(screen, Some(tail(screen, &hashes)), None);
    (Given { lines, cut: begin.is_none(), changed: true }, mark)
}

/// What a reader has seen after this.
fn look(screen: &Screen, earlier: Option<&Mark>) -> Mark {
    if screen.modes().alt_screen {
        let rows = visible(screen).iter().map(hash).collect();
        return mark_of(screen, earlier.and_then(|e| e.primary.clone()), Some(rows));
    }
    let hashes: Vec<u64> = all(screen).iter().map(hash).collect();
    mark_of(screen, Some(tail(screen, &hashes)), None)
}

fn mark_of(screen: &Screen, primary: Option<Arc<Tail>>, alternate: Option<Arc<[u64]>>) -> Mark {
    Mark { seq: 0, changes: screen.changes(), used: false, alternate, primary }
}

fn tail(screen: &Screen, hashes: &[u64]) -> Arc<Tail> {
    let shown = screen.logical_lines(0).len().min(hashes.len());
    let begin = hashes.len().saturating_sub(TAIL.max(shown + 1));
    let lines = hashes.get(begin..).unwrap_or_default().to_vec();
    let fixed = lines.len().saturating_sub(shown);
    Arc::new(Tail { fixed, lines, whole: begin == 0 && screen.history_len() < HISTORY })
}

/// All lines that are kept, oldest first, as printed. Where only the cursor is, there is none yet.
fn all(screen: &Screen) -> Vec<String> {
    let mut lines = screen.logical_lines(screen.history_len());
    lines.pop_if(|last| !last.finished && last.text.is_empty());
    lines.into_iter().map(|l| l.text).collect()
}

fn hash(line: &String) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

/// Where among `now` begins what is new since `tail`; none where that cannot be told. `whole`: nothing was ever lost of
/// `now`.
fn behind(tail: &Tail, now: &[u64], whole: bool) -> Option<usize> {
    let same = |at: usize| {
        now.get(at..).unwrap_or_default().iter().zip(&tail.lines).take_while(|(a, b)| a == b).count()
    };
    if tail.whole && whole {
        let count = same(0);
        return (count >= tail.fixed).then_some(count);
    }
    // At least what cannot have changed must be there again. Of several places the first: nothing is missed.
    let least = tail.fixed.max(1);
    let found = (0..now.len()).map(|at| (same(at), at)).filter(|(count, _)| *count >= least);
    let best = found.max_by_key(|(count, at)| (*count, std::cmp::Reverse(*at)));
    best.map(|(count, at)| at + count)
}

/// Takes the oldest lines away that would be too much; whether there were any.
fn cap(lines: &mut Vec<String>) -> bool {
    let mut room = PANE_TEXT;
    let fits = lines.iter().rev().take_while(|line| {
        let left = room.checked_sub(line.len() + 1);
        room = left.unwrap_or(room);
        left.is_some()
    });
    let (fits, all) = (fits.count(), lines.len());
    if fits == all {
        return false;
    }
    // Of a line that alone is too long its end is kept.
    let long = all.checked_sub(fits + 1).and_then(|at| lines.get_mut(at)).filter(|l| l.len() >= PANE_TEXT);
    let kept = usize::from(long.is_some());
    if let Some(line) = long {
        let from = (line.len().saturating_sub(room)..=line.len()).find(|at| line.is_char_boundary(*at));
        line.drain(..from.unwrap_or(0));
    }
    lines.drain(..all - fits - kept);
    true
}
