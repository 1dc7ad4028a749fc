//! Where a command runs: which project, which session, which server.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;

use super::exit::{Exit, Fail};
use super::out;
use crate::client::{self, Control};
use crate::config;
use crate::domain::command::Command;
use crate::domain::signal::printable;
use crate::domain::view::Answer;
use crate::git;
use crate::server::{self, Found, State};

/// The socket a pane's programs talk to.
pub const SOCKET_VAR: &str = "ORCHESTRA_SOCKET";
/// The token that says which pane a caller runs in.
pub const TOKEN_VAR: &str = "ORCHESTRA_TOKEN";
/// The name of the pane a caller runs in.
pub const PANE_VAR: &str = "ORCHESTRA_PANE";

/// How long a caller in a pane waits for a server that is being revived.
const REVIVAL: Duration = Duration::from_secs(5);

/// The project that the current folder belongs to, see [`project_of`].
///
/// # Errors
/// As [`project_of`].
pub fn project() -> anyhow::Result<PathBuf> {
    project_of(&std::env::current_dir().context("learn the current folder")?)
}

/// The top of the project that a folder belongs to: the nearest folder, itself or upwards, whose configuration asks for
/// no worktrees, inside a repository no further than its working tree; else the repository's top.
///
/// # Errors
/// When there is neither, or the repository has no working tree.
pub fn project_of(folder: &Path) -> anyhow::Result<PathBuf> {
    let repo = git2::Repository::discover(folder).ok();
    let end = repo.as_ref().and_then(|r| r.workdir()).and_then(|w| w.canonicalize().ok());
    for above in folder.ancestors() {
        let found = match config::asks_for_worktrees(above) {
            Ok(worktrees) => !worktrees,
            Err(config::Error::Missing { .. }) => false,
            // Whoever loads it says what is wrong.
            Err(_) => repo.is_none(),
        };
        if found {
            return above.canonicalize().with_context(|| format!("find {}", above.display()));
        }
        if end.as_deref() == Some(above) {
            break;
        }
    }
    repository_of(folder)
}

/// The top of the main working tree that the current folder belongs to, also from a linked worktree.
///
/// # Errors
/// When there is no repository here, or it has no working tree.
pub fn repository() -> anyhow::Result<PathBuf> {
    repository_of(&std::env::current_dir().context("learn the current folder")?)
}

fn repository_of(folder: &Path) -> anyhow::Result<PathBuf> {
    let found = git2::Repository::discover(folder).map_err(|_| git::Error::NotARepository(folder.to_owned()));
    let repo = found.context("use this repository")?;
    let top = if repo.is_worktree() {
        repo.commondir().parent().map(PathBuf::from)
    } else {
        repo.workdir().map(PathBuf::from)
    };
    let bare = || git::Error::Bare(repo.path().to_owned());
    let top = top.ok_or_else(bare).context("use this repository")?;
    top.canonicalize().with_context(|| format!("find {}", top.display()))
}

/// The session of that name, or the one that runs here.
///
/// # Errors
/// With status 3 when nothing runs, with status 2 when it is not clear which one is meant.
pub fn session(name: Option<&str>) -> anyhow::Result<Found> {
    let known = known(name)?;
    let (alive, ended): (Vec<Found>, Vec<Found>) = known.into_iter().partition(|f| f.state != State::Ended);
    choose(name, alive, &ended).map_err(Into::into)
}

/// The sessions that may be meant: of this repository, or of all outside one or by a foreign name.
///
/// # Errors
/// When the data directory cannot be read.
pub fn known(name: Option<&str>) -> anyhow::Result<Vec<Found>> {
    let here = match project() {
        Ok(top) => server::find(&top, name)?,
        Err(e) if name.is_none() => return Err(e),
        Err(_) => Vec::new(),
    };
    match name {
        Some(name) if here.is_empty() => Ok(server::all()?.into_iter().filter(|f| f.name == name).collect()),
        _ => Ok(here),
    }
}

fn choose(name: Option<&str>, mut alive: Vec<Found>, ended: &[Found]) -> Result<Found, Fail> {
    if alive.len() > 1 {
        let mut names: Vec<String> = alive.iter().map(|f| format!("`{}`", f.name)).collect();
        names.dedup();
        let text = if names.len() == 1 {
            format!(
                "choose a session: several repositories have one called {}; go to its folder",
                names.join("")
            )
        } else {
            format!("choose a session: {} run here; name one of them", names.join(" and "))
        };
        return Err(Fail::usage(text));
    }
    alive.pop().ok_or_else(|| {
        let text = match (name, ended.first()) {
            (Some(name), Some(_)) => {
                format!("find a running session: `{name}` has ended; start it with `orchestra up --session {name}`")
            }
            (Some(name), None) => format!("find session `{name}`: there is none; see `orchestra ls --all`"),
            (None, Some(f)) => {
                format!("find a running session here: `{}` has ended; start it with `orchestra up`", f.name)
            }
            (None, None) => "find a running session here: there is none; start one with `orchestra up`".into(),
        };
        Fail::new(Exit::Nothing, text)
    })
}

/// The directory of a recording: what lies at the path, else the session of that name of this repository.
///
/// # Errors
/// With status 2 when there is neither.
pub fn recording(dir: &Path) -> anyhow::Result<PathBuf> {
    if dir.exists() || dir.components().count() != 1 {
        return Ok(dir.to_owned());
    }
    // What cannot be looked through has no such session.
    let name = dir.to_str().unwrap_or_default();
    let named = known(Some(name)).unwrap_or_default();
    match named.as_slice() {
        [one] => Ok(one.session_dir.clone()),
        [] => Err(Fail::usage(format!(
            "find the recording `{}`: there is no such directory, and no session of that name; see `orchestra ls --all`",
            printable(name)
        ))
        .into()),
        _ => Err(Fail::usage(format!(
            "choose a session: several repositories have one called `{}`; give its directory, which `orchestra ls --all` names",
            printable(name)
        ))
        .into()),
    }
}

/// The directory of the session of that name, running or not; else of that of the pane this runs in, else of the latest
/// of this repository.
///
/// # Errors
/// As [`recording`] and [`latest`], and when the pane's server cannot be asked.
pub fn record_of(name: Option<&str>) -> anyhow::Result<PathBuf> {
    if let Some(name) = name {
        return recording(Path::new(name));
    }
    if var(SOCKET_VAR).is_none() {
        return Ok(latest()?.session_dir);
    }
    match control(None)?.ask(Command::Status)? {
        Answer::Status(status) => Ok(PathBuf::from(status.dir)),
        _ => {
            Err(Fail::new(Exit::Failed, "find this pane's session: its server did not say where it is")
                .into())
        }
    }
}

/// The session of this repository that runs, else the one that something happened in last.
///
/// # Errors
/// With status 3 when there is none, with status 2 when it is not clear which one is meant.
pub fn latest() -> anyhow::Result<Found> {
    let known = known(None)?;
    let runs: Vec<&Found> = known.iter().filter(|f| f.state != State::Ended).collect();
    match runs.as_slice() {
        [one] => return Ok((*one).clone()),
        [] => {}
        _ => return session(None),
    }
    let touched = |f: &Found| written(&f.session_dir.join("journal.jsonl"));
    let last = known.iter().max_by_key(|f| touched(f)).cloned();
    last.ok_or_else(|| {
        let why = "find a session here: there is none; start one with `orchestra up`, or name a directory";
        Fail::new(Exit::Nothing, why).into()
    })
}

fn written(path: &Path) -> SystemTime {
    std::fs::symlink_metadata(path).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The socket of a session's server, which is brought back when it was lost.
///
/// # Errors
/// When the server does not come up.
pub fn socket(found: &Found) -> anyhow::Result<PathBuf> {
    if found.state == State::Crashed {
        out::note(&format!("the server of `{}` is gone; bringing it back", found.name));
    }
    server::ensure_running(&exe()?, &found.session_dir, server::Wake::Lost)
        .with_context(|| format!("reach the server of `{}`", found.name))
}

/// This program's own file.
///
/// # Errors
/// When the system does not tell.
pub fn exe() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("find this program's own file")
}

/// A connection for commands: to the server of the pane this runs in, else to the session of that
/// name or of this repository.
///
/// # Errors
/// With status 3 when nothing runs, or what went wrong.
pub fn control(name: Option<&str>) -> anyhow::Result<Control> {
    connected(name, &Control::connect)
}

/// The same for a program that speaks MCP; `client` is what it calls itself.
///
/// # Errors
/// As [`control`].
pub fn control_mcp(name: Option<&str>, client: &str) -> anyhow::Result<Control> {
    connected(name, &|socket, token| Control::connect_mcp(socket, client.to_owned(), token))
}

/// Connects to a socket as somebody, with a token where there is one.
type Connect<'a> = &'a dyn Fn(&Path, Option<String>) -> Result<Control, client::Error>;

fn connected(name: Option<&str>, connect: Connect<'_>) -> anyhow::Result<Control> {
    if name.is_none()
        && let Some(socket) = var(SOCKET_VAR)
    {
        return in_pane(&PathBuf::from(socket), connect);
    }
    let found = session(name)?;
    Ok(told(connect(&socket(&found)?, None)?))
}

/// Whoever waits for an answer is told what it waits for.
fn told(mut control: Control) -> Control {
    control.on_note(out::note);
    control
}

/// An environment variable, unless it is empty.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn in_pane(socket: &Path, connect: Connect<'_>) -> anyhow::Result<Control> {
    let end = Instant::now() + REVIVAL;
    loop {
        match connect(socket, var(TOKEN_VAR)) {
            // The agent outlives its server, which may be on its way back.
            Err(e) if e.is_gone() && Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
            other => return Ok(told(other?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, state: State) -> Found {
        Found {
            session_dir: PathBuf::from("/s").join(name),
            name: name.into(),
            repository: "/r".into(),
            state,
        }
    }

    #[test]
    fn the_one_that_runs_is_meant_and_doubt_is_told() {
        let one = found("a", State::Running);
        assert_eq!(choose(None, vec![one.clone()], &[]).unwrap(), one);
        let two = choose(None, vec![one.clone(), found("b", State::Crashed)], &[]).unwrap_err();
        assert!(two.exit == Exit::Usage && two.why.contains("`a` and `b`"), "{two}");
        let none = choose(None, vec![], &[]).unwrap_err();
        assert!(none.exit == Exit::Nothing && none.why.contains("orchestra up"), "{none}");
        let ended = choose(None, vec![], &[found("old", State::Ended)]).unwrap_err();
        assert!(ended.exit == Exit::Nothing && ended.why.contains("`old` has ended"), "{ended}");
        let wrong = choose(Some("x"), vec![], &[]).unwrap_err();
        assert!(wrong.exit == Exit::Nothing && wrong.why.contains("`x`"), "{wrong}");
    }
}
