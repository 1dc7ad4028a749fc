//! Runs of plans: their tasks, and which waited for which.

use super::super::parts::{Run as Seen, RunTask};
use super::people::push;
use super::{Teller, WIDTH};
use crate::domain::command::Order;
use crate::domain::id::RunId;
use crate::domain::record::Record;
use crate::domain::report::{Run, Task, Wait, When, clean};
use crate::domain::state::{AgentState, TaskState};

/// Names that a wait tells.
const NAMES: usize = 8;

/// When a task was queued, sent and ended last.
#[derive(Clone, Default)]
pub(super) struct Times {
    queued: Option<When>,
    sent: Option<When>,
    ended: Option<When>,
}

impl Teller {
    /// Takes in a record about a run.
    pub(super) fn run(&mut self, record: &Record) {
        let at = self.when();
        match record {
            Record::RunStarted { run, tasks, .. } => {
                for task in tasks {
                    let times = Times { queued: Some(at.clone()), ..Times::default() };
                    self.tasks.insert((*run, task.id.clone()), times);
                }
            }
            Record::TaskAdded(added) => {
                let times = Times { queued: Some(at), ..Times::default() };
                self.tasks.insert((added.run, added.task.id.clone()), times);
            }
            Record::Task { run, task, state, .. } => {
                let times = self.tasks.entry((*run, task.clone())).or_default();
                match state {
                    TaskState::Queued => *times = Times { queued: Some(at), ..Times::default() },
                    TaskState::Sent if times.sent.is_none() => {
                        times.sent = Some(at.clone());
                        self.waited(*run, task, Some(at));
                    }
                    state if state.ended() => times.ended = Some(at),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Keeps how long a task waited for others, until `to` or still.
    fn waited(&mut self, run: RunId, id: &str, to: Option<When>) {
        let Some(seen) = self.state.runs.iter().find(|r| r.id == run) else { return };
        let Some(task) = seen.tasks.iter().find(|t| t.bound.id == id) else { return };
        let Some(from) = self.tasks.get(&(run, id.to_owned())).and_then(|t| t.queued.clone()) else { return };
        let ended = |t: &RunTask| {
            let times = self.tasks.get(&(run, t.bound.id.clone()))?;
            times.ended.clone().filter(|_| t.state.ended())
        };
        let before: Vec<&RunTask> = earlier(seen, task).collect();
        let still: Vec<&str> =
            before.iter().filter(|t| !t.state.ended()).map(|t| t.bound.agent.as_str()).collect();
        let last = before.iter().filter_map(|t| Some((ended(t)?, *t))).max_by_key(|(at, _)| at.ms);
        let (whom, released) = match (&to, last) {
            // What was sent at once waited for nobody.
            (Some(to), Some((at, last))) if to.ms > from.ms && at.ms > from.ms => (
                names(before.iter().map(|t| t.bound.agent.as_str())),
                format!("task {} {}", last.bound.id, last.state.word()),
            ),
            (None, _) if !still.is_empty() => (names(still.into_iter()), String::new()),
            _ => return,
        };
        let wait = Wait {
            agent: task.bound.agent.clone(),
            state: AgentState::Pending,
            whom,
            why: clean(&format!("task {id}, stage {}", task.bound.stage.saturating_add(1)), WIDTH),
            from,
            to,
            released: clean(&released, WIDTH),
        };
        push(&mut self.report.waits, wait);
    }

    /// What the fold says of runs at the end.
    pub(super) fn write_runs(&mut self) {
        let open: Vec<(RunId, String)> = self
            .state
            .runs
            .iter()
            .filter(|r| !r.ended)
            .flat_map(|r| {
                r.tasks.iter().filter(|t| t.state == TaskState::Queued).map(|t| (r.id, t.bound.id.clone()))
            })
            .collect();
        for (run, id) in open {
            self.waited(run, &id, None);
        }
        let text = |t: &str| clean(t, WIDTH);
        let task = |run: RunId, t: &RunTask| {
            let times = self.tasks.get(&(run, t.bound.id.clone())).cloned().unwrap_or_default();
            Task {
                id: text(&t.bound.id),
                agent: t.bound.agent.clone(),
                prompt: text(&t.bound.prompt),
                stage: t.bound.stage.saturating_add(1),
                needs: t.bound.needs.iter().map(|n| text(n)).collect(),
                state: t.state,
                why: text(&t.why),
                sent: times.sent,
                ended: times.ended.filter(|_| t.state.ended()),
            }
        };
        let run = |r: &Seen| Run {
            id: r.id,
            plan: text(&r.plan),
            order: r.order,
            focus: r.focus.as_deref().map(text),
            begin: When::of(r.at, self.begin),
            end: r.over.filter(|_| r.ended).map(|at| When::of(at, self.begin)),
            review: r.review.as_deref().map(text).unwrap_or_default(),
            tasks: r.tasks.iter().map(|t| task(r.id, t)).collect(),
        };
        self.report.runs = self.state.runs.iter().map(run).collect();
    }
}

/// The tasks that had to end before `task` could be sent.
fn earlier<'a>(run: &'a Seen, task: &'a RunTask) -> impl Iterator<Item = &'a RunTask> {
    run.tasks.iter().filter(move |t| {
        let stage = run.order == Order::Staged && t.bound.stage < task.bound.stage;
        t.bound.id != task.bound.id && (stage || task.bound.needs.contains(&t.bound.id))
    })
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = all.collect();
    all.dedup();
    let more = all.len().saturating_sub(NAMES);
    all.truncate(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", all.join(", "))
}
