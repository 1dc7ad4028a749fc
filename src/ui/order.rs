//! Merging in another order than the configured one.

use super::actions::{Action, ask};
use super::view::View;
use crate::domain::command::{Command, WhichOrder};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::engine::state::State;

/// Asks whether the better order is to be taken, or the one of the configuration again.
pub(super) fn take(state: &State, view: &mut View) -> Vec<Action> {
    let names = |all: &[AgentName]| all.iter().map(AgentName::as_str).collect::<Vec<_>>().join(" ");
    let proposal = state.matrix.as_ref().and_then(|m| m.proposal.as_ref());
    let (title, lines, which) = match (proposal, &state.configured_order) {
        (Some(p), _) => {
            let steps = |n: u32| if n == 1 { "1 conflict".to_owned() } else { format!("{n} conflicts") };
            let text = format!("{}: {} instead of {}.", p.moves, steps(p.conflicts), p.instead_of);
            let lines = vec![printable(&text), names(&p.order)];
            ("merge in another order", lines, WhichOrder::Proposed)
        }
        (None, Some(order)) => {
            let order: Vec<AgentName> = order.iter().flatten().cloned().collect();
            ("merge in the order of the configuration again", vec![names(&order)], WhichOrder::Configured)
        }
        (None, None) => {
            view.complain("no other order has fewer conflicts");
            return vec![Action::Beep];
        }
    };
    ask(view, title.into(), lines, Command::TakeOrder { which });
    Vec::new()
}
