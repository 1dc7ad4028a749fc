//! Looking at what agents could change of shared git configuration: before whatever reads branches, and right
//! before the target moves.

use std::sync::{Mutex, PoisonError};

use super::{Ground, Workers};
use crate::domain::guard::{Redirected, Seen, Snapshot, refusal};
use crate::domain::id::TrainId;
use crate::domain::pr::{Draft, Pr, TEMPLATE, describe};
use crate::domain::train::{Applied, Built, TRIAL, TrainPlan};
use crate::engine::event::Event;
use crate::{config, git};

/// The number of a train that is only described.
const PLANNED: TrainId = TRIAL | 1 << 61;

/// What workers know of it.
#[derive(Default)]
pub(super) struct Guard {
    /// As the session knows it: nothing moves while it differs.
    accepted: Mutex<Option<Snapshot>>,
    /// What the engine was told last.
    told: Mutex<Option<Result<Seen, String>>>,
}

impl Workers {
    /// From now on this is what nothing may differ from.
    pub(in crate::server) fn know(&self, accepted: Option<&Snapshot>) {
        let mut known = self.ground.guard.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        *known = accepted.cloned();
    }

    /// The first look of a server, at once.
    pub(in crate::server) fn first_look(&self) -> Event {
        self.ground.guarded(None)
    }
}

impl Ground {
    fn seen(&self) -> Result<Seen, String> {
        let snapshot = git::snapshot(&self.repository, &self.target).map_err(|e| e.to_string())?;
        let mut redirected = Vec::new();
        for pane in self.panes.iter().filter(|p| p.worktree.is_dir()) {
            if let Err(git::Error::Tampered { what, .. }) =
                git::check_worktree(&self.repository, &pane.worktree)
            {
                redirected.push(Redirected { agent: pane.name.clone(), what });
            }
        }
        Ok(Seen { snapshot, redirected })
    }

    /// What is seen now, as an event.
    pub(super) fn guarded(&self, job: Option<u64>) -> Event {
        let mut told = self.guard.told.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.seen();
        *told = Some(seen.clone());
        Event::Guarded { job, seen: seen.map(Box::new) }
    }

    /// Tells what is seen now where that is news.
    pub(super) fn look_around(&self, out: &dyn Fn(Event)) {
        // Held until it is told, so that what is told last is what was seen last.
        let mut told = self.guard.told.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.seen();
        if told.as_ref() != Some(&seen) {
            *told = Some(seen.clone());
            out(Event::Guarded { job: None, seen: seen.map(Box::new) });
        }
    }

    /// Describes a train by the project's template or our own, and keeps that as a report.
    pub(super) fn describe(&self, draft: &Draft) -> Result<Box<Pr>, String> {
        let failed = |e: git::Error| format!("describe the train: {e}");
        // What is only planned has left nothing in the repository: it is made, looked at and forgotten.
        let plan = TrainPlan { id: PLANNED, ..draft.plan.clone() };
        let made = if draft.applied {
            draft.built.clone()
        } else {
            git::build(&self.repository, &plan).map_err(failed)?
        };
        let merges = match &made {
            Built::Clean { steps, .. } => git::account(&self.repository, &draft.plan, steps).map_err(failed),
            Built::Conflict(_) => {
                Err("describe a train that does not merge; `orchestra merge --dry-run` says where".into())
            }
        };
        if !draft.applied {
            self.forget(PLANNED);
        }
        let merges = merges?;
        let draft = &Draft { built: made, ..draft.clone() };
        let own = config::template(&self.repository, "pr").map_err(|e| e.to_string())?;
        let pr = describe(draft, &merges, own.as_deref().unwrap_or(TEMPLATE))?;
        self.write_report("pr.md", &pr.text);
        Ok(Box::new(pr))
    }

    /// Why the target may not move now, if it may not.
    pub(super) fn refuse_move(&self) -> Option<Applied> {
        let accepted = self.guard.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let now = git::snapshot(&self.repository, &self.target).ok()?;
        let changes = accepted.changes(&now);
        let files = changes.iter().map(|c| c.path.clone()).collect();
        (!changes.is_empty()).then(|| Applied::InTheWay { files, remedy: refusal(&changes) })
    }
}
