//! What findings have to do with each other, for people. Control characters of findings are taken out line by line.

use std::collections::BTreeMap;

use crate::domain::incident::correlate::{Class, Correlation, Event};
use crate::domain::incident::stamp;
use crate::domain::signal::printable;

/// All of it.
pub(super) fn text(found: &Correlation) -> String {
    let mut lines = vec![format!(
        "{} findings, {} events, window {} s",
        found.findings,
        found.events.len(),
        found.window_s
    )];
    lines.extend(chains(found));
    lines.extend(groups(found));
    lines.extend(pairs(found));
    let lines: Vec<String> = lines.iter().map(|l| printable(l).trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

/// The events of an answer by their id.
struct Events<'a>(BTreeMap<&'a str, &'a Event>);

impl<'a> Events<'a> {
    fn of(found: &'a Correlation) -> Self {
        Self(found.events.iter().map(|e| (e.id.as_str(), e)).collect())
    }

    /// An event in a line.
    fn line(&self, id: &str) -> String {
        let Some(e) = self.0.get(id) else { return id.to_owned() };
        let more = match e.findings.len() {
            1 => String::new(),
            n => format!(" ({n} findings)"),
        };
        let coarse = if e.precision > 0 { format!(" ±{} s", e.precision) } else { String::new() };
        format!("{}{coarse}  {} [{}, {}]{more}: {}", stamp::text(e.at), e.kind, e.id, e.source, e.summary)
    }
}

/// What was assumed, and the chains.
pub(super) fn chains(found: &Correlation) -> Vec<String> {
    let events = Events::of(found);
    let mut lines = Vec::new();
    if let Some(skew) = &found.skew {
        lines
            .push(format!("Assumed: the clock of {} is off by {} s ({})", skew.source, -skew.by_s, skew.why));
    }
    for cycle in &found.cycles {
        lines.push(format!("A circle by its times, its order is a guess: {}", cycle.join(", ")));
    }
    for (n, chain) in found.chains.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("Chain {} (confidence {})", n + 1, chain.confidence));
        for (k, id) in chain.events.iter().enumerate() {
            lines.push(format!("  {} {}", if k == 0 { "  " } else { "->" }, events.line(id)));
        }
        if !chain.trigger.is_empty() {
            lines.push(format!("     {}", chain.trigger));
        }
    }
    lines
}

/// The groups with their root causes, and what is unexplained.
pub(super) fn groups(found: &Correlation) -> Vec<String> {
    let events = Events::of(found);
    let mut lines = Vec::new();
    for (n, group) in found.groups.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("Group {}: {} events, {}", n + 1, group.events.len(), group.reason));
        for root in &group.roots {
            lines.push(format!(
                "  root cause {} (score {}, explains {}): {}",
                root.rank,
                root.score,
                root.explains,
                events.line(&root.event)
            ));
            lines.extend(root.disproof.iter().map(|line| format!("     disproved if {line}")));
        }
        if !group.undecided.is_empty() {
            lines.push(format!("  undecided: {}", group.undecided.join(", ")));
        }
        if !group.contributing.is_empty() {
            lines.push(format!("  contributing: {}", group.contributing.join(", ")));
        }
    }
    if !found.unexplained.is_empty() {
        lines.extend([String::new(), "Unexplained".to_owned()]);
        for one_of in &found.unexplained {
            lines.push(format!("  {}", events.line(&one_of.event)));
            lines.push(format!("     {}", one_of.why));
        }
    }
    lines
}

/// The pairs by class.
fn pairs(found: &Correlation) -> Vec<String> {
    let mut lines = Vec::new();
    for (class, word) in
        [(Class::Causal, "Causal"), (Class::Correlated, "Correlated"), (Class::Independent, "Independent")]
    {
        let pairs: Vec<_> = found.pairs.iter().filter(|p| p.class == class).collect();
        if !pairs.is_empty() {
            lines.extend([String::new(), word.to_owned()]);
        }
        lines.extend(pairs.into_iter().map(|p| {
            format!("  {} - {}  {} s, confidence {}: {}", p.from, p.to, p.lag_s, p.confidence, p.reason)
        }));
    }
    if found.unlisted > 0 {
        lines.push(format!("{} pairs are not listed", found.unlisted));
    }
    lines
}
