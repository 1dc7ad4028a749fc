//! A run as people and programs see it.

use super::super::Step;
use super::super::draft::Briefs;
use super::super::letter::Letter;
use super::super::parts::{Dispatch, Phase, Rippling, Run, RunTask};
use super::super::state::State;
use super::waits_for;
use crate::domain::command::Order;
use crate::domain::id::RunId;
use crate::domain::plan::Bound;
use crate::domain::state::TaskState;
use crate::domain::time::rfc3339;
use crate::domain::view::{Answer, Progress, RunView, StageView, TaskView};

impl State {
    /// A run as it is now.
    #[must_use]
    pub fn view_run(&self, run: &Run) -> RunView {
        let tasks: Vec<TaskView> = run.tasks.iter().map(|t| self.view_run_task(run, t)).collect();
        let progress = Progress {
            began: Some(rfc3339(run.at)),
            ended: run.over.filter(|_| run.ended).map(rfc3339),
            ..progress(&tasks)
        };
        RunView {
            run: run.id,
            plan: run.plan.clone(),
            order: run.order,
            ended: run.ended,
            paused: run.paused && !run.ended,
            gating: run.gating.iter().flatten().filter(|_| !run.ended).map(|(a, _)| a.clone()).collect(),
            review: run.review.clone().unwrap_or_default(),
            progress,
            tasks,
        }
    }

    fn view_run_task(&self, run: &Run, task: &RunTask) -> TaskView {
        let agent = self.agent(&task.bound.agent);
        let own = |d: &&Dispatch| d.task.as_ref().is_some_and(|(r, t)| *r == run.id && *t == task.bound.id);
        let delivery = agent.and_then(|a| a.queue.iter().find(own));
        let why = match (task.state, delivery.map(|d| &d.phase)) {
            _ if !task.why.is_empty() => task.why.clone(),
            (_, Some(Phase::Waiting(why))) => why.clone(),
            (TaskState::Queued, _) if run.ended => String::new(),
            (TaskState::Queued, _) => match waits_for(run, task) {
                waits if !run.paused => waits,
                waits if waits.is_empty() => "the run is paused".into(),
                waits => format!("the run is paused; {waits}"),
            },
            (TaskState::Running, _) => match agent.map(|a| (a.need(), a.state())) {
                Some((need, _)) if !need.is_empty() => need,
                Some((_, state)) => state.word().to_owned(),
                None => String::new(),
            },
            _ => String::new(),
        };
        let upstream = match &task.ripple {
            Rippling::Due => String::new(),
            Rippling::Moving { onto, .. } => format!("is being brought onto the work of {onto}"),
            Rippling::Over(said) => said.clone(),
        };
        let bytes = delivery.map_or(0, |d| d.text.len());
        TaskView { upstream, ..view_task(&task.bound, task.state, why, bytes) }
    }
}

impl Step<'_> {
    /// One run; the latest without a number.
    pub(in crate::engine) fn show_run(&self, run: Option<RunId>) -> Result<Answer, String> {
        let found = match run {
            Some(id) => self.state.runs.iter().find(|r| r.id == id).ok_or(format!("there is no run {id}"))?,
            None => {
                self.state.runs.last().ok_or("no plan was run yet; start one with `orchestra run PLAN`")?
            }
        };
        Ok(Answer::Run(self.state.view_run(found)))
    }

    /// What a run would do; `letters` are the prompts of its `tasks`, in that order.
    pub(in crate::engine) fn dry_run(
        &self,
        plan: &str,
        order: Order,
        tasks: &[Bound],
        letters: &[Letter],
        briefs: &Briefs,
    ) -> Result<Answer, String> {
        let mut views = Vec::new();
        for (bound, letter) in tasks.iter().zip(letters) {
            let when = match order {
                Order::Broadcast => "at once".to_owned(),
                Order::Staged => format!("stage {}", bound.stage + 1),
            };
            let (why, bytes) = match self.size(letter, briefs)? {
                Ok(bytes) => (when, bytes),
                Err(unread) => (format!("{when}; {unread}"), 0),
            };
            views.push(view_task(bound, TaskState::Queued, why, bytes));
        }
        Ok(Answer::Run(RunView {
            run: 0,
            plan: plan.to_owned(),
            order,
            ended: false,
            paused: false,
            gating: Vec::new(),
            review: String::new(),
            progress: progress(&views),
            tasks: views,
        }))
    }
}

fn progress(tasks: &[TaskView]) -> Progress {
    let count = |state| tasks.iter().filter(|t| t.state == state).count();
    let mut stages: Vec<StageView> = Vec::new();
    for task in tasks {
        let at = match stages.iter().position(|s| s.stage == task.stage) {
            Some(at) => at,
            None => {
                stages.push(StageView { stage: task.stage, total: 0, over: 0 });
                stages.len() - 1
            }
        };
        stages[at].total += 1;
        stages[at].over += usize::from(task.state.ended());
    }
    stages.sort_by_key(|s| s.stage);
    Progress {
        total: tasks.len(),
        done: count(TaskState::Done),
        failed: count(TaskState::Failed),
        skipped: count(TaskState::Skipped),
        stages,
        ..Progress::default()
    }
}

fn view_task(bound: &Bound, state: TaskState, why: String, bytes: usize) -> TaskView {
    TaskView {
        id: bound.id.clone(),
        agent: bound.agent.clone(),
        prompt: bound.prompt.clone(),
        stage: bound.stage + 1,
        state,
        why,
        upstream: String::new(),
        bytes,
    }
}
