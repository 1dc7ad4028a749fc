//! What happened in an incident.

use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, RunId};
use crate::domain::incident::case::{Approval, Draft, Progress, Unusable};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::stamp;
use crate::domain::incident::triage::Triaged;

/// A step of an incident.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Incidented {
    /// The session takes an incident on.
    Opened {
        /// Its number in the session, from 1.
        number: u32,
        /// What it is called.
        name: String,
        /// The report.
        report: String,
        /// The folder of its data; empty: none.
        data: String,
        /// What triage said.
        triaged: Box<Triaged>,
        /// The begin of the time that findings may be of.
        #[serde(with = "stamp")]
        from: i64,
        /// Its end; none while it goes on.
        #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
        to: Option<i64>,
        /// Whether a person is asked before anybody is engaged.
        asks: bool,
    },
    /// Its route goes ahead.
    Approved {
        /// Whose word that was.
        by: Approval,
    },
    /// Its specialists are engaged: the run of its plan began.
    Engaged {
        /// The run.
        run: RunId,
        /// The specialists, each with why and with its seconds.
        specialists: Vec<(AgentName, String, u32)>,
    },
    /// A specialist came further.
    Progress {
        /// Who.
        agent: AgentName,
        /// How far it is.
        progress: Progress,
        /// What it said, or why; may be empty.
        note: String,
    },
    /// A finding was taken.
    Found {
        /// The finding; its source is who submitted it.
        finding: Box<Finding>,
    },
    /// Something could not be used.
    Unusable(Unusable),
    /// All specialists have ended: the coordinator is to write.
    Writing,
    /// A postmortem was handed in.
    Written {
        /// By whom, which attempt, and what the check says.
        draft: Draft,
        /// The text.
        text: String,
    },
    /// It is over.
    Closed {
        /// Why.
        why: String,
    },
}
