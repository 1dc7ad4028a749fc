//! What an agent does, fused from its signals.
//!
//! [`super::evidence`] says which piece of evidence counts. Here its verdict becomes the state:
//! `working` at once; away from it only after [`LEAVE`] in which nothing said `working` (where
//! only silence speaks, after [`SILENCE`]); to `unknown` likewise, for a repaint may hide what is
//! known; between all others at most once in [`DWELL`]. A pin stands above it all. A shell without
//! a word of its own is asked who has its terminal: a command that has it works, however silent.

use std::time::Duration;

use super::Step;
use super::event::{Effect, Feeding};
use super::evidence::{BY_WORD, Found, GRACE, Over, QUIET, Seen, Spent, is_event};
use super::state::{Agent, State, Why};
use crate::domain::hook::HookEvent;
use crate::domain::id::AgentName;
use crate::domain::profile::Source;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::screen::{Progress, ProgressState, Signal};

/// How long other evidence must hold before `working` is left.
pub(super) const LEAVE: Duration = Duration::from_millis(1500);
/// How long a state other than `working` is shown at least, unless work begins.
pub(super) const DWELL: Duration = Duration::from_millis(500);
/// How long silence must last to mean idle where nothing better is known.
pub(super) const SILENCE: Duration = Duration::from_secs(6);
/// How long after output the screen is read, so that a repaint is read once.
pub(super) const SETTLE: Duration = Duration::from_millis(120);
/// How long a holder may take to answer; the question is then put again.
const PROBE: Duration = Duration::from_secs(5);
/// Questions in a row that may stay unanswered before the next output is waited for.
const MAX_UNANSWERED: u8 = 3;
/// Rows of the screen that screen rules see.
const RULE_ROWS: usize = 40;
/// Name of the rule that knows nothing better than silence.
pub(super) const BY_SILENCE: &str = "silence";
/// Name of the rule that is a person's word.
pub(super) const BY_PIN: &str = "pin";

/// When the fusion of this agent must be looked at again.
pub(super) fn deadline(state: &State, agent: &Agent) -> Option<Time> {
    let e = &agent.evidence;
    agent.pane.pid.filter(|_| !agent.pane.past)?;
    let probe = e.probing.map_or(e.probe_due, |asked| Some(asked.plus(PROBE)));
    let silence = agent
        .pane
        .last_output
        .filter(|_| agent.activity == AgentState::Working && e.foreground.is_none() && agent.pin.is_none())
        .filter(|_| e.winner(agent, state.now).is_none())
        .map(|t| t.plus(SILENCE))
        .filter(|t| *t > state.now);
    let fading = e.next_fading(agent, state.now);
    [probe, e.screen_due, e.change_due, silence, fading].into_iter().flatten().min()
}

impl Step<'_> {
    /// Takes a signal of a pane into account.
    pub(super) fn signal(&mut self, name: &AgentName, signal: &Signal, mode: Feeding) {
        let (source, text) = match signal {
            Signal::Title(t) => (Source::Title, t.clone()),
            Signal::Notify(t) => (Source::Notify, t.clone()),
            Signal::Progress(None) => (Source::Progress, "0".to_owned()),
            Signal::Progress(Some(p)) => (Source::Progress, progress_text(*p)),
            Signal::Mark(c, rest) => (Source::Mark, format!("{c}{rest}")),
            Signal::Report(t) => (Source::Report, t.clone()),
            Signal::EmulatorReset => {
                self.record(Record::Note {
                    text: format!("{name}: the screen was reset after bytes it could not take"),
                });
                return;
            }
            Signal::Bell | Signal::Cwd(_) | Signal::ClipboardRefused => return,
        };
        let at = match mode {
            Feeding::Live => self.now,
            // It was seen before; what is on record since then is newer.
            Feeding::Recovering => self.state.agent(name).map_or(self.now, |a| a.since),
        };
        self.evidence(name, source, &text, at);
    }

    /// What the agent program of a pane says by its hook. Word from another directory than the
    /// agent's worktree is of another task of that program, and is left alone.
    pub(super) fn hooked(&mut self, name: &AgentName, event: &HookEvent) {
        let Some(agent) = self.state.agent(name) else { return };
        if agent.pane.pid.is_none() || !super::ready::within(&event.cwd, &agent.worktree) {
            return;
        }
        self.evidence(name, Source::Hook, &event.text(), self.now);
        self.claim_in_message(name, &event.message);
    }

    fn evidence(&mut self, name: &AgentName, source: Source, text: &str, at: Time) {
        let Some(profile) = profile_name(self.state, name) else { return };
        let Some(agent) = self.state.agent(name) else { return };
        let spent = agent.evidence.spent.clone().filter(|_| source == Source::Screen);
        let found = self.state.rules.matching(&profile, source, text, spent.as_ref());
        // As an answered limit scrolls away, fewer of it are old.
        let left = spent.and_then(|s| {
            self.state.rules.limit(&profile, text).map(|now| Spent { count: now.count.min(s.count), ..s })
        });
        if let Some(agent) = self.state.agent_mut(name) {
            if source == Source::Screen {
                agent.evidence.spent = left;
            }
            agent.evidence.take(source, found, at);
        }
    }

    /// Decides the activity of an agent from all that is known now.
    pub(super) fn fuse(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent(name) else { return };
        if agent.pane.pid.is_none() || agent.pane.past {
            return;
        }
        if agent.evidence.screen_due.is_some_and(|t| t <= now) {
            self.read_screen(name);
        }
        self.probe_if_due(name);
        self.forget_overruled(name);
        let Some((wanted, why)) = self.state.agent(name).map(|a| wanted(self.state, a, now)) else { return };
        let Some(agent) = self.state.agent_mut(name) else { return };
        let by_pin = agent.why.rule == BY_PIN;
        if wanted == agent.activity && by_pin == agent.pin.is_some() {
            agent.evidence.other_since = None;
            agent.evidence.change_due = None;
            return;
        }
        let since = agent.evidence.other_since.filter(|(_, state)| *state == wanted).map_or(now, |(t, _)| t);
        agent.evidence.other_since = Some((since, wanted));
        let due = may_change(agent, wanted, &why, since);
        if due.is_some_and(|t| now < t) {
            agent.evidence.change_due = due;
            return;
        }
        agent.evidence.other_since = None;
        agent.evidence.change_due = None;
        if agent.activity == AgentState::Asking {
            // What was typed meanwhile went into the question.
            agent.pane.draft = false;
        }
        self.record(Record::Activity {
            agent: name.clone(),
            state: wanted,
            rule: why.rule,
            evidence: why.evidence,
        });
        if wanted != AgentState::Working {
            self.inspect_anew(name);
            self.scan_for_claim(name);
        }
    }

    fn forget_overruled(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let (e, now) = (&agent.evidence, self.now);
        let standing = e.seen.iter().filter(|s| s.passes() && s.over.is_none());
        let over: Vec<_> =
            standing.filter_map(|s| e.overruled(agent, s, now).map(|o| (s.source, o))).collect();
        if let Some(agent) = self.state.agent_mut(name).filter(|_| !over.is_empty()) {
            agent.evidence.settle(over);
        }
    }

    fn read_screen(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.evidence.screen_due = None;
        let changes = agent.pane.screen.changes();
        if changes == agent.evidence.screen_at {
            return;
        }
        agent.evidence.screen_at = changes;
        let text = rule_text(agent);
        self.evidence(name, Source::Screen, &text, self.now);
        self.look_for_dialog(name, &text);
        self.scan_for_claim(name);
    }

    /// Has a pane's screen read at once: what it shows may be gone soon.
    pub(super) fn look_now(&mut self, name: &AgentName) {
        let now = self.now;
        if let Some(agent) = self.state.agent_mut(name) {
            agent.evidence.screen_due = Some(now);
        }
    }

    /// Forgets what rules made of a pane and has them tried again, as they are now.
    pub(super) fn look_anew(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name).filter(|a| a.pane.pid.is_some()) else { return };
        agent.evidence.seen.retain(|s| !matches!(s.source, Source::Title | Source::Screen));
        agent.evidence.screen_at = u64::MAX;
        agent.evidence.screen_due = Some(now);
        let title = agent.pane.screen.title().to_owned();
        self.evidence(name, Source::Title, &title, now);
    }

    fn probe_if_due(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.evidence.probing.is_some_and(|asked| asked.plus(PROBE) <= now) {
            // The answer was lost, or the holder is: it is asked again, though not for ever.
            agent.evidence.probing = None;
            agent.evidence.unanswered += 1;
            if agent.evidence.unanswered < MAX_UNANSWERED {
                agent.evidence.probe_due.get_or_insert(now);
            }
        }
        if agent.evidence.probe_due.is_some_and(|t| t <= now) {
            self.probe(name);
        }
    }

    /// Asks the holder about a pane's terminal, unless that question is already on its way.
    pub(super) fn probe(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.evidence.probing.is_none() {
            agent.evidence.probing = Some(now);
            agent.evidence.probe_due = None;
            self.out.push(Effect::Probe { agent: name.clone() });
        }
    }

    /// Notes that a pane printed: its screen is to be read soon, and its terminal asked where
    /// the profile reads the foreground.
    pub(super) fn printed(&mut self, name: &AgentName) {
        let now = self.now;
        let probes =
            self.state.agent(name).is_some_and(|a| self.state.profile(a).is_some_and(|p| p.foreground_idle));
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.pane.last_output = Some(now);
        agent.evidence.screen_due.get_or_insert(now.plus(SETTLE));
        agent.evidence.unanswered = 0;
        if probes {
            // Trailing edge: while output goes on there is nothing to ask.
            agent.evidence.probe_due = Some(now.plus(SETTLE));
        }
    }
}

/// What screen rules see.
pub(super) fn rule_text(agent: &Agent) -> String {
    let rows = agent.pane.screen.text_rows();
    let filled: Vec<&str> = rows.iter().map(String::as_str).filter(|r| !r.is_empty()).collect();
    filled[filled.len().saturating_sub(RULE_ROWS)..].join("\n")
}

/// A progress report as rules see it: the number of its kind, then the percentage.
fn progress_text(p: Progress) -> String {
    let kind = match p.state {
        ProgressState::Normal => 1,
        ProgressState::Error => 2,
        ProgressState::Indeterminate => 3,
        ProgressState::Paused => 4,
    };
    format!("{kind} {}", p.percent.unwrap_or(0))
}

fn profile_name(state: &State, name: &AgentName) -> Option<String> {
    let agent = state.agent(name)?;
    state.profile(agent).map(|p| p.name.clone())
}

/// When an agent may change to `wanted`, which its evidence says since `other`; none where it may
/// at once.
fn may_change(agent: &Agent, wanted: AgentState, why: &Why, other: Time) -> Option<Time> {
    let leaves = agent.activity == AgentState::Working && why.rule != BY_SILENCE;
    match agent.activity {
        _ if agent.pin.is_some() || agent.why.rule == BY_PIN => None,
        AgentState::Starting => None,
        _ if wanted == AgentState::Working => None,
        _ if leaves || wanted == AgentState::Unknown => Some(stands_since(agent, why, other).plus(LEAVE)),
        AgentState::Working => None,
        _ => Some(agent.since.plus(DWELL)),
    }
}

/// Since when evidence stands that says something other than work. An event that comes while work can be
/// seen starts anew: several in a row are no proof that none of them is overruled.
fn stands_since(agent: &Agent, why: &Why, other: Time) -> Time {
    let seen = &agent.evidence.seen;
    let told = seen.iter().find(|s| is_event(s.source) && s.why == *why).map(|s| s.last);
    let Some(told) = told.filter(|t| *t > other) else { return other };
    let at_work = seen.iter().any(|s| !is_event(s.source) && works(s) && s.last.plus(GRACE) > told);
    if at_work { told } else { other }
}

fn works(seen: &Seen) -> bool {
    seen.state == AgentState::Working
}

/// What the evidence says now, before hysteresis.
pub(super) fn wanted(state: &State, agent: &Agent, now: Time) -> (AgentState, Why) {
    let e = &agent.evidence;
    let because = |rule: &str, evidence: &str| Why { rule: rule.into(), evidence: evidence.into() };
    if let Some(pin) = &agent.pin {
        return (pin.state, because(BY_PIN, "pinned by hand"));
    }
    let winner = e.winner(agent, now);
    let answered = e.answered.is_some_and(|t| now - t < QUIET);
    if agent.activity == AgentState::Limited && answered && !winner.is_some_and(works) {
        // What answered the limit takes a moment to show.
        return (AgentState::Limited, agent.why.clone());
    }
    if let Some(seen) = winner {
        return (seen.state, seen.why.clone());
    }
    match e.foreground {
        Some(true) => return (AgentState::Idle, because("foreground", "the shell has the terminal")),
        Some(false) => return (AgentState::Working, because("foreground", "a command has the terminal")),
        None => {}
    }
    let has_rules = state.profile(agent).is_some_and(|p| !p.rules.is_empty() || p.foreground_idle);
    match agent.pane.last_output {
        None => (AgentState::Starting, because("process", "nothing printed yet")),
        Some(_) if has_rules => match agent.activity {
            AgentState::Starting => (AgentState::Starting, agent.why.clone()),
            _ => (AgentState::Unknown, because("none", "no rule of the profile matches")),
        },
        Some(t) if now - t >= SILENCE => (AgentState::Idle, because(BY_SILENCE, "6 s without output")),
        Some(_) => (AgentState::Working, because("bytes", "output")),
    }
}

/// Brings back from the journal the event that decided, and forgets those it contradicts.
pub(super) fn remember(state: &mut State, record: &Record, now: Time) {
    let Record::Activity { agent: name, state: what, rule, evidence } = record else { return };
    let Some(profile) = profile_name(state, name) else { return };
    let source = state.rules.source(&profile, rule).filter(|s| is_event(*s));
    let Some(agent) = state.agent_mut(name) else { return };
    let why = Why { rule: rule.clone(), evidence: evidence.clone() };
    if *what == AgentState::Working && rule != BY_WORD {
        agent.evidence.work_begins();
    }
    if let Some(source) = source {
        let known = |s: &Seen| s.source == source && s.why == why && s.over.is_none();
        if !agent.evidence.seen.iter().any(known) {
            agent.evidence.take(source, Some(Found { state: *what, why, reset: None }), now);
        }
        return;
    }
    let contrary = match what {
        AgentState::Working => AgentState::Idle,
        AgentState::Idle => AgentState::Working,
        _ => return,
    };
    let over: Vec<_> = agent
        .evidence
        .seen
        .iter()
        .filter(|s| s.passes() && s.state == contrary)
        .map(|s| (s.source, Over { rule: rule.clone(), how: "decided since" }))
        .collect();
    agent.evidence.settle(over);
}
