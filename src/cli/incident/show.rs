//! An incident, and what became of findings, for people.

use super::{correlated, triage};
use crate::domain::incident::case::{Approval, Case, Progress};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::stamp;
use crate::domain::signal::printable;
use crate::domain::view::Taken;

/// An incident: its route, its specialists, what they found and what that has to do with each other.
pub(in crate::cli) fn text(case: &Case) -> String {
    let mut lines = vec![format!("incident {} ({}), {}", case.number, case.name, case.stage.word())];
    lines.extend(triage::text(&case.triaged).lines().map(|l| format!("  {l}")));
    let approved = match case.approval {
        Some(by) => approved(by),
        None => "waits to be approved; it goes ahead by itself",
    };
    lines.push(format!("  {:<13}{approved}", "approved"));
    lines.extend(specialists(case));
    if !case.findings.is_empty() {
        lines.extend([String::new(), "Findings".to_owned()]);
        lines.extend(findings(case).map(|f| format!("  {f}")));
    }
    lines.extend(correlated::chains(&case.correlation));
    lines.extend(correlated::groups(&case.correlation));
    let missing = case.missing();
    if !missing.is_empty() {
        lines.extend([String::new(), "Missing".to_owned()]);
        lines.extend(missing.iter().map(|m| format!("  {m}")));
    }
    lines.extend(drafts(case));
    if !case.ended.is_empty() {
        lines.extend([String::new(), format!("closed: {}", case.ended)]);
    }
    lines.iter().map(|l| printable(l).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Who let a route go ahead, in words.
pub(super) fn approved(by: Approval) -> &'static str {
    match by {
        Approval::Person => "by a person",
        Approval::Silence => "nobody said anything in time",
        Approval::Policy => "not asked at this priority",
    }
}

fn specialists(case: &Case) -> Vec<String> {
    if case.specialists.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "Specialists".to_owned()];
    for one in &case.specialists {
        let note = if one.note.is_empty() { String::new() } else { format!(": {}", one.note) };
        let when = match (one.ended, one.until) {
            (Some(at), _) => format!(" at {}", stamp::text(at)),
            (None, Some(until)) => format!(", until {}", stamp::text(until)),
            (None, None) => format!(", has {} s", one.deadline_s),
        };
        lines.push(format!(
            "  {:<20} {}{when}, {}{note}",
            one.agent.as_str(),
            progress(one.progress),
            count(one.findings)
        ));
    }
    lines
}

/// How far a specialist is, in a word.
pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Waiting => "waiting",
        Progress::Looking => "looking",
        Progress::Reported => "reported",
        Progress::Late => "late",
        Progress::Failed => "failed",
    }
}

fn count(findings: usize) -> String {
    if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") }
}

/// The findings by time, a line each.
fn findings(case: &Case) -> impl Iterator<Item = String> {
    let mut found: Vec<&Finding> = case.findings.iter().map(|a| &a.finding).collect();
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let lines: Vec<String> = found.into_iter().map(finding).collect();
    lines.into_iter()
}

/// A finding in a line.
pub(super) fn finding(f: &Finding) -> String {
    let coarse = if f.precision > 0 { format!(" +{} s", f.precision) } else { String::new() };
    format!("{}{coarse}  {} [{}]: {}", stamp::text(f.at), f.id, f.source, f.summary)
}

fn drafts(case: &Case) -> Vec<String> {
    let mut lines = Vec::new();
    for draft in &case.drafts {
        lines.push(String::new());
        if draft.problems.is_empty() {
            lines.push(format!("The postmortem of {} stands", draft.by));
        } else {
            lines.push(format!("The postmortem of {}, attempt {}, does not stand", draft.by, draft.attempt));
            lines.extend(draft.problems.iter().map(|p| format!("  {p}")));
        }
    }
    lines
}

/// All findings for people, by time.
pub(in crate::cli) fn findings_text(case: &Case) -> String {
    let lines: Vec<String> = findings(case).map(|l| printable(&l)).collect();
    if lines.is_empty() { "there is none so far".to_owned() } else { lines.join("\n") }
}

/// What became of findings that were handed in.
pub(in crate::cli) fn taken_text(taken: &Taken) -> String {
    let mut text = format!("{} taken, {} known before", taken.taken.len(), taken.known.len());
    for (id, same) in &taken.same_as {
        text.push_str(&printable(&format!("\n{id} says what {same} says already")));
    }
    for problem in &taken.problems {
        text.push_str(&format!("\n{}", printable(&problem.to_string())));
    }
    text
}
