//! What is compared of each branch: its tip, or that with what is uncommitted.

use std::collections::BTreeSet;
use std::path::PathBuf;

use git2::Oid;

use super::Predictor;
use super::open::{self, Found};
use crate::domain::id::AgentName;
use crate::domain::review::{Conflict, Look, Tip};
use crate::git::{Error, open as commits};

/// One branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// Whose it is.
    pub agent: AgentName,
    /// Its worktree.
    pub worktree: PathBuf,
    /// The branch.
    pub branch: String,
    /// What is known of its worktree.
    pub look: Look,
}

/// What was last seen of a worktree, and of which tip.
pub(super) struct Seen {
    tip: Oid,
    found: Found,
}

/// One branch as it is compared.
pub(super) struct Side {
    /// Its place in the team.
    pub place: usize,
    /// What is said of it.
    pub tip: Tip,
    /// The branch's tip.
    pub branch: Option<Oid>,
    /// The commit that is compared.
    pub at: Option<Oid>,
    /// What it changes.
    paths: BTreeSet<String>,
}

impl Side {
    /// Whether it changes any of these paths.
    pub(super) fn touches(&self, conflicts: &[Conflict]) -> bool {
        let mut all = conflicts.iter().flat_map(|c| c.also.iter().chain([&c.path]));
        all.any(|path| self.paths.contains(path))
    }
}

impl Predictor<'_> {
    /// What is compared of a branch.
    pub(super) fn side(&mut self, branch: &Branch, place: usize, target: Oid) -> Side {
        let agent = branch.agent.clone();
        let tip = Tip { agent, oid: Default::default(), open: false, files: 0, why: String::new() };
        let mut side = Side { place, tip, branch: None, at: None, paths: BTreeSet::new() };
        if let Err(e) = self.fill(&mut side, branch, target) {
            side.tip.why = e.to_string();
        }
        side
    }

    fn fill(&mut self, side: &mut Side, branch: &Branch, target: Oid) -> Result<(), Error> {
        let tip = commits::tip(self.repo, &branch.branch)?;
        side.tip.oid = commits::ours(tip);
        (side.branch, side.at) = (Some(tip), Some(tip));
        match self.uncommitted(branch, tip) {
            Ok(Found::Nothing) => {}
            Ok(Found::Work(commit)) => {
                side.at = Some(commit);
                side.tip.open = true;
            }
            Ok(Found::Left(why)) => side.tip.why = format!("uncommitted files are left out: {why}"),
            Err(e) => side.tip.why = format!("uncommitted files are left out: {e}"),
        }
        let at = side.at.unwrap_or(tip);
        if let Some(base) = self.merger.bases(target, at)?.first().copied() {
            let (base, tree) = (self.merger.tree(base)?, self.merger.tree(at)?);
            let changed = self.merger.changed(base, tree)?;
            side.tip.files = u32::try_from(changed.len()).unwrap_or(u32::MAX);
            side.paths = changed.keys().map(|p| commits::shown(p)).collect();
        }
        Ok(())
    }

    fn uncommitted(&mut self, branch: &Branch, tip: Oid) -> Result<Found, Error> {
        let known = self.seen.get(&branch.agent).filter(|s| s.tip == tip);
        let found = match (branch.look, known) {
            (Look::Clean, _) => Found::Nothing,
            (Look::AsBefore, Some(seen)) => return Ok(seen.found.clone()),
            (Look::AsBefore | Look::Anew, _) => open::look(self.repo, &branch.worktree, &branch.branch, tip)?,
        };
        self.seen.insert(branch.agent.clone(), Seen { tip, found: found.clone() });
        Ok(found)
    }
}
