//! What an agent could make git run for others, read as it is now: shared configuration, what it includes, the
//! configuration of every worktree, attributes and hooks.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use git2::Repository;
use sha2::{Digest, Sha256};

use super::Error;
use super::open;
use crate::domain::guard::{Scope, Snapshot, Watched, entries, masked};

/// The most bytes of one file that are read; of a longer one its length counts too.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// The most bytes of text kept of one file, and of all.
const MAX_TEXT: usize = 32 * 1024;
const MAX_ALL: usize = 192 * 1024;
/// The most files watched.
const MAX_FILES: usize = 1000;
/// How deep configuration may include configuration.
const MAX_DEPTH: usize = 10;

/// Reads all that is watched. Two snapshots of the same content are equal. What this program itself writes (who
/// commits in a worktree) and what everyday tools write of branches other than `target` is left out.
///
/// # Errors
/// When `repo` is no repository. A file that cannot be read counts as one that says so.
pub fn snapshot(repo: &Path, target: &str) -> Result<Snapshot, Error> {
    let main = open::main(repo)?;
    let mut look = Look { main: &main, files: Vec::new(), seen: BTreeSet::new(), hooks: Vec::new(), kept: 0 };
    let common = main.commondir().to_owned();
    look.config(&common.join("config"), Scope::Shared { target }, 0);
    look.config(&common.join("config.worktree"), Scope::Shared { target }, 0);
    for admin in names(&common.join("worktrees")) {
        look.config(&admin.join("config.worktree"), Scope::Worktree, 0);
    }
    look.text(&common.join("info/attributes"));
    for hook in names(&common.join("hooks")) {
        look.hook(&hook);
    }
    for dir in std::mem::take(&mut look.hooks) {
        for hook in names(&dir) {
            look.tool(&hook);
        }
    }
    look.files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut digest = Sha256::new();
    for file in &look.files {
        for part in [&file.path, &file.digest] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    Ok(Snapshot { digest: hex(digest), files: look.files })
}

/// A look under way.
struct Look<'r> {
    main: &'r Repository,
    files: Vec<Watched>,
    seen: BTreeSet<PathBuf>,
    /// Folders that `core.hooksPath` names.
    hooks: Vec<PathBuf>,
    /// Bytes of text kept so far.
    kept: usize,
}

impl Look<'_> {
    /// A configuration file and what it includes.
    fn config(&mut self, path: &Path, scope: Scope<'_>, depth: usize) {
        if !self.is_new(path) {
            return;
        }
        let Some(content) = read(path) else { return };
        let Content::Bytes { bytes, whole: true } = content else {
            return self.keep(path, content.told(), None);
        };
        let text = String::from_utf8_lossy(&bytes);
        let found = entries(&text, scope);
        if found.is_empty() {
            return;
        }
        for (key, value) in &found {
            let included = key == "include.path" || (key.starts_with("includeif.") && key.ends_with(".path"));
            if included && depth < MAX_DEPTH {
                let from = path.parent().unwrap_or(Path::new("/"));
                self.config(&resolved(from, value), scope, depth + 1);
            } else if key == "core.hookspath" {
                // Hooks run at the top of a working tree.
                let top = self.main.workdir().unwrap_or_else(|| self.main.path()).to_owned();
                self.hooks.push(resolved(&top, value));
            }
        }
        let whole: Vec<u8> = found.iter().flat_map(|(k, v)| format!("{k}={v}\n").into_bytes()).collect();
        let short = |value: &str| hex(Sha256::new_with_prefix(value)).chars().take(12).collect();
        let lines = found.iter().map(|(k, v)| format!("{k} = {}", masked(k, v, short))).collect();
        self.keep(path, &whole, Some(lines));
    }

    /// A file of which every byte counts.
    fn text(&mut self, path: &Path) {
        if let Some(content) = read(path).filter(|_| self.is_new(path)) {
            let lines = content.lines();
            self.keep(path, content.told(), lines);
        }
    }

    /// A hook; git never runs the samples.
    fn hook(&mut self, path: &Path) {
        if path.extension() != Some(OsStr::new("sample")) {
            self.text(path);
        }
    }

    /// A hook of a folder that the configuration names. What git tracks there is reviewed with its branch.
    fn tool(&mut self, path: &Path) {
        let tracked =
            self.main.workdir().and_then(|top| path.strip_prefix(top).ok()).is_some_and(|inside| {
                self.main.index().is_ok_and(|index| index.get_path(inside, 0).is_some())
            });
        if !tracked {
            self.hook(path);
        }
    }

    /// Whether the file is looked at for the first time and there is room for another.
    fn is_new(&mut self, path: &Path) -> bool {
        self.files.len() < MAX_FILES && self.seen.insert(path.to_owned())
    }

    fn keep(&mut self, path: &Path, whole: &[u8], lines: Option<Vec<String>>) {
        let size: usize = lines.iter().flatten().map(String::len).sum();
        let lines = lines.filter(|_| size <= MAX_TEXT && self.kept + size <= MAX_ALL);
        self.kept += if lines.is_some() { size } else { 0 };
        let top = self.main.workdir().map(Path::to_owned);
        let shown = top.and_then(|t| path.strip_prefix(t).ok()).unwrap_or(path);
        let path = shown.to_string_lossy().into_owned();
        self.files.push(Watched { path, digest: hex(Sha256::new_with_prefix(whole)), lines });
    }
}

/// What stands at a path.
enum Content {
    /// A regular file.
    Bytes {
        /// What it says, or its beginning and its length, after a line on what it is.
        bytes: Vec<u8>,
        /// Whether that is all of it.
        whole: bool,
    },
    /// Anything else, in words.
    Other(String),
}

impl Content {
    /// What counts of it.
    fn told(&self) -> &[u8] {
        match self {
            Self::Bytes { bytes, .. } => bytes,
            Self::Other(what) => what.as_bytes(),
        }
    }

    fn lines(&self) -> Option<Vec<String>> {
        match self {
            Self::Bytes { bytes, whole: true } => {
                Some(std::str::from_utf8(bytes).ok()?.lines().map(str::to_owned).collect())
            }
            Self::Bytes { .. } => None,
            Self::Other(what) => Some(vec![what.clone()]),
        }
    }
}

/// Reads a file without waiting for anybody at its other end; nothing where there is none. Of a hook it matters
/// too whether it may run and whether it stands elsewhere, so that is its first line.
fn read(path: &Path) -> Option<Content> {
    let link = fs::read_link(path).ok();
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(_) => {
            return link
                .map(|to| Content::Other(format!("(a link to {}, which is not there)", to.display())));
        }
    };
    if !meta.is_file() {
        return Some(Content::Other("(not a regular file)".to_owned()));
    }
    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    let opened = fs::OpenOptions::new().read(true).custom_flags(i32::try_from(flags).unwrap_or(0)).open(path);
    let mut bytes = Vec::new();
    if let Some(to) = link {
        bytes.extend(format!("# (a link to {})\n", to.display()).bytes());
    }
    if meta.mode() & 0o111 != 0 {
        bytes.extend(b"# (may be run)\n");
    }
    match opened.and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes)) {
        Ok(n) if (n as u64) < MAX_FILE => Some(Content::Bytes { bytes, whole: true }),
        Ok(_) => {
            bytes.extend(format!("\n{} bytes", meta.len()).bytes());
            Some(Content::Bytes { bytes, whole: false })
        }
        Err(e) => Some(Content::Other(format!("(cannot be read: {e})"))),
    }
}

/// The entries of a folder by name; one more than can be watched, at most.
fn names(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).take(MAX_FILES * 10).collect();
    paths.sort();
    paths
}

/// A path as git configuration writes it: in quotes or not, from the user's home, or from where it stands.
fn resolved(from: &Path, value: &str) -> PathBuf {
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => value.split([';', '#']).next().unwrap_or_default().trim(),
    };
    match (value.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => from.join(value),
    }
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
