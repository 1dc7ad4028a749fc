//! What an agent hands over at the end of its task: a short Markdown text with fixed sections.
//!
//! ```text
//! ## Done
//! - images are 80 MB instead of 900
//! ## Decisions
//! - distroless base: fewer packages to patch
//! ## Risks
//! - the registry is not replicated: replication is set up next week
//! ## Next
//! - sign the images
//! ## Handover
//! - images: ghcr.io/shop/web:1.4
//! ## Verdict
//! again
//! - memory limits are too low
//! ```

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LINE_MOST, Verdict};

/// The most entries of a section that count.
pub const SECTION_MOST: usize = 50;
/// The sections there are.
pub const SECTIONS: [&str; 6] = ["Done", "Decisions", "Risks", "Next", "Handover", "Verdict"];

/// What a handover says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Parts {
    /// What was accomplished.
    pub done: Vec<String>,
    /// What was decided, each with its reason; the reason may be empty.
    pub decisions: Vec<(String, String)>,
    /// Risks, each with what is done about it; that may be empty.
    pub risks: Vec<(String, String)>,
    /// What should come next.
    pub next: Vec<String>,
    /// What is handed over, by its key.
    pub items: BTreeMap<String, String>,
    /// What a review says; none where it says nothing.
    pub verdict: Option<Verdict>,
    /// What is to be better, where it is to be done again.
    pub feedback: Vec<String>,
}

/// Reads a handover. What is no entry of a known section is passed over.
#[must_use]
pub fn parse(text: &str) -> Parts {
    let mut parts = Parts::default();
    let mut section = "";
    for line in text.lines() {
        let line = line.trim();
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            section = SECTIONS.iter().find(|s| s.eq_ignore_ascii_case(title)).copied().unwrap_or_default();
            continue;
        }
        let entry = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(shown);
        // Whether it is a point or in bold says nothing.
        let bare = line.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        match (section, entry) {
            ("Verdict", _) if bare == "met" => parts.verdict = Some(Verdict::Met),
            ("Verdict", _) if bare == "again" => parts.verdict = Some(Verdict::Again),
            ("Done", Some(e)) => push(&mut parts.done, e),
            ("Next", Some(e)) => push(&mut parts.next, e),
            ("Verdict", Some(e)) => push(&mut parts.feedback, e),
            ("Decisions", Some(e)) => push(&mut parts.decisions, halves(&e)),
            ("Risks", Some(e)) => push(&mut parts.risks, halves(&e)),
            ("Handover", Some(e)) if parts.items.len() < SECTION_MOST => {
                let (key, what) = halves(&e);
                let (key, what) = (marks_off(&key), marks_off(&what));
                if !key.is_empty() && !what.is_empty() {
                    parts.items.insert(key.to_lowercase(), what.to_owned());
                }
            }
            _ => {}
        }
    }
    parts
}

/// Whether what is said of an item names something: several words, or one that is more than a plain word, such as a
/// path, an address or a version.
#[must_use]
pub fn names(what: &str) -> bool {
    let mut words = what.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric));
    let first = words.next().unwrap_or_default();
    let inner = first.trim_matches(|c: char| !c.is_alphanumeric());
    let marked = inner.chars().any(|c| !c.is_alphabetic())
        || first.starts_with(['/', '.', '~'])
        || first.ends_with('/');
    words.next().is_some() || (!inner.is_empty() && marked)
}

fn push<T>(to: &mut Vec<T>, entry: T) {
    if to.len() < SECTION_MOST {
        to.push(entry);
    }
}

/// What stands before the first colon and after it.
fn halves(entry: &str) -> (String, String) {
    let (first, second) = entry.split_once(": ").or_else(|| entry.split_once(':')).unwrap_or((entry, ""));
    (first.trim().to_owned(), second.trim().to_owned())
}

/// What stands between marks of emphasis: a key is often written as code or in bold.
fn marks_off(text: &str) -> &str {
    let text = text.strip_prefix("**").unwrap_or(text);
    let text = text.strip_suffix("**").unwrap_or(text).trim();
    let inner = text.strip_prefix('`').and_then(|t| t.strip_suffix('`'));
    inner.filter(|t| !t.contains('`')).unwrap_or(text)
}

/// A line, safe to show.
fn shown(text: &str) -> String {
    let line = crate::domain::signal::printable(text.trim());
    line.chars().take(LINE_MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_read() {
        let text = "# Handover of containers\n## done\n- a\n- b\n## Decisions\n- distroless: fewer packages\n- no reason\n\
                    ## Risks\n- r: watched\n## Next\n* sign\n## Handover\n- Images: ghcr.io/shop/web:1.4\n- empty:\n\
                    ## Verdict\nAgain\n- limits too low\n## Other\n- passed over\n";
        let parts = parse(text);
        assert_eq!(parts.done, ["a", "b"]);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(parts.decisions, [pair("distroless", "fewer packages"), pair("no reason", "")]);
        assert_eq!((parts.risks, parts.next), (vec![pair("r", "watched")], vec!["sign".to_owned()]));
        assert_eq!(parts.items, BTreeMap::from([pair("images", "ghcr.io/shop/web:1.4")]));
        assert_eq!(
            (parts.verdict, parts.feedback),
            (Some(Verdict::Again), vec!["limits too low".to_owned()])
        );
        let loose =
            parse("## Handover\n- **images:** `web:1.4`\n- `registry`: ghcr.io\n## Verdict\n- **met**\n");
        assert_eq!(loose.items, BTreeMap::from([pair("images", "web:1.4"), pair("registry", "ghcr.io")]));
        assert_eq!((loose.verdict, loose.feedback), (Some(Verdict::Met), Vec::<String>::new()));
        for what in
            ["ghcr.io/shop/web:1.4", "the charts", "deploy/", "v2", "./Dockerfile", "docs/a.md.", "charts in"]
        {
            assert!(names(what), "{what}");
        }
        for what in ["", "yes", "ok.", "done!", "Fertig", "- -", "…", "(ja)"] {
            assert!(!names(what), "{what}");
        }
        assert_eq!(parse("- nothing\n\u{1b}[2J"), Parts::default());
    }
}
