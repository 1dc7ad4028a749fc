//! How a correlation does against what is true of an incident.
//!
//! Every labelled pair has a class, and the correlation says one of it; what it does not list is independent. The F1
//! of a set is over its labelled pairs and the three classes. Links are the causal pairs: only those between neighbours
//! count, so that A to C is *invented* where A leads to B and B to C.

#[cfg(test)]
mod generated;
#[cfg(test)]
pub(super) mod made;
#[cfg(test)]
mod tests;
mod truth;
mod view;
#[cfg(test)]
mod walk;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

pub use truth::{Expected, Label, TRUTH_MOST, Truth, UNDECIDED};

use super::correlate::{Class, Correlation, Group};
use view::View;

/// What a correlation says of a pair of findings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// The first brought about the second.
    Causal,
    /// The second brought about the first.
    Reversed,
    /// One brought about the other by way of others.
    Implied,
    /// Both are one event.
    One,
    /// They belong together, and neither brought about the other.
    Correlated,
    /// They have nothing to do with each other.
    Independent,
    /// One of them was not there to be correlated.
    Absent,
}

impl Said {
    /// The class that this counts as: what is implied or turned round is a causal answer. Nothing for the rest, which
    /// is an answer of no class.
    fn class(self) -> Option<Class> {
        match self {
            Self::Causal | Self::Reversed | Self::Implied => Some(Class::Causal),
            Self::Correlated => Some(Class::Correlated),
            Self::Independent => Some(Class::Independent),
            Self::One | Self::Absent => None,
        }
    }

    fn right(self, expected: Class) -> bool {
        matches!(
            (self, expected),
            (Self::Causal, Class::Causal)
                | (Self::Correlated, Class::Correlated)
                | (Self::Independent, Class::Independent)
        )
    }
}

/// A labelled pair, and what was said of it.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Scored {
    /// The first finding of the label.
    pub a: String,
    /// The other one.
    pub b: String,
    /// The class of the label.
    pub expected: Class,
    /// What the correlation says.
    pub got: Said,
}

/// How often something was said, was true, and both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
pub struct Count {
    /// Said and true.
    pub right: usize,
    /// Said.
    pub said: usize,
    /// True.
    pub labelled: usize,
}

impl Count {
    /// How much of what was said is true, from 0 to 1; 1 where nothing was said.
    #[must_use]
    pub fn precision(&self) -> f64 {
        part(self.right, self.said)
    }

    /// How much of what is true was said, from 0 to 1; 1 where nothing is true.
    #[must_use]
    pub fn recall(&self) -> f64 {
        part(self.right, self.labelled)
    }

    /// Twice what is right over all that was said and all that is true, from 0 to 1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        part(2 * self.right, self.said + self.labelled)
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.said += other.said;
        self.labelled += other.labelled;
    }
}

fn part(of: usize, all: usize) -> f64 {
    if all == 0 {
        return 1.0;
    }
    // Counts of pairs are far below the 2^53 that would lose digits.
    #[allow(clippy::cast_precision_loss)]
    let part = of as f64 / all as f64;
    part
}

/// The counts of each class over labelled pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
pub struct Classes {
    /// Causal pairs.
    pub causal: Count,
    /// Correlated pairs.
    pub correlated: Count,
    /// Independent pairs.
    pub independent: Count,
}

impl Classes {
    fn of(&mut self, class: Class) -> &mut Count {
        match class {
            Class::Causal => &mut self.causal,
            Class::Correlated => &mut self.correlated,
            Class::Independent => &mut self.independent,
        }
    }

    /// All classes as one: its F1 is the micro-F1.
    #[must_use]
    pub fn all(&self) -> Count {
        let mut all = self.causal;
        all.add(self.correlated);
        all.add(self.independent);
        all
    }

    fn add(&mut self, other: &Self) {
        self.causal.add(other.causal);
        self.correlated.add(other.correlated);
        self.independent.add(other.independent);
    }
}

/// A causal link between two findings.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
pub struct Between {
    /// The cause.
    pub from: String,
    /// The effect.
    pub to: String,
}

/// The causal links between findings that the truth knows.
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
pub struct Links {
    /// True and said.
    pub found: Vec<Between>,
    /// True and not said.
    pub missed: Vec<Between>,
    /// Those of the missed whose ends were said to be independent.
    pub independent: Vec<Between>,
    /// Said, though the truth says something else of the pair, or implies it by a longer way.
    pub invented: Vec<Between>,
}

impl Links {
    /// Precision and recall of the links.
    #[must_use]
    pub fn count(&self) -> Count {
        let right = self.found.len();
        Count { right, said: right + self.invented.len(), labelled: right + self.missed.len() }
    }
}

/// What became of the root cause.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What the truth says: each root cause first in its group, or undecided with exactly the candidates, or none.
    Right,
    /// Said to be undecided between the true one and others.
    Undecided,
    /// Something else.
    Wrong,
}

/// The root causes, as they are and as they were said.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Roots {
    /// What is true: one for each incident, or the candidates.
    pub expected: Vec<String>,
    /// Whether nothing decides between them.
    pub undecided: bool,
    /// What was said: for each group with causal links its first root cause, or all between which it is undecided.
    pub said: Vec<Vec<String>>,
    /// Whether that is right.
    pub verdict: Verdict,
}

/// How one correlation does against the truth.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Score {
    /// All labelled pairs, in the order of the truth.
    pub pairs: Vec<Scored>,
    /// What of them is right, by class.
    pub classes: Classes,
    /// The causal links.
    pub links: Links,
    /// The root causes.
    pub roots: Roots,
}

/// The sums of many scores.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
pub struct Scores {
    /// How many correlations.
    pub of: usize,
    /// Labelled pairs, by class.
    pub classes: Classes,
    /// Causal links.
    pub links: Count,
    /// How many say the right root causes, or rightly that nothing decides.
    pub roots_right: usize,
    /// How many say undecided where the truth is decided.
    pub roots_undecided: usize,
}

impl Scores {
    /// The sums.
    #[must_use]
    pub fn of<'a>(scores: impl IntoIterator<Item = &'a Score>) -> Self {
        let mut sums = Self::default();
        for score in scores {
            sums.of += 1;
            sums.classes.add(&score.classes);
            sums.links.add(score.links.count());
            sums.roots_right += usize::from(score.roots.verdict == Verdict::Right);
            sums.roots_undecided += usize::from(score.roots.verdict == Verdict::Undecided);
        }
        sums
    }
}

/// How `found` does against `truth`. Pairs that the correlation left out for their number count as independent.
#[must_use]
pub fn score(found: &Correlation, truth: &Truth) -> Score {
    let view = View::of(found);
    let mut classes = Classes::default();
    let mut links = Links::default();
    let mut pairs = Vec::with_capacity(truth.pair.len());
    for label in &truth.pair {
        let got = view.said(&label.a, &label.b);
        let counted = classes.of(label.class);
        counted.labelled += 1;
        counted.right += usize::from(got.right(label.class));
        if let Some(class) = got.class() {
            classes.of(class).said += 1;
        }
        if label.class == Class::Causal {
            let link = Between { from: label.a.clone(), to: label.b.clone() };
            match got {
                Said::Causal => links.found.push(link),
                Said::Independent => {
                    links.independent.push(link.clone());
                    links.missed.push(link);
                }
                _ => links.missed.push(link),
            }
        }
        pairs.push(Scored { a: label.a.clone(), b: label.b.clone(), expected: label.class, got });
    }
    links.invented = invented(&view, truth);
    Score { pairs, classes, links, roots: roots(&view, truth) }
}

/// The links between findings of the truth that it denies.
fn invented(view: &View<'_>, truth: &Truth) -> Vec<Between> {
    let causal: BTreeSet<(&str, &str)> = truth
        .pair
        .iter()
        .filter(|p| p.class == Class::Causal)
        .map(|p| (p.a.as_str(), p.b.as_str()))
        .collect();
    let labelled =
        |a: &str, b: &str| truth.pair.iter().any(|p| (p.a == a && p.b == b) || (p.a == b && p.b == a));
    let implied = |a: &str, b: &str| {
        let (mut open, mut seen) = (vec![a], BTreeSet::new());
        while let Some(i) = open.pop() {
            if seen.insert(i) {
                open.extend(causal.iter().filter(|(from, _)| *from == i).map(|(_, to)| *to));
            }
        }
        seen.contains(b)
    };
    let mut found = Vec::new();
    for a in &truth.finding {
        for b in truth.finding.iter().filter(|b| b.id != a.id) {
            if view.said(&a.id, &b.id) == Said::Causal
                && !causal.contains(&(a.id.as_str(), b.id.as_str()))
                && (labelled(&a.id, &b.id) || implied(&a.id, &b.id) || implied(&b.id, &a.id))
            {
                found.push(Between { from: a.id.clone(), to: b.id.clone() });
            }
        }
    }
    found.sort();
    found
}

fn roots(view: &View<'_>, truth: &Truth) -> Roots {
    let causal = || view.found.groups.iter().filter(|g| g.class == Class::Causal);
    let said: Vec<Vec<String>> = causal().map(first).filter(|s| !s.is_empty()).collect();
    let expected: Vec<&str> =
        if truth.undecided() { truth.candidates.iter().map(String::as_str).collect() } else { truth.roots() };
    // By event: a finding may not be the first of its own.
    let event = |id: &str| view.event.get(id).copied();
    let wanted: BTreeSet<Option<usize>> = expected.iter().map(|id| event(id)).collect();
    let told: Vec<BTreeSet<Option<usize>>> =
        said.iter().map(|s| s.iter().map(|id| event(id)).collect()).collect();
    let there = !wanted.contains(&None);
    let verdict = if truth.undecided() {
        if there && told == [wanted] { Verdict::Right } else { Verdict::Wrong }
    } else {
        // One that leads to nothing has no group to be first of.
        let leads =
            |id: &str| truth.pair.iter().any(|p| p.class == Class::Causal && (p.a == id || p.b == id));
        let single: BTreeSet<usize> =
            expected.iter().filter(|id| !leads(id)).filter_map(|id| event(id)).collect();
        let alone = |e: &Option<usize>| e.is_some_and(|e| single.contains(&e) && view.alone(e));
        let first: BTreeSet<Option<usize>> =
            told.iter().filter(|s| s.len() == 1).flatten().copied().collect();
        let clear = told.iter().all(|s| s.len() == 1);
        let named = |e: &Option<usize>| first.contains(e) || alone(e);
        if there && clear && wanted.iter().all(named) && first.iter().all(|e| wanted.contains(e)) {
            Verdict::Right
        } else if there
            && !wanted.is_empty()
            && wanted.iter().all(|e| told.iter().any(|s| s.contains(e)) || alone(e))
        {
            Verdict::Undecided
        } else {
            Verdict::Wrong
        }
    };
    let expected = expected.into_iter().map(str::to_owned).collect();
    Roots { expected, undecided: truth.undecided(), said, verdict }
}

/// What a group says its root cause is.
fn first(group: &Group) -> Vec<String> {
    if group.undecided.is_empty() {
        group.roots.iter().take(1).map(|r| r.event.clone()).collect()
    } else {
        group.undecided.clone()
    }
}
