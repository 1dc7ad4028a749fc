//! The git program without configuration that an agent could write.
//!
//! It gets a git directory of its own, made for the occasion: the repository's objects, index, sparse patterns
//! and working tree, but neither its configuration nor its hooks. So no fsmonitor, hook, filter or driver can
//! run, even one that was planted a moment ago, while the index is locked as git locks it. Filters and merge
//! drivers are the user's own (system and global configuration), as are ignored and attribute files.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use git2::Repository;

use super::error::io;
use super::lock::Lock;
use super::passing::Passing;
use super::user::User;
use super::{Error, kinds, program};

/// How files look on disk and which are there: the only settings of the repository that are carried over.
const CARRIED: [&str; 12] = [
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.symlinks",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.protecthfs",
    "core.protectntfs",
    "core.trustctime",
    "core.sparsecheckout",
    "core.sparsecheckoutcone",
    "index.sparse",
];
/// The most paths given to one command.
const MAX_PATHS: usize = 500;

/// How long a command that only reads may take.
const READING: Duration = Duration::from_secs(300);
/// How long a command that writes files may take.
const WRITING: Duration = Duration::from_secs(3600);

/// A way to run git on a working tree, the main one or a linked one.
pub(super) struct Plain<'l> {
    dir: Passing,
    lock: Option<&'l Lock>,
    limit: Duration,
    top: PathBuf,
    env: Vec<(&'static str, OsString)>,
}

impl<'l> Plain<'l> {
    /// Prepares it for changing files. Its children keep `lock` until they have ended.
    pub(super) fn new(tree: &Repository, lock: &'l Lock) -> Result<Self, Error> {
        Self::prepare(tree, Some(lock), WRITING)
    }

    /// Prepares it for looking at files.
    pub(super) fn reading(tree: &Repository) -> Result<Plain<'static>, Error> {
        Plain::prepare(tree, None, READING)
    }

    /// Prepares it for filling a working tree in which nobody works yet.
    pub(super) fn filling(tree: &Repository) -> Result<Plain<'static>, Error> {
        Plain::prepare(tree, None, WRITING)
    }

    fn prepare(tree: &Repository, lock: Option<&'l Lock>, limit: Duration) -> Result<Self, Error> {
        let dir = Passing::new().map_err(io("temporary folder"))?;
        let own = dir.path();
        let top = tree.workdir().ok_or_else(|| Error::Bare(tree.path().to_owned()))?.to_owned();
        for folder in ["refs", "objects", "info"] {
            fs::create_dir(own.join(folder)).map_err(io(own))?;
        }
        let head = tree.head().ok().and_then(|h| h.target());
        let head = head.map_or_else(|| "ref: refs/heads/none\n".to_owned(), |oid| format!("{oid}\n"));
        fs::write(own.join("HEAD"), head).map_err(io(own))?;
        fs::write(own.join("config"), carried(tree)?).map_err(io(own))?;
        for (from, file) in [
            (tree.commondir(), "info/attributes"),
            (tree.commondir(), "info/exclude"),
            (tree.path(), "info/sparse-checkout"),
            (tree.commondir(), "shallow"),
        ] {
            // Harmless without configuration: it can name filters but not say what they run.
            let _ = fs::copy(from.join(file), own.join(file));
        }
        share(tree, own)?;
        let mut env = vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into())),
            ("LC_ALL", "C".into()),
            ("GIT_DIR", own.into()),
            ("GIT_WORK_TREE", top.clone().into()),
            ("GIT_INDEX_FILE", tree.path().join("index").into()),
            ("GIT_OBJECT_DIRECTORY", tree.commondir().join("objects").into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
            ("GIT_ATTR_NOSYSTEM", "1".into()),
            ("GIT_LITERAL_PATHSPECS", "1".into()),
            ("GIT_NO_LAZY_FETCH", "1".into()),
            ("GIT_OPTIONAL_LOCKS", "0".into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
        ];
        // Filters are programs of the user and may need these.
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "GNUPGHOME", "SSH_AUTH_SOCK", "TMPDIR"] {
            env.extend(std::env::var_os(name).map(|value| (name, value)));
        }
        Ok(Self { dir, lock, limit, top, env })
    }

    /// Runs one command at the top of the working tree and gives its output.
    pub(super) fn run(&self, args: &[&str]) -> Result<Vec<u8>, Error> {
        self.run_on(args, &[])
    }

    /// Runs a command once for every 500 paths and gives all output.
    pub(super) fn run_each(&self, args: &[&str], paths: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        for some in paths.chunks(MAX_PATHS) {
            all.extend(self.run_on(args, some)?);
        }
        Ok(all)
    }

    fn run_on(&self, args: &[&str], paths: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
        let failed = |text: String| Error::Program { command: args.first().unwrap_or(&"").to_string(), text };
        let mut command = Command::new("git");
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
        if !paths.is_empty() {
            command.arg("--").args(paths.iter().map(|p| OsStr::from_bytes(p)));
        }
        command.env_clear().envs(self.env.iter().cloned()).current_dir(&self.top);
        match self.lock {
            Some(lock) => command.stdin(lock.share()?),
            None => command.stdin(Stdio::null()),
        };
        let done = program::run(&mut command, None, self.limit).map_err(|e| {
            let hint = if e.kind() == std::io::ErrorKind::NotFound && self.dir.path().exists() {
                "; is it installed and on PATH?"
            } else {
                ""
            };
            failed(format!("{e}{hint}"))
        })?;
        if done.status.success() { Ok(done.out) } else { Err(failed(done.err)) }
    }
}

/// Gives a private git directory what lies beside an index or is large: the other half of a split index, and what
/// Git LFS has stored.
fn share(tree: &Repository, own: &Path) -> Result<(), Error> {
    let link = |from: &Path, name: &OsStr| symlink(from, own.join(name)).map_err(io(own));
    for entry in fs::read_dir(tree.path()).into_iter().flatten().flatten() {
        if entry.file_name().as_bytes().starts_with(b"sharedindex.") {
            link(&entry.path(), &entry.file_name())?;
        }
    }
    let lfs = tree.commondir().join("lfs");
    if lfs.is_dir() { link(&lfs, OsStr::new("lfs")) } else { Ok(()) }
}

/// The private configuration file.
fn carried(tree: &Repository) -> Result<String, Error> {
    // A split index is written whole: its other half would land in the private directory. Git splits it again.
    let mut text = String::from(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tsplitIndex = false\n\tfsmonitor = false\n",
    );
    let configs = kinds::configs(tree)?;
    for key in CARRIED {
        let found = configs.iter().rev().find_map(|c| c.get_str(key).ok());
        // All of these are words; anything else is not what it claims to be.
        if let Some(value) = found.filter(|v| v.bytes().all(|b| b.is_ascii_alphanumeric())) {
            set(&mut text, key, value);
        }
    }
    let user = User::of(tree)?;
    for (key, file) in [("core.excludesfile", "ignore"), ("core.attributesfile", "attributes")] {
        let path = user.path(key).or_else(|| kinds::user_file(file));
        if let Some(path) = path.as_deref().and_then(Path::to_str) {
            set(&mut text, key, path);
        }
    }
    for (key, value) in user.programs() {
        set(&mut text, key, value);
    }
    Ok(text)
}

/// Adds one setting to the text of a configuration file.
fn set(text: &mut String, key: &str, value: &str) {
    let Some((section, name)) = key.rsplit_once('.') else { return };
    let escaped = |t: &str| t.replace('\\', "\\\\").replace('"', "\\\"");
    let section = match section.split_once('.') {
        Some((section, sub)) => format!("{section} \"{}\"", escaped(sub)),
        None => section.to_owned(),
    };
    let value = escaped(value).replace('\n', "\\n").replace('\t', "\\t");
    text.push_str(&format!("[{section}]\n\t{name} = \"{value}\"\n"));
}
