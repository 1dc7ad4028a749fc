//! Answers about incidents.

use std::collections::BTreeMap;

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
    /// Those that say what another one says already: its id by theirs. They were not taken.
    #[serde(default)]
    pub same_as: BTreeMap<String, String>,
    /// What could not be used; the rest was.
    pub problems: Vec<Problem>,
}
