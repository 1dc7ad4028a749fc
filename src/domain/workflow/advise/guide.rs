//! How requests are read and patterns are chosen: `src/data/workflow/advise.toml`, and a project's own over it.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Use;
use crate::domain::near::did_you_mean;
use crate::domain::workflow::catalogue::{Catalogue, Domain, is_phrase};
use crate::domain::workflow::pattern::Pattern;
use crate::domain::workflow::vocabulary::add;

/// The guide that comes with the program.
pub const BUILT_IN: &str = include_str!("../../../data/workflow/advise.toml");
/// The most entries of one of its lists.
pub const ENTRIES_MOST: usize = 1_000;
/// Stands for any pattern.
pub const ANY: &str = "*";

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The words by which a request is read. Those of a project are added; `-word` takes one away.
        #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Reading {
            $($(#[$doc])* pub $name: Vec<String>,)*
        }

        impl Reading {
            fn with(mut self, own: Self) -> Self {
                $(add(&mut self.$name, &own.$name);)*
                self
            }

            fn lists(&self) -> Vec<(&'static str, &[String])> {
                vec![$((stringify!($name), self.$name.as_slice()),)*]
            }
        }
    };
}

lists! {
    /// What comes next is ruled out.
    not,
    /// What comes next is there already.
    settled,
    /// What stands before is ruled out.
    not_after,
    /// All of a list that stands before is ruled out.
    not_after_all,
    /// What stands before is there already.
    settled_after,
    /// All of a list that stands before is there already.
    settled_after_all,
    /// Words that may stand between.
    light,
    /// With these another thought begins.
    verbs,
    /// What these say is a matter of texts.
    documents,
    /// Where what leads up to them begins.
    document_ends,
    /// What may follow them and say what they are about.
    document_about,
    /// What only looks like a word of the trade.
    misleading,
    /// Names that are known with one slip in them, too.
    names,
}

/// What a request is about, beside what its specialists are for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Which.
    pub name: Domain,
    /// The words that say so.
    pub say: Vec<String>,
}

/// A pattern that can fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Whom it brings: short names, or an alias.
    pub specialists: Vec<String>,
}

impl Known {
    fn of(pattern: &Pattern) -> Self {
        let mut specialists: Vec<String> = Vec::new();
        let owners = |id: &str| pattern.phases.iter().find(|p| p.id == id).and_then(|p| p.owner.clone());
        for name in pattern.tasks.iter().filter_map(|t| t.specialist.clone().or_else(|| owners(&t.phase))) {
            if !specialists.contains(&name) {
                specialists.push(name);
            }
        }
        Self { name: pattern.name.clone(), title: pattern.title.clone(), specialists }
    }
}

/// A rule by which a pattern fits: all that is given holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The pattern.
    pub pattern: String,
    /// What the rule sees.
    pub why: String,
    /// Of each of these lists something is said.
    #[serde(default)]
    pub all: Vec<Vec<String>>,
    /// None of these is said.
    #[serde(default)]
    pub unless: Vec<String>,
    /// All of these are chosen.
    #[serde(default)]
    pub specialists: Vec<String>,
    /// At least so many providers are chosen.
    #[serde(default)]
    pub providers: usize,
    /// At least so many domains are touched.
    #[serde(default)]
    pub domains: usize,
}

/// What a provider has to be for a question to be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Needed and not known.
    Open,
}

/// Something that is asked: all that is given holds, of a list one entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its name.
    pub key: String,
    /// The question.
    pub ask: String,
    /// Why it matters.
    pub why: String,
    /// The patterns with which it is asked; `*`: any, an empty name: none fits.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// The conclusions with which it is asked.
    #[serde(default)]
    pub verdicts: Vec<Use>,
    /// What the request has to say.
    #[serde(default)]
    pub said: Vec<String>,
    /// With these it is answered, or needs no answer.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What the provider has to be.
    #[serde(default)]
    pub provider: Option<Provider>,
}

/// What cannot hold at once: one of `say`, and one of `and` where there are any, and so many providers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contradiction {
    /// What is said.
    pub say: Vec<String>,
    /// And what is said, too.
    #[serde(default)]
    pub and: Vec<String>,
    /// And at least so many providers are named.
    #[serde(default)]
    pub providers: usize,
    /// What is asked then.
    pub ask: String,
}

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guide {
    /// The words by which a request is read.
    pub reading: Reading,
    /// What a request is about.
    #[serde(rename = "domain")]
    pub areas: Vec<Area>,
    /// The patterns there are: files of their own.
    #[serde(skip)]
    pub patterns: Vec<Known>,
    /// When one fits; the first decides.
    #[serde(rename = "fit")]
    pub fits: Vec<Fit>,
    /// What is asked.
    #[serde(rename = "question")]
    pub questions: Vec<Ask>,
    /// What cannot hold at once.
    #[serde(rename = "contradiction")]
    pub contradictions: Vec<Contradiction>,
}

impl Guide {
    /// The one that comes with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads it.
        static READ: LazyLock<Guide> = LazyLock::new(|| {
            toml::from_str::<Guide>(BUILT_IN).unwrap_or_default().knowing(&Pattern::built_in())
        });
        READ.clone()
    }

    /// This one with these patterns.
    #[must_use]
    pub fn knowing(self, patterns: &[Pattern]) -> Self {
        Self { patterns: patterns.iter().map(Known::of).collect(), ..self }
    }

    /// This one with a project's own over it.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        self.reading = self.reading.with(own.reading);
        for area in own.areas {
            match self.areas.iter_mut().find(|a| a.name == area.name) {
                Some(there) => add(&mut there.say, &area.say),
                None => self.areas.push(area),
            }
        }
        put(&mut self.questions, own.questions, |q| q.key.clone());
        self.fits.splice(0..0, own.fits);
        self.contradictions.extend(own.contradictions);
        self
    }

    /// The pattern of that name.
    ///
    /// # Errors
    /// When there is none, with the nearest: completes "failed to find the pattern …".
    pub fn pattern(&self, name: &str) -> Result<&Known, String> {
        let low = name.trim().to_lowercase();
        self.patterns.iter().find(|p| p.name == low).ok_or_else(|| {
            let names: Vec<&str> = self.patterns.iter().map(|p| p.name.as_str()).collect();
            let near = did_you_mean(&low, names.iter().copied());
            format!("`{}`: there are {}{near}", super::clipped(name), names.join(", "))
        })
    }

    /// What is wrong with it where it is part of `all`: the key of the file, which entry from 0, and what was expected.
    ///
    /// # Errors
    /// The first such thing.
    pub fn check(
        &self,
        all: &Self,
        catalogue: &Catalogue,
    ) -> Result<(), (&'static str, Option<usize>, String)> {
        self.whole(all, catalogue)?;
        let phrases = |key, at, list: &[String]| phrases(list).map_err(|why| (key, at, why));
        for (name, list) in self.reading.lists() {
            phrases("reading", None, list).map_err(|(k, at, why)| (k, at, format!("{name}: {why}")))?;
        }
        for (i, area) in self.areas.iter().enumerate() {
            phrases("domain", Some(i), &area.say)?;
        }
        let somebody = |key, i, name: &String| {
            let there = catalogue.all().iter().any(|s| s.is(name));
            let names = catalogue.all().iter().map(|s| s.name.as_str());
            let near = did_you_mean(name, names);
            if there {
                Ok(())
            } else {
                Err((key, Some(i), format!("expected a specialist, found `{name}`{near}")))
            }
        };
        let pattern = |key, i, name: &String| match all.pattern(name) {
            Err(why) if name != ANY && !name.is_empty() => {
                Err((key, Some(i), format!("expected a pattern, found {why}")))
            }
            _ => Ok(()),
        };
        for (i, fit) in self.fits.iter().enumerate() {
            pattern("fit", i, &fit.pattern)?;
            fit.all.iter().chain([&fit.unless]).try_for_each(|l| phrases("fit", Some(i), l))?;
            fit.specialists.iter().try_for_each(|name| somebody("fit", i, name))?;
            if fit.all.is_empty() && fit.specialists.is_empty() && fit.providers == 0 && fit.domains == 0 {
                return Err((
                    "fit",
                    Some(i),
                    "expected something that has to hold, found nothing".to_owned(),
                ));
            }
        }
        for (i, ask) in self.questions.iter().enumerate() {
            ask.patterns.iter().try_for_each(|name| pattern("question", i, name))?;
            [&ask.said, &ask.unless].into_iter().try_for_each(|l| phrases("question", Some(i), l))?;
        }
        for (i, one) in self.contradictions.iter().enumerate() {
            [&one.say, &one.and].into_iter().try_for_each(|l| phrases("contradiction", Some(i), l))?;
        }
        Ok(())
    }
}

fn phrases(list: &[String]) -> Result<(), String> {
    if list.len() > ENTRIES_MOST {
        return Err(format!("it has {} entries, and may have {ENTRIES_MOST}", list.len()));
    }
    let wrong = |p: &&String| **p != p.to_lowercase() || !is_phrase(p);
    match list.iter().find(wrong) {
        Some(p) => Err(format!(
            "expected a phrase in lower case that begins and ends with a word, found `{}`",
            super::clipped(p)
        )),
        None => Ok(()),
    }
}

fn put<T>(to: &mut Vec<T>, own: Vec<T>, name: impl Fn(&T) -> String) {
    for one in own {
        match to.iter_mut().find(|t| name(t) == name(&one)) {
            Some(there) => *there = one,
            None => to.push(one),
        }
    }
}
