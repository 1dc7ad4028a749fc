//! `orchestra review`: what git and the gates say of the branches.

use super::args::Review as Args;
use super::exit::Exit;
use super::table::{Side, Table};
use super::{answer, place};
use crate::domain::command::Command;
use crate::domain::review::GateStatus;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::view::ReviewView;

/// Reviews branches.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let agents = args.agents;
    let answer = place::control(args.of.session.as_deref())?.ask(Command::Review { agents })?;
    answer::show(answer, args.of.format())
}

/// Whether a review has errors: a conflict, a gate that is not green at the tip, or a claim that does
/// not hold. Work in progress is none.
pub(super) fn has_errors(view: &ReviewView) -> bool {
    let review = &view.review;
    let red = review.gates.iter().any(|g| g.oid == review.facts.head && !g.passed());
    let refuted = view.state == AgentState::Claimed && !view.reasons.is_empty();
    !review.conflicts.is_empty() || red || refuted
}

/// Reviews for people.
pub(super) fn text(reviews: &[ReviewView]) -> String {
    let columns = [
        ("agent", Side::Left),
        ("state", Side::Left),
        ("commits", Side::Right),
        ("tree", Side::Left),
        ("files", Side::Right),
        ("overlaps", Side::Left),
        ("conflicts", Side::Left),
        ("gates", Side::Left),
        ("subject", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for view in reviews {
        let r = &view.review;
        let overlaps = r.overlaps.iter().map(|o| {
            let with: Vec<&str> = o.with.iter().map(|a| a.as_str()).collect();
            format!("{} with {}", o.path, with.join(" "))
        });
        let gates: Vec<String> =
            r.gates.iter().map(|g| format!("{} {}", g.gate, super::verify::verdict(g))).collect();
        table.row([
            r.agent.to_string(),
            view.state.to_string(),
            r.facts.ahead.to_string(),
            if r.facts.clean() { "clean" } else { "dirty" }.to_owned(),
            r.files.len().to_string(),
            some_of(overlaps),
            some_of(r.conflicts.iter().map(|c| format!("{} ({})", c.path, c.kind))),
            gates.join(", "),
            r.facts.subject.clone(),
        ]);
    }
    let mut text = table.render();
    for view in reviews.iter().filter(|v| !v.reasons.is_empty()) {
        for reason in &view.reasons {
            text.push_str(&format!("{}: {}\n", view.review.agent, printable(reason)));
        }
    }
    text
}

/// A gate's end in one word.
pub(super) fn gate_word(status: GateStatus) -> &'static str {
    match status {
        GateStatus::Green => "green",
        GateStatus::Red => "red",
        GateStatus::Timeout => "over time",
        GateStatus::Error => "not run",
    }
}

/// The first two, and how many more.
fn some_of(items: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = items.collect();
    let shown = all.iter().take(2).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > 2 { format!("{shown} +{}", all.len() - 2) } else { shown }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::id::{AgentName, Oid};
    use crate::domain::review::{BranchFacts, Conflict, ConflictKind, GateResult, Review};

    pub(in crate::cli) fn gate(oid: &str, status: GateStatus) -> GateResult {
        let (tail, record) = (String::from("boom"), String::from("1"));
        GateResult {
            code: Some(1),
            ms: 10,
            tail,
            record,
            ..GateResult::new("build", Oid(oid.into()), status)
        }
    }

    fn view(state: AgentState) -> ReviewView {
        let facts = BranchFacts { head: Oid("aa".into()), ahead: 1, ..BranchFacts::default() };
        let review = Review::new(AgentName::new("SEC").unwrap(), "agent-3-sec", facts);
        ReviewView { review, state, reasons: vec![] }
    }

    #[test]
    fn errors_are_conflicts_red_gates_at_the_tip_and_refuted_claims() {
        assert!(!has_errors(&view(AgentState::Idle)));
        let mut conflict = view(AgentState::Idle);
        conflict.review.conflicts.push(Conflict::new("a", ConflictKind::Content));
        assert!(has_errors(&conflict));
        let mut gates = view(AgentState::Idle);
        gates.review.gates.push(gate("old", GateStatus::Red));
        assert!(!has_errors(&gates), "red at a commit that is gone");
        gates.review.gates.push(gate("aa", GateStatus::Timeout));
        assert!(has_errors(&gates));
        let mut claim = view(AgentState::Working);
        claim.reasons.push("2 commits".into());
        assert!(!has_errors(&claim));
        claim.state = AgentState::Claimed;
        assert!(has_errors(&claim));
        assert!(text(&[claim]).ends_with("SEC: 2 commits\n"));
    }
}
