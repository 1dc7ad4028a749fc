//! All there is of one finding.

use super::digest::Digest;
use super::times::{coarse, span};
use crate::domain::incident::case::Arrived;
use crate::domain::incident::correlate::{Class, Pair};
use crate::domain::incident::finding::Severity;
use crate::domain::incident::stamp;
use crate::domain::signal::printable;
use crate::ui::popup::Page;
use crate::ui::text::Text;

/// The most of what it has to do with others that is listed.
const PAIRS_MOST: usize = 40;

/// A page about it.
pub(super) fn page(digest: &Digest<'_>, place: usize) -> Option<Page> {
    let Arrived { received, finding } = digest.case.findings.get(place)?;
    let pair = |k: &str, v: &str| Text::Pair(k.into(), printable(v));
    let mut lines = vec![
        Text::Head(printable(&finding.summary)),
        pair("kind", &finding.kind),
        pair("by", &finding.source),
        pair("began", &began(finding.at, finding.precision)),
    ];
    if let Some(until) = finding.until {
        let lasted = until.saturating_sub(finding.at) / 1000;
        lines.push(pair("until", &format!("{}, {} after it began", stamp::text(until), span(lasted))));
    }
    lines.push(pair("how bad", severity(finding.severity)));
    if finding.before.is_some() || finding.after.is_some() {
        let value = |v: Option<f64>| v.map_or("–".to_owned(), |v| v.to_string());
        let unit = if finding.unit.is_empty() { String::new() } else { format!(" {}", finding.unit) };
        lines.push(pair("value", &format!("{} → {}{unit}", value(finding.before), value(finding.after))));
    }
    let entities =
        if finding.entities.is_empty() { "none is named".to_owned() } else { finding.entities.join(", ") };
    lines.push(pair("about", &entities));
    let simulated = if finding.simulated { "; its times are simulated" } else { "" };
    lines.push(pair("came in", &format!("{}{simulated}", stamp::text(*received))));
    lines.push(Text::Plain(String::new()));
    lines.push(Text::Head("evidence".into()));
    if finding.evidence.is_empty() {
        lines.push(Text::Quiet("none is given".into()));
    }
    for e in &finding.evidence {
        let place = if e.place.is_empty() { String::new() } else { format!(": {}", printable(&e.place)) };
        lines.push(Text::Plain(format!("{}{place}", printable(&e.file))));
    }
    lines.push(Text::Plain(String::new()));
    lines.extend(others(digest, &finding.id));
    Some(Page::new(printable(&format!("finding {}", finding.id)), lines))
}

fn began(at: i64, precision: u32) -> String {
    let at = stamp::text(at);
    if precision == 0 { at } else { format!("{at}, or up to {} later", coarse(precision)) }
}

/// A severity in a word.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "worth knowing",
        Severity::Warning => "it may hurt",
        Severity::Critical => "it hurts",
    }
}

/// What its event has to do with others.
fn others(digest: &Digest<'_>, id: &str) -> Vec<Text> {
    let correlation = &digest.case.correlation;
    let Some(event) = correlation.events.iter().find(|e| e.findings.iter().any(|f| f == id)) else {
        return vec![Text::Quiet("it was not compared with others yet".into())];
    };
    let mut lines = vec![Text::Head("what it has to do with others".into())];
    let same = event.findings.iter().filter(|f| *f != id);
    lines.extend(same.map(|f| Text::Plain(printable(&format!("one event with {f}")))));
    let ours = |p: &&Pair| p.from == event.id || p.to == event.id;
    let mut pairs: Vec<&Pair> = correlation.pairs.iter().filter(ours).collect();
    pairs.sort_by_key(|p| p.class);
    let more = pairs.len().saturating_sub(PAIRS_MOST);
    lines.extend(pairs.iter().take(PAIRS_MOST).map(|p| line(p, &event.id)));
    if more > 0 {
        lines.push(Text::Quiet(format!("{more} more; `orchestra incident show --json` lists them")));
    }
    if let Some(alone) = correlation.unexplained.iter().find(|u| u.event == event.id) {
        lines.push(Text::Quiet(printable(&format!("not explained: {}", alone.why))));
    }
    lines
}

fn line(pair: &Pair, own: &str) -> Text {
    let (other, verb) = match (pair.class, pair.from == own) {
        (Class::Causal, true) => (&pair.to, "brought about"),
        (Class::Causal, false) => (&pair.from, "came of"),
        (Class::Correlated, from) => (if from { &pair.to } else { &pair.from }, "belongs with"),
        (Class::Independent, from) => (if from { &pair.to } else { &pair.from }, "independent of"),
    };
    let lag = super::times::lag(pair.lag_s);
    let text = printable(&format!("{verb} {other} ({lag}, {:.2}): {}", pair.confidence, pair.reason));
    if pair.class == Class::Causal { Text::Plain(text) } else { Text::Quiet(text) }
}
