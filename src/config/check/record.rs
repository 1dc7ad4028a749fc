//! What is recorded: `[record]`.

use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::Record;
use crate::domain::recording::Rules;

/// The fewest MiB a quota may be: less would throw away what a screen still shows.
const QUOTA_LEAST: i64 = 16;
/// The most MiB a quota may be: 1 TiB.
const QUOTA_MOST: i64 = 1 << 20;
/// The most variables whose values are masked.
const SECRETS_MOST: usize = 64;

pub(super) fn check(doc: &Doc<'_>, raw: &Record) -> Result<Rules, Error> {
    let at = |key| [Key("record"), Key(key)];
    let mut rules = Rules { keys: raw.keys, ..Rules::default() };
    if raw.secrets.len() > SECRETS_MOST {
        let what = format!("expected at most {SECRETS_MOST} variables, found {}", raw.secrets.len());
        return Err(doc.wrong(&at("secrets"), what));
    }
    for (index, name) in raw.secrets.iter().enumerate() {
        let path = [Key("record"), Key("secrets"), At(index)];
        // Whoever writes the value itself here must not find it in an error either.
        let known = names::variable(name).is_ok();
        if !known {
            let what = "expected the name of an environment variable, never its value";
            return Err(doc.wrong(&path, what));
        }
    }
    rules.secrets.clone_from(&raw.secrets);
    rules.orchestrator = raw.orchestrator.unwrap_or(rules.orchestrator);
    rules.compress = raw.compress.unwrap_or(rules.compress);
    let quota = |key, mib: Option<i64>, default: u64| match mib {
        None => Ok(default),
        Some(n) if (QUOTA_LEAST..=QUOTA_MOST).contains(&n) => Ok(n.unsigned_abs() << 20),
        Some(n) => Err(doc.wrong(&at(key), format!("expected {QUOTA_LEAST} to {QUOTA_MOST} MiB, found {n}"))),
    };
    rules.pane_quota = quota("pane_quota", raw.pane_quota, rules.pane_quota)?;
    rules.session_quota = quota("session_quota", raw.session_quota, rules.session_quota)?;
    if rules.session_quota < rules.pane_quota {
        let (all, one) = (rules.session_quota >> 20, rules.pane_quota >> 20);
        let key = if raw.session_quota.is_some() { "session_quota" } else { "pane_quota" };
        let what = format!("expected a session_quota of at least the pane_quota, found {all} and {one} MiB");
        return Err(doc.wrong(&at(key), what));
    }
    Ok(rules)
}
