//! Moving agents' branches onto earlier work, for the workers.

use super::work::{Ground, NEITHER};
use crate::domain::id::{AgentName, Oid};
use crate::domain::train::Applied;
use crate::engine::event::Event;
use crate::git::{self, Recovered};

impl Ground {
    /// Moves an agent's branch and files.
    pub(super) fn move_branch(&self, agent: AgentName, old: &Oid, new: &Oid) -> Event {
        let Some((pane, branch)) = self.branch(&agent) else { return unknown(agent) };
        let moved = match git::move_branch(&self.repository, &pane.worktree, branch, old, new) {
            Ok(moved) => Ok(moved),
            // It may have failed behind the move: where the branch stands decides, not the error.
            Err(e) => match git::recover_branch(&self.repository, &pane.worktree, branch, old, new) {
                Ok(Recovered::Moved) => Ok(Applied::Moved),
                Ok(Recovered::Stopped { files }) => Ok(Applied::InTheWay { files, remedy: NEITHER.into() }),
                Ok(Recovered::Restored | Recovered::Elsewhere { .. }) | Err(_) => Err(e.to_string()),
            },
        };
        Event::BranchMoved { agent, moved }
    }

    /// Finds out what became of a move that a lost server began.
    pub(super) fn recover_branch(&self, agent: AgentName, old: &Oid, new: &Oid) -> Event {
        let Some((pane, branch)) = self.branch(&agent) else { return unknown(agent) };
        let moved = match git::recover_branch(&self.repository, &pane.worktree, branch, old, new) {
            Ok(Recovered::Moved) => Ok(Applied::Moved),
            Ok(Recovered::Restored) => {
                Err("the server was lost before the branch moved; it and its files are as before".into())
            }
            Ok(Recovered::Elsewhere { found }) => Ok(Applied::Elsewhere { expected: old.clone(), found }),
            Ok(Recovered::Stopped { files }) => Ok(Applied::InTheWay { files, remedy: NEITHER.into() }),
            Err(e) => Err(e.to_string()),
        };
        Event::BranchMoved { agent, moved }
    }
}

fn unknown(agent: AgentName) -> Event {
    let moved = Err(format!("{agent} has no branch"));
    Event::BranchMoved { agent, moved }
}
