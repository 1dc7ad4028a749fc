//! Profiles: built in, of the project, and changed by the configuration.

use std::collections::BTreeMap;

use super::super::data::{Dirs, File, PROFILES};
use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::ProfileChange;
use super::{check_argv, expect_known};
use crate::domain::profile::Profile;

/// The longest a prompt may wait for a program, in milliseconds.
const WAIT_MOST: u64 = 600_000;

/// All profiles by name.
pub(super) fn read(
    doc: &Doc<'_>,
    changes: &BTreeMap<String, ProfileChange>,
    dirs: &Dirs,
) -> Result<BTreeMap<String, Profile>, Error> {
    let built_in = PROFILES.iter().map(|(name, text)| File::built_in(name, "profiles", "toml", text));
    let mut profiles = BTreeMap::new();
    for file in built_in.chain(dirs.files("profiles", "toml")?) {
        let profile = parse(&file)?;
        profiles.insert(profile.name.clone(), profile);
    }
    for (name, change) in changes {
        let known: Vec<String> = profiles.keys().cloned().collect();
        expect_known(name, "a profile", known.iter().map(String::as_str))
            .map_err(|what| doc.wrong_key(&[Key("profile"), Key(name)], what))?;
        if let Some(argv) = &change.argv {
            let path = [Key("profile"), Key(name), Key("argv")];
            if argv.is_empty() {
                return Err(doc.wrong(&path, "expected a program and its arguments, found an empty list"));
            }
            check_argv(doc, &path, argv)?;
        }
        for (variable, value) in &change.env {
            let path = [Key("profile"), Key(name), Key("env"), Key(variable)];
            names::variable(variable).map_err(|what| doc.wrong_key(&path, what))?;
            names::no_nul(value).map_err(|what| doc.wrong(&path, what))?;
        }
        if let Some(profile) = profiles.get_mut(name) {
            if let Some(argv) = &change.argv {
                profile.argv.clone_from(argv);
            }
            profile.env.extend(change.env.clone());
        }
    }
    Ok(profiles)
}

fn parse(file: &File) -> Result<Profile, Error> {
    let doc = Doc::parse(&file.shown, &file.text)?;
    let profile: Profile = doc.read()?;
    if profile.name != file.name {
        let what = format!("expected `{}`, like the file, found {}", file.name, names::shown(&profile.name));
        return Err(doc.wrong(&[Key("name")], what));
    }
    names::word(&profile.name).map_err(|what| doc.wrong(&[Key("name")], what))?;
    if profile.argv.is_empty() {
        return Err(doc.wrong(&[Key("argv")], "expected a program and its arguments, found an empty list"));
    }
    check_argv(&doc, &[Key("argv")], &profile.argv)?;
    for (variable, value) in &profile.env {
        let path = [Key("env"), Key(variable)];
        names::variable(variable).map_err(|what| doc.wrong_key(&path, what))?;
        names::no_nul(value).map_err(|what| doc.wrong(&path, what))?;
    }
    for (field, value) in [("settle_ms", profile.submit.settle_ms), ("verify_ms", profile.submit.verify_ms)] {
        if value > WAIT_MOST {
            let what = format!("expected at most {WAIT_MOST} milliseconds, found {value}");
            return Err(doc.wrong(&[Key("submit"), Key(field)], what));
        }
    }
    for (field, text) in [("ready", &profile.submit.ready), ("composer", &profile.submit.composer)] {
        pattern(text).map_err(|what| doc.wrong(&[Key("submit"), Key(field)], what))?;
    }
    for (index, rule) in profile.rules.iter().enumerate() {
        let path = [Key("rule"), At(index), Key("pattern")];
        pattern(&rule.pattern).map_err(|what| doc.wrong(&path, what))?;
    }
    Ok(profile)
}

/// Checks a regular expression; its own report has several lines, of which the last says it.
fn pattern(text: &str) -> Result<(), String> {
    regex::Regex::new(text).map(drop).map_err(|e| {
        let report = e.to_string();
        let last = report.lines().next_back().unwrap_or_default().trim();
        format!("expected a regular expression: {}", last.trim_start_matches("error: "))
    })
}
