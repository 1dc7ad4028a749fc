//! `orchestra review`: what git and the gates say of the branches.

use super::args::Review as Args;
use super::exit::Exit;
use super::table::{Side, Table, WIDTH, wrapped};
use super::{answer, matrix, place};
use crate::domain::command::{Command, WhichOrder};
use crate::domain::id::AgentName;
use crate::domain::review::{Concern, GateStatus, MESSAGE, Matrix, Review, Severity, by_severity};
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::view::ReviewView;

/// Lines of one kind that are shown; the report has all.
const LINES_MOST: usize = 20;

/// Reviews branches.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let command = match (args.take_order, args.configured_order, &args.pair[..]) {
        (true, ..) => Command::TakeOrder { which: WhichOrder::Proposed },
        (_, true, _) => Command::TakeOrder { which: WhichOrder::Configured },
        (.., [ours, theirs]) => Command::Unmerged { ours: Some(ours.clone()), theirs: theirs.clone() },
        _ => Command::Review { agents: args.agents },
    };
    let answer = place::control(args.of.session.as_deref())?.ask(command)?;
    answer::show(answer, args.of.format())
}

/// Whether a review has errors: a conflict, a concern of that weight, a gate that is not green at the tip,
/// or a claim that does not hold. Work in progress is none.
pub(super) fn has_errors(view: &ReviewView) -> bool {
    let review = &view.review;
    let red = review.gates.iter().any(|g| g.oid == review.facts.head && !g.passed());
    let refuted = view.state == AgentState::Claimed && !view.reasons.is_empty();
    let weighty = review.concerns.iter().any(|c| c.severity == Severity::Error);
    !review.conflicts.is_empty() || weighty || red || refuted
}

/// Reviews for people, 80 columns wide where paths allow it.
pub(super) fn text(reviews: &[ReviewView], matrix: Option<&Matrix>) -> String {
    let mut text = facts(reviews);
    section(&mut text, "shared files".into(), shared(reviews));
    let conflict = |v: &ReviewView| {
        let of = v.review.agent.clone();
        let tell =
            move |c: &crate::domain::review::Conflict| format!("  {of}  {}", printable(&c.to_string()));
        v.review.conflicts.iter().map(tell).collect::<Vec<_>>()
    };
    match matrix {
        // It has these as well.
        Some(matrix) => text.push_str(&format!("\nconflicts\n{}", matrix::text(matrix, WIDTH))),
        None => section(
            &mut text,
            "conflicts with the target".into(),
            reviews.iter().flat_map(conflict).collect(),
        ),
    }
    for (severity, found) in by_severity(reviews) {
        let title = match severity {
            Severity::Error => "errors",
            Severity::Warning => "warnings",
            Severity::Note => "notes",
            Severity::Unknown => "cannot be told",
        };
        section(&mut text, title.into(), found.iter().flat_map(|(agent, c)| told(agent, c)).collect());
    }
    let reason = |v: &ReviewView| {
        let of = v.review.agent.clone();
        v.reasons.iter().map(move |r| format!("  {of}  {}", printable(r))).collect::<Vec<_>>()
    };
    section(&mut text, "not ready".into(), reviews.iter().flat_map(reason).collect());
    section(&mut text, "next".into(), next(reviews));
    text
}

fn section(text: &mut String, title: String, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    text.push_str(&format!("\n{title}\n"));
    for line in lines.iter().take(LINES_MOST) {
        text.push_str(&wrapped(line));
        text.push('\n');
    }
    if lines.len() > LINES_MOST {
        text.push_str(&format!("  and {} more: see the report\n", lines.len() - LINES_MOST));
    }
}

/// A row of facts for each branch, and their sum.
fn facts(reviews: &[ReviewView]) -> String {
    let columns = [
        ("agent", Side::Left),
        ("state", Side::Left),
        ("commits", Side::Right),
        ("tree", Side::Left),
        ("msg", Side::Left),
        ("files", Side::Right),
        ("lines", Side::Right),
        ("shared", Side::Right),
        ("clash", Side::Right),
        ("gates", Side::Left),
    ];
    let mut table = Table::new(&columns);
    let (mut files, mut added, mut removed) = (0, 0, 0);
    let some = |n: usize| if n == 0 { "–".to_owned() } else { n.to_string() };
    for view in reviews {
        let r = &view.review;
        let (plus, minus) = r.lines();
        (files, added, removed) = (files + r.files.len(), added + plus, removed + minus);
        table.row([
            r.agent.to_string(),
            view.state.to_string(),
            format!("{} {}", r.facts.ahead, sign(r.facts.ahead == 1)),
            if r.facts.clean() { "clean" } else { "dirty" }.to_owned(),
            message(view).to_owned(),
            r.files.len().to_string(),
            format!("+{plus} −{minus}"),
            some(r.overlaps.len()),
            some(r.conflicts.len()),
            gates(r),
        ]);
    }
    if reviews.len() > 1 {
        let (none, lines) = (String::new, format!("+{added} −{removed}"));
        let all = "all".to_owned();
        table.row([all, none(), none(), none(), none(), files.to_string(), lines, none(), none(), none()]);
    }
    table.render()
}

fn sign(good: bool) -> &'static str {
    if good { "✔" } else { "✘" }
}

/// Whether its messages fit; a dash where no convention holds or there is no commit.
fn message(view: &ReviewView) -> &'static str {
    if view.convention.is_empty() || view.review.facts.ahead == 0 {
        return "–";
    }
    sign(!view.review.concerns.iter().any(|c| c.check == MESSAGE))
}

/// The gates at the tip: those that are not green by name, else how many are.
fn gates(r: &Review) -> String {
    let here = || r.gates.iter().filter(|g| g.oid == r.facts.head);
    let bad: Vec<String> = here()
        .filter(|g| g.status != GateStatus::Green)
        .map(|g| format!("{} {}", g.gate, g.word()))
        .collect();
    match (here().count(), bad.is_empty()) {
        (0, _) => "–".to_owned(),
        (n, true) => format!("{n} {}", sign(true)),
        (_, false) => bad.join(", "),
    }
}

/// Each path that more than one branch changes, with whose they are.
fn shared(reviews: &[ReviewView]) -> Vec<String> {
    let mut paths: Vec<(&str, Vec<&AgentName>)> = Vec::new();
    for view in reviews {
        for overlap in &view.review.overlaps {
            if !paths.iter().any(|(path, _)| *path == overlap.path) {
                let all = std::iter::once(&view.review.agent).chain(&overlap.with).collect();
                paths.push((&overlap.path, all));
            }
        }
    }
    let line = |(path, who): (&str, Vec<&AgentName>)| {
        let who: Vec<&str> = who.into_iter().map(AgentName::as_str).collect();
        format!("  {}  {}", printable(path), who.join(", "))
    };
    paths.into_iter().map(line).collect()
}

/// A concern: whose, where and what, and below it what that is known by.
fn told(agent: &AgentName, c: &Concern) -> Vec<String> {
    let place = match (c.path.is_empty(), c.line) {
        (true, _) => String::new(),
        (false, None) => format!("{}: ", printable(&c.path)),
        (false, Some(line)) => format!("{}:{line}: ", printable(&c.path)),
    };
    let mut lines = vec![format!("  {agent}  {place}{} ({})", printable(&c.text), printable(&c.check))];
    if !c.evidence.is_empty() {
        lines.push(format!("  {}  {}", " ".repeat(agent.as_str().len()), printable(&c.evidence)));
    }
    lines
}

/// What could be done about it.
fn next(reviews: &[ReviewView]) -> Vec<String> {
    let mut lines = Vec::new();
    for view in reviews.iter().filter(|v| !v.reasons.is_empty()) {
        let agent = &view.review.agent;
        let refused = matches!(view.state, AgentState::Claimed) || view.review.facts.ahead > 1;
        if refused {
            lines.push(format!("  orchestra reasons {agent}  sends {agent} what keeps it from being ready"));
        }
    }
    let open = reviews.iter().any(|v| !matches!(v.state, AgentState::Ready | AgentState::Merged));
    if !open && !reviews.iter().any(has_errors) {
        lines.push("  orchestra merge --dry-run  shows what merging gives; nothing moves".into());
    } else if open && !reviews.is_empty() {
        lines.push("  orchestra run wrap-up  has branches squashed and proved ready".into());
    }
    lines.push("  reports/review.md of the session's directory  has all of it, to be passed on".into());
    lines
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
        ReviewView { review, state, reasons: vec![], convention: String::new() }
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
        assert!(text(&[claim], None).contains("not ready\n  SEC  2 commits\n"));
    }

    /// A branch whose every text is an agent's own, and hostile.
    fn hostile() -> ReviewView {
        let steer = "a\u{1b}[2Jb\u{7};touch${IFS}x";
        let mut view = view(AgentState::Claimed);
        let r = &mut view.review;
        r.branch = steer.into();
        r.facts.subject = steer.into();
        r.message = steer.into();
        r.files = vec![crate::domain::review::FileChange { path: steer.into(), added: 1200, removed: 345 }];
        let with = vec![AgentName::new("NET").unwrap()];
        r.overlaps = vec![crate::domain::review::Overlap { path: steer.into(), with }];
        r.conflicts = vec![Conflict::new(steer, ConflictKind::Content)];
        r.gates = vec![gate("aa", GateStatus::Red)];
        r.concerns = vec![crate::domain::review::Concern {
            check: steer.into(),
            severity: Severity::Error,
            path: steer.into(),
            line: Some(3),
            text: format!(
                "{steer} is what somebody wrote at some length, so that it goes on in another line"
            ),
            evidence: steer.into(),
        }];
        view.reasons = vec![steer.into()];
        view
    }

    #[test]
    fn nothing_of_a_hostile_branch_steers_the_terminal_and_it_fits() {
        let shown = text(&[hostile(), view(AgentState::Ready)], None);
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
        let wide = |l: &&str| unicode_width::UnicodeWidthStr::width(*l) > WIDTH;
        assert_eq!(shown.lines().find(wide), None);
        insta::assert_snapshot!(shown);
    }
}
