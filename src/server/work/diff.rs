//! Reading branches: compared once for each pair of commits.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use super::Ground;
use crate::domain::diff::{BranchDiff, Unmerged};
use crate::domain::id::{AgentName, Oid};
use crate::git;

/// Answers that are kept; each holds at most what one message does, and its colours.
const KEPT: usize = 4;

/// What was compared: the two commits, and the one file whose lines were wanted.
type Key = (AgentName, Oid, Oid, Option<String>);

/// The latest comparisons.
#[derive(Default)]
pub(super) struct Diffs(Mutex<VecDeque<(Key, BranchDiff)>>);

impl Diffs {
    fn get(&self, key: &Key) -> Option<BranchDiff> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, diff)| diff.clone())
    }

    fn keep(&self, key: Key, diff: BranchDiff) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        kept.push_front((key, diff));
        kept.truncate(KEPT);
    }
}

impl Ground {
    pub(super) fn diff(
        &self,
        agent: &AgentName,
        open: bool,
        path: Option<&str>,
    ) -> Result<Box<BranchDiff>, String> {
        let inputs = self.inputs();
        let Some(of) = inputs.iter().find(|i| i.agent == *agent) else {
            return Err(format!("read the branch of {agent}: it has none"));
        };
        let wanted = git::Wanted { of, target: &self.target, open, path };
        let mut key = None;
        let mut fresh = true;
        let compare = || {
            git::diff(&self.repository, &wanted, &mut |base, at| {
                let asked = (agent.clone(), base.clone(), at.clone(), path.map(str::to_owned));
                let known = self.diffs.get(&asked);
                fresh = known.is_none();
                key = Some(asked);
                known
            })
        };
        // Somebody waits for this: whatever happens, there is an answer.
        let mut found = match std::panic::catch_unwind(AssertUnwindSafe(compare)) {
            Ok(found) => found.map_err(|e| e.to_string())?,
            Err(_) => return Err(format!("read the branch of {agent}: it panicked; see the server's log")),
        };
        if fresh {
            self.mask_lines(&mut found);
        }
        if let (Some(key), true) = (key, fresh) {
            self.diffs.keep(key, found.clone());
        }
        Ok(Box::new(found))
    }

    pub(super) fn unmerged(
        &self,
        ours: Option<&AgentName>,
        theirs: &AgentName,
    ) -> Result<Box<Unmerged>, String> {
        let inputs = self.inputs();
        let of = |agent: &AgentName| {
            let found = inputs.iter().find(|i| i.agent == *agent);
            found.ok_or_else(|| format!("read the branch of {agent}: it has none"))
        };
        let (ours, theirs) = (ours.map(of).transpose()?, of(theirs)?);
        let merge = || git::unmerged(&self.repository, ours, theirs, &self.target);
        // Somebody waits for this: whatever happens, there is an answer.
        let mut found = match std::panic::catch_unwind(AssertUnwindSafe(merge)) {
            Ok(found) => found.map_err(|e| e.to_string())?,
            Err(_) => {
                let agent = &theirs.agent;
                return Err(format!("merge the branch of {agent}: it panicked; see the server's log"));
            }
        };
        let places = found.files.iter_mut().flat_map(|f| &mut f.places);
        let parts = places.flat_map(|p| [&mut p.ours, &mut p.before, &mut p.theirs]).flatten();
        parts.flat_map(|p| &mut p.text).for_each(|line| *line = self.masked(line));
        Ok(Box::new(found))
    }

    /// Secrets reach no screen, wherever they stand.
    fn mask_lines(&self, diff: &mut BranchDiff) {
        for line in diff.files.iter_mut().flat_map(|f| &mut f.hunks).flat_map(|h| &mut h.lines) {
            let masked = self.masked(&line.text);
            if masked != line.text {
                // Its places may be others now.
                (line.text, line.marks, line.inks) = (masked, Vec::new(), Vec::new());
            }
        }
    }
}
