//! A gate somewhere else than at a tip or on a train.

use serde::{Deserialize, Serialize};

use super::super::gates::Place;
use super::super::review::GateResult;

/// How a gate ended at a commit that is no branch's tip and no train's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GateAt {
    /// What it is.
    pub place: Place,
    /// How it went.
    pub result: GateResult,
}
