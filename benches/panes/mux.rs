//! The multiplexers, each with the same programs in its panes.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::outer::{COLS, Outer, ROWS};
use crate::procs::{self, Proc};

/// Rows of history, for all.
const HISTORY: usize = 2000;
const EXE: &str = env!("CARGO_BIN_EXE_orchestra");

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mux {
    Ours,
    Tmux,
    Mprocs,
    Zellij,
}

impl Mux {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "orchestra",
            Self::Tmux => "tmux",
            Self::Mprocs => "mprocs",
            Self::Zellij => "zellij",
        }
    }

    /// Its version, where it is installed.
    pub fn version(self) -> Option<String> {
        let (program, flag) = match self {
            Self::Ours => return Some(String::new()),
            Self::Tmux => ("tmux", "-V"),
            Self::Mprocs => ("mprocs", "--version"),
            Self::Zellij => ("zellij", "--version"),
        };
        let said = Command::new(program).arg(flag).output().ok().filter(|o| o.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    }
}

/// A multiplexer with its panes.
pub struct Session {
    mux: Mux,
    root: tempfile::TempDir,
    env: Vec<(String, String)>,
    pub outer: Outer,
}

impl Session {
    /// Starts it. Each of `programs` is what a shell is to run in a pane, `{dir}` being a directory for it.
    pub fn start(mux: Mux, programs: &[String]) -> Self {
        let root = tempfile::Builder::new().prefix("panes-").tempdir_in("/tmp").expect("a directory");
        let dir = root.path();
        for name in ["home", "run", "data", "repo", "done"] {
            std::fs::create_dir(dir.join(name)).expect("a directory");
        }
        std::fs::set_permissions(dir.join("run"), std::fs::Permissions::from_mode(0o700)).expect("a mode");
        let at = |name: &str| dir.join(name).display().to_string();
        let scripts: Vec<String> = (0..programs.len()).map(|n| at(&format!("P{n}.sh"))).collect();
        for (script, program) in scripts.iter().zip(programs) {
            let text = format!("#!/bin/sh\n{}\n", program.replace("{dir}", &dir.display().to_string()));
            std::fs::write(script, text).expect("a script");
            std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let env = [
            ("ORCHESTRA_DATA_DIR", at("data")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("TMUX_TMPDIR", at("run")),
            ("ZELLIJ_SOCKET_DIR", at("run")),
            ("HOME", at("home")),
            ("PATH", path),
            ("SHELL", "/bin/sh".into()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ];
        let env: Vec<(String, String)> = env.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        let argv = match mux {
            Mux::Ours => ours(dir, &env, scripts.len()),
            Mux::Tmux => tmux(dir, &scripts),
            Mux::Mprocs => mprocs(dir, &scripts),
            Mux::Zellij => zellij(dir, &scripts),
        };
        let outer = Outer::new(&argv, &env, &at("repo"));
        Self { mux, env, outer, root }
    }

    pub fn dir(&self) -> &Path {
        self.root.path()
    }

    fn mark(&self) -> String {
        self.dir().display().to_string()
    }

    /// Its processes, without what runs in the panes.
    pub fn processes(&self) -> BTreeMap<u64, Proc> {
        procs::multiplexer(&self.mark())
    }

    /// Its server alone, where there is one.
    pub fn server(&self) -> Option<u64> {
        let serves = |p: &Proc| p.command.contains(" serve ") || p.command.starts_with("tmux");
        self.processes().into_iter().filter(|(_, p)| serves(p)).max_by_key(|(_, p)| p.cpu).map(|(pid, _)| pid)
    }

    /// Has what is typed go to the first pane.
    pub fn type_into_first(&self) {
        let keys: &[u8] = match self.mux {
            Mux::Ours => b"\r",
            Mux::Mprocs => b"\x01",
            Mux::Tmux | Mux::Zellij => return,
        };
        self.outer.send(keys);
        std::thread::sleep(Duration::from_millis(500));
    }

    /// Waits until so many files are in the directory of what is done.
    pub fn done(&self, count: usize, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let there = || std::fs::read_dir(self.dir().join("done")).map_or(0, Iterator::count);
        while there() < count {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(3));
        }
        true
    }

    /// Starts a command of ours that is spoken with, from outside the panes.
    pub fn piped(&self, args: &[&str]) -> Child {
        let mut command = Command::new(EXE);
        command.args(args).current_dir(self.dir().join("repo")).env_clear().envs(self.env.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a command")
    }

    /// Runs a command of ours, from outside the panes; what it said.
    pub fn run(&self, args: &[&str]) -> String {
        said(EXE, args, &self.dir().join("repo"), &self.env)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let tmux = self.dir().join("tmux.sock").display().to_string();
        match self.mux {
            Mux::Ours => drop(self.run(&["down"])),
            Mux::Tmux => drop(Command::new("tmux").args(["-S", &tmux, "kill-server"]).output()),
            Mux::Mprocs | Mux::Zellij => {}
        }
        for signal in ["TERM", "KILL"] {
            procs::marked(&self.mark()).into_iter().for_each(|pid| procs::kill(signal, pid));
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn said(program: &str, args: &[&str], dir: &Path, env: &[(String, String)]) -> String {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).env_clear().envs(env.iter().cloned()).stdin(Stdio::null());
    let done = command.output().expect("a command");
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

/// A session of agents whose profile is the script of that name.
fn ours(dir: &Path, env: &[(String, String)], panes: usize) -> Vec<String> {
    let repo = dir.join("repo");
    let names: Vec<String> = (0..panes).map(|n| format!("P{n}")).collect();
    let mut text = String::from("[session]\nname = \"s\"\norchestrator = [\"sleep\", \"1000000\"]\n");
    text += "[team]\nprofile = \"bench\"\n";
    for name in &names {
        text += &format!("[[team.agent]]\nname = \"{name}\"\nbranch = \"b-{name}\"\nfocus = [\"{name}/\"]\n");
    }
    let list = names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
    text += &format!("[[tab]]\nname = \"All\"\npanes = [{list}]\n");
    let profile = format!(
        "name = \"bench\"\ntitle = \"Bench\"\nargv = [\"/bin/sh\", \"{}/{{agent}}.sh\"]\n",
        dir.display()
    );
    std::fs::create_dir(repo.join("profiles")).expect("a directory");
    std::fs::write(repo.join("profiles/bench.toml"), profile).expect("a profile");
    std::fs::write(repo.join("orchestra.toml"), text).expect("a configuration");
    let identity = "[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n";
    std::fs::write(dir.join("home/.gitconfig"), identity).expect("a configuration");
    for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "start"]] {
        said("git", args, &repo, env);
    }
    let up = said(EXE, &["up", "--detach"], &repo, env);
    assert!(!up.contains("failed to"), "{up}");
    vec![EXE.to_owned(), "attach".to_owned()]
}

fn tmux(dir: &Path, scripts: &[String]) -> Vec<String> {
    let conf = dir.join("tmux.conf");
    let text = format!(
        "set -g history-limit {HISTORY}\nset -g default-command ''\nset -g remain-on-exit on\nset -g escape-time 0\n"
    );
    std::fs::write(&conf, text).expect("a configuration");
    let (rows, cols) = (ROWS.to_string(), COLS.to_string());
    let path = |p: PathBuf| p.display().to_string();
    let mut argv: Vec<String> =
        ["tmux", "-S", &path(dir.join("tmux.sock")), "-f", &path(conf), "new-session"]
            .map(str::to_owned)
            .to_vec();
    argv.extend(["-x", &cols, "-y", &rows, &scripts[0]].map(str::to_owned));
    for script in &scripts[1..] {
        argv.extend([";", "split-window", script, ";", "select-layout", "tiled"].map(str::to_owned));
    }
    argv.extend([";", "select-pane", "-t", "0"].map(str::to_owned));
    argv
}

fn mprocs(dir: &Path, scripts: &[String]) -> Vec<String> {
    let conf = dir.join("mprocs.yaml");
    let mut text = format!("scrollback: {HISTORY}\nprocs:\n");
    for (n, script) in scripts.iter().enumerate() {
        text += &format!("  p{n:03}:\n    shell: \"{script}\"\n");
    }
    std::fs::write(&conf, text).expect("a configuration");
    vec!["mprocs".into(), "--config".into(), conf.display().to_string()]
}

fn zellij(dir: &Path, scripts: &[String]) -> Vec<String> {
    let conf = dir.join("zellij.kdl");
    let text = format!(
        "show_startup_tips false\nshow_release_notes false\nscroll_buffer_size {HISTORY}\n\
         session_serialization false\nsupport_kitty_keyboard_protocol false\ndefault_mode \"locked\"\n"
    );
    std::fs::write(&conf, text).expect("a configuration");
    let mut layout = String::from("layout {\n pane split_direction=\"vertical\" {\n");
    for column in 0..2.min(scripts.len()) {
        layout += "  pane split_direction=\"horizontal\" {\n";
        for (n, script) in scripts.iter().enumerate().filter(|(n, _)| n % 2 == column) {
            let focus = if n == 0 { "focus=true " } else { "" };
            layout += &format!("   pane command=\"{script}\" {focus}\n");
        }
        layout += "  }\n";
    }
    layout += " }\n}\n";
    let plan = dir.join("layout.kdl");
    std::fs::write(&plan, layout).expect("a layout");
    ["zellij", "--config", &conf.display().to_string(), "-s", "bench", "-n", &plan.display().to_string()]
        .map(str::to_owned)
        .to_vec()
}
