//! What looks like a secret in added lines. What is found is never shown.

use regex::{Regex, RegexBuilder};

use super::{SecretRule, Severity};
use crate::domain::source::is_test;

/// Bytes of a line that are looked at.
pub const LINE_MOST: usize = 4096;
/// Findings of one file that are told.
const FILE_MOST: usize = 10;
/// The most bytes of memory that a compiled pattern may take.
const PATTERN_MOST: usize = 1 << 20;
/// Words that show a value to be a stand-in for one.
const STAND_INS: &[&str] = &[
    "example",
    "changeme",
    "change-me",
    "placeholder",
    "your-",
    "your_",
    "dummy",
    "xxxx",
    "redacted",
    "****",
];

/// Something that looks like a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// How much it weighs.
    pub severity: Severity,
    /// What it is.
    pub text: String,
    /// What may be shown of it.
    pub evidence: String,
}

/// The rules, ready to be used.
pub struct Secrets<'r>(Vec<(&'r SecretRule, Regex)>);

impl<'r> Secrets<'r> {
    /// A rule whose pattern does not compile, which the configuration excludes, finds nothing.
    #[must_use]
    pub fn new(rules: &'r [SecretRule]) -> Self {
        let ready = |rule: &'r SecretRule| {
            let built = RegexBuilder::new(&rule.pattern).size_limit(PATTERN_MOST).build();
            built.ok().map(|pattern| (rule, pattern))
        };
        Self(rules.iter().filter_map(ready).collect())
    }

    /// What looks like a secret in added lines, with its line: the first rule that finds one in a line tells it.
    #[must_use]
    pub fn find(&self, path: &str, added: &[(u32, String)]) -> Vec<(u32, Found)> {
        let in_line = |(number, line): &(u32, String)| {
            let line = cut(line);
            let found = self.0.iter().find_map(|(rule, pattern)| seen(rule, pattern, path, line))?;
            Some((*number, found))
        };
        added.iter().filter_map(in_line).take(FILE_MOST).collect()
    }
}

fn seen(rule: &SecretRule, pattern: &Regex, path: &str, line: &str) -> Option<Found> {
    let groups = pattern.captures(line)?;
    let secret = groups.name("secret").or_else(|| groups.get(0))?.as_str();
    let low = secret.to_lowercase();
    if STAND_INS.iter().any(|word| low.contains(word)) {
        return None;
    }
    let mut severity = rule.severity;
    let mut evidence = String::new();
    if rule.bits > 0.0 {
        let bits = bits(secret);
        let mixed = secret.contains(|c: char| c.is_ascii_digit()) && secret.contains(char::is_alphabetic);
        if bits < rule.bits || !mixed {
            return None;
        }
        // What tests compare with has to be written down somewhere.
        severity = if is_test(path) { Severity::Note } else { severity };
        evidence = format!(", {bits:.1} bits each");
    }
    let shown: String = secret.chars().take(rule.shown.min(secret.chars().count() / 2)).collect();
    let evidence = format!("{}: {shown}… ({} characters{evidence})", rule.name, secret.chars().count());
    Some(Found { severity, text: format!("looks like {}", rule.text), evidence })
}

/// Bits of information in each character, as if they came by chance.
fn bits(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_insert(0u32) += 1;
    }
    let all: u32 = counts.values().sum();
    counts.values().map(|n| f64::from(*n) / f64::from(all)).map(|p| -p * p.log2()).sum()
}

fn cut(line: &str) -> &str {
    let mut end = line.len().min(LINE_MOST);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or(line)
}
