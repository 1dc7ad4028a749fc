//! The vocabulary of findings: kinds that are data, so that specialists, mechanisms and people mean the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The kinds that come with the program.
pub const BUILT_IN: &str = include_str!("../../data/incident/kinds.toml");

/// One kind of finding.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its name, such as `node.added`: words of lower-case letters, digits and `_`, joined by dots.
    pub name: String,
    /// The area it belongs to, such as `kubernetes`.
    pub area: String,
    /// What it says, in words.
    pub what: String,
    /// Whether people or the world outside do it, so that nothing observed needs to have triggered it.
    #[serde(default)]
    pub origin: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    kind: Vec<Kind>,
}

/// The known kinds by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kinds(BTreeMap<String, Kind>);

impl Kinds {
    /// The kinds of a file.
    ///
    /// # Errors
    /// A line for people when the text is no such file or names a kind twice.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut kinds = Self::default();
        kinds.add(file.kind)?;
        Ok(kinds)
    }

    /// The kinds that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the file, so that it is never empty.
        static READ: LazyLock<Kinds> = LazyLock::new(|| Kinds::read(BUILT_IN).unwrap_or_default());
        READ.clone()
    }

    /// Adds a team's own kinds.
    ///
    /// # Errors
    /// A line for people that names the kind which is there already or whose name is none.
    pub fn add(&mut self, kinds: Vec<Kind>) -> Result<(), String> {
        for kind in kinds {
            if !is_name(&kind.name) {
                return Err(format!("`{}` is no name of a kind: use words such as `node.added`", kind.name));
            }
            if self.0.contains_key(&kind.name) {
                return Err(format!("the kind `{}` is there already", kind.name));
            }
            self.0.insert(kind.name.clone(), kind);
        }
        Ok(())
    }

    /// The kind of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    /// All kinds, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.0.values()
    }
}

fn is_name(name: &str) -> bool {
    let word = |w: &str| {
        !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    name.contains('.') && name.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_kinds_are_whole() {
        let kinds = Kinds::read(BUILT_IN).unwrap();
        for name in [
            "autoscaling.scale_out",
            "node.added",
            "pod.scheduled",
            "db.connections.high",
            "api.latency.high",
        ] {
            assert!(kinds.get(name).is_some(), "{name}");
        }
        assert!(kinds.iter().all(|k| !k.what.is_empty() && !k.area.is_empty()));
        assert_eq!(Kinds::built_in(), kinds);
    }

    #[test]
    fn names_are_checked_and_unique() {
        let own = |name: &str| {
            vec![Kind { name: name.into(), area: "own".into(), what: "w".into(), origin: false }]
        };
        let mut kinds = Kinds::built_in();
        assert_eq!(kinds.add(own("queue.stuck_2")), Ok(()));
        assert!(kinds.add(own("queue.stuck_2")).unwrap_err().contains("already"));
        for wrong in ["queue", "Queue.stuck", "queue..stuck", "queue.", "a b.c"] {
            assert!(kinds.add(own(wrong)).is_err(), "{wrong}");
        }
    }
}
