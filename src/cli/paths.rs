//! Where things lie.

use std::path::{Path, PathBuf};

use crate::domain::id::AgentName;
use crate::domain::team::Config;
use crate::server;

/// Names another root for session directories.
pub const ROOT_VAR: &str = "ORCHESTRA_SESSION_DIR";

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

/// The folder of a session's checkouts for gates.
#[must_use]
pub fn scratch(top: &Path, session: &str) -> PathBuf {
    server::place::scratch(top, session)
}

/// The worktree of an agent.
#[must_use]
pub fn worktree(top: &Path, session: &str, agent: &AgentName) -> PathBuf {
    server::place::worktree(top, session, agent)
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
    fn session_names_are_folder_names() {
        for good in ["sprint", "sprint-1", "v1.2", "a_b"] {
            assert!(is_session_name(good), "{good}");
        }
        for bad in ["", ".", "..", "-a", "a/b", "a b", "é", &"x".repeat(65)] {
            assert!(!is_session_name(bad), "{bad}");
        }
    }
}
