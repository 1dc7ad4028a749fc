//! What is asked of an incident fleet.

use serde::{Deserialize, Serialize};

use crate::domain::incident::triage::Told;

/// Something asked of a fleet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "incident", rename_all = "snake_case")]
pub enum Incident {
    /// Takes an incident on: triages it and engages its specialists.
    Open {
        /// What it is called; empty: `incident-N`.
        #[serde(default)]
        name: String,
        /// The report; may be empty where `told` answers all questions.
        report: String,
        /// Answers beside the report; they go before it.
        #[serde(default)]
        told: Told,
        /// When the report came in, milliseconds since 1970, and minutes east of UTC; none: now.
        #[serde(default)]
        received: Option<(i64, i32)>,
        /// The folder of its data, an absolute path; empty: none.
        #[serde(default)]
        data: String,
    },
    /// The incident as it is now; the latest.
    Show,
    /// Hands findings in, in the name of the calling pane's agent.
    Find {
        /// A line of JSON each, or one JSON array, at most [`TEXT_MOST`] bytes.
        text: String,
    },
    /// Says that the calling pane's agent has found all it can.
    Reported {
        /// What it adds; may be empty.
        note: String,
    },
    /// Says of a file of the data that it cannot be used.
    CannotUse {
        /// The file.
        place: String,
        /// Why.
        why: String,
    },
    /// Hands the postmortem in.
    Submit {
        /// The text, at most [`POSTMORTEM_MOST`](crate::domain::incident::case::POSTMORTEM_MOST) bytes.
        text: String,
    },
    /// Closes the incident as it is, without waiting any longer.
    Close {
        /// Why.
        why: String,
    },
}

/// The most bytes of findings that are handed in at once.
pub const TEXT_MOST: usize = 512 * 1024;
