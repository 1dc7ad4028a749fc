//! What a pane's program is started with: arguments, directory, environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::profile::{Places, Profile};
use crate::engine::state::Agent;
use crate::hold::Spec;

/// Variables handed on to every pane. Everything else is left out: an agent sees nothing of the
/// terminal multiplexer, agent program or continuous integration the server happened to start in.
const HANDED_ON: [&str; 23] = [
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
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "GOPATH",
    "NVM_DIR",
    "JAVA_HOME",
    "ORCHESTRA_DATA_DIR",
];

/// What the placeholders of profiles stand for, but for an agent's own. `shell` is the user's shell; when
/// it is empty or not known, `/bin/sh`.
#[must_use]
pub fn places(exe: &Path, shell: &str) -> Places {
    let shell = if shell.is_empty() { "/bin/sh" } else { shell };
    Places::default().with("orchestra", exe.to_string_lossy()).with("shell", shell)
}

/// As [`places`], for one agent: `files` is the folder its injected files are in.
#[must_use]
pub fn places_of(exe: &Path, agent: &AgentName, worktree: &Path, files: &Path) -> Places {
    let shell = std::env::var("SHELL").unwrap_or_default();
    places(exe, &shell)
        .with("agent", agent.as_str())
        .with("worktree", worktree.to_string_lossy())
        .with("files", files.to_string_lossy())
}

/// Writes the files a profile injects for one run below `folder`, and removes what an earlier run left there.
fn write_files(profile: &Profile, places: &Places, folder: &Path) -> Result<(), String> {
    let failed = |path: &Path, e: std::io::Error| format!("write {}: {e}", path.display());
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(folder, e)),
        _ => {}
    }
    for (path, text) in profile.files(places) {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent);
        made.map_err(|e| failed(parent, e))?;
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| failed(&path, e))?;
    }
    Ok(())
}

/// `places` with `{gitdir}` and `{commondir}`, for programs that have to be told where a commit writes. They are
/// asked for only where an argument names them.
fn with_git_dirs(
    places: Places,
    argv: &[String],
    dirs: impl FnOnce() -> Result<(PathBuf, PathBuf), String>,
) -> Result<Places, String> {
    if !argv.iter().any(|a| a.contains("{gitdir") || a.contains("{commondir")) {
        return Ok(places);
    }
    let (own, common) = dirs()?;
    Ok(places.with("gitdir", own.to_string_lossy()).with("commondir", common.to_string_lossy()))
}

/// A worktree's own git directory, and the one that all worktrees share.
fn git_dirs(repository: &Path, worktree: &Path) -> Result<(PathBuf, PathBuf), String> {
    let dirs = crate::git::dirs(repository, worktree).map_err(|e| e.to_string())?;
    // git makes this folder with its first entry; a sandbox that opens it fails while it is missing.
    // Where it cannot be made, the program says so.
    let _ = std::fs::create_dir_all(dirs.common.join("logs"));
    Ok((dirs.own, dirs.common))
}

/// What stands for them where a program works in the user's own checkout, or without worktrees: empty folders, so that what git keeps
/// there, the target among it, stays closed to the program's sandbox.
fn closed_git_dirs(folder: &Path) -> Result<(PathBuf, PathBuf), String> {
    for name in ["objects", "refs", "logs"] {
        let path = folder.join(name);
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|e| format!("make {}: {e}", path.display()))?;
    }
    Ok((folder.to_owned(), folder.to_owned()))
}

/// `PATH` with the folder of this program first, so that `orchestra ready` works where nothing is installed.
fn path_with(exe: &Path) -> String {
    let own = exe.parent().map(Path::to_owned).unwrap_or_default();
    let rest = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
    let others = std::env::split_paths(&rest).filter(|p| *p != own);
    let all: Vec<PathBuf> = [own.clone()].into_iter().chain(others).collect();
    std::env::join_paths(all).unwrap_or(rest).to_string_lossy().into_owned()
}

/// The variables of `known` that a program gets: what every program needs, what its profile or the user
/// (`asked`) names; never what the profile strips.
#[must_use]
pub fn handed_on(
    profile: Option<&Profile>,
    asked: &[String],
    known: impl Iterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    let wanted = |name: &str| {
        HANDED_ON.contains(&name)
            || name.starts_with("LC_")
            || profile.map_or_else(|| asked.iter().any(|a| a == name), |p| p.hands_on(name, asked))
    };
    known.filter(|(name, _)| wanted(name)).collect()
}

impl Server {
    /// Everything a holder needs to start an agent's program.
    pub(super) fn spec(&self, agent: &Agent) -> Result<Spec, String> {
        let exe = &self.exe;
        let profile = self.state.profile(agent);
        let worktree = PathBuf::from(&agent.worktree);
        if !worktree.is_dir() {
            return Err(format!(
                "{}: its folder {} is gone; put it back, or `orchestra down` and `up` to make it anew",
                agent.name, agent.worktree
            ));
        }
        let files = self.dir.injected(&agent.name);
        let places = places_of(exe, &agent.name, &worktree, &files);
        let config = &self.state.config;
        let argv = match profile {
            _ if agent.spec.is_none() && !config.orchestrator.is_empty() && config.conductor().is_none() => {
                config.orchestrator.clone()
            }
            Some(profile) => {
                let failed = |why: String| format!("{}: {why}", agent.name);
                write_files(profile, &places, &files).map_err(failed)?;
                let profile = match agent.spec {
                    Some(_) => profile.clone(),
                    None => profile.written(&config.orchestrator),
                };
                let git = || match agent.spec {
                    Some(_) if config.worktrees => git_dirs(&self.file.repository, &worktree),
                    _ => closed_git_dirs(&files.join("git")),
                };
                let all = with_git_dirs(places.clone(), &profile.argv, git).map_err(failed)?;
                profile.command(&all, &agent.life.launch)
            }
            None => return Err(format!("{}: it has no profile", agent.name)),
        };
        let log_dir = self.log_dir(&agent.name);
        let env = self.environment(agent);
        let size = agent.pane.size;
        Ok(Spec {
            pane: agent.name.clone(),
            argv,
            cwd: worktree,
            recorded: self.state.config.records(&agent.name),
            secrets: self.secrets_of(&env),
            env: env.into_iter().collect(),
            rows: size.rows,
            cols: size.cols,
            log_dir,
            socket: self.holder_socket(&agent.name)?,
            origin: self.clock.origin(),
            segment_bytes: super::keeper::segment_size(&self.file),
            quota: self.file.config.record.pane_quota,
        })
    }

    /// The variables of an agent's program.
    pub(super) fn environment(&self, agent: &Agent) -> BTreeMap<String, String> {
        let (exe, profile) = (&self.exe, self.state.profile(agent));
        let places = places_of(exe, &agent.name, Path::new(&agent.worktree), &self.dir.injected(&agent.name));
        let known = super::secrets::environment();
        let mut env = handed_on(profile, &self.file.config.pass_env, known.into_iter());
        let mut set = |name: &str, value: String| drop(env.insert(name.to_owned(), value));
        set("PATH", path_with(exe));
        set("TERM", "xterm-256color".into());
        set("COLORTERM", "truecolor".into());
        if let Some(profile) = profile {
            profile.set_environment(&places, &mut env);
        }
        let mut set = |name: &str, value: String| drop(env.insert(name.to_owned(), value));
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
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn profile(text: &str) -> Profile {
        toml::from_str(&format!("name = \"p\"\ntitle = \"P\"\nargv = [\"p\"]\n{text}")).unwrap()
    }

    #[test]
    fn only_what_is_needed_or_asked_for_is_handed_on_and_never_what_is_stripped() {
        let profile = profile("pass = [\"KEY_*\"]\nstrip = [\"TMUX*\", \"CLAUDECODE\"]\n");
        let names = ["HOME", "LC_ALL", "KEY_A", "MINE", "TMUX_PANE", "CLAUDECODE", "OTHER"];
        let known = || names.iter().map(|n| ((*n).to_owned(), "1".to_owned()));
        let asked = ["MINE", "TMUX_PANE", "CLAUDECODE"].map(str::to_owned);
        let got: Vec<String> = handed_on(Some(&profile), &asked, known()).into_keys().collect();
        assert_eq!(got, ["HOME", "KEY_A", "LC_ALL", "MINE"]);
    }

    #[test]
    fn files_are_written_for_their_owner_alone_and_made_anew_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("injected/SEC");
        let places = places_of(Path::new("/bin/o"), &AgentName::new("SEC").unwrap(), dir.path(), &folder);
        let with = |path: &str| {
            profile(&format!("[[hook.file]]\npath = \"{path}\"\ntext = \"{{agent}} {{files}}\"\n"))
        };
        write_files(&with("a/one.txt"), &places, &folder).unwrap();
        let one = folder.join("a/one.txt");
        assert_eq!(std::fs::read_to_string(&one).unwrap(), format!("SEC {}", folder.display()));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&one), mode(&folder)), (0o600, 0o700));
        write_files(&with("two.txt"), &places, &folder).unwrap();
        assert!(!one.exists() && folder.join("two.txt").exists());
        write_files(&profile(""), &places, &folder).unwrap();
        assert!(!folder.exists(), "nothing is left where nothing is injected");
    }

    #[test]
    fn git_directories_are_looked_up_only_where_an_argument_names_them() {
        let kit = crate::git::testkit::Kit::new();
        let made = kit.worktree("SEC", "agent-3-sec");
        std::fs::remove_dir_all(kit.top.join(".git/logs")).unwrap();
        let fill = |text: &str, top: &Path, at: &Path| {
            let argv = [text.to_owned()];
            with_git_dirs(Places::default(), &argv, || git_dirs(top, at)).map(|places| places.fill(text))
        };
        let filled = fill("{gitdir:json}:{commondir}/refs", &kit.top, &made.path).unwrap();
        let dirs = crate::git::dirs(&kit.top, &made.path).unwrap();
        assert_eq!(filled, format!("{}:{}/refs", dirs.own.display(), dirs.common.display()));
        assert!(kit.top.join(".git/logs").is_dir());
        let nowhere = Path::new("/nonexistent");
        assert_eq!(fill("plain", nowhere, nowhere).unwrap(), "plain");
        fill("{gitdir}", &kit.top, &kit.top).unwrap_err();
        let closed = closed_git_dirs(&kit.top.join("files/git")).unwrap();
        assert!(closed.0 == closed.1 && closed.1.join("objects").is_dir());
        assert!(!closed.0.starts_with(kit.top.join(".git")), "the user's own stay closed");
    }
}
