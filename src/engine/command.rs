//! Commands: what each does, and who may.

use std::time::Duration;

use super::Step;
use super::calls::deed;
use super::draft::Purpose;
use super::event::{Effect, ReplyTo};
use super::letter::{Letter, group};
use super::targets::resolve;
use crate::domain::command::{Caller, Command, Target, Until, Via};
use crate::domain::id::AgentName;
use crate::domain::plan::Bound;
use crate::domain::record::Record;
use crate::domain::rights::{Say, Standing, Tool};
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::{Answer, Fault};

/// Most bytes typed by one command.
const MAX_TYPED: usize = 64 * 1024;
/// Longest line shown to everybody.
const MAX_NARRATION: usize = 400;
/// Longest wait: a week.
const MAX_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

impl Step<'_> {
    /// Answers a caller, if anybody waits for the answer.
    pub(super) fn reply(&mut self, to: Option<ReplyTo>, answer: Answer) {
        let Some(to) = to else { return };
        if self.own_answer(to, &answer) {
            return;
        }
        self.answered_agreed(to, &answer);
        self.answered_call(to, &answer);
        self.out.push(Effect::Answer { to, answer: Box::new(answer) });
    }

    /// Does what the policy says of a command: carries it out, asks a person first, or refuses it.
    pub(super) fn command(&mut self, caller: &Caller, reply: Option<ReplyTo>, command: Command) {
        let tool = Tool::of(&command, self.everybody(&command));
        self.open_call(caller, reply, tool, &command);
        if let Some(why) = self.needs_branches(&command) {
            return self.reply(reply, Answer::Fault { fault: Fault::Usage, why });
        }
        match self.state.config.conduct.policy.says(caller.standing(), tool) {
            Say::Allow => self.carry_out(caller, reply, command),
            Say::Confirm => self.ask_a_person(caller, reply, tool, command),
            Say::Deny => self.refuse_call(caller, reply, tool, &command, forbidden(caller, tool, &command)),
        }
    }

    /// Whether a prompt is for the whole team of more than one.
    fn everybody(&self, command: &Command) -> bool {
        let Command::Send { targets, .. } = command else { return false };
        let all = self.state.team().count();
        let meant = resolve(self.state, targets).unwrap_or_default();
        all > 1 && self.state.team().all(|a| meant.contains(&a.name))
    }

    /// Carries out a command.
    pub(super) fn carry_out(&mut self, caller: &Caller, reply: Option<ReplyTo>, command: Command) {
        let Some(command) = self.train_command(reply, command) else { return };
        let answer = match command {
            Command::Status => return self.status_when_fresh(reply),
            Command::Wait { until: Until::Answered(query), timeout_ms, .. } => {
                let limit = Duration::from_millis(timeout_ms).min(MAX_WAIT);
                return self.wait_for_answer(caller, reply, query, limit);
            }
            Command::Wait { targets, until, timeout_ms } => match resolve(self.state, &targets) {
                Ok(agents) => {
                    let limit = Duration::from_millis(timeout_ms).min(MAX_WAIT);
                    return self.wait(reply, agents, until, limit);
                }
                Err(why) => Err(why),
            },
            Command::Review { agents } => match self.members(&agents) {
                Ok(agents) => return self.review_for(reply, agents),
                Err(why) => Err(why),
            },
            Command::Diff { agent, open, path } => match self.diff(reply, agent, open, path) {
                Ok(()) => return,
                Err(why) => Err(why),
            },
            Command::Unmerged { ours, theirs } => match self.unmerged(reply, ours, theirs) {
                Ok(()) => return,
                Err(why) => Err(why),
            },
            Command::Pr { train } => return self.describe(reply, train.map(|t| *t)),
            Command::Report => return self.keep_report(reply),
            Command::Trust { digest, by } => return self.trust(reply, digest, &by),
            Command::Verify { subject, gates, reuse } => {
                match self.verify_gates(reply, &subject, &gates, reuse) {
                    Ok(()) => return,
                    Err(why) => Err(why),
                }
            }
            Command::Gating => Ok(Answer::Gating { jobs: self.state.view_gating() }),
            Command::Down => {
                self.state.down_replies.extend(reply);
                return self.down();
            }
            Command::Read { agent, lines, since } => self.pane_text(&agent, lines, since),
            Command::Explain { agent } => self.explain(&agent),
            Command::ShowRun { run } => self.show_run(run),
            Command::Send { targets, what, terms } => {
                let terms = super::ledger::terms(caller, terms);
                let agents = terms.and_then(|terms| Ok((resolve(self.state, &targets)?, terms)));
                match agents.and_then(|(to, terms)| self.send(reply, to, what, group(&targets), terms)) {
                    Ok(()) => return,
                    Err(why) => Err(why),
                }
            }
            Command::TakeOffer => match self.take_offer(reply) {
                Ok(()) => return,
                Err(why) => Err(why),
            },
            Command::Restart { agent, begin, what } => {
                let known = self.known(std::slice::from_ref(&agent));
                match known.and_then(|_| self.restart(reply, &agent, begin, what)) {
                    Ok(()) => return,
                    Err(why) => Err(why),
                }
            }
            Command::SendReasons { agent } => match self.has_reasons(&agent) {
                Ok(()) => {
                    let letter = Letter::of_template(agent, "refused", None, "");
                    return self.draft(Purpose::Reasons(reply), vec![letter]);
                }
                Err(why) => Err(why),
            },
            Command::Render { agent, what, group } => {
                let known = self.known(std::slice::from_ref(&agent));
                match known.and_then(|_| self.letters(vec![agent], &what, &group)) {
                    Ok(letters) => return self.draft(Purpose::Render(reply), letters),
                    Err(why) => Err(why),
                }
            }
            Command::Suggest { agents } => match self.members(&agents) {
                Ok(agents) => {
                    let letters = agents.into_iter().map(Letter::to).collect();
                    return self.draft(Purpose::Suggest(reply), letters);
                }
                Err(why) => Err(why),
            },
            Command::Run { plan, order, targets, prompt, red } => {
                if let Some(why) = self.held_by_red(&plan, &targets, red) {
                    return self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
                }
                let started = self.start_run(&plan, order, &targets, prompt);
                started.map(|id| match self.state.runs.iter().find(|r| r.id == id) {
                    Some(run) => Answer::Run(self.state.view_run(run)),
                    None => Answer::Done { text: String::new() },
                })
            }
            Command::DryRun { plan, order, targets, prompt } => {
                match super::run::bind(self.state, &plan, &targets, prompt.as_deref()) {
                    Ok(tasks) => {
                        let (word, group) = (prompt.as_deref(), group(&targets));
                        let letter = |b: &Bound| Letter::of_template(b.agent.clone(), &b.prompt, word, group);
                        let letters = tasks.iter().map(letter).collect();
                        return self.draft(Purpose::DryRun { reply, plan, order, tasks }, letters);
                    }
                    Err(why) => Err(why),
                }
            }
            Command::History { agent, since, limit } => self.history(agent.as_ref(), since, limit),
            Command::Library => Ok(Answer::Library(Box::new(self.state.view_library()))),
            Command::Talk(talk) => self.talk(caller, talk),
            Command::Confirm(what) => return self.confirm(reply, what),
            Command::Incident(what) => self.incident(caller, what),
            Command::Workflow(what) => self.workflow(caller, what),
            other => self.small(caller, other).map(|text| Answer::Done { text }),
        };
        let answer = answer.unwrap_or_else(|why| Answer::Fault { fault: Fault::Usage, why });
        self.reply(reply, answer);
    }

    /// Commands whose answer is one line.
    fn small(&mut self, caller: &Caller, command: Command) -> Result<String, String> {
        match command {
            Command::Ready { note } => match caller.pane() {
                Some(name) if self.state.agent(name).is_some_and(|a| a.spec.is_some()) => {
                    self.claim(name, Via::Command, &note);
                    let phrase = &self.state.config.conduct.phrase;
                    Ok(format!("{name} claims {phrase}; git and the gates decide now"))
                }
                _ => Err(
                    "claim: `ready` is for an agent in its own pane; `orchestra ready --for AGENT` takes one at \
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
                _ => Err("take the hook: it is for an agent program in its own pane".into()),
            },
            Command::Pin { agent, state } => self.pin(&agent, state),
            Command::Type { agent, bytes } => {
                if bytes.len() > MAX_TYPED {
                    return Err(format!("type {} bytes at once: at most {MAX_TYPED} are taken", bytes.len()));
                }
                self.running_agent(&agent)?;
                // What follows an Enter is a draft again.
                let submits = matches!(bytes.last(), Some(b'\r' | 0x03));
                if !bytes.is_empty() {
                    self.typed(&agent, bytes, submits);
                }
                Ok(format!("typed into {agent}"))
            }
            Command::LookUp(_) => Ok(self.state.info.repository.clone()),
            Command::AddTask { task } => self.add_task(task),
            Command::DropTask { task } => self.change_task(&task, TaskState::Skipped),
            Command::RepeatTask { task } => self.change_task(&task, TaskState::Queued),
            Command::StartTasks { tasks } => self.start_tasks(&tasks),
            Command::PauseRun => self.pause_run(),
            Command::ResumeRun => self.resume_run(),
            Command::MoveTask { task, before } => self.move_task(&task, &before),
            Command::Skip { agent } => {
                self.member(&agent)?;
                self.not_needed_by_project(&agent)?;
                self.record(Record::LeftOut { agent: agent.clone() });
                self.review_if_due();
                Ok(format!("{agent} is left out of {}", self.left_out_of()))
            }
            Command::TakeOrder { which } => self.take_order(which),
            Command::TakeBack { agent } => {
                self.member(&agent)?;
                self.take_agent_back(&agent)
            }
            Command::Stop { agent } => {
                self.running_agent(&agent)?;
                self.stop(&agent);
                Ok(format!("stopping {agent}"))
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
            return Err(format!("take {name} back: it was not left out"));
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
        Ok(format!("{name} is taken back into {}", self.left_out_of()))
    }

    /// Refuses to send reasons where there are none.
    pub(super) fn has_reasons(&self, agent: &AgentName) -> Result<(), String> {
        self.member(agent)?;
        match self.state.agent(agent) {
            Some(a) if !a.reasons.is_empty() => Ok(()),
            _ => Err(format!("send {agent} reasons: nothing was refused of it")),
        }
    }

    fn down(&mut self) {
        self.end_incident("the session ends");
        self.end_project("the session ends");
        self.state.closing = true;
        self.drop_confirmations();
        self.end_verifications();
        self.end_gates();
        let running = self.state.agents.iter().filter(|a| a.pane.pid.is_some());
        let names: Vec<AgentName> = running.map(|a| a.name.clone()).collect();
        for name in names {
            self.stop(&name);
        }
    }

    /// The agents named, all for none.
    pub(super) fn known(&self, agents: &[AgentName]) -> Result<Vec<AgentName>, String> {
        let targets: Vec<Target> = agents.iter().map(|a| Target(a.to_string())).collect();
        resolve(self.state, &targets)
    }

    /// As [`Self::known`], and each has a branch.
    pub(super) fn members(&self, agents: &[AgentName]) -> Result<Vec<AgentName>, String> {
        agents.iter().try_for_each(|name| self.member(name))?;
        self.known(agents)
    }

    pub(super) fn member(&self, name: &AgentName) -> Result<(), String> {
        self.known(std::slice::from_ref(name))?;
        match self.state.agent(name) {
            Some(a) if a.spec.is_some() => Ok(()),
            _ => Err(format!("do that with {name}: it is not an agent of the team")),
        }
    }

    fn pin(&mut self, name: &AgentName, state: Option<AgentState>) -> Result<String, String> {
        self.running_agent(name)?;
        if let Some(state) = state.filter(|s| !AgentState::PINNABLE.contains(s)) {
            let words = AgentState::PINNABLE.map(AgentState::word).join(", ");
            return Err(format!("pin {name} to `{state}`: only {words} can be laid down"));
        }
        if state.is_none() && self.state.agent(name).is_some_and(|a| a.pin.is_none()) {
            return Err(format!("take a pin off {name}: nothing is pinned"));
        }
        self.record(Record::Pinned { agent: name.clone(), state });
        Ok(match state {
            Some(state) => format!("{name} counts as {state} until the pin is taken off or its program ends"),
            None => format!("{name} is what its signals say again"),
        })
    }

    pub(super) fn running_agent(&self, name: &AgentName) -> Result<(), String> {
        self.known(std::slice::from_ref(name))?;
        match self.state.agent(name) {
            Some(a) if a.pane.pid.is_some() => Ok(()),
            _ => Err(format!("reach {name}: it is not running")),
        }
    }
}

/// Why a caller may not do that, and what would let it.
fn forbidden(caller: &Caller, tool: Tool, command: &Command) -> String {
    let (word, standing) = (tool.word(), caller.standing());
    let remedy = match (standing, tool.usual(standing)) {
        (Standing::Agent, Say::Deny) => {
            "agents look, wait and claim; a person or the orchestrator does the rest".to_owned()
        }
        (_, Say::Deny) => "only a person outside all panes can".to_owned(),
        _ => format!(
            "the session's configuration denies it; `{word} = \"confirm\"` under [policy] in orchestra.toml would \
             have a person asked"
        ),
    };
    format!("{}: {caller} may not, {word} is refused: {remedy}", deed(command))
}
