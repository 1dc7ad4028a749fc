//! An incident fleet at work: triage, approval, specialists with deadlines, their findings, the postmortem.
//!
//! The specialists' and the coordinator's work are tasks of a run like any other. What becomes of those is followed
//! here, step by step, so that a server that takes over goes on wherever the journal ends.

mod find;
mod folded;
mod follow;
mod known;
mod open;
mod told;
mod var;
mod write;

use super::Step;
use super::state::State;
use crate::domain::command::{Caller, Incident};
use crate::domain::id::AgentName;
use crate::domain::incident::case::{Case, Fleet, Stage};
use crate::domain::plan::{COORDINATOR, Groups, SPECIALISTS};
use crate::domain::view::Answer;

pub(super) use self::folded::{fold, session_over, subject};
pub(super) use self::known::Known;
pub(super) use self::told::told;
pub(super) use self::var::incident_var;

/// The most bytes of an incident that is shown: an answer travels in one frame of 1 MiB.
const SHOWN_MOST: usize = 900 * 1024;
/// Who a person is in what an incident says of itself.
const LEAD: &str = "lead";
/// The name of the plan that an incident runs.
const PLAN: &str = "incident";

impl State {
    /// The incident, unless it is over.
    #[must_use]
    pub fn open_case(&self) -> Option<&Case> {
        self.incident.as_deref().filter(|c| c.stage != Stage::Closed)
    }

    /// The groups that plans may name now.
    pub(super) fn groups(&self) -> Groups {
        let mut groups = self.config.focus.clone();
        if let Some(fleet) = &self.config.fleet {
            groups.insert(COORDINATOR.to_owned(), vec![fleet.coordinator.clone()]);
        }
        if let Some(case) = self.open_case() {
            let engaged = open::engaged(self, &case.triaged).here.into_iter().map(|(name, _)| name);
            groups.insert(SPECIALISTS.to_owned(), engaged.collect());
        }
        groups
    }
}

impl Step<'_> {
    /// Carries out what is asked of an incident fleet.
    pub(super) fn incident(&mut self, caller: &Caller, what: Incident) -> Result<Answer, String> {
        if self.state.config.fleet.is_none() {
            return Err(
                "work on incidents: this session is no incident fleet; `[incident]` in orchestra.toml \
                        makes one, `orchestra init --preset incident` writes a whole team"
                    .into(),
            );
        }
        match what {
            Incident::Open { name, report, told, received, data } => {
                self.open_incident(caller, &open::Opening { name, report, told, received, data })
            }
            Incident::Show => self.shown_case(),
            Incident::Find { text } => self.take_findings(caller, &text),
            Incident::Reported { note } => self.take_report(caller, &note),
            Incident::CannotUse { place, why } => self.take_unusable(caller, &place, &why),
            Incident::Submit { text } => self.take_postmortem(caller, &text),
            Incident::Close { why } => self.close_incident(&why),
        }
    }

    /// The latest incident, as large as an answer can be.
    fn shown_case(&self) -> Result<Answer, String> {
        let case = self.state.incident.as_deref();
        let case = case.ok_or("show the incident: there is none; `orchestra incident run` takes one on")?;
        Ok(Answer::Incident(Box::new(case.clone().within(SHOWN_MOST))))
    }

    fn fleet(&self) -> Option<&Fleet> {
        self.state.config.fleet.as_deref()
    }

    /// The incident that is open.
    fn case(&self, doing: &str) -> Result<&Case, String> {
        self.state.open_case().ok_or_else(|| match &self.state.incident {
            Some(case) => format!("{doing}: incident {} is closed: {}", case.number, case.ended),
            None => format!("{doing}: there is no incident; `orchestra incident run` takes one on"),
        })
    }

    fn is_coordinator(&self, name: &AgentName) -> bool {
        self.fleet().is_some_and(|f| f.coordinator == *name)
    }
}

/// Text of several lines as it is kept: nothing in it that a terminal acts on.
fn clean(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(crate::domain::signal::printable).collect();
    lines.join("\n").trim_end().to_owned()
}

/// A line of at most so many characters.
fn line(text: &str, most: usize) -> String {
    super::calls::shown(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}
