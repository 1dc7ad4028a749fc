//! What is about branches, in a session that has none: its keys are neither shown nor do they open anything.

use super::keymap::{Binding, Op, When};
use super::view::View;
use crate::domain::team::AgentSpec;
use crate::engine::state::State;

/// What a key about branches is answered with.
const NONE: &str = "no branches here to review, read or merge: the team has `worktrees = false`";

/// Whether an operation asks for branches where there are none.
pub(super) fn lacks(state: &State, op: Op) -> bool {
    let about = matches!(
        op,
        Op::Review
            | Op::Merge
            | Op::Diff
            | Op::Read(_)
            | Op::Gates
            | Op::AllGates
            | Op::TakeOrder
            | Op::Continue
            | Op::HandOver
            | Op::Resolve
            | Op::SkipStep
            | Op::Abort
            | Op::Undo
            | Op::Believe
            | Op::SendReasons
    );
    about && !state.config.worktrees
}

/// Whether a key means anything in this session.
pub(super) fn holds(state: &State, binding: &Binding) -> bool {
    let sheet = matches!(binding.when, When::Reviewing | When::Training | When::Diffing);
    !lacks(state, binding.op) && (state.config.worktrees || !sheet)
}

/// What stays when the session ends.
pub(super) fn left(state: &State) -> &'static str {
    match state.config.worktrees {
        true => "Branches, worktrees and the record stay.",
        false => "The agents' folders and the record stay.",
    }
}

/// What stays when an agent's program is stopped.
pub(super) fn left_of_one(state: &State) -> &'static str {
    match state.config.worktrees {
        true => "Its branch, worktree and record stay. ‹run› starts it again.",
        false => "Its folder and record stay. ‹run› starts it again.",
    }
}

/// What follows when an agent is left out.
pub(super) fn left_out(spec: &AgentSpec) -> Vec<String> {
    let name = &spec.name;
    match spec.branch.as_str() {
        "" => vec![format!("Open tasks of {name} are skipped. Its program goes on.")],
        branch => vec![
            format!("Open tasks of {name} are skipped, and the merge goes without {branch}."),
            "Its program and its branch stay.".into(),
        ],
    }
}

/// What follows when it is taken back.
pub(super) fn taken_back(spec: &AgentSpec) -> Vec<String> {
    vec![match spec.branch.as_str() {
        "" => "Tasks skipped for it go on.".into(),
        branch => format!("The merge takes {branch} again, and tasks skipped for it go on."),
    }]
}

/// Refuses what cannot be done here, with the reason; the answer is whether it was.
pub(super) fn refuses(state: &State, view: &mut View, op: Op) -> bool {
    let lacks = lacks(state, op);
    if view.refuses(op) {
        return true;
    }
    if lacks {
        view.complain(NONE);
    }
    lacks
}
