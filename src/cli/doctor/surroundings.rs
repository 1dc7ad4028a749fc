//! What a session needs of the machine.

use std::path::Path;

use rustix::fs::inotify;
use rustix::process::{Resource, getrlimit};

use super::{Check, Level};
use crate::cli::{out, paths};
use crate::domain::conduct::Hook;
use crate::domain::signal::printable;
use crate::domain::team::Config;
use crate::{git, server};

/// Descriptors a session needs beside those of its agents.
const FILES: u64 = 128;
/// Characters shown of a hook's command line.
const COMMAND: usize = 80;
/// Descriptors of one agent's pane, with room for clients and gates.
const FILES_AN_AGENT: u64 = 16;

/// Looks at git, the terminal, limits and folders. Without a usable configuration the repository's own
/// branch and the default folders count.
pub(super) fn look(top: &Path, config: Option<&Config>) -> Vec<Check> {
    let bare = config.is_some_and(|c| !c.worktrees);
    let mut checks = Vec::new();
    if bare {
        let text = "none is needed, as `worktrees = false`: each agent works in a plain folder";
        checks.push(Check::new("repository", Level::Ok, text));
    } else {
        checks.push(git_program());
        checks.extend(repository(top, config));
    }
    checks.extend([terminal(), locale()]);
    checks.push(open_files(config.map_or(8, |c| c.team.len())));
    checks.push(watching());
    checks.push(sockets());
    let session = match config {
        Some(config) => paths::session_dir(top, config, &config.session),
        None => server::place::session_dir("", top, "sprint"),
    };
    checks.extend(config.iter().flat_map(|c| &c.conduct.hooks).map(hook));
    checks.push(writable("record", &session));
    checks.push(writable(
        if bare { "folders" } else { "worktrees" },
        &paths::worktrees(top, config.map_or("sprint", |c| &c.session)),
    ));
    checks
}

/// What a hook is for. Whether its command works only its runs tell: `hooks.log` of a session.
fn hook(hook: &Hook) -> Check {
    let on: Vec<&str> = hook.on.iter().map(|o| o.word()).collect();
    let run: String = printable(&hook.run).chars().take(COMMAND).collect();
    Check::new("hook", Level::Ok, format!("on {}, at most {} s: {run}", on.join(", "), hook.timeout))
}

fn git_program() -> Check {
    let out = std::process::Command::new("git").arg("--version").stdin(std::process::Stdio::null()).output();
    match out {
        Ok(out) if out.status.success() => {
            let text = String::from_utf8_lossy(&out.stdout);
            let version = text.trim().trim_start_matches("git version ").to_owned();
            Check::new("git", Level::Ok, version)
        }
        _ => Check::new(
            "git",
            Level::Problem,
            "the program `git` does not run; a checked-out target cannot be updated without it",
        ),
    }
}

fn repository(top: &Path, config: Option<&Config>) -> Vec<Check> {
    if let Some(config) = config {
        git::name_programs(&config.merge.programs);
    }
    let target = config.map_or("main", |c| &c.merge.target);
    let only = match git::probe(top, target) {
        Ok(info) => {
            let tip = info.target.short();
            let mut checks = vec![Check::new("repository", Level::Ok, format!("`{target}` is at {tip}"))];
            let notes = info.capabilities.sentences();
            checks.extend(notes.into_iter().map(|text| Check::new("repository", Level::Note, text)));
            match git::signing(&info.workdir, config.map(|c| c.merge.sign).unwrap_or_default()) {
                Ok(said) => {
                    checks.extend(said.into_iter().map(|text| Check::new("signing", Level::Note, text)))
                }
                Err(e) => checks.push(Check::new("signing", Level::Problem, format!("failed to {e}"))),
            }
            return checks;
        }
        // Which branch is meant only the configuration tells.
        Err(git::Error::NoTarget { .. }) if config.is_none() => {
            Check::new("repository", Level::Note, "no configuration names its target")
        }
        Err(e) => Check::new("repository", Level::Problem, format!("failed to {e}")),
    };
    vec![only]
}

fn terminal() -> Check {
    if !out::on_terminal() {
        return Check::new("terminal", Level::Note, "none here; the dashboard needs one, commands do not");
    }
    let term = std::env::var("TERM").unwrap_or_default();
    let size = crossterm::terminal::size().map_or_else(|_| String::new(), |(c, r)| format!(", {c}×{r}"));
    match term.as_str() {
        "" | "dumb" => {
            Check::new("terminal", Level::Note, format!("TERM is `{term}`: the dashboard cannot be shown"))
        }
        _ => Check::new("terminal", Level::Ok, format!("{term}{size}")),
    }
}

fn locale() -> Check {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    let locale = named.unwrap_or_else(|| "C".into());
    let lower = locale.to_lowercase();
    if lower.contains("utf-8") || lower.contains("utf8") {
        return Check::new("locale", Level::Ok, locale);
    }
    Check::new("locale", Level::Note, format!("{locale} is not UTF-8: lines are drawn in ASCII; set LANG"))
}

fn open_files(agents: usize) -> Check {
    let each = FILES_AN_AGENT.saturating_mul(u64::try_from(agents).unwrap_or(u64::MAX));
    let need = FILES.saturating_add(each);
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < need => {
            let text = format!("{limit} may be open at once, {agents} agents need {need}; raise `ulimit -n`");
            Check::new("files", Level::Problem, text)
        }
        Some(limit) => Check::new("files", Level::Ok, format!("{limit} may be open at once")),
        None => Check::new("files", Level::Ok, "no limit"),
    }
}

fn watching() -> Check {
    match inotify::init(inotify::CreateFlags::CLOEXEC) {
        Ok(_) => Check::new("watching", Level::Ok, "changes of profiles are noticed"),
        Err(e) => {
            let text = format!("changes of profiles are not noticed: {e}; see fs.inotify.max_user_instances");
            Check::new("watching", Level::Note, text)
        }
    }
}

fn sockets() -> Check {
    match crate::wire::sock::root() {
        Ok(path) => Check::new("sockets", Level::Ok, path.display().to_string()),
        Err(e) => Check::new("sockets", Level::Problem, format!("failed to {e}")),
    }
}

/// Whether a folder, or the nearest one above it that is there, can be written.
fn writable(what: &'static str, path: &Path) -> Check {
    let nearest = path.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("/"));
    match tempfile::tempfile_in(nearest) {
        Ok(_) => Check::new(what, Level::Ok, path.display().to_string()),
        Err(e) => {
            let text = format!("{} cannot be written ({}: {e})", path.display(), nearest.display());
            Check::new(what, Level::Problem, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_folders_are_judged() {
        assert_eq!(open_files(usize::MAX).level, Level::Problem);
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(writable("record", &dir.path().join("a/b/c")).level, Level::Ok);
        assert!(!dir.path().join("a").exists(), "looking makes nothing");
        assert_eq!(writable("record", Path::new("/proc/nothing/here")).level, Level::Problem);
    }
}
