//! What a project says over the words that come along: it goes into the plan, so that its record needs no file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::measures::{Area, Metric, Named};
use super::{ReasonWords, Vocabulary};
use crate::domain::workflow::project::Cause;

/// What a project says of a red flag; what is left out stays as it comes along.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnFlag {
    /// Its name: one of those that come along, since each has a rule in the program.
    pub name: String,
    /// What it means, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is asked where the record does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What to do when it is raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// More of what a text has to say for its rule; `-word` takes one away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The number its rule goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What a project says of a cause; what is left out stays as it comes along.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnCause {
    /// The cause.
    pub name: Cause,
    /// What it means, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the person can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// More of what a text has to say for its rule; `-word` takes one away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// How far a figure has to be exceeded, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u32>,
}

macro_rules! files {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $key:literal $field:ident: $of:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(rename = $key)] pub $field: Vec<$of>,)*
        }

        impl From<$name> for Own {
            fn from(file: $name) -> Self {
                Self { $($field: file.$field,)* ..Self::default() }
            }
        })*
    };
}

files! {
    /// A project's `flags.toml`.
    OwnFlags {
        /// Its red flags.
        "flag" flags: OwnFlag,
    }
    /// A project's `escalations.toml`.
    OwnCauses {
        /// Its causes.
        "cause" causes: OwnCause,
    }
    /// A project's `reasons.toml`.
    OwnReasons {
        /// Its reasons.
        "reason" reasons: ReasonWords,
    }
    /// A project's `metrics.toml`.
    OwnMetrics {
        /// Its sections.
        "section" sections: Named,
        /// Its metrics.
        "metric" metrics: Metric,
    }
    /// A project's `milestones.toml`.
    OwnMilestones {
        /// Its milestones.
        "milestone" milestones: Named,
    }
    /// A project's `areas.toml`.
    OwnAreas {
        /// Its areas.
        "area" areas: Area,
    }
}

/// All that a project says over the words that come along.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Own {
    /// Red flags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<OwnFlag>,
    /// Causes of escalations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<OwnCause>,
    /// Reasons of changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonWords>,
    /// Sections of metrics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Named>,
    /// Metrics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Milestones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Named>,
    /// Areas of work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Area>,
}

impl Own {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This and what another file says.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.flags.extend(other.flags);
        self.causes.extend(other.causes);
        self.reasons.extend(other.reasons);
        self.sections.extend(other.sections);
        self.metrics.extend(other.metrics);
        self.milestones.extend(other.milestones);
        self.areas.extend(other.areas);
        self
    }
}

impl Vocabulary {
    /// This one with a project's own over it: what has the name of something here goes over that, the rest is added; a
    /// flag, a cause or a reason that is not here is passed over.
    #[must_use]
    pub fn with(mut self, own: &Own) -> Self {
        for one in &own.flags {
            let Some(there) = self.flags.iter_mut().find(|f| f.name == one.name) else { continue };
            one.title.iter().for_each(|t| there.title.clone_from(t));
            one.question.iter().for_each(|t| there.question.clone_from(t));
            one.remedy.iter().for_each(|t| there.remedy.clone_from(t));
            one.limit.iter().for_each(|n| there.limit = *n);
            add(&mut there.words, &one.words);
        }
        for one in &own.causes {
            let Some(there) = self.causes.iter_mut().find(|c| c.name == one.name) else { continue };
            one.title.iter().for_each(|t| there.title.clone_from(t));
            one.remedy.iter().for_each(|t| there.remedy.clone_from(t));
            one.percent.iter().for_each(|n| there.percent = *n);
            add(&mut there.words, &one.words);
        }
        for one in &own.reasons {
            self.reasons
                .iter_mut()
                .filter(|r| r.name == one.name)
                .for_each(|r| r.title.clone_from(&one.title));
        }
        put(&mut self.metrics.sections, &own.sections, |s| &s.name);
        put(&mut self.metrics.metrics, &own.metrics, |m| &m.name);
        put(&mut self.milestones, &own.milestones, |m| &m.name);
        self.areas = areas(self.areas, &own.areas);
        self
    }
}

/// Whoever is in an area of the project's own leaves the one that comes along; one that nobody is left in goes. Whoever
/// is in none stays in the last.
fn areas(all: Vec<Area>, own: &[Area]) -> Vec<Area> {
    let taken = |name: &String| own.iter().any(|a| a.specialists.contains(name));
    let same = |area: &Area| own.iter().find(|a| a.title == area.title);
    let (rest, named): (Vec<Area>, Vec<Area>) = all.into_iter().partition(|a| a.specialists.is_empty());
    let mut kept: Vec<Area> = Vec::new();
    for mut area in named {
        match same(&area) {
            Some(one) => area = one.clone(),
            None => area.specialists.retain(|s| !taken(s)),
        }
        kept.extend((!area.specialists.is_empty()).then_some(area));
    }
    for one in own.iter().filter(|a| !a.specialists.is_empty()) {
        if !kept.iter().any(|k| k.title == one.title) {
            kept.push(one.clone());
        }
    }
    let last = own.iter().rfind(|a| a.specialists.is_empty()).cloned();
    kept.extend(last.map_or(rest, |last| vec![last]));
    kept
}

fn put<T: Clone>(to: &mut Vec<T>, own: &[T], name: impl Fn(&T) -> &String) {
    for one in own {
        match to.iter_mut().find(|t| name(t) == name(one)) {
            Some(there) => there.clone_from(one),
            None => to.push(one.clone()),
        }
    }
}

/// Adds words to a list; `-word` takes one away.
pub(in crate::domain::workflow) fn add(to: &mut Vec<String>, own: &[String]) {
    for word in own {
        match word.strip_prefix('-') {
            Some(gone) => to.retain(|w| w != gone),
            None if to.contains(word) => {}
            None => to.push(word.clone()),
        }
    }
}
