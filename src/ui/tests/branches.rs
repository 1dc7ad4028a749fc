//! A session without worktrees: nothing about branches is shown, and no key opens what there is not.

use std::sync::Arc;

use super::fixture::*;
use crate::domain::command::Command;
use crate::domain::plan::DoneRule;
use crate::engine::state::State;
use crate::ui::Action;

/// The same session without worktrees, with a plan that asks for no commits.
pub(super) fn bare(mut state: State) -> State {
    let config = Arc::make_mut(&mut state.config);
    config.worktrees = false;
    config.merge.target.clear();
    config.gates.clear();
    config.team.iter_mut().for_each(|a| a.branch.clear());
    let plan = config.plans["enhancement"].clone();
    let look = config.plans.entry("look".into()).or_insert(plan);
    look.name = "look".into();
    look.tasks.iter_mut().for_each(|t| t.done = DoneRule::Idle);
    for agent in &mut state.agents {
        (agent.facts, agent.base, agent.ready) = (None, None, None);
        agent.reasons.clear();
        if let Some(spec) = &mut agent.spec {
            spec.branch.clear();
        }
    }
    state
}

/// Whether an action asks about branches.
pub(super) fn asks(action: &Action) -> bool {
    use Command as C;
    let Action::Do(command) = action else { return false };
    matches!(
        command,
        C::Review { .. }
            | C::Diff { .. }
            | C::Unmerged { .. }
            | C::Verify { .. }
            | C::TakeOrder { .. }
            | C::Accept { .. }
            | C::SendReasons { .. }
            | C::MergePlan
            | C::Merge
            | C::MergePlanned { .. }
            | C::MergeContinue { .. }
            | C::ContinuePlan { .. }
            | C::MergeHand
            | C::MergeResolve
            | C::MergeAbort
            | C::MergeUndo
    )
}

#[test]
fn keys_about_branches_say_why_they_open_nothing() {
    for key in ["v", "M", "d", "o"] {
        let mut d = desk(bare(busy()), 160, 30);
        d.press("3").press(key);
        assert!(!d.took().iter().any(asks), "{key}");
        assert!(d.view.sheet.is_none(), "{key} opens nothing");
    }
    let mut d = desk(bare(busy()), 80, 24);
    let shot = d.press("v").shot();
    assert!(
        shot.contains("no branches here to review, read or merge: the team has `worktrees = false`"),
        "{shot}"
    );
}

#[test]
fn nothing_is_said_of_branches() {
    let said = ["branch", "merge", "main", "ahead", "tree", "gate", "↑", "agent-3-sec"];
    for (cols, rows) in [(80, 24), (200, 50)] {
        for keys in ["", "2", "5", "4 z", "2 x", "2 S", "b"] {
            let mut d = desk(bare(busy()), cols, rows);
            // What happened in it is of another session.
            d.state.log.clear();
            let shot = d.press(keys).shot();
            for word in said {
                assert!(!shot.contains(word), "{word} after {keys:?}:\n{shot}");
            }
        }
        // All keys and all actions, page by page.
        for keys in ["?", ":"] {
            let mut d = desk(bare(busy()), cols, rows);
            d.press(keys);
            for _ in 0..12 {
                let shot = d.shot();
                for word in ["review", "merge", "train", "squash"] {
                    assert!(!shot.contains(word), "{word} in {keys}:\n{shot}");
                }
                d.press("<PgDn>");
            }
        }
    }
}

#[test]
fn only_plans_that_can_run_are_offered() {
    let mut d = desk(bare(fresh()), 100, 30);
    agent(&mut d.state, "ORCHESTRATOR").pane.pid = Some(1);
    let shot = d.press("r").shot();
    assert!(shot.contains("run look stage by stage"), "{shot}");
    assert!(!shot.contains("wrap-up") && !shot.contains("enhancement"), "{shot}");
}
