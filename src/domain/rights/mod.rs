//! Who may do what: every command belongs to a tool, and a policy says for each tool what becomes of a call.

mod tool;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::tool::Tool;
use super::command::Caller;
use super::id::ORCHESTRATOR;

/// Seconds a confirmation waits for a person where the configuration says nothing.
pub const PATIENCE_S: u64 = 120;

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Say {
    /// It is done.
    Allow,
    /// A person is asked first; silence means no.
    Confirm,
    /// It is refused.
    Deny,
}

impl Say {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Confirm => "confirm",
            Self::Deny => "deny",
        }
    }

    /// What that word says.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Allow, Self::Confirm, Self::Deny].into_iter().find(|s| s.word() == word)
    }
}

/// What a caller is to the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// A person, or a script of theirs, outside all panes: no policy holds for them.
    Person,
    /// The orchestrator's pane, or a program outside all panes that speaks MCP.
    Conductor,
    /// An agent of the team, in its pane.
    Agent,
}

impl Caller {
    /// What the caller is to the session.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self {
            Self::Outside => Standing::Person,
            Self::Mcp { pane: None, .. } => Standing::Conductor,
            Self::Pane(name) | Self::Mcp { pane: Some(name), .. } if name.as_str() == ORCHESTRATOR => {
                Standing::Conductor
            }
            Self::Pane(_) | Self::Mcp { .. } => Standing::Agent,
        }
    }
}

/// What the configuration says of tools: `[policy]`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The tools it names; all others are as [`Tool::usual`] says.
    pub tools: BTreeMap<Tool, Say>,
    /// Seconds a person has to answer, 5 to 3600.
    pub timeout: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { tools: BTreeMap::new(), timeout: PATIENCE_S }
    }
}

impl Policy {
    /// What becomes of a call of `tool` by such a caller. What an agent may not do at all, no policy lets it do;
    /// answering a confirmation and accepting changed git configuration are for people alone.
    #[must_use]
    pub fn says(&self, standing: Standing, tool: Tool) -> Say {
        let usual = tool.usual(standing);
        match (standing, usual) {
            (Standing::Person, _) => Say::Allow,
            (_, Say::Deny) => Say::Deny,
            (_, usual) => self.tools.get(&tool).copied().unwrap_or(usual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;

    #[test]
    fn a_policy_changes_what_is_usual_but_never_what_is_for_others_alone() {
        let mut policy = Policy::default();
        for tool in Tool::ALL {
            policy.tools.insert(tool, Say::Allow);
            assert_eq!(policy.says(Standing::Person, tool), Say::Allow);
        }
        assert_eq!(policy.says(Standing::Conductor, Tool::StartMerge), Say::Allow);
        assert_eq!(policy.says(Standing::Conductor, Tool::Confirm), Say::Deny);
        assert_eq!(policy.says(Standing::Agent, Tool::StartMerge), Say::Deny);
        let usual = Policy::default();
        for tool in [Tool::StartMerge, Tool::StopAgent, Tool::Broadcast, Tool::ChangeConfig] {
            assert_eq!(usual.says(Standing::Conductor, tool), Say::Confirm, "{tool:?}");
        }
        policy.tools.insert(Tool::SendQuery, Say::Deny);
        assert_eq!(policy.says(Standing::Agent, Tool::SendQuery), Say::Deny);
    }

    #[test]
    fn callers_stand_where_they_are() {
        let pane = |n: &str| Caller::Pane(AgentName::new(n).unwrap());
        let mcp = |pane| Caller::Mcp { client: "c".into(), pane };
        assert_eq!(Caller::Outside.standing(), Standing::Person);
        assert_eq!(mcp(None).standing(), Standing::Conductor);
        assert_eq!(mcp(Some(AgentName::orchestrator())).standing(), Standing::Conductor);
        assert_eq!(mcp(Some(AgentName::new("SEC").unwrap())).standing(), Standing::Agent);
        assert_eq!(pane("SEC").standing(), Standing::Agent);
    }
}
