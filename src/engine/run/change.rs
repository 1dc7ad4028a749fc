//! What people change of a run while it is under way.

use std::collections::BTreeMap;

use super::super::Step;
use super::super::parts::{Phase, RunTask};
use super::super::state::Agent;
use super::super::targets::unknown;
use super::tasks::OVER;
use crate::domain::command::Order;
use crate::domain::id::AgentName;
use crate::domain::plan::{Plan, Task, find_cycle};
use crate::domain::record::{Record, TaskBound, TaskFreed, TaskMoved};
use crate::domain::state::TaskState;

impl Step<'_> {
    /// Adds a task to the plan that runs.
    pub(in crate::engine) fn add_task(&mut self, task: Task) -> Result<String, String> {
        let run = self.state.running().ok_or("change the run: no plan runs")?;
        let (id, existing) = (run.id, run.tasks.clone());
        self.not_of_project(id, "change the run")?;
        super::super::targets::prompt(self.state, &task.prompt)?;
        let needs = task.needs.clone();
        let needs_of = |agent: &AgentName| -> Vec<String> {
            needs.iter().map(|n| n.replace("{agent}", agent.as_str())).collect()
        };
        let alone = vec![Task { needs: vec![], ..task }];
        let plan = Plan::of(&run.plan, "", vec![], alone);
        let bound = plan.bind(&self.state.config.team, &self.state.groups()).map_err(|e| e.to_string())?;
        // All of it or nothing.
        for b in &bound {
            if existing.iter().any(|t| t.bound.id == b.id) {
                return Err(format!("add task {}: the run already has one of that name", b.id));
            }
            let needs = needs_of(&b.agent);
            if let Some(n) = needs.iter().find(|n| !existing.iter().any(|t| t.bound.id == **n)) {
                return Err(unknown("task", n, existing.iter().map(|t| &t.bound.id)));
            }
        }
        for mut b in bound {
            b.needs = needs_of(&b.agent);
            // An added task waits for its needs alone, so it belongs to the first stage.
            b.stage = 0;
            self.record(Record::TaskAdded(Box::new(TaskBound { run: id, task: b })));
        }
        Ok(format!("added to run {id}"))
    }

    /// Skips or repeats a task of the plan that runs (or ran last, to repeat).
    pub(in crate::engine) fn change_task(&mut self, task: &str, to: TaskState) -> Result<String, String> {
        let last = self.state.runs.last().filter(|_| to == TaskState::Queued);
        let run = self.state.running().or(last).ok_or("change the run: no plan runs")?;
        let id = run.id;
        let Some(found) = run.tasks.iter().find(|t| t.bound.id == task) else {
            return Err(unknown("task", task, run.tasks.iter().map(|t| &t.bound.id)));
        };
        let agent = found.bound.agent.clone();
        if to == TaskState::Skipped {
            self.not_of_project(id, &format!("skip task {task}"))?;
        }
        match (found.state, to) {
            (TaskState::Sent, TaskState::Queued) => {
                return Err(format!("repeat task {task}: it is being sent; wait for its receipt"));
            }
            (TaskState::Running, TaskState::Queued) => {
                return Err(format!("repeat task {task}: it is running"));
            }
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
            self.take_back(&agent, id, task, OVER);
        }
        Ok(format!("task {task} is {}", to.word()))
    }

    /// Starts tasks that wait: from now on they wait for nothing but their agents.
    pub(in crate::engine) fn start_tasks(&mut self, tasks: &[String]) -> Result<String, String> {
        let run = self.state.running().ok_or("start a task: no plan runs")?;
        let id = run.id;
        self.not_of_project(id, "start a task")?;
        if run.paused {
            return Err(format!("start a task: run {id} is paused; go on with `orchestra task resume`"));
        }
        for task in tasks {
            let Some(found) = run.tasks.iter().find(|t| t.bound.id == *task) else {
                return Err(unknown("task", task, run.tasks.iter().map(|t| &t.bound.id)));
            };
            if found.state != TaskState::Queued {
                return Err(format!("start task {task}: it is {}, not queued", found.state.word()));
            }
        }
        if tasks.is_empty() {
            return Err("start a task: none is named".into());
        }
        for task in tasks {
            self.record(Record::TaskFreed(TaskFreed { run: id, task: task.clone() }));
        }
        Ok(format!("{} no longer waits for others", tasks.join(", ")))
    }

    /// Sends nothing more of the plan that runs. Prompts that wait for their panes are taken back and
    /// sent anew on resume; what was pasted goes on.
    pub(in crate::engine) fn pause_run(&mut self) -> Result<String, String> {
        let run = self.state.running().ok_or("pause: no plan runs")?;
        let id = run.id;
        if run.paused {
            return Err(format!("pause: run {id} is paused already; go on with `orchestra task resume`"));
        }
        if run.tasks.iter().all(|t| t.state.ended()) {
            return Err(format!("pause: all tasks of run {id} have ended; only its gates run"));
        }
        self.record(Record::RunPaused { run: id });
        // What is still to be said of a task that runs is no reason to do it again.
        let sent = |task: &str| self.task(id, task).is_some_and(|t| t.state == TaskState::Sent);
        let waiting = |a: &Agent| -> Option<(AgentName, String)> {
            let first = a.queue.iter().find(|d| {
                let own = d.task.as_ref().is_some_and(|(run, task)| *run == id && sent(task));
                matches!(d.phase, Phase::Waiting(_)) && own
            })?;
            Some((a.name.clone(), first.task.clone()?.1))
        };
        let held: Vec<_> = self.state.agents.iter().filter_map(waiting).collect();
        for (agent, task) in held {
            self.take_back(&agent, id, &task, "the run is paused");
            self.set_task(id, &task, TaskState::Queued, "");
        }
        Ok(format!("run {id} is paused: nothing more is sent, what is out goes on"))
    }

    /// Goes on with a paused plan.
    pub(in crate::engine) fn resume_run(&mut self) -> Result<String, String> {
        let run = self.state.running().filter(|r| r.paused).map(|r| r.id);
        let id = run.ok_or("resume: no paused plan runs")?;
        self.record(Record::RunResumed { run: id });
        Ok(format!("run {id} goes on"))
    }

    /// Has a task done before another. Its own needs and the stages it leaves behind are named.
    pub(in crate::engine) fn move_task(&mut self, task: &str, before: &str) -> Result<String, String> {
        let run = self.state.running().ok_or("move: no plan runs")?;
        let id = run.id;
        self.not_of_project(id, "move")?;
        let find = |id: &str| {
            let found = run.tasks.iter().find(|t| t.bound.id == id);
            found.ok_or_else(|| unknown("task", id, run.tasks.iter().map(|t| &t.bound.id)))
        };
        let (moved, other) = (find(task)?, find(before)?);
        if task == before {
            return Err(format!("move: {task} cannot be done before itself"));
        }
        for t in [moved, other] {
            if t.state != TaskState::Queued {
                let (id, state) = (&t.bound.id, t.state.word());
                return Err(format!("move: {id} is {state}; only what has not started can be moved"));
            }
        }
        let stage = moved.bound.stage.min(other.bound.stage);
        let edges: BTreeMap<String, Vec<String>> = run
            .tasks
            .iter()
            .map(|t| {
                let mut needs = t.bound.needs.clone();
                needs.extend((t.bound.id == before).then(|| task.to_owned()));
                let at = if t.bound.id == task { stage } else { t.bound.stage };
                let earlier = |o: &&RunTask| {
                    let theirs = if o.bound.id == task { stage } else { o.bound.stage };
                    run.order == Order::Staged && theirs < at
                };
                needs.extend(run.tasks.iter().filter(earlier).map(|o| o.bound.id.clone()));
                (t.bound.id.clone(), needs)
            })
            .collect();
        let cycle = find_cycle(edges.keys(), |id| edges.get(id).map_or(&[][..], Vec::as_slice));
        if let Some(cycle) = cycle {
            return Err(format!("move: these tasks would wait for each other: {}", cycle.join(" → ")));
        }
        let mut said = format!("{task} is done before {before}");
        if run.order == Order::Staged && stage < moved.bound.stage {
            let open = |t: &&RunTask| !matches!(t.state, TaskState::Done | TaskState::Skipped);
            let passed = (stage..moved.bound.stage)
                .flat_map(|s| run.tasks.iter().filter(move |t| t.bound.stage == s && t.bound.id != before));
            let passed: Vec<&str> = passed.filter(open).map(|t| t.bound.id.as_str()).collect();
            said.push_str(&format!(", in stage {} instead of {}", stage + 1, moved.bound.stage + 1));
            if !passed.is_empty() {
                said.push_str(&format!("; it no longer waits for {}", passed.join(", ")));
            }
            let after = self.state.config.agent(&moved.bound.agent).map_or(&[][..], |a| &a.after);
            let built_on = |t: &&RunTask| after.contains(&t.bound.agent) && t.bound.stage >= stage;
            let early: Vec<&str> =
                run.tasks.iter().filter(built_on).filter(open).map(|t| t.bound.agent.as_str()).collect();
            if !early.is_empty() {
                said.push_str(&format!(
                    "; {} builds on {}, whose work will not be there yet",
                    moved.bound.agent,
                    early.join(", ")
                ));
            }
        }
        self.record(Record::TaskMoved(TaskMoved {
            run: id,
            task: task.into(),
            before: before.into(),
            stage,
        }));
        Ok(said)
    }
}
