//! The fleet of a configuration: who coordinates, who is asked before, and how long specialists have.

use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;
use crate::domain::incident::correlate::WINDOW;
use crate::domain::incident::postmortem::House;
use crate::domain::incident::triage::{Priority, Routes};

/// How long before an incident's start findings may lie, in seconds, where nothing else is said: a slow burn may take an
/// hour.
pub const LOOK_BACK_S: u32 = 3 * 3600;

/// Whose route is shown for approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approve {
    /// Incidents of these priorities.
    pub priorities: Vec<Priority>,
    /// Seconds a person has; silence means yes, since specialists only read.
    pub timeout_s: u64,
}

/// What `[incident]` says, and the data files that belong to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fleet {
    /// Who writes the postmortem.
    pub coordinator: AgentName,
    /// Whose route is shown for approval.
    pub approve: Approve,
    /// Seconds a specialist has from its brief.
    pub deadline_s: u32,
    /// Seconds the coordinator has from its prompt.
    pub write_s: u32,
    /// Events so many seconds apart lie in one window.
    pub window_s: u32,
    /// How long before the start findings may lie, in seconds.
    pub look_back_s: u32,
    /// Who is engaged when.
    pub routes: Routes,
    /// The team's own kinds and mechanisms, as their file has them; may be empty.
    pub mechanisms: String,
    /// The team's own template of a postmortem; empty: the built-in one.
    pub template: String,
    /// What the team says is to be done about which kinds of findings, as its file has it; may be empty.
    pub actions: String,
}

impl Fleet {
    /// A fleet that is led by `coordinator` and has all else as it is where nothing is said.
    #[must_use]
    pub fn led_by(coordinator: AgentName, routes: Routes) -> Self {
        Self {
            coordinator,
            approve: Approve { priorities: vec![Priority::P1], timeout_s: 30 },
            deadline_s: 300,
            write_s: 300,
            window_s: WINDOW,
            look_back_s: LOOK_BACK_S,
            routes,
            mechanisms: String::new(),
            template: String::new(),
            actions: String::new(),
        }
    }

    /// What the team says of its postmortems.
    #[must_use]
    pub fn house(&self) -> House<'_> {
        House { template: &self.template, actions: &self.actions }
    }
}

/// The folder of an incident's data that a specialist of that name reads: what stands before the first `-`, such as
/// `k8s` for `k8s-health-agent`.
#[must_use]
pub fn folder_of(agent: &str) -> &str {
    agent.split('-').next().unwrap_or(agent)
}
