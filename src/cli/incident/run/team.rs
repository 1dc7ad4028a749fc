//! The fleet that an incident is run with: one that runs here, or one of its own.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::args::IncidentRun as Args;
use crate::cli::exit::Fail;
use crate::cli::up::{self, Started};
use crate::cli::{out, paths, place};
use crate::config;
use crate::domain::incident::case::Fleet;
use crate::domain::team::Config;
use crate::server::{self, Found, State};
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// What the names of sessions of their own begin with.
const OWN: &str = "incident-";
/// The preset, and the profile, where no configuration says otherwise.
const PRESET: &str = "incident";
const PROFILE: &str = "analyst";
/// The speed of pretended agents.
const SPEED_VAR: &str = "ORCHESTRA_REHEARSE_SPEED";
/// How many sessions of one name there may be.
const NUMBERS: u32 = 10_000;
/// The longest part of a session's name that an incident's name is.
const NAME_MOST: usize = 48;

/// The folder that an incident is run in: that of the project, else the current one.
pub(super) fn top() -> anyhow::Result<PathBuf> {
    let here = || std::env::current_dir().and_then(|d| d.canonicalize()).context("learn the current folder");
    place::project().or_else(|_| here())
}

/// The fleet that runs here, or that the session of that name is.
///
/// # Errors
/// With status 2 when several run, when the named one is no fleet, or when flags speak of a fleet that is started.
pub(super) fn running(args: &Args, top: &Path) -> anyhow::Result<Option<(Found, Fleet)>> {
    let found = match &args.of.session {
        Some(name) => {
            let found = place::session(Some(name))?;
            let fleet = fleet(&found).ok_or_else(|| {
                Fail::usage(format!(
                    "run an incident in `{name}`: it is no incident fleet; leave --session out to start one"
                ))
            })?;
            Some((found, fleet))
        }
        None => {
            let alive = server::find(top, None)?.into_iter().filter(|f| f.state != State::Ended);
            // One that another incident was given for itself ends with that.
            let open = alive.filter(|f| !f.name.starts_with(OWN));
            let mut fleets: Vec<_> = open.filter_map(|f| fleet(&f).map(|fleet| (f, fleet))).collect();
            if fleets.len() > 1 {
                let names: Vec<String> = fleets.iter().map(|(f, _)| format!("`{}`", f.name)).collect();
                let why =
                    format!("choose a fleet: {} run here; name one with --session", names.join(" and "));
                return Err(Fail::usage(why).into());
            }
            fleets.pop()
        }
    };
    let flags = [
        ("--profile", args.profile.is_some()),
        ("--deadline", args.deadline.is_some()),
        ("--window", args.window.is_some()),
        ("--keep", args.keep.is_some()),
        ("--speed", args.speed.is_some()),
    ];
    let given: Vec<&str> = flags.iter().filter(|(_, given)| *given).map(|(flag, _)| *flag).collect();
    match &found {
        Some((found, _)) if !given.is_empty() => Err(Fail::usage(format!(
            "use {}: the fleet of session `{}` runs already and is as its orchestra.toml says; leave them out",
            given.join(", "),
            found.name
        ))
        .into()),
        _ => Ok(found),
    }
}

/// The fleet that a session is, if it is one.
fn fleet(found: &Found) -> Option<Fleet> {
    let dir = SessionDir::open(&found.session_dir).ok()?;
    SessionFile::look(&dir).ok()?.config.fleet.map(|f| *f)
}

/// The team of a session of its own.
///
/// # Errors
/// When a configuration or data file is wrong, or nobody knows the profile.
pub(super) fn team(args: &Args, top: &Path) -> anyhow::Result<(Config, Fleet)> {
    let project = match config::load_all(top) {
        Ok(loaded) => Some(loaded),
        Err(config::Error::Missing { .. }) => None,
        // Somebody wants their own fleet to answer, not another.
        Err(e) => return Err(e.into()),
    };
    let (root, profiles) = project
        .as_ref()
        .map_or_else(Default::default, |p| (p.config.session_dir.clone(), p.config.profiles.clone()));
    let (mut config, mut profile) = match project.filter(|p| p.config.fleet.is_some()) {
        Some(own) => {
            own.left_out.iter().for_each(|wrong| out::note(&format!("left out of a profile: {wrong}")));
            (own.config, None)
        }
        None => (config::team_of_preset(top, PRESET)?, Some(PROFILE.to_owned())),
    };
    // Where sessions of this project are looked for.
    config.session_dir = root;
    if let Some(name) = &args.profile {
        let known = config.profiles.contains_key(name);
        if let Some(own) = profiles.get(name).filter(|_| !known) {
            config.profiles.insert(name.clone(), own.clone());
        } else if !known {
            let names: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
            let near = crate::domain::near::did_you_mean(name, names.iter().copied());
            let why = format!(
                "use the profile `{name}`: there is none; expected one of {}{near}",
                names.join(", ")
            );
            return Err(Fail::usage(why).into());
        }
        profile = Some(name.clone());
    }
    if let Some(profile) = profile {
        config.team.iter_mut().for_each(|agent| agent.profile.clone_from(&profile));
    }
    if let Some(speed) = args.speed {
        paced(&mut config, speed);
    }
    let fleet = config.fleet.as_deref_mut().context("find [incident] in the configuration: it has none")?;
    fleet.deadline_s = args.deadline.unwrap_or(fleet.deadline_s);
    fleet.window_s = args.window.map_or(fleet.window_s, |w| u32::try_from(w.as_secs()).unwrap_or(u32::MAX));
    let fleet = fleet.clone();
    Ok((config, fleet))
}

/// Has pretended agents work at that pace. The profiles get names of their own: those of the project are read again while
/// the session runs, and would replace them.
fn paced(config: &mut Config, speed: f64) {
    for agent in &mut config.team {
        let Some(usual) = config.profiles.get(&agent.profile) else { continue };
        let mut own = usual.clone();
        own.name = format!("{}-{speed}x", agent.profile);
        own.env.insert(SPEED_VAR.to_owned(), speed.to_string());
        agent.profile.clone_from(&own.name);
        config.profiles.insert(own.name.clone(), own);
    }
}

/// Starts a session of its own.
///
/// # Errors
/// As [`up::start_team`]; with status 4 when the folder that is to keep its record is not empty.
pub(super) fn start(args: &Args, top: &Path, mut config: Config, name: &str) -> anyhow::Result<Started> {
    if let Some(dir) = &args.keep {
        empty(dir)?;
        config.session =
            session_name(name, |name| server::find(top, Some(name)).is_ok_and(|f| !f.is_empty()))?;
        let dir = std::path::absolute(dir).with_context(|| format!("find {}", dir.display()))?;
        return up::start_team(top, config, dir);
    }
    let mut others: Vec<String> = Vec::new();
    loop {
        config.session = session_name(name, |name| {
            others.iter().any(|o| o == name)
                || paths::session_dir(top, &config, name).symlink_metadata().is_ok()
        })?;
        let dir = paths::session_dir(top, &config, &config.session);
        let started = up::start_team(top, config.clone(), dir)?;
        if !started.already {
            return Ok(started);
        }
        // Somebody who began at the same moment took the name: that session ends with their incident.
        others.push(started.name);
    }
}

/// A name that no session has: that of the incident, with a number behind it where that is taken.
fn session_name(name: &str, taken: impl Fn(&str) -> bool) -> anyhow::Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain: String = name.chars().map(|c| if fits(c) { c } else { '-' }).take(NAME_MOST).collect();
    let first = format!("{OWN}{}", if plain.is_empty() { "1" } else { &plain });
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
    fn a_session_has_the_name_of_its_incident_and_a_number_where_that_is_taken() {
        let name = |name: &str, taken: &[&str]| session_name(name, |n| taken.contains(&n)).unwrap();
        assert_eq!(name("scale-out", &[]), "incident-scale-out");
        assert_eq!(
            name("scale-out", &["incident-scale-out", "incident-scale-out-2"]),
            "incident-scale-out-3"
        );
        assert_eq!(name("a b/../é", &[]), "incident-a-b-..--");
        assert_eq!(name("", &[]), "incident-1");
        assert!(paths::is_session_name(&name(&"x".repeat(300), &["incident-x"])));
        assert!(session_name("x", |_| true).is_err());
    }
}
