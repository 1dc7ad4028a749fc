//! Mechanisms: how one kind of finding brings about another. They are data, and a team adds its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::{Kind, Kinds};

/// The mechanisms that come with the program.
pub const BUILT_IN: &str = include_str!("../../data/incident/mechanisms.toml");
/// The longest lag, in seconds: a week.
pub const LAG_MOST: u32 = 7 * 86_400;

/// How the entities of cause and effect have to be linked. The first entity of a finding is what it is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Linked {
    /// Both are about the same.
    About,
    /// That, or one names what the other is about, or a third finding is about what the one is about and names what
    /// the other is about.
    Same,
    /// That, or both name the same part of the system (nothing that serves many, such as a database), or a third
    /// finding links what the one is about with a part that the other names.
    Related,
    /// They need not be linked: it works across a whole account.
    Any,
}

/// How one thing brings about another.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// Its name.
    pub name: String,
    /// The area it belongs to.
    pub area: String,
    /// The kinds of the cause.
    pub from: Vec<String>,
    /// The kinds of the effect.
    pub to: Vec<String>,
    /// How many seconds the effect begins after the cause: the least and the most.
    pub lag: (u32, u32),
    /// How their entities have to be linked.
    pub linked: Linked,
    /// How likely it is the cause where all of this holds, above 0 and at most 1.
    pub confidence: f64,
    /// How it works.
    pub why: String,
    /// What would show that it was not at work.
    pub unless: String,
    /// Where the behaviour is described: a document by its title, or that there is none.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    kind: Vec<Kind>,
    #[serde(default)]
    mechanism: Vec<Mechanism>,
}

/// The known mechanisms, by name.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Mechanisms(BTreeMap<String, Mechanism>);

impl Mechanisms {
    /// The mechanisms that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        static READ: LazyLock<Mechanisms> = LazyLock::new(|| {
            let mut all = Mechanisms::default();
            // A test reads the file, so that it is never wrong.
            let _ = all.add(BUILT_IN, &mut Kinds::built_in());
            all
        });
        READ.clone()
    }

    /// Adds those of a text, and its kinds to `kinds`. One that has the name of a known one replaces it.
    ///
    /// # Errors
    /// A line for people that names the mechanism and what is wrong with it; nothing is added then.
    pub fn add(&mut self, text: &str, kinds: &mut Kinds) -> Result<(), String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut known = kinds.clone();
        known.add(file.kind)?;
        for one in &file.mechanism {
            check(one, &known).map_err(|why| format!("the mechanism `{}`: {why}", one.name))?;
        }
        *kinds = known;
        self.0.extend(file.mechanism.into_iter().map(|m| (m.name.clone(), m)));
        Ok(())
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Mechanism> {
        self.0.values()
    }
}

fn check(one: &Mechanism, kinds: &Kinds) -> Result<(), String> {
    if one.name.trim().is_empty() || one.from.is_empty() || one.to.is_empty() {
        return Err("`name`, `from` and `to` must not be empty".to_owned());
    }
    if let Some(kind) = one.from.iter().chain(&one.to).find(|k| kinds.get(k).is_none()) {
        return Err(format!("there is no kind `{kind}`; add it as a [[kind]]"));
    }
    if one.lag.0 > one.lag.1 || one.lag.1 > LAG_MOST {
        return Err(format!("`lag` is the least and the most seconds, at most {LAG_MOST}"));
    }
    if one.source.trim().is_empty() {
        return Err(
            "`source` says where the behaviour is described, or that it is your own experience".to_owned()
        );
    }
    if !(one.confidence > 0.0 && one.confidence <= 1.0) {
        return Err("`confidence` is above 0 and at most 1".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_mechanisms_are_whole() {
        let mut all = Mechanisms::default();
        all.add(BUILT_IN, &mut Kinds::built_in()).unwrap();
        assert_eq!(all, Mechanisms::built_in());
        assert!(all.iter().count() >= 40);
        assert_eq!(all.iter().count(), BUILT_IN.matches("[[mechanism]]").count(), "a name is there twice");
        for area in ["compute", "kubernetes", "database", "network", "cache", "deploy", "cost"] {
            assert!(all.iter().any(|m| m.area == area), "{area}");
        }
        assert!(all.iter().all(|m| !m.why.is_empty() && !m.unless.is_empty() && m.source.len() > 10));
    }

    #[test]
    fn a_team_adds_its_own_or_is_told_what_is_wrong() {
        let (mut all, mut kinds) = (Mechanisms::built_in(), Kinds::built_in());
        let before = all.iter().count();
        let own = "[[kind]]\nname = 'own.thing'\narea = 'own'\nwhat = 'w'\n[[mechanism]]\nname = 'own'\narea = 'own'\n\
            from = ['own.thing']\nto = ['api.errors.high']\nlag = [0, 9]\nlinked = 'any'\nconfidence = 0.5\nwhy = 'w'\nunless = 'u'\nsource = 's'\n";
        for (right, wrong, why) in [
            ("api.errors.high", "api.errors.hihg", "there is no kind `api.errors.hihg`"),
            ("[0, 9]", "[9, 0]", "`lag`"),
            ("0.5", "1.5", "`confidence`"),
            ("'any'", "'some'", "some"),
            ("source = 's'", "source = ' '", "`source`"),
            ("source = 's'", "", "missing field `source`"),
        ] {
            let told = all.add(&own.replace(right, wrong), &mut kinds).unwrap_err();
            assert!(told.contains(why), "{told}");
            assert!(kinds.get("own.thing").is_none());
        }
        all.add(own, &mut kinds).unwrap();
        assert!(kinds.get("own.thing").is_some());
        assert_eq!(all.iter().count(), before + 1);
    }
}
