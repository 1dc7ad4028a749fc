//! Commands: what each does, and who may.

use std::time::Duration;

use super::Step;
use super::dispatch::{Prompting, sendable};
use super::event::{Effect, ReplyTo};
use super::parts::JobKind;
use super::targets::{resolve, unknown};
use crate::domain::command::{Caller, Command, Target, Via, What};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::view::{Answer, Fault, Receipt};

/// Most bytes typed by one command.
const MAX_TYPED: usize = 64 * 1024;
/// Longest line shown to everybody.
const MAX_NARRATION: usize = 400;
/// Longest wait: a week.
const MAX_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

impl Step<'_> {
    /// Answers a caller, if anybody waits for the answer.
    pub(super) fn reply(&mut self, to: Option<ReplyTo>, answer: Answer) {
        if let Some(to) = to {
            self.out.push(Effect::Answer { to, answer: Box::new(answer) });
        }
    }

    /// Carries out a command.
    pub(super) fn command(&mut self, caller: &Caller, reply: Option<ReplyTo>, command: Command) {
        if let Some(why) = forbidden(caller, &command) {
            self.record(Record::Note { text: why.clone() });
            return self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
        }
        let answer = match command {
            Command::Status => return self.status_when_fresh(reply),
            Command::Wait { targets, until, timeout_ms } => match resolve(self.state, &targets) {
                Ok(agents) => {
                    let limit = Duration::from_millis(timeout_ms).min(MAX_WAIT);
                    return self.wait(reply, agents, until, limit);
                }
                Err(why) => Err(why),
            },
            Command::Review { agents } => match self.members(&agents) {
                Ok(agents) => {
                    let job = self.job(JobKind::Show(reply));
                    return self.out.push(Effect::Review { job, agents });
                }
                Err(why) => Err(why),
            },
            Command::MergePlan => return self.show_plan(reply),
            Command::Merge => return self.start_train(reply),
            Command::Down => {
                self.state.down_replies.extend(reply);
                return self.down();
            }
            Command::Read { agent, lines } => self.pane_text(&agent, lines),
            Command::Explain { agent } => self.explain(&agent),
            Command::Send { targets, what } => self.send(&targets, what),
            Command::Run { plan, order, targets, prompt } => {
                let started = self.start_run(&plan, order, &targets, prompt);
                started.map(|id| match self.state.runs.iter().find(|r| r.id == id) {
                    Some(run) => Answer::Run(self.run_view(run)),
                    None => Answer::Done { text: String::new() },
                })
            }
            Command::DryRun { plan, order, targets, prompt } => {
                super::run::bind(self.state, &plan, &targets, prompt.as_deref())
                    .and_then(|tasks| self.dry_run(&plan, order, tasks))
            }
            other => self.small(caller, other).map(|text| Answer::Done { text }),
        };
        let answer = answer.unwrap_or_else(|why| Answer::Fault { fault: Fault::Usage, why });
        self.reply(reply, answer);
    }

    /// Commands whose answer is one line.
    fn small(&mut self, caller: &Caller, command: Command) -> Result<String, String> {
        match command {
            Command::Ready { note } => match caller {
                Caller::Pane(name) if self.state.agent(name).is_some_and(|a| a.spec.is_some()) => {
                    self.claim(name, Via::Command, &note);
                    let phrase = &self.state.config.conduct.phrase;
                    Ok(format!("{name} claims {phrase}; git and the gates decide now"))
                }
                _ => Err(
                    "`ready` is for an agent in its own pane; `orchestra ready --for AGENT` takes one at \
                         its word, `orchestra status` shows who is ready"
                        .into(),
                ),
            },
            Command::Accept { agent, note } => {
                self.member(&agent)?;
                self.claim(&agent, Via::Lead, &note);
                Ok(format!("{agent} is taken at its word; git and the gates decide now"))
            }
            Command::Hook { event } => match caller {
                Caller::Pane(name) => {
                    self.hooked(name, &event);
                    Ok(String::new())
                }
                Caller::Outside => Err("`hook` is for an agent program in its own pane".into()),
            },
            Command::Pin { agent, state } => self.pin(&agent, state),
            Command::Type { agent, bytes } => {
                if bytes.len() > MAX_TYPED {
                    return Err(format!("{} bytes at once; at most {MAX_TYPED}", bytes.len()));
                }
                self.running_agent(&agent)?;
                // What follows an Enter is a draft again.
                let submits = matches!(bytes.last(), Some(b'\r' | 0x03));
                if !bytes.is_empty() {
                    self.typed(&agent, bytes, submits);
                }
                Ok(format!("typed into {agent}"))
            }
            Command::AddTask { task } => self.add_task(task),
            Command::DropTask { task } => self.change_task(&task, TaskState::Skipped),
            Command::RepeatTask { task } => self.change_task(&task, TaskState::Queued),
            Command::Skip { agent } => {
                self.member(&agent)?;
                self.record(Record::LeftOut { agent: agent.clone() });
                Ok(format!("{agent} is left out of the plan and the merge"))
            }
            Command::TakeBack { agent } => {
                self.member(&agent)?;
                self.take_agent_back(&agent)
            }
            Command::SendReasons { agent } => {
                self.member(&agent)?;
                if self.state.agent(&agent).is_none_or(|a| a.reasons.is_empty()) {
                    return Err(format!("nothing was refused of {agent}"));
                }
                let id = self.enqueue(&agent, &Prompting::Template("refused".into()), None)?;
                Ok(format!("the reasons are on their way to {agent} (dispatch {id})"))
            }
            Command::Stop { agent } => {
                self.running_agent(&agent)?;
                self.stop(&agent);
                Ok(format!("stopping {agent}"))
            }
            Command::Restart { agent } => {
                self.known(std::slice::from_ref(&agent))?;
                if self.state.closing || self.state.agent(&agent).is_some_and(|a| a.runs_or_starts()) {
                    return Err(format!("{agent} still runs; stop it first"));
                }
                self.spawn(&agent);
                Ok(format!("starting {agent}"))
            }
            Command::Narrate { text } => {
                let text = crate::domain::signal::printable(&text);
                self.state.narration = text.chars().take(MAX_NARRATION).collect();
                Ok(String::new())
            }
            _ => Err("not a command of this kind".into()),
        }
    }

    /// Takes an agent back that was left out, with those of its tasks that were skipped for it.
    fn take_agent_back(&mut self, name: &AgentName) -> Result<String, String> {
        if self.state.agent(name).is_none_or(|a| !a.left_out) {
            return Err(format!("{name} was not left out"));
        }
        self.record(Record::TakenBack { agent: name.clone() });
        let run = self.state.running();
        let skipped = run.into_iter().flat_map(|r| &r.tasks).filter(|t| {
            t.bound.agent == *name && t.state == TaskState::Skipped && t.why == super::run::LEFT_OUT
        });
        let ids: Vec<String> = skipped.map(|t| t.bound.id.clone()).collect();
        for id in ids {
            self.change_task(&id, TaskState::Queued)?;
        }
        Ok(format!("{name} is taken back into the plan and the merge"))
    }

    fn send(&mut self, targets: &[Target], what: What) -> Result<Answer, String> {
        let agents = resolve(self.state, targets)?;
        let prompting = match what {
            What::Prompt(name) => {
                if !self.state.config.prompts.contains_key(&name) {
                    return Err(unknown("prompt", &name, self.state.config.prompts.keys()));
                }
                Prompting::Template(name)
            }
            What::Text(text) => match sendable(&text) {
                Ok((text, removed)) => Prompting::Text(text, removed),
                Err(why) => return Ok(refused_all(agents, &why)),
            },
            What::Parts { .. } => return Err("send: no text came before the command".into()),
        };
        if let Prompting::Template(template) = &prompting {
            // Nothing is sent to anybody unless it renders for everybody.
            for name in &agents {
                self.render(name, template, "")?;
            }
        }
        let receipts = agents.into_iter().map(|agent| match self.enqueue(&agent, &prompting, None) {
            Ok(dispatch) => {
                let removed = if let Prompting::Text(_, removed) = prompting { removed } else { 0 };
                Receipt { dispatch, agent, outcome: None, why: "queued".into(), removed, ms: 0 }
            }
            Err(why) => refused(agent, why),
        });
        Ok(Answer::Receipts { receipts: receipts.collect() })
    }

    fn down(&mut self) {
        self.state.closing = true;
        let running = self.state.agents.iter().filter(|a| a.pane.pid.is_some());
        let names: Vec<AgentName> = running.map(|a| a.name.clone()).collect();
        for name in names {
            self.stop(&name);
        }
    }

    /// The agents named, all for none.
    fn known(&self, agents: &[AgentName]) -> Result<Vec<AgentName>, String> {
        let targets: Vec<Target> = agents.iter().map(|a| Target(a.to_string())).collect();
        resolve(self.state, &targets)
    }

    /// As [`Self::known`], and each has a branch.
    fn members(&self, agents: &[AgentName]) -> Result<Vec<AgentName>, String> {
        agents.iter().try_for_each(|name| self.member(name))?;
        self.known(agents)
    }

    fn member(&self, name: &AgentName) -> Result<(), String> {
        self.known(std::slice::from_ref(name))?;
        match self.state.agent(name) {
            Some(a) if a.spec.is_some() => Ok(()),
            _ => Err(format!("{name} is not an agent of the team")),
        }
    }

    fn pin(&mut self, name: &AgentName, state: Option<AgentState>) -> Result<String, String> {
        self.running_agent(name)?;
        if let Some(state) = state.filter(|s| !AgentState::PINNABLE.contains(s)) {
            let words = AgentState::PINNABLE.map(AgentState::word).join(", ");
            return Err(format!("pin {name} to `{state}`: only {words} can be laid down"));
        }
        if state.is_none() && self.state.agent(name).is_some_and(|a| a.pin.is_none()) {
            return Err(format!("nothing is pinned of {name}"));
        }
        self.record(Record::Pinned { agent: name.clone(), state });
        Ok(match state {
            Some(state) => format!("{name} counts as {state} until the pin is taken off or its program ends"),
            None => format!("{name} is what its signals say again"),
        })
    }

    fn running_agent(&self, name: &AgentName) -> Result<(), String> {
        self.known(std::slice::from_ref(name))?;
        match self.state.agent(name) {
            Some(a) if a.pane.pid.is_some() => Ok(()),
            _ => Err(format!("{name} is not running")),
        }
    }
}

fn refused(agent: AgentName, why: String) -> Receipt {
    Receipt { dispatch: 0, agent, outcome: Some(Outcome::Refused), why, removed: 0, ms: 0 }
}

fn refused_all(agents: Vec<AgentName>, why: &str) -> Answer {
    Answer::Receipts { receipts: agents.into_iter().map(|agent| refused(agent, why.to_owned())).collect() }
}

/// Why a caller may not do that; an agent's pane may look, wait and speak for itself.
fn forbidden(caller: &Caller, command: &Command) -> Option<String> {
    let Caller::Pane(name) = caller else { return None };
    let looks = matches!(
        command,
        Command::Status
            | Command::Read { .. }
            | Command::Explain { .. }
            | Command::Wait { .. }
            | Command::Review { .. }
            | Command::MergePlan
            | Command::DryRun { .. }
            | Command::Ready { .. }
            | Command::Hook { .. }
    );
    if looks || name.as_str() == crate::domain::id::ORCHESTRATOR {
        return None;
    }
    Some(format!(
        "{name} may not do that from its pane: agents look, wait and claim; a person or the orchestrator does the rest"
    ))
}
