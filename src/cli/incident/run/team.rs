//! The fleet that an incident is run with: one that runs here, or one of its own.

use std::path::Path;

use anyhow::Context;

use crate::cli::args::IncidentRun as Args;
use crate::cli::exit::Fail;
use crate::cli::own::start::{self, For, SPEED_VAR};
use crate::cli::up::Started;
use crate::cli::{out, place};
use crate::config;
use crate::domain::incident::case::Fleet;
use crate::domain::team::Config;
use crate::server::Found;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// What the names of sessions of their own begin with.
const OWN: &str = "incident-";
/// The preset, and the profile, where no configuration says otherwise.
const PRESET: &str = "incident";
const PROFILE: &str = "analyst";

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
            let open = start::open(top, OWN)?;
            let mut fleets: Vec<_> = open.filter_map(|f| fleet(&f).map(|fleet| (f, fleet))).collect();
            if fleets.len() > 1 {
                let names = fleets.iter().map(|(f, _)| f.name.as_str());
                return Err(start::which("a fleet", names, "run here").into());
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
            return Err(start::no_profile(name, &config).into());
        }
        profile = Some(name.clone());
    }
    if let Some(profile) = profile {
        config.team.iter_mut().for_each(|agent| agent.profile.clone_from(&profile));
    }
    if let Some(speed) = args.speed {
        let pace = [(SPEED_VAR.to_owned(), speed.to_string())].into();
        start::with_env(&mut config, &format!("{speed}x"), &pace);
    }
    let fleet = config.fleet.as_deref_mut().context("find [incident] in the configuration: it has none")?;
    fleet.deadline_s = args.deadline.unwrap_or(fleet.deadline_s);
    fleet.window_s = args.window.map_or(fleet.window_s, |w| u32::try_from(w.as_secs()).unwrap_or(u32::MAX));
    let fleet = fleet.clone();
    Ok((config, fleet))
}

/// Starts a session of its own.
///
/// # Errors
/// As [`start::start`].
pub(super) fn start(args: &Args, top: &Path, config: Config, name: &str) -> anyhow::Result<Started> {
    start::start(&For { own: OWN, name, keep: args.keep.as_deref(), top }, top, config, |_| {})
}
