//! Whether a repository is one this program can handle, said before anything is touched.

use std::path::{Path, PathBuf};

use git2::{Config, ErrorCode, ObjectType, Repository, RepositoryOpenFlags, RepositoryState};

use super::Error;
use super::error::{git, io};
use super::open;
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
    check_kind(&repo, &workdir, tip)?;
    Ok(RepoInfo { workdir, common_dir: repo.commondir().to_owned(), head, target: open::ours(tip) })
}

/// Whether commits are to be signed (`commit.gpgSign`), which the merge cannot do yet.
///
/// # Errors
/// When the configuration cannot be read.
pub fn signing_configured(repo: &Path) -> Result<bool, Error> {
    let repo = open::at(repo)?;
    Ok(configs(&repo)?.iter().any(|c| c.get_bool("commit.gpgsign").unwrap_or(false)))
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

/// The merged configuration, then the worktree's own file, which libgit2 does not always read.
fn configs(repo: &Repository) -> Result<Vec<Config>, Error> {
    let mut all = vec![repo.config().and_then(|mut c| c.snapshot()).map_err(git("read the configuration"))?];
    let own = repo.path().join("config.worktree");
    if own.is_file() {
        all.push(Config::open(&own).map_err(git("read config.worktree"))?);
    }
    Ok(all)
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
    unsupported(path, what, "use a clone with sha1 object names and file refs")
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

/// Refuses kinds of repositories that libgit2 gets wrong.
fn check_kind(repo: &Repository, workdir: &Path, target: git2::Oid) -> Result<(), Error> {
    let refuse = |what: &str, remedy: &str| Err(unsupported(workdir, what, remedy));
    let configs = configs(repo)?;
    let on = |key: &str| configs.iter().any(|c| c.get_bool(key).unwrap_or(false));
    if on("core.sparsecheckout") {
        return refuse("has a sparse checkout", "run `git sparse-checkout disable`");
    }
    if let Err(e) = repo.index() {
        return match e.message() {
            m if m.contains("'link'") => {
                refuse("has a split index", "run `git update-index --no-split-index`")
            }
            m if m.contains("'sdir'") => refuse("has a sparse index", "run `git sparse-checkout disable`"),
            _ => Err(git("read the index")(e)),
        };
    }
    if on("core.splitindex") {
        let remedy = "run `git config --unset core.splitIndex && git update-index --no-split-index`";
        return refuse("has a split index", remedy);
    }
    if configs.iter().any(promisor) {
        return refuse("is a partial clone", "use a full clone, or run `git fetch --refetch --no-filter`");
    }
    if repo.is_shallow() {
        return refuse("is a shallow clone", "run `git fetch --unshallow`");
    }
    if let Some(place) = filter_in(repo, &configs, target)? {
        let what = format!("filters file content ({place} sets a `filter`, such as Git LFS)");
        return refuse(&what, "take the filter out on the target branch");
    }
    Ok(())
}

/// Whether objects may be missing until fetched.
fn promisor(config: &Config) -> bool {
    let set = |pattern: &str| {
        let Ok(mut entries) = config.entries(Some(pattern)) else { return false };
        entries.next().is_some_and(|entry| entry.is_ok())
    };
    set(r"^extensions\.partialclone$") || set(r"^remote\..*\.(promisor|partialclonefilter)$")
}

/// The place of an attribute file that sets a filter, if any.
fn filter_in(repo: &Repository, configs: &[Config], target: git2::Oid) -> Result<Option<String>, Error> {
    let mut files = vec![repo.commondir().join("info/attributes")];
    for config in configs {
        files.extend(config.get_path("core.attributesfile").ok());
    }
    if let Some(home) = std::env::home_dir() {
        files.push(home.join(".config/git/attributes"));
    }
    for file in files {
        match std::fs::read(&file) {
            Ok(text) if sets_filter(&text) => return Ok(Some(file.display().to_string())),
            Err(e) if !missing_file(&e) => return Err(io(&file)(e)),
            _ => {}
        }
    }
    let tree = repo.find_commit(target).and_then(|c| c.tree()).map_err(git("read the target's tree"))?;
    let mut found = None;
    let walked = tree.walk(git2::TreeWalkMode::PreOrder, |dir, entry| {
        if entry.name_bytes() == b".gitattributes" && entry.kind() == Some(ObjectType::Blob) {
            let blob = repo.find_blob(entry.id());
            if blob.is_ok_and(|blob| sets_filter(blob.content())) {
                found = Some(format!("{dir}.gitattributes"));
                return git2::TreeWalkResult::Abort;
            }
        }
        git2::TreeWalkResult::Ok
    });
    match walked {
        Err(e) if found.is_none() => Err(git("walk the target's tree")(e)),
        _ => Ok(found),
    }
}

/// Whether a file is simply not there.
fn missing_file(e: &std::io::Error) -> bool {
    matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

/// Whether an attribute file gives any path a filter.
fn sets_filter(text: &[u8]) -> bool {
    String::from_utf8_lossy(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .any(|line| line.split_whitespace().skip(1).any(|word| word.starts_with("filter=")))
}

fn unsupported(path: &Path, what: &str, remedy: &str) -> Error {
    Error::Unsupported { path: path.to_owned(), what: what.to_owned(), remedy: remedy.to_owned() }
}
