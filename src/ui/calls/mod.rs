//! Calls that wait for a person: a line tells of them whatever is seen, a dialog takes the answer.
//!
//! The line takes no key from anybody and no row from any program: it lies over the lower edge of the panes. The
//! dialog opens only for who asks for it, and an answer counts only once what it is about has been seen for as long as
//! it takes to aim.

mod act;
mod draw;

use std::collections::BTreeSet;
use std::time::Duration;

pub(super) use self::act::{are_next, click, open, other_key, perform, wheel};
use self::draw::Placed;
pub(super) use self::draw::{draw_banner, draw_dialog};
use super::view::{Mode, View};
use crate::domain::command::{Caller, Silence};
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::engine::parts::Confirmation;
use crate::engine::state::State;

/// How often the seconds that are left change.
const SECOND: Duration = Duration::from_secs(1);

/// What one client knows of calls that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// Whether the line that tells of them was there when last drawn.
    pub told: bool,
    /// Those that were looked at and left waiting: others go first.
    put_off: BTreeSet<u64>,
    /// Whether they were looked at since an agent was gone to.
    gone_round: bool,
}

/// A call as it is shown.
#[derive(Clone, PartialEq, Debug)]
struct Shown {
    id: u64,
    who: String,
    tool: String,
    title: String,
    lines: Vec<String>,
    until: Time,
    silence: Silence,
}

/// The dialog.
#[derive(Clone, Debug)]
pub(super) struct Dialog {
    /// What it is about, as last drawn.
    shown: Shown,
    /// Since when just this was seen; none: it is not drawn yet.
    since: Option<Time>,
    /// Lines of it that are above what is seen.
    scroll: usize,
    /// What goes on once it is closed.
    under: Mode,
}

impl Shown {
    fn of(call: &Confirmation) -> Self {
        Self {
            id: call.id,
            who: printable(&call.caller.to_string()),
            tool: printable(&call.tool),
            title: printable(&call.title),
            lines: call.lines.iter().map(|l| printable(l)).collect(),
            until: call.until,
            silence: call.silence,
        }
    }

    /// What it means that nobody says anything in time.
    fn silence(&self) -> &'static str {
        match self.silence {
            Silence::No => "silence means no",
            Silence::Yes => "silence lets it go ahead",
        }
    }

    fn find(state: &State, id: u64) -> Option<Self> {
        waiting(state).find(|c| c.id == id).map(Self::of)
    }
}

impl View {
    /// Takes in which calls wait. To be called before drawing; the answer is when what is told of them changes although
    /// nothing happens.
    pub(super) fn observe_calls(&mut self, state: &State, now: Time) -> Option<Time> {
        self.calls.told = waiting(state).next().is_some();
        self.calls.put_off.retain(|id| waiting(state).any(|c| c.id == *id));
        let mut until = soonest(state, &self.calls).map(|c| c.until);
        let answerable = matches!(&self.mode, Mode::Calls(d) if Placed::of(state, self, d).answerable());
        if let Mode::Calls(dialog) = &mut self.mode {
            let is = Shown::find(state, dialog.shown.id);
            until = is.as_ref().map(|s| s.until);
            if let Some(is) = is.filter(|is| *is != dialog.shown) {
                (dialog.shown, dialog.since) = (is, None);
            }
            // What there was no room for was not seen.
            dialog.since = answerable.then(|| dialog.since.unwrap_or(now));
        }
        // The next moment at which one second less is left.
        let left = until? - now;
        let rest = Duration::from_micros(u64::try_from(left.as_micros() % SECOND.as_micros()).unwrap_or(0));
        (!left.is_zero()).then(|| now.plus(if rest.is_zero() { SECOND } else { rest }))
    }
}

/// The calls that nobody has answered yet, oldest first.
pub(super) fn waiting(state: &State) -> impl Iterator<Item = &Confirmation> {
    state.confirmations.iter().filter(|c| c.waits())
}

/// The call that is to be answered first: one that was not looked at yet, the one with the least time.
fn soonest<'a>(state: &'a State, calls: &Calls) -> Option<&'a Confirmation> {
    waiting(state).min_by_key(|c| (calls.put_off.contains(&c.id), c.until, c.id))
}

/// Who calls, in a word or two. What a program calls itself is its own word and never stands alone.
fn who(caller: &Caller) -> String {
    match (caller.pane(), caller) {
        (Some(name), _) => name.to_string(),
        (None, Caller::Mcp { client, .. }) if !client.is_empty() => {
            printable(&format!("MCP client {client}"))
        }
        (None, Caller::Mcp { .. }) => "an MCP client".to_owned(),
        (None, _) => caller.to_string(),
    }
}

/// How much time is left, and what comes then.
fn left_until(until: Time, silence: Silence, now: Time) -> String {
    match silence {
        Silence::No => format!("{} left", left(until, now)),
        Silence::Yes => format!("goes ahead in {}", left(until, now)),
    }
}

/// How much time is left, in minutes and seconds begun.
fn left(until: Time, now: Time) -> String {
    let seconds = (until - now).as_millis().div_ceil(SECOND.as_millis());
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
