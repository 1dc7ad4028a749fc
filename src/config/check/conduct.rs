//! How a session is conducted: `[run]`, `[signals]`, `[notify]`, `[[hook]]` and `[policy]`.

use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::Raw;
use crate::domain::conduct::{Conduct, Hook};
use crate::domain::near::did_you_mean;
use crate::domain::rights::{Policy, Say, Standing, Tool};

/// Seconds a hook may take when it does not say.
const HOOK_TIMEOUT: i64 = 10;
/// The most seconds a hook may ask for.
const HOOK_TIMEOUT_MOST: i64 = 600;
/// The most hooks.
const HOOKS_MOST: usize = 32;
/// The least seconds a person has to confirm.
const TIMEOUT_LEAST: u64 = 5;
/// The most.
const TIMEOUT_MOST: u64 = 3600;
/// The longest phrase, in characters.
const PHRASE_MOST: usize = 80;

pub(super) fn check(doc: &Doc<'_>, raw: &Raw) -> Result<Conduct, Error> {
    let mut conduct = Conduct {
        bare: raw.signals.bare,
        ripple: raw.run.ripple,
        after_limit: raw.run.after_limit,
        alert: raw.notify.alert,
        ..Conduct::default()
    };
    if let Some(phrase) = &raw.signals.phrase {
        conduct.phrase = phrase_of(phrase).ok_or_else(|| {
            let what = format!(
                "expected a phrase of 1 to {PHRASE_MOST} characters, letters and digits in words, found {}",
                names::shown(phrase)
            );
            doc.wrong(&[Key("signals"), Key("phrase")], what)
        })?;
    }
    if let Some(on) = &raw.notify.on {
        conduct.alert_on.clone_from(on);
    }
    if raw.hooks.len() > HOOKS_MOST {
        let what = format!("expected at most {HOOKS_MOST} hooks, found {}", raw.hooks.len());
        return Err(doc.wrong(&[Key("hook"), At(HOOKS_MOST)], what));
    }
    for (index, hook) in raw.hooks.iter().enumerate() {
        let at = |key| [Key("hook"), At(index), Key(key)];
        if hook.on.is_empty() {
            return Err(doc.wrong(&at("on"), "expected at least one occasion, such as \"asking\""));
        }
        names::command(&hook.run).map_err(|what| doc.wrong(&at("run"), what))?;
        let seconds = hook.timeout.unwrap_or(HOOK_TIMEOUT);
        let timeout = u64::try_from(seconds).ok().filter(|_| (1..=HOOK_TIMEOUT_MOST).contains(&seconds));
        let Some(timeout) = timeout else {
            let what = format!("expected 1 to {HOOK_TIMEOUT_MOST} seconds, found {seconds}");
            return Err(doc.wrong(&at("timeout"), what));
        };
        conduct.hooks.push(Hook { on: hook.on.clone(), run: hook.run.clone(), timeout });
    }
    conduct.policy = policy(doc, raw)?;
    Ok(conduct)
}

fn policy(doc: &Doc<'_>, raw: &Raw) -> Result<Policy, Error> {
    let mut policy = Policy::default();
    for (word, value) in &raw.policy {
        let path = [Key("policy"), Key(word)];
        if word == "timeout" {
            let seconds = value.as_integer().and_then(|n| u64::try_from(n).ok());
            policy.timeout =
                seconds.filter(|n| (TIMEOUT_LEAST..=TIMEOUT_MOST).contains(n)).ok_or_else(|| {
                    doc.wrong(
                        &path,
                        format!("expected {TIMEOUT_LEAST} to {TIMEOUT_MOST} seconds, found {value}"),
                    )
                })?;
            continue;
        }
        let tool = Tool::named(word).ok_or_else(|| {
            let near = did_you_mean(word, Tool::ALL.iter().map(|t| t.word()));
            doc.wrong_key(
                &path,
                format!(
                    "expected `timeout` or a tool (docs/rights.md lists them), found {}{near}",
                    names::shown(word)
                ),
            )
        })?;
        let say = value.as_str().and_then(Say::named).ok_or_else(|| {
            doc.wrong(&path, format!("expected \"allow\", \"confirm\" or \"deny\", found {value}"))
        })?;
        if tool.usual(Standing::Conductor) == Say::Deny && say != Say::Deny {
            return Err(doc.wrong(&path, "no policy lets anybody but a person do that; take it out"));
        }
        policy.tools.insert(tool, say);
    }
    Ok(policy)
}

/// The phrase with single blanks, if it can be one. A claim is compared word by word after
/// decoration is taken off, so every word must begin and end with a letter or digit.
fn phrase_of(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |w: &&str| {
        w.starts_with(char::is_alphanumeric)
            && w.ends_with(char::is_alphanumeric)
            && !w.contains(char::is_control)
    };
    let fits = !words.is_empty() && text.chars().count() <= PHRASE_MOST && words.iter().all(plain);
    fits.then(|| words.join(" "))
}
