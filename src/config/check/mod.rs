//! From what is written to what may be used: names, limits and references.

mod conduct;
mod gates;
mod incident;
mod plans;
mod profiles;
mod record;
mod review;
mod tabs;
mod team;
mod worktrees;

use std::collections::{BTreeMap, BTreeSet};

use self::team::Names;
use super::data::Dirs;
use super::doc::Step::{At, Key};
use super::doc::{Doc, Step};
use super::error::{Error, Wrong, did_you_mean, one_of};
use super::raw::{Focus, Raw, Session};
use super::{names, prefs};
use crate::domain::id::AgentName;
use crate::domain::team::{AgentSpec, Config, Merge};

/// Checks the whole of a configuration and reads its data files. Gives also what was left out of it.
pub(super) fn check(doc: &Doc<'_>, raw: Raw, dirs: &Dirs) -> Result<(Config, Vec<Wrong>), Error> {
    check_session(doc, &raw.session)?;
    let (profiles, left_out) = profiles::read(doc, &raw.profiles, dirs)?;
    worktrees::check(doc, &raw)?;
    let team = team::check(doc, &raw, &profiles)?;
    let names = Names::new(&team);
    let tabs = tabs::check_tabs(doc, &raw, &names)?;
    let (focus, areas) = check_focus(doc, &raw, &names)?;
    let conduct = conduct::check(doc, &raw)?;
    let gates = gates::check(doc, &raw)?;
    let verify = gates::verify(doc, &raw.verify)?;
    let merge = check_merge(doc, &raw, &names)?;
    let review = review::check(doc, &raw)?;
    let record = record::check(doc, &raw.record)?;
    let fleet = incident::check(doc, &raw, &names, dirs)?;
    let prefs = prefs::of_project(doc, &raw.ui, &raw.keys, &raw.themes)?;
    let of_target = |a: &AgentSpec| raw.team.worktrees && a.branch == merge.target;
    if let Some(index) = team.iter().position(of_target) {
        let what = format!("`{}` is the merge target; an agent needs a branch of its own", merge.target);
        return Err(doc.wrong(&[Key("team"), Key("agent"), At(index), Key("branch")], what));
    }
    let (plans, prompts) =
        plans::read(&raw.team, &team, &incident::groups(&focus, &team, fleet.as_deref()), dirs)?;
    check_prompt(doc, &raw.session.orchestrator_prompt, &prompts)?;
    let config = Config {
        session: raw.session.name,
        session_dir: raw.session.dir,
        worktrees: raw.team.worktrees,
        team,
        tabs,
        focus,
        areas,
        gates,
        verify,
        merge,
        review,
        record,
        prefs,
        setup: raw.session.setup,
        pass_env: raw.session.pass_env,
        orchestrator: raw.session.orchestrator.argv().to_vec(),
        orchestrator_prompt: raw.session.orchestrator_prompt,
        conduct,
        profiles,
        plans,
        prompts,
        fleet,
    };
    Ok((config, left_out))
}

type Groups = (BTreeMap<String, Vec<AgentName>>, BTreeMap<String, String>);

fn check_focus(doc: &Doc<'_>, raw: &Raw, names: &Names) -> Result<Groups, Error> {
    let (mut focus, mut areas) = Groups::default();
    for (group, entry) in &raw.focus {
        let path = [Key("focus"), Key(group)];
        names::word(group).map_err(|what| doc.wrong_key(&path, what))?;
        let members = match entry {
            Focus::Agents(members) => names.list(doc, &path, members, Empty::Refused)?,
            Focus::About(table) => {
                let at = |key| [Key("focus"), Key(group), Key(key)];
                if table.area.contains(char::is_control) {
                    return Err(doc.wrong(&at("area"), "expected one line of plain text"));
                }
                if !table.area.is_empty() {
                    areas.insert(group.clone(), table.area.clone());
                }
                names.list(doc, &at("agents"), &table.agents, Empty::Refused)?
            }
        };
        focus.insert(group.clone(), members);
    }
    Ok((focus, areas))
}

/// Whether a list of agents may have nobody in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Allowed,
    Refused,
}

/// An error when `known` does not hold `given`.
fn expect_known<'a>(
    given: &str,
    kind: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), String> {
    if known.clone().any(|k| k == given) {
        return Ok(());
    }
    let (all, near) = (one_of(known.clone()), did_you_mean(given, known));
    Err(format!("expected {kind} ({all}), found {}{near}", names::shown(given)))
}

fn check_session(doc: &Doc<'_>, session: &Session) -> Result<(), Error> {
    let at = |key| [Key("session"), Key(key)];
    names::word(&session.name).map_err(|what| doc.wrong(&at("name"), what))?;
    names::no_nul(&session.dir).map_err(|what| doc.wrong(&at("dir"), what))?;
    names::no_nul(&session.setup).map_err(|what| doc.wrong(&at("setup"), what))?;
    for (index, name) in session.pass_env.iter().enumerate() {
        let path = [Key("session"), Key("pass_env"), At(index)];
        names::variable(name).map_err(|what| doc.wrong(&path, what))?;
    }
    check_argv(doc, &at("orchestrator"), session.orchestrator.argv())
}

/// Checks that the orchestrator's first prompt is one that can be sent; none passes.
fn check_prompt(doc: &Doc<'_>, name: &str, prompts: &BTreeMap<String, String>) -> Result<(), Error> {
    if name.is_empty() {
        return Ok(());
    }
    if crate::domain::prompt::names(prompts).any(|known| known == name) {
        return Ok(());
    }
    let (found, near) = (names::shown(name), did_you_mean(name, crate::domain::prompt::names(prompts)));
    let what = format!("expected the name of a prompt (`orchestra prompt list`), found {found}{near}");
    Err(doc.wrong(&[Key("session"), Key("orchestrator_prompt")], what))
}

/// Checks an argument vector; an empty vector passes.
fn check_argv(doc: &Doc<'_>, path: &[Step<'_>], argv: &[String]) -> Result<(), Error> {
    for (index, argument) in argv.iter().enumerate() {
        let here: Vec<Step<'_>> = path.iter().copied().chain([At(index)]).collect();
        names::no_nul(argument).map_err(|what| doc.wrong(&here, what))?;
        if index == 0 && argument.trim().is_empty() {
            return Err(doc.wrong(&here, "expected a program, found nothing"));
        }
    }
    Ok(())
}

fn check_merge(doc: &Doc<'_>, raw: &Raw, names: &Names) -> Result<Merge, Error> {
    let target = &raw.merge.target;
    names::branch(target).map_err(|what| doc.wrong(&[Key("merge"), Key("target")], what))?;
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, group) in raw.merge.order.iter().enumerate() {
        let path = [Key("merge"), Key("order"), At(index)];
        let group = names.list(doc, &path, group, Empty::Refused)?;
        for (inner, name) in group.iter().enumerate() {
            if !seen.insert(name.clone()) {
                let path = [Key("merge"), Key("order"), At(index), At(inner)];
                return Err(doc.wrong(&path, format!("`{name}` is named twice; each is merged once")));
            }
        }
        order.push(group);
    }
    for (name, text) in &raw.merge.messages {
        let path = [Key("merge"), Key("messages"), Key(name)];
        names.find(name).map_err(|what| doc.wrong_key(&path, what))?;
        names::message(text).map_err(|what| doc.wrong(&path, what))?;
    }
    let author = match raw.merge.author.as_str() {
        "" => None,
        text => Some(names::who(text).map_err(|what| doc.wrong(&[Key("merge"), Key("author")], what))?),
    };
    for name in raw.merge.programs.keys() {
        let known = ["filter.", "merge.", "gpg."].iter().any(|s| name.to_lowercase().starts_with(s));
        if !known && !name.eq_ignore_ascii_case("user.signingkey") {
            let what =
                format!("`{name}` names no filter, merge driver or way to sign; `filter.lfs.process` would");
            return Err(doc.wrong_key(&[Key("merge"), Key("programs"), Key(name)], what));
        }
    }
    let programs = raw.merge.programs.clone();
    let (testing, landing, sign) = (raw.merge.testing, raw.merge.landing, raw.merge.sign);
    let target = if raw.team.worktrees { target.clone() } else { String::new() };
    Ok(Merge { target, order, author, testing, landing, sign, programs })
}

/// Says that the second of two things carries a name already taken.
fn twice(kind: &str, name: &str) -> String {
    format!("the {kind} `{name}` is there already; give each its own")
}
