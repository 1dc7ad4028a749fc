//! The red flags and causes as data: their words for people, and the words that rules look for.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::near::did_you_mean;
use crate::domain::workflow::project::Cause;

const FLAGS: &str = include_str!("../../../data/workflow/flags.toml");
const CAUSES: &str = include_str!("../../../data/workflow/escalations.toml");

// Tests read the files, so that they are never empty.
static ALL_FLAGS: LazyLock<Vec<FlagWords>> =
    LazyLock::new(|| toml::from_str::<FlagFile>(FLAGS).map(|f| f.flag).unwrap_or_default());
static ALL_CAUSES: LazyLock<Vec<CauseWords>> =
    LazyLock::new(|| toml::from_str::<CauseFile>(CAUSES).map(|f| f.cause).unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlagFile {
    flag: Vec<FlagWords>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseFile {
    cause: Vec<CauseWords>,
}

/// What the data says of a red flag.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagWords {
    /// Its name.
    pub name: String,
    /// What it means, in a line.
    pub title: String,
    /// What is asked where the record does not tell; empty: it always does.
    #[serde(default)]
    pub question: String,
    /// What to do when it is raised.
    pub remedy: String,
    /// What a text has to say for its rule.
    #[serde(default)]
    pub words: Vec<String>,
    /// The number its rule goes by; 0: none.
    #[serde(default)]
    pub limit: usize,
}

/// What the data says of a cause for raising something to a person.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseWords {
    /// The cause.
    pub name: Cause,
    /// What it means, in a line.
    pub title: String,
    /// What the person can do.
    pub remedy: String,
    /// What a text has to say for its rule.
    #[serde(default)]
    pub words: Vec<String>,
    /// How far a figure has to be exceeded, in percent; 0: at all.
    #[serde(default)]
    pub percent: u32,
}

/// The red flags, in their order.
#[must_use]
pub fn flag_words() -> &'static [FlagWords] {
    &ALL_FLAGS
}

/// The red flag of that name.
///
/// # Errors
/// When there is none: the nearest is named.
pub fn flag_named(name: &str) -> Result<&'static FlagWords, String> {
    flag_words().iter().find(|f| f.name == name).ok_or_else(|| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
        let near = did_you_mean(name, flag_words().iter().map(|f| f.name.as_str()));
        format!("there is no red flag `{shown}`{near}; `orchestra workflow watch` lists them")
    })
}

/// The causes, in their order.
#[must_use]
pub fn cause_words() -> &'static [CauseWords] {
    &ALL_CAUSES
}

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

    /// What the data says of it.
    #[must_use]
    pub fn words(self) -> Option<&'static CauseWords> {
        cause_words().iter().find(|c| c.name == self)
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
    fn the_files_are_whole() {
        let flags: FlagFile = toml::from_str(FLAGS).unwrap();
        assert_eq!(flags.flag.len(), 10);
        let asked: Vec<&str> =
            flags.flag.iter().filter(|f| !f.question.is_empty()).map(|f| f.name.as_str()).collect();
        assert_eq!(asked, ["no-rollback-plan", "monitoring-gaps", "manual-processes", "technical-debt"]);
        let causes: CauseFile = toml::from_str(CAUSES).unwrap();
        assert_eq!(causes.cause.iter().map(|c| c.name).collect::<Vec<_>>(), Cause::ALL);
        for cause in Cause::ALL {
            assert_eq!(Cause::from_word(cause.word()), Ok(cause));
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
        }
        assert!(Cause::from_word("outtage").unwrap_err().contains("did you mean `outage`?"));
        assert!(flag_named("no-rolback-plan").unwrap_err().contains("did you mean `no-rollback-plan`?"));
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
