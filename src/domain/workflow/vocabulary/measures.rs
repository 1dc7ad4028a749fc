//! What is measured, reached and put together in reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which direction of a figure is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Before and after.
    #[default]
    Change,
    /// As one figure.
    Single,
}

/// Something that is measured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
}

/// Specialists whose work is told of together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// One line for people.
    pub title: String,
    /// The specialists; empty: all that are in no other.
    pub specialists: Vec<String>,
}

/// What is measured.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The sections, in their order.
    #[serde(rename = "section")]
    pub sections: Vec<Named>,
    /// The metrics, in their order.
    #[serde(rename = "metric")]
    pub metrics: Vec<Metric>,
}

impl Metrics {
    /// The one of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.name == name)
    }
}
