//! Real temporary repositories with pinned dates and ids.

use std::path::{Path, PathBuf};

/// Called by tests between the files' move and the branch's.
pub(crate) fn between(_target: &str) {}
