//! Running a plan: what may start, what is done, what everyone waits for.

use super::Step;
use super::dispatch::Prompting;
use super::draft::Purpose;
use super::fusion::BY_SILENCE;
use super::letter::{self, Letter};
use super::parts::{Dispatch, Phase, Run, RunTask};
use super::state::State;
use crate::domain::choice::Choice;
use crate::domain::command::{Order, Target};
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::plan::{Bound, DoneRule, Task};
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};

/// Why a task of an agent that is left out is skipped.
pub(super) const LEFT_OUT: &str = "left out";

/// What a task waits for, in words; empty when it may start.
#[must_use]
pub fn waits_for(run: &Run, task: &RunTask) -> String {
    let open = |t: &&RunTask| !matches!(t.state, TaskState::Done | TaskState::Skipped);
    let by_stage = |t: &&RunTask| run.order == Order::Staged && t.bound.stage < task.bound.stage;
    let by_need = |t: &&RunTask| task.bound.needs.contains(&t.bound.id);
    // One thing at a time, or the commit of one task would prove the other.
    let busy = |t: &&RunTask| {
        t.bound.agent == task.bound.agent && matches!(t.state, TaskState::Sent | TaskState::Running)
    };
    let names: Vec<String> = run
        .tasks
        .iter()
        .filter(|t| t.bound.id != task.bound.id)
        .filter(|t| by_stage(t) || by_need(t) || busy(t))
        .filter(open)
        .map(|t| {
            if t.state == TaskState::Failed {
                format!("{} (failed)", t.bound.agent)
            } else {
                t.bound.agent.to_string()
            }
        })
        .collect();
    if names.is_empty() { String::new() } else { format!("waits for {}", names.join(", ")) }
}

/// The tasks a run would have. Without `prompt` each gets the one for its agent's role.
///
/// # Errors
/// When plan, template, one of its variables or targets are unknown, or the plan does not fit the team.
pub(super) fn bind(
    state: &State,
    plan: &str,
    targets: &[Target],
    prompt: Option<&str>,
) -> Result<Vec<Bound>, String> {
    let config = &state.config;
    let plan =
        config.plans.get(plan).ok_or_else(|| super::targets::unknown("plan", plan, config.plans.keys()))?;
    let choice = prompt.map_or(Choice::Role, Choice::of);
    letter::known(state, &choice)?;
    let wanted = super::targets::resolve(state, targets)?;
    let mut bound = plan.bind(&config.team).map_err(|e| e.to_string())?;
    bound.retain(|b| targets.is_empty() || wanted.contains(&b.agent));
    let ids: Vec<String> = bound.iter().map(|b| b.id.clone()).collect();
    for b in &mut bound {
        // A task left out is not waited for.
        b.needs.retain(|n| ids.contains(n));
        b.prompt = choice.template(&config.prompts, &b.prompt, b.agent.as_str());
        letter::check(state, &Letter::of_template(b.agent.clone(), &b.prompt, prompt, ""))?;
    }
    if bound.is_empty() { Err("no task of the plan is for these targets".into()) } else { Ok(bound) }
}

impl Step<'_> {
    /// Starts a plan.
    ///
    /// # Errors
    /// When another runs, or as [`bind`].
    pub(super) fn start_run(
        &mut self,
        plan: &str,
        order: Order,
        targets: &[Target],
        prompt: Option<String>,
    ) -> Result<RunId, String> {
        if let Some(run) = self.state.running() {
            return Err(format!(
                "plan {} still runs (run {}); wait for it, or skip what it waits for",
                run.plan, run.id
            ));
        }
        let tasks = bind(self.state, plan, targets, prompt.as_deref())?;
        let run = self.state.runs.iter().map(|r| r.id).max().unwrap_or(0) + 1;
        let focus = Some(letter::group(targets)).filter(|g| !g.is_empty()).map(str::to_owned);
        self.record(Record::RunStarted { run, plan: plan.to_owned(), order, focus, prompt, tasks });
        Ok(run)
    }

    /// Starts what may start and ends what is done, until nothing changes.
    pub(super) fn advance_runs(&mut self) {
        while let Some(change) = self.state.running().and_then(|run| self.next_change(run)) {
            match change {
                Change::Send(run, bound) => self.send_task(run, &bound),
                Change::Set(run, task, to, why) => self.set_task(run, &task, to, &why),
                Change::End(run) => self.record(Record::RunEnded { run }),
            }
        }
    }

    fn next_change(&self, run: &Run) -> Option<Change> {
        if run.tasks.iter().all(|t| t.state.ended()) {
            return Some(Change::End(run.id));
        }
        run.tasks.iter().find_map(|task| {
            let set = |to, why: &str| Some(Change::Set(run.id, task.bound.id.clone(), to, why.to_owned()));
            let agent = self.state.agent(&task.bound.agent)?;
            match task.state {
                TaskState::Queued if agent.left_out => set(TaskState::Skipped, LEFT_OUT),
                TaskState::Queued if waits_for(run, task).is_empty() => {
                    Some(Change::Send(run.id, task.bound.clone()))
                }
                TaskState::Sent | TaskState::Running if agent.left_out => set(TaskState::Skipped, LEFT_OUT),
                TaskState::Running if task.bound.done == DoneRule::Ready && agent.ready.is_some() => {
                    set(TaskState::Done, "")
                }
                // What it claimed before it ended is still being judged.
                TaskState::Running if task.bound.done == DoneRule::Ready && agent.claim.is_some() => None,
                TaskState::Sent | TaskState::Running if !agent.runs_or_starts() => {
                    set(TaskState::Failed, &format!("its program ended: {}", agent.pane.ended))
                }
                _ => None,
            }
        })
    }

    fn send_task(&mut self, run: RunId, bound: &Bound) {
        let task = bound.id.clone();
        self.record(Record::Task { run, task, state: TaskState::Sent, why: String::new(), since: None });
        self.inspect_anew(&bound.agent);
        let Some(of) = self.state.runs.iter().find(|r| r.id == run) else { return };
        let (word, group) = (of.prompt.as_deref(), of.focus.as_deref().unwrap_or_default());
        let letter = Letter::of_template(bound.agent.clone(), &bound.prompt, word, group);
        self.draft(Purpose::Task(run, bound.id.clone()), vec![letter]);
    }

    /// The prompt of a task that was sent is there: it goes into the pane's queue.
    pub(super) fn send_drafted(&mut self, run: RunId, task: &str, agent: &AgentName, made: &Prompting) {
        if self.task(run, task).is_none_or(|t| t.state != TaskState::Sent) {
            return;
        }
        if let Err(why) = self.enqueue(agent, made, Some((run, task.to_owned()))) {
            self.set_task(run, task, TaskState::Failed, &why);
        }
    }

    fn task(&self, run: RunId, task: &str) -> Option<&RunTask> {
        self.state.runs.iter().find(|r| r.id == run)?.tasks.iter().find(|t| t.bound.id == task)
    }

    pub(super) fn set_task(&mut self, run: RunId, task: &str, to: TaskState, why: &str) {
        let Some(now) = self.task(run, task) else { return };
        if now.state == to && now.why == why {
            return;
        }
        let (since, agent) = (now.since.clone(), now.bound.agent.clone());
        self.record(Record::Task { run, task: task.to_owned(), state: to, why: why.to_owned(), since });
        if to.ended() {
            self.take_back(&agent, run, task);
        }
    }

    /// Takes a task's prompt out of the queue again, unless it is already being pasted.
    fn take_back(&mut self, agent: &AgentName, run: RunId, task: &str) {
        self.drop_draft(run, task);
        let Some(found) = self.state.agent(agent) else { return };
        let own = |d: &&Dispatch| {
            matches!(d.phase, Phase::Waiting(_))
                && d.task.as_ref().is_some_and(|(r, t)| *r == run && t == task)
        };
        let Some((dispatch, at)) = found.queue.iter().find(own).map(|d| (d.id, d.at)) else { return };
        let (why, ms) = ("its task is over".to_owned(), super::panes::millis(self.now - at));
        let outcome = Outcome::Refused;
        self.record(Record::Receipt { dispatch, agent: agent.clone(), outcome, why, ms });
    }

    /// Whether an agent has a task that waits for it to be done.
    pub(super) fn has_running_task(&self, name: &AgentName) -> bool {
        self.open_tasks(name).iter().any(|(_, t)| t.state == TaskState::Running)
    }

    /// After a lost server: a task marked as sent whose prompt is not in any queue either never
    /// got there, or has its receipt while the task was not told.
    pub(super) fn reconcile_tasks(&mut self) {
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
    pub(super) fn task_receipt(&mut self, run: RunId, task: &str, outcome: Outcome, why: &str) {
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
    pub(super) fn tasks_inspected(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let Some(facts) = agent.facts.clone() else { return };
        // A terminal that is being asked may be found in other hands.
        let asked = agent.evidence.probing.is_some() || agent.evidence.probe_due.is_some();
        let rests = agent.activity == AgentState::Idle && !asked;
        let silent = agent.why.rule == BY_SILENCE;
        let idle = rests && !silent;
        for (run, task) in self.open_tasks(name) {
            let id = task.bound.id.as_str();
            match (task.state, task.bound.done) {
                (TaskState::Sent, _) if task.since.is_none() => {
                    let since = Some(facts.head.clone());
                    self.record(Record::Task {
                        run,
                        task: id.into(),
                        state: TaskState::Sent,
                        why: String::new(),
                        since,
                    });
                }
                (TaskState::Running, DoneRule::Idle | DoneRule::Committed) if rests && silent => {
                    self.set_task(run, id, TaskState::Running, "silent, which proves nothing: look at it");
                }
                (TaskState::Running, DoneRule::Idle) if idle => self.set_task(run, id, TaskState::Done, ""),
                (TaskState::Running, DoneRule::Committed) if idle => {
                    let why = missing(task.since.as_ref(), &facts.head, facts.ahead, &facts.changed);
                    let to = if why.is_empty() { TaskState::Done } else { TaskState::Running };
                    self.set_task(run, id, to, &why);
                }
                _ => {}
            }
        }
    }

    /// An agent's branch cannot be read: what counts from it cannot go on.
    pub(super) fn tasks_blind(&mut self, name: &AgentName, why: &str) {
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

    /// Adds a task to the plan that runs.
    pub(super) fn add_task(&mut self, task: Task) -> Result<String, String> {
        let run = self.state.running().ok_or("no plan runs")?;
        let (id, existing) = (run.id, run.tasks.clone());
        super::targets::prompt(self.state, &task.prompt)?;
        let needs = task.needs.clone();
        let needs_of = |agent: &AgentName| -> Vec<String> {
            needs.iter().map(|n| n.replace("{agent}", agent.as_str())).collect()
        };
        let plan = crate::domain::plan::Plan {
            name: run.plan.clone(),
            title: String::new(),
            stages: vec![],
            tasks: vec![Task { needs: vec![], ..task }],
        };
        let bound = plan.bind(&self.state.config.team).map_err(|e| e.to_string())?;
        // All of it or nothing.
        for b in &bound {
            if existing.iter().any(|t| t.bound.id == b.id) {
                return Err(format!("the run already has a task `{}`", b.id));
            }
            let needs = needs_of(&b.agent);
            if let Some(n) = needs.iter().find(|n| !existing.iter().any(|t| t.bound.id == **n)) {
                return Err(super::targets::unknown("task", n, existing.iter().map(|t| &t.bound.id)));
            }
        }
        for mut b in bound {
            b.needs = needs_of(&b.agent);
            // An added task waits for its needs alone, so it belongs to the first stage.
            b.stage = 0;
            self.record(Record::TaskAdded { run: id, task: b });
        }
        Ok(format!("added to run {id}"))
    }

    /// Skips or repeats a task of the plan that runs (or ran last, to repeat).
    pub(super) fn change_task(&mut self, task: &str, to: TaskState) -> Result<String, String> {
        let last = self.state.runs.last().filter(|_| to == TaskState::Queued);
        let run = self.state.running().or(last).ok_or("no plan runs")?;
        let id = run.id;
        let Some(found) = run.tasks.iter().find(|t| t.bound.id == task) else {
            return Err(super::targets::unknown("task", task, run.tasks.iter().map(|t| &t.bound.id)));
        };
        let agent = found.bound.agent.clone();
        match (found.state, to) {
            (TaskState::Sent, TaskState::Queued) => {
                return Err(format!("task {task} is being sent; wait for its receipt"));
            }
            (TaskState::Running, TaskState::Queued) => return Err(format!("task {task} is running")),
            _ => {}
        }
        self.record(Record::Task {
            run: id,
            task: task.into(),
            state: to,
            why: "asked for".into(),
            since: None,
        });
        if to == TaskState::Skipped {
            self.take_back(&agent, id, task);
        }
        Ok(format!("task {task} is {}", to.word()))
    }
}

enum Change {
    Send(RunId, Bound),
    Set(RunId, String, TaskState, String),
    End(RunId),
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
