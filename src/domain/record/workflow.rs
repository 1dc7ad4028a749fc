//! What happened in a project that follows a workflow.

use serde::{Deserialize, Serialize};

use crate::domain::id::RunId;
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{Base, Cause, Change, Context, Epoch, Stage, Terms, Verdict};

/// A step of a project. What becomes of its tasks is in [`Record::Task`](super::Record::Task) of its run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Workflowed {
    /// A project begins.
    Started {
        /// Its number in the session, from 1.
        number: u32,
        /// What it is called.
        name: String,
        /// What it starts from.
        context: Box<Context>,
        /// What it keeps to.
        terms: Terms,
        /// Milliseconds that a planned day lasts.
        day_ms: i64,
        /// The plan.
        plan: Box<Planned>,
        /// Its schedule.
        baseline: Vec<Base>,
    },
    /// The run of its tasks began.
    Running {
        /// The run.
        run: RunId,
    },
    /// An agent said how far it is.
    Percent {
        /// The task.
        task: String,
        /// 0 to 100.
        percent: u8,
        /// What it added; may be empty.
        note: String,
    },
    /// An agent said that it is done, and handed over.
    HandedOver {
        /// The task.
        task: String,
        /// The text.
        text: String,
    },
    /// What is held against that.
    Held {
        /// The task.
        task: String,
        /// Sentence by sentence; empty: nothing any more.
        reasons: Vec<String>,
    },
    /// Somebody said something at a sync point.
    Synced {
        /// The task.
        task: String,
        /// The task beside it.
        with: String,
        /// What.
        text: String,
    },
    /// A review judged work.
    Judged {
        /// The task that was judged.
        work: String,
        /// The task that judged.
        review: String,
        /// Which round it was, from 1.
        round: u8,
        /// What it said.
        verdict: Verdict,
        /// What is to be better.
        feedback: Vec<String>,
    },
    /// Somebody gave a figure.
    Figure {
        /// What it measures.
        name: String,
        /// Of when it is.
        epoch: Epoch,
        /// The value with its unit.
        value: String,
        /// Who.
        by: String,
    },
    /// Something keeps a task from going on.
    Blocked {
        /// The task.
        task: String,
        /// What.
        text: String,
        /// What is done about it; may be empty.
        mitigation: String,
    },
    /// Something is done about that.
    Mitigated {
        /// The blocker's number.
        id: u32,
        /// What.
        mitigation: String,
    },
    /// It does no longer.
    Unblocked {
        /// The blocker's number.
        id: u32,
        /// Who says so; empty in records from before this was kept.
        #[serde(default)]
        by: String,
    },
    /// A person is asked.
    Asked {
        /// By whom.
        by: String,
        /// What.
        text: String,
    },
    /// A person decided.
    Decided {
        /// The question's number.
        id: u32,
        /// What.
        decision: String,
        /// Who.
        by: String,
    },
    /// Something is raised to a person.
    Escalated {
        /// Why.
        cause: Cause,
        /// What tells it apart.
        key: String,
        /// What it rests on.
        evidence: Vec<String>,
    },
    /// Something was done about that.
    Settled {
        /// The escalation's number.
        id: u32,
        /// What.
        how: String,
    },
    /// Somebody said whether a red flag is raised.
    Answered {
        /// The flag.
        flag: String,
        /// Whether it is.
        raised: bool,
        /// What was added; may be empty.
        note: String,
        /// Who.
        by: String,
    },
    /// A point of a checklist was seen to.
    Ticked {
        /// The phase.
        phase: String,
        /// The checklist.
        list: String,
        /// The point.
        point: String,
        /// What was seen; may be empty.
        note: String,
        /// Who.
        by: String,
    },
    /// The plan changed.
    Replanned {
        /// The plan from now on.
        plan: Box<Planned>,
        /// What it keeps to from now on.
        terms: Terms,
        /// The change.
        change: Box<Change>,
    },
    /// The report of a week was kept.
    Reported {
        /// Its number, from 1.
        week: u32,
    },
    /// It is over.
    Closed {
        /// How.
        stage: Stage,
        /// Why; empty: all is done.
        why: String,
    },
}
