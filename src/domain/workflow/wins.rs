//! What a plan can pull in: quick wins, which give much for little, and long-term items, which give much for much.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::knowledge::Template;

/// The file that comes with the program.
pub const BUILT_IN: &str = include_str!("../../data/workflow/wins.toml");

/// `wins.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wins {
    /// Quick wins, by name.
    #[serde(default)]
    pub quick: BTreeMap<String, Template>,
    /// Long-term items, by name.
    #[serde(default, rename = "long-term")]
    pub long_term: BTreeMap<String, Template>,
}

/// What kind of win it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Much for little.
    Quick,
    /// Much for much.
    LongTerm,
}

impl Kind {
    /// In words, of one.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Quick => "quick win",
            Self::LongTerm => "long-term item",
        }
    }
}

impl Wins {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the file.
        toml::from_str(BUILT_IN).unwrap_or_default()
    }

    /// These with `own` put in: one of the same name is replaced, whichever kind it was.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        for name in own.quick.keys().chain(own.long_term.keys()) {
            self.quick.remove(name);
            self.long_term.remove(name);
        }
        self.quick.extend(own.quick);
        self.long_term.extend(own.long_term);
        self
    }

    /// All of them, the quick ones first.
    pub fn all(&self) -> impl Iterator<Item = (Kind, &str, &Template)> {
        let quick = self.quick.iter().map(|(n, t)| (Kind::Quick, n.as_str(), t));
        quick.chain(self.long_term.iter().map(|(n, t)| (Kind::LongTerm, n.as_str(), t)))
    }

    /// The one of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(Kind, &Template)> {
        self.all().find(|(_, n, _)| *n == name).map(|(kind, _, t)| (kind, t))
    }
}
