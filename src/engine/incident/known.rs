//! The vocabulary and the mechanisms of a fleet: what comes along and what the team adds.

use std::sync::Arc;

use crate::domain::incident::case::Fleet;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;

/// Kinds of findings, and how one brings about another. Read once, for they are files.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Known(Arc<(Kinds, Mechanisms)>);

impl Known {
    /// Those of a fleet; none of a team that is no such.
    pub fn of(fleet: Option<&Fleet>) -> Self {
        let Some(fleet) = fleet else { return Self::default() };
        let (mut kinds, mut mechanisms) = (Kinds::built_in(), Mechanisms::built_in());
        // The configuration was checked with them: what is wrong by now adds nothing.
        let _ = mechanisms.add(&fleet.mechanisms, &mut kinds);
        Self(Arc::new((kinds, mechanisms)))
    }

    pub fn kinds(&self) -> &Kinds {
        &self.0.0
    }

    pub fn mechanisms(&self) -> &Mechanisms {
        &self.0.1
    }
}
