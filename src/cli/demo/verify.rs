//! Whether the demo ended as it must: read from the repository itself, with nothing of ours believed.

use std::path::Path;

use crate::domain::id::Oid;
use crate::domain::team::Config;

/// Checks that the first-parent history of the target is one merge an agent, in order, on the first
/// commit, and that the working tree followed.
///
/// # Errors
/// A sentence saying what is wrong.
pub(super) fn history(repo: &Path, config: &Config) -> Result<(), String> {
    let git = unreadable;
    let repo = git2::Repository::open(repo).map_err(git)?;
    let target = &config.merge.target;
    let mut walk = repo.revwalk().map_err(git)?;
    walk.push_ref(&format!("refs/heads/{target}")).map_err(git)?;
    walk.simplify_first_parent().map_err(git)?;
    let mut found = Vec::new();
    for oid in walk {
        let commit = repo.find_commit(oid.map_err(git)?).map_err(git)?;
        if commit.parent_count() == 0 {
            break;
        }
        let subject = summary(&commit);
        let (2, Ok(side)) = (commit.parent_count(), commit.parent_id(1)) else {
            return Err(format!("`{subject}` on {target} is no merge of two commits"));
        };
        found.push(format!("{subject} ({side})"));
    }
    found.reverse();
    let mut expected = Vec::new();
    for agent in config.merge_sequence().iter().filter_map(|name| config.agent(name)) {
        let tip = repo.find_branch(&agent.branch, git2::BranchType::Local).map_err(git)?;
        let tip = tip.get().peel_to_commit().map_err(git)?;
        let configured = agent.message.lines().next().unwrap_or_default().to_owned();
        let subject = if configured.is_empty() { summary(&tip) } else { configured };
        expected.push(format!("{subject} ({})", tip.id()));
    }
    if found != expected {
        return Err(format!(
            "{target} has the merges [{}] and not [{}]",
            found.join(" | "),
            expected.join(" | ")
        ));
    }
    followed(&repo, target)
}

/// Checks that the target is at that commit, and that index and working tree are too.
///
/// # Errors
/// A sentence saying what is wrong.
pub(super) fn untouched(repo: &Path, target: &str, expected: &Oid) -> Result<(), String> {
    let repo = git2::Repository::open(repo).map_err(unreadable)?;
    let found = repo.find_branch(target, git2::BranchType::Local).and_then(|b| b.get().peel_to_commit());
    let found = found.map_err(unreadable)?.id().to_string();
    if found != expected.0 {
        return Err(format!("{target} is at {found} and not at {expected}"));
    }
    followed(&repo, target)
}

/// The tree of a commit.
pub(super) fn tree(repo: &Path, commit: &Oid) -> anyhow::Result<Oid> {
    let repo = git2::Repository::open(repo)?;
    Ok(Oid(repo.find_commit(git2::Oid::from_str(&commit.0)?)?.tree_id().to_string()))
}

fn followed(repo: &git2::Repository, target: &str) -> Result<(), String> {
    let mut options = git2::StatusOptions::new();
    options.include_untracked(false);
    let changed = repo.statuses(Some(&mut options)).map_err(unreadable)?.len();
    if changed == 0 {
        Ok(())
    } else {
        Err(format!("{changed} files of the working tree did not follow {target}"))
    }
}

fn unreadable(e: git2::Error) -> String {
    format!("the repository cannot be read: {e}")
}

fn summary(commit: &git2::Commit<'_>) -> String {
    String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::project;

    #[test]
    fn a_repository_without_the_merges_is_told() {
        let dir = tempfile::tempdir().unwrap();
        project::write(dir.path(), 1.0).unwrap();
        let config = crate::config::load(dir.path()).unwrap();
        let repo = git2::Repository::open(dir.path()).unwrap();
        let tip = repo.head().unwrap().peel_to_commit().unwrap();
        for agent in &config.team {
            repo.branch(&agent.branch, &tip, false).unwrap();
        }
        let error = history(dir.path(), &config).unwrap_err();
        let first = format!("{} ({})", summary(&tip), tip.id());
        assert!(error.starts_with(&format!("main has the merges [] and not [{first}")), "{error}");
    }

    #[test]
    fn eight_merges_in_order_pass() {
        let dir = tempfile::tempdir().unwrap();
        project::write(dir.path(), 1.0).unwrap();
        let config = crate::config::load(dir.path()).unwrap();
        let repo = git2::Repository::open(dir.path()).unwrap();
        let who = repo.signature().unwrap();
        let names = config.merge_sequence();
        for name in &names {
            let tip = repo.head().unwrap().peel_to_commit().unwrap();
            let tree = tip.tree().unwrap();
            let work = format!("feat: what {name} made");
            let side = repo.commit(None, &who, &who, &work, &tree, &[&tip]).unwrap();
            let side = repo.find_commit(side).unwrap();
            repo.branch(&config.agent(name).unwrap().branch, &side, false).unwrap();
            repo.commit(Some("HEAD"), &who, &who, &work, &tree, &[&tip, &side]).unwrap();
        }
        assert_eq!(history(dir.path(), &config), Ok(()));
        std::fs::write(dir.path().join("README.md"), "changed").unwrap();
        assert!(history(dir.path(), &config).unwrap_err().contains("did not follow"));
    }
}
