//! The profiles: built in, the project's own, then changed by the configuration.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::super::data::{Dirs, File, PROFILES};
use super::super::doc::Step::{At, Key};
use super::super::doc::{Doc, Step};
use super::super::error::{Error, Wrong};
use super::super::names;
use super::super::raw::{ProfileChange, SubmitChange};
use super::{check_argv, expect_known};
use crate::domain::profile::{Inject, Profile, Rule, Submit};

/// The longest a prompt may wait for a program, in milliseconds.
const WAIT_MOST: u64 = 600_000;
/// The longest a program may take to quit by its own keys, in milliseconds.
const GRACE_MOST: u64 = 60_000;
/// The most files an injection writes.
const FILES_MOST: usize = 16;

/// Profiles by name, and what of them is left out because it cannot be used.
type Profiles = (BTreeMap<String, Profile>, Vec<Wrong>);

/// Those that come along. They are always the same, and their many patterns take long to check: that is done once.
fn built_in() -> Result<Profiles, Error> {
    static READ: OnceLock<Profiles> = OnceLock::new();
    if let Some(known) = READ.get() {
        return Ok(known.clone());
    }
    let (mut profiles, mut left_out) = Profiles::default();
    for (name, text) in PROFILES {
        let profile = parse(&File::built_in(name, "profiles", "toml", text), &mut left_out)?;
        profiles.insert(profile.name.clone(), profile);
    }
    Ok(READ.get_or_init(|| (profiles, left_out)).clone())
}

/// All profiles, those of the project too, as the configuration changes them.
pub(super) fn read(
    doc: &Doc<'_>,
    changes: &BTreeMap<String, ProfileChange>,
    dirs: &Dirs,
) -> Result<Profiles, Error> {
    let (mut profiles, mut left_out) = built_in()?;
    for file in dirs.files("profiles", "toml")? {
        let profile = parse(&file, &mut left_out)?;
        profiles.insert(profile.name.clone(), profile);
    }
    for (name, change) in changes {
        let known: Vec<String> = profiles.keys().cloned().collect();
        expect_known(name, "a profile", known.iter().map(String::as_str))
            .map_err(|what| doc.wrong_key(&[Key("profile"), Key(name)], what))?;
        if let Some(profile) = profiles.get_mut(name) {
            apply(doc, &[Key("profile"), Key(name)], change, profile, &mut left_out)?;
        }
    }
    Ok((profiles, left_out))
}

fn apply(
    doc: &Doc<'_>,
    at: &[Step<'_>],
    change: &ProfileChange,
    profile: &mut Profile,
    left_out: &mut Vec<Wrong>,
) -> Result<(), Error> {
    if let Some(argv) = &change.argv {
        program(doc, &below(at, &[Key("argv")]), argv)?;
        profile.argv.clone_from(argv);
    }
    variables(doc, &below(at, &[Key("env")]), &change.env)?;
    profile.env.extend(change.env.clone());
    profile.dialogs = change.dialogs.unwrap_or(profile.dialogs);
    profile.hook.enabled = change.hook.unwrap_or(profile.hook.enabled);
    profile.mcp.enabled = change.mcp.unwrap_or(profile.mcp.enabled);
    let SubmitChange { settle_ms, bracketed, ready, composer, commands, verify_ms } = &change.submit;
    let own = profile.submit.clone();
    let submit = Submit {
        settle_ms: settle_ms.unwrap_or(own.settle_ms),
        bracketed: bracketed.unwrap_or(own.bracketed),
        ready: ready.clone().unwrap_or(own.ready),
        composer: composer.clone().unwrap_or(own.composer),
        commands: commands.clone().unwrap_or(own.commands),
        verify_ms: verify_ms.unwrap_or(own.verify_ms),
    };
    profile.submit = checked_submit(doc, &below(at, &[Key("submit")]), submit, left_out)?;
    for rule in usable(doc, at, &change.rules, left_out) {
        match profile.rules.iter_mut().find(|r| r.name == rule.name) {
            Some(there) => *there = rule,
            None => profile.rules.push(rule),
        }
    }
    Ok(())
}

fn parse(file: &File, left_out: &mut Vec<Wrong>) -> Result<Profile, Error> {
    let doc = Doc::parse(&file.shown, &file.text)?;
    let mut profile: Profile = doc.read()?;
    if profile.name != file.name {
        let what = format!("expected `{}`, like the file, found {}", file.name, names::shown(&profile.name));
        return Err(doc.wrong(&[Key("name")], what));
    }
    names::word(&profile.name).map_err(|what| doc.wrong(&[Key("name")], what))?;
    program(&doc, &[Key("argv")], &profile.argv)?;
    for (key, arguments, holds) in [
        ("first_prompt", &profile.first_prompt, "{prompt}"),
        ("resume_id", &profile.resume_id, "{id}"),
        ("headless", &profile.headless, "{prompt}"),
        ("resume", &profile.resume, ""),
    ] {
        check_argv(&doc, &[Key(key)], arguments)?;
        if !arguments.is_empty() && !arguments.iter().any(|a| a.contains(holds)) {
            return Err(doc.wrong(&[Key(key)], format!("expected `{holds}` in one of the arguments")));
        }
    }
    variables(&doc, &[Key("env")], &profile.env)?;
    inject(&doc, "hook", &profile.hook)?;
    inject(&doc, "mcp", &profile.mcp)?;
    if profile.stop.grace_ms > GRACE_MOST {
        let what = format!("expected at most {GRACE_MOST} milliseconds, found {}", profile.stop.grace_ms);
        return Err(doc.wrong(&[Key("stop"), Key("grace_ms")], what));
    }
    profile.submit = checked_submit(&doc, &[Key("submit")], profile.submit, left_out)?;
    profile.rules = usable(&doc, &[], &profile.rules, left_out);
    let mut index = 0;
    profile.dialog.retain(|d| {
        let path = [Key("dialog"), At(index), Key("pattern")];
        index += 1;
        keep(&doc, &path, &d.pattern, left_out)
    });
    Ok(profile)
}

/// The rules that can be used.
fn usable(doc: &Doc<'_>, at: &[Step<'_>], rules: &[Rule], left_out: &mut Vec<Wrong>) -> Vec<Rule> {
    let mut kept = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let key = |name| below(at, &[Key("rule"), At(index), Key(name)]);
        if !keep(doc, &key("pattern"), &rule.pattern, left_out) {
            continue;
        }
        let mut rule = rule.clone();
        if !keep(doc, &key("reset"), &rule.reset, left_out) {
            rule.reset.clear();
        }
        kept.push(rule);
    }
    kept
}

/// Whether a pattern can be used; if not, that is noted.
fn keep(doc: &Doc<'_>, path: &[Step<'_>], text: &str, left_out: &mut Vec<Wrong>) -> bool {
    match pattern(text) {
        Ok(()) => true,
        Err(what) => {
            left_out.push(doc.remark(path, format!("{what}; left out, the others stay in force")));
            false
        }
    }
}

fn checked_submit(
    doc: &Doc<'_>,
    at: &[Step<'_>],
    mut submit: Submit,
    left_out: &mut Vec<Wrong>,
) -> Result<Submit, Error> {
    for (field, value) in [("settle_ms", submit.settle_ms), ("verify_ms", submit.verify_ms)] {
        if value > WAIT_MOST {
            let what = format!("expected at most {WAIT_MOST} milliseconds, found {value}");
            return Err(doc.wrong(&below(at, &[Key(field)]), what));
        }
    }
    // Without it a prompt would go in too early and be lost, so it is no matter of leaving one out.
    pattern(&submit.ready).map_err(|what| doc.wrong(&below(at, &[Key("ready")]), what))?;
    if !keep(doc, &below(at, &[Key("composer")]), &submit.composer, left_out) {
        submit.composer.clear();
    }
    Ok(submit)
}

fn program(doc: &Doc<'_>, path: &[Step<'_>], argv: &[String]) -> Result<(), Error> {
    if argv.is_empty() {
        return Err(doc.wrong(path, "expected a program and its arguments, found an empty list"));
    }
    check_argv(doc, path, argv)
}

fn inject(doc: &Doc<'_>, key: &str, inject: &Inject) -> Result<(), Error> {
    variables(doc, &[Key(key), Key("env")], &inject.env)?;
    for (index, argument) in inject.argv.iter().enumerate() {
        let path = [Key(key), Key("argv"), At(index)];
        names::no_nul(argument).map_err(|what| doc.wrong(&path, what))?;
    }
    if inject.files.len() > FILES_MOST {
        let what = format!("expected at most {FILES_MOST} files, found {}", inject.files.len());
        return Err(doc.wrong(&[Key(key), Key("file")], what));
    }
    for (index, file) in inject.files.iter().enumerate() {
        let path = [Key(key), Key("file"), At(index), Key("path")];
        names::path_below(&file.path).map_err(|what| doc.wrong(&path, what))?;
        if file.path.split('/').any(|part| part.is_empty() || part == ".") {
            return Err(doc.wrong(&path, "expected the path of a file"));
        }
    }
    Ok(())
}

fn variables(doc: &Doc<'_>, at: &[Step<'_>], all: &BTreeMap<String, String>) -> Result<(), Error> {
    for (variable, value) in all {
        let path = below(at, &[Key(variable)]);
        names::variable(variable).map_err(|what| doc.wrong_key(&path, what))?;
        names::no_nul(value).map_err(|what| doc.wrong(&path, what))?;
    }
    Ok(())
}

fn below<'a>(at: &[Step<'a>], further: &[Step<'a>]) -> Vec<Step<'a>> {
    at.iter().chain(further).copied().collect()
}

/// Checks a regular expression; its own report has several lines, of which the last says it.
fn pattern(text: &str) -> Result<(), String> {
    regex::Regex::new(text).map(drop).map_err(|e| {
        let report = e.to_string();
        let last = report.lines().next_back().unwrap_or_default().trim();
        format!("expected a regular expression: {}", last.trim_start_matches("error: "))
    })
}
