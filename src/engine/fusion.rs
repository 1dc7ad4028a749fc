//! What an agent does, fused from its signals: the most trusted source that says something wins,
//! a question or a limit seen anywhere wins over all, and `working` is left only after a while.

use std::collections::BTreeMap;
use std::time::Duration;

use regex::Regex;

use super::Step;
use super::event::Effect;
use super::state::{Agent, Seen, State, Why};
use crate::domain::id::AgentName;
use crate::domain::profile::{Profile, Rule, Source};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::screen::{Progress, ProgressState, Signal};

/// How long other evidence must hold before `working` is left.
const LEAVE: Duration = Duration::from_millis(1500);
/// How long silence must last to mean idle where nothing better is known.
pub(super) const SILENCE: Duration = Duration::from_secs(6);
/// How long after output the screen is read, so that a repaint is read once.
const SETTLE: Duration = Duration::from_millis(120);
/// Rows of the screen that screen rules see.
const RULE_ROWS: usize = 40;
/// Name of the rule that knows nothing better than silence.
pub(super) const BY_SILENCE: &str = "silence";

/// The rules of all profiles, compiled once. A pattern that does not compile never matches; the
/// configuration refuses it before it comes here.
#[derive(Debug)]
pub struct Rules {
    by_profile: BTreeMap<String, Vec<(Rule, Regex)>>,
    ready: BTreeMap<String, Regex>,
}

impl Rules {
    pub(super) fn new(profiles: &BTreeMap<String, Profile>) -> Self {
        let compile = |p: &Profile| {
            p.rules.iter().filter_map(|r| Some((r.clone(), Regex::new(&r.pattern).ok()?))).collect()
        };
        let ready =
            |p: &Profile| (!p.submit.ready.is_empty()).then(|| Regex::new(&p.submit.ready).ok()).flatten();
        Self {
            by_profile: profiles.iter().map(|(n, p)| (n.clone(), compile(p))).collect(),
            ready: profiles.iter().filter_map(|(n, p)| Some((n.clone(), ready(p)?))).collect(),
        }
    }

    /// The pattern that a profile's screen must match before a prompt goes in.
    pub(super) fn ready(&self, profile: &str) -> Option<&Regex> {
        self.ready.get(profile)
    }

    fn matching(&self, profile: &str, source: Source, text: &str) -> Option<(AgentState, Why)> {
        let rules = self.by_profile.get(profile)?;
        rules.iter().filter(|(r, _)| r.source == source).find_map(|(rule, pattern)| {
            let found = pattern.find(text)?;
            let line = text[..found.end()].rfind('\n').map_or(0, |i| i + 1).min(found.start());
            let end = text[found.end()..].find('\n').map_or(text.len(), |i| found.end() + i);
            let evidence = crate::domain::signal::printable(text[line..end].trim());
            Some((
                rule.state,
                Why { rule: rule.name.clone(), evidence: evidence.chars().take(200).collect() },
            ))
        })
    }
}

/// When the fusion of this agent must be looked at again.
pub(super) fn deadline(agent: &Agent) -> Option<Time> {
    let e = &agent.evidence;
    agent.pane.pid?;
    let probe = if e.probing { None } else { e.probe_due };
    let silence = agent
        .pane
        .last_output
        .filter(|_| agent.activity == AgentState::Working && e.seen.is_empty() && e.foreground.is_none())
        .map(|t| t.plus(SILENCE));
    [probe, e.screen_due, e.leave_due, silence].into_iter().flatten().min()
}

impl Step<'_> {
    /// Takes a signal of a pane into account.
    pub(super) fn signal(&mut self, name: &AgentName, signal: &Signal) {
        let (source, text) = match signal {
            Signal::Title(t) => (Source::Title, t.clone()),
            Signal::Notify(t) => (Source::Notify, t.clone()),
            Signal::Progress(None) => (Source::Progress, "0".to_owned()),
            Signal::Progress(Some(p)) => (Source::Progress, progress_text(*p)),
            Signal::Mark(c, rest) => (Source::Mark, format!("{c}{rest}")),
            Signal::EmulatorReset => {
                self.record(Record::Note {
                    text: format!("{name}: the screen was reset after bytes it could not take"),
                });
                return;
            }
            Signal::Bell | Signal::Cwd(_) | Signal::ClipboardRefused => return,
        };
        self.evidence(name, source, &text);
    }

    fn evidence(&mut self, name: &AgentName, source: Source, text: &str) {
        let now = self.now;
        let Some(profile) = profile_name(self.state, name) else { return };
        let found = self.state.rules.matching(&profile, source, text);
        let Some(agent) = self.state.agent_mut(name) else { return };
        let seen = &mut agent.evidence.seen;
        let before = seen.iter().position(|s| s.source == source);
        match (before, found) {
            (Some(i), Some((state, why))) => {
                if seen[i].state != state {
                    seen[i] = Seen { source, state, why, at: now };
                    agent.evidence.works += u64::from(state == AgentState::Working);
                } else {
                    seen[i].why = why;
                }
            }
            (Some(i), None) => {
                seen.remove(i);
            }
            (None, Some((state, why))) => {
                seen.push(Seen { source, state, why, at: now });
                seen.sort_by_key(|s| s.source);
                agent.evidence.works += u64::from(state == AgentState::Working);
            }
            (None, None) => {}
        }
    }

    /// Decides the activity of an agent from all that is known now.
    pub(super) fn fuse(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent(name) else { return };
        if agent.pane.pid.is_none() {
            return;
        }
        if agent.evidence.screen_due.is_some_and(|t| t <= now) {
            self.read_screen(name);
        }
        self.probe_if_due(name);
        let Some((wanted, why)) = self.state.agent(name).map(|a| wanted(self.state, a, now)) else { return };
        let Some(agent) = self.state.agent_mut(name) else { return };
        let leaving = agent.activity == AgentState::Working && wanted != AgentState::Working;
        if wanted == agent.activity {
            agent.evidence.leave_due = None;
            return;
        }
        if leaving && why.rule != BY_SILENCE {
            let due = *agent.evidence.leave_due.get_or_insert(now.plus(LEAVE));
            if now < due {
                return;
            }
        }
        agent.evidence.leave_due = None;
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

    fn read_screen(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.evidence.screen_due = None;
        let changes = agent.pane.screen.changes();
        if changes == agent.evidence.screen_at {
            return;
        }
        agent.evidence.screen_at = changes;
        let rows = agent.pane.screen.text_rows();
        let filled: Vec<&str> = rows.iter().map(String::as_str).filter(|r| !r.is_empty()).collect();
        let text = filled[filled.len().saturating_sub(RULE_ROWS)..].join("\n");
        self.evidence(name, Source::Screen, &text);
        self.look_for_dialog(name, &text);
        self.scan_for_claim(name);
    }

    /// Forgets what rules made of a pane and has them tried again, as they are now.
    pub(super) fn look_anew(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name).filter(|a| a.pane.pid.is_some()) else { return };
        agent.evidence.seen.retain(|s| !matches!(s.source, Source::Title | Source::Screen));
        agent.evidence.screen_at = u64::MAX;
        agent.evidence.screen_due = Some(now);
        let title = agent.pane.screen.title().to_owned();
        self.evidence(name, Source::Title, &title);
    }

    fn probe_if_due(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent(name) else { return };
        if agent.evidence.probe_due.is_some_and(|t| t <= now) {
            self.probe(name);
        }
    }

    /// Asks the holder about a pane's terminal, unless that question is already on its way.
    pub(super) fn probe(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        if !agent.evidence.probing {
            agent.evidence.probing = true;
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
        if probes {
            // Trailing edge: while output goes on there is nothing to ask.
            agent.evidence.probe_due = Some(now.plus(SETTLE));
        }
    }
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

/// What the evidence says now, before hysteresis.
fn wanted(state: &State, agent: &Agent, now: Time) -> (AgentState, Why) {
    let e = &agent.evidence;
    let urgent = |s: &&Seen| matches!(s.state, AgentState::Asking | AgentState::Limited);
    if let Some(seen) = e.seen.iter().find(urgent).or_else(|| e.seen.first()) {
        return (seen.state, seen.why.clone());
    }
    let because = |rule: &str, evidence: &str| Why { rule: rule.into(), evidence: evidence.into() };
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
