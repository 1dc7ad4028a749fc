//! What advice says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::workflow::catalogue::{Domain, Item};

/// Whether an orchestra is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Several specialists, who have to be coordinated.
    Orchestra,
    /// One specialist, to be used directly.
    Direct,
    /// It is about DevOps, and whom it needs depends on the answers.
    Unclear,
    /// Nothing of it is about DevOps.
    Nothing,
}

/// What chose something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Words of the request.
    Words,
    /// A rule of the catalogue about words of the request.
    Rule,
    /// Whoever asked.
    Told,
}

/// A specialist that is needed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Chosen {
    /// Its short name.
    pub name: String,
    /// As people see it.
    pub shown: String,
    /// What its work is about.
    pub domain: Domain,
    /// What chose it.
    pub by: By,
    /// The very words of the request that chose it; empty where it was told.
    pub words: Vec<String>,
    /// Why, where the words alone do not tell.
    pub why: String,
}

/// A specialist that the request speaks of, and that is not needed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// Its short name.
    pub name: String,
    /// As people see it.
    pub shown: String,
    /// Why not.
    pub why: String,
    /// The words that say so; empty where it was told.
    pub words: Vec<String>,
}

/// A domain that the request touches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Touched {
    /// Which.
    pub name: Domain,
    /// The words that say so; empty where it was told.
    pub words: Vec<String>,
    /// What there is of specialists where the catalogue has none for it, and what to do; else empty.
    pub gap: String,
}

/// The cloud providers of a request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Providers {
    /// Those that are chosen, by the short names of their specialists.
    pub chosen: Vec<String>,
    /// Whether one is needed and none is known.
    pub open: bool,
}

/// A pattern that fits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fitting {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What chose it.
    pub by: By,
    /// The rule that holds.
    pub why: String,
    /// The words of the request that the rule saw.
    pub words: Vec<String>,
    /// Whom it brings beside those the request chose: short names; `cloud` is the provider that is to be named.
    pub brings: Vec<String>,
}

/// How two work together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The second needs what the first hands over.
    Sequential,
    /// At the same time, with points at which they speak.
    Parallel,
    /// Round and round, until both are content.
    Iterative,
}

/// Two specialists that were both chosen, and how they work together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// How.
    pub kind: Kind,
    /// The first: its short name.
    pub first: String,
    /// The second.
    pub second: String,
    /// Who does what; empty where it is a handover.
    pub how: String,
    /// What is handed over.
    pub items: Vec<Item>,
    /// What they tell each other, or when it ends.
    pub until: String,
}

/// Something that is not clear.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Its name, such as `provider`.
    pub key: String,
    /// The question.
    pub ask: String,
    /// Why it matters.
    pub why: String,
    /// The words of the request that raise it; empty: what it does not say does.
    pub words: Vec<String>,
}

/// What a request needs: `orchestra workflow advise`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename = "advice")]
pub struct Advice {
    /// The request, on one line.
    pub request: String,
    /// Whether an orchestra is needed.
    pub verdict: Use,
    /// Why, sentence by sentence.
    pub why: Vec<String>,
    /// The command that goes on from here; empty where none does.
    pub next: String,
    /// Whether nothing in the request is about DevOps.
    pub nothing: bool,
    /// The domains it touches.
    pub domains: Vec<Touched>,
    /// The cloud providers.
    pub providers: Providers,
    /// The specialists it needs, in the order of the catalogue.
    pub specialists: Vec<Chosen>,
    /// Those it speaks of and does not need.
    pub left: Vec<Left>,
    /// The pattern that fits best; null where none does.
    pub pattern: Option<Fitting>,
    /// Other patterns that fit, by name.
    pub also: Vec<String>,
    /// How the chosen ones work together.
    pub relations: Vec<Relation>,
    /// What is not clear.
    pub questions: Vec<Question>,
}
