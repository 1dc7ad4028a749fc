//! Repositories to measure on, generated with `git fast-import`. The same size gives the same commits.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use orchestra::domain::id::Oid;

/// The branches that are compared and merged.
pub const BRANCHES: usize = 8;

/// How large a repository is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub name: &'static str,
    pub files: usize,
    pub folders: usize,
    pub lines: usize,
    pub commits: usize,
    /// Files each branch edits.
    pub edits: usize,
}

pub const SIZES: [Size; 3] = [
    Size { name: "small", files: 400, folders: 20, lines: 60, commits: 50, edits: 20 },
    Size { name: "medium", files: 5_000, folders: 250, lines: 120, commits: 30_000, edits: 40 },
    Size { name: "large", files: 100_000, folders: 2_000, lines: 12, commits: 300, edits: 60 },
];

/// A repository with branches `team/0` to `team/7`, one commit each on a commit of `main`, which has moved on since.
pub struct Repo {
    pub top: PathBuf,
    pub main: Oid,
}

pub fn branch(n: usize) -> String {
    format!("team/{n}")
}

/// Runs git without anybody's configuration.
pub fn git(dir: &Path, args: &[&str]) -> String {
    let out = command(dir, args).output().expect("git runs");
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
}

pub fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (key, value) in [
        ("HOME", "/nonexistent"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.org"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.org"),
    ] {
        command.env(key, value);
    }
    command
}

impl Repo {
    /// Makes the repository below `dir`, with its files checked out.
    pub fn make(dir: &Path, size: &Size) -> Self {
        let top = dir.join(size.name);
        std::fs::create_dir_all(&top).expect("a folder");
        git(&top, &["init", "-q", "-b", "main"]);
        let mut import = command(&top, &["fast-import", "--quiet"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("git fast-import runs");
        let mut pipe = std::io::BufWriter::new(import.stdin.take().expect("a pipe"));
        let mut stream = Stream { size: *size, text: String::new(), time: 1_600_000_000 };
        stream.history(&mut |text| pipe.write_all(text.as_bytes()).expect("git fast-import reads"));
        drop(pipe);
        assert!(import.wait().expect("it ends").success());
        git(&top, &["reset", "-q", "--hard", "main"]);
        Self::at(&top)
    }

    /// One that was made before.
    pub fn at(top: &Path) -> Self {
        let oid = |rev: &str| Oid(git(top, &["rev-parse", "--verify", rev]));
        Self { top: top.to_owned(), main: oid("main") }
    }

    pub fn oid(&self, rev: &str) -> Oid {
        Oid(git(&self.top, &["rev-parse", "--verify", rev]))
    }
}

struct Stream {
    size: Size,
    text: String,
    time: u64,
}

impl Stream {
    fn history(&mut self, write: &mut dyn FnMut(&str)) {
        let size = self.size;
        self.commit("refs/heads/main", None, "first");
        for n in 0..size.files {
            let (path, content) = (self.path(n), self.content(n, &[]));
            self.file(&path, &content);
            self.flush(write, 1 << 20);
        }
        let shared: String = (0..BRANCHES * 40).map(|n| format!("shared line {n}\n")).collect();
        self.file("registry.txt", &shared);
        for n in 1..size.commits {
            self.commit("refs/heads/main", None, &format!("change {n}"));
            // Half of all files take part, the first ones: branches edit the others.
            let file = n * 7919 % (size.files / 2);
            let (path, content) = (self.path(file), self.content(file, &[(n % size.lines, n)]));
            self.file(&path, &content);
            self.flush(write, 1 << 20);
        }
        self.text.push_str("reset refs/heads/base\nfrom refs/heads/main\n\n");
        for b in 0..BRANCHES {
            self.branch(b, &shared);
        }
        for n in 0..3 {
            self.commit("refs/heads/main", None, &format!("meanwhile {n}"));
            let (path, content) = (self.path(n), self.content(n, &[(0, n)]));
            self.file(&path, &content);
        }
        self.flush(write, 0);
    }

    /// One commit: edits, two renames, new files, and files that others edit too, at other lines.
    fn branch(&mut self, b: usize, shared: &str) {
        let size = self.size;
        self.commit(&format!("refs/heads/{}", branch(b)), Some("refs/heads/base"), &format!("work of {b}"));
        let half = size.files / 2;
        let own = |i: usize| half + (i * BRANCHES + b) * 13 % (half - 1);
        for i in 0..size.edits {
            let file = own(i);
            let (path, content) = (self.path(file), self.content(file, &[(i % size.lines, 1000 + b)]));
            self.file(&path, &content);
        }
        for i in 0..4 {
            // Edited by the next branch as well, far from here.
            for (which, line) in [(b, 1), ((b + 1) % BRANCHES, size.lines - 2)] {
                let file = which * 4 + i;
                let (path, content) = (self.shared_path(file), self.content(file, &[(line, 2000 + b)]));
                self.file(&path, &content);
            }
            self.file(&format!("new/of{b}/file{i}.txt"), &format!("new {b} {i}\n"));
        }
        for i in 0..2 {
            let file = own(i);
            let (old, new) = (self.path(file), format!("moved/of{b}/file{i}.txt"));
            let _ = writeln!(self.text, "R {old} {new}");
        }
        let line = format!("shared line {}\n", b * 40 + 5);
        self.file("registry.txt", &shared.replace(&line, &format!("entry of {b}\n")));
    }

    /// Files that branches share; no commit of main touches them.
    fn shared_path(&self, n: usize) -> String {
        self.path(self.size.files - 1 - n)
    }

    fn path(&self, n: usize) -> String {
        let folder = n % self.size.folders;
        format!("part{}/module{}/file{n}.txt", folder / 20, folder % 20)
    }

    fn content(&self, n: usize, edits: &[(usize, usize)]) -> String {
        let mut text = String::new();
        for line in 0..self.size.lines {
            match edits.iter().find(|(at, _)| *at == line) {
                Some((_, by)) => drop(writeln!(text, "line {line} of file {n}, edited by {by}")),
                None => drop(writeln!(text, "line {line} of file {n}, as it was in the beginning")),
            }
        }
        text
    }

    fn commit(&mut self, branch: &str, from: Option<&str>, message: &str) {
        self.time += 60;
        let _ = write!(
            self.text,
            "commit {branch}\ncommitter Ada <ada@example.org> {} +0000\ndata {}\n{message}\n",
            self.time,
            message.len()
        );
        if let Some(from) = from {
            let _ = writeln!(self.text, "from {from}");
        }
    }

    fn file(&mut self, path: &str, content: &str) {
        let _ = write!(self.text, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
    }

    fn flush(&mut self, write: &mut dyn FnMut(&str), most: usize) {
        if self.text.len() > most {
            write(&self.text);
            self.text.clear();
        }
    }
}
