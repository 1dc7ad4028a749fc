//! Who is engaged: rules that are data, over the answers and what a report names.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::lexicon::{LOOKED_FOR, Tell, Words};
use super::{Engaged, Priority, ScopeKind, Seen};
use crate::domain::near::did_you_mean;

/// The symptom of a report in which nothing is out of order.
pub const NOTHING: &str = "none";
/// The symptom that no route is made for.
pub const OTHER: &str = "other";
/// Names that the program itself looks for among the observables.
pub const USER_IMPACT: &str = "user-impact";
/// The most entries of one kind that a file may have.
pub const ENTRIES_MOST: usize = 256;

/// A file of routes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routes {
    /// What reports can name.
    #[serde(rename = "observable")]
    pub observables: Vec<Observable>,
    /// Who can be engaged.
    #[serde(rename = "specialist")]
    pub specialists: Vec<Specialist>,
    /// The rules.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
    /// What tells a priority where a report names none: the first that holds.
    #[serde(rename = "tell")]
    pub tells: Vec<Tell>,
    /// The words by which reports are read.
    pub words: Words,
}

/// Something that a report can name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observable {
    /// Its name in rules and answers.
    pub name: String,
    /// In words.
    pub title: String,
    /// What names it: words in their order, `*` for any ending, `..` for up to six words between.
    pub any: Vec<String>,
    /// Whether it can be what one sees first.
    #[serde(default = "yes")]
    pub symptom: bool,
}

/// Somebody who can be engaged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specialist {
    /// The agent's name.
    pub name: String,
    /// The observables that its data shows.
    pub sees: Vec<String>,
}

/// A rule: all of its conditions must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// The first symptom is one of these.
    pub symptom: Vec<String>,
    /// All of these are said.
    pub all: Vec<String>,
    /// One of these is said.
    pub any: Vec<String>,
    /// None of these is said.
    pub none: Vec<String>,
    /// The report says of all of these that they are not there.
    pub denied: Vec<String>,
    /// How far it reaches is one of these.
    pub scope: Vec<ScopeKind>,
    /// The priority is one of these.
    pub priority: Vec<Priority>,
    /// Who is engaged.
    pub engage: Vec<String>,
    /// What they can tell.
    pub why: String,
}

fn yes() -> bool {
    true
}

/// What the rules are asked about.
pub struct Facts<'a> {
    /// The first symptom.
    pub symptom: &'a str,
    /// Its reach.
    pub scope: Option<ScopeKind>,
    /// Its priority.
    pub priority: Option<Priority>,
    /// What the report names.
    pub seen: &'a [Seen],
}

/// What the rules say.
#[derive(Debug)]
pub struct Decision {
    /// The rules that won, in the order of the file: several where they tie.
    pub rules: Vec<String>,
    /// Why, of each.
    pub why: String,
    /// Who is engaged.
    pub engaged: Vec<Engaged>,
    /// Who is not.
    pub left: Vec<Engaged>,
    /// What is unsure about it.
    pub doubts: Vec<String>,
}

impl Facts<'_> {
    fn said(&self, name: &str) -> bool {
        let derived = name == USER_IMPACT && self.priority == Some(Priority::P1) && !self.named(name);
        derived || self.symptom == name || self.seen.iter().any(|s| s.name == name && s.said)
    }

    fn denied(&self, name: &str) -> bool {
        // What is internal only is felt by no user.
        let derived = name == USER_IMPACT && self.priority == Some(Priority::P3) && !self.named(name);
        derived || self.seen.iter().any(|s| s.name == name && !s.said)
    }

    fn named(&self, name: &str) -> bool {
        self.seen.iter().any(|s| s.name == name)
    }

    /// What keeps a rule from holding, in words.
    fn against(&self, route: &Route) -> Vec<String> {
        let mut against = Vec::new();
        let known = |names: &[String]| names.iter().any(|n| n == self.symptom);
        if !route.symptom.is_empty() && !known(&route.symptom) {
            against.push(format!("the symptom were {}", route.symptom.join(" or ")));
        }
        against.extend(route.all.iter().filter(|n| !self.said(n)).map(|n| format!("{n} were reported")));
        if !route.any.is_empty() && !route.any.iter().any(|n| self.said(n)) {
            against.push(format!("{} were reported", route.any.join(" or ")));
        }
        against.extend(route.none.iter().filter(|n| self.said(n)).map(|n| format!("{n} were not reported")));
        let undenied = route.denied.iter().filter(|n| !self.denied(n));
        against.extend(undenied.map(|n| format!("the report said that there is no {n}")));
        if !route.scope.is_empty() && !self.scope.is_some_and(|s| route.scope.contains(&s)) {
            against.push("its scope were another".into());
        }
        if !route.priority.is_empty() && !self.priority.is_some_and(|p| route.priority.contains(&p)) {
            against.push("its priority were another".into());
        }
        against
    }
}

impl Route {
    /// How many conditions it has: a name in `all` and `denied` is one each, any other list is one.
    #[must_use]
    pub fn conditions(&self) -> usize {
        let lists = [
            !self.symptom.is_empty(),
            !self.any.is_empty(),
            !self.none.is_empty(),
            !self.scope.is_empty(),
            !self.priority.is_empty(),
        ];
        self.all.len() + self.denied.len() + lists.into_iter().filter(|l| *l).count()
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.all.iter().chain(&self.any).chain(&self.none).chain(&self.denied)
    }
}

impl Routes {
    /// These with `own` over them: what has the name of one replaces it, the rest is added. What tells a priority goes
    /// before these.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        merge(&mut self.observables, own.observables, |o| o.name.clone());
        merge(&mut self.specialists, own.specialists, |s| s.name.clone());
        merge(&mut self.routes, own.routes, |r| r.name.clone());
        self.tells.splice(0..0, own.tells);
        self.words = self.words.with(own.words);
        self
    }

    /// What in them refers to nothing, or there is too much of: completes "use FILE: …".
    ///
    /// # Errors
    /// The first such thing, in words.
    pub fn check(&self) -> Result<(), String> {
        let lists = [
            ("observables", self.observables.len()),
            ("specialists", self.specialists.len()),
            ("routes", self.routes.len()),
            ("tells", self.tells.len()),
        ];
        if let Some((what, n)) = lists.into_iter().find(|(_, n)| *n > ENTRIES_MOST) {
            return Err(format!("it has {n} {what}, more than the {ENTRIES_MOST} there may be"));
        }
        let observables: Vec<&str> = self.observables.iter().map(|o| o.name.as_str()).collect();
        let specialists: Vec<&str> = self.specialists.iter().map(|s| s.name.as_str()).collect();
        let unknown = |at: &str, what: &str, name: &str, known: &[&str]| {
            let near = did_you_mean(name, known.iter().copied());
            Err(format!("{at} names the {what} `{name}`, which is not there{near}"))
        };
        if let Some(name) = LOOKED_FOR.iter().find(|n| !observables.contains(n)) {
            return Err(format!("the observable `{name}` is not there, which triage asks about"));
        }
        for name in self.tells.iter().flat_map(Tell::names) {
            if !observables.contains(&name.as_str()) {
                return unknown("a tell", "observable", name, &observables);
            }
        }
        self.words.check()?;
        for s in &self.specialists {
            if let Some(name) = s.sees.iter().find(|n| !observables.contains(&n.as_str())) {
                return unknown(&format!("specialist `{}`", s.name), "observable", name, &observables);
            }
        }
        for r in &self.routes {
            let at = format!("route `{}`", r.name);
            if let Some(name) = r.names().find(|n| !observables.contains(&n.as_str())) {
                return unknown(&at, "observable", name, &observables);
            }
            let symptom =
                |n: &&String| ![NOTHING, OTHER].contains(&n.as_str()) && !observables.contains(&n.as_str());
            if let Some(name) = r.symptom.iter().find(symptom) {
                return unknown(&at, "symptom", name, &observables);
            }
            if let Some(name) = r.engage.iter().find(|n| !specialists.contains(&n.as_str())) {
                return unknown(&at, "specialist", name, &specialists);
            }
        }
        if !self.routes.iter().any(|r| r.conditions() == 0) {
            return Err("no route is without conditions: one must take what no other does".into());
        }
        Ok(())
    }

    /// The observables that can be a first symptom.
    #[must_use]
    pub fn symptoms(&self) -> Vec<&str> {
        self.observables.iter().filter(|o| o.symptom).map(|o| o.name.as_str()).collect()
    }

    /// Who is engaged for that, and why.
    #[must_use]
    pub fn decide(&self, facts: &Facts<'_>) -> Decision {
        let holding: Vec<&Route> = self.routes.iter().filter(|r| facts.against(r).is_empty()).collect();
        let most = holding.iter().map(|r| r.conditions()).max().unwrap_or(0);
        let won: Vec<&Route> = holding.into_iter().filter(|r| r.conditions() == most).collect();
        let names: BTreeSet<&String> = won.iter().flat_map(|r| &r.engage).collect();
        let whys = |name: &String| {
            let of = won.iter().filter(|r| r.engage.contains(name)).map(|r| r.why.as_str());
            of.collect::<Vec<_>>().join("; ")
        };
        let (mut engaged, mut left) = (Vec::new(), Vec::new());
        for s in &self.specialists {
            if names.contains(&s.name) {
                engaged.push(Engaged { name: s.name.clone(), why: whys(&s.name) });
            } else {
                left.push(Engaged { name: s.name.clone(), why: self.not(s, facts, &won) });
            }
        }
        let mut doubts = Vec::new();
        if most == 0 && !won.is_empty() {
            doubts.push(format!("no rule is made for {}; everybody is engaged", self.reported(facts)));
            for route in self.routes.iter().filter(|r| r.conditions() > 0) {
                if let [only] = facts.against(route).as_slice() {
                    doubts.push(format!("`{}` would hold if {only}", route.name));
                }
            }
        }
        if won.len() > 1 {
            let names: Vec<String> = won.iter().map(|r| format!("`{}`", r.name)).collect();
            doubts.push(format!("{} hold alike; whoever one of them names is engaged", names.join(" and ")));
        }
        let why = won.iter().map(|r| r.why.as_str()).collect::<Vec<_>>().join("; ");
        Decision { rules: won.iter().map(|r| r.name.clone()).collect(), why, engaged, left, doubts }
    }

    fn not(&self, s: &Specialist, facts: &Facts<'_>, won: &[&Route]) -> String {
        let rules: Vec<String> = won.iter().map(|r| format!("`{}`", r.name)).collect();
        let seen: Vec<&str> = s.sees.iter().filter(|n| facts.said(n)).map(String::as_str).collect();
        let denied: Vec<&str> = s.sees.iter().filter(|n| facts.denied(n)).map(String::as_str).collect();
        match (seen.is_empty(), denied.is_empty()) {
            (true, true) => format!("nothing that it sees is reported: {}", s.sees.join(", ")),
            (true, false) => {
                format!("nothing that it sees is reported, and there is no {}", denied.join(", no "))
            }
            (false, _) => format!("it sees {}, but {} leaves it out", seen.join(", "), rules.join(" and ")),
        }
    }

    fn reported(&self, facts: &Facts<'_>) -> String {
        let said: Vec<&str> =
            self.observables.iter().map(|o| o.name.as_str()).filter(|n| facts.said(n)).collect();
        if said.is_empty() { format!("the symptom `{}`", facts.symptom) } else { said.join(" with ") }
    }
}

fn merge<T>(to: &mut Vec<T>, own: Vec<T>, name: impl Fn(&T) -> String) {
    for one in own {
        match to.iter_mut().find(|t| name(t) == name(&one)) {
            Some(old) => *old = one,
            None => to.push(one),
        }
    }
}
