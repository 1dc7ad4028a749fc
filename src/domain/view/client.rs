//! Who is attached.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;

/// One dashboard that is attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClientView {
    /// What it is called here.
    pub name: String,
    /// Rows of its terminal.
    pub rows: u16,
    /// Columns of its terminal.
    pub cols: u16,
    /// Whom it looks at.
    pub agent: Option<AgentName>,
    /// Whether it types into that pane.
    pub typing: bool,
    /// Whether it only looks.
    pub read_only: bool,
    /// The panes that are as large as they are because of it.
    pub sizes: Vec<AgentName>,
}
