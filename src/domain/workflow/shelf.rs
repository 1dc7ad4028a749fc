//! What plans of a project are made of, in one place.

use super::catalogue::Catalogue;
use super::fit::fit;
use super::knowledge::Knowledge;
use super::pattern::Pattern;
use super::plan::{Options, Planned};
use crate::domain::near::did_you_mean;

/// The most letters of a name that was not found which are said again.
const NAME_SHOWN: usize = 80;

/// What plans of a project are made of.
#[derive(Debug)]
pub struct Workflows {
    /// Its specialists.
    pub catalogue: Catalogue,
    /// Its musts, wins and checklists.
    pub knowledge: Knowledge,
    /// Its patterns: those that come along in their order, then its own.
    pub patterns: Vec<Pattern>,
}

impl Workflows {
    /// What comes with the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            catalogue: Catalogue::built_in(),
            knowledge: Knowledge::built_in(),
            patterns: Pattern::built_in(),
        }
    }

    /// The pattern of that name.
    ///
    /// # Errors
    /// When there is none, with the nearest: completes "failed to …".
    pub fn pattern(&self, name: &str) -> Result<&Pattern, String> {
        let names = || self.patterns.iter().map(|p| p.name.as_str());
        self.patterns.iter().find(|p| p.name == name).ok_or_else(|| {
            let near = did_you_mean(name, names());
            let quoted: Vec<String> = names().map(|n| format!("`{n}`")).collect();
            let expected = match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => quoted.concat(),
            };
            let shown: String = name.chars().flat_map(char::escape_debug).take(NAME_SHOWN).collect();
            format!("find the pattern `{shown}`: expected {expected}{near}")
        })
    }

    /// The plan that the pattern of that name gives.
    ///
    /// # Errors
    /// When there is no such pattern, or an option does not fit: completes "failed to …".
    pub fn planned(&self, name: &str, options: &Options) -> Result<Planned, String> {
        let plan = fit(self.pattern(name)?, &self.catalogue, &self.knowledge, options);
        plan.map_err(|why| format!("plan {name}: {why}"))
    }
}
