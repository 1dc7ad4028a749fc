//! What is asked of a session about the project that it follows.

use serde::{Deserialize, Serialize};

use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{Context, Epoch, Reason, Terms, Wanted};

/// Something asked of a project. `task` is the task of the calling pane's agent where it is empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "workflow", rename_all = "snake_case")]
pub enum Workflow {
    /// Begins a project.
    Start {
        /// What it is called; empty: as its pattern.
        #[serde(default)]
        name: String,
        /// The plan.
        plan: Box<Planned>,
        /// What it starts from.
        #[serde(default)]
        context: Box<Context>,
        /// What it keeps to.
        #[serde(default)]
        terms: Terms,
        /// Milliseconds that a planned day lasts, at least 1.
        day_ms: i64,
    },
    /// The project as it is now; the latest.
    Show,
    /// Says how far a task is.
    Percent {
        /// The task.
        #[serde(default)]
        task: String,
        /// 0 to 100.
        percent: u8,
        /// What is to be added.
        #[serde(default)]
        note: String,
    },
    /// Says that a task is done, and hands over.
    HandOver {
        /// The task.
        #[serde(default)]
        task: String,
        /// The text, at most [`HANDOVER_MOST`](crate::domain::workflow::project::HANDOVER_MOST) bytes.
        text: String,
    },
    /// Tells the tasks beside a task something.
    Sync {
        /// The task.
        #[serde(default)]
        task: String,
        /// What.
        text: String,
    },
    /// Gives a figure.
    Figure {
        /// What it measures.
        name: String,
        /// Of when it is.
        epoch: Epoch,
        /// The value with its unit.
        value: String,
    },
    /// Says what keeps a task from going on.
    Block {
        /// The task.
        #[serde(default)]
        task: String,
        /// What.
        text: String,
        /// What is done about it.
        #[serde(default)]
        mitigation: String,
    },
    /// Says what is done about a blocker.
    Mitigate {
        /// The blocker's number.
        id: u32,
        /// What.
        mitigation: String,
    },
    /// Says that a blocker blocks no longer.
    Unblock {
        /// Its number.
        id: u32,
    },
    /// Asks a person to decide something.
    AskDecision {
        /// What.
        text: String,
    },
    /// Decides it. Only a person does.
    Decide {
        /// The question's number.
        id: u32,
        /// What.
        decision: String,
    },
    /// Raises something to a person that no rule sees.
    Escalate {
        /// Why.
        cause: crate::domain::workflow::project::Cause,
        /// What it rests on.
        evidence: String,
    },
    /// Says what was done about an escalation. Only a person does.
    Settle {
        /// Its number.
        id: u32,
        /// What.
        how: String,
    },
    /// Says whether a red flag is raised that cannot be computed.
    Answer {
        /// The flag.
        flag: String,
        /// Whether it is.
        raised: bool,
        /// What is to be added.
        #[serde(default)]
        note: String,
    },
    /// Says that a point of a checklist was seen to.
    Tick {
        /// The phase; empty: that of the calling pane's task, or the only one that has the list.
        #[serde(default)]
        phase: String,
        /// The checklist.
        list: String,
        /// The point.
        point: String,
        /// What was seen.
        #[serde(default)]
        note: String,
    },
    /// Changes the plan.
    Reprioritise {
        /// What is wanted.
        wanted: Wanted,
        /// Why.
        reason: Reason,
        /// What is to be added.
        #[serde(default)]
        note: String,
        /// Which of the alternatives, by its name.
        choice: String,
        /// The project's version on which the alternatives were worked out.
        version: u64,
    },
    /// Closes the project as it is.
    Close {
        /// Why.
        why: String,
    },
}

impl Workflow {
    /// Whether only a person may say it.
    #[must_use]
    pub fn takes_a_person(&self) -> bool {
        matches!(self, Self::Decide { .. } | Self::Settle { .. })
    }

    /// Whether an agent says it of its own task.
    #[must_use]
    pub fn of_own_task(&self) -> bool {
        matches!(
            self,
            Self::Percent { .. }
                | Self::HandOver { .. }
                | Self::Sync { .. }
                | Self::Figure { .. }
                | Self::Block { .. }
                | Self::Mitigate { .. }
                | Self::Unblock { .. }
                | Self::AskDecision { .. }
                | Self::Escalate { .. }
                | Self::Tick { .. }
                | Self::Answer { .. }
        )
    }
}
