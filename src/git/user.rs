//! What the user's own git is set up to do: system and global configuration, never a repository's.
//!
//! Programs (filters, merge drivers, signing) are run only from here: agents can write the configuration of
//! the repository and of their worktrees, and whoever can write it would choose what runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use git2::{Config, ConfigLevel, Repository};

use super::Error;
use super::error::git;

/// The user's settings, by lower-case key (subsections as written).
#[derive(Clone, Default, Debug)]
pub(super) struct User(BTreeMap<String, (u8, String)>);

/// What `orchestra.toml` names.
static NAMED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Takes settings of git that name programs from `orchestra.toml` (`merge.programs`), for this process. They count
/// before the user's own.
pub fn name_programs(settings: &BTreeMap<String, String>) {
    let lower = |key: &String| {
        let (section, rest) = key.split_once('.').unwrap_or((key, ""));
        match rest.rsplit_once('.') {
            Some((sub, name)) => format!("{}.{sub}.{}", section.to_lowercase(), name.to_lowercase()),
            None => key.to_lowercase(),
        }
    };
    *NAMED.lock().unwrap_or_else(PoisonError::into_inner) =
        settings.iter().map(|(key, value)| (lower(key), value.clone())).collect();
}

impl User {
    /// Reads them. Conditional includes of the user's files count where they match this repository.
    pub(super) fn of(repo: &Repository) -> Result<Self, Error> {
        let mut found = Self::default();
        found.read(repo)?;
        let named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
        found.0.extend(named.iter().map(|(key, value)| (key.clone(), (4, value.clone()))));
        Ok(found)
    }

    /// Tests say what the user's file is; whoever runs them has one too.
    #[cfg(test)]
    fn read(&mut self, _: &Repository) -> Result<(), Error> {
        let Some(file) = super::testkit::user_config() else { return Ok(()) };
        self.take(&Config::open(&file).map_err(git("read the user's configuration"))?, true)
    }

    #[cfg(not(test))]
    fn read(&mut self, repo: &Repository) -> Result<(), Error> {
        let doing = || git("read the user's configuration");
        let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let (global, system) = (named("GIT_CONFIG_GLOBAL"), named("GIT_CONFIG_SYSTEM"));
        let no_system =
            std::env::var("GIT_CONFIG_NOSYSTEM").is_ok_and(|v| Config::parse_bool(v).unwrap_or(true));
        if global.is_none() && system.is_none() && !no_system {
            // Not a snapshot: that forgets where a setting came from.
            return self.take(&repo.config().map_err(doing())?, false);
        }
        // libgit2 does not know these variables of git.
        let mut files = Vec::new();
        if !no_system {
            files.extend(system.or_else(|| Config::find_system().ok()));
        }
        match global {
            Some(file) => files.push(file),
            None => files.extend([Config::find_xdg().ok(), Config::find_global().ok()].into_iter().flatten()),
        }
        for file in files.into_iter().filter(|f| f.is_file()) {
            self.take(&Config::open(&file).map_err(doing())?, true)?;
        }
        Ok(())
    }

    /// Takes over the entries of the user's levels, or of `all`. Later ones win within a level.
    fn take(&mut self, config: &Config, all: bool) -> Result<(), Error> {
        let doing = || git("read the user's configuration");
        let mut entries = config.entries(None).map_err(doing())?;
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(doing())?;
            let rank = match entry.level() {
                ConfigLevel::ProgramData | ConfigLevel::System => 1,
                ConfigLevel::XDG => 2,
                ConfigLevel::Global => 3,
                _ if all => 3,
                _ => continue,
            };
            // Git, too, takes a key without a value for a yes.
            let value = if entry.has_value() { entry.value_bytes() } else { b"true" };
            let (Ok(key), Ok(value)) = (std::str::from_utf8(entry.name_bytes()), std::str::from_utf8(value))
            else {
                continue;
            };
            match self.0.get(key) {
                Some((had, _)) if *had > rank => {}
                _ => drop(self.0.insert(key.to_owned(), (rank, value.to_owned()))),
            }
        }
        Ok(())
    }

    /// The value of a key (section and name in lower case).
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|(_, value)| value.as_str())
    }

    /// Whether a key says yes; one that is not set or no yes or no does not.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| Config::parse_bool(value).unwrap_or(false))
    }

    /// A key that holds a path, `~/` resolved.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let value = self.get(key).filter(|value| !value.is_empty())?;
        match value.strip_prefix("~/") {
            Some(rest) => std::env::home_dir().map(|home| home.join(rest)),
            None => Some(PathBuf::from(value)),
        }
    }

    /// Names of the filters whose programs the user defined.
    pub(super) fn filters(&self) -> BTreeSet<String> {
        self.named("filter.", &[".clean", ".smudge", ".process"])
    }

    /// Names of the merge drivers the user defined.
    pub(super) fn drivers(&self) -> BTreeSet<String> {
        self.named("merge.", &[".driver"])
    }

    /// Every setting of filters and merge drivers, to be carried over.
    pub(super) fn programs(&self) -> Vec<(&str, &str)> {
        let filters = self.filters().into_iter().map(|name| format!("filter.{name}."));
        let drivers = self.drivers().into_iter().map(|name| format!("merge.{name}."));
        let wanted: Vec<String> = filters.chain(drivers).collect();
        let of = |key: &str| {
            let (section, _) = key.rsplit_once('.')?;
            wanted.iter().find(|w| w.trim_end_matches('.') == section)
        };
        self.0
            .iter()
            .filter(|(key, _)| of(key).is_some())
            .map(|(k, (_, v))| (k.as_str(), v.as_str()))
            .collect()
    }

    fn named(&self, section: &str, keys: &[&str]) -> BTreeSet<String> {
        let name = |key: &str| {
            let rest = key.strip_prefix(section)?;
            let name = keys.iter().find_map(|end| rest.strip_suffix(end))?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        self.0.keys().filter_map(|key| name(key)).collect()
    }
}
