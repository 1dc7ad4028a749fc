//! Prompts that people send: to whom, made from what, and once more what did not arrive.

use std::sync::Arc;

use super::Step;
use super::dispatch::{Prompting, sendable};
use super::draft::{Purpose, Sending, refused};
use super::event::ReplyTo;
use super::letter::Letter;
use super::obstacle::composer_is_empty;
use super::parts::Undelivered;
use crate::domain::command::{Terms, What};
use crate::domain::id::{AgentName, DispatchId, RunId};
use crate::domain::record::{Record, Wrote};
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Receipt};

impl Step<'_> {
    /// Sends a prompt to agents, or text as it is. All is made before anything of it is queued.
    ///
    /// # Errors
    /// When there is nothing to send, or no such template.
    pub(super) fn send(
        &mut self,
        reply: Option<ReplyTo>,
        agents: Vec<AgentName>,
        what: What,
        group: &str,
        terms: Terms,
    ) -> Result<(), String> {
        let (known, agents) = self.apart(agents, &terms);
        if agents.is_empty() {
            self.reply(reply, Answer::Receipts { receipts: known });
            return Ok(());
        }
        let letters = match what {
            What::Text(text) => match sendable(&text) {
                Ok((text, n)) => agents.into_iter().map(|a| Letter::of_text(a, text.clone(), n)).collect(),
                Err(why) => {
                    let refused = agents.iter().map(|a| refused(a, &why));
                    let receipts = known.into_iter().chain(refused).collect();
                    self.reply(reply, Answer::Receipts { receipts });
                    return Ok(());
                }
            },
            What::Again => {
                let again = agents.iter().map(|a| self.send_again(a, &terms));
                let receipts = known.into_iter().chain(again).collect();
                self.reply(reply, Answer::Receipts { receipts });
                return Ok(());
            }
            What::Fill(text) => {
                let letters = self.letters(agents, &What::Fill(text.clone()), group)?;
                // What is sent is clean of what a text must not contain; so is what is kept of it.
                let (text, _) = crate::domain::signal::clean_prompt(&text);
                self.record(Record::Wrote(Wrote { text }));
                letters
            }
            other => self.letters(agents, &other, group)?,
        };
        self.draft(Purpose::SendOn(Box::new(Sending { reply, terms, known })), letters);
        Ok(())
    }

    /// The receipts of those who were sent this before, and the others.
    fn apart(&self, agents: Vec<AgentName>, terms: &Terms) -> (Vec<Receipt>, Vec<AgentName>) {
        let (mut known, mut others) = (Vec::new(), Vec::new());
        for agent in agents {
            match self.sent_before(&agent, terms) {
                Some(receipt) => known.push(receipt),
                None => others.push(agent),
            }
        }
        (known, others)
    }

    /// The letters of something that is made for each agent.
    ///
    /// # Errors
    /// When there is no such template, or nothing that could be shown.
    pub(super) fn letters(
        &self,
        agents: Vec<AgentName>,
        what: &What,
        group: &str,
    ) -> Result<Vec<Letter>, String> {
        let state = &*self.state;
        match what {
            What::Text(text) => {
                let (text, n) = sendable(text)?;
                Ok(agents.into_iter().map(|a| Letter::of_text(a, text.clone(), n)).collect())
            }
            What::Fill(text) => {
                let text: Arc<str> = text.as_str().into();
                agents.into_iter().map(|a| Letter::own(a, &text, group)).collect()
            }
            What::Prompt(word) => agents.into_iter().map(|a| Letter::chosen(state, a, word, group)).collect(),
            What::Parts { .. } => Err("send: no text came before the command".into()),
            What::Again => Err("show it: what did not arrive is in its receipt".into()),
        }
    }

    /// Sends an agent once more what it did not take.
    fn send_again(&mut self, name: &AgentName, terms: &Terms) -> Receipt {
        match self.again(name, terms) {
            Ok(dispatch) => Receipt {
                dispatch,
                agent: name.clone(),
                outcome: None,
                why: "queued".into(),
                removed: 0,
                ms: 0,
            },
            Err(why) => refused(name, &why),
        }
    }

    fn again(&mut self, name: &AgentName, terms: &Terms) -> Result<DispatchId, String> {
        let agent = self.state.agent(name).ok_or_else(|| format!("no agent {name}"))?;
        let Some(last) = agent.undelivered.clone() else {
            return Err(
                "nothing is to be sent again: its last prompt was submitted, or there was none".into()
            );
        };
        let id = self.state.next_dispatch;
        if self.sits_there(name, &last) {
            self.enter_again(name, last, terms)?;
        } else if let Some((_, task)) = &last.task {
            return Err(format!(
                "it belongs to task {task}, which is done again as a whole: `orchestra task retry {task}`"
            ));
        } else {
            self.enqueue_on(name, &Prompting::Again(last), None, terms.clone())?;
        }
        Ok(id)
    }

    /// Whether the text may sit in the composer: then it takes an Enter, not a second paste.
    fn sits_there(&self, name: &AgentName, last: &Undelivered) -> bool {
        let Some(agent) = self.state.agent(name) else { return false };
        let Some(profile) = self.state.profile(agent) else { return false };
        last.outcome == Outcome::Stalled
            && agent.pane.leftover == Some(last.id)
            && composer_is_empty(self.state, agent, profile) != Some(true)
    }

    /// Submits what a stalled prompt left in the composer, as a dispatch of its own that is verified like any.
    fn enter_again(&mut self, name: &AgentName, last: Undelivered, terms: &Terms) -> Result<(), String> {
        let (now, agent) = (self.now, self.state.agent(name).ok_or_else(|| format!("no agent {name}"))?);
        if super::obstacle::asks_back(agent, now) {
            return Err("a question is open there, and an Enter would answer it; answer it first".into());
        }
        if agent.pane.intake != super::event::Intake::Taken {
            return Err("its program still reads nothing; look at the pane".into());
        }
        if !agent.queue.is_empty() {
            return Err("another prompt is on its way there; wait for its receipt".into());
        }
        let task = last.task.clone().filter(|(run, task)| self.has_failed(*run, task));
        if let Some((run, task)) = &task {
            let since = self.state.runs.iter().find(|r| r.id == *run);
            let since = since.and_then(|r| r.tasks.iter().find(|t| t.bound.id == *task)?.since.clone());
            let (run, task, state, why) = (*run, task.clone(), TaskState::Sent, String::new());
            self.record(Record::Task { run, task, state, why, since });
        }
        let dispatch = self.enqueue_on(name, &Prompting::Again(last), task, terms.clone())?;
        self.record(Record::Pasting { dispatch, agent: name.clone() });
        if let Some(agent) = self.state.agent_mut(name) {
            agent.pane.leftover = None;
        }
        self.enter(name, 1);
        Ok(())
    }

    fn has_failed(&self, run: RunId, task: &str) -> bool {
        let of = self.state.runs.iter().find(|r| r.id == run && !r.ended);
        of.is_some_and(|r| r.tasks.iter().any(|t| t.bound.id == task && t.state == TaskState::Failed))
    }
}
