//! What is measured, reached and put together in reports: data files that come along.

use std::sync::LazyLock;

use serde::Deserialize;

const METRICS: &str = include_str!("../../../data/workflow/metrics.toml");
const MILESTONES: &str = include_str!("../../../data/workflow/milestones.toml");
const AREAS: &str = include_str!("../../../data/workflow/areas.toml");

/// Which direction of a figure is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
    /// Neither.
    Neither,
}

/// How a figure is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Before and after.
    #[default]
    Change,
    /// As one figure.
    Single,
}

/// Something that is measured.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The name used on the command line.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The section it stands in; empty: other figures are worked out of it.
    pub section: String,
    /// A hint of what is given.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
    /// How it is looked at.
    #[serde(default)]
    pub shape: Shape,
    /// Whether it stands in weekly reports.
    #[serde(default)]
    pub weekly: bool,
}

/// Something with a name and a line for people: a section of metrics, a milestone.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
}

/// Specialists whose work is told of together.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// One line for people.
    pub title: String,
    /// The specialists; empty: all that are in no other.
    pub specialists: Vec<String>,
}

/// What is measured.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The sections, in their order.
    #[serde(rename = "section")]
    pub sections: Vec<Named>,
    /// The metrics, in their order.
    #[serde(rename = "metric")]
    pub metrics: Vec<Metric>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Reached {
    milestone: Vec<Named>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Areas {
    area: Vec<Area>,
}

impl Metrics {
    /// Those that come along.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the files, so that they are never empty.
        static READ: LazyLock<Metrics> = LazyLock::new(|| toml::from_str(METRICS).unwrap_or_default());
        READ.clone()
    }

    /// The one of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.name == name)
    }
}

/// The milestones, in their order.
#[must_use]
pub fn milestones() -> Vec<Named> {
    toml::from_str::<Reached>(MILESTONES).unwrap_or_default().milestone
}

/// The areas of work, in their order.
#[must_use]
pub fn areas() -> Vec<Area> {
    toml::from_str::<Areas>(AREAS).unwrap_or_default().area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_whole() {
        let all: Metrics = toml::from_str(METRICS).unwrap();
        let weekly: Vec<&str> = all.metrics.iter().filter(|m| m.weekly).map(|m| m.name.as_str()).collect();
        assert_eq!(weekly, ["deployment-frequency", "lead-time", "mttr", "change-failure-rate"]);
        for metric in &all.metrics {
            let known = metric.section.is_empty() || all.sections.iter().any(|s| s.name == metric.section);
            assert!(known, "{}", metric.name);
            assert_eq!(all.metrics.iter().filter(|m| m.name == metric.name).count(), 1, "{}", metric.name);
        }
        let of = |section: &str| {
            let own = all.metrics.iter().filter(|m| m.section == section);
            own.map(|m| m.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of("performance"), ["response-time-p95", "throughput", "error-rate"]);
        assert_eq!(of("cost"), ["infrastructure-cost", "operational-cost", "cost-per-transaction"]);
        assert_eq!(milestones().len(), 7);
        let last = areas().pop().unwrap();
        assert!(last.specialists.is_empty() && areas().len() == 6);
    }
}
