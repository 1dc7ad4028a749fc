//! Where things lie.

use std::path::{Path, PathBuf};

use crate::domain::id::AgentName;
use crate::domain::team::Config;
use crate::server;

/// Names another root for session directories.
pub const ROOT_VAR: &str = "ORCHESTRA_SESSION_DIR";

/// The folder name of a repository: its own name and eight digits of its path's SHA-256, so that two
/// repositories of one name stay apart.
#[must_use]
pub fn repository_key(top: &Path) -> String {
    server::place::repository_key(top)
}

/// The directory of a session: below `$ORCHESTRA_SESSION_DIR`, else the configured root, else the
/// data directory.
#[must_use]
pub fn session_dir(top: &Path, config: &Config, session: &str) -> PathBuf {
    server::place::session_dir(&config.session_dir, top, session)
}

/// The folder of a session's worktrees.
#[must_use]
pub fn worktrees(top: &Path, session: &str) -> PathBuf {
    server::place::worktrees(top, session)
}

/// The worktree of an agent.
#[must_use]
pub fn worktree(top: &Path, session: &str, agent: &AgentName) -> PathBuf {
    worktrees(top, session).join(agent.as_str())
}

/// Whether a text can be a session's name, and thus a folder's: letters, digits, `.`, `_` and `-`, at
/// most 64, not beginning with `.` or `-`.
#[must_use]
pub fn is_session_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !name.is_empty() && name.len() <= 64 && !name.starts_with(['.', '-']) && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_of_one_name_stay_apart() {
        let (a, b) = (repository_key(Path::new("/a/my repo")), repository_key(Path::new("/b/my repo")));
        assert!(a.starts_with("my_repo-") && a.len() == "my_repo-".len() + 8, "{a}");
        assert_ne!(a, b);
        assert_eq!(a, repository_key(Path::new("/a/my repo")));
        assert!(repository_key(Path::new("/")).starts_with("repository-"));
    }

    #[test]
    fn session_names_are_folder_names() {
        for good in ["sprint", "sprint-1", "v1.2", "a_b"] {
            assert!(is_session_name(good), "{good}");
        }
        for bad in ["", ".", "..", "-a", "a/b", "a b", "é", &"x".repeat(65)] {
            assert!(!is_session_name(bad), "{bad}");
        }
    }
}
