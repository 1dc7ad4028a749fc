//! An incident fleet at work: triage, approval, specialists with deadlines, their findings, the postmortem.

mod folded;

use super::Step;
use crate::domain::command::{Caller, Incident};
use crate::domain::view::Answer;

pub(super) use self::folded::{fold, subject, told};

impl Step<'_> {
    /// Carries out what is asked of an incident fleet.
    pub(super) fn incident(&mut self, _caller: &Caller, what: Incident) -> Result<Answer, String> {
        match what {
            Incident::Show => match &self.state.incident {
                Some(case) => Ok(Answer::Incident(case.clone())),
                None => Err("show the incident: there is none; `orchestra incident run` takes one on".into()),
            },
            _ => Err("work on incidents: this session is no incident fleet".into()),
        }
    }
}
