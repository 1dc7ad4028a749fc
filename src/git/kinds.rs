//! What is special about one working tree: what libgit2 would get wrong there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use git2::{Config, ErrorClass, ErrorCode, Index, ObjectType, Repository, Tree};

use super::error::git;
use super::user::User;
use super::{Error, open};

/// The largest attribute file that is read, in bytes.
const MAX_ATTRIBUTES: u64 = 1 << 20;
/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 500;
/// The most folders of trees that are remembered.
const MAX_REMEMBERED: usize = 200_000;

/// The merged configuration, then the worktree's own file, which libgit2 does not always read.
pub(super) fn configs(repo: &Repository) -> Result<Vec<Config>, Error> {
    let mut all = vec![repo.config().and_then(|mut c| c.snapshot()).map_err(git("read the configuration"))?];
    let own = repo.path().join("config.worktree");
    if own.is_file() {
        all.push(Config::open(&own).map_err(git("read config.worktree"))?);
    }
    Ok(all)
}

/// Whether a setting of the repository says yes.
pub(super) fn on(configs: &[Config], key: &str) -> bool {
    configs.iter().rev().find_map(|c| c.get_bool(key).ok()).unwrap_or(false)
}

/// How an index is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    /// In one file, with every file named.
    Whole,
    /// Split in two files.
    Split,
    /// With folders in place of the files in them.
    Sparse,
}

/// How the index of a working tree is kept. libgit2 reads only a whole one.
pub(super) fn index(repo: &Repository) -> Result<Kept, Error> {
    if !odd_index(repo) {
        return Ok(Kept::Whole);
    }
    // Not the repository's own: that one was replaced if it cannot be read, see `open::at`.
    let Err(e) = Index::open(&repo.path().join("index")) else { return Ok(Kept::Whole) };
    match e.message() {
        m if m.contains("'link'") => Ok(Kept::Split),
        m if m.contains("'sdir'") => Ok(Kept::Sparse),
        _ => Err(git("read the index")(e)),
    }
}

/// Whether the index may be of a kind that libgit2 cannot read; cheap, and never wrong when it says no.
fn odd_index(repo: &Repository) -> bool {
    let split = || {
        let entries = fs::read_dir(repo.path()).into_iter().flatten().flatten();
        entries.into_iter().any(|e| e.file_name().as_encoded_bytes().starts_with(b"sharedindex."))
    };
    repo.path().join("info/sparse-checkout").exists() || split()
}

/// Whether only some files are checked out.
pub(super) fn sparse(configs: &[Config]) -> bool {
    on(configs, "core.sparsecheckout")
}

/// Whether objects may be missing until somebody fetches them.
pub(super) fn partial(configs: &[Config]) -> bool {
    let set = |config: &Config, pattern: &str| {
        let Ok(mut entries) = config.entries(Some(pattern)) else { return false };
        entries.next().is_some_and(|entry| entry.is_ok())
    };
    configs.iter().any(|c| {
        set(c, r"^extensions\.partialclone$") || set(c, r"^remote\..*\.(promisor|partialclonefilter)$")
    })
}

/// Says of an error that comes of a partial clone how to get what is missing. Nothing is fetched on the way: what a
/// fetch runs is named by configuration that agents can write.
pub(super) fn explain(repo: &Repository, error: Error) -> Error {
    let (doing, text) = match &error {
        Error::Git { doing, source }
            if source.code() == ErrorCode::NotFound && source.class() == ErrorClass::Odb =>
        {
            (doing.clone(), source.message().to_owned())
        }
        Error::Program { command, text }
            if ["unable to read", "missing", "promisor", "could not fetch"]
                .iter()
                .any(|w| text.contains(w)) =>
        {
            (format!("run `git {command}`"), text.clone())
        }
        _ => return error,
    };
    match configs(repo) {
        Ok(configs) if partial(&configs) => Error::Missing { doing, text, remedy: fetch_all(repo) },
        _ => error,
    }
}

/// How to get what a partial clone does not have.
pub(super) fn fetch_all(repo: &Repository) -> String {
    let at = repo.commondir().parent().unwrap_or_else(|| repo.path());
    format!("`git -C {} fetch --refetch --no-filter` gets all of them", at.display())
}

/// What attribute files ask for, each with a place that does.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    /// Names of filters.
    pub(super) filters: BTreeMap<String, String>,
    /// Names of merge drivers, the built-in ones (`text`, `binary`, `union`) left out.
    pub(super) drivers: BTreeMap<String, String>,
}

impl Asked {
    /// Those of the filters that the user defined.
    pub(super) fn filters_of(&self, user: &User) -> Vec<String> {
        let defined = user.filters();
        self.filters.keys().filter(|name| defined.contains(*name)).cloned().collect()
    }

    /// Those of the merge drivers that the user defined.
    pub(super) fn drivers_of(&self, user: &User) -> Vec<String> {
        let defined = user.drivers();
        self.drivers.keys().filter(|name| defined.contains(*name)).cloned().collect()
    }

    fn read(&mut self, text: &[u8], place: &str) {
        for line in String::from_utf8_lossy(text).lines().filter(|l| !l.trim_start().starts_with('#')) {
            for word in line.split_whitespace().skip(1) {
                if let Some(name) = word.strip_prefix("filter=") {
                    self.filters.entry(name.to_owned()).or_insert_with(|| place.to_owned());
                } else if let Some(name) = word.strip_prefix("merge=")
                    && !["text", "binary", "union"].contains(&name)
                {
                    self.drivers.entry(name.to_owned()).or_insert_with(|| place.to_owned());
                }
            }
        }
    }

    fn file(&mut self, path: &Path) {
        if fs::symlink_metadata(path).is_ok_and(|m| m.is_file() && m.len() <= MAX_ATTRIBUTES)
            && let Ok(text) = fs::read(path)
        {
            self.read(&text, &path.display().to_string());
        }
    }
}

/// What the attribute files of a working tree ask for: the user's own, the repository's, and those of the tree
/// that is checked out. A changed `.gitattributes` that is not committed counts only at the top.
pub(super) fn asked(repo: &Repository, user: &User, tree: Option<&Tree<'_>>) -> Asked {
    let mut found = Asked::default();
    if let Some(tree) = tree {
        for (path, blob) in blobs(repo, tree, 0) {
            if let Ok(blob) = repo.find_blob(blob)
                && blob.size() as u64 <= MAX_ATTRIBUTES
            {
                found.read(blob.content(), &path);
            }
        }
    }
    for file in attribute_files(repo, user) {
        found.file(&file);
    }
    if let Some(top) = repo.workdir() {
        found.file(&top.join(".gitattributes"));
    }
    found
}

/// The filters of the user that a working tree's files pass through; quick where the user has none.
pub(super) fn filters(repo: &Repository, user: &User) -> Vec<String> {
    if user.filters().is_empty() {
        return Vec::new();
    }
    let tree = repo.head().ok().and_then(|head| head.peel_to_tree().ok());
    asked(repo, user, tree.as_ref()).filters_of(user)
}

/// Attribute files outside the tree.
fn attribute_files(repo: &Repository, user: &User) -> Vec<PathBuf> {
    let mut files = vec![repo.commondir().join("info/attributes")];
    match user.path("core.attributesfile") {
        Some(file) => files.push(file),
        None => files.extend(user_file("attributes")),
    }
    files
}

/// A file in the user's own git folder.
pub(super) fn user_file(name: &str) -> Option<PathBuf> {
    if cfg!(test) {
        return None;
    }
    let base = std::env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".config")))?;
    Some(base.join("git").join(name))
}

/// Attribute files below a tree, by path. Trees never change, so what is below one is remembered: after a commit
/// only the folders it touched are looked into.
fn blobs(repo: &Repository, tree: &Tree<'_>, depth: usize) -> Found {
    static KNOWN: Mutex<BTreeMap<git2::Oid, Found>> = Mutex::new(BTreeMap::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known().get(&tree.id()) {
        return found.clone();
    }
    let mut found = Found::new();
    for entry in tree {
        match entry.kind() {
            Some(ObjectType::Blob) if entry.name_bytes() == b".gitattributes" => {
                found.insert(".gitattributes".to_owned(), entry.id());
            }
            Some(ObjectType::Tree) if depth < MAX_DEPTH => {
                let Ok(below) = repo.find_tree(entry.id()) else { continue };
                let name = open::shown(entry.name_bytes());
                let below = blobs(repo, &below, depth + 1);
                found.extend(below.into_iter().map(|(path, id)| (format!("{name}/{path}"), id)));
            }
            _ => {}
        }
    }
    let mut all = known();
    if all.len() >= MAX_REMEMBERED {
        all.clear();
    }
    all.insert(tree.id(), found.clone());
    found
}

type Found = BTreeMap<String, git2::Oid>;
