//! What git is told of the user's own configuration when it merges.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::git::user::User;

/// Whole keys that change how a merge comes out.
const KEYS: [&str; 13] = [
    "merge.renames",
    "merge.directoryrenames",
    "merge.renamelimit",
    "merge.renormalize",
    "merge.conflictstyle",
    "merge.default",
    "diff.renames",
    "diff.renamelimit",
    "diff.algorithm",
    "core.autocrlf",
    "core.eol",
    "core.safecrlf",
    "core.bigfilethreshold",
];
/// How merges are made beside the two engines' own ways.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Means {
    /// Why git alone merges here: what libgit2 cannot do in this repository. None: both do.
    pub git_only: Option<String>,
    /// Merge drivers by name, each with its command, that the configuration of this program names. Those of the
    /// user's global and system configuration of git count as well; a repository's never.
    pub drivers: BTreeMap<String, String>,
}

/// The settings as git takes them from its environment.
pub(super) fn environment(user: &User, means: &Means) -> Vec<(OsString, OsString)> {
    let mut all = settings(user);
    for (name, command) in &means.drivers {
        all.push((format!("merge.{name}.driver"), command.into()));
    }
    all.push(("core.fsmonitor".into(), "false".into()));
    all.push(("core.hooksPath".into(), "/dev/null".into()));
    let mut env = vec![("GIT_CONFIG_COUNT".into(), all.len().to_string().into())];
    for (n, (key, value)) in all.into_iter().enumerate() {
        env.push((format!("GIT_CONFIG_KEY_{n}").into(), key.into()));
        env.push((format!("GIT_CONFIG_VALUE_{n}").into(), value));
    }
    env
}

/// What is carried over: whole keys, and the user's drivers and filters.
fn settings(user: &User) -> Vec<(String, OsString)> {
    let set = |key: &'static str| Some((key.to_owned(), user.get(key)?.into()));
    let mut found: Vec<(String, OsString)> = KEYS.into_iter().filter_map(set).collect();
    found.extend(user.programs().into_iter().map(|(key, value)| (key.to_owned(), value.into())));
    let attributes = user.path("core.attributesfile");
    found.extend(attributes.map(|path| ("core.attributesFile".to_owned(), path.into_os_string())));
    found
}
