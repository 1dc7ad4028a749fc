//! The git program, asked about the same merges.
//!
//! It works in a git directory made for the occasion: new objects go there, the repository's are read as an
//! alternate. It sees no configuration but the user's own, no hooks, and in its working tree nothing but the attribute files
//! of the tree merged into.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use git2::{Oid, Repository};

use super::attrs::{self, File};
use super::said::{Said, read};
use super::{means, means::Means, store};
use crate::git::passing::Passing;
use crate::git::program;
use crate::git::user::User;

/// The first version whose `merge-tree` takes many merges.
const OLDEST: [u32; 2] = [2, 39];
/// How long one process may take, for all its merges.
const LIMIT: Duration = Duration::from_secs(120);
/// The most merges asked of one process.
const MAX_ASKS: usize = 500;

/// A way to ask git.
pub(super) struct Checker<'r> {
    memory: &'r Repository,
    /// Its git directory.
    own: Repository,
    dir: Passing,
    env: Vec<(OsString, OsString)>,
    program: OsString,
    limit: Duration,
}

impl<'r> Checker<'r> {
    /// Prepares it on a repository whose new objects are in memory; why not, where that cannot be done.
    pub(super) fn new(memory: &'r Repository, means: &Means) -> Result<Self, String> {
        Self::with(memory, means, "git".into(), LIMIT)
    }

    /// As [`Self::new`], with another program and another limit.
    pub(super) fn with(
        memory: &'r Repository,
        means: &Means,
        program: OsString,
        limit: Duration,
    ) -> Result<Self, String> {
        let version = version(&program)?;
        if version < OLDEST {
            let [major, minor] = version;
            return Err(format!("git {major}.{minor} is older than 2.39; its merge-tree cannot be asked"));
        }
        let dir = Passing::new().map_err(told)?;
        let at = dir.path();
        for folder in ["refs", "objects", "objects/pack", "info", "tree"] {
            fs::create_dir(at.join(folder)).map_err(told)?;
        }
        fs::write(at.join("HEAD"), "ref: refs/heads/none\n").map_err(told)?;
        fs::write(at.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
            .map_err(told)?;
        for file in ["info/attributes", "shallow"] {
            // Harmless without configuration: it can name drivers but not say what they run.
            let _ = fs::copy(memory.commondir().join(file), at.join(file));
        }
        let own = Repository::open(at).map_err(told)?;
        let mut env: Vec<(OsString, OsString)> = vec![
            ("LC_ALL".into(), "C".into()),
            ("GIT_DIR".into(), at.into()),
            // Not bare: what a bare repository's attributes are differs between versions, and one of them gives up.
            ("GIT_WORK_TREE".into(), at.join("tree").into()),
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES".into(), quoted(memory)),
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("GIT_CONFIG_GLOBAL".into(), "/dev/null".into()),
            ("GIT_NO_LAZY_FETCH".into(), "1".into()),
            ("GIT_NO_REPLACE_OBJECTS".into(), "1".into()),
            ("GIT_TERMINAL_PROMPT".into(), "0".into()),
        ];
        for name in ["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"] {
            env.extend(std::env::var_os(name).map(|value| (name.into(), value)));
        }
        env.extend(means::environment(&User::of(memory).map_err(told)?, means));
        Ok(Self { memory, own, dir, env, program, limit })
    }

    /// Asks for merges of commits, each `theirs` into `ours`, with these attribute files. Why it cannot be told,
    /// where git fails.
    pub(super) fn ask(&self, asks: &[(Oid, Oid)], attributes: &[File]) -> Result<Vec<Said>, String> {
        let tree = self.dir.path().join("tree");
        fs::remove_dir_all(&tree).and_then(|()| fs::create_dir(&tree)).map_err(told)?;
        attrs::lay(self.memory, &tree, attributes).map_err(told)?;
        let mut all = Vec::new();
        for some in asks.chunks(MAX_ASKS) {
            all.extend(self.some(some)?);
        }
        Ok(all)
    }

    /// The objects git made and was given.
    pub(super) fn objects(&self) -> &Repository {
        &self.own
    }

    fn some(&self, asks: &[(Oid, Oid)]) -> Result<Vec<Said>, String> {
        self.give(asks)?;
        let input: String = asks.iter().map(|(ours, theirs)| format!("{ours} {theirs}\n")).collect();
        read(&self.run(input)?, asks.len())
    }

    /// Writes what only memory has of the commits.
    fn give(&self, asks: &[(Oid, Oid)]) -> Result<(), String> {
        let disk = Repository::open(self.memory.path()).and_then(|r| {
            // Own objects are found as well: a later question needs only what is new.
            r.odb()?.add_disk_alternate(&self.dir.path().join("objects").to_string_lossy())?;
            Ok(r)
        });
        let disk = disk.map_err(told)?;
        let odb = disk.odb().map_err(told)?;
        let commits = asks.iter().flat_map(|(ours, theirs)| [*ours, *theirs]);
        let missing = store::missing(self.memory, &odb, commits).map_err(told)?;
        if missing.is_empty() { Ok(()) } else { store::pack(self.memory, &missing, &self.own).map_err(told) }
    }

    fn run(&self, input: String) -> Result<Vec<u8>, String> {
        let mut command = Command::new(&self.program);
        command
            .args(["merge-tree", "--write-tree", "--stdin"])
            .env_clear()
            .envs(self.env.iter().cloned())
            .current_dir(self.dir.path().join("tree"));
        let done =
            program::run(&mut command, Some(input.into_bytes()), self.limit).map_err(|e| match e.kind() {
                ErrorKind::TimedOut => format!("git merge-tree took longer than {} s", self.limit.as_secs()),
                _ => format!("git merge-tree failed: {e}"),
            })?;
        if done.status.success() {
            return Ok(done.out);
        }
        let text: String = done.err.chars().take(500).collect();
        Err(format!("git merge-tree failed ({}): {text}", done.status))
    }
}

/// The object directory, as git reads a list of them.
fn quoted(memory: &Repository) -> OsString {
    let path = memory.commondir().join("objects");
    let mut bytes = vec![b'"'];
    for byte in path.as_os_str().as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            bytes.push(b'\\');
        }
        bytes.push(*byte);
    }
    bytes.push(b'"');
    OsString::from_vec(bytes)
}

/// The version of the program, asked once.
fn version(program: &OsStr) -> Result<[u32; 2], String> {
    static KNOWN: OnceLock<[u32; 2]> = OnceLock::new();
    if let (Some(known), "git") = (KNOWN.get(), program.to_string_lossy().as_ref()) {
        return Ok(*known);
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let asked = Command::new(program).arg("version").env_clear().env("PATH", path).output();
    let output = asked.map_err(|e| format!("git cannot be started: {e}"))?.stdout;
    let text = String::from_utf8_lossy(&output);
    let found = numbers(&text).ok_or_else(|| format!("`git version` says `{}`", text.trim()))?;
    if program == "git" {
        let _ = KNOWN.set(found);
    }
    Ok(found)
}

fn numbers(text: &str) -> Option<[u32; 2]> {
    let mut parts = text.strip_prefix("git version ")?.split(['.', ' ', '\n', '-']);
    Some([parts.next()?.parse().ok()?, parts.next()?.parse().ok()?])
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let all = [
            ("git version 2.47.3\n", Some([2, 47])),
            ("git version 2.39.5 (Apple Git-154)\n", Some([2, 39])),
        ];
        for (text, expected) in all {
            assert_eq!(numbers(text), expected);
        }
        assert_eq!(numbers("git version 3.0-rc1"), Some([3, 0]));
        assert_eq!(numbers("gut"), None);
        assert_eq!(numbers("git version x"), None);
    }
}
