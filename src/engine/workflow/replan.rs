//! The plan of a project is changed: one of several alternatives, shown before it is confirmed.

use super::line;
use super::open::{faults, who};
use crate::domain::command::Caller;
use crate::domain::record::Workflowed;
use crate::domain::view::Answer;
use crate::domain::workflow::project::{Change, ENTRIES_MOST, LINE_MOST, Project, Reason, Wanted};
use crate::domain::workflow::replan::{Alternative, alternatives, chosen, in_words};
use crate::engine::Step;

/// What is asked for.
pub(in crate::engine) struct Asked {
    pub wanted: Wanted,
    pub reason: Reason,
    pub note: String,
    pub choice: String,
    pub version: u64,
}

/// A change that can be made.
pub(in crate::engine) struct Chosen {
    pub one: Alternative,
    pub others: Vec<String>,
    pub asked: String,
}

impl Step<'_> {
    /// The alternative that is meant.
    ///
    /// # Errors
    /// When the project is another by now, the change cannot be made, or there is no such alternative.
    pub(in crate::engine) fn chosen(&self, asked: &Asked) -> Result<Chosen, String> {
        const DOING: &str = "change the plan";
        let project = self.project(DOING)?;
        if project.version != asked.version {
            return Err(format!(
                "{DOING}: the project changed meanwhile; look at what could be done again with \
                 `orchestra workflow reprioritise`"
            ));
        }
        if project.changes.len() >= ENTRIES_MOST {
            return Err(format!("{DOING}: it was changed {ENTRIES_MOST} times, and is not any more"));
        }
        let all = alternatives(project, &asked.wanted, self.now.wall)?;
        let (one, others) = chosen(all, &asked.choice)?;
        let faults = self.faults_of(project, &one);
        if !faults.is_empty() {
            return Err(format!("{DOING}: the plan could not be followed then: {}", faults.join("; ")));
        }
        let others = others.into_iter().map(|a| a.title).collect();
        Ok(Chosen { one, others, asked: in_words(&asked.wanted) })
    }

    /// What is wrong with a plan that was not wrong before.
    fn faults_of(&self, project: &Project, then: &Alternative) -> Vec<String> {
        let before = faults(self.state, &project.plan);
        faults(self.state, &then.plan).into_iter().filter(|f| !before.contains(f)).collect()
    }

    pub(super) fn reprioritise(&mut self, caller: &Caller, asked: &Asked) -> Result<Answer, String> {
        let Chosen { one, others, asked: in_words } = self.chosen(asked)?;
        let project = self.project("change the plan")?;
        let id = project.changes.last().map_or(1, |c| c.id.saturating_add(1));
        let change = Change {
            id,
            reason: asked.reason,
            note: line(&asked.note, LINE_MOST),
            asked: in_words,
            chosen: one.title,
            others,
            impact: one.impact,
            by: who(caller),
            at: self.now.wall,
        };
        let (plan, terms, change) = (Box::new(one.plan), one.terms, Box::new(change));
        self.workflowed(Workflowed::Replanned { plan, terms, change });
        self.shown_project()
    }
}
