//! The postmortem as it forms: drafts, what the check says against them, the text that stands.

use super::digest::Digest;
use crate::domain::incident::case::{RETRIES, Stage};
use crate::domain::theme::Role;
use crate::ui::lines::Line;
use crate::ui::theme::{BOLD, TROUBLE, role};

/// All of it.
pub(super) fn lines(digest: &Digest<'_>) -> Vec<Line> {
    let case = digest.case;
    let mut lines = Vec::new();
    for draft in &case.drafts {
        if draft.problems.is_empty() {
            let text = format!("draft {} by {} stands", draft.attempt, draft.by);
            lines.push(Line::new("✔ ", text, role(Role::Good)));
            continue;
        }
        let left = (RETRIES + 1).saturating_sub(draft.attempt);
        let tries = if left == 1 { "1 try is left".to_owned() } else { format!("{left} tries are left") };
        let text = format!("draft {} by {} does not stand; {tries}", draft.attempt, draft.by);
        lines.push(Line::new("✘ ", text, TROUBLE));
        lines.extend(draft.problems.iter().map(|p| Line::new("  - ", p, Default::default())));
    }
    if !case.ended.is_empty() {
        lines.push(Line::new("closed    ", &case.ended, Default::default()));
    }
    if case.postmortem.is_empty() {
        lines.push(Line::quiet(nothing(case.stage)));
        return lines;
    }
    if !lines.is_empty() {
        lines.push(Line::plain(""));
    }
    lines.extend(case.postmortem.lines().map(|line| match line.trim_start().starts_with('#') {
        true => Line::new("", line.trim_start_matches(['#', ' ']), BOLD),
        false => Line::plain(line),
    }));
    lines
}

/// Why there is no text.
fn nothing(stage: Stage) -> &'static str {
    match stage {
        Stage::Approval => "it is written once the specialists have reported; they are not engaged yet",
        Stage::Investigating => "it is written once all specialists have reported, or are late",
        Stage::Writing => "the coordinator writes; its text is checked against the findings",
        Stage::Closed => "none was written that stands",
    }
}

/// How far it is, in a word or two.
pub(super) fn title(digest: &Digest<'_>) -> String {
    let case = digest.case;
    match case.drafts.last() {
        Some(d) if !case.postmortem.is_empty() => format!("by {}, stands", d.by),
        Some(d) => format!("draft {} refused", d.attempt),
        None if case.stage == Stage::Writing => "being written".to_owned(),
        None => "not yet".to_owned(),
    }
}
