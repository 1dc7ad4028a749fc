//! Notes on the chains of an incident whose truth is known: what was found of it, and what the step of timestamps did.

use std::fmt::Write as _;

use crate::domain::incident::correlate::{Correlation, How, Timestamps, correlate_how};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::score::{Between, Roots, Said, Score, Truth, Verdict, score};
use crate::domain::signal::printable;

/// The notes, as Markdown: links found, missed, wrongly taken as independent and invented, and the root cause, with and
/// without the step of timestamps. `name` is what the incident is called, `window_s` the window in seconds.
#[must_use]
pub fn chain_notes(
    name: &str,
    truth: &Truth,
    findings: &[Finding],
    mechanisms: &Mechanisms,
    kinds: &Kinds,
    window_s: u32,
) -> String {
    let found = |timestamps| correlate_how(findings, mechanisms, kinds, How { window_s, timestamps });
    let (with, without) = (found(Timestamps::Used), found(Timestamps::Left));
    let (used, left) = (score(&with, truth), score(&without, truth));
    let mut text = format!("# Chain notes: {}\n\n", line(name));
    let _ = writeln!(text, "{}\n", line(&truth.title));
    let of = used.links.count().labelled;
    let _ = writeln!(text, "What `truth.toml` says, and what the findings gave: {}.\n", counted(of, "link"));
    table(&mut text, &used, &left);
    found_links(&mut text, &with, &used, &left);
    let missed = |score: &Score| {
        let one = |b: &Between| format!("{} ({})", arrow(b), why_missed(score, b));
        score.links.missed.iter().map(one).collect::<Vec<_>>()
    };
    section(&mut text, "Missed", &missed(&used), &missed(&left));
    let arrows = |list: &[Between]| list.iter().map(arrow).collect::<Vec<_>>();
    let apart = (arrows(&used.links.independent), arrows(&left.links.independent));
    section(&mut text, "Wrongly taken as independent", &apart.0, &apart.1);
    section(&mut text, "Invented", &arrows(&used.links.invented), &arrows(&left.links.invented));
    let _ = writeln!(text, "## Root cause\n");
    let _ = writeln!(text, "- True: {}", true_roots(&used.roots));
    let _ = writeln!(text, "- With the timestamp step: {}", said(&used.roots));
    let _ = writeln!(text, "- Without it: {}\n", said(&left.roots));
    let _ = writeln!(text, "## Conclusion\n\n{}", conclusion(truth, findings, &used, &left));
    text
}

fn table(text: &mut String, used: &Score, left: &Score) {
    let _ = writeln!(text, "| | with the timestamp step | without it |\n|---|---|---|");
    let of = |score: &Score| {
        let count = score.links.count();
        [
            format!("{} of {}", count.right, count.labelled),
            score.links.missed.len().to_string(),
            score.links.independent.len().to_string(),
            score.links.invented.len().to_string(),
            word(score.roots.verdict).to_owned(),
        ]
    };
    let names = ["links found", "missed", "of those taken as independent", "invented", "root cause"];
    for ((name, a), b) in names.iter().zip(of(used)).zip(of(left)) {
        let _ = writeln!(text, "| {name} | {a} | {b} |");
    }
    text.push('\n');
}

/// Links that were found, each with its lag and what says so.
fn found_links(text: &mut String, with: &Correlation, used: &Score, left: &Score) {
    let _ = writeln!(text, "## Found\n");
    if used.links.found.is_empty() {
        let _ = writeln!(text, "none");
    }
    let event = |id: &str| with.events.iter().find(|e| e.findings.iter().any(|f| f == id)).map(|e| &e.id);
    for link in &used.links.found {
        let ends = (event(&link.from), event(&link.to));
        let pair = with.pairs.iter().find(|p| (Some(&p.from), Some(&p.to)) == ends);
        let how = pair.map_or(String::new(), |p| format!(": {} s. {}", p.lag_s, line(&p.reason)));
        let alone = if left.links.found.contains(link) { "" } else { ". Only with the timestamp step" };
        let _ = writeln!(text, "- {}{how}{alone}", arrow(link));
    }
    text.push('\n');
}

/// A list with the step, and what the one without it has more.
fn section(text: &mut String, title: &str, used: &[String], left: &[String]) {
    let _ = writeln!(text, "## {title}\n");
    if used.is_empty() && left.is_empty() {
        let _ = writeln!(text, "none\n");
        return;
    }
    for one in used {
        let _ = writeln!(text, "- {one}");
    }
    for one in left.iter().filter(|one| !used.contains(one)) {
        let _ = writeln!(text, "- without the timestamp step: {one}");
    }
    text.push('\n');
}

fn conclusion(truth: &Truth, findings: &[Finding], used: &Score, left: &Score) -> String {
    let (with, without) = (used.links.count(), left.links.count());
    let mut all = Vec::new();
    if with.labelled == 0 {
        all.push("Nothing is known to have caused anything here: there was no chain to find.".to_owned());
    } else if with.right == with.labelled {
        all.push(format!("All of the chain was found: {}.", counted(with.labelled, "link")));
    } else {
        all.push(format!("{} of {} were found.", with.right, counted(with.labelled, "link")));
    }
    if without.right < with.right {
        let apart = left.links.independent.len().saturating_sub(used.links.independent.len());
        all.push(format!(
            "Without comparing the times of the specialists {} {} found, and {apart} more would have been taken as \
             independent.",
            without.right,
            if without.right == 1 { "is" } else { "are" }
        ));
    } else if with.labelled > 0 {
        all.push(
            "The timestamp step added no link: each specialist's own findings have all there is.".to_owned(),
        );
    }
    if !used.links.invented.is_empty() {
        all.push(format!("{} said that the truth denies.", counted(used.links.invented.len(), "link")));
    }
    match (used.roots.verdict, left.roots.verdict) {
        (Verdict::Right, Verdict::Right) => all.push("The root cause is right either way.".to_owned()),
        (Verdict::Right, _) => all.push("The root cause is right only with it.".to_owned()),
        (verdict, _) => all.push(format!("The root cause is {}.", word(verdict))),
    }
    let gone: Vec<String> = truth
        .finding
        .iter()
        .filter(|f| !findings.iter().any(|one| one.id == f.id))
        .map(|f| format!("`{}`", line(&f.id)))
        .collect();
    if !gone.is_empty() {
        all.push(format!(
            "Nobody handed in {}: not engaged, not found, or under another id.",
            gone.join(", ")
        ));
    }
    all.join(" ")
}

fn why_missed(score: &Score, link: &Between) -> &'static str {
    let said = score.pairs.iter().find(|p| p.a == link.from && p.b == link.to).map(|p| p.got);
    match said {
        Some(Said::Reversed) => "turned round",
        Some(Said::Implied) => "only by way of others",
        Some(Said::One) => "taken as one event",
        Some(Said::Correlated) => "taken as correlated",
        Some(Said::Absent) => "one of them was not found",
        Some(Said::Independent) => "taken as independent",
        Some(Said::Causal) | None => "not said",
    }
}

fn true_roots(roots: &Roots) -> String {
    let names = list(&roots.expected, " and ");
    match (roots.undecided, names.is_empty()) {
        (true, _) => format!("undecided between {names}"),
        (false, true) => "none".to_owned(),
        (false, false) => names,
    }
}

fn said(roots: &Roots) -> String {
    let one = |group: &Vec<String>| {
        let names = list(group, " and ");
        if group.len() > 1 { format!("undecided between {names}") } else { names }
    };
    let groups: Vec<String> = roots.said.iter().map(one).collect();
    let told = if groups.is_empty() { "none".to_owned() } else { groups.join("; ") };
    format!("{} ({told})", word(roots.verdict))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "right",
        Verdict::Undecided => "undecided though it is known",
        Verdict::Wrong => "wrong",
    }
}

fn list(ids: &[String], between: &str) -> String {
    ids.iter().map(|id| format!("`{}`", line(id))).collect::<Vec<_>>().join(between)
}

fn arrow(link: &Between) -> String {
    format!("`{}` → `{}`", line(&link.from), line(&link.to))
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// One line that cannot end the code span or the table it stands in.
fn line(text: &str) -> String {
    printable(text).replace(['\n', '\r', '`', '|'], " ")
}
