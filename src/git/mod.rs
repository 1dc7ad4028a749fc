//! Repositories, branches and worktrees: read, merged and moved through libgit2.
//!
//! Every function takes paths, opens its own repository and may run on any thread. Where a function takes
//! `repo`, it means the top of a working tree or the common git directory ([`RepoInfo`] has both).
//!
//! Architecture invariant: nothing here runs a program that a repository's configuration names (hooks,
//! fsmonitor, filters, drivers, signing). libgit2 runs none; the git program never sees that configuration
//! ([`plain`]), only filters, drivers and signing of the user's own ([`user`]).

mod account;
mod apply;
mod brief;
mod capabilities;
mod checkout;
mod concerns;
mod diff;
mod error;
mod facts;
mod guard;
mod heads;
mod identity;
mod imports;
mod include;
mod kinds;
mod lock;
mod merge;
mod open;
mod passing;
mod plain;
pub mod predict;
mod probe;
mod program;
mod recover;
mod remove;
mod resolve;
mod review;
mod ripple;
mod scratch;
mod sign;
mod span;
mod stale;
mod status;
mod tamper;
#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;
mod tracked;
mod train;
mod undo;
mod unmerged;
mod unsaved;
mod user;
mod worktree;

pub use account::account;
pub use apply::apply;
pub use brief::{Recognise, Team, briefs};
pub use capabilities::{Capabilities, signing};
pub use concerns::{Looked, concerns};
pub use diff::{Wanted, diff};
pub use error::Error;
pub use facts::{changed, dirty, facts};
pub use guard::snapshot;
pub use imports::imports;
pub use include::{Included, copy_included, included_state, renew_included};
pub use merge::Means;
pub use probe::{RepoInfo, probe};
pub use recover::{Recovered, recover_apply};
pub use remove::{Removal, removable, remove_worktree};
pub use resolve::{by_hand, by_owner, forget, hand_dir, recall, remember, take};
pub use review::{ReviewInput, review};
pub use ripple::{build_ripple, move_branch, recover_branch};
pub use scratch::{lock_files, quiet_env, remove_scratch, scratch_checkout, tree_of};

pub use status::{Uncommitted, statuses};
pub use tamper::{Dirs, check_worktree, dirs};
pub use tracked::Tracked;
pub use train::{build, build_by};
pub use undo::{back_up, undo};
pub use unmerged::unmerged;
pub use unsaved::{drop_open, keep_open, sweep};
pub use user::name_programs;
pub use worktree::{Made, Worktree, WorktreeSpec, ensure_worktree};
