//! Whether a repository is one this program can handle, said before anything is touched.

use std::path::{Path, PathBuf};

use git2::{Config, ErrorCode, Repository, RepositoryOpenFlags, RepositoryState};

use super::capabilities::{self, Capabilities};
use super::error::git;
use super::{Error, open};
use crate::domain::id::Oid;

/// A repository that passed the probe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RepoInfo {
    /// The top of its working tree.
    pub workdir: PathBuf,
    /// The git directory that all its worktrees share.
    pub common_dir: PathBuf,
    /// The branch that is checked out, or `None` when detached.
    pub head: Option<String>,
    /// Where the target branch stands.
    pub target: Oid,
    /// What git does here in place of libgit2, and what is not done.
    pub capabilities: Capabilities,
}

/// Finds the repository at or above `path` and checks that everything here works on it.
///
/// # Errors
/// One error per kind of repository that cannot be handled, with what to do about it.
pub fn probe(path: &Path, target: &str) -> Result<RepoInfo, Error> {
    let none: [&Path; 0] = [];
    let repo =
        Repository::open_ext(path, RepositoryOpenFlags::empty(), none).map_err(|e| explain_open(path, e))?;
    let Some(workdir) = repo.workdir().map(Path::to_owned) else {
        return Err(Error::Bare(repo.path().to_owned()));
    };
    let head = match repo.head() {
        Ok(head) => head.is_branch().then(|| String::from_utf8_lossy(head.shorthand_bytes()).into_owned()),
        Err(e) if e.code() == ErrorCode::UnbornBranch => return Err(Error::NoCommits(workdir)),
        Err(e) => return Err(git("read HEAD")(e)),
    };
    let tip = open::find_tip(&repo, target)?.ok_or_else(|| missing(&repo, target))?;
    check_state(&repo, &workdir)?;
    let capabilities = capabilities::look(&repo, tip)?;
    Ok(RepoInfo {
        workdir,
        common_dir: repo.commondir().to_owned(),
        head,
        target: open::ours(tip),
        capabilities,
    })
}

/// Refuses a working tree in the middle of something.
pub(super) fn check_state(repo: &Repository, workdir: &Path) -> Result<(), Error> {
    let what = match repo.state() {
        RepositoryState::Clean => return Ok(()),
        RepositoryState::Merge => "merge",
        RepositoryState::Revert | RepositoryState::RevertSequence => "revert",
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "cherry-pick",
        RepositoryState::Bisect => "bisect",
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
            "rebase"
        }
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "rebase or `git am`",
    };
    Err(Error::InProgress { path: workdir.to_owned(), what })
}

/// Says why a repository could not be opened.
fn explain_open(path: &Path, error: git2::Error) -> Error {
    let Ok(found) = Repository::discover_path(path, &[] as &[&Path]) else {
        return Error::NotARepository(path.to_owned());
    };
    let config = Config::open(&found.join("config")).and_then(|mut c| c.snapshot());
    let value = |key: &str| {
        let config = config.as_ref().ok()?;
        config.get_str(key).ok().map(str::to_lowercase)
    };
    let what = if value("extensions.objectformat").is_some_and(|v| v == "sha256") {
        "uses sha256 object names"
    } else if value("extensions.refstorage").is_some_and(|v| v == "reftable") {
        "keeps its refs in reftable"
    } else if error.code() == ErrorCode::NotFound {
        return Error::NotARepository(path.to_owned());
    } else {
        return git(format!("open repository {}", found.display()))(error);
    };
    unsupported(
        path,
        what,
        "libgit2, which merges here, cannot read it; use a clone with sha1 object names and file refs",
    )
}

/// Says what else the target could have meant.
fn missing(repo: &Repository, target: &str) -> Error {
    let names: Vec<String> = repo
        .branches(Some(git2::BranchType::Local))
        .into_iter()
        .flatten()
        .filter_map(|b| Some(String::from_utf8_lossy(b.ok()?.0.name_bytes().ok()?).into_owned()))
        .collect();
    let near = names
        .iter()
        .map(|name| (strsim::jaro_winkler(name, target), name))
        .filter(|(score, name)| *score > 0.7 || (target == "main" && *name == "master"))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match (near, names.first()) {
        (Some((_, name)), _) => {
            format!("did you mean `{name}`? Set merge.target, or run `git branch {target}`")
        }
        (None, Some(name)) => format!("set merge.target (there is `{name}`), or run `git branch {target}`"),
        (None, None) => format!("create it with `git branch {target}`"),
    };
    Error::NoTarget { target: target.to_owned(), hint }
}

pub(super) fn unsupported(path: &Path, what: &str, remedy: &str) -> Error {
    Error::Unsupported { path: path.to_owned(), what: what.to_owned(), remedy: remedy.to_owned() }
}
