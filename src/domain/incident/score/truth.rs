//! What is held to be true of an incident: what somebody who knows it would say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::incident::correlate::Class;
use crate::domain::incident::stamp;

/// The most bytes of a `truth.toml`.
pub const TRUTH_MOST: usize = 1 << 20;
/// The `root` of an incident whose findings do not decide between its candidates.
pub const UNDECIDED: &str = "undecided";

/// A finding that the data of the incident shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its id.
    pub id: String,
    /// Its time (RFC 3339), to the second.
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// What two findings have to do with each other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// One of them; of a causal pair the cause.
    pub a: String,
    /// The other one; of a causal pair the effect.
    pub b: String,
    /// Its class. Causal pairs are neighbours of a chain: what follows from them is not written.
    pub class: Class,
}

/// What is true of an incident: the `truth.toml` of a scenario.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// The incident in a line.
    pub title: String,
    /// The specialists that it needs.
    pub route: Vec<String>,
    /// The finding that is its root cause; `undecided` with `candidates`; empty where there is none, or where `roots`
    /// has one for each of several incidents.
    #[serde(default)]
    pub root: String,
    /// The root cause of each of several incidents that are independent of each other.
    #[serde(default)]
    pub roots: Vec<String>,
    /// The findings between which nothing decides.
    #[serde(default)]
    pub candidates: Vec<String>,
    /// The files that cannot be used.
    #[serde(default)]
    pub noted: Vec<String>,
    /// What its data shows.
    #[serde(default)]
    pub finding: Vec<Expected>,
    /// What is known of pairs. Others are left open.
    #[serde(default)]
    pub pair: Vec<Label>,
}

impl Truth {
    /// The truth of a text.
    ///
    /// # Errors
    /// A line for people: the text is no such file, or contradicts itself.
    pub fn read(text: &str) -> Result<Self, String> {
        let truth: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        truth.check().map(|()| truth)
    }

    /// Its root causes: one for each incident; none where nothing decides.
    #[must_use]
    pub fn roots(&self) -> Vec<&str> {
        let one = (!self.root.is_empty() && !self.undecided()).then_some(self.root.as_str());
        one.into_iter().chain(self.roots.iter().map(String::as_str)).collect()
    }

    /// Whether the findings do not decide what the root cause is.
    #[must_use]
    pub fn undecided(&self) -> bool {
        self.root == UNDECIDED
    }

    fn check(&self) -> Result<(), String> {
        let known = |id: &str| self.finding.iter().any(|f| f.id == id);
        let named = self.roots().into_iter().chain(self.candidates.iter().map(String::as_str));
        let pairs = self.pair.iter().flat_map(|p| [p.a.as_str(), p.b.as_str()]);
        if let Some(id) = named.chain(pairs).find(|id| !known(id)) {
            return Err(format!("`{id}` is none of its findings; add it as a [[finding]]"));
        }
        if self.undecided() != (self.candidates.len() > 1) {
            return Err(
                "`candidates` are two or more, where `root` is `undecided`, and only there".to_owned()
            );
        }
        if !self.root.is_empty() && !self.roots.is_empty() {
            return Err("it has `root` and `roots`; `roots` is for several incidents".to_owned());
        }
        let mut seen = std::collections::BTreeSet::new();
        for pair in &self.pair {
            if pair.a == pair.b
                || !seen.insert((pair.a.clone().min(pair.b.clone()), pair.a.clone().max(pair.b.clone())))
            {
                return Err(format!("the pair of `{}` and `{}` is there twice, or no pair", pair.a, pair.b));
            }
        }
        Ok(())
    }
}
