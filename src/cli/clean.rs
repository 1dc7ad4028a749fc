//! `orchestra clean`: the worktrees of an ended session, unless work would be lost.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::Clean as Args;
use super::exit::{Exit, Fail};
use super::{answer, out, paths, place};
use crate::config;
use crate::domain::id::AgentName;
use crate::domain::team::Config;
use crate::git::{self, Removal};
use crate::server::{Found, State};
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// Removes what can be removed without loss, and says what cannot.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    // What killed rehearsals left belongs to no session here.
    super::own::left::sweep().iter().for_each(|line| out::note(line));
    let found = choose(place::known(args.session.as_deref())?)?;
    // A session that a command started for itself needs none; its record says what its team was.
    let config = match config::load(&found.repository) {
        Err(config::Error::Missing { .. }) => recorded(&found)?,
        other => other?,
    };
    let (mut kept, mut done) = (Vec::new(), Vec::new());
    // Told at once: what follows may fail.
    let mut removed = |line: String| {
        if args.json {
            out::note(&line);
            done.push(line);
            Ok(())
        } else {
            out::result(&line)
        }
    };
    let folder = paths::worktrees(&found.repository, &found.name);
    for (agent, worktree) in listed(&folder)? {
        if worktree.join(".git").symlink_metadata().is_err() {
            // A plain folder: only what is empty goes.
            match std::fs::remove_dir(&worktree) {
                Ok(()) => removed(format!("removed {}, which was empty", worktree.display()))?,
                Err(e) => kept.push(format!("{agent}: {}: {e}", worktree.display())),
            }
            continue;
        }
        let Some(branch) = branch(&worktree) else {
            kept.push(format!("{agent}: {} has no branch checked out", worktree.display()));
            continue;
        };
        let target = &config.merge.target;
        let removal =
            Removal { worktree: &worktree, branch: &branch, target, session: &found.name, agent: &agent };
        match git::remove_worktree(&found.repository, &removal) {
            Ok(backup) => {
                removed(format!("removed {} ({branch} is kept as {backup})", worktree.display()))?;
            }
            Err(git::Error::NotRemovable { reasons, .. }) => {
                kept.push(format!("{agent}: {}", reasons.join(", ")));
            }
            Err(e) => return Err(e).with_context(|| format!("remove the worktree of {agent}")),
        }
    }
    if !kept.is_empty() {
        let why = format!(
            "remove everything of `{}`: work would be lost: {}; commit and merge it, move it elsewhere, or remove it by hand",
            found.name,
            kept.join("; ")
        );
        return Err(Fail::protected(why).into());
    }
    // Only what is empty goes: marks of failed setups, then the folder.
    remove_marks(&folder);
    let _ = std::fs::remove_dir(&folder);
    remove_scratch(&found.repository, &paths::scratch(&found.repository, &found.name))?;
    if args.record {
        let dir = &found.session_dir;
        std::fs::remove_dir_all(dir).with_context(|| format!("remove {}", dir.display()))?;
        removed(format!("removed the record {}", dir.display()))?;
    } else {
        out::note(&format!("the record stays in {}; --record removes it too", found.session_dir.display()));
    }
    if args.json { answer::done(done.join("\n"), true) } else { Ok(Exit::Done) }
}

/// The configuration that a session was started with.
fn recorded(found: &Found) -> anyhow::Result<Config> {
    let dir = SessionDir::open(&found.session_dir)
        .with_context(|| format!("read the record of `{}`", found.name))?;
    let file = SessionFile::look(&dir).with_context(|| format!("read the record of `{}`", found.name))?;
    Ok(file.config)
}

fn choose(known: Vec<Found>) -> Result<Found, Fail> {
    let (mut ended, alive): (Vec<Found>, Vec<Found>) =
        known.into_iter().partition(|f| f.state == State::Ended);
    match (ended.len(), alive.first()) {
        (0, Some(f)) => {
            let why = format!(
                "clean session `{}`: it is running; end it first with `orchestra down {}`",
                f.name, f.name
            );
            return Err(Fail::protected(why));
        }
        (0, None) => return Err(Fail::new(Exit::Nothing, "find an ended session here; see `orchestra ls`")),
        (1, _) => {}
        _ => {
            let names: Vec<String> = ended.iter().map(|f| format!("`{}`", f.name)).collect();
            return Err(Fail::usage(format!(
                "choose a session: {} have ended; name one of them",
                names.join(" and ")
            )));
        }
    }
    ended.pop().ok_or_else(|| Fail::new(Exit::Nothing, "find an ended session here; see `orchestra ls`"))
}

/// The worktrees of a session, by their folders.
fn listed(folder: &Path) -> anyhow::Result<Vec<(AgentName, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.with_context(|| format!("read {}", folder.display()))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("read {}", folder.display()))?.path();
        let name = path.file_name().and_then(|n| AgentName::new(n.to_str()?).ok());
        if let Some(name) = name.filter(|_| path.is_dir()) {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The branch a worktree has checked out, read from its own HEAD.
fn branch(worktree: &Path) -> Option<String> {
    let repo = git2::Repository::open(worktree).ok()?;
    let head = repo.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    target.strip_prefix("refs/heads/").map(str::to_owned)
}

/// Removes the checkouts of gates: nothing in them is anybody's work. Others stay, where somebody may have begun to
/// resolve a conflict.
fn remove_scratch(repository: &Path, folder: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let slot = name.trim_end_matches(".json").trim_end_matches("-base");
        if slot.parse::<u16>().is_err() {
            continue;
        }
        if path.is_dir() {
            git::remove_scratch(repository, &path).with_context(|| format!("remove {}", path.display()))?;
        } else {
            let _ = std::fs::remove_file(&path);
        }
    }
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

fn remove_marks(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().ends_with(".setup") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, state: State) -> Found {
        Found { session_dir: "/s".into(), name: name.into(), repository: "/r".into(), state }
    }

    #[test]
    fn only_an_ended_session_is_cleaned() {
        let exit = |known| choose(known).map_err(|f| f.exit);
        assert_eq!(exit(vec![found("a", State::Running)]), Err(Exit::Protected));
        assert_eq!(exit(vec![found("a", State::Crashed)]), Err(Exit::Protected));
        assert_eq!(exit(vec![]), Err(Exit::Nothing));
        let two = vec![found("a", State::Ended), found("b", State::Ended)];
        assert_eq!(exit(two), Err(Exit::Usage));
        let mixed = vec![found("a", State::Ended), found("b", State::Running)];
        assert_eq!(choose(mixed).unwrap().name, "a");
    }

    #[test]
    fn only_folders_named_like_agents_are_worktrees() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["SEC", "ARCH", ".SEC.setup", "9x"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        std::fs::write(dir.path().join("FILE"), "").unwrap();
        let names: Vec<String> = listed(dir.path()).unwrap().iter().map(|(n, _)| n.to_string()).collect();
        assert_eq!(names, ["ARCH", "SEC"]);
        assert!(listed(&dir.path().join("none")).unwrap().is_empty());
    }
}
