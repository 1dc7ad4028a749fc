//! A review as a page that a person can paste: `reports/review.md`.

use std::fmt::Write;

use super::{Along, Concern, Conflict, Engines, GateStatus, Matrix, Severity, Verdict};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::view::ReviewView;

/// Files of one branch that are listed.
const FILES_MOST: usize = 200;
/// Conflicts of one merge that are listed.
const CONFLICTS_MOST: usize = 20;

/// All concerns with whose they are, by severity, the weightiest first; severities without any are left out.
#[must_use]
pub fn by_severity(reviews: &[ReviewView]) -> Vec<(Severity, Vec<(&AgentName, &Concern)>)> {
    let of = |severity| {
        let all = reviews.iter().flat_map(|v| v.review.concerns.iter().map(|c| (&v.review.agent, c)));
        (severity, all.filter(|(_, c)| c.severity == severity).collect::<Vec<_>>())
    };
    let order = [Severity::Error, Severity::Warning, Severity::Note, Severity::Unknown];
    order.map(of).into_iter().filter(|(_, found)| !found.is_empty()).collect()
}

/// The page. Everything on it that comes from branches is made safe to show.
#[must_use]
pub fn report(reviews: &[ReviewView], matrix: Option<&Matrix>, target: &str) -> String {
    let mut out = format!("# Review of {} for {}\n\n", count(reviews.len(), "branch"), code(target));
    table(&mut out, reviews);
    for (severity, found) in by_severity(reviews) {
        let _ = writeln!(out, "\n## {}\n", heading(severity));
        for (agent, concern) in found {
            let _ = writeln!(out, "- {agent}: {}", told(concern));
        }
    }
    if let Some(matrix) = matrix {
        merging(&mut out, matrix);
    }
    for view in reviews {
        branch(&mut out, view);
    }
    out
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Errors",
        Severity::Warning => "Warnings",
        Severity::Note => "Notes",
        Severity::Unknown => "What cannot be told",
    }
}

fn table(out: &mut String, reviews: &[ReviewView]) {
    out.push_str("| agent | state | commits | tree | files | lines | shared | conflicts | gates |\n");
    out.push_str("|---|---|---:|---|---:|---:|---:|---:|---|\n");
    let (mut files, mut added, mut removed) = (0, 0u64, 0u64);
    for view in reviews {
        let r = &view.review;
        let lines = r.lines();
        (files, added, removed) = (files + r.files.len(), added + lines.0, removed + lines.1);
        let gates: Vec<String> = r.gates.iter().map(|g| format!("{} {}", plain(&g.gate), g.word())).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | +{} −{} | {} | {} | {} |",
            r.agent,
            view.state,
            r.facts.ahead,
            if r.facts.clean() { "clean" } else { "dirty" },
            r.files.len(),
            lines.0,
            lines.1,
            r.overlaps.len(),
            r.conflicts.len(),
            if gates.is_empty() { "–".to_owned() } else { gates.join(", ") },
        );
    }
    let _ = writeln!(out, "| all | | | | {files} | +{added} −{removed} | | | |");
}

/// A concern: what, where and by what it is known.
fn told(c: &Concern) -> String {
    let mut text = String::new();
    if !c.path.is_empty() {
        let line = c.line.map_or(String::new(), |n| format!(" line {n}"));
        let _ = write!(text, "{}{line}: ", code(&c.path));
    }
    let _ = write!(text, "{} ({})", plain(&c.text), plain(&c.check));
    if !c.evidence.is_empty() {
        let _ = write!(text, " — {}", code(&c.evidence));
    }
    text
}

fn merging(out: &mut String, matrix: &Matrix) {
    let _ = writeln!(out, "\n## Merging\n");
    let order: Vec<&str> = matrix.order.iter().map(AgentName::as_str).collect();
    let _ = writeln!(out, "Order: {}.\n", if order.is_empty() { "none".into() } else { order.join(", ") });
    let mut any = false;
    let mut tell = |out: &mut String, who: String, verdict: &Verdict| {
        if !verdict.why.is_empty() {
            any = true;
            let _ = writeln!(out, "- {who}: cannot be told: {}", plain(&verdict.why));
        } else if !verdict.conflicts.is_empty() {
            any = true;
            let _ = writeln!(out, "- {who}: {}", conflicts(&verdict.conflicts));
        }
        if let Engines::Disagree(said) = &verdict.engines {
            let _ = writeln!(out, "- {who}: git and libgit2 disagree, git is followed: {}", plain(said));
        }
    };
    for Along { agent, verdict, .. } in &matrix.onto {
        tell(out, format!("{agent} into the target as it is"), verdict);
    }
    for pair in &matrix.pairs {
        tell(out, format!("{} with {}", pair.a, pair.b), &pair.verdict);
    }
    for Along { agent, with, verdict } in &matrix.along {
        let with: Vec<&str> = with.iter().map(AgentName::as_str).collect();
        let with = if with.is_empty() { String::new() } else { format!(" (with {})", with.join(", ")) };
        tell(out, format!("{agent} at its place in the order{with}"), verdict);
    }
    if !any {
        let _ =
            writeln!(out, "Everything merges: each branch into the target, with each other, and in order.");
    }
    for line in &matrix.disorder {
        let _ = writeln!(out, "- Order: {}", plain(line));
    }
    if let Some(p) = &matrix.proposal {
        let order: Vec<&str> = p.order.iter().map(AgentName::as_str).collect();
        let _ = writeln!(
            out,
            "- A better order: {} ({}): {} conflicts instead of {}.",
            order.join(", "),
            plain(&p.moves),
            p.conflicts,
            p.instead_of
        );
    }
}

fn conflicts(all: &[Conflict]) -> String {
    let shown: Vec<String> = all.iter().take(CONFLICTS_MOST).map(|c| code(&c.to_string())).collect();
    let more = all.len().saturating_sub(CONFLICTS_MOST);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn branch(out: &mut String, view: &ReviewView) {
    let r = &view.review;
    let _ = writeln!(out, "\n## {}: {} at {}\n", r.agent, code(&r.branch), r.facts.head.short());
    let _ = writeln!(
        out,
        "{} on {}, {} behind the target.",
        count(usize::try_from(r.facts.ahead).unwrap_or(usize::MAX), "commit"),
        r.facts.base.short(),
        r.facts.behind
    );
    if !r.message.is_empty() {
        out.push('\n');
        // Indented, so that nothing in it can end it.
        for line in r.message.trim_end().lines() {
            let _ = writeln!(out, "{}", format!("    {}", printable(line)).trim_end());
        }
    }
    let list = |out: &mut String, title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{title}:\n");
            for line in lines {
                let _ = writeln!(out, "- {line}");
            }
        }
    };
    list(out, "Not ready, because", view.reasons.iter().map(|reason| plain(reason)).collect());
    let mut files: Vec<String> = r
        .files
        .iter()
        .take(FILES_MOST)
        .map(|f| format!("{} +{} −{}", code(&f.path), f.added, f.removed))
        .collect();
    if r.files.len() > FILES_MOST {
        files.push(format!("and {} more", r.files.len() - FILES_MOST));
    }
    list(out, "Files", files);
    let shared = |o: &super::Overlap| {
        let with: Vec<&str> = o.with.iter().map(AgentName::as_str).collect();
        format!("{} with {}", code(&o.path), with.join(", "))
    };
    list(out, "Shared with others", r.overlaps.iter().take(FILES_MOST).map(shared).collect());
    if !r.conflicts.is_empty() {
        list(out, "Conflicts with the target", vec![conflicts(&r.conflicts)]);
    }
    let gate = |g: &super::GateResult| {
        let status = match g.status {
            GateStatus::Green => String::new(),
            _ => format!(": {}", plain(g.tail.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or(""))),
        };
        format!("{} {} at {}{status}", plain(&g.gate), g.word(), g.oid.short())
    };
    list(out, "Gates", r.gates.iter().map(gate).collect());
}

fn count(n: usize, what: &str) -> String {
    match (n, what) {
        (1, _) => format!("1 {what}"),
        (_, "branch") => format!("{n} branches"),
        _ => format!("{n} {what}s"),
    }
}

/// Text as text, whatever it holds.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for c in printable(text).chars() {
        if "\\`*_[]<>|#".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Text as code, whatever it holds.
fn code(text: &str) -> String {
    let text = printable(text);
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // A blank keeps the fence apart from backquotes in the text.
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Oid;
    use crate::domain::review::{BranchFacts, ConflictKind, FileChange, GateResult, Overlap, Pair, Review};
    use crate::domain::state::AgentState;

    fn name(name: &str) -> AgentName {
        AgentName::new(name).unwrap()
    }

    fn view() -> ReviewView {
        let head = Oid("aaaaaaaaaaaa".into());
        let facts = BranchFacts {
            base: Oid("bbbbbbbbbbbb".into()),
            head: head.clone(),
            ahead: 2,
            behind: 1,
            ..BranchFacts::default()
        };
        let mut review = Review::new(name("SEC"), "a;touch${IFS}x", facts);
        review.message = "feat(sec): `x`\n\n- one \u{1b}[31m\n".into();
        review.files = vec![FileChange { path: "a|b`c.ts".into(), added: 3, removed: 1 }];
        review.overlaps = vec![Overlap { path: "shared.ts".into(), with: vec![name("NET"), name("QA")] }];
        review.conflicts = vec![Conflict::new("x\u{1b}[2Jy", ConflictKind::AddAdd)];
        let red = GateResult::new("build", head, GateStatus::Red);
        review.gates = vec![GateResult { code: Some(1), tail: "boom\n".into(), ..red }];
        let concern = |severity, path: &str, text: &str| Concern {
            check: "ci".into(),
            severity,
            path: path.into(),
            line: Some(3),
            text: text.into(),
            evidence: "line <b>".into(),
        };
        review.concerns = vec![
            concern(Severity::Note, "", "said *once*"),
            concern(Severity::Error, "w.yml", "changes what CI runs"),
        ];
        ReviewView {
            review,
            state: AgentState::Idle,
            reasons: vec!["2 commits".into()],
            convention: "wrap-up".into(),
        }
    }

    #[test]
    fn the_page_holds_everything_and_nothing_that_steers() {
        let conflict = vec![Conflict::new("shared.ts", ConflictKind::Content)];
        let verdict = Verdict { conflicts: conflict, engines: Engines::Agree, ..Verdict::default() };
        let matrix = Matrix {
            pairs: vec![Pair { a: name("SEC"), b: name("NET"), verdict }],
            order: vec![name("SEC"), name("NET")],
            disorder: vec!["NET builds on SEC".into()],
            ..Matrix::default()
        };
        let page = report(&[view()], Some(&matrix), "main");
        assert!(!page.contains('\u{1b}'), "{page}");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn concerns_come_by_severity() {
        let all = [view()];
        let words: Vec<&str> = by_severity(&all).iter().map(|(s, _)| s.word()).collect();
        assert_eq!(words, ["error", "note"]);
    }

    #[test]
    fn code_holds_any_text() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(plain("a|b_[c](d)<e>"), "a\\|b\\_\\[c\\](d)\\<e\\>");
    }
}
