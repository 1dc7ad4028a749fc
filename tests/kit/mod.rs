//! The real program on a repository, a data directory and a socket root of its own.

// A kit may unwrap: what fails here fails the test. Not every test uses all of it.
#![allow(dead_code, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

pub mod log;
pub mod proc;
pub mod schema;
pub mod term;
pub mod tmux;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The longest anything may take: generous, as the machine may be busy.
pub const LIMIT: Duration = Duration::from_secs(60);
pub const EXE: &str = env!("CARGO_BIN_EXE_orchestra");

/// Asks until it holds, or fails naming what never came.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < end, "never came: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What a command said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one object on standard output.
    #[track_caller]
    pub fn object(&self) -> Value {
        assert_eq!(self.out.trim_end().lines().count(), 1, "one object: {self:#?}");
        serde_json::from_str(&self.out).unwrap()
    }

    /// Asserts the status, and that standard error holds every one of `parts`.
    #[track_caller]
    pub fn refused(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for part in parts {
            assert!(self.err.contains(part), "`{part}` is not in {self:#?}");
        }
    }
}

/// A place with nothing of the user's in it. Whatever was started is ended with it.
pub struct Place {
    root: tempfile::TempDir,
}

impl Place {
    /// An empty place.
    pub fn empty() -> Self {
        let root = tempfile::Builder::new().prefix("oe2e-").tempdir_in("/tmp").unwrap();
        for folder in ["repo", "data", "run", "home", "bin"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        fs::set_permissions(root.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let identity = "[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n";
        fs::write(root.path().join("home/.gitconfig"), identity).unwrap();
        Self { root }
    }

    /// A repository with one commit.
    pub fn repository() -> Self {
        let place = Self::empty();
        place.git(&["init", "-q", "-b", "main"]);
        fs::write(place.repo().join("README.md"), "a\n").unwrap();
        place.git(&["add", "-A"]);
        place.git(&["commit", "-q", "-m", "start"]);
        place
    }

    /// A repository whose committed configuration has these agents, plain shells, and `more` behind it.
    pub fn with_shells(agents: &[&str], more: &str) -> Self {
        Self::with_team(agents, "shell", more)
    }

    /// As [`Self::with_shells`], with a profile of the caller's.
    pub fn with_team(agents: &[&str], profile: &str, more: &str) -> Self {
        let place = Self::repository();
        place.configure(agents, profile, more);
        place
    }

    /// Writes and commits `orchestra.toml`.
    pub fn configure(&self, agents: &[&str], profile: &str, more: &str) {
        let mut text = format!("[session]\nname = \"s\"\n[team]\nprofile = \"{profile}\"\n");
        for name in agents {
            let low = name.to_lowercase();
            text +=
                &format!("[[team.agent]]\nname = \"{name}\"\nbranch = \"b-{low}\"\nfocus = [\"{low}/\"]\n");
        }
        fs::write(self.repo().join("orchestra.toml"), text + more).unwrap();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "team"]);
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn repo(&self) -> PathBuf {
        self.root.path().join("repo")
    }

    /// What marks every process started here: a text found in its environment.
    pub fn mark(&self) -> String {
        self.root.path().to_string_lossy().into_owned()
    }

    /// The environment of everything run here.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let below = |name: &str| self.root.path().join(name).to_string_lossy().into_owned();
        let path = std::env::var("PATH").unwrap_or_default();
        vec![
            ("ORCHESTRA_DATA_DIR", below("data")),
            ("XDG_RUNTIME_DIR", below("run")),
            ("HOME", below("home")),
            ("PATH", format!("{}:{path}", below("bin"))),
            ("SHELL", "/bin/sh".into()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ]
    }

    /// A command with this place's environment and nothing else.
    pub fn command(&self, program: &str, args: &[&str], dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(dir).env_clear().envs(self.env()).stdin(Stdio::null());
        command
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.repo(), args)
    }

    #[track_caller]
    pub fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let done = self.command("git", args, dir).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&self.repo(), args)
    }

    pub fn run_in(&self, dir: &Path, args: &[&str]) -> Ran {
        finish(self.command(EXE, args, dir), args)
    }

    /// Runs to status 0 and gives standard output.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:#?}");
        ran.out
    }

    /// As [`Self::ok`], as JSON: one object on one line.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.ok(&[args, &["--json"]].concat());
        assert_eq!(out.trim_end().lines().count(), 1, "{out}");
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"))
    }

    pub fn status(&self) -> Value {
        self.json(&["status"])
    }

    /// One agent's object in the status.
    #[track_caller]
    pub fn agent(&self, name: &str) -> Value {
        let status = self.status();
        let agents = status["agents"].as_array().unwrap();
        agents.iter().find(|a| a["name"] == name).unwrap_or_else(|| panic!("no {name}: {status}")).clone()
    }

    pub fn worktree(&self, name: &str) -> PathBuf {
        PathBuf::from(self.agent(name)["worktree"].as_str().unwrap())
    }

    /// Name and process of every agent.
    pub fn pids(&self) -> Vec<(String, u64)> {
        let status = self.status();
        let pid = |a: &Value| (a["name"].as_str().unwrap().to_owned(), a["pid"].as_u64().unwrap_or(0));
        status["agents"].as_array().unwrap().iter().map(pid).collect()
    }

    /// Starts the session and waits until every agent is idle.
    #[track_caller]
    pub fn up(&self) {
        self.ok(&["up", "--detach"]);
        self.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    }

    /// The session's directory.
    pub fn session(&self) -> PathBuf {
        let sessions = self.json(&["ls"]);
        PathBuf::from(sessions["sessions"][0]["dir"].as_str().unwrap_or_else(|| panic!("{sessions}")))
    }

    /// Types a command line into a shell agent, and waits until `done` shows in its pane.
    #[track_caller]
    pub fn shell(&self, agent: &str, line: &str, done: &str) {
        self.ok(&["send", agent, "--text", line, "--wait"]);
        self.shows(agent, done);
    }

    /// Waits until a pane shows a line that equals `line`.
    #[track_caller]
    pub fn shows(&self, agent: &str, line: &str) {
        wait_until(&format!("{agent} shows {line}"), || {
            let pane = self.json(&["read", agent, "--lines", "200"]);
            pane["lines"].as_array().unwrap().iter().any(|l| l == line)
        });
    }

    /// Commits one file in an agent's worktree, as the agent would.
    pub fn commit(&self, agent: &str, path: &str, text: &str) {
        let tree = self.worktree(agent);
        fs::create_dir_all(tree.join(path).parent().unwrap()).unwrap();
        fs::write(tree.join(path), text).unwrap();
        self.git_in(&tree, &["add", "-A"]);
        self.git_in(&tree, &["commit", "-q", "-m", &format!("feat: {path}")]);
    }

    /// An executable script found by PATH.
    pub fn program(&self, name: &str, script: &str) {
        let path = self.root().join("bin").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn server(&self) -> u64 {
        self.status()["server_pid"].as_u64().unwrap()
    }

    /// After `down`: nothing of the agents is left at this moment, and holders and server, which may be
    /// on their way out, go.
    #[track_caller]
    pub fn assert_nothing_left(&self) {
        let ours = |name: &String| name.contains(" hold ") || name.contains(" serve ");
        let left = proc::names(&proc::marked(&self.mark()));
        // An empty command line: it has ended since.
        let left: Vec<String> = left.into_iter().filter(|n| !ours(n) && n.trim().contains(' ')).collect();
        assert!(left.is_empty(), "{left:?}");
        wait_until("holders and server are gone", || proc::marked(&self.mark()).is_empty());
    }

    /// Kills the server and waits until it is gone.
    pub fn kill_server(&self) {
        let pid = self.server();
        proc::kill("KILL", pid);
        wait_until("the server is gone", || !proc::alive(pid));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for session in fs::read_dir(self.root().join("data/sessions")).into_iter().flatten().flatten() {
            for dir in fs::read_dir(session.path()).into_iter().flatten().flatten() {
                let name = dir.file_name().to_string_lossy().into_owned();
                let _ = self.command(EXE, &["down", &name], &self.repo()).output();
            }
        }
        for pid in proc::marked(&self.mark()) {
            proc::kill("KILL", pid);
        }
        if std::thread::panicking() {
            let logs = self.command("sh", &["-c", "tail -n 30 data/sessions/*/*/server.log"], self.root());
            eprintln!("{}", finish(logs, &["server.log"]).out);
        }
    }
}

/// Runs a command with a limit. Output goes through files: what it leaves behind cannot hold us.
pub fn finish(mut command: Command, what: &[&str]) -> Ran {
    let (out, err) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    command.stdout(out.reopen().unwrap()).stderr(err.reopen().unwrap());
    let mut child: Child = command.spawn().unwrap();
    let end = Instant::now() + LIMIT * 3;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > end => {
                child.kill().unwrap();
                panic!("{what:?} did not end: {}", fs::read_to_string(err.path()).unwrap_or_default());
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let text = |file: &tempfile::NamedTempFile| {
        String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned()
    };
    Ran { code: status.code(), out: text(&out), err: text(&err) }
}
