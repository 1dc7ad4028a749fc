//! A project at work: its tasks are those of a run like any other; what belongs to projects alone is followed here, step
//! by step, so that a server that takes over goes on wherever the journal ends.

mod done;
mod folded;
mod follow;
mod kept;
mod notes;
mod open;
mod replan;
mod said;
mod told;

use std::collections::BTreeSet;

use super::Step;
use super::parts::Run;
use super::state::State;
use crate::domain::command::{Caller, Workflow};
use crate::domain::id::{AgentName, RunId};
use crate::domain::record::{Record, Workflowed};
use crate::domain::time::Time;
use crate::domain::view::Answer;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::project::{Project, Stage};

pub(super) use self::done::Examined;
pub(super) use self::folded::{fold, queued, session_over, task_folded};
pub(super) use self::kept::deadline;
pub(super) use self::open::{Opening, in_a_line};
pub(super) use self::replan::{Asked, Chosen};
pub(super) use self::told::told;

/// What the run of a project's tasks is called; no file has this plan.
pub(super) const PLAN: &str = "workflow";
/// The prompt of a task.
const BRIEF: &str = "workflow-brief";
/// The most bytes of a project that is shown: an answer travels in one frame of 1 MiB.
const SHOWN_MOST: usize = 900 * 1024;
/// Who a person is in what a project says of itself.
const LEAD: &str = "lead";

/// What is known of a project for now. Not durable: a server that takes over finds it out again.
#[derive(Clone, Debug, Default)]
pub(super) struct Doing {
    /// Agents that could not be told something, with the prompt's name and the task: not tried again before there is
    /// something new.
    vain: BTreeSet<(AgentName, &'static str, String)>,
    /// Whether something happened since it was last looked what is to be raised.
    settled: bool,
    /// When to look again, milliseconds since 1970.
    look: Option<i64>,
    /// When the report of a week was last kept.
    kept: Option<Time>,
}

impl State {
    /// The project, unless it is over.
    #[must_use]
    pub fn open_project(&self) -> Option<&Project> {
        self.project.as_deref().filter(|p| p.stage == Stage::Running)
    }

    /// The run of the project's tasks.
    fn project_run(&self) -> Option<&Run> {
        let run = self.project.as_deref()?.run?;
        self.runs.iter().find(|r| r.id == run)
    }

    /// The project whose tasks a run has, while it is open.
    pub(super) fn project_of(&self, run: RunId) -> Option<&Project> {
        self.open_project().filter(|p| p.run == Some(run))
    }
}

/// The brief of the task that an agent has now; empty where it has none.
pub(super) fn brief_of(state: &State, agent: &AgentName) -> TaskBrief {
    let found = state.open_project().and_then(|p| brief(p, &p.task_of(agent)?.id));
    found.unwrap_or_default()
}

impl Step<'_> {
    /// Carries out what is asked of a project.
    pub(super) fn workflow(&mut self, caller: &Caller, what: Workflow) -> Result<Answer, String> {
        match what {
            Workflow::Start { name, plan, context, terms, day_ms } => {
                self.start_project(&open::Opening { name, plan: *plan, context: *context, terms, day_ms })
            }
            Workflow::Show => self.shown_project(),
            Workflow::HandOver { task, text } => self.take_handover(caller, &task, &text),
            Workflow::Reprioritise { wanted, reason, note, choice, version } => {
                self.reprioritise(caller, &replan::Asked { wanted, reason, note, choice, version })
            }
            Workflow::Close { why } => self.close_project(&why),
            other => self.take_word(caller, other),
        }
    }

    /// The latest project, as large as an answer can be.
    fn shown_project(&self) -> Result<Answer, String> {
        let project = self.state.project.as_deref();
        let project =
            project.ok_or("show the project: there is none; `orchestra workflow run` begins one")?;
        Ok(Answer::Project(Box::new(within(project.clone(), SHOWN_MOST))))
    }

    /// The project that is open.
    fn project(&self, doing: &str) -> Result<&Project, String> {
        self.state.open_project().ok_or_else(|| match &self.state.project {
            Some(p) if p.stage == Stage::Complete => format!("{doing}: the project {} is complete", p.name),
            Some(p) => format!("{doing}: the project {} is closed: {}", p.name, p.ended),
            None => format!("{doing}: there is no project; `orchestra workflow run` begins one"),
        })
    }

    fn workflowed(&mut self, step: Workflowed) {
        self.record(Record::Workflow(Box::new(step)));
    }
}

/// A project of at most so many bytes as JSON: texts of handovers go first, the oldest of them before the others, then
/// the older halves of what was said.
fn within(mut project: Project, most: usize) -> Project {
    let size = |p: &Project| serde_json::to_string(p).map_or(0, |t| t.len());
    let mut left = size(&project);
    let mut oldest: Vec<usize> = (0..project.tasks.len()).collect();
    oldest.sort_by_key(|i| project.tasks[*i].handed.as_ref().map(|h| h.at));
    for at in oldest {
        if left <= most {
            return project;
        }
        if let Some(handed) = &mut project.tasks[at].handed {
            left = left.saturating_sub(handed.text.len());
            handed.text.clear();
        }
    }
    for _ in 0..16 {
        if size(&project) <= most {
            break;
        }
        fn halve<T>(list: &mut Vec<T>) {
            list.drain(..list.len().div_ceil(2));
        }
        halve(&mut project.syncs);
        halve(&mut project.figures);
        halve(&mut project.ticks);
        halve(&mut project.answers);
        halve(&mut project.questions);
        halve(&mut project.blockers);
        halve(&mut project.changes);
    }
    project
}

/// Text of several lines as it is kept: nothing in it that a terminal acts on.
fn clean(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(crate::domain::signal::printable).collect();
    lines.join("\n").trim_end().to_owned()
}

/// A line of at most so many characters, nothing in it that a terminal acts on.
fn line(text: &str, most: usize) -> String {
    super::calls::shown(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}
