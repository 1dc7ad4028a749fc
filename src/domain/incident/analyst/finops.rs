//! Capacity and its cost: what the autoscaling groups did, and what Cost Explorer says of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::finding::{Finding, Severity};
use super::super::stamp;
use super::group::{Sighting, grouped};
use super::metrics::rounded;
use super::series::{Point, Rule, stretches};
use super::shape::{Activity, Amount, Period, Shape};
use super::{Notes, drafted, entity, evidence};

/// What is unusual in the cost of an hour or day: half as much again, and a dollar.
const COST: Rule = Rule { ratio: 1.5, floor: 1.0, calm: 2 };

/// What the files show.
pub(super) fn find(files: &[(&str, Shape)], notes: &mut Notes) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut groups = BTreeSet::new();
    for (path, shape) in files {
        match shape {
            Shape::Activities(all) => {
                groups.extend(all.iter().map(|(_, a)| entity("asg", &a.auto_scaling_group_name)));
                let sightings = all.iter().filter_map(|(n, a)| activity(path, *n, a, notes)).collect();
                found.extend(grouped(sightings, |kind, count, group| {
                    format!("{} of {group}, {count} instances", kind.replace(['.', '_'], " "))
                }));
            }
            Shape::Costs(_) => {}
            other => notes.stranger(path, other),
        }
    }
    for (path, shape) in files {
        if let Shape::Costs(periods) = shape {
            found.extend(costs(path, periods, &groups, notes));
        }
    }
    found
}

fn activity(path: &str, number: usize, one: &Activity, notes: &mut Notes) -> Option<Sighting> {
    let Some(at) = stamp::parse(&one.start_time) else {
        notes.add(path, &format!("activity {number} has no time: `{}`", one.start_time));
        return None;
    };
    let (kind, severity) = match (one.description.as_str(), one.status_code.as_str()) {
        (_, "Failed" | "Cancelled") => ("autoscaling.launch_failed", Severity::Warning),
        (text, _) if text.starts_with("Launching") => ("autoscaling.scale_out", Severity::Info),
        (text, _) if text.starts_with("Terminating") => ("autoscaling.scale_in", Severity::Info),
        _ => return None,
    };
    let mut entities = vec![entity("asg", &one.auto_scaling_group_name)];
    let instance = one.description.split_whitespace().find(|w| w.starts_with("i-"));
    entities.extend(instance.map(|i| entity("instance", i.trim_end_matches(|c: char| !c.is_alphanumeric()))));
    let until = one.end_time.as_deref().and_then(stamp::parse).unwrap_or(at).max(at);
    let place = evidence(path, format!("Activities[{number}]"));
    let subject = one.auto_scaling_group_name.clone();
    Some(Sighting { at, until, kind, severity, subject, entities, evidence: place, count: 1 })
}

/// One cost over time.
#[derive(Default)]
struct Line {
    points: Vec<Point>,
    /// Seconds of the longest period.
    seconds: u32,
    unit: String,
}

fn costs(
    path: &str,
    periods: &[(usize, Period)],
    groups: &BTreeSet<String>,
    notes: &mut Notes,
) -> Vec<Finding> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for (number, period) in periods {
        let times = (moment(&period.time_period.start), moment(&period.time_period.end));
        let (Some(at), Some(end)) = times else {
            notes.add(path, &format!("period {number} has no time: `{}`", period.time_period.start));
            continue;
        };
        let seconds = u32::try_from((end - at) / 1000).unwrap_or_default();
        let shares = period.groups.iter().map(|g| (g.keys.join("/"), g.metrics.values().next()));
        let total = period.total.values().next().map(|t| ("total".to_owned(), Some(t)));
        for (key, amount) in shares.chain(total) {
            let Some((value, unit)) = amount.and_then(figure) else {
                notes.add(path, &format!("`{key}` has no amount in period {number}"));
                continue;
            };
            let line = lines.entry(key).or_default();
            line.points.push(Point { at, value, index: *number });
            line.seconds = line.seconds.max(seconds);
            unit.clone_into(&mut line.unit);
        }
    }
    let mut found = Vec::new();
    for (key, mut line) in lines {
        line.points.sort_by_key(|p| p.at);
        for s in stretches(&line.points, COST) {
            let name = key.split_once('$').map_or(key.as_str(), |(_, value)| value);
            let mut entities = vec![entity("cost", name)];
            if key.contains('$') {
                entities.push(entity("service", name));
            }
            // Instances of the groups are what is billed there.
            if name.contains("Elastic Compute Cloud") || name.starts_with("EC2") {
                entities.extend(groups.iter().cloned());
            }
            let (before, after) = (rounded(s.before), rounded(s.after));
            let summary = format!("{name} went from {before} to {after} {} a period", line.unit);
            let mut finding = drafted("cost.spike", s.first.at, entities, &summary);
            finding.until = s.until;
            (finding.before, finding.after) = (Some(before), Some(after));
            finding.unit = line.unit.clone();
            finding.precision = line.seconds;
            finding.evidence = vec![evidence(path, format!("ResultsByTime[{}]", s.first.index))];
            found.push(finding);
        }
    }
    found
}

/// Days are written without a time.
fn moment(text: &str) -> Option<i64> {
    stamp::parse(text).or_else(|| stamp::parse(&format!("{text}T00:00:00Z")))
}

fn figure(amount: &Amount) -> Option<(f64, &str)> {
    let value: f64 = amount.amount.parse().ok()?;
    value.is_finite().then_some((value, amount.unit.as_str()))
}
