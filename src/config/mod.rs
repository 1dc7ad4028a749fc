//! The configuration: `orchestra.toml` and the data files beside it, read, checked and written.
//!
//! Architecture invariant: nothing of the program looks at these files but through this module,
//! and a [`Config`] that it hands out refers to nothing that is not there.

mod catalogue;
mod check;
mod data;
mod detect;
mod doc;
mod error;
mod init;
mod library;
mod names;
mod prefs;
mod raw;
mod routes;
#[cfg(test)]
mod tests;
mod workflows;

use std::io::ErrorKind;
use std::path::Path;

pub use self::catalogue::{catalogue, guide};
pub use self::data::{COUNT_LIMIT, Dirs, FILE_LIMIT, File, tech, template};
use self::doc::Doc;
pub use self::error::{Error, Wrong};
pub use self::init::{InitOptions, Written, init, needs_repository, team_of_preset};
pub use self::library::PROMPTS;
pub use self::prefs::{OWN_FILE, OWN_KEYS, own, presets, wanted};
pub use self::routes::{Own, house, keywords, routes};
pub use self::workflows::workflows;
use crate::domain::team::Config;

/// The file's name, at the top of a repository.
pub const FILE_NAME: &str = "orchestra.toml";

/// The commented default, as `orchestra init` writes it but for what it fills in.
#[must_use]
pub fn default_text() -> &'static str {
    include_str!("../../orchestra.toml")
}

/// Reads the configuration of the repository at `repo_top` with all its data files.
///
/// # Errors
/// [`Error::Missing`] when there is none; [`Error::Wrong`] with file, line and column when one
/// of the files says something wrong; the others when a file cannot be read.
pub fn load(repo_top: &Path) -> Result<Config, Error> {
    load_all(repo_top).map(|loaded| loaded.config)
}

/// Whether the configuration in `folder` asks for worktrees, and thus for a repository. Nothing else of it is looked at.
///
/// # Errors
/// As [`load`], where the file is not there, cannot be read or is no TOML.
pub fn asks_for_worktrees(folder: &Path) -> Result<bool, Error> {
    let text = read(folder)?;
    let team = |table: &toml::Table| table.get("team")?.get("worktrees")?.as_bool();
    match text.parse::<toml::Table>() {
        Ok(table) => Ok(team(&table).unwrap_or(true)),
        Err(_) => Doc::parse(FILE_NAME, &text).map(|_| true),
    }
}

fn read(folder: &Path) -> Result<String, Error> {
    let path = folder.join(FILE_NAME);
    match data::read_text(&path) {
        Err(Error::Io { path, source, .. }) if source.kind() == ErrorKind::NotFound => {
            Err(Error::Missing { path })
        }
        other => other,
    }
}

/// A configuration, and what of it is not in force.
#[derive(Debug)]
pub struct Loaded {
    /// All that is in force.
    pub config: Config,
    /// What a project's profiles say that cannot be used, such as a rule whose pattern does not
    /// compile. The rest of them is in force.
    pub left_out: Vec<Wrong>,
}

/// As [`load`], and says what was left out.
///
/// # Errors
/// As [`load`].
pub fn load_all(repo_top: &Path) -> Result<Loaded, Error> {
    let text = read(repo_top)?;
    parse_all(&text, FILE_NAME, &Dirs::beside(repo_top))
}

/// Checks the configuration in `text` together with the data files of `dirs`; errors call it
/// `file_name`.
///
/// # Errors
/// As [`load`], but for [`Error::Missing`].
pub fn parse(text: &str, file_name: &str, dirs: &Dirs) -> Result<Config, Error> {
    parse_all(text, file_name, dirs).map(|loaded| loaded.config)
}

fn parse_all(text: &str, file_name: &str, dirs: &Dirs) -> Result<Loaded, Error> {
    let doc = Doc::parse(file_name, text)?;
    let raw = doc.read()?;
    let (config, left_out) = check::check(&doc, raw, dirs)?;
    Ok(Loaded { config, left_out })
}
