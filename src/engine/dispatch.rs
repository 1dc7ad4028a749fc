//! A prompt as a transaction: wait until the pane can take it, paste, let it settle, Enter alone,
//! verify, at most two more Enters, receipt.

use std::sync::Arc;
use std::time::Duration;

use super::Step;
use super::event::{Effect, Intake, Writing};
use super::letter::Model;
use super::obstacle::{Hold, QUIET, asks_back, composer_is_empty, draft_deadline, is_deleted, obstacle};
use super::panes::millis;
use super::parts::{Dispatch, Ear, Phase, Undelivered};
use super::state::{Agent, MAX_QUEUE, MAX_QUEUED, State};
use crate::domain::claim::{Words, spelt_out};
use crate::domain::command::Terms;
use crate::domain::id::{AgentName, DispatchId, RunId};
use crate::domain::profile::{Profile, Source};
use crate::domain::prompt::Vars;
use crate::domain::record::{Brings, Record};
use crate::domain::signal::{MAX_PROMPT, clean_prompt};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::time::Time;

/// How long a paste may take to show beyond the settle time.
const SHOW: Duration = Duration::from_secs(1);
/// How long a prompt that belongs to no plan waits for a busy pane, where its terms do not say.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a paste may take to reach a program that reads it bit by bit.
const PASTING: Duration = Duration::from_secs(120);
/// Enters in all.
const ENTERS: u8 = 3;

/// When the delivery of this agent's first dispatch must be looked at again.
pub(super) fn deadline(state: &State, agent: &Agent) -> Option<Time> {
    let first = agent.queue.front()?;
    let profile = state.profile(agent)?;
    let settle = Duration::from_millis(profile.submit.settle_ms);
    // Those behind the first wait no longer than it would.
    let behind = agent.queue.iter().skip(1).filter(|d| d.task.is_none()).map(|d| d.at.plus(d.patience)).min();
    let own = match &first.phase {
        Phase::Pasted { .. } if asks_back(agent, state.now) => None,
        Phase::Pasted { at, .. } if agent.pane.intake == Intake::Flowing => Some(at.plus(PASTING)),
        Phase::Pasted { at, changes } => {
            let shown = agent.pane.screen.changes() > *changes;
            let wait = if shown || state.now < at.plus(settle) { settle } else { settle + SHOW };
            Some(at.plus(wait))
        }
        Phase::Entered { at, .. } => Some(at.plus(Duration::from_millis(profile.submit.verify_ms))),
        Phase::Waiting(_) => {
            let quiet = agent.pane.last_output.map(|t| t.plus(QUIET)).filter(|t| *t > state.now);
            let patience = first.task.is_none().then(|| first.at.plus(first.patience));
            // Past it only what the terminal answers is waited for.
            let patience = patience.filter(|t| *t > state.now);
            let draft = draft_deadline(agent, state.now);
            [quiet, patience, draft].into_iter().flatten().min()
        }
    };
    [own, behind].into_iter().flatten().min()
}

/// How long a prompt sent on these terms waits for a busy pane.
pub(super) fn patience(terms: &Terms) -> Duration {
    terms.patience.map_or(PATIENCE, |s| Duration::from_secs(s.into()))
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
        self.enqueue_on(name, text, task, Terms::default())
    }

    /// As [`Self::enqueue`], on terms.
    ///
    /// # Errors
    /// As there.
    pub(super) fn enqueue_on(
        &mut self,
        name: &AgentName,
        text: &Prompting,
        task: Option<(RunId, String)>,
        terms: Terms,
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
        let brings = match text {
            Prompting::Template(made) => made.brings,
            Prompting::Again(last) => last.brings,
            Prompting::Text(..) => None,
        };
        let (prompt, (text, removed), code) = match text {
            Prompting::Text(text, removed) => (None, (text.clone(), *removed), code),
            Prompting::Template(made) => {
                (Some(made.model.name().to_owned()), sendable(&self.render(made, &code)?)?, code)
            }
            Prompting::Again(last) => {
                (last.prompt.clone(), (last.text.clone(), 0), last.code.clone().unwrap_or(code))
            }
        };
        let waiting: usize = agent.queue.iter().map(|d| d.text.len()).sum();
        if waiting + text.len() > MAX_QUEUED {
            let size = text.len();
            return Err(format!(
                "{waiting} bytes of prompts wait for {name}, and this one has {size}; {MAX_QUEUED} may wait"
            ));
        }
        let phrase = self.state.config.conduct.phrase.as_str();
        let asks = self.has_branches() && prompt.is_some() && text.contains(phrase) && text.contains(&code);
        // Where the prompt itself spells a claim out, its echo could not be told from one.
        let spelt = spelt_out(&text, &Words { agent: name.as_str(), phrase, code: &code });
        let code = (asks && !spelt).then_some(code);
        if asks && self.state.agent(name).is_some_and(|a| a.ready.is_some() || a.claim.is_some()) {
            self.drop_jobs_of(name);
            let why = "asked to wrap up again".to_owned();
            self.record(Record::Withdrawn { agent: name.clone(), why, asked: true });
        }
        self.record(Record::Queued {
            dispatch: id,
            agent: name.clone(),
            prompt,
            task,
            code,
            text,
            removed,
            terms,
            brings,
        });
        Ok(id)
    }

    /// Brings the first dispatch of an agent as far as it gets.
    pub(super) fn deliver(&mut self, name: &AgentName) {
        self.release_keys(name);
        self.give_up_waiting(name);
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
            let why = with_removed(why, outcome, first.removed);
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
            self.release_keys(name);
        }
    }

    /// Ends what belongs to no plan and has waited long enough behind others.
    fn give_up_waiting(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let Some(before) = agent.queue.front().map(|d| d.id) else { return };
        let late = |d: &&Dispatch| d.task.is_none() && self.now - d.at >= d.patience;
        let late: Vec<_> = agent.queue.iter().skip(1).filter(late).map(|d| (d.id, d.at)).collect();
        for (dispatch, at) in late {
            let (agent, outcome, ms) = (name.clone(), Outcome::Busy, millis(self.now - at));
            let why = format!("dispatch {before} went first and is still under way");
            self.record(Record::Receipt { dispatch, agent, outcome, why, ms });
        }
    }

    fn try_paste(
        &mut self,
        name: &AgentName,
        first: &Dispatch,
        profile: &Profile,
    ) -> Option<(Outcome, String)> {
        let now = self.now;
        let agent = self.state.agent(name)?;
        if is_deleted(self.state, agent, profile, now) {
            let agent = self.state.agent_mut(name)?;
            (agent.pane.draft, agent.pane.leftover) = (false, None);
        }
        let agent = self.state.agent(name)?;
        let obstacle = obstacle(self.state, agent, first, profile, self.now);
        if let Some((hold, why)) = obstacle {
            let free = first.task.is_none();
            match hold {
                Hold::Never => return Some((Outcome::Refused, why)),
                Hold::Asking if free => return Some((Outcome::Busy, why)),
                Hold::Probe => self.probe(name),
                _ if free && self.now - first.at >= first.patience => return Some((Outcome::Busy, why)),
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
        if let Some(agent) = self.state.agent_mut(name) {
            agent.pane.intake = Intake::Flowing;
        }
        self.listen(name, Ear::Closed);
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
            let why = format!("a question came after the paste; answer it; {}", may_sit(first.id));
            return first.task.is_none().then_some((Outcome::Stalled, why));
        }
        let may_sit = may_sit(first.id);
        match agent.pane.intake {
            Intake::Taken => {}
            Intake::Flowing if self.now < at.plus(PASTING) => return None,
            Intake::Flowing => {
                let s = PASTING.as_secs();
                return Some((
                    Outcome::Stalled,
                    format!("its program did not read all of it within {s} s; {may_sit}"),
                ));
            }
            Intake::Stuck { waiting } => {
                let why = format!("its program reads nothing, {waiting} bytes wait; {may_sit}");
                return Some((Outcome::Stalled, why));
            }
            Intake::Refused => {
                let why = "nothing of it was written: its input queue is full or its holder is gone; \
                           look at the pane, then send it again";
                return Some((Outcome::Refused, why.into()));
            }
        }
        let settle = Duration::from_millis(profile.submit.settle_ms);
        let shown = agent.pane.screen.changes() > before;
        if self.now < at.plus(if shown { settle } else { settle + SHOW }) {
            return None;
        }
        self.enter(name, 1);
        None
    }

    pub(super) fn enter(&mut self, name: &AgentName, times: u8) {
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
        let changed = agent.pane.screen.changes() > changes;
        // A prompt that is still seen in the composer was not taken, whatever else moved; one that is gone was.
        let gone = if changed { composer_is_empty(self.state, agent, profile) } else { None };
        let moved = if tells { gone == Some(true) } else { changed && gone != Some(false) };
        let reacted = agent.evidence.works > works || asks_back(agent, self.now) || moved;
        if reacted {
            let why = if times > 1 { format!("after Enter number {times}") } else { String::new() };
            return Some((Outcome::Submitted, why));
        }
        if self.now < at.plus(Duration::from_millis(profile.submit.verify_ms)) {
            return None;
        }
        if times >= ENTERS {
            let why = format!("no reaction to {times} Enters; {}", may_sit(first.id));
            return Some((Outcome::Stalled, why));
        }
        self.enter(name, times + 1);
        None
    }
}

/// What to send, before it is text.
pub(super) enum Prompting {
    /// A template; its text is made with the dispatch's code.
    Template(Template),
    /// Text as [`sendable`] gives it, with the number of control characters taken out.
    Text(Arc<str>, u64),
    /// What was made before and did not arrive.
    Again(Undelivered),
}

/// A template and what it speaks of.
pub(super) struct Template {
    /// The template.
    pub model: Model,
    /// Everything but the code.
    pub vars: Box<Vars>,
    /// What of a query it brings.
    pub brings: Option<Brings>,
}

/// A text without what a paste must not contain, and how many characters that were.
///
/// # Errors
/// When nothing is left of it or it is too long: the reason for the receipt.
pub(super) fn sendable(text: &str) -> Result<(Arc<str>, u64), String> {
    if text.len() > MAX_PROMPT {
        return Err(format!(
            "the prompt has {} bytes; at most {MAX_PROMPT} are sent: put it into a file of the repository and name that",
            text.len()
        ));
    }
    let (text, removed) = clean_prompt(text);
    if text.trim().is_empty() {
        return Err("the prompt is empty".into());
    }
    Ok((text.into(), u64::try_from(removed).unwrap_or(u64::MAX)))
}

/// What a person can do about a prompt that was pasted and perhaps not submitted.
fn may_sit(dispatch: DispatchId) -> String {
    format!(
        "look at the pane: dispatch {dispatch} may sit in its composer, where Enter submits it and Ctrl-C clears it"
    )
}

/// The reason of a receipt, with what was taken out of the text that went in.
fn with_removed(why: String, outcome: Outcome, removed: u64) -> String {
    let said = match removed {
        0 => return why,
        1 => "1 control character was removed".to_owned(),
        n => format!("{n} control characters were removed"),
    };
    match outcome {
        Outcome::Submitted | Outcome::Stalled if why.is_empty() => said,
        Outcome::Submitted | Outcome::Stalled => format!("{why}; {said}"),
        Outcome::Refused | Outcome::Busy => why,
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
