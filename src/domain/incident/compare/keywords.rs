//! Routing by keywords: the plain way that triage is measured against. Nothing that a report says is understood.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::incident::triage::{ENTRIES_MOST, Routes};
use crate::domain::near::did_you_mean;

/// A file of keywords.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keywords {
    /// Who is engaged where no word is there.
    pub otherwise: Vec<String>,
    /// A word, or how it begins, in lower case, to the specialist that it names; the empty one: none.
    pub words: BTreeMap<String, String>,
}

impl Keywords {
    /// These with `own` over them, word by word; its `otherwise` counts where it has one.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        self.words.extend(own.words);
        if !own.otherwise.is_empty() {
            self.otherwise = own.otherwise;
        }
        self
    }

    /// What in them refers to nothing, or there is too much of: completes "use FILE: …".
    ///
    /// # Errors
    /// The first such thing, in words.
    pub fn check(&self, routes: &Routes) -> Result<(), String> {
        if self.words.len() > ENTRIES_MOST {
            return Err(format!(
                "it has {} words, more than the {ENTRIES_MOST} there may be",
                self.words.len()
            ));
        }
        if self.words.keys().any(|w| w.trim().is_empty()) {
            return Err("a word is empty, and every report would have it".to_owned());
        }
        let known: Vec<&str> = routes.specialists.iter().map(|s| s.name.as_str()).collect();
        let named = self.words.values().filter(|name| !name.is_empty()).chain(&self.otherwise);
        match named.into_iter().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let near = did_you_mean(name, known.iter().copied());
                Err(format!("it names the specialist `{name}`, which the routes do not have{near}"))
            }
        }
    }

    /// Whom the words of `report` name, and those words: the first of each specialist's.
    #[must_use]
    pub(super) fn engage(&self, report: &str) -> (Vec<&str>, Vec<&str>) {
        let report = report.to_lowercase();
        let begins = |word: &str| {
            let before = |at: usize| report.get(..at).and_then(|t| t.chars().next_back());
            report
                .match_indices(&word.to_lowercase())
                .any(|(at, _)| !before(at).is_some_and(char::is_alphanumeric))
        };
        let (mut names, mut words): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for (word, name) in self.words.iter().filter(|(word, name)| !name.is_empty() && begins(word)) {
            words.push(word);
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names.extend(self.otherwise.iter().map(String::as_str));
        }
        (names, words)
    }
}
