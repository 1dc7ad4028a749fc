//! What a review points out: `[review]` over the built-in rules.

use std::collections::BTreeSet;

use super::super::data;
use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::{Raw, Review};
use super::expect_known;
use crate::domain::review::{CHECKS, Rules};

/// The most entries of one kind.
const ENTRIES_MOST: usize = 256;
/// The most KiB a limit may be set to: 1 TiB.
const KIB_MOST: i64 = 1 << 30;
/// The most bytes of memory that a compiled pattern may take.
const PATTERN_MOST: usize = 1 << 20;

pub(super) fn check(doc: &Doc<'_>, raw: &Raw) -> Result<Rules, Error> {
    let review = &raw.review;
    check_entries(doc, review)?;
    let built_in = data::review()?;
    let mut rules = Rules { message: review.message, ..Rules::default() };
    rules.binary_most = bytes(doc, "binary_kib", review.binary_kib)?.unwrap_or(rules.binary_most);
    rules.text_most = bytes(doc, "text_kib", review.text_kib)?.unwrap_or(rules.text_most);
    rules.conventions = over(built_in.conventions, &review.conventions, |c| &c.name);
    rules.paths = over(built_in.paths, &review.paths, |r| &r.name);
    rules.secrets = over(built_in.secrets, &review.secrets, |s| &s.name);
    for (index, name) in review.off.iter().enumerate() {
        let known = CHECKS.iter().copied().chain(rules.paths.iter().map(|r| r.check.as_str()));
        let at = [Key("review"), Key("off"), At(index)];
        expect_known(name, "a check", known).map_err(|what| doc.wrong(&at, what))?;
    }
    rules.off.clone_from(&review.off);
    Ok(rules)
}

/// The entries of `own` in place of those of their name, or after all.
fn over<T: Clone>(mut all: Vec<T>, own: &[T], name: impl Fn(&T) -> &String) -> Vec<T> {
    for entry in own {
        match all.iter_mut().find(|known| name(known) == name(entry)) {
            Some(known) => *known = entry.clone(),
            None => all.push(entry.clone()),
        }
    }
    all
}

fn bytes(doc: &Doc<'_>, key: &str, kib: Option<i64>) -> Result<Option<u64>, Error> {
    let Some(kib) = kib else { return Ok(None) };
    let fits = u64::try_from(kib).ok().filter(|_| (1..=KIB_MOST).contains(&kib));
    let what = || format!("expected 1 to {KIB_MOST} KiB, found {kib}");
    fits.map(|n| Some(n * 1024)).ok_or_else(|| doc.wrong(&[Key("review"), Key(key)], what()))
}

fn check_entries(doc: &Doc<'_>, review: &Review) -> Result<(), Error> {
    let convention: Vec<&str> = review.conventions.iter().map(|c| c.name.as_str()).collect();
    let rule: Vec<&str> = review.paths.iter().map(|r| r.name.as_str()).collect();
    let secret: Vec<&str> = review.secrets.iter().map(|s| s.name.as_str()).collect();
    for (kind, all) in [("convention", convention), ("rule", rule), ("secret", secret)] {
        if all.len() > ENTRIES_MOST {
            let what = format!("expected at most {ENTRIES_MOST} entries, found {}", all.len());
            return Err(doc.wrong(&[Key("review"), Key(kind), At(ENTRIES_MOST)], what));
        }
        let mut seen = BTreeSet::new();
        for (index, name) in all.into_iter().enumerate() {
            let at = [Key("review"), Key(kind), At(index), Key("name")];
            names::word(name).map_err(|what| doc.wrong(&at, what))?;
            if !seen.insert(name) {
                return Err(doc.wrong(&at, super::twice(kind, name)));
            }
        }
    }
    for (index, secret) in review.secrets.iter().enumerate() {
        for (key, pattern) in [("pattern", Some(&secret.pattern)), ("mask", secret.mask.as_ref())] {
            let at = [Key("review"), Key("secret"), At(index), Key(key)];
            let built = regex::RegexBuilder::new(pattern.map_or("", |p| p)).size_limit(PATTERN_MOST).build();
            built.map_err(|e| {
                let said = e.to_string();
                let last = said.lines().next_back().unwrap_or_default().trim().to_owned();
                doc.wrong(&at, format!("expected a regular expression: {last}"))
            })?;
        }
    }
    for (index, rule) in review.paths.iter().enumerate() {
        let at = |key| [Key("review"), Key("rule"), At(index), Key(key)];
        names::word(&rule.check).map_err(|what| doc.wrong(&at("check"), what))?;
        if rule.paths.is_empty() || rule.paths.iter().any(String::is_empty) {
            return Err(doc.wrong(&at("paths"), "expected at least one pattern, and none that is empty"));
        }
    }
    Ok(())
}
