//! Programs: how they are started again, what they ask first, how they end, and profiles that change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;

use super::Step;
use super::dispatch::{Prompting, sendable};
use super::draft::Purpose;
use super::event::{Effect, ReplyTo, Reread, Writing};
use super::letter::Letter;
use super::panes::millis;
use super::rules::Rules;
use crate::domain::command::{Begin, What};
use crate::domain::id::AgentName;
use crate::domain::key::Key;
use crate::domain::profile::{Dialog, DialogKind, Dialogs, Launch, Profile};
use crate::domain::record::{Acted, Did, Record};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::team::Config;
use crate::domain::view::Answer;
use crate::screen::{Modes, keys};

/// The dialogs of all profiles, compiled once. A pattern that does not compile never matches; the
/// configuration leaves it out before it comes here.
#[derive(Clone, Debug)]
pub(super) struct Known(BTreeMap<String, Vec<(Dialog, Regex)>>);

impl Known {
    pub(super) fn new(profiles: &BTreeMap<String, Profile>) -> Self {
        let compile = |p: &Profile| {
            p.dialog.iter().filter_map(|d| Some((d.clone(), Regex::new(&d.pattern).ok()?))).collect()
        };
        Self(profiles.iter().map(|(n, p)| (n.clone(), compile(p))).collect())
    }

    fn shown(&self, profile: &str, screen: &str) -> Option<&Dialog> {
        self.0.get(profile)?.iter().find(|(_, pattern)| pattern.is_match(screen)).map(|(dialog, _)| dialog)
    }
}

impl Step<'_> {
    /// Starts an agent's program again, perhaps where it ended, perhaps with a prompt: as an argument
    /// where its profile has that, else pasted once it is ready. A template is made first, as git has to be
    /// asked; nothing is started for one that does not render.
    pub(super) fn restart(
        &mut self,
        reply: Option<ReplyTo>,
        name: &AgentName,
        begin: Begin,
        what: Option<What>,
    ) -> Result<(), String> {
        self.may_begin(name, begin)?;
        let prompting = match what {
            Some(What::Prompt(word)) => {
                let letter = Letter::chosen(self.state, name.clone(), &word, "")?;
                self.draft(Purpose::Restart(reply, begin), vec![letter]);
                return Ok(());
            }
            Some(What::Text(text)) => {
                let (text, removed) = sendable(&text)?;
                Some(Prompting::Text(text, removed))
            }
            Some(What::Parts { .. } | What::Fill(_) | What::Again) => {
                return Err("start the program: it is started with a prompt's name or text".into());
            }
            None => None,
        };
        let text = self.begin(name, begin, prompting.as_ref())?;
        self.reply(reply, Answer::Done { text });
        Ok(())
    }

    pub(super) fn may_begin(&self, name: &AgentName, begin: Begin) -> Result<(), String> {
        let agent = self.state.agent(name).ok_or_else(|| format!("no agent {name}"))?;
        if self.state.closing || agent.runs_or_starts() {
            return Err(format!("start {name}: it still runs; stop it first"));
        }
        let resumes = self.state.profile(agent).is_some_and(|p| !p.resume.is_empty());
        if begin == Begin::Last && !resumes {
            return Err(format!(
                "resume {name}: its program cannot go on with an earlier run; restart it afresh"
            ));
        }
        Ok(())
    }

    /// Starts a program that may begin, with what was made for it.
    pub(super) fn begin(
        &mut self,
        name: &AgentName,
        begin: Begin,
        prompting: Option<&Prompting>,
    ) -> Result<String, String> {
        self.may_begin(name, begin)?;
        let profile = self.state.agent(name).and_then(|a| self.state.profile(a)).cloned();
        if let Some(agent) = self.state.agent_mut(name) {
            agent.life.launch = Launch { resumed: begin == Begin::Last, prompt: None };
            agent.life.argued = None;
        }
        self.spawn(name);
        let Some(prompting) = prompting else { return Ok(format!("starting {name}")) };
        let id = self.enqueue(name, prompting, None)?;
        let text = self.state.agent(name).and_then(|a| a.queue.front()).filter(|d| d.id == id);
        let text = text.map(|d| d.text.to_string());
        let text = text.filter(|t| profile.is_some_and(|p| p.takes_argument(t)));
        if let (Some(text), Some(agent)) = (text, self.state.agent_mut(name)) {
            agent.life.launch.prompt = Some(text.to_string());
            agent.life.argued = Some(id);
        }
        Ok(format!("starting {name} with dispatch {id}"))
    }

    /// A program runs: the prompt it was started with has arrived.
    pub(super) fn argument_given(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        let Some(dispatch) = agent.life.argued.take() else { return };
        let Some(at) = agent.queue.iter().find(|d| d.id == dispatch).map(|d| d.at) else { return };
        let ms = millis(self.now - at);
        let why = "given to the program as an argument".to_owned();
        let outcome = Outcome::Submitted;
        self.record(Record::Receipt { dispatch, agent: name.clone(), outcome, why, ms });
    }

    /// Acts on a dialog that a starting program shows, as its profile says.
    pub(super) fn look_for_dialog(&mut self, name: &AgentName, screen: &str) {
        let Some(agent) = self.state.agent(name) else { return };
        // Only an agent has a worktree of ours; the orchestrator is at work in the user's own.
        let starting = agent.pane.pid.is_some() && !agent.life.settled && !agent.pane.stopping;
        if !starting || agent.spec.is_none() {
            return;
        }
        let Some(profile) = self.state.profile(agent) else { return };
        let policy = profile.dialogs;
        let Some(dialog) = self.state.known.shown(&profile.name, screen) else { return };
        if policy == Dialogs::Ask || agent.life.dialogs.contains(&dialog.name) {
            return;
        }
        let (agent, dialog, modes) = (name.clone(), dialog.clone(), agent.pane.screen.modes());
        let accepts = dialog.kind == DialogKind::Trust && !dialog.accept.is_empty();
        if policy == Dialogs::Stop {
            let why = format!("stopped at its dialog {} ({})", dialog.name, dialog.kind.word());
            self.record(Record::Dialog(Acted { agent, dialog: dialog.name, did: Did::Stopped }));
            self.stop(name);
            if let Some(agent) = self.state.agent_mut(name) {
                agent.life.stop_why = why;
            }
        } else if accepts {
            self.record(Record::Dialog(Acted {
                agent: agent.clone(),
                dialog: dialog.name,
                did: Did::Accepted,
            }));
            let bytes = typed(&dialog.accept, &modes);
            self.out.push(Effect::Write { agent, bytes, why: Writing::Keys });
        }
    }

    /// Stops an agent's program on request: by its own keys where it has some, else at once. Asked for
    /// a second time, at once.
    pub(super) fn stop(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let stop = self.state.profile(agent).map(|p| p.stop.clone());
        let again = agent.pane.stopping;
        // Who has shown nothing yet reads no keys.
        let reads = agent.pane.last_output.is_some_and(|t| agent.pane.up_at.is_some_and(|up| t >= up));
        let stop = stop.filter(|s| !again && reads && !s.keys.is_empty());
        let bytes = stop.as_ref().map(|s| typed(&s.keys, &agent.pane.screen.modes()));
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.pane.stopping = true;
        agent.life.quit_due = stop.map(|s| now.plus(Duration::from_millis(s.grace_ms)));
        let agent = name.clone();
        self.out.push(match bytes {
            Some(bytes) => Effect::Write { agent, bytes, why: Writing::Keys },
            None => Effect::Stop { agent },
        });
    }

    /// Ends a program that was asked to quit and has not in its time.
    pub(super) fn press_on(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.life.quit_due.is_some_and(|t| t <= now) {
            agent.life.quit_due = None;
            self.out.push(Effect::Stop { agent: name.clone() });
        }
    }

    /// Takes over profiles that were read again. Agents go on; those in use stay, whatever is gone.
    pub(super) fn profiles(&mut self, read: Result<Reread, String>) {
        let said = match read {
            Err(why) => vec![format!("the profiles stay as they were: {why}")],
            Ok(Reread { profiles, left_out }) => {
                self.swap_profiles(profiles);
                left_out.iter().map(|wrong| format!("left out of a profile: {wrong}")).collect()
            }
        };
        for text in said.iter().filter(|t| !self.state.said.contains(t)).cloned().collect::<Vec<_>>() {
            self.record(Record::Note { text });
        }
        self.state.said = said;
    }

    fn swap_profiles(&mut self, mut new: BTreeMap<String, Profile>) {
        let old = &self.state.config.profiles;
        let team = self.state.config.team.iter().map(|spec| &spec.profile);
        for name in team.chain(self.state.config.conductor().map(|p| &p.name)) {
            if let (false, Some(profile)) = (new.contains_key(name), old.get(name)) {
                new.insert(name.clone(), profile.clone());
            }
        }
        let mut changed: Vec<String> =
            new.iter().filter(|(n, p)| old.get(*n) != Some(p)).map(|(n, _)| n.clone()).collect();
        changed.extend(old.keys().filter(|n| !new.contains_key(*n)).cloned());
        if changed.is_empty() {
            return;
        }
        self.state.rules = Rules::new(&new);
        self.state.known = Known::new(&new);
        self.state.config = Arc::new(Config { profiles: new, ..(*self.state.config).clone() });
        self.record(Record::ProfilesChanged { profiles: changed });
        for name in self.names() {
            self.look_anew(&name);
        }
    }
}

/// Whether a state shows that a program is past its start.
pub(super) fn settles(state: AgentState) -> bool {
    matches!(state, AgentState::Working | AgentState::Idle)
}

/// The bytes of keys by name, and of texts.
fn typed(names: &[String], modes: &Modes) -> Vec<u8> {
    let bytes = |name: &String| match Key::named(name) {
        Some(key) => keys::encode(&key.into(), modes),
        None => name.clone().into_bytes(),
    };
    names.iter().flat_map(bytes).collect()
}
