//! What keeps a prompt from going into a pane, and what a person types meanwhile.

use std::time::Duration;

use super::Step;
use super::event::{Effect, Intake, Writing};
use super::evidence::BY_WORD;
use super::parts::{Dispatch, Phase};
use super::state::{Agent, MAX_HELD, State};
use crate::domain::id::AgentName;
use crate::domain::profile::Profile;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::screen::keys;

/// What an obstacle says at its end that only a person can take away.
pub(super) const LET_GO: &str = "Enter or Ctrl-C there lets it go on";
/// Output-free time after which a screen counts as drawn.
pub(super) const QUIET: Duration = Duration::from_millis(400);
/// How long after the last key a program that printed nothing since may still print it.
const ECHO: Duration = Duration::from_secs(2);
/// How long nobody types before a draft counts as forgotten.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// A terminal in canonical mode keeps this much of a line (with its newline: 4,096) and drops the rest.
const CANONICAL_LINE: usize = 4095;

/// What kind of obstacle.
pub(super) enum Hold {
    /// It will not go away.
    Never,
    /// A question is open.
    Asking,
    /// Nobody knows yet how the terminal reads.
    Probe,
    /// Anything that passes.
    Wait,
}

/// Whether an agent calls for a person and its composer is free: a prompt is what it waits for.
fn asks_in_words(agent: &Agent) -> bool {
    agent.why.rule == BY_WORD && !agent.evidence.shows_question()
}

/// Whether an Enter would answer a question rather than submit a prompt.
pub(super) fn asks_back(agent: &Agent, now: Time) -> bool {
    match agent.activity {
        AgentState::Asking => !asks_in_words(agent),
        AgentState::Limited => !super::limit::over(agent, now),
        _ => false,
    }
}

/// Whether a prompt is between its paste and its receipt: no key may come between.
fn goes_in(agent: &Agent, now: Time) -> bool {
    let under_way =
        matches!(agent.queue.front().map(|d| &d.phase), Some(Phase::Pasted { .. } | Phase::Entered { .. }));
    // Who is asked must be able to answer.
    under_way && !asks_back(agent, now)
}

/// Whether the composer is empty, where the profile says how to see that. The last one on the screen
/// counts: earlier ones are what was said before.
pub(super) fn composer_is_empty(state: &State, agent: &Agent, profile: &Profile) -> Option<bool> {
    let rows = agent.pane.screen.text_rows().join("\n");
    let found = state.rules.composer(&profile.name)?.captures_iter(&rows).last()?;
    Some(found.get(1).is_none_or(|draft| draft.as_str().trim().is_empty()))
}

/// When a draft must be looked at again.
pub(super) fn draft_deadline(agent: &Agent, now: Time) -> Option<Time> {
    let typed = agent.pane.typed_at.filter(|_| agent.pane.draft)?;
    [QUIET, ECHO, FORGOTTEN].into_iter().map(|d| typed.plus(d)).filter(|t| *t > now).min()
}

/// Whether what was typed, or what a stalled prompt left, can be seen to be gone.
pub(super) fn is_deleted(state: &State, agent: &Agent, profile: &Profile, now: Time) -> bool {
    if !agent.pane.draft && agent.pane.leftover.is_none() {
        return false;
    }
    let shown = agent.pane.last_output >= agent.pane.typed_at;
    let drawn = [agent.pane.last_output, agent.pane.typed_at]
        .into_iter()
        .flatten()
        .all(|t| now - t >= if shown { QUIET } else { ECHO });
    drawn && composer_is_empty(state, agent, profile) == Some(true)
}

/// What keeps a dispatch out of its pane now.
pub(super) fn obstacle(
    state: &State,
    agent: &Agent,
    first: &Dispatch,
    profile: &Profile,
    now: Time,
) -> Option<(Hold, String)> {
    let wait = |why: &str| Some((Hold::Wait, why.to_owned()));
    if first.text.is_empty() {
        return Some((
            Hold::Never,
            "its text is not in the record: it held a secret, or its file is lost; send it again".into(),
        ));
    }
    if let Some(begins) = profile.submit.command_in(&first.text) {
        let why = format!(
            "it begins with `{begins}`, which {} takes for a command of its own; begin with a word, or type it \
             with `orchestra keys`",
            profile.title
        );
        return Some((Hold::Never, why));
    }
    if agent.pane.pid.is_none() {
        return wait("starting");
    }
    if agent.pane.past {
        return wait("reading what it printed before");
    }
    let shell =
        || state.config.orchestrator.is_empty() || state.config.conductor().is_some_and(Profile::is_shell);
    let to_shell = agent.spec.is_none() && first.prompt.is_some() && shell();
    if to_shell && agent.evidence.foreground == Some(true) {
        let why = "a shell waits there and would run the prompt as commands; name an agent program as \
                   `orchestrator` in orchestra.toml";
        return Some((Hold::Never, why.to_owned()));
    }
    match agent.activity {
        AgentState::Asking if asks_in_words(agent) => {}
        AgentState::Asking => return Some((Hold::Asking, format!("asking, held: {}", agent.why.evidence))),
        AgentState::Limited if !super::limit::over(agent, now) => return wait("usage limit"),
        AgentState::Working => return wait("working"),
        AgentState::Starting if !profile.submit.bracketed && agent.pane.last_output.is_none() => {
            return wait("starting");
        }
        _ => {}
    }
    if agent.pane.intake != Intake::Taken {
        return wait("its program has not read what was written to it before");
    }
    if let Some(stalled) = agent.pane.leftover {
        return Some((
            Hold::Wait,
            format!("dispatch {stalled} stalled and may still sit in the composer; {LET_GO}"),
        ));
    }
    if agent.pane.draft {
        let forgotten = agent.pane.typed_at.is_some_and(|t| now - t >= FORGOTTEN);
        let draft = "somebody's draft is in the composer";
        return wait(&if forgotten { format!("{draft}; {LET_GO}") } else { draft.to_owned() });
    }
    if agent.evidence.screen_due.is_some() {
        // A question may stand there that no rule has seen yet.
        return wait("reading its screen");
    }
    if let Some((run, task)) = &first.task {
        let task = state
            .runs
            .iter()
            .find(|r| r.id == *run)
            .and_then(|r| r.tasks.iter().find(|t| t.bound.id == *task));
        if state.config.worktrees && task.is_some_and(|t| t.since.is_none()) {
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
    let long = first.longest > CANONICAL_LINE;
    match agent.evidence.canonical {
        Some(true) if long => {
            let why = format!(
                "a line of it has {} bytes, and the terminal collects lines and would cut one over {CANONICAL_LINE}",
                first.longest
            );
            Some((Hold::Never, why))
        }
        // Who asked for bracketed paste reads keys, not lines.
        None if long && !screen.modes().bracketed_paste => {
            Some((Hold::Probe, "asking its terminal".to_owned()))
        }
        _ => None,
    }
}

impl Step<'_> {
    /// A person types. While a prompt goes in, it is kept back until the receipt.
    pub(super) fn typed(&mut self, name: &AgentName, bytes: Vec<u8>, submits: bool) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        // Arrows, mouse and focus reports leave nothing in a composer.
        let report = keys::leaves_nothing(&bytes);
        let draft = (submits || !report).then_some(!submits);
        if !goes_in(agent, now) {
            return self.type_now(name, bytes, draft);
        }
        let held = &mut agent.pane.held;
        if held.bytes.len() + bytes.len() <= MAX_HELD {
            held.bytes.extend_from_slice(&bytes);
            held.draft = draft.or(held.draft);
        } else {
            held.lost += bytes.len();
        }
        if draft.is_some() {
            agent.pane.typed_at = Some(now);
        }
    }

    /// Hands on what a person typed while a prompt went in.
    pub(super) fn release_keys(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.pane.held == super::parts::Held::default() || goes_in(agent, self.now) {
            return;
        }
        let held = std::mem::take(&mut agent.pane.held);
        if held.lost > 0 {
            let text = format!(
                "{name}: {} bytes typed while a prompt went in were refused; {MAX_HELD} are kept",
                held.lost
            );
            self.record(Record::Note { text });
        }
        if !held.bytes.is_empty() {
            self.type_now(name, held.bytes, held.draft);
        }
    }

    fn type_now(&mut self, name: &AgentName, bytes: Vec<u8>, draft: Option<bool>) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        let report = [&b"\x1b[<"[..], b"\x1b[M", b"\x1b[I", b"\x1b[O"].iter().any(|r| bytes.starts_with(r));
        if !report {
            // An arrow or Escape leaves no draft, but may answer a question.
            agent.evidence.touched = Some(now);
        }
        if let Some(draft) = draft {
            agent.pane.draft = draft;
            agent.pane.typed_at = Some(now);
            if !draft {
                agent.pane.leftover = None;
            }
        }
        self.out.push(Effect::Write { agent: name.clone(), bytes, why: Writing::Keys });
        if draft == Some(false) {
            self.answered_limit(name);
        }
    }

    /// What became of the bytes written to a pane.
    pub(super) fn intake(&mut self, name: &AgentName, how: Intake) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.pane.intake = how;
        if how == Intake::Taken
            && let Some(Phase::Pasted { at, .. }) = agent.queue.front_mut().map(|d| &mut d.phase)
        {
            // The settle time counts from when the program has all of it.
            *at = now;
        }
    }
}
