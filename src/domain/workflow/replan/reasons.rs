//! Why plans are changed: the reasons by their words.

use crate::domain::near::did_you_mean;
use crate::domain::workflow::project::Reason;

impl Reason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::CriticalIssue,
        Self::Budget,
        Self::Timeline,
        Self::Business,
        Self::Technology,
        Self::Security,
        Self::Performance,
    ];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CriticalIssue => "critical-issue",
            Self::Budget => "budget",
            Self::Timeline => "timeline",
            Self::Business => "business",
            Self::Technology => "technology",
            Self::Security => "security",
            Self::Performance => "performance",
        }
    }

    /// The reason of that word.
    ///
    /// # Errors
    /// When there is none: the nearest is named, and all of them.
    pub fn from_word(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|r| r.word() == word);
        found.ok_or_else(|| {
            let words = Self::ALL.map(Self::word);
            let near = did_you_mean(word, words);
            let shown: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
            format!("`{shown}` is no reason{near}; the reasons are {}", words.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_words() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Ok(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
        }
        let why = Reason::from_word("secutiry").unwrap_err();
        assert!(why.contains("did you mean `security`?") && why.contains("critical-issue, budget"), "{why}");
    }
}
