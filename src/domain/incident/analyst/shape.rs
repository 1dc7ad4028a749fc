//! What a file is, told by its shape.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{BYTES_MOST, Notes};

/// A file whose shape is known. Every entry has its number in the file, from 0.
pub(super) enum Shape {
    /// `items` of `kubectl get … -o json`.
    Kube(Vec<(usize, Value)>),
    /// `MetricDataResults` of `aws cloudwatch get-metric-data`.
    Metrics(Vec<(usize, Metric)>),
    /// `Activities` of `aws autoscaling describe-scaling-activities`.
    Activities(Vec<(usize, Activity)>),
    /// `ResultsByTime` of `aws ce get-cost-and-usage`.
    Costs(Vec<(usize, Period)>),
    /// `Events` of `aws rds describe-events`.
    RdsEvents(Vec<(usize, RdsEvent)>),
    /// The list of `helm history -o json`.
    Releases(Vec<(usize, Release)>),
    /// A log of PostgreSQL with the prefix that RDS sets.
    Log(String),
}

impl Shape {
    /// What it has, for people.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Kube(_) => "objects of kubectl",
            Self::Metrics(_) => "metrics of CloudWatch",
            Self::Activities(_) => "scaling activities",
            Self::Costs(_) => "results of Cost Explorer",
            Self::RdsEvents(_) => "events of RDS",
            Self::Releases(_) => "the history of a release",
            Self::Log(_) => "a log of PostgreSQL",
        }
    }
}

/// One metric.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metric {
    /// `RESOURCE MetricName`, as CloudWatch labels metrics of several resources.
    pub label: String,
    /// Begins of periods, in either order.
    pub timestamps: Vec<String>,
    /// One for each of those.
    pub values: Vec<f64>,
    /// `Complete`, `PartialData`, …
    #[serde(default)]
    pub status_code: String,
}

/// One activity of an autoscaling group.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Activity {
    pub auto_scaling_group_name: String,
    pub description: String,
    pub start_time: String,
    #[serde(default)]
    pub end_time: Option<String>,
    pub status_code: String,
}

/// One hour or day of cost.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Period {
    pub time_period: Span,
    #[serde(default)]
    pub groups: Vec<Share>,
    /// Name of a metric to its amount, where the cost was not grouped.
    #[serde(default)]
    pub total: std::collections::BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Span {
    pub start: String,
    pub end: String,
}

/// The cost of one group in a period.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Share {
    pub keys: Vec<String>,
    pub metrics: std::collections::BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Amount {
    pub amount: String,
    #[serde(default)]
    pub unit: String,
}

/// One event of a database.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RdsEvent {
    pub source_identifier: String,
    pub message: String,
    pub date: String,
}

/// One revision of a release.
#[derive(Deserialize)]
pub(super) struct Release {
    pub revision: u64,
    pub updated: String,
    pub chart: String,
    pub status: String,
    #[serde(default)]
    pub app_version: String,
    #[serde(default)]
    pub description: String,
}

/// What the file at `path` is. Entries of it that are none are noted and left out.
///
/// # Errors
/// Why it is no file that an analyst reads.
pub(super) fn shape(path: &str, text: &str, notes: &mut Notes) -> Result<Shape, String> {
    if text.len() > BYTES_MOST {
        return Err(format!(
            "has more than {BYTES_MOST} bytes; give a shorter time to the tool that wrote it"
        ));
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if is_log(path) {
        return Ok(Shape::Log(text.to_owned()));
    }
    let value: Value = serde_json::from_str(text).map_err(|e| format!("is no JSON: {e}"))?;
    let list = |name: &str| match value.get(name) {
        Some(Value::Array(list)) => Some(list.iter().cloned().enumerate().collect::<Vec<_>>()),
        _ => None,
    };
    if let Some(items) = list("items") {
        return Ok(Shape::Kube(items));
    }
    if let Some(results) = list("MetricDataResults") {
        return Ok(Shape::Metrics(read(path, results, notes)));
    }
    if let Some(activities) = list("Activities") {
        return Ok(Shape::Activities(read(path, activities, notes)));
    }
    if let Some(periods) = list("ResultsByTime") {
        return Ok(Shape::Costs(read(path, periods, notes)));
    }
    if let Some(events) = list("Events") {
        return Ok(Shape::RdsEvents(read(path, events, notes)));
    }
    match value {
        Value::Array(list) if list.first().is_none_or(|one| one.get("revision").is_some()) => {
            Ok(Shape::Releases(read(path, list.into_iter().enumerate().collect(), notes)))
        }
        _ => Err("is JSON of no known shape; expected a list `items` (kubectl), `MetricDataResults`, `Activities`, \
                  `ResultsByTime` or `Events` (AWS), or revisions (helm history)"
            .to_owned()),
    }
}

fn is_log(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".log") || name.starts_with("postgresql.log")
}

/// The entries that have their shape; the first that has not is named, the others are counted.
fn read<T: DeserializeOwned>(path: &str, list: Vec<(usize, Value)>, notes: &mut Notes) -> Vec<(usize, T)> {
    let mut right = Vec::with_capacity(list.len());
    let mut wrong: Option<(usize, String)> = None;
    let mut many = 0_usize;
    for (index, value) in list {
        match serde_json::from_value(value) {
            Ok(entry) => right.push((index, entry)),
            Err(e) => {
                many += 1;
                wrong.get_or_insert((index, e.to_string()));
            }
        }
    }
    if let Some((index, why)) = wrong {
        notes.add(path, &format!("{many} of its entries cannot be read, the first is number {index}: {why}"));
    }
    right
}
