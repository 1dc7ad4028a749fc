//! An incident as the prompts of its specialists and its coordinator tell of it.

use super::follow::refused;
use crate::domain::id::AgentName;
use crate::domain::incident::case::{RETRIES, Stage};
use crate::domain::incident::correlate::{Class, Correlation};
use crate::domain::incident::postmortem::sections;
use crate::domain::incident::stamp;
use crate::domain::prompt::{IncidentVar, KindVar};
use crate::engine::state::State;

/// The most lines that tell of a correlation.
const LINES: usize = 120;

/// The incident for that agent; empty where there is none, or it has nothing to do with it.
pub(in crate::engine) fn incident_var(state: &State, agent: &AgentName) -> IncidentVar {
    let (Some(case), Some(fleet)) = (state.open_case(), state.config.fleet.as_deref()) else {
        return IncidentVar::default();
    };
    let coordinates = fleet.coordinator == *agent;
    let engaged = super::open::engaged(state, &case.triaged).here;
    let own = engaged.iter().find(|(name, _)| name == agent);
    let triaged = &case.triaged;
    let deadline = case.engagement(agent).map_or(fleet.deadline_s, |e| e.deadline_s);
    let writes = coordinates && case.stage == Stage::Writing;
    let seconds = if writes { fleet.write_s } else { deadline };
    let kind =
        |k: &crate::domain::incident::kind::Kind| KindVar { name: k.name.clone(), what: k.what.clone() };
    let attempts = (usize::from(RETRIES) + 1).saturating_sub(refused(case, &fleet.coordinator));
    let problems = case.drafts.iter().rev().find(|d| d.by == fleet.coordinator.as_str());
    IncidentVar {
        name: case.name.clone(),
        report: case.report.lines().map(str::to_owned).collect(),
        data: case.data.clone(),
        own_data: if own.is_some() { case.data_of(agent) } else { String::new() },
        from: stamp::text(case.from),
        to: case.to.map(stamp::text).unwrap_or_default(),
        started: triaged.started.as_ref().map(|s| s.value.clone()).unwrap_or_default(),
        symptom: triaged.symptom.value.clone(),
        scope: triaged.scope.as_ref().map(|s| s.value.to_string()).unwrap_or_default(),
        priority: triaged.priority.as_ref().map(|p| format!("{:?}", p.value)).unwrap_or_default(),
        route: format!("{}: {}", triaged.rules.join(", "), triaged.why),
        why: own.map(|(_, why)| why.clone()).unwrap_or_default(),
        engaged: engaged.iter().map(|(name, _)| name.to_string()).collect(),
        minutes: seconds.div_ceil(60),
        kinds: state.known_incident.kinds().iter().map(kind).collect(),
        correlation: if coordinates { lines(&case.correlation) } else { Vec::new() },
        missing: if coordinates { case.missing() } else { Vec::new() },
        sections: sections(fleet.house()),
        problems: problems.map(|d| d.problems.clone()).unwrap_or_default(),
        attempts: u8::try_from(attempts).unwrap_or(u8::MAX),
    }
}

/// A correlation, line by line.
fn lines(found: &Correlation) -> Vec<String> {
    let event = |id: &str| match found.events.iter().find(|e| e.id == id) {
        Some(e) => format!("{} {} ({}, {})", stamp::text(e.at), e.kind, e.source, e.id),
        None => id.to_owned(),
    };
    let mut lines = Vec::new();
    for e in &found.events {
        lines.push(format!("event: {}: {}", event(&e.id), e.summary));
    }
    for p in found.pairs.iter().filter(|p| p.class == Class::Causal) {
        let (lag, sure) = (p.lag_s, p.confidence);
        lines.push(format!(
            "cause: {} → {}, after {lag} s, confidence {sure}: {}",
            event(&p.from),
            event(&p.to),
            p.reason
        ));
    }
    for c in &found.chains {
        let trigger = if c.trigger.is_empty() { String::new() } else { format!("; {}", c.trigger) };
        lines.push(format!("chain: {}, confidence {}{trigger}", c.events.join(" → "), c.confidence));
    }
    for g in &found.groups {
        let class = format!("{:?}", g.class).to_lowercase();
        lines.push(format!("group: {}: {class}: {}", g.events.join(", "), g.reason));
        for r in &g.roots {
            let disproof = r.disproof.join("; ");
            lines.push(format!("root cause {}: {}; not if: {disproof}", r.rank, event(&r.event)));
        }
        if !g.undecided.is_empty() {
            lines.push(format!("undecided between: {}", g.undecided.join(", ")));
        }
        if !g.contributing.is_empty() {
            lines.push(format!("contributing: {}", g.contributing.join(", ")));
        }
    }
    lines.extend(found.unexplained.iter().map(|u| format!("unexplained: {}: {}", event(&u.event), u.why)));
    lines
        .extend(found.skew.iter().map(|s| format!("clock of {}: {} s assumed: {}", s.source, s.by_s, s.why)));
    lines.extend(found.cycles.iter().map(|c| format!("each other's cause by their times: {}", c.join(", "))));
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    lines.extend(
        (more > 0).then(|| format!("and {more} more lines: `orchestra incident show --json` has all")),
    );
    lines
}
