//! The team that a project is run with: one that runs here, or one of its own.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::cli::args::workflow::run::Run as Args;
use crate::cli::exit::Fail;
use crate::cli::own::start::{self, SPEED_VAR, with_env};
use crate::cli::{out, place};
use crate::config::{self, Dirs};
use crate::domain::conduct::Ripple;
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::profile::Profile;
use crate::domain::team::{AgentSpec, Config, Layout, Tab};
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::staff::{Member, give, of_team, short, staff};
use crate::rehearse::misbehave;
use crate::server::Found;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// What the names of sessions of their own begin with.
pub(super) const OWN: &str = "workflow-";
/// The profile of pretended agents.
const REHEARSAL: &str = "rehearsal";
/// Their seed and their faults.
const SEED_VAR: &str = "ORCHESTRA_REHEARSE_SEED";
const FAULTS_VAR: &str = "ORCHESTRA_REHEARSE_MISBEHAVE";

/// The session that takes a plan on: the one of that name, or the only one here whose team has all its specialists. Where
/// there is one the plan is given to the agents of that team.
///
/// # Errors
/// With status 2 when the named one lacks specialists, when several fit, or flags speak of a session that is started.
pub(super) fn running(args: &Args, top: &Path, plan: &mut Planned) -> anyhow::Result<Option<Found>> {
    let flags = [
        ("--profile", args.profile.is_some()),
        ("--rehearse", args.rehearse),
        ("--keep", args.keep.is_some()),
    ];
    let given: Vec<&str> = flags.iter().filter(|(_, given)| *given).map(|(flag, _)| *flag).collect();
    let Some(name) = &args.of.session else {
        if !given.is_empty() {
            // A session of its own is wanted.
            return Ok(None);
        }
        let open = start::open(top, OWN)?;
        let mut fit: Vec<(Found, Who)> =
            open.filter_map(|f| who(&f, plan).and_then(Result::ok).map(|who| (f, who))).collect();
        if fit.len() > 1 {
            let names = fit.iter().map(|(f, _)| f.name.as_str());
            return Err(start::which("a session", names, "could do this").into());
        }
        return Ok(fit.pop().map(|(found, who)| {
            give(plan, &who);
            found
        }));
    };
    let found = place::session(Some(name))?;
    if !given.is_empty() {
        let why = format!(
            "use {}: session `{name}` runs already and is as its orchestra.toml says; leave them out",
            given.join(", ")
        );
        return Err(Fail::usage(why).into());
    }
    let who = who(&found, plan).with_context(|| format!("read what session `{name}` is"))?;
    let who = who.map_err(|missing| {
        Fail::usage(format!(
            "run this in `{name}`: its team has no {}; leave --session out to start one that has",
            missing.join(", ")
        ))
    })?;
    give(plan, &who);
    Ok(Some(found))
}

/// Specialists of a plan, each with the agent of a team that is it.
type Who = Vec<(AgentName, AgentName)>;

/// Who of a session's team is which specialist, by name or role; else those whom it has not. None: its record cannot be
/// read.
fn who(found: &Found, plan: &Planned) -> Option<Result<Who, Vec<String>>> {
    let dir = SessionDir::open(&found.session_dir).ok()?;
    let config = SessionFile::look(&dir).ok()?.config;
    Some(staff(&members(&config.team), plan))
}

/// A team by names and roles.
fn members(team: &[AgentSpec]) -> Vec<Member<'_>> {
    team.iter().map(|a| (&a.name, a.role.as_str())).collect()
}

/// The configuration of a session of its own, in the project at `top`: what orchestra.toml says, with a team of the plan's
/// specialists.
///
/// # Errors
/// When orchestra.toml is wrong, or nothing says which program the agents are.
pub(super) fn team(args: &Args, top: &Path, plan: &Planned) -> anyhow::Result<Config> {
    let project = match config::load_all(top) {
        Ok(loaded) => {
            loaded.left_out.iter().for_each(|w| out::note(&format!("left out of a profile: {w}")));
            Some(loaded.config)
        }
        Err(config::Error::Missing { .. }) => None,
        Err(e) => return Err(e.into()),
    };
    let known = project.as_ref().map_or_else(Vec::new, |p| p.team.clone());
    let mut config = match project {
        Some(project) => project,
        None => Config {
            gates: Vec::new(),
            ..config::parse(config::default_text(), config::FILE_NAME, &Dirs::beside(top))?
        },
    };
    let usual = usual(args, &known, &config)?;
    config.team = plan
        .agents()
        .into_iter()
        .map(|name| {
            let own = of_team(&members(&known), &name).filter(|_| !args.rehearse);
            let own = own.and_then(|own| known.iter().find(|a| a.name == *own));
            AgentSpec {
                role: short(&name).to_owned(),
                profile: own.map_or_else(|| usual.clone(), |a| a.profile.clone()),
                focus: own.map(|a| a.focus.clone()).unwrap_or_default(),
                ..AgentSpec::bare(name)
            }
        })
        .collect();
    // Before anything is made for them.
    let shell = |a: &&AgentSpec| config.profiles.get(&a.profile).is_some_and(Profile::is_shell);
    if let Some(agent) = config.team.iter().find(shell) {
        let why = format!(
            "give {} its brief: its profile `{}` is a plain shell, which would run that as commands; name an agent program \
             with --profile, or in orchestra.toml",
            agent.name, agent.profile
        );
        return Err(Fail::usage(why).into());
    }
    let all: Vec<AgentName> = config.team.iter().map(|a| a.name.clone()).collect();
    config.tabs =
        vec![Tab::new("Project", Layout::Workflow, Vec::new()), Tab::new("Team", Layout::Grid, all)];
    config.focus = BTreeMap::new();
    config.areas = BTreeMap::new();
    config.merge.order = Vec::new();
    config.fleet = None;
    if config.conduct.ripple == Ripple::None {
        // Later tasks are to see what earlier ones made.
        config.conduct.ripple = Ripple::Merge;
    }
    if args.rehearse {
        rehearsal(args, &mut config, plan)?;
    }
    Ok(config)
}

/// The profile of those of whom orchestra.toml says nothing.
fn usual(args: &Args, known: &[AgentSpec], config: &Config) -> Result<String, Fail> {
    if args.rehearse {
        return Ok(REHEARSAL.to_owned());
    }
    if let Some(name) = &args.profile {
        if config.profiles.contains_key(name) {
            return Ok(name.clone());
        }
        return Err(start::no_profile(name, config));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    known.iter().for_each(|a| *counts.entry(a.profile.as_str()).or_default() += 1);
    // Of several used alike the one whose agent stands first.
    let most = counts.values().max().copied().unwrap_or_default();
    let first = known.iter().find(|a| counts.get(a.profile.as_str()) == Some(&most));
    first.map(|a| a.profile.clone()).ok_or_else(|| {
        Fail::usage(
            "choose the program of the agents: there is no orchestra.toml here; name one with --profile, such as \
             --profile claude, write orchestra.toml with `orchestra init`, or try it out with --rehearse",
        )
    })
}

/// Lets pretended agents do it, and nothing that the project has run beside its agents.
fn rehearsal(args: &Args, config: &mut Config, plan: &Planned) -> Result<(), Fail> {
    config.setup = String::new();
    config.orchestrator = Vec::new();
    config.conduct.hooks = Vec::new();
    config.worktrees = true;
    let agents = plan.agents();
    let mut faults = Vec::new();
    for (who, what) in &args.fault {
        let names = || agents.iter().map(short);
        let Some(agent) = agents.iter().find(|a| a.as_str() == who || short(a) == who) else {
            let near = did_you_mean(who, names());
            let all = names().collect::<Vec<_>>().join(", ");
            return Err(Fail::usage(format!("give `{who}` a fault: the plan has {all}{near}")));
        };
        let entry = format!("{agent}={what}");
        misbehave::parse(&entry, agent.as_str())
            .map_err(|why| Fail::usage(format!("give `{who}` a fault: {why}")))?;
        faults.push(entry);
    }
    let mut vars: BTreeMap<String, String> = BTreeMap::new();
    if !faults.is_empty() {
        vars.insert(FAULTS_VAR.to_owned(), faults.join(","));
    }
    vars.extend(args.seed.map(|seed| (SEED_VAR.to_owned(), seed.to_string())));
    vars.extend(args.speed.map(|speed| (SPEED_VAR.to_owned(), speed.to_string())));
    if !vars.is_empty() {
        with_env(config, "own", &vars);
    }
    Ok(())
}

/// Gives everybody a branch of the session's own.
pub(super) fn branches(config: &mut Config) {
    let session = config.session.clone();
    for agent in &mut config.team {
        agent.branch = match config.worktrees {
            true => format!("{session}/{}", agent.name.as_str().to_lowercase()),
            false => String::new(),
        };
    }
}
