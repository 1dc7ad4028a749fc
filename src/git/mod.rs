//! Repositories, branches and worktrees: read, merged and moved through libgit2.
//!
//! Every function takes paths, opens its own repository and may run on any thread. Where a function takes
//! `repo`, it means the top of a working tree or the common git directory ([`RepoInfo`] has both).
//!
//! Architecture invariant: nothing here runs a program that a repository's configuration names (hooks,
//! fsmonitor, filters, drivers). libgit2 runs none; the one use of the git program never sees that configuration.

mod apply;
mod brief;
mod checkout;
mod error;
mod facts;
mod heads;
mod identity;
mod include;
mod lock;
mod merge;
mod open;
mod plain;
mod probe;
mod recover;
mod remove;
mod review;
mod ripple;
mod scratch;
mod span;
mod tamper;
#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;
mod train;
mod undo;
mod worktree;

pub use apply::apply;
pub use brief::{Recognise, Team, briefs};
pub use error::Error;
pub use facts::{changed, dirty, facts};
pub use include::{Included, copy_included};
pub use probe::{RepoInfo, probe, signing_configured};
pub use recover::{Recovered, recover_apply};
pub use remove::{Removal, removable, remove_worktree};
pub use review::{ReviewInput, review};
pub use ripple::{build_ripple, move_branch, recover_branch};
pub use scratch::{quiet_env, remove_scratch, scratch_checkout};
pub use tamper::{Dirs, check_worktree, dirs, fingerprint};
pub use train::{build, forget};
pub use undo::{back_up, undo};
pub use worktree::{Made, Worktree, WorktreeSpec, ensure_worktree};
