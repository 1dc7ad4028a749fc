//! What a pane's program is started with: arguments, directory, environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::profile::Profile;
use crate::engine::state::Agent;
use crate::hold::Spec;

/// Variables handed on to every pane. Everything else is left out: an agent sees nothing of the
/// terminal multiplexer, agent program or continuous integration the server happened to start in.
const HANDED_ON: [&str; 22] = [
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "SSH_AUTH_SOCK",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "GOPATH",
    "NVM_DIR",
    "JAVA_HOME",
    "ORCHESTRA_DATA_DIR",
];

/// The arguments of a profile for an agent, placeholders replaced.
#[must_use]
pub fn argv(profile: &Profile, exe: &Path, agent: &AgentName, worktree: &Path) -> Vec<String> {
    let shell = std::env::var("SHELL").ok().filter(|s| !s.is_empty()).unwrap_or_else(|| "/bin/sh".into());
    let fill = |text: &String| {
        text.replace("{orchestra}", &exe.to_string_lossy())
            .replace("{agent}", agent.as_str())
            .replace("{worktree}", &worktree.to_string_lossy())
            .replace("{shell}", &shell)
    };
    profile.argv.iter().map(fill).collect()
}

/// Replaces `{gitdir}` and `{commondir}`, for programs that have to be told where a commit writes. git
/// is asked only where a placeholder needs it.
fn with_git_dirs(argv: Vec<String>, repository: &Path, worktree: &Path) -> Result<Vec<String>, String> {
    if !argv.iter().any(|a| a.contains("{gitdir}") || a.contains("{commondir}")) {
        return Ok(argv);
    }
    let dirs = crate::git::dirs(repository, worktree).map_err(|e| e.to_string())?;
    // git makes this folder with its first entry; a sandbox that opens it fails while it is missing.
    // Where it cannot be made, the program says so.
    let _ = std::fs::create_dir_all(dirs.common.join("logs"));
    let fill = |text: String| {
        text.replace("{gitdir}", &dirs.own.to_string_lossy())
            .replace("{commondir}", &dirs.common.to_string_lossy())
    };
    Ok(argv.into_iter().map(fill).collect())
}

/// `PATH` with the folder of this program first, so that `orchestra ready` works where nothing is installed.
fn path_with(exe: &Path) -> String {
    let own = exe.parent().map(Path::to_owned).unwrap_or_default();
    let rest = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
    let others = std::env::split_paths(&rest).filter(|p| *p != own);
    let all: Vec<PathBuf> = [own.clone()].into_iter().chain(others).collect();
    std::env::join_paths(all).unwrap_or(rest).to_string_lossy().into_owned()
}

impl Server {
    /// Everything a holder needs to start an agent's program.
    pub(super) fn spec(&self, agent: &Agent) -> Result<Spec, String> {
        let exe = &self.exe;
        let profile = self.state.profile(agent);
        let worktree = PathBuf::from(&agent.worktree);
        if !worktree.is_dir() {
            return Err(format!(
                "{}: its worktree {} is gone; put it back, or `orchestra down` and `up` to make it anew",
                agent.name, agent.worktree
            ));
        }
        let argv = match profile {
            _ if agent.spec.is_none() && !self.file.config.orchestrator.is_empty() => {
                self.file.config.orchestrator.clone()
            }
            Some(profile) => {
                let argv = argv(profile, exe, &agent.name, &worktree);
                with_git_dirs(argv, &self.file.repository, &worktree)
                    .map_err(|why| format!("{}: {why}", agent.name))?
            }
            None => return Err(format!("{}: it has no profile", agent.name)),
        };
        let log_dir = self.dir.pane(&agent.name);
        let size = agent.pane.size;
        Ok(Spec {
            pane: agent.name.clone(),
            argv,
            cwd: worktree,
            env: self.environment(agent, profile, exe),
            rows: size.rows,
            cols: size.cols,
            log_dir,
            socket: self.holder_socket(&agent.name)?,
            origin: self.clock.origin(),
            segment_bytes: crate::session::log::SEGMENT,
        })
    }

    fn environment(&self, agent: &Agent, profile: Option<&Profile>, exe: &Path) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = Vec::new();
        let asked = &self.file.config.pass_env;
        let own = profile.map(|p| p.pass.as_slice()).unwrap_or_default();
        let wanted = |name: &str| {
            HANDED_ON.contains(&name)
                || name.starts_with("LC_")
                || asked.iter().any(|n| n == name)
                || own
                    .iter()
                    .any(|n| n.strip_suffix('*').map_or(n == name, |prefix| name.starts_with(prefix)))
        };
        // What is not UTF-8 cannot be handed on in an order, which is JSON.
        let known =
            std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
        for (name, value) in known {
            if wanted(&name) {
                env.push((name, value));
            }
        }
        let mut set = |name: &str, value: String| {
            env.retain(|(n, _)| n != name);
            env.push((name.to_owned(), value));
        };
        set("PATH", path_with(exe));
        set("TERM", "xterm-256color".into());
        set("COLORTERM", "truecolor".into());
        for (name, value) in profile.into_iter().flat_map(|p| &p.env) {
            set(name, value.clone());
        }
        let socket =
            super::start::socket(self.dir.path()).map(|p| p.display().to_string()).unwrap_or_default();
        set("ORCHESTRA_SOCKET", socket);
        set("ORCHESTRA_PANE", agent.name.to_string());
        set("ORCHESTRA_TOKEN", self.tokens.of(&agent.name).to_owned());
        if let Some(spec) = &agent.spec {
            set("ORCHESTRA_FOCUS", spec.focus.join(":"));
        }
        env
    }

    /// Where the holder of a pane listens.
    pub(super) fn holder_socket(&self, agent: &AgentName) -> Result<PathBuf, String> {
        let server = super::start::socket(self.dir.path()).map_err(|e| e.to_string())?;
        Ok(server.with_file_name(format!("{agent}.hold")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_directories_are_looked_up_only_where_an_argument_names_them() {
        let kit = crate::git::testkit::Kit::new();
        let made = kit.worktree("SEC", "agent-3-sec");
        let argv = |text: &str| vec!["codex".to_owned(), text.to_owned()];
        std::fs::remove_dir_all(kit.top.join(".git/logs")).unwrap();
        let filled = with_git_dirs(argv("{gitdir}:{commondir}/refs"), &kit.top, &made.path).unwrap();
        let dirs = crate::git::dirs(&kit.top, &made.path).unwrap();
        assert_eq!(filled[1], format!("{}:{}/refs", dirs.own.display(), dirs.common.display()));
        assert!(kit.top.join(".git/logs").is_dir());
        let nowhere = Path::new("/nonexistent");
        assert_eq!(with_git_dirs(argv("plain"), nowhere, nowhere).unwrap(), argv("plain"));
        with_git_dirs(argv("{gitdir}"), &kit.top, &kit.top).unwrap_err();
    }
}
