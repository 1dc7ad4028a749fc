//! The words by which reports are read: data, so that a team can add its own.

use serde::{Deserialize, Serialize};

use super::routes::USER_IMPACT;
use super::{Priority, Seen};

/// The most words of one list.
pub const WORDS_MOST: usize = 1_000;

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Lists of words, in lower case. Those of a project are added to the built-in ones; `-word` takes one away.
        #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Words {
            $($(#[$doc])* pub $name: Vec<String>,)*
        }

        impl Words {
            /// These with `own` over them.
            #[must_use]
            pub fn with(mut self, own: Self) -> Self {
                $(add(&mut self.$name, own.$name);)*
                self
            }

            /// All lists by their names.
            #[must_use]
            pub fn lists(&self) -> Vec<(&'static str, &[String])> {
                vec![$((stringify!($name), self.$name.as_slice()),)*]
            }
        }
    };
}

lists! {
    /// Labels of a line that says the first symptom.
    symptom_line,
    /// Labels of a line that says when the report came in.
    received_line,
    /// Labels of a line that says how far it reaches.
    scope_line,
    /// Labels of a line that names a service or a region.
    service_line,
    /// Labels of a line that says the priority.
    priority_line,
    /// What stands on a line whose answer nobody has.
    unsure,
    /// What stands for P1 on the line of the priority.
    p1,
    /// What stands for P2.
    p2,
    /// What stands for P3.
    p3,
    /// What a line means that says all services.
    everyone,
    /// Patterns for all services.
    all_services,
    /// Patterns for all regions.
    all_regions,
    /// Patterns for a region without a name.
    a_region,
    /// Names of regions beside those of the clouds.
    regions,
    /// Names of services that count wherever they stand.
    services,
    /// What stands after the name of a service: "orders database".
    kinds,
    /// What stands before its name: "service orders".
    before_names,
    /// Kinds that are a scope by themselves where nothing else is named.
    general,
    /// What is seen in a service, before its name: "failures in billing".
    seen_in,
    /// What no service is called.
    no_names,
    /// What stands before the time of the start.
    starts,
    /// What stands before another time.
    other_times,
    /// What turns what follows into its contrary.
    not,
    /// After which a negation before says nothing of what comes.
    ends,
    /// What something that is in order is said to be.
    normal,
    /// Before one of `normal`: it says the contrary.
    beyond,
    /// What something that is not in order does, or is said to be.
    rise,
    /// What says, beside its name, that something is not in order.
    bad,
    /// What makes a part of a sentence one that stands by itself.
    verbs,
    /// With what a part begins that has nothing to do with a negation before it.
    turns,
}

fn add(to: &mut Vec<String>, own: Vec<String>) {
    for word in own {
        match word.strip_prefix('-') {
            Some(gone) => to.retain(|w| w != gone),
            None if to.contains(&word) => {}
            None => to.push(word),
        }
    }
}

impl Words {
    /// What is wrong with them: completes "use FILE: …".
    ///
    /// # Errors
    /// The first such thing, in words.
    pub fn check(&self) -> Result<(), String> {
        for (name, list) in self.lists() {
            if list.len() > WORDS_MOST {
                return Err(format!(
                    "words.{name} has {}, more than the {WORDS_MOST} there may be",
                    list.len()
                ));
            }
            if let Some(word) = list.iter().find(|w| w.trim().is_empty() || **w != w.to_lowercase()) {
                return Err(format!("words.{name} has `{word}`: words are in lower case, and none is empty"));
            }
        }
        Ok(())
    }

    /// The priority that a word on its line stands for.
    #[must_use]
    pub fn priority(&self, word: &str) -> Option<Priority> {
        let word = word.trim().to_lowercase();
        let lists = [(&self.p1, Priority::P1), (&self.p2, Priority::P2), (&self.p3, Priority::P3)];
        lists.into_iter().find(|(list, _)| list.contains(&word)).map(|(_, p)| p)
    }
}

/// What tells a priority where the report names none: all of its conditions hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// The priority.
    pub priority: Priority,
    /// All of these observables are said.
    #[serde(default)]
    pub said: Vec<String>,
    /// The report says of all of these that they are not there.
    #[serde(default)]
    pub denied: Vec<String>,
}

impl Tell {
    /// The words that tell it, where it holds.
    pub(super) fn holds<'a>(&self, seen: &'a [Seen]) -> Option<&'a str> {
        let one = |name: &String, said: bool| seen.iter().find(|s| s.name == *name && s.said == said);
        let said = self.said.iter().map(|n| one(n, true));
        let all: Option<Vec<&Seen>> = said.chain(self.denied.iter().map(|n| one(n, false))).collect();
        all?.first().map(|s| s.words.as_str())
    }

    /// The observables it asks for.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.said.iter().chain(&self.denied)
    }
}

/// Names that the program itself looks for among the observables.
pub const LOOKED_FOR: [&str; 3] = [USER_IMPACT, "internal", "planned"];
