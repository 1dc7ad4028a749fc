//! What people may want to be told: gathered from the records as they are made, told together and
//! at most once a second.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Step;
use super::event::Effect;
use super::state::State;
use crate::domain::command::{Silence, Via};
use crate::domain::conduct::{Notice, Occasion};
use crate::domain::record::{Confirmed, Record, Talked, Workflowed};
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::domain::train::{Applied, Halt, Solving};

/// How long the first thing to tell waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// The least time between two tellings.
const PAUSE: Duration = Duration::from_secs(1);
/// The most that is told together; what comes on top is left out, oldest first.
const MOST: usize = 48;
/// Characters of one text.
const TEXT: usize = 200;

/// What is still to be told. Not durable: what a lost server did not tell is in the journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    waiting: Vec<Notice>,
    /// Since when something waits.
    since: Option<Time>,
    told: Option<Time>,
    /// Hooks whose failure was noted.
    failing: BTreeSet<usize>,
}

/// When something must be told at the latest.
pub(super) fn deadline(state: &State) -> Option<Time> {
    let gathered = state.notices.since?.plus(GATHER);
    Some(state.notices.told.map_or(gathered, |t| gathered.max(t.plus(PAUSE))))
}

impl Step<'_> {
    /// Takes up what a record means for people.
    pub(super) fn notice(&mut self, record: &Record) {
        let Some((occasion, text)) = occasion(self.state, record) else { return };
        let conflicting = match record {
            Record::TrainHalted { halt: Halt::Conflict { agent, .. }, .. } => Some(agent),
            _ => None,
        };
        let agent = super::fold::subject(record).or(conflicting).cloned();
        let text = printable(text.trim()).chars().take(TEXT).collect();
        let notices = &mut self.state.notices;
        notices.since.get_or_insert(self.now);
        // The latest of a kind is what counts of an agent.
        notices.waiting.retain(|n| (n.occasion, &n.agent) != (occasion, &agent));
        if notices.waiting.len() >= MOST {
            notices.waiting.remove(0);
        }
        notices.waiting.push(Notice { occasion, agent, text });
    }

    /// Tells what has been gathered, once it is time.
    pub(super) fn tell(&mut self) {
        if deadline(self.state).is_none_or(|t| t > self.now) {
            return;
        }
        let notices = &mut self.state.notices;
        notices.since = None;
        notices.told = Some(self.now);
        let notices = std::mem::take(&mut notices.waiting);
        self.out.push(Effect::Notify { notices });
    }

    /// A hook ended. Its failure is noted when it begins, not each time.
    pub(super) fn hook_ended(&mut self, hook: usize, failed: Option<String>) {
        let Some(why) = failed else {
            self.state.notices.failing.remove(&hook);
            return;
        };
        if self.state.notices.failing.insert(hook) {
            let run = self.state.config.conduct.hooks.get(hook).map_or("", |h| h.run.as_str());
            let text = format!("hook {} failed, which is noted once: {why} ({run})", hook + 1);
            self.record(Record::Note { text: text.chars().take(1000).collect() });
        }
    }
}

/// What kind of thing a record is to people, and its text; none where nobody need be told.
fn occasion(state: &State, record: &Record) -> Option<(Occasion, String)> {
    let told = |occasion| {
        let (_, _, text) = super::story::told(record, &state.config.conduct.phrase)?;
        Some((occasion, text))
    };
    match record {
        Record::Activity { state: AgentState::Asking, evidence, .. } => {
            Some((Occasion::Asking, format!("asks: {evidence}")))
        }
        Record::Activity { state: AgentState::Limited, evidence, .. } => {
            Some((Occasion::Limited, format!("hit a usage limit: {evidence}")))
        }
        Record::Confirm(step) => match &**step {
            Confirmed::Asked { id, title, silence: Silence::Yes, .. } => {
                Some((Occasion::Confirm, format!("goes ahead unless a person says no ({id}): {title}")))
            }
            Confirmed::Asked { id, caller, title, .. } => {
                Some((Occasion::Confirm, format!("{caller} waits for a person ({id}): {title}")))
            }
            Confirmed::Ended { .. } => None,
        },
        Record::AgentDown { orderly: false, .. } => told(Occasion::Failed),
        Record::Talk(talked) => match &**talked {
            Talked::Asked(query) if state.only_people_answer(&query.to) => told(Occasion::Query),
            _ => None,
        },
        Record::Workflow(step) => match &**step {
            Workflowed::Escalated { .. } | Workflowed::Asked { .. } => told(Occasion::Escalated),
            _ => None,
        },
        // Who takes an agent at its word knows of it.
        Record::Claimed { via: Via::Lead, .. } => None,
        Record::Claimed { .. } | Record::Hint { .. } => told(Occasion::Claimed),
        Record::Refused { reasons, .. } => {
            Some((Occasion::Refused, format!("is not ready: {}", reasons.join("; "))))
        }
        Record::Ready { oid, .. } => Some((Occasion::Ready, format!("is ready at {}", oid.short()))),
        // That it is being solved now is news to nobody.
        Record::TrainHalted { halt: Halt::Conflict { solving, .. }, .. } if *solving != Solving::Nobody => {
            None
        }
        Record::TrainHalted { halt: halt @ Halt::Conflict { .. }, .. } => {
            Some((Occasion::Conflict, format!("halts the merge: {halt}")))
        }
        Record::TrainHalted { halt, .. } => Some((Occasion::TrainStopped, format!("merge halted: {halt}"))),
        Record::TrainApplied { applied: Applied::Moved, .. } => {
            let plan = &state.train.as_ref()?.plan;
            Some((Occasion::Merged, format!("{} branches merged into {}", plan.steps.len(), plan.target)))
        }
        Record::RunEnded { run } => {
            let run = state.runs.iter().find(|r| r.id == *run)?;
            Some((Occasion::RunEnded, format!("plan {} has ended", run.plan)))
        }
        _ => None,
    }
}
