//! What is looked up in data files beside a session, by whoever asks for it.

use serde::{Deserialize, Serialize};

/// Something that no session has to be asked for. The server says whether the caller may, and where the files lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookUp {
    /// The specialists of the catalogue.
    Specialists,
    /// Whom a request needs.
    Advice,
}
