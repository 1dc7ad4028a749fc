//! Findings in metrics of CloudWatch, by rules of what is unusual for each.

use super::super::finding::{Finding, Severity};
use super::super::stamp;
use super::series::{Point, Rule, Stretch, period, stretches};
use super::shape::Metric;
use super::{Notes, drafted, evidence};

/// What one metric may show.
pub(super) struct Watch {
    /// The metric's name in CloudWatch.
    pub metric: &'static str,
    /// The kind of the finding.
    pub kind: &'static str,
    /// What it is called, for people.
    pub words: &'static str,
    /// The unit of the finding's values, and what the metric's are multiplied with to get it.
    pub unit: &'static str,
    pub scale: f64,
    /// What is unusual, in the finding's unit.
    pub ratio: f64,
    pub floor: f64,
    pub severity: Severity,
}

/// So many figures say what is usual.
const CALM: usize = 3;

/// What `metrics` of the file at `path` show by `watches`. `about` gives the entities of a resource for a kind.
pub(super) fn find(
    path: &str,
    metrics: &[(usize, Metric)],
    watches: &[Watch],
    about: impl Fn(&str, &str) -> Vec<String>,
    notes: &mut Notes,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, metric) in metrics {
        let Some((resource, name)) = metric.label.trim().rsplit_once(char::is_whitespace) else {
            notes.add(path, &format!("the label `{}` should read `RESOURCE MetricName`", metric.label));
            continue;
        };
        let resource = resource.trim();
        let Some(watch) = watches.iter().find(|w| w.metric == name) else {
            notes.add(path, &format!("nobody watches the metric `{name}`"));
            continue;
        };
        let points = points(path, metric, watch.scale, notes);
        let Some(seconds) = period(&points).filter(|_| points.len() > CALM) else {
            notes.add(path, &format!("`{}` has too few figures to tell what is usual", metric.label));
            continue;
        };
        let rule = Rule { ratio: watch.ratio, floor: watch.floor, calm: CALM };
        let finding = |s: Stretch| {
            let (before, after, unit) = (rounded(s.before), rounded(s.after), watch.unit);
            let place = format!("MetricDataResults[{number}].Values[{}]", s.first.index);
            let summary = format!("{} of {resource} went from {before} to {after} {unit}", watch.words);
            let mut finding = drafted(watch.kind, s.first.at, about(watch.kind, resource), &summary);
            finding.until = s.until;
            finding.severity = watch.severity;
            (finding.before, finding.after, finding.unit) = (Some(before), Some(after), unit.to_owned());
            finding.precision = seconds;
            finding.evidence = vec![evidence(path, place)];
            finding
        };
        found.extend(stretches(&points, rule).into_iter().map(finding));
    }
    found
}

fn points(path: &str, metric: &Metric, scale: f64, notes: &mut Notes) -> Vec<Point> {
    if metric.timestamps.len() != metric.values.len() {
        notes.add(path, &format!("`{}` has not as many values as times; the rest is left out", metric.label));
    }
    if metric.status_code == "PartialData" {
        notes.add(path, &format!("`{}` is not whole (PartialData)", metric.label));
    }
    let mut wrong = 0_usize;
    let mut points = Vec::with_capacity(metric.values.len());
    for (index, (at, value)) in metric.timestamps.iter().zip(&metric.values).enumerate() {
        match stamp::parse(at) {
            Some(at) => points.push(Point { at, value: value * scale, index }),
            None => wrong += 1,
        }
    }
    if wrong > 0 {
        notes.add(path, &format!("`{}` has {wrong} times that are none", metric.label));
    }
    points.sort_by_key(|p| p.at);
    points
}

/// To three digits after the point.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
