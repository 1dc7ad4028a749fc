//! What is to be done about what was found. It is data, and a team has its own.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::triage::Priority;
use crate::domain::near::did_you_mean;

/// The recommendations and actions that come with the program.
pub const BUILT_IN: &str = include_str!("../../../data/incident/actions.toml");
/// The most days until something is due.
const DAYS_MOST: u32 = 366;
/// The longest text of an entry, in characters.
const TEXT_MOST: usize = 300;

/// What is to be done about some kinds, areas or mechanisms.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Mechanisms it is about.
    #[serde(default)]
    pub mechanisms: Vec<String>,
    /// Kinds it is about.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Areas of kinds it is about.
    #[serde(default)]
    pub areas: Vec<String>,
    /// What is recommended.
    pub recommend: String,
    /// What somebody does.
    pub item: String,
    /// The role that does it.
    pub owner: String,
    /// `P1`, `P2` or `P3`; none: that of the incident.
    #[serde(default)]
    pub priority: Option<Priority>,
}

impl Entry {
    fn catch_all(&self) -> bool {
        self.mechanisms.is_empty() && self.kinds.is_empty() && self.areas.is_empty()
    }
}

/// Within how many days something is due.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Days {
    p1: Option<u32>,
    p2: Option<u32>,
    p3: Option<u32>,
}

/// All that is known of what is to be done.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actions {
    #[serde(rename = "action")]
    entries: Vec<Entry>,
    days: Days,
    owners: Vec<String>,
    /// Words with digits that name nothing.
    pub terms: Vec<String>,
    /// What entities are of.
    pub types: Vec<String>,
}

impl Actions {
    /// What comes along, with a team's own over it. What of the team's cannot be read is left out: a configuration
    /// that has it is refused when it is loaded.
    #[must_use]
    pub fn with(own: &str) -> Self {
        // A test reads the built-in file, so that it is never wrong.
        Self::read(own).unwrap_or_else(|_| Self::read("").unwrap_or_default())
    }

    /// The same.
    ///
    /// # Errors
    /// A line for people that says what is wrong with the team's own.
    pub fn read(own: &str) -> Result<Self, String> {
        let mut all: Self = toml::from_str(BUILT_IN).map_err(|e| e.to_string())?;
        let mut own: Self = toml::from_str(own).map_err(|e| e.to_string())?;
        for entry in &own.entries {
            check(entry).map_err(|why| format!("the action `{}`: {why}", entry.name))?;
        }
        for (name, days) in [("p1", own.days.p1), ("p2", own.days.p2), ("p3", own.days.p3)] {
            if days.is_some_and(|d| d > DAYS_MOST) {
                return Err(format!("`{name}` of [days] is at most {DAYS_MOST}"));
            }
        }
        let names: BTreeSet<String> = own.entries.iter().map(|e| e.name.clone()).collect();
        if names.len() < own.entries.len() {
            return Err("an [[action]] is there twice".to_owned());
        }
        all.entries.retain(|e| !names.contains(&e.name));
        own.entries.append(&mut all.entries);
        all.entries = own.entries;
        if !all.entries.iter().any(Entry::catch_all) {
            return Err(
                "no [[action]] is left for everything else, without kinds, areas and mechanisms".to_owned()
            );
        }
        all.owners.append(&mut own.owners);
        all.terms.append(&mut own.terms);
        all.types.append(&mut own.types);
        let over = |own: Option<u32>, all: Option<u32>| own.or(all);
        all.days = Days {
            p1: over(own.days.p1, all.days.p1),
            p2: over(own.days.p2, all.days.p2),
            p3: over(own.days.p3, all.days.p3),
        };
        Ok(all)
    }

    /// The same, of kinds and mechanisms that there are.
    ///
    /// # Errors
    /// A line for people that says what is wrong with the team's own.
    pub fn checked(own: &str, kinds: &Kinds, mechanisms: &Mechanisms) -> Result<Self, String> {
        let all = Self::read(own)?;
        for entry in &all.entries {
            if let Some(kind) = entry.kinds.iter().find(|k| kinds.get(k).is_none()) {
                let near = did_you_mean(kind, kinds.iter().map(|k| k.name.as_str()));
                return Err(format!("the action `{}`: there is no kind `{kind}`{near}", entry.name));
            }
            let named = |name: &str| mechanisms.iter().any(|m| m.name == name);
            if let Some(name) = entry.mechanisms.iter().find(|m| !named(m)) {
                let near = did_you_mean(name, mechanisms.iter().map(|m| m.name.as_str()));
                return Err(format!("the action `{}`: there is no mechanism `{name}`{near}", entry.name));
            }
        }
        Ok(all)
    }

    /// What is to be done about a link by that mechanism, if anything.
    #[must_use]
    pub fn of_mechanism(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.mechanisms.iter().any(|m| m == name))
    }

    /// What is to be done about a finding of that kind: what names the kind, else its area, else what is for all.
    #[must_use]
    pub fn of_kind(&self, kind: &str, kinds: &Kinds) -> Option<&Entry> {
        let area = kinds.get(kind).map(|k| k.area.as_str());
        let named = self.entries.iter().find(|e| e.kinds.iter().any(|k| k == kind));
        let area = || self.entries.iter().find(|e| e.areas.iter().any(|a| Some(a.as_str()) == area));
        named.or_else(area).or_else(|| self.entries.iter().find(|e| e.catch_all()))
    }

    /// Within how many days something of that priority is due.
    #[must_use]
    pub fn days(&self, priority: Priority) -> u32 {
        match priority {
            Priority::P1 => self.days.p1.unwrap_or(1),
            Priority::P2 => self.days.p2.unwrap_or(7),
            Priority::P3 => self.days.p3.unwrap_or(30),
        }
    }

    /// The roles that may own an item.
    pub fn owners(&self) -> impl Iterator<Item = &str> {
        self.owners.iter().map(String::as_str).chain(self.entries.iter().map(|e| e.owner.as_str()))
    }

    /// All texts of the entries.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().flat_map(|e| [e.recommend.as_str(), e.item.as_str(), e.owner.as_str()])
    }
}

fn check(entry: &Entry) -> Result<(), String> {
    for (what, text) in [
        ("name", &entry.name),
        ("recommend", &entry.recommend),
        ("item", &entry.item),
        ("owner", &entry.owner),
    ] {
        if text.trim().is_empty() || text.chars().count() > TEXT_MOST || text.chars().any(char::is_control) {
            return Err(format!("`{what}` is one line of 1 to {TEXT_MOST} characters"));
        }
    }
    Ok(())
}
