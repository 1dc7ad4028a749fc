//! Real temporary repositories with pinned dates and ids.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Worktree, WorktreeSpec, ensure_worktree};
use crate::domain::id::{AgentName, Oid};
use crate::domain::train::{Step, TrainPlan};

thread_local! {
    static BETWEEN: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

thread_local! {
    static USER: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// Makes a file the user's global configuration for this thread; without one the user has set nothing.
pub(crate) fn set_user_config(file: &Path) {
    USER.with(|u| *u.borrow_mut() = Some(file.to_owned()));
}

pub(crate) fn user_config() -> Option<PathBuf> {
    USER.with(|u| u.borrow().clone())
}

/// Runs `what` once on this thread after an apply moved the files and before it moves the branch.
pub(crate) fn on_between(what: impl FnOnce() + 'static) {
    BETWEEN.with(|b| *b.borrow_mut() = Some(Box::new(what)));
}

/// Called between the files' move and the branch's.
pub(crate) fn between(_target: &str) {
    if let Some(what) = BETWEEN.with(|b| b.borrow_mut().take()) {
        what();
    }
}

/// Waits for something with a deadline.
pub(crate) fn wait_until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A repository at `top` with branch `main`; worktrees go beside it.
pub(crate) struct Kit {
    dir: tempfile::TempDir,
    pub(crate) top: PathBuf,
}

/// Runs git with pinned identity and dates and nobody's configuration.
pub(crate) fn git_in(dir: &Path, args: &[&str]) -> Result<String, String> {
    let out = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.org")
        .env("GIT_AUTHOR_DATE", "1700000000 +0000")
        .env("GIT_COMMITTER_DATE", "1700000000 +0000")
        .output()
        .unwrap();
    let text = |b: &[u8]| String::from_utf8_lossy(b).trim_end().to_owned();
    if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stderr)) }
}

impl Kit {
    /// A repository with one commit of three files.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap().join("repo");
        fs::create_dir(&top).unwrap();
        let kit = Self { dir, top };
        kit.git(&["init", "-q", "-b", "main"]);
        kit.write("README.md", "# demo\n");
        kit.write("src/a.txt", &numbered(20));
        kit.write("src/b.txt", &numbered(20));
        kit.commit("first");
        kit
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        git_in(&self.top, args).unwrap_or_else(|e| panic!("git {args:?}: {e}"))
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.top.join(path), text);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.top.join(path)).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) -> Oid {
        commit(&self.top, message)
    }

    pub(crate) fn oid(&self, rev: &str) -> Oid {
        Oid(self.git(&["rev-parse", "--verify", rev]))
    }

    /// A worktree `name` on branch `branch`.
    pub(crate) fn worktree(&self, name: &str, branch: &str) -> Worktree {
        self.try_worktree(&self.beside(name), branch).unwrap()
    }

    pub(crate) fn try_worktree(&self, path: &Path, branch: &str) -> Result<Worktree, super::Error> {
        let base = self.oid("main");
        let email = "agent@example.org";
        let spec = WorktreeSpec { path, branch, base: &base, recorded: None, name: "Agent", email };
        ensure_worktree(&self.top, &spec)
    }

    /// A worktree whose branch has one commit made by `edit`.
    pub(crate) fn work(&self, name: &str, edit: impl FnOnce(&Path)) -> Worktree {
        let made = self.worktree(name, &format!("agent-{}", name.to_lowercase()));
        edit(&made.path);
        commit(&made.path, &format!("feat: work of {name}"));
        made
    }

    /// The plan that merges these into main.
    pub(crate) fn plan(&self, branches: &[&Worktree]) -> TrainPlan {
        let step = |w: &&Worktree| Step {
            agent: agent(w.path.file_name().unwrap().to_str().unwrap()),
            branch: w.branch.clone(),
            oid: self.oid(&format!("refs/heads/{}", w.branch)),
            message: format!("merge: {}", w.branch),
        };
        let steps = branches.iter().map(step).collect();
        TrainPlan {
            id: 1,
            target: "main".into(),
            base: self.oid("main"),
            steps,
            date: 1_700_000_100,
            author: None,
            resolved: Vec::new(),
            sign: crate::domain::team::Signing::default(),
        }
    }

    /// All refs but those given up on purpose.
    pub(crate) fn refs(&self) -> String {
        self.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }

    /// Every file below the object directory.
    pub(crate) fn objects(&self) -> Vec<PathBuf> {
        files(&self.top.join(".git/objects"))
    }

    pub(crate) fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }
}

pub(crate) fn agent(name: &str) -> AgentName {
    AgentName::new(name).unwrap()
}

pub(crate) fn commit(dir: &Path, message: &str) -> Oid {
    git_in(dir, &["add", "-A"]).unwrap();
    git_in(dir, &["commit", "-q", "-m", message]).unwrap();
    Oid(git_in(dir, &["rev-parse", "HEAD"]).unwrap())
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(crate) fn numbered(lines: u32) -> String {
    (1..=lines).map(|n| format!("line {n}\n")).collect()
}

/// Text of `lines` with line `at` replaced.
pub(crate) fn edited(lines: u32, at: u32, text: &str) -> String {
    numbered(lines).replace(&format!("line {at}\n"), &format!("{text}\n"))
}

pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
