//! What triage says: the answers with their words, the route and who was left out, doubts, the report.

use super::digest::Digest;
use super::times::span;
use crate::domain::incident::case::{Approval, Stage};
use crate::domain::incident::stamp;
use crate::domain::incident::triage::{By, Given, NOTHING, Priority, Scope};
use crate::engine::state::State;
use crate::ui::lines::Line;
use crate::ui::text::hint;
use crate::ui::view::View;

/// All of it.
pub(super) fn lines(state: &State, view: &View, digest: &Digest<'_>) -> Vec<Line> {
    let case = digest.case;
    let t = &case.triaged;
    let mut lines = Vec::new();
    if case.stage == Stage::Approval {
        lines.push(Line::warn(waits(state, view, digest)));
    }
    lines.extend([
        Line::pair("symptom", given(&t.symptom, symptom(&t.symptom.value))),
        Line::pair("started", answer(&t.started, |s| stamp::parse(s).map_or_else(|| s.clone(), begun))),
        Line::pair("scope", answer(&t.scope, Scope::to_string)),
        Line::pair("priority", answer(&t.priority, |p| priority(*p).to_owned())),
        Line::pair("route", format!("{}: {}", t.rules.join(" = "), t.why)),
    ]);
    if t.engaged.is_empty() {
        lines.push(Line::pair("engaged", "nobody"));
    }
    let mut who = |word: &str, all: &[crate::domain::incident::triage::Engaged]| {
        for (i, one) in all.iter().enumerate() {
            let why = if one.why == t.why { String::new() } else { format!(": {}", one.why) };
            lines.push(Line::pair(if i == 0 { word } else { "" }, format!("{}{why}", one.name)));
        }
    };
    who("engaged", &t.engaged);
    who("not", &t.not_engaged);
    lines.extend(t.doubts.iter().map(Line::warn));
    if let Some(by) = case.approval {
        lines.push(Line::pair("approved", approved(by)));
    }
    let to = case.to.map_or_else(|| "now".to_owned(), begun);
    lines.push(Line::pair("looked at", format!("from {} to {to}", begun(case.from))));
    if !case.data.is_empty() {
        lines.push(Line::pair("data", &case.data));
    }
    if !t.observables.is_empty() {
        lines.push(Line::plain(""));
        lines.push(Line::head("the report names"));
        lines.extend(t.observables.iter().map(|o| {
            let no = if o.said { "" } else { "not " };
            Line::new("  ", format!("{no}{}: \"{}\"", o.name, o.words), Default::default())
        }));
    }
    if !case.report.trim().is_empty() {
        lines.push(Line::plain(""));
        lines.push(Line::head("the report"));
        lines.extend(case.report.lines().map(Line::quiet));
    }
    lines
}

/// That a person is waited for, and how long.
pub(super) fn waits(state: &State, view: &View, digest: &Digest<'_>) -> String {
    let left =
        left(state, digest).map_or(String::new(), |s| format!(" {} is left, then it goes ahead;", span(s)));
    hint(view, &format!("the route waits for a yes;{left} ‹confirmations› answers"))
}

/// Seconds that a person has for the route.
pub(super) fn left(state: &State, digest: &Digest<'_>) -> Option<i64> {
    let timeout =
        state.config.fleet.as_ref().map(|f| i64::try_from(f.approve.timeout_s).unwrap_or(i64::MAX))?;
    let gone = state.now.wall.saturating_sub(digest.case.opened) / 1000;
    Some(timeout.saturating_sub(gone).max(0))
}

fn begun(at: i64) -> String {
    format!("{} UTC", stamp::text(at).replace('T', " ").trim_end_matches('Z'))
}

fn answer<T>(given: &Option<Given<T>>, value: impl Fn(&T) -> String) -> String {
    given
        .as_ref()
        .map_or_else(|| "not asked: nothing is out of order".to_owned(), |g| self::given(g, value(&g.value)))
}

/// An answer and whose words gave it.
pub(super) fn given<T>(given: &Given<T>, value: impl AsRef<str>) -> String {
    let by = match given.by {
        By::Report => "",
        By::Concluded => "concluded from ",
        By::Told => "told: ",
    };
    format!("{} ({by}\"{}\")", value.as_ref(), given.words)
}

pub(super) fn symptom(name: &str) -> String {
    if name == NOTHING { "nothing is out of order".to_owned() } else { name.to_owned() }
}

pub(super) fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => "P1, customers feel it",
        Priority::P2 => "P2, degraded",
        Priority::P3 => "P3, internal",
    }
}

fn approved(by: Approval) -> &'static str {
    match by {
        Approval::Person => "by a person",
        Approval::Silence => "by silence: nobody said no in time",
        Approval::Policy => "not asked for at this priority",
    }
}
