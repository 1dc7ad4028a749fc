//! How people want the dashboard: its theme, its keys. A project says so in `orchestra.toml`, everybody for themselves
//! in a file of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::theme::Theme;

/// The most changes of keys that one file makes.
pub const KEYS_MOST: usize = 1000;
/// The most themes of one file.
pub const THEMES_MOST: usize = 64;

/// What one file says of the dashboard.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// The name of the theme.
    pub theme: Option<String>,
    /// Whether borders and signs are ASCII.
    pub ascii: Option<bool>,
    /// Whether what is copied goes to the clipboard of the client's terminal.
    pub clipboard: Option<bool>,
    /// The keys.
    pub keys: KeyPrefs,
    /// Themes of its own.
    pub themes: BTreeMap<String, Theme>,
}

/// What one file changes of the keys.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyPrefs {
    /// The file, as its user knows it.
    pub file: String,
    /// The set of keys that everything else changes.
    pub preset: Option<String>,
    /// In the order of the file.
    pub changes: Vec<KeyChange>,
}

/// The keys of one action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyChange {
    /// When it holds, as the file names it.
    pub when: String,
    /// The action, as the file names it.
    pub op: String,
    /// The keys, as people write them.
    pub keys: Vec<String>,
    /// Its line in the file, from 1.
    pub line: usize,
}

/// All that one client wants, put together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// The name of the theme.
    pub theme: String,
    /// All themes by their names.
    pub themes: BTreeMap<String, Theme>,
    /// Whether borders and signs are ASCII whatever the locale is.
    pub ascii: bool,
    /// Whether what is copied goes to the clipboard of the client's terminal.
    pub clipboard: bool,
    /// The keys: the preset first, each changing what came before.
    pub keys: Vec<KeyPrefs>,
    /// What was left out of the user's own file, each with its place.
    pub left_out: Vec<String>,
}
