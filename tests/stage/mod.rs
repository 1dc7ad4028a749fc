//! The real program in a real terminal with a real repository, for tests.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub const LIMIT: Duration = Duration::from_secs(60);

/// A repository, and the agent in a terminal.
pub struct Stage {
    /// What goes when the stage goes: programs, and the repository unless it is somebody else's.
    pub dir: tempfile::TempDir,
    pub repo: PathBuf,
    pub base: String,
    pub master: Box<dyn MasterPty>,
    pub writer: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    pub seen: Arc<Mutex<Vec<u8>>>,
}

impl Stage {
    /// In a small repository of its own.
    pub fn new(agent: &str, misbehave: &str, more: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = dir.path().join("repo");
        std::fs::create_dir_all(repo.join("policies")).unwrap();
        std::fs::write(repo.join("build.sh"), "cat policies/*.sh > /dev/null && echo built\n").unwrap();
        std::fs::write(repo.join("policies/a.sh"), "# One.\n").unwrap();
        first_commit(&repo);
        Self::start(dir, repo, agent, "policies", misbehave, more)
    }

    /// In the work tree `repo`, with `focus` to work in.
    pub fn within(repo: &Path, agent: &str, focus: &str, more: &[&str]) -> Self {
        Self::start(tempfile::tempdir().unwrap(), repo.to_owned(), agent, focus, "", more)
    }

    fn start(
        dir: tempfile::TempDir,
        repo: PathBuf,
        agent: &str,
        focus: &str,
        misbehave: &str,
        more: &[&str],
    ) -> Self {
        std::fs::create_dir(dir.path().join("bin")).unwrap();
        let base = git(&repo, &["rev-parse", "HEAD"]);
        let pair = native_pty_system()
            .openpty(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_orchestra"));
        command.args(["rehearse", "--agent", agent]);
        command.args(more);
        command.cwd(&repo);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", dir.path().join("bin").display()));
        command.env("ORCHESTRA_FOCUS", focus);
        command.env("ORCHESTRA_REHEARSE_SPEED", "50");
        command.env("ORCHESTRA_REHEARSE_MISBEHAVE", misbehave);
        let child = pair.slave.spawn_command(command).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let sink = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                sink.lock().unwrap().extend(&bytes[..n]);
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let mut stage = Self { dir, repo, base, master: pair.master, writer, child, seen };
        stage.until("its prompt box", |s| s.text().contains("\x1b[?2004h"));
        stage
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.repo, arguments)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + LIMIT;
        while !holds(self) {
            if Instant::now() >= end {
                let text = self.text();
                let tail: String =
                    text.chars().rev().take(3000).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("never came: {what}\n{tail:?}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn write(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Pastes, waits until it shows, sends Enter by itself.
    pub fn paste(&mut self, text: &str) {
        let before = self.text().len();
        self.write(&format!("\x1b[200~{text}\x1b[201~"));
        self.until("the pasted text", |s| s.text()[before..].contains("> "));
    }

    pub fn submit(&mut self, text: &str) {
        self.paste(text);
        self.write("\r");
    }

    /// How often it became idle after work.
    pub fn turns(&self) -> usize {
        self.text().matches("\x1b]133;D;0\x07").count()
    }

    pub fn turn(&mut self, text: &str) {
        let before = self.turns();
        self.submit(text);
        self.until("the end of the turn", |s| s.turns() > before);
    }

    pub fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", &format!("{}..HEAD", self.base)]).parse().unwrap()
    }

    pub fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    pub fn wrap_up(&self) -> String {
        format!(
            "WRAP-UP for SEC\n    git reset --soft {}\nCheck the build: `sh build.sh`.\nYour code for this is \
             `k7f3`.\nElse print `[AGENT] SEC READY FOR MERGE`\nfollowed by a space and your code.",
            &self.base[..7]
        )
    }

    pub fn refused(&self, reason: &str) -> String {
        format!("SEC is not ready yet:\n- {reason}\nYour code for this is `m2p9`.")
    }

    /// Whether `line` was printed as a whole line of its own, in plain style.
    pub fn line(&self, line: &str) -> bool {
        let text = self.text();
        text.split("\r\n").any(|l| l.rsplit("\x1b[J").next() == Some(line))
    }

    /// Whether `line` was printed as a whole line of its own, in whatever style.
    pub fn shows(&self, line: &str) -> bool {
        let styled = format!("m{line}\x1b[m");
        self.line(line) || self.text().split("\r\n").any(|l| l.ends_with(&styled))
    }

    pub fn ended(&mut self) -> u32 {
        let mut status = None;
        self.until("the end of the program", |s| {
            status = s.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().exit_code()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes `dir` a repository with all of its files in one commit on `main`.
pub fn first_commit(dir: &Path) {
    for args in [
        &["init", "-q", "-b", "main"][..],
        &["config", "user.name", "t"],
        &["config", "user.email", "t@example.org"],
        &["config", "commit.gpgsign", "false"],
        &["add", "-A"],
        &["commit", "-q", "-m", "start"],
    ] {
        git(dir, args);
    }
}

pub fn git(repo: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git").current_dir(repo).args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
}
