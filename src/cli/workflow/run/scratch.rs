//! A repository for a rehearsal, so that nobody's own is touched: a copy of the project's, or a new one.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::demo::scratch;
use crate::cli::own::left::Owner;
use crate::cli::{out, paths};

/// The branch of a new one.
const BRANCH: &str = "main";

/// It, and what belongs to it.
pub(super) struct Scratch {
    dir: PathBuf,
    /// Says that it is this command's, which a later one looks for where this one is killed.
    owner: Owner,
}

impl Scratch {
    /// A copy of what is committed in the repository at `of`; without one a new repository with one commit.
    ///
    /// # Errors
    /// When there is no room for it, or the repository cannot be read.
    pub(super) fn make(of: Option<&Path>) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("orchestra-workflow-").tempdir();
        let dir = dir.context("make a temporary folder")?.keep();
        let dir = dir.canonicalize().with_context(|| format!("find {}", dir.display()))?;
        let owner = match Owner::mark(&dir) {
            Ok(owner) => owner,
            Err(e) => {
                scratch::remove(&dir)?;
                return Err(e);
            }
        };
        let scratch = Self { dir, owner };
        let made = match of {
            Some(top) => copy(top, &scratch.repo())
                .with_context(|| format!("copy the repository {} for the rehearsal", top.display())),
            None => new(&scratch.repo()).context("make a repository for the rehearsal"),
        };
        if let Err(e) = made {
            scratch.remove();
            return Err(e);
        }
        Ok(scratch)
    }

    /// The repository.
    pub(super) fn repo(&self) -> PathBuf {
        self.dir.join("repo")
    }

    /// Notes where the record of its session is.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(super) fn runs(&self, session: &Path) -> anyhow::Result<()> {
        self.owner.session(session)
    }

    /// Removes it, and all worktrees of it. Doing so twice is no error.
    pub(super) fn remove(&self) {
        let repo = self.repo();
        // Nobody else has a repository of that name: what lies beside the session's is its own, too.
        let of_it = [paths::worktrees(&repo, "any"), paths::scratch(&repo, "any")];
        let folders = of_it.iter().filter_map(|dir| dir.parent());
        for dir in folders.chain([self.dir.as_path()]) {
            if let Err(e) = scratch::remove(dir) {
                out::note(&format!("failed to {e:#}"));
            }
        }
    }
}

fn copy(top: &Path, to: &Path) -> anyhow::Result<()> {
    let from = git2::Repository::open(top)?;
    if from.head().is_err() {
        // Nothing was committed yet.
        return new(to);
    }
    let mut builder = git2::build::RepoBuilder::new();
    let url = top.to_str().context("use its path: it is not UTF-8")?;
    let repo = builder.clone_local(git2::build::CloneLocal::Auto).clone(url, to)?;
    // Nobody is to push from here.
    repo.remote_delete("origin")?;
    Ok(())
}

fn new(to: &Path) -> anyhow::Result<()> {
    let mut options = git2::RepositoryInitOptions::new();
    let repo = git2::Repository::init_opts(to, options.initial_head(BRANCH).mkpath(true))?;
    let text = "# A rehearsal\n\nPretended agents work here.\n";
    std::fs::write(to.join("README.md"), text)?;
    let who = git2::Signature::now("orchestra", "orchestra@orchestra.invalid")?;
    let mut index = repo.index()?;
    index.add_path(Path::new("README.md"))?;
    index.write()?;
    let tree = repo.find_tree(index.write_tree()?)?;
    repo.commit(Some("HEAD"), &who, &who, "A place to rehearse", &tree, &[])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_what_is_committed_and_goes_without_touching_its_original() {
        let first = Scratch::make(None).unwrap();
        std::fs::write(first.repo().join("open.txt"), "").unwrap();
        let second = Scratch::make(Some(&first.repo())).unwrap();
        assert!(second.repo().join("README.md").is_file() && !second.repo().join("open.txt").exists());
        assert!(git2::Repository::open(second.repo()).unwrap().remotes().unwrap().is_empty());
        second.remove();
        assert!(!second.dir.exists() && first.repo().join("open.txt").is_file());
        first.remove();
        assert!(!first.dir.exists());
    }
}
