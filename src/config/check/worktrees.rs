//! What a team without worktrees cannot have.

use super::super::doc::Doc;
use super::super::doc::Step::{self, At, Key};
use super::super::error::Error;
use super::super::raw::Raw;
use crate::domain::ending::EndGates;
use crate::domain::plan::Plan;

/// How each refusal ends: what made it one.
const WHY: &str = "this team has `worktrees = false`";

/// Refuses what asks for branches or commits in a team that has neither. What only has a default (`merge.target`,
/// `run.ripple`, what a review points out) has no effect there.
pub(super) fn check(doc: &Doc<'_>, raw: &Raw) -> Result<(), Error> {
    if raw.team.worktrees {
        return Ok(());
    }
    let refuse = |path: &[Step<'_>], what: &str| Err(doc.wrong(path, format!("{what}: {WHY}; leave it out")));
    if let Some(index) = raw.team.agents.iter().position(|a| a.branch.is_some()) {
        let path = [Key("team"), Key("agent"), At(index), Key("branch")];
        return refuse(&path, "agents have no branches");
    }
    if !raw.gates.is_empty() {
        return refuse(&[Key("gate"), At(0)], "gates run at commits, and there are none");
    }
    if !raw.merge.order.is_empty() {
        return refuse(&[Key("merge"), Key("order")], "there is nothing to merge");
    }
    if !raw.merge.messages.is_empty() {
        return refuse(&[Key("merge"), Key("messages")], "there is nothing to merge");
    }
    Ok(())
}

/// The same of a plan of the project, whose file is `doc`.
pub(super) fn check_plan(doc: &Doc<'_>, plan: &Plan) -> Result<(), Error> {
    if let Some(index) = plan.tasks.iter().position(|t| t.done.by_commits()) {
        let what = format!(
            "expected `idle`, `reported` or `accepted`: there are no commits to prove it done, and {WHY}"
        );
        return Err(doc.wrong(&[Key("task"), At(index), Key("done")], what));
    }
    if plan.gates != EndGates::None {
        let what = format!("gates run at commits, and there are none: {WHY}; leave it out");
        return Err(doc.wrong(&[Key("gates")], what));
    }
    if plan.then.review {
        let what = format!("a review is of branches, and there are none: {WHY}; leave it out");
        return Err(doc.wrong(&[Key("then"), Key("review")], what));
    }
    Ok(())
}
