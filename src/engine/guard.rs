//! Shared git configuration and hooks: what any agent may have changed keeps the target from moving until the lead
//! accepts it or it is put back.

use super::Step;
use super::event::{Effect, ReplyTo};
use super::parts::{Accept, JobKind};
use super::state::State;
use crate::domain::guard::{Change, Guarded, Redirected, Seen, Tampering};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Fault};

/// Characters kept of who accepts something.
const WHO: usize = 120;

impl State {
    /// What is not as it was, if anything.
    #[must_use]
    pub fn tampering(&self) -> Option<Tampering> {
        (!self.tampering.is_empty()).then(|| self.tampering.clone())
    }

    /// How an agent's worktree was redirected; empty where it was not.
    #[must_use]
    pub fn redirected(&self, name: &AgentName) -> &str {
        let found = self.tampering.redirected.iter().find(|r| r.agent == *name);
        found.map_or("", |r| r.what.as_str())
    }
}

impl Step<'_> {
    /// Shows what changed, or accepts exactly what was shown.
    pub(super) fn trust(&mut self, reply: Option<ReplyTo>, digest: Option<String>, by: &str) {
        let by = printable(by).chars().take(WHO).collect();
        let accept = digest.map(|digest| Accept { digest, by });
        let job = self.job(JobKind::Guard(reply, accept));
        self.out.push(Effect::Guard { job });
    }

    /// What is watched was looked at.
    pub(super) fn guarded(&mut self, job: Option<u64>, seen: Result<Box<Seen>, String>) {
        let asked = match job.and_then(|job| self.take_job(job)) {
            Some(JobKind::Guard(reply, accept)) => Some((reply, accept)),
            _ => None,
        };
        let seen = match seen {
            Ok(seen) => *seen,
            Err(why) => {
                let why = format!("look at shared git configuration: {why}");
                if let Some((reply, _)) = asked {
                    self.reply(reply, Answer::Fault { fault: Fault::Failed, why });
                } else {
                    self.record(Record::Note { text: format!("failed to {why}") });
                }
                return;
            }
        };
        self.compare(&seen);
        let Some((reply, accept)) = asked else { return };
        let tampering = self.state.tampering.clone();
        let answer = match accept {
            None => Answer::Guard { tampering, accepted: false },
            Some(_) if tampering.changes.is_empty() => Answer::Guard { tampering, accepted: false },
            Some(accept) if accept.digest != seen.snapshot.digest => {
                let why =
                    "accept these changes: they are not those that were shown any more; look again".into();
                Answer::Fault { fault: Fault::Protected, why }
            }
            Some(Accept { by, .. }) => {
                let changes = tampering.changes.clone();
                self.guard(Guarded::Trusted { by, snapshot: seen.snapshot, changes });
                Answer::Guard { tampering, accepted: true }
            }
        };
        self.reply(reply, answer);
    }

    fn compare(&mut self, seen: &Seen) {
        let Some(accepted) = &self.state.accepted else {
            return self.guard(Guarded::Began { snapshot: seen.snapshot.clone() });
        };
        let changes = accepted.changes(&seen.snapshot);
        let digest = if changes.is_empty() { String::new() } else { seen.snapshot.digest.clone() };
        let tampering = Tampering { digest, changes, redirected: seen.redirected.clone() };
        if tampering != self.state.tampering {
            self.guard(Guarded::Found { tampering });
        }
        for Redirected { agent: name, what } in &seen.redirected {
            if self.state.agent(name).is_some_and(|a| a.ready.is_some() && a.merged.is_none()) {
                let why = format!("its worktree was tampered with: {what}");
                self.record(Record::Withdrawn { agent: name.clone(), why, asked: false });
            }
        }
    }

    fn guard(&mut self, guarded: Guarded) {
        self.record(Record::Guard(Box::new(guarded)));
    }
}

/// Folds what happened to what is watched.
pub(super) fn fold(state: &mut State, guarded: &Guarded) {
    match guarded {
        Guarded::Began { snapshot } => state.accepted = Some(snapshot.clone()),
        Guarded::Found { tampering } => state.tampering = tampering.clone(),
        Guarded::Trusted { snapshot, .. } => {
            state.accepted = Some(snapshot.clone());
            state.tampering.changes.clear();
            state.tampering.digest.clear();
        }
    }
}

/// What an agent with a redirected worktree needs.
pub(super) fn need(what: &str) -> String {
    format!("its worktree was tampered with: {what}; its branch is not read until that is put right")
}

/// What happened, for people; nothing where it is only as expected.
pub(super) fn log_text(guarded: &Guarded) -> Option<String> {
    let names = |changes: &[Change]| changes.iter().map(|c| c.path.clone()).collect::<Vec<_>>().join(", ");
    Some(match guarded {
        Guarded::Began { .. } => return None,
        Guarded::Found { tampering } if tampering.is_empty() => {
            "shared git configuration is as the session knows it again".to_owned()
        }
        Guarded::Found { tampering } => {
            let files = names(&tampering.changes);
            let trees: Vec<String> =
                tampering.redirected.iter().map(|r| format!("the worktree of {}", r.agent)).collect();
            let all: Vec<String> = [files].into_iter().filter(|f| !f.is_empty()).chain(trees).collect();
            format!("tampered: {}", all.join(", "))
        }
        Guarded::Trusted { by, changes, .. } => format!("changes accepted by {by}: {}", names(changes)),
    })
}
