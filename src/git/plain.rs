//! The git program without anybody's configuration.
//!
//! It gets a git directory of its own, made for the occasion: the repository's objects, index and working
//! tree, but neither its configuration nor its hooks. So no fsmonitor, hook, filter or driver can run, even one
//! that was planted a moment ago, while the index is locked as git locks it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;

use git2::Repository;
use tempfile::TempDir;

use super::Error;
use super::error::{git, io};
use super::lock::Lock;

/// How files look on disk: the only configuration carried over.
const CARRIED: [&str; 9] = [
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.symlinks",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.protecthfs",
    "core.protectntfs",
    "core.trustctime",
];
/// The most paths given to one command.
const MAX_PATHS: usize = 500;

/// A way to run git on a repository's main working tree.
pub(super) struct Plain<'l> {
    dir: TempDir,
    lock: &'l Lock,
    top: PathBuf,
    env: Vec<(&'static str, OsString)>,
}

impl<'l> Plain<'l> {
    /// Prepares it. Its children keep `lock` until they have ended.
    pub(super) fn new(main: &Repository, lock: &'l Lock) -> Result<Self, Error> {
        let dir =
            tempfile::Builder::new().prefix("orchestra-git-").tempdir().map_err(io("temporary folder"))?;
        let own = dir.path();
        let top = main.workdir().ok_or_else(|| Error::Bare(main.path().to_owned()))?.to_owned();
        for folder in ["refs", "objects", "info"] {
            fs::create_dir(own.join(folder)).map_err(io(own))?;
        }
        fs::write(own.join("HEAD"), "ref: refs/heads/none\n").map_err(io(own))?;
        fs::write(own.join("config"), carried(main)?).map_err(io(own))?;
        for file in ["info/attributes", "info/exclude"] {
            // Harmless without configuration: it can name filters but not say what they run.
            let _ = fs::copy(main.commondir().join(file), own.join(file));
        }
        let env = vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into())),
            ("LC_ALL", "C".into()),
            ("GIT_DIR", own.into()),
            ("GIT_WORK_TREE", top.clone().into()),
            ("GIT_INDEX_FILE", main.path().join("index").into()),
            ("GIT_OBJECT_DIRECTORY", main.commondir().join("objects").into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
            ("GIT_ATTR_NOSYSTEM", "1".into()),
            ("GIT_NO_LAZY_FETCH", "1".into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
        ];
        Ok(Self { dir, lock, top, env })
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
        let output = command.stdin(self.lock.share()?).output().map_err(|e| {
            let hint = if self.dir.path().exists() { "is it installed and on PATH?" } else { "" };
            failed(format!("{e}; {hint}"))
        })?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    }
}

/// The private configuration file.
fn carried(main: &Repository) -> Result<String, Error> {
    let config = main.config().and_then(|mut c| c.snapshot()).map_err(git("read the configuration"))?;
    let mut text = String::from("[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    for key in CARRIED {
        let Ok(value) = config.get_str(key) else { continue };
        // All of these are words; anything else is not what it claims to be.
        if value.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let name = key.trim_start_matches("core.");
            text.push_str(&format!("\t{name} = {value}\n"));
        }
    }
    Ok(text)
}
