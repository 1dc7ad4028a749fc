//! Gates that run now: where, for how long, and what they printed last.

use super::text::Text;
use crate::domain::gates::{Part, Place};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::engine::parts::Gating;
use crate::engine::state::State;

/// Last lines that are shown of what a gate prints.
const TAIL: usize = 8;

/// The gate job on an agent's branch or worktree, the one that runs before those that wait.
pub(super) fn of_agent<'a>(state: &'a State, agent: &AgentName) -> Option<&'a Gating> {
    find(state, |place| matches!(place, Place::Tip(a) | Place::Open(a) if a == agent))
}

/// The gate job on what a train made, or on what merging would give.
pub(super) fn of_merge(state: &State) -> Option<&Gating> {
    find(state, |place| matches!(place, Place::Train | Place::Merged))
}

fn find(state: &State, of: impl Fn(&Place) -> bool) -> Option<&Gating> {
    let mut found = state.gating.iter().filter(|g| of(&g.place)).collect::<Vec<_>>();
    found.sort_by_key(|g| g.part == Part::Waiting);
    found.first().copied()
}

/// A job in a few characters: `●build 0:12`, or `…build` while it waits.
pub(super) fn short(job: &Gating, now: Time) -> String {
    match job.part {
        Part::Waiting => format!("…{}", printable(&job.gate)),
        _ => format!("●{} {}", printable(&job.gate), clock(job, now)),
    }
}

/// Minutes and seconds.
fn clock(job: &Gating, now: Time) -> String {
    let seconds = (now - job.since).as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// All jobs in a line, for the foot; empty where none runs.
pub(super) fn line(state: &State) -> String {
    let (waiting, running): (Vec<_>, Vec<_>) = state.gating.iter().partition(|g| g.part == Part::Waiting);
    let one = |g: &&Gating| format!("{} {}", g.place, short(g, state.now));
    let mut texts: Vec<String> = running.iter().take(2).map(one).collect();
    let more = running.len().saturating_sub(2);
    if more > 0 {
        texts.push(format!("{more} more"));
    }
    if !waiting.is_empty() {
        texts.push(format!("{} wait", waiting.len()));
    }
    if texts.is_empty() { String::new() } else { format!("gates: {}", texts.join(", ")) }
}

/// A job in full, with its last lines.
pub(super) fn texts(job: &Gating, now: Time) -> Vec<Text> {
    let then = if job.left.is_empty() { String::new() } else { format!(", then {}", job.left.join(", ")) };
    let oid = job.oid.short();
    let what = match job.part {
        Part::Waiting => format!("… {} waits for its turn at {oid}{then}", job.gate),
        Part::Checkout => format!("● checkout of {oid} for {}, {}{then}", job.gate, clock(job, now)),
        Part::Setup => format!("● setup at {oid} for {}, {}{then}", job.gate, clock(job, now)),
        Part::Running => format!("● {} runs at {oid}, {}{then}", job.gate, clock(job, now)),
        Part::Baseline => {
            format!("● {} was red, runs on the base {oid}, {}{then}", job.gate, clock(job, now))
        }
    };
    let lines: Vec<&str> = job.tail.lines().collect();
    let tail = lines.iter().skip(lines.len().saturating_sub(TAIL));
    let tail = tail.map(|l| Text::Quiet(printable(&format!("    {l}"))));
    std::iter::once(Text::Head(printable(&what))).chain(tail).collect()
}
