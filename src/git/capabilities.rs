//! What libgit2 cannot do in a repository, so that git does it, and what is not done at all.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use git2::{Repository, Tree};

use super::error::git;
use super::kinds::{self, Asked, Kept};
use super::sign::{self, Signer};
use super::user::User;
use super::{Error, open, probe};
use crate::domain::team::Signing;

/// Hooks that `git merge`, `git worktree add` and `git checkout` would run.
const HOOKS: [&str; 8] = [
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-merge",
    "reference-transaction",
    "post-checkout",
    "post-commit",
    "post-index-change",
];

const SUBMODULES: &str = "there are submodules";

/// What git does in place of libgit2, each with the reason, and what people should know besides. Git is always run
/// without the repository's configuration and hooks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Capabilities {
    /// Why git says what is uncommitted.
    pub status_by_git: Option<String>,
    /// Why git writes the files of worktrees and scratch checkouts.
    pub checkout_by_git: Option<String>,
    /// Why git judges merges.
    pub merge_by_git: Option<String>,
    /// Whole sentences: what is not run, what may be missing.
    pub notes: Vec<String>,
}

impl Capabilities {
    /// All of it in sentences.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let parts = [
            ("what is uncommitted is told by git, not libgit2", &self.status_by_git),
            ("files are checked out by git, not libgit2", &self.checkout_by_git),
            ("merges are judged by git, not libgit2", &self.merge_by_git),
        ];
        let by_git = parts.into_iter().filter_map(|(what, why)| Some(format!("{what}: {}", why.as_ref()?)));
        by_git.chain(self.notes.iter().cloned()).collect()
    }
}

/// How merges will be signed and what is passed over of what the repository says of it, in sentences.
///
/// # Errors
/// When they are to be signed and nothing says with which key.
pub fn signing(repo: &Path, wanted: Signing) -> Result<Vec<String>, Error> {
    let repo = open::main(repo)?;
    let Some(signer) = Signer::of(&repo, wanted)? else { return Ok(Vec::new()) };
    let mut said = vec![signer.describe()];
    said.extend(sign::ignored(&repo)?);
    Ok(said)
}

/// Why git must judge merges in a repository; `None` where libgit2 is as good.
pub(super) fn merge_by_git(repo: &Repository) -> Option<String> {
    let user = User::of(repo).ok()?;
    let tree = repo.head().ok().and_then(|head| head.peel_to_tree().ok());
    let asked =
        if user.drivers().is_empty() { Asked::default() } else { kinds::asked(repo, &user, tree.as_ref()) };
    judge(repo, &asked.drivers_of(&user), tree.as_ref())
}

fn judge(repo: &Repository, drivers: &[String], tree: Option<&Tree<'_>>) -> Option<String> {
    if repo.is_shallow() {
        Some(
            "the clone is shallow, and libgit2 takes its first commits for the beginning of history"
                .to_owned(),
        )
    } else if !drivers.is_empty() {
        Some(format!("the merge driver {} of your global configuration is run", drivers.join(", ")))
    } else if tree.is_some_and(has_submodules) {
        Some(SUBMODULES.to_owned())
    } else {
        None
    }
}

fn has_submodules(tree: &Tree<'_>) -> bool {
    tree.get_name(".gitmodules").is_some()
}

/// Looks at a repository whose target has that commit.
pub(super) fn look(repo: &Repository, target: git2::Oid) -> Result<Capabilities, Error> {
    let user = User::of(repo)?;
    let configs = kinds::configs(repo)?;
    let commit = repo.find_commit(target).map_err(git("read the target"))?;
    let tree = commit.tree().ok();
    let asked = kinds::asked(repo, &user, tree.as_ref());
    let mut found = Capabilities::default();
    let filters = asked.filters_of(&user);
    let ran = (!filters.is_empty())
        .then(|| format!("the filter {} of your global configuration is run", filters.join(", ")));
    let sparse =
        kinds::sparse(&configs).then(|| "only part of the files is checked out (sparse checkout)".to_owned());
    let index = match kinds::index(repo)? {
        Kept::Whole => None,
        Kept::Split => Some("the index is split".to_owned()),
        Kept::Sparse => Some("the index is sparse".to_owned()),
    };
    let submodules = tree.as_ref().is_some_and(has_submodules);
    let named = submodules.then(|| SUBMODULES.to_owned());
    found.status_by_git = index.or_else(|| sparse.clone()).or_else(|| ran.clone()).or(named);
    found.checkout_by_git = sparse.or(ran);
    found.merge_by_git = judge(repo, &asked.drivers_of(&user), tree.as_ref());
    defined_here(repo, &user, &configs, &asked, &mut found.notes)?;
    if submodules {
        found.notes.push(
            "submodules are left empty in worktrees and scratch checkouts, as git leaves them; have `setup` run \
             `git submodule update --init` where agents or gates need them"
                .to_owned(),
        );
    }
    if kinds::partial(&configs) {
        found.notes.push(format!(
            "this is a partial clone, and nothing is fetched on the way: where an object is missing that is said; \
             {}",
            kinds::fetch_all(repo)
        ));
    }
    if repo.is_shallow() {
        found.notes.push(
            "this clone is shallow: branches that parted before its first commit cannot be merged; \
             `git fetch --unshallow` gets the rest"
                .to_owned(),
        );
    }
    found.notes.extend(skipped_hooks(repo, &configs));
    Ok(found)
}

/// Filters and drivers that only the repository's configuration defines. A filter that the target's files have
/// gone through cannot be done without; a driver can.
fn defined_here(
    repo: &Repository,
    user: &User,
    configs: &[git2::Config],
    asked: &Asked,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let set = |key: &str| configs.iter().any(|c| c.get_string(key).is_ok_and(|v| !v.is_empty()));
    for (name, place) in &asked.filters {
        let here = ["clean", "smudge", "process"].iter().any(|end| set(&format!("filter.{name}.{end}")));
        if user.filters().contains(name) {
            continue;
        }
        if here {
            let what = format!(
                "passes files through the filter `{name}` ({place}), which only the repository's configuration \
                 defines: agents can write that, so it is not run"
            );
            let remedy = format!(
                "define it for yourself (`git config --global filter.{name}.clean …` and `.smudge`; for Git LFS \
                 `git lfs install`) or in merge.programs of orchestra.toml"
            );
            let at = repo.workdir().unwrap_or_else(|| repo.path());
            return Err(probe::unsupported(at, &what, &remedy));
        }
        notes.push(format!(
            "the filter `{name}` ({place}) is defined nowhere: files are taken as they are stored"
        ));
    }
    for (name, place) in &asked.drivers {
        if !user.drivers().contains(name) && set(&format!("merge.{name}.driver")) {
            notes.push(format!(
                "the merge driver `{name}` ({place}) is defined only in the repository's configuration, which \
                 agents can write: it is not run; define it with `git config --global merge.{name}.driver …`"
            ));
        }
    }
    Ok(())
}

/// Hooks that exist and are not run.
fn skipped_hooks(repo: &Repository, configs: &[git2::Config]) -> Option<String> {
    let named = configs.iter().rev().find_map(|c| c.get_path("core.hookspath").ok());
    let dir = match named {
        // Git takes it from where the hook would run.
        Some(path) => repo.workdir().map_or_else(PathBuf::new, Path::to_owned).join(path),
        None => repo.commondir().join("hooks"),
    };
    let runs = |name: &&str| {
        fs::metadata(dir.join(name)).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
    };
    let found: BTreeSet<&str> = HOOKS.iter().copied().filter(|name| runs(name)).collect();
    let names: Vec<String> = found.into_iter().map(str::to_owned).collect();
    (!names.is_empty()).then(|| {
        format!("hooks in {} are not run: {}; run what they check as gates", dir.display(), names.join(", "))
    })
}
