//! Answers about incidents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::incident::finding::Problem;

/// What became of findings that were handed in.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Taken {
    /// Ids of those that are new.
    pub taken: Vec<String>,
    /// Ids of those that were there already, word for word.
    pub known: Vec<String>,
    /// What could not be used; the rest was.
    pub problems: Vec<Problem>,
}
