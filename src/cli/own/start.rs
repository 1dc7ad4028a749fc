//! The start of a session that a command has for itself: its name, its pace, where its record lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::exit::Fail;
use crate::cli::up::{self, Started};
use crate::cli::{paths, place};
use crate::domain::near::did_you_mean;
use crate::domain::team::Config;
use crate::server::{self, Found, State};

/// The speed of pretended agents.
pub(in crate::cli) const SPEED_VAR: &str = "ORCHESTRA_REHEARSE_SPEED";
/// How many sessions of one name there may be.
const NUMBERS: u32 = 10_000;
/// The longest part of a session's name that what it is for is called.
const NAME_MOST: usize = 48;

/// The folder that such a session works in: that of the project, else the current one.
///
/// # Errors
/// When the system does not say where this is.
pub(in crate::cli) fn top() -> anyhow::Result<PathBuf> {
    let here = || std::env::current_dir().and_then(|d| d.canonicalize()).context("learn the current folder");
    place::project().or_else(|_| here())
}

/// The sessions of the project that run, but for those that such a command was given for itself: `own` is what their names
/// begin with, and they are busy with that.
///
/// # Errors
/// As [`server::find`].
pub(in crate::cli) fn open(top: &Path, own: &str) -> anyhow::Result<impl Iterator<Item = Found>> {
    let alive = server::find(top, None)?.into_iter().filter(|f| f.state != State::Ended);
    Ok(alive.filter(move |f| !f.name.starts_with(own)))
}

/// One of several sessions has to be named, which `can` do it: `could do this`.
pub(in crate::cli) fn which<'a>(what: &str, names: impl Iterator<Item = &'a str>, can: &str) -> Fail {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    Fail::usage(format!("choose {what}: {} {can}; name one with --session", names.join(" and ")))
}

/// That nobody knows a profile.
pub(in crate::cli) fn no_profile(name: &str, config: &Config) -> Fail {
    let names: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
    let near = did_you_mean(name, names.iter().copied());
    Fail::usage(format!(
        "use the profile `{name}`: there is none; expected one of {}{near}",
        names.join(", ")
    ))
}

/// Gives the agents' programs variables of their environment. The profiles get names of their own, which end in `mark`:
/// those of the project are read again while the session runs, and would replace them.
pub(in crate::cli) fn with_env(config: &mut Config, mark: &str, vars: &BTreeMap<String, String>) {
    for agent in &mut config.team {
        let Some(usual) = config.profiles.get(&agent.profile) else { continue };
        let mut own = usual.clone();
        own.name = format!("{}-{mark}", agent.profile);
        own.env.extend(vars.clone());
        agent.profile.clone_from(&own.name);
        config.profiles.insert(own.name.clone(), own);
    }
}

/// What a session is for.
pub(in crate::cli) struct For<'a> {
    /// What the names of such sessions begin with: `incident-`.
    pub own: &'a str,
    /// What it is called itself.
    pub name: &'a str,
    /// Where its record is kept; none: where those of the project's sessions are.
    pub keep: Option<&'a Path>,
    /// The project.
    pub top: &'a Path,
}

/// Starts a session of its own that works in `work`: the project, or what stands in for it. `named` sees to what depends on
/// its name.
///
/// # Errors
/// As [`up::start_team`]; with status 4 when the folder that is to keep its record is not empty.
pub(in crate::cli) fn start(
    what: &For<'_>,
    work: &Path,
    mut config: Config,
    named: impl Fn(&mut Config),
) -> anyhow::Result<Started> {
    let top = what.top;
    if let Some(dir) = what.keep {
        empty(dir)?;
        config.session =
            session_name(what, |name| server::find(top, Some(name)).is_ok_and(|f| !f.is_empty()))?;
        named(&mut config);
        let dir = std::path::absolute(dir).with_context(|| format!("find {}", dir.display()))?;
        return up::start_team(work, config, dir);
    }
    let mut others: Vec<String> = Vec::new();
    loop {
        config.session = session_name(what, |name| {
            others.iter().any(|o| o == name)
                || paths::session_dir(top, &config, name).symlink_metadata().is_ok()
        })?;
        named(&mut config);
        let dir = paths::session_dir(top, &config, &config.session);
        let started = up::start_team(work, config.clone(), dir)?;
        if !started.already {
            return Ok(started);
        }
        // Somebody who began at the same moment took the name: that session ends with their command.
        others.push(started.name);
    }
}

/// A name that no session has: that of what it is for, with a number behind it where that is taken.
fn session_name(what: &For<'_>, taken: impl Fn(&str) -> bool) -> anyhow::Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain: String = what.name.chars().map(|c| if fits(c) { c } else { '-' }).take(NAME_MOST).collect();
    let first = format!("{}{}", what.own, if plain.is_empty() { "1" } else { &plain });
    let numbered = (2..NUMBERS).map(|n| format!("{first}-{n}"));
    let free = std::iter::once(first.clone()).chain(numbered).find(|name| !taken(name));
    free.ok_or_else(|| {
        let why = format!(
            "name the session: there are {NUMBERS} called {first}; remove some with `orchestra clean`"
        );
        Fail::protected(why).into()
    })
}

/// Passes a folder that is empty or missing.
fn empty(dir: &Path) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("read {}", dir.display()))?,
    };
    if entries.count() > 0 {
        let why = format!("use {}: it is not empty; name a folder that is empty or missing", dir.display());
        return Err(Fail::protected(why).into());
    }
    // The session makes it.
    std::fs::remove_dir(dir).with_context(|| format!("use {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_the_name_of_what_it_is_for_and_a_number_where_that_is_taken() {
        let of = |name: &str, taken: &[&str]| {
            let what = For { own: "incident-", name, keep: None, top: Path::new("/") };
            session_name(&what, |n| taken.contains(&n)).unwrap()
        };
        assert_eq!(of("scale-out", &[]), "incident-scale-out");
        assert_eq!(of("scale-out", &["incident-scale-out", "incident-scale-out-2"]), "incident-scale-out-3");
        assert_eq!(of("a b/../é", &[]), "incident-a-b-..--");
        assert_eq!(of("", &[]), "incident-1");
        assert!(paths::is_session_name(&of(&"x".repeat(300), &["incident-x"])));
        assert!(
            session_name(&For { own: "", name: "x", keep: None, top: Path::new("/") }, |_| true).is_err()
        );
    }
}
