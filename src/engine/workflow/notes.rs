//! What agents are told while they work: what is held against a handover, what was said at a sync point, what changed of
//! the plan, what a person answered, that they stopped too early. That it was told is read off the prompt's own record, so that nobody is told twice.

use super::super::dispatch::{Prompting, Template};
use super::super::letter::{Model, about};
use super::done::waits;
use crate::domain::command::Terms;
use crate::domain::id::{AgentName, RunId};
use crate::domain::prompt::Vars;
use crate::domain::record::Record;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::project::{Change, Project, Tracked};
use crate::engine::Step;

/// Seconds that word of a change waits for a busy pane.
const PATIENCE: u32 = 86_400;

/// The prompts of notes.
pub(super) const PROMPTS: [&str; 5] =
    ["workflow-held", "workflow-sync", "workflow-changed", "workflow-answered", "workflow-resting"];

/// What an agent is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Note {
    /// What is held against its handover.
    Held,
    /// What was said to it.
    Sync,
    /// What changed of the plan that concerns its task.
    Changed,
    /// What was settled of what it asked or waited for.
    Answered,
    /// That it stopped, and nothing was handed over.
    Resting,
}

impl Note {
    pub const ALL: [Self; 5] = [Self::Answered, Self::Held, Self::Sync, Self::Changed, Self::Resting];

    /// The template's name.
    pub fn prompt(self) -> &'static str {
        let [held, sync, changed, answered, resting] = PROMPTS;
        match self {
            Self::Held => held,
            Self::Sync => sync,
            Self::Changed => changed,
            Self::Answered => answered,
            Self::Resting => resting,
        }
    }

    /// Whether the agent of a task that runs is to be told.
    pub fn is_due(self, project: &Project, agent: &AgentName, task: &str) -> bool {
        match self {
            Self::Held => project.tracked(task).is_some_and(|t| !t.held.is_empty() && !t.told),
            Self::Sync => project.syncs.iter().any(|s| s.with == task && s.told.is_none()),
            Self::Changed => unknown_changes(project, agent, task).next().is_some(),
            Self::Answered => project.answers_for(agent, task).next().is_some(),
            // Whoever waits for a person, or for what is found of its handover, has stopped for a reason.
            Self::Resting => {
                let stopped = |t: &Tracked| !t.reminded && !waits(t) && (t.held.is_empty() || t.told);
                project.tracked(task).is_some_and(stopped) && !project.waits_for_a_person(agent, task)
            }
        }
    }
}

/// The changes that say something else of an agent's task than the brief it has of it.
pub(super) fn unknown_changes<'a>(
    project: &'a Project,
    agent: &'a AgentName,
    task: &str,
) -> impl Iterator<Item = &'a Change> {
    let known = project.tracked(task).and_then(|t| t.briefed);
    let concerns = move |c: &&Change| known.is_some_and(|k| c.id > k) && c.impact.affected.contains(agent);
    project.changes.iter().filter(concerns)
}

/// What a template speaks of: the task's brief as it is now. Of a task that is no longer the agent's own it is empty but
/// for what changed.
fn speaks_of(project: &Project, agent: &AgentName, task: &str) -> TaskBrief {
    let in_words = |c: &Change| if c.chosen.is_empty() { c.asked.clone() } else { c.chosen.clone() };
    let changed: Vec<String> = unknown_changes(project, agent, task).map(in_words).collect();
    let own = project.plan.task(task).is_some_and(|t| t.agent == *agent);
    let known = brief(project, task).filter(|_| own);
    let other = || TaskBrief { project: project.name.clone(), task: task.to_owned(), ..TaskBrief::default() };
    TaskBrief { changed: changed.join("; "), ..known.unwrap_or_else(other) }
}

impl Step<'_> {
    /// Tells an agent something. What cannot be told is noted, and not tried again before there is something new.
    pub(super) fn tell_agent(&mut self, name: &AgentName, run: RunId, task: &str, note: Note) {
        let (Some(project), Some(agent)) = (self.state.open_project(), self.state.agent(name)) else {
            return;
        };
        let workflow = speaks_of(project, name, task);
        let vars = Box::new(Vars { workflow, ..about(self.state, agent, "") });
        let model = Model::Named(note.prompt().to_owned());
        let made = Prompting::Template(Template { model, vars, brings: None });
        // Word of a change outlives its task; of anything else nobody wants to hear once the task is over.
        let (of, terms) = match note {
            Note::Changed => (None, Terms { patience: Some(PATIENCE), ..Terms::default() }),
            Note::Held | Note::Sync | Note::Answered | Note::Resting => {
                (Some((run, task.to_owned())), Terms::default())
            }
        };
        if let Err(why) = self.enqueue_on(name, &made, of, terms) {
            self.state.doing.vain.insert((name.clone(), note.prompt(), task.to_owned()));
            let text = format!("{name} was not told of {task} by {}: {why}", note.prompt());
            self.record(Record::Note { text });
        }
    }
}
