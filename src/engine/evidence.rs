//! What is known of an agent's activity, and which piece of it counts.
//!
//! Evidence is of two kinds. A *condition* (report, progress, title, screen) can be looked at: it holds
//! until it is replaced, and each time it is seen anew it is confirmed. An *event* (hook,
//! notification, mark) is the news of a moment: it says nothing of later, so it must not outlive
//! what contradicts it. Each source has at most one piece of evidence, its latest.
//!
//! What counts is the most trusted piece that nothing overrules; a question or a limit goes
//! first wherever it was seen. Overruled is
//!
//! 1. an event by a later event, whatever its source. Within [`GRACE`] the more trusted of the
//!    two stands; and a question ends by nothing less trusted that merely says "idle", because
//!    programs remind their users while a question is open;
//! 2. "idle" or a question as an event by a condition that says "working" and was confirmed more
//!    than [`GRACE`] later: a spinner that goes on turning means work, whatever was said. One
//!    that stands still since does not;
//! 3. "working" by a less trusted condition that says "idle", once that has stood unchanged for
//!    [`QUIET`] without a byte from the program, or, where only an event said "working", for
//!    [`LOST`] with bytes: then the news of the end was lost, or a spinner froze;
//! 4. a question or a limit as an event in the same way, but only after somebody typed into the
//!    pane: until then nobody can have answered it.
//!
//! What an agent says of itself stands where a report does, but is said in the middle of its turn: it counts for
//! nothing while anything else says "working". "Working" gives way to [`HUSH`] of silence, it and "idle" to a terminal
//! whose owner is known. That it is blocked or does not know goes before "idle" from anywhere, until it is prompted or
//! begins to work again.
//!
//! An event or a word once overruled stays so. What a server learnt from hooks does not survive it, but for
//! the piece that decided: its record brings it back.

use std::time::Duration;

use super::state::{Agent, Why};
use crate::domain::profile::Source;
use crate::domain::state::AgentState;
use crate::domain::time::Time;

/// Name of the rule that is an agent's own word.
pub(super) const BY_WORD: &str = "agent/says";
/// How long a pane is silent before the word that its agent works counts no more.
pub(super) const HUSH: Duration = Duration::from_secs(60);
/// How far apart two signals may come that mean one moment: bytes and hooks take different ways.
pub(super) const GRACE: Duration = Duration::from_secs(1);
/// How soon news must be repeated to be the same.
const AGAIN: Duration = Duration::from_secs(3);
/// How long a condition must stand in silence to overrule "working". Programs that draw a
/// spinner were measured to leave at most 0.43 s between bytes while they work.
pub(super) const QUIET: Duration = Duration::from_secs(6);
/// How long it must stand where the program goes on printing, and only an event says "working".
pub(super) const LOST: Duration = Duration::from_secs(30);

/// One piece of evidence from one source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Where from.
    pub source: Source,
    /// What it means.
    pub state: AgentState,
    /// Rule and text.
    pub why: Why,
    /// Since when it has meant that.
    pub at: Time,
    /// When it was last confirmed.
    pub last: Time,
    /// Where it is a limit: what its text says of its end.
    pub reset: Option<String>,
    /// Whether it is an event that was overruled, and by what.
    pub over: Option<Over>,
}

/// What a rule found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub state: AgentState,
    pub why: Why,
    pub reset: Option<String>,
}

/// The text of a limit that somebody has answered: it says nothing more until it says it again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Spent {
    /// The rule.
    pub rule: String,
    /// The line on which its last match begins.
    pub line: String,
    /// How often it matched.
    pub count: usize,
}

/// What overruled a piece of evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Over {
    /// The rule of the other piece.
    pub rule: String,
    /// For people: how.
    pub how: &'static str,
}

/// All current evidence about one agent.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The latest of each source that a rule matched, most trusted first.
    pub seen: Vec<Seen>,
    /// Whether the pane's own program has the terminal, as last probed.
    pub foreground: Option<bool>,
    /// Whether the terminal collects lines, as last probed.
    pub canonical: Option<bool>,
    /// When somebody last typed into the pane.
    pub(super) touched: Option<Time>,
    /// When a limit was last answered.
    pub(super) answered: Option<Time>,
    pub(super) spent: Option<Spent>,
    /// What was last read of a limit's end.
    pub(super) limit_text: Option<String>,
    pub(super) probe_due: Option<Time>,
    /// When the question now on its way was put to the holder.
    pub(super) probing: Option<Time>,
    /// Questions to the holder in a row that were never answered.
    pub(super) unanswered: u8,
    pub(super) screen_at: u64,
    pub(super) screen_due: Option<Time>,
    /// Since when the evidence has said another state than the one shown, and which.
    pub(super) other_since: Option<(Time, AgentState)>,
    /// When the other state may be shown.
    pub(super) change_due: Option<Time>,
    /// How often work was seen to begin.
    pub(super) works: u64,
}

impl Seen {
    /// Whether it is the agent's own word.
    pub(super) fn spoken(&self) -> bool {
        self.why.rule == BY_WORD
    }

    /// Whether it stays overruled once it is.
    pub(super) fn passes(&self) -> bool {
        is_event(self.source) || self.spoken()
    }
}

/// Whether a source tells of moments rather than of something that lasts.
pub(super) fn is_event(source: Source) -> bool {
    matches!(source, Source::Hook | Source::Notify | Source::Mark)
}

/// Whether it waits for a person.
pub(super) fn urgent(state: AgentState) -> bool {
    matches!(state, AgentState::Asking | AgentState::Limited)
}

impl Evidence {
    /// Takes in what a source says now. Gives whether that is the beginning of work.
    pub(super) fn take(&mut self, source: Source, found: Option<Found>, now: Time) -> bool {
        let at = self.seen.iter().position(|s| s.source == source);
        let Some(Found { state, why, reset }) = found else {
            // News that no rule knows takes nothing back.
            if let Some(i) = at.filter(|_| !is_event(source)) {
                self.seen.remove(i);
            }
            return false;
        };
        let new = Seen { source, state, why, at: now, last: now, reset, over: None };
        let spoken = new.spoken();
        let before = at.map(|i| std::mem::replace(&mut self.seen[i], new.clone()));
        let fresh = before.as_ref().is_none_or(|b| b.state != AgentState::Working || b.over.is_some());
        let began = match &before {
            Some(b) => b.state != state || b.over.is_some() || is_event(source),
            None => true,
        };
        match (at, before) {
            // News that is repeated at once is one piece of news; later it is another.
            (Some(i), Some(b)) if b.state == state && b.over.is_none() => {
                if !is_event(source) || now - b.last < AGAIN {
                    self.seen[i].at = b.at;
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                self.seen.push(new);
                self.seen.sort_by_key(|s| s.source);
            }
        }
        let works = began && state == AgentState::Working;
        self.works += u64::from(works);
        if works && fresh && !spoken {
            self.work_begins();
        }
        works
    }

    /// A new turn begins: what the agent said of the last one is history.
    pub(super) fn work_begins(&mut self) {
        for s in self.seen.iter_mut().filter(|s| s.spoken() && s.state != AgentState::Working) {
            s.over.get_or_insert_with(|| Over { rule: "turn".into(), how: "began to work since" });
        }
    }

    /// The piece that counts now.
    pub(super) fn winner(&self, agent: &Agent, now: Time) -> Option<&Seen> {
        let stands = |s: &&Seen| self.overruled(agent, s, now).is_none();
        let standing = self.seen.iter().filter(stands);
        let works = standing.clone().any(|s| s.state == AgentState::Working && !s.spoken());
        let mut standing = standing.filter(|s| !(works && s.spoken()));
        let urgent = |s: &&Seen| urgent(s.state);
        if let Some(seen) =
            standing.clone().find(|s| urgent(s) && !s.spoken()).or(standing.clone().find(urgent))
        {
            return Some(seen);
        }
        let held_up = |s: &&Seen| s.spoken() && !matches!(s.state, AgentState::Working | AgentState::Idle);
        let word = standing.clone().find(held_up);
        let first = standing.next();
        word.filter(|_| first.is_some_and(|s| s.state == AgentState::Idle)).or(first)
    }

    /// Whether a piece of that source still says so.
    pub(super) fn stands(&self, source: Source, state: AgentState) -> bool {
        self.seen.iter().any(|s| s.source == source && s.state == state && s.over.is_none())
    }

    /// Whether a question was seen, and not only heard of in words: an Enter would answer it.
    pub(super) fn shows_question(&self) -> bool {
        self.seen.iter().any(|s| s.state == AgentState::Asking && !s.spoken() && s.over.is_none())
    }

    /// What overrules a piece now.
    pub(super) fn overruled(&self, agent: &Agent, seen: &Seen, now: Time) -> Option<Over> {
        if seen.over.is_some() {
            return seen.over.clone();
        }
        let others = || self.seen.iter().filter(|o| o.source != seen.source);
        let over = |o: &Seen, how| Some(Over { rule: o.why.rule.clone(), how });
        let turns = matches!(seen.state, AgentState::Working | AgentState::Idle);
        if seen.spoken() && turns && self.foreground.is_some() {
            return Some(Over { rule: "foreground".into(), how: "its terminal is seen" });
        }
        if hushed(agent, seen).is_some_and(|t| t <= now) {
            return Some(Over { rule: BY_WORD.into(), how: "silent since" });
        }
        if let Some(o) = others().find(|o| newer(o, seen)) {
            return over(o, "newer");
        }
        if let Some(o) = others().find(|o| outlives(o, seen)) {
            return over(o, "seen at work since");
        }
        let resting = others().find(|o| self.fades(agent, seen, o).is_some_and(|t| t <= now));
        resting.and_then(|o| over(o, "stands unchanged since"))
    }

    /// When a piece is overruled by time alone, if nothing else happens.
    pub(super) fn next_fading(&self, agent: &Agent, now: Time) -> Option<Time> {
        let pairs = self.seen.iter().flat_map(|s| self.seen.iter().map(move |o| (s, o)));
        let fading = pairs.filter_map(|(s, o)| self.fades(agent, s, o));
        let words = self.seen.iter().filter_map(|s| hushed(agent, s));
        fading.chain(words).filter(|t| *t > now).min()
    }

    /// When `seen` gives way to `rest`, which says "idle" and is less trusted.
    fn fades(&self, agent: &Agent, seen: &Seen, rest: &Seen) -> Option<Time> {
        let rests = rest.state == AgentState::Idle && !is_event(rest.source) && rest.source > seen.source;
        let event = is_event(seen.source);
        let question = event && urgent(seen.state);
        if seen.over.is_some() || !rests || !(question || seen.state == AgentState::Working) {
            return None;
        }
        let mut since = seen.last.max(rest.at);
        if question {
            since = since.max(self.touched.filter(|t| *t > seen.last)?);
        }
        let silent = agent.pane.last_output.map_or(since, |t| t.max(since)).plus(QUIET);
        Some(if event { silent.min(since.plus(LOST)) } else { silent })
    }

    /// Marks events that are overruled, so that they stay so. What went before a prompt that was
    /// submitted at `prompted` says nothing of after.
    pub(super) fn settle(&mut self, over: Vec<(Source, Over)>) {
        for (source, over) in over {
            if let Some(s) = self.seen.iter_mut().find(|s| s.source == source && s.passes()) {
                s.over.get_or_insert(over);
            }
        }
    }

    /// A prompt that was entered at `at` was taken: an earlier "idle" is history.
    pub(super) fn prompted(&mut self, at: Time) {
        let rests = |s: &&mut Seen| {
            (is_event(s.source) && s.state == AgentState::Idle)
                || (s.spoken() && s.state != AgentState::Working)
        };
        for s in self.seen.iter_mut().filter(rests) {
            if s.last <= at {
                let over = || Over { rule: "dispatch".into(), how: "a prompt went in since" };
                s.over.get_or_insert_with(over);
            }
        }
    }
}

/// When the word that an agent works counts no more, if its pane stays silent.
fn hushed(agent: &Agent, seen: &Seen) -> Option<Time> {
    let word = seen.spoken() && seen.state == AgentState::Working && seen.over.is_none();
    word.then(|| agent.pane.last_output.map_or(seen.last, |t| t.max(seen.last)).plus(HUSH))
}

/// Whether event `other` puts an end to event `seen`.
fn newer(other: &Seen, seen: &Seen) -> bool {
    if !is_event(other.source) || !is_event(seen.source) || other.over.is_some() {
        return false;
    }
    let reminds = urgent(seen.state) && !urgent(other.state) && other.state != AgentState::Working;
    let trusted = other.source < seen.source;
    if reminds && !trusted {
        return false;
    }
    other.last > seen.last.plus(GRACE) || (trusted && other.last.plus(GRACE) >= seen.last)
}

/// Whether condition `other` shows work that went on after event `seen` denied it.
fn outlives(other: &Seen, seen: &Seen) -> bool {
    other.state == AgentState::Working
        && !is_event(other.source)
        && is_event(seen.source)
        && seen.state != AgentState::Working
        && other.last > seen.at.plus(GRACE)
}
