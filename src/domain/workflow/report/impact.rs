//! What a project changed, measured: figures before and after.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::change;
use super::look::{Given, Look, give};
use crate::domain::workflow::project::Epoch;
use crate::domain::workflow::vocabulary::measures::{Better, Metric, Shape};

/// Figures of one section.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The figures.
    pub rows: Vec<Row>,
}

/// A figure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Whether it is one figure and has no before.
    pub single: bool,
    /// What it was before the project; none: not given.
    pub before: Option<Given>,
    /// What it is now, after the project where that was given; none: not given.
    pub after: Option<Given>,
    /// The change in words, computed from both; or why it was not. Empty where one of them is missing.
    pub change: String,
    /// What the change is: `better`, `worse`, `same`; empty where it was not computed or neither is better.
    pub judged: String,
    /// The commands that give what is missing.
    pub give: Vec<String>,
}

/// All figures by section; those with names of their own at the end.
pub(super) fn impact(look: &Look<'_>) -> Vec<Section> {
    let known = &look.vocabulary.metrics;
    let mut all: Vec<Section> = known
        .sections
        .iter()
        .map(|s| Section {
            name: s.name.clone(),
            title: s.title.clone(),
            rows: known.metrics.iter().filter(|m| m.section == s.name).map(|m| row(look, m)).collect(),
        })
        .collect();
    let mut own: Vec<&str> = Vec::new();
    for figure in &look.project.figures {
        if known.get(&figure.name).is_none() && !own.contains(&figure.name.as_str()) {
            own.push(&figure.name);
        }
    }
    if !own.is_empty() {
        let metric = |name: &&str| Metric {
            name: (*name).to_owned(),
            title: (*name).to_owned(),
            section: String::new(),
            unit: String::new(),
            better: Better::Neither,
            shape: Shape::Change,
            weekly: false,
        };
        let rows = own.iter().map(metric).map(|m| row(look, &m)).collect();
        all.push(Section { name: "other".into(), title: "Other figures".into(), rows });
    }
    all
}

/// What a metric is now: after the project where that was given, else while it went on.
pub(super) fn after(look: &Look<'_>, name: &str) -> Option<Given> {
    look.figure(name, Epoch::After).or_else(|| look.figure(name, Epoch::Now))
}

fn row(look: &Look<'_>, metric: &Metric) -> Row {
    let name = &metric.name;
    let single = metric.shape == Shape::Single;
    let before = look.figure(name, Epoch::Before).filter(|_| !single);
    let after = if single { look.latest(name) } else { after(look, name) };
    let missing = |epoch: &str| format!("{} --{epoch}", give(name));
    let mut commands = Vec::new();
    if before.is_none() && !single {
        commands.push(missing("before"));
    }
    if after.is_none() {
        commands.push(if single { give(name) } else { missing("after") });
    }
    let (text, judged) = match (&before, &after) {
        (Some(b), Some(a)) => match change(&b.value, &a.value) {
            Ok(change) => (change.text, judged(metric.better, change.went).to_owned()),
            Err(why) => (why, String::new()),
        },
        _ => (String::new(), String::new()),
    };
    Row {
        name: name.clone(),
        title: metric.title.clone(),
        single,
        before,
        after,
        change: text,
        judged,
        give: commands,
    }
}

fn judged(better: Better, went: Ordering) -> &'static str {
    match (better, went) {
        (Better::Neither, _) => "",
        (_, Ordering::Equal) => "same",
        (Better::Higher, Ordering::Greater) | (Better::Lower, Ordering::Less) => "better",
        _ => "worse",
    }
}
