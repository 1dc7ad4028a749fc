//! Which of an agent's prompts is meant.

use std::collections::BTreeMap;

use super::prompt::role_prompt;

/// The words that name no template but a way to find one.
pub const WORDS: [&str; 3] = ["universal", "role", SUGGESTED];
/// The word for the role's prompt with suggestions.
pub const SUGGESTED: &str = "suggested";

/// What `--prompt` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// The task's own prompt.
    Universal,
    /// The one for the agent's role, where there is one, else the task's own.
    Role,
    /// As [`Choice::Role`], with suggestions made from the facts of the branch.
    Suggested,
    /// The template of that name.
    Named(String),
}

impl Choice {
    /// Reads a word; one that is not in [`WORDS`] is a name.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "universal" => Self::Universal,
            "role" => Self::Role,
            SUGGESTED => Self::Suggested,
            name => Self::Named(name.to_owned()),
        }
    }

    /// The template that is meant for `agent`, whose task names `base`.
    #[must_use]
    pub fn template(&self, prompts: &BTreeMap<String, String>, base: &str, agent: &str) -> String {
        match self {
            Self::Universal => base.to_owned(),
            Self::Role | Self::Suggested => role_prompt(prompts, base, agent).to_owned(),
            Self::Named(name) => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_finds_its_template() {
        let names = ["enhance", "enhance-sec", "wrap-up"];
        let prompts = names.iter().map(|n| ((*n).to_owned(), String::new())).collect();
        let found = |word: &str, agent| Choice::of(word).template(&prompts, "enhance", agent);
        assert_eq!(found("universal", "SEC"), "enhance");
        assert_eq!(found("role", "SEC"), "enhance-sec");
        assert_eq!(found("suggested", "SEC"), "enhance-sec");
        assert_eq!(found("role", "OBS"), "enhance", "it has none of its own");
        assert_eq!(found("wrap-up", "SEC"), "wrap-up");
        assert!(WORDS.iter().all(|w| !matches!(Choice::of(w), Choice::Named(_))));
    }
}
