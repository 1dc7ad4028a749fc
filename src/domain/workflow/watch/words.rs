//! Causes by their words, and what texts say.

use crate::domain::near::did_you_mean;
use crate::domain::workflow::project::Cause;

impl Cause {
    /// All of them, in the order in which they are raised.
    pub const ALL: [Self; 8] = [
        Self::Blocker,
        Self::Vulnerability,
        Self::Outage,
        Self::Budget,
        Self::Delay,
        Self::Conflict,
        Self::Decision,
        Self::Compliance,
    ];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocker => "blocker",
            Self::Vulnerability => "vulnerability",
            Self::Outage => "outage",
            Self::Budget => "budget",
            Self::Delay => "delay",
            Self::Conflict => "conflict",
            Self::Decision => "decision",
            Self::Compliance => "compliance",
        }
    }

    /// The cause of that word.
    ///
    /// # Errors
    /// When there is none: the nearest is named, and all of them.
    pub fn from_word(word: &str) -> Result<Self, String> {
        let words = Self::ALL.map(Self::word);
        Self::ALL.into_iter().find(|c| c.word() == word).ok_or_else(|| {
            let shown: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
            let near = did_you_mean(word, words);
            format!("`{shown}` is no cause{near}; the causes are {}", words.join(", "))
        })
    }
}

/// Words that take back what follows them.
const NOT: [&str; 6] = ["no", "not", "without", "zero", "never", "0"];

/// Whether a text says one of the words: each counts from its beginning, so that `vulnerabilit` finds
/// `vulnerabilities`; one that is taken back does not count.
pub(super) fn says<T: AsRef<str>>(text: &str, words: &[T]) -> bool {
    let text = text.to_lowercase();
    words.iter().map(AsRef::as_ref).filter(|w| !w.is_empty()).any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let begins = !before.chars().next_back().is_some_and(char::is_alphanumeric);
            // `no known vulnerabilities` takes it back too.
            let mut last = before.split_whitespace().rev().take(2);
            begins && !last.any(|w| NOT.contains(&w.trim_matches(|c: char| !c.is_alphanumeric())))
        })
    })
}

/// Whether a text names something as a word of its own.
pub(super) fn names(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.split(|c: char| !part(c)).any(|word| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_word() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_word(cause.word()), Ok(cause));
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
        }
        assert!(Cause::from_word("outtage").unwrap_err().contains("did you mean `outage`?"));
    }

    #[test]
    fn words_count_from_their_beginning_unless_they_are_taken_back() {
        let words = ["vulnerabilit", "is down"];
        for yes in ["Two Vulnerabilities found", "vulnerability: open", "the shop is down", "(vulnerability)"]
        {
            assert!(says(yes, &words), "{yes}");
        }
        for no in [
            "",
            "invulnerability",
            "no vulnerabilities",
            "no known vulnerabilities left",
            "it was not is down",
        ] {
            assert!(!says(no, &words), "{no}");
        }
        assert!(names("waits for Cluster, it seems", "cluster") && !names("the cluster-2 is", "cluster"));
    }
}
