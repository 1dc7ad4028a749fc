//! What becomes of a run's tasks: receipts, fresh facts, ended programs.

use super::super::Step;
use super::super::fusion::BY_SILENCE;
use super::super::parts::{Dispatch, Phase, RunTask};
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::plan::DoneRule;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};

/// What is said of a task whose agent has stopped, and has to have something taken.
pub(in crate::engine) const NOTHING_STANDS: &str = "idle, and nothing it handed in stands";
/// Why a prompt whose task ended is not sent.
pub(super) const OVER: &str = "its task is over";

impl Step<'_> {
    pub(in crate::engine) fn task(&self, run: RunId, task: &str) -> Option<&RunTask> {
        self.state.runs.iter().find(|r| r.id == run)?.tasks.iter().find(|t| t.bound.id == task)
    }

    pub(in crate::engine) fn set_task(&mut self, run: RunId, task: &str, to: TaskState, why: &str) {
        let Some(now) = self.task(run, task) else { return };
        if now.state == to && now.why == why {
            return;
        }
        let (since, agent) = (now.since.clone(), now.bound.agent.clone());
        self.record(Record::Task { run, task: task.to_owned(), state: to, why: why.to_owned(), since });
        if to.ended() {
            self.take_back(&agent, run, task, OVER);
        }
    }

    /// Takes a task's prompts out of the queue again, but for one that is already being pasted.
    pub(in crate::engine) fn take_back(&mut self, agent: &AgentName, run: RunId, task: &str, why: &str) {
        self.drop_draft(run, task);
        self.take_prompts_back(agent, run, task, why, |_| true);
    }

    /// The same of those of its prompts that are meant.
    pub(in crate::engine) fn take_prompts_back(
        &mut self,
        agent: &AgentName,
        run: RunId,
        task: &str,
        why: &str,
        meant: impl Fn(&Dispatch) -> bool,
    ) {
        let Some(found) = self.state.agent(agent) else { return };
        let own = |d: &&Dispatch| {
            matches!(d.phase, Phase::Waiting(_))
                && d.task.as_ref().is_some_and(|(r, t)| *r == run && t == task)
                && meant(d)
        };
        let waiting: Vec<_> = found.queue.iter().filter(own).map(|d| (d.id, d.at)).collect();
        for (dispatch, at) in waiting {
            let (why, ms) = (why.to_owned(), super::super::panes::millis(self.now - at));
            let outcome = Outcome::Refused;
            self.record(Record::Receipt { dispatch, agent: agent.clone(), outcome, why, ms });
        }
    }

    /// Whether an agent has a task that waits for it to be done.
    pub(in crate::engine) fn has_running_task(&self, name: &AgentName) -> bool {
        self.open_tasks(name).iter().any(|(_, t)| t.state == TaskState::Running)
    }

    /// An agent says that it is done: so are its tasks that go by its word, unless their prompts are still on their way.
    pub(in crate::engine) fn tasks_reported(&mut self, name: &AgentName, said: &str) {
        for (run, task) in self.open_tasks(name) {
            let own = |d: &Dispatch| d.task.as_ref() == Some(&(run, task.bound.id.clone()));
            let waits = |d: &Dispatch| own(d) && matches!(d.phase, Phase::Waiting(_));
            let queue = self.state.agent(name).map(|a| &a.queue);
            let there = match task.state {
                TaskState::Running => true,
                TaskState::Sent => queue.is_some_and(|q| q.iter().any(own) && !q.iter().any(waits)),
                _ => false,
            };
            if there && task.bound.done == DoneRule::Reported {
                self.set_task(run, &task.bound.id, TaskState::Done, said);
            }
        }
    }

    /// After a lost server: a task marked as sent whose prompt is not in any queue either never
    /// got there, or has its receipt while the task was not told.
    pub(in crate::engine) fn reconcile_tasks(&mut self) {
        for name in self.names() {
            for (run, task) in self.open_tasks(&name) {
                let id = task.bound.id.clone();
                let Some(agent) = self.state.agent(&name) else { continue };
                let own = (run, id.clone());
                if task.state != TaskState::Sent || agent.queue.iter().any(|d| d.task.as_ref() == Some(&own))
                {
                    continue;
                }
                let last = agent.receipts.iter().rev();
                let last = last.filter(|r| r.task.as_ref() == Some(&own)).find(|r| r.id >= task.from);
                match last.map(|r| (r.outcome, r.why.clone())) {
                    Some((outcome, why)) => self.task_receipt(run, &id, outcome, &why),
                    None => self.set_task(run, &id, TaskState::Queued, ""),
                }
            }
        }
    }

    /// A task's prompt has its receipt.
    pub(in crate::engine) fn task_receipt(&mut self, run: RunId, task: &str, outcome: Outcome, why: &str) {
        if self.task(run, task).is_none_or(|t| t.state != TaskState::Sent) {
            return;
        }
        match outcome {
            Outcome::Submitted => self.set_task(run, task, TaskState::Running, ""),
            other => {
                let why = format!("its prompt was {}: {why}", other.word());
                self.set_task(run, task, TaskState::Failed, &why);
            }
        }
    }

    fn open_tasks(&self, name: &AgentName) -> Vec<(RunId, RunTask)> {
        let Some(run) = self.state.running() else { return Vec::new() };
        let own = run.tasks.iter().filter(|t| t.bound.agent == *name && !t.state.ended());
        own.map(|t| (run.id, t.clone())).collect()
    }

    /// Fresh facts of an agent's branch: a start to count from, or a task done.
    pub(in crate::engine) fn tasks_inspected(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let facts = agent.facts.clone();
        if facts.is_none() && self.has_branches() {
            return;
        }
        // A terminal that is being asked may be found in other hands.
        let asked = agent.evidence.probing.is_some() || agent.evidence.probe_due.is_some();
        let rests = agent.activity == AgentState::Idle && !asked;
        let silent = agent.why.rule == BY_SILENCE;
        let idle = rests && !silent;
        for (run, task) in self.open_tasks(name) {
            let id = task.bound.id.as_str();
            match (task.state, task.bound.done, &facts) {
                (TaskState::Sent, _, Some(facts)) if task.since.is_none() => {
                    let since = Some(facts.head.clone());
                    self.record(Record::Task {
                        run,
                        task: id.into(),
                        state: TaskState::Sent,
                        why: String::new(),
                        since,
                    });
                }
                (TaskState::Running, DoneRule::Idle | DoneRule::Committed, _) if rests && silent => {
                    self.set_task(run, id, TaskState::Running, "silent, which proves nothing: look at it");
                }
                (TaskState::Running, DoneRule::Reported, _) if rests => {
                    self.set_task(run, id, TaskState::Running, "idle, and has not said that it is done");
                }
                (TaskState::Running, DoneRule::Accepted, _) if rests => {
                    self.set_task(run, id, TaskState::Running, NOTHING_STANDS);
                }
                (TaskState::Running, DoneRule::Idle, _) if idle => {
                    self.set_task(run, id, TaskState::Done, "")
                }
                (TaskState::Running, DoneRule::Committed, Some(facts)) if idle => {
                    let why = missing(task.since.as_ref(), &facts.head, facts.ahead, &facts.changed);
                    let to = if why.is_empty() { TaskState::Done } else { TaskState::Running };
                    self.set_task(run, id, to, &why);
                }
                _ => {}
            }
        }
    }

    /// An agent's branch cannot be read: what counts from it cannot go on.
    pub(in crate::engine) fn tasks_blind(&mut self, name: &AgentName, why: &str) {
        for (run, task) in self.open_tasks(name) {
            if task.state == TaskState::Sent && task.since.is_none() {
                self.set_task(
                    run,
                    &task.bound.id,
                    TaskState::Failed,
                    &format!("failed to read its branch: {why}"),
                );
            }
        }
    }
}

fn missing(since: Option<&Oid>, head: &Oid, ahead: u32, changed: &[String]) -> String {
    if since.is_none_or(|s| s == head) || ahead == 0 {
        "idle without a new commit".into()
    } else if !changed.is_empty() {
        format!(
            "idle with uncommitted changes in {}",
            changed.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
        )
    } else {
        String::new()
    }
}
