//! `orchestra up`: from a configuration to a running team.

mod plain;
pub(super) mod programs;
mod setup;
mod turn;

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::answer::{self, Format};
use super::args::Up as Args;
use super::exit::{Exit, Fail};
use super::{attach, out, paths, place};
use crate::client::{self, Control};
use crate::config;
use crate::domain::command::Command;
use crate::domain::id::{AgentName, Oid};
use crate::domain::team::Config;
use crate::git::{self, Made, WorktreeSpec};
use crate::server::{self, Found, Setup, State};

/// Rows and columns of the panes until a terminal says its own size.
const SIZE: (u16, u16) = (50, 160);

/// A session that runs.
pub(super) struct Started {
    /// Its name.
    pub name: String,
    /// Its directory.
    pub session_dir: PathBuf,
    /// Its server's socket.
    pub socket: PathBuf,
    /// Whether it ran before.
    pub already: bool,
    /// How work begins in it; empty where it ran before.
    pub hint: &'static str,
}

impl Started {
    /// One that ran before.
    ///
    /// # Errors
    /// When its server cannot be found.
    pub(super) fn before(found: &Found) -> anyhow::Result<Self> {
        let (name, session_dir) = (found.name.clone(), found.session_dir.clone());
        Ok(Self { name, session_dir, socket: place::socket(found)?, already: true, hint: "" })
    }
}

/// Starts the team, or finds it running, and shows the dashboard where there is a terminal.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let show = !args.detach && !args.json && out::on_terminal();
    if show {
        // Before anything is started: a team nobody can look at was not meant.
        client::check()?;
    }
    let top = place::project()?;
    let started = start(&top, args.session.as_deref())?;
    if show {
        return attach::show(&started.socket, &started.session_dir);
    }
    if args.json {
        let status = Control::connect(&started.socket, None)?.ask(Command::Status)?;
        return answer::show(status, Format::Json);
    }
    let name = &started.name;
    if started.already {
        out::result(&format!("session `{name}` is running already; see it with `orchestra attach`"))?;
    } else {
        out::result(&format!(
            "session `{name}` is up; `orchestra attach` shows it, `orchestra status` lists it, \
             {}, `orchestra down` ends it",
            started.hint
        ))?;
    }
    Ok(Exit::Done)
}

/// Starts the team of the repository at `top`, or finds it running.
///
/// # Errors
/// Before anything is touched when configuration, repository or a program is not as it must be.
pub(super) fn start(top: &Path, session: Option<&str>) -> anyhow::Result<Started> {
    let config::Loaded { mut config, left_out } = config::load_all(top)?;
    for wrong in left_out {
        out::note(&format!("left out of a profile: {wrong}"));
    }
    if let Some(name) = session {
        config.session = name.to_owned();
    }
    let session_dir = paths::session_dir(top, &config, &config.session);
    start_team(top, config, session_dir)
}

/// As [`start`], of a team whose configuration is known, with its record in `session_dir`.
///
/// # Errors
/// As [`start`].
pub(super) fn start_team(top: &Path, config: Config, session_dir: PathBuf) -> anyhow::Result<Started> {
    super::keymap::check(&config)?;
    let name = config.session.clone();
    if !paths::is_session_name(&name) {
        let rule =
            "it takes letters, digits, `.`, `_` and `-`, at most 64, and begins with none of `.` and `-`";
        return Err(Fail::usage(format!("name a session `{name}`: {rule}")).into());
    }
    let exe = place::exe()?;
    crate::wire::sock::root().map_err(server::Error::Socket).context("use the sockets of sessions")?;
    // Two that start the same session at once: the second finds it running.
    let _turn = turn::take(&paths::worktrees(top, &name))?;
    let known = server::find(top, Some(&name))?;
    if let Some(found) = known.iter().find(|f| f.state != State::Ended) {
        return Started::before(found);
    }
    known.iter().try_for_each(|ended| plain::same_kind(ended, &config))?;
    let worktrees = if config.worktrees {
        git::name_programs(&config.merge.programs);
        let repo = git::probe(top, &config.merge.target).context("use this repository")?;
        programs::check(&config, &exe)?;
        warn_if_dirty(top);
        worktrees(top, &config, &repo.target)?
    } else {
        programs::check(&config, &exe)?;
        plain::folders(top, &config)?
    };
    let hint = if config.worktrees {
        "`orchestra run enhancement` begins"
    } else {
        "`orchestra send` prompts agents and `orchestra run` begins a plan"
    };
    let size = crossterm::terminal::size().ok().filter(|_| out::on_terminal());
    let size = size.map_or(SIZE, |(cols, rows)| (rows, cols));
    let setup =
        Setup { session_dir: session_dir.clone(), repository: top.to_owned(), config, worktrees, size };
    server::prepare(&setup).with_context(|| format!("prepare session `{name}`"))?;
    let socket = server::ensure_running(&exe, &session_dir, server::Wake::Up)
        .with_context(|| format!("start session `{name}`"))?;
    Ok(Started { name, session_dir, socket, already: false, hint })
}

fn warn_if_dirty(top: &Path) {
    // Only the merge cares; whoever learns it now has time to commit.
    match git::dirty(top) {
        Ok(files) if !files.is_empty() => out::note(&format!(
            "uncommitted files here ({}) are not in the agents' worktrees, and the merge will ask for a clean tree",
            shortened(&files)
        )),
        _ => {}
    }
}

fn shortened(files: &[String]) -> String {
    let shown = files.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    if files.len() > 3 { format!("{shown} and {} more", files.len() - 3) } else { shown }
}

fn worktrees(top: &Path, config: &Config, base: &Oid) -> anyhow::Result<Vec<(AgentName, PathBuf, Oid)>> {
    let repo = git2::Repository::open(top).context("open the repository")?;
    let per_worktree =
        || repo.config().and_then(|c| c.get_bool("extensions.worktreeconfig")).unwrap_or(false);
    let announced = per_worktree();
    let mut made = Vec::new();
    for agent in &config.team {
        let path = paths::worktree(top, &config.session, &agent.name);
        let (name, email) = identity(&repo, &agent.name);
        let spec = WorktreeSpec {
            path: &path,
            branch: &agent.branch,
            base,
            recorded: None,
            name: &name,
            email: &email,
        };
        let worktree = git::ensure_worktree(top, &spec)
            .with_context(|| format!("make the worktree of {}", agent.name))?;
        let how = match worktree.made {
            Made::Created => "created",
            Made::CheckedOut => "checked out",
            Made::Adopted => "adopted",
        };
        let included = if worktree.made == Made::Adopted {
            String::new()
        } else {
            let copied = git::copy_included(top, &worktree.path)
                .with_context(|| format!("copy ignored files for {}", agent.name))?;
            match copied.files.len() {
                0 => String::new(),
                n if copied.cut => format!(", {n} ignored files copied (a limit left some out)"),
                n => format!(", {n} ignored files copied"),
            }
        };
        out::progress(&format!("{how} {} on {}{included}", worktree.path.display(), worktree.branch));
        setup::run(&config.setup, &worktree.path, worktree.made, &agent.name)?;
        made.push((agent.name.clone(), worktree.path, worktree.base));
    }
    if !announced && per_worktree() {
        out::note(
            "set extensions.worktreeConfig in this repository's configuration: each worktree has its own identity",
        );
    }
    Ok(made)
}

/// Who commits in an agent's worktree: the user, or the agent where nobody is set. It is written into
/// the worktree since some agent programs do not see the user's own configuration.
fn identity(repo: &git2::Repository, agent: &AgentName) -> (String, String) {
    let user =
        repo.signature().ok().and_then(|s| Some((s.name().ok()?.to_owned(), s.email().ok()?.to_owned())));
    user.unwrap_or_else(|| {
        (agent.to_string(), format!("{}@orchestra.invalid", agent.as_str().to_lowercase()))
    })
}
