//! What git is told of the user's own configuration when it merges.

use std::collections::BTreeMap;
use std::ffi::OsString;

use git2::Config;

/// Whole keys that change how a merge comes out.
const KEYS: [&str; 14] = [
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
    "core.attributesfile",
];
/// The most settings carried over.
const MAX_SETTINGS: usize = 200;

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
pub(super) fn environment(means: &Means) -> Vec<(OsString, OsString)> {
    let mut all = Config::open_default().map(|c| settings(&c)).unwrap_or_default();
    for (name, command) in &means.drivers {
        all.push((format!("merge.{name}.driver"), command.clone()));
    }
    all.push(("core.fsmonitor".into(), "false".into()));
    all.push(("core.hooksPath".into(), "/dev/null".into()));
    let mut env = vec![("GIT_CONFIG_COUNT".into(), all.len().to_string().into())];
    for (n, (key, value)) in all.into_iter().enumerate() {
        env.push((format!("GIT_CONFIG_KEY_{n}").into(), key.into()));
        env.push((format!("GIT_CONFIG_VALUE_{n}").into(), value.into()));
    }
    env
}

/// What is carried over of a configuration, in its order. Git reads keys without regard to case, as they are
/// here, but for a driver's name.
fn settings(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Ok(mut entries) = config.entries(None) else { return found };
    while let Some(Ok(entry)) = entries.next() {
        let (Ok(key), Ok(value)) = (entry.name(), entry.value()) else { continue };
        let value = match key {
            "core.attributesfile" => match config.get_path(key) {
                Ok(path) => path.to_string_lossy().into_owned(),
                Err(_) => continue,
            },
            _ => value.to_owned(),
        };
        if (KEYS.contains(&key) || driver(key)) && found.len() < MAX_SETTINGS && !value.contains('\0') {
            found.push((key.to_owned(), value));
        }
    }
    found
}

/// Whether a key belongs to a merge driver: `merge.<name>.driver` and its like.
fn driver(key: &str) -> bool {
    let middle = key.strip_prefix("merge.").and_then(|rest| rest.rsplit_once('.'));
    middle.is_some_and(|(_, last)| matches!(last, "driver" | "name" | "recursive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_merges_is_carried_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config");
        let text = "[merge]\n\trenames = false\n\tff = only\n[merge \"My.Own\"]\n\tdriver = \"a \\\"b\\\" %A\"\n\
                    [core]\n\tfsmonitor = evil\n\tattributesFile = /x y\n[alias]\n\tmerge = !evil\n";
        std::fs::write(&file, text).unwrap();
        let found = settings(&Config::open(&file).unwrap());
        let pairs: Vec<(&str, &str)> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let expected = [
            ("merge.renames", "false"),
            ("merge.My.Own.driver", "a \"b\" %A"),
            ("core.attributesfile", "/x y"),
        ];
        assert_eq!(pairs, expected);
    }
}
