//! A prompt as a transaction: wait until the pane can take it, paste, let it settle, Enter alone,
//! verify, at most two more Enters, receipt.

use std::time::Duration;

use super::Step;
use super::event::{Effect, Writing};
use super::panes::millis;
use super::parts::{Dispatch, Phase};
use super::state::{Agent, MAX_QUEUE, State};
use crate::domain::id::{AgentName, DispatchId, RunId};
use crate::domain::profile::{Profile, Source};
use crate::domain::prompt::{GateVar, Vars, render};
use crate::domain::record::Record;
use crate::domain::signal::{MAX_PROMPT, clean_prompt};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::time::Time;

/// The phrase of a claim.
pub(super) const PHRASE: &str = "READY FOR MERGE";
/// Output-free time after which a screen counts as drawn.
const QUIET: Duration = Duration::from_millis(400);
/// How long a paste may take to show beyond the settle time.
const SHOW: Duration = Duration::from_secs(1);
/// How long a prompt that belongs to no plan waits for a busy pane.
const PATIENCE: Duration = Duration::from_secs(60);
/// Enters in all.
const ENTERS: u8 = 3;
/// A terminal in canonical mode keeps this much of a line (with its newline: 4,096) and drops the rest.
const CANONICAL_LINE: usize = 4095;

/// When the delivery of this agent's first dispatch must be looked at again.
pub(super) fn deadline(state: &State, agent: &Agent) -> Option<Time> {
    let first = agent.queue.front()?;
    let profile = state.profile(agent)?;
    let settle = Duration::from_millis(profile.submit.settle_ms);
    match &first.phase {
        Phase::Pasted { .. } if asks_back(agent, state.now) => None,
        Phase::Pasted { at, changes } => {
            let shown = agent.pane.screen.changes() > *changes;
            let wait = if shown || state.now < at.plus(settle) { settle } else { settle + SHOW };
            Some(at.plus(wait))
        }
        Phase::Entered { at, .. } => Some(at.plus(Duration::from_millis(profile.submit.verify_ms))),
        Phase::Waiting(_) => {
            let quiet = agent.pane.last_output.map(|t| t.plus(QUIET)).filter(|t| *t > state.now);
            let patience = first.task.is_none().then(|| first.at.plus(PATIENCE));
            [quiet, patience].into_iter().flatten().min()
        }
    }
}

impl Step<'_> {
    /// Takes a prompt on for an agent: renders, cleans, queues.
    ///
    /// # Errors
    /// When nothing was queued, the reason for the receipt.
    pub(super) fn enqueue(
        &mut self,
        name: &AgentName,
        text: &Prompting,
        task: Option<(RunId, String)>,
    ) -> Result<DispatchId, String> {
        let id = self.state.next_dispatch;
        let agent = self.state.agent(name).ok_or_else(|| format!("no agent {name}"))?;
        if !agent.runs_or_starts() {
            return Err(format!("{name} is not running ({})", agent.state()));
        }
        if agent.queue.len() >= MAX_QUEUE {
            return Err(format!("{MAX_QUEUE} prompts already wait for {name}"));
        }
        let code = claim_code(self.state.info.secret, id);
        let (prompt, text) = match text {
            Prompting::Text(text) => (None, text.clone()),
            Prompting::Template(template) => (Some(template.clone()), self.render(name, template, &code)?),
        };
        if text.len() > MAX_PROMPT {
            return Err(format!("the prompt has {} bytes; at most {MAX_PROMPT} are sent", text.len()));
        }
        let (text, _) = clean_prompt(&text);
        if text.trim().is_empty() {
            return Err("the prompt is empty".into());
        }
        let asks = prompt.is_some() && text.contains(PHRASE) && text.contains(&code);
        // Where the prompt itself spells a claim out, its echo could not be told from one.
        let words: Vec<&str> = text.split_whitespace().collect();
        let spelt = words.join(" ").contains(&format!("{PHRASE} {code}"));
        let code = (asks && !spelt).then_some(code);
        if asks && self.state.agent(name).is_some_and(|a| a.ready.is_some() || a.claim.is_some()) {
            self.drop_jobs_of(name);
            let why = "asked to wrap up again".to_owned();
            self.record(Record::Withdrawn { agent: name.clone(), why });
        }
        self.record(Record::Queued { dispatch: id, agent: name.clone(), prompt, task, code, text });
        Ok(id)
    }

    /// Renders a template for an agent, as it would be sent now.
    pub(super) fn render(&self, name: &AgentName, template: &str, code: &str) -> Result<String, String> {
        let source = self.state.config.prompts.get(template);
        let source = source
            .ok_or_else(|| super::targets::unknown("prompt", template, self.state.config.prompts.keys()))?;
        let agent = self.state.agent(name).ok_or_else(|| format!("no agent {name}"))?;
        render(template, source, &vars(self.state, agent, code)).map_err(|e| e.to_string())
    }

    /// Brings the first dispatch of an agent as far as it gets.
    pub(super) fn deliver(&mut self, name: &AgentName) {
        // Each round ends one dispatch or returns.
        for _ in 0..=MAX_QUEUE {
            let Some(agent) = self.state.agent(name) else { return };
            let (Some(first), Some(profile)) =
                (agent.queue.front().cloned(), self.state.profile(agent).cloned())
            else {
                return;
            };
            let ended = match first.phase.clone() {
                Phase::Waiting(_) => self.try_paste(name, &first, &profile),
                Phase::Pasted { at, changes } => self.try_enter(name, &first, &profile, (at, changes)),
                Phase::Entered { at, times, changes, works } => {
                    self.verify(name, &first, &profile, (at, times, changes, works))
                }
            };
            let Some((outcome, why)) = ended else { return };
            let ms = millis(self.now - first.at);
            if let (Outcome::Submitted, Phase::Entered { at, .. }) = (outcome, &first.phase) {
                let at = *at;
                if let Some(agent) = self.state.agent_mut(name) {
                    agent.evidence.prompted(at);
                }
            }
            if let Some(agent) = self.state.agent_mut(name).filter(|_| !profile.foreground_idle) {
                // Asked for this dispatch alone: by the next one it may be otherwise.
                agent.evidence.canonical = None;
            }
            self.record(Record::Receipt {
                dispatch: first.id,
                agent: name.clone(),
                outcome,
                why: why.clone(),
                ms,
            });
            if let Some((run, task)) = first.task {
                self.task_receipt(run, &task, outcome, &why);
            }
        }
    }

    fn try_paste(
        &mut self,
        name: &AgentName,
        first: &Dispatch,
        profile: &Profile,
    ) -> Option<(Outcome, String)> {
        let agent = self.state.agent(name)?;
        let obstacle = obstacle(self.state, agent, first, profile, self.now);
        if let Some((hold, why)) = obstacle {
            let free = first.task.is_none();
            match hold {
                Hold::Never => return Some((Outcome::Refused, why)),
                Hold::Asking if free => return Some((Outcome::Busy, why)),
                Hold::Probe => self.probe(name),
                _ if free && self.now - first.at >= PATIENCE => return Some((Outcome::Busy, why)),
                _ => {}
            }
            if let Some(d) = self.state.agent_mut(name)?.queue.front_mut() {
                d.phase = Phase::Waiting(why);
            }
            return None;
        }
        let bytes = crate::screen::keys::paste(&first.text, &agent.pane.screen.modes());
        self.record(Record::Pasting { dispatch: first.id, agent: name.clone() });
        self.answered_limit(name);
        self.out.push(Effect::Write { agent: name.clone(), bytes, why: Writing::Prompt });
        None
    }

    fn try_enter(
        &mut self,
        name: &AgentName,
        first: &Dispatch,
        profile: &Profile,
        (at, before): (Time, u64),
    ) -> Option<(Outcome, String)> {
        let agent = self.state.agent(name)?;
        if asks_back(agent, self.now) {
            // An Enter would choose an answer. A task waits until a person has.
            let why =
                format!("a question came after the paste; dispatch {} may sit in its composer", first.id);
            return first.task.is_none().then_some((Outcome::Stalled, why));
        }
        let settle = Duration::from_millis(profile.submit.settle_ms);
        let shown = agent.pane.screen.changes() > before;
        if self.now < at.plus(if shown { settle } else { settle + SHOW }) {
            return None;
        }
        self.enter(name, 1);
        None
    }

    fn enter(&mut self, name: &AgentName, times: u8) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        let (changes, works) = (agent.pane.screen.changes(), agent.evidence.works);
        if let Some(d) = agent.queue.front_mut() {
            d.phase = Phase::Entered { at: now, times, changes, works };
        }
        self.out.push(Effect::Write { agent: name.clone(), bytes: b"\r".to_vec(), why: Writing::Prompt });
    }

    fn verify(
        &mut self,
        name: &AgentName,
        first: &Dispatch,
        profile: &Profile,
        (at, times, changes, works): (Time, u8, u64, u64),
    ) -> Option<(Outcome, String)> {
        let agent = self.state.agent(name)?;
        let tells =
            // A hook may not be in force, and the screen's rules may miss a short turn.
            profile.rules.iter().any(|r| {
                r.state == AgentState::Working && !matches!(r.source, Source::Hook | Source::Screen)
            });
        let reacted = agent.evidence.works > works
            || asks_back(agent, self.now)
            || (!tells && agent.pane.screen.changes() > changes);
        if reacted {
            let why = if times > 1 { format!("after Enter number {times}") } else { String::new() };
            return Some((Outcome::Submitted, why));
        }
        if self.now < at.plus(Duration::from_millis(profile.submit.verify_ms)) {
            return None;
        }
        if times >= ENTERS {
            let why = format!(
                "no reaction to {times} Enters; look at the pane, dispatch {} may sit in its composer",
                first.id
            );
            return Some((Outcome::Stalled, why));
        }
        self.enter(name, times + 1);
        None
    }
}

/// What to send, before it is text.
pub(super) enum Prompting {
    /// A template by name.
    Template(String),
    /// Text as it is.
    Text(String),
}

/// What kind of obstacle.
enum Hold {
    /// It will not go away.
    Never,
    /// A question is open.
    Asking,
    /// Nobody knows yet how the terminal reads.
    Probe,
    /// Anything that passes.
    Wait,
}

/// Whether an Enter would answer a question rather than submit a prompt.
fn asks_back(agent: &Agent, now: Time) -> bool {
    match agent.activity {
        AgentState::Asking => true,
        AgentState::Limited => !super::limit::over(agent, now),
        _ => false,
    }
}

fn obstacle(
    state: &State,
    agent: &Agent,
    first: &Dispatch,
    profile: &Profile,
    now: Time,
) -> Option<(Hold, String)> {
    let wait = |why: &str| Some((Hold::Wait, why.to_owned()));
    if agent.pane.pid.is_none() {
        return wait("starting");
    }
    match agent.activity {
        AgentState::Asking => return Some((Hold::Asking, format!("asking, held: {}", agent.why.evidence))),
        AgentState::Limited if !super::limit::over(agent, now) => return wait("usage limit"),
        AgentState::Working => return wait("working"),
        AgentState::Starting if !profile.submit.bracketed && agent.pane.last_output.is_none() => {
            return wait("starting");
        }
        _ => {}
    }
    if agent.pane.draft {
        return wait("somebody's draft is in the composer");
    }
    if let Some((run, task)) = &first.task {
        let task = state
            .runs
            .iter()
            .find(|r| r.id == *run)
            .and_then(|r| r.tasks.iter().find(|t| t.bound.id == *task));
        if task.is_some_and(|t| t.since.is_none()) {
            return wait("looking at the branch");
        }
    }
    let screen = &agent.pane.screen;
    if profile.submit.bracketed && !screen.modes().bracketed_paste {
        return wait("not ready for a paste yet");
    }
    if screen.is_blank() {
        return wait("the screen is still blank");
    }
    let quiet = agent.pane.last_output.is_some_and(|t| now - t >= QUIET);
    match state.rules.ready(&profile.name) {
        // Somebody who sees the pane says that it takes a prompt.
        _ if agent.pin.is_some() => {}
        Some(pattern) if !pattern.is_match(&screen.text_rows().join("\n")) => {
            return wait("not at its prompt yet");
        }
        Some(_) => {}
        None if !quiet => return wait("still drawing"),
        None => {}
    }
    if profile.foreground_idle && agent.evidence.foreground.is_none() {
        return wait("asking its terminal");
    }
    let long = first.text.split('\n').any(|l| l.len() > CANONICAL_LINE);
    match agent.evidence.canonical {
        Some(true) if long => {
            let why = format!("the terminal collects lines and would cut one over {CANONICAL_LINE} bytes");
            Some((Hold::Never, why))
        }
        // Who asked for bracketed paste reads keys, not lines.
        None if long && !screen.modes().bracketed_paste => {
            Some((Hold::Probe, "asking its terminal".to_owned()))
        }
        _ => None,
    }
}

fn vars(state: &State, agent: &Agent, code: &str) -> Vars {
    let spec = agent.spec.as_ref();
    let base = agent.base.as_ref().map(|b| b.0.chars().take(12).collect()).unwrap_or_default();
    Vars {
        agent: agent.name.to_string(),
        role: spec.map(|s| s.role.clone()).unwrap_or_default(),
        domain: spec.map(|s| s.domain.clone()).unwrap_or_default(),
        branch: spec.map(|s| s.branch.clone()).unwrap_or_default(),
        base,
        target: state.config.merge.target.clone(),
        session: state.config.session.clone(),
        focus: spec.map(|s| s.focus.clone()).unwrap_or_default(),
        gates: state
            .config
            .gates
            .iter()
            .map(|g| GateVar { name: g.name.clone(), run: g.run.clone() })
            .collect(),
        build: state.config.gates.iter().find(|g| g.ready).map(|g| g.run.clone()).unwrap_or_default(),
        code: code.to_owned(),
        phrase: format!("[AGENT] {} {PHRASE}", agent.name),
        reasons: agent.reasons.clone(),
        ..Vars::default()
    }
}

/// The code of a dispatch: six characters that nobody without the session's secret can foretell.
pub(super) fn claim_code(secret: u64, dispatch: DispatchId) -> String {
    // SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits, so codes of a session differ.
    let mut x = secret ^ dispatch.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 31;
    let digits = b"abcdefghijkmnpqrstuvwxyz23456789";
    (0..6).map(|i| char::from(digits[usize::try_from((x >> (5 * i)) & 31).unwrap_or(0)])).collect()
}
