//! What happens around a run beside its tasks: gates at its end, a look at red ones at its beginning, a review.

use serde::{Deserialize, Serialize};

/// Which gates run once a run's last task has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndGates {
    /// None.
    #[default]
    None,
    /// All gates, at the tip of every branch that had a task.
    All,
}

/// What follows a run that has ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Whether all branches are reviewed.
    #[serde(default)]
    pub review: bool,
    /// The template offered to the orchestrator's pane; it is sent once somebody accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
}

impl Then {
    /// Whether nothing follows.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What a plan that looks at gates first does about red ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Red {
    /// It does not start and names them.
    #[default]
    Ask,
    /// It starts all the same.
    Accept,
}

/// What a gate job does at a gate that is not green.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRed {
    /// It ends: the rest would prove nothing.
    Stop,
    /// It goes on: everything is wanted.
    Go,
}
