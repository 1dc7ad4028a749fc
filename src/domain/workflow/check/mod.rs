//! What is wrong with a pattern, or with what plans draw on, and where.

mod own;
#[cfg(test)]
mod tests;
mod vocabulary;
mod weeks;
mod words;

use std::collections::BTreeSet;

use self::words::{id, known, length, milestone, once, specialist, text, texts};
use super::catalogue::Catalogue;
use super::knowledge::Knowledge;
use super::pattern::{Pair, Pattern, Step};
use super::plan::PRODUCTION;

/// The most phases of a pattern.
pub const PHASES_MOST: usize = 40;
/// The most tasks of a pattern.
pub const TASKS_MOST: usize = 200;
/// The most entries of any other list.
pub const LIST_MOST: usize = 64;
/// The most characters of one text.
pub const TEXT_MOST: usize = 600;
/// The most characters of an id.
pub const ID_MOST: usize = 40;
/// The most rounds of a loop.
pub const ROUNDS_MOST: u8 = 9;
/// One step on the way to what is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Into a table, by its key.
    Key(String),
    /// Into an array, from 0.
    At(usize),
}

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// The way to it in the file.
    pub path: Vec<Place>,
    /// What is wrong, what was expected.
    pub what: String,
}

/// Makes the way to something: `at!["task", 3, "needs"]`.
macro_rules! at {
    ($($step:expr),* $(,)?) => { vec![$(crate::domain::workflow::check::Place::from($step)),*] };
}
use at;

impl From<&str> for Place {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Place {
    fn from(index: usize) -> Self {
        Self::At(index)
    }
}

fn flaw(path: Vec<Place>, what: impl Into<String>) -> Flaw {
    Flaw { path, what: what.into() }
}

/// Names a pattern may use.
struct Names<'a> {
    catalogue: &'a Catalogue,
    knowledge: &'a Knowledge,
}

impl Pattern {
    /// Whether it is in order, and names nothing that is not there.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, catalogue: &Catalogue, knowledge: &Knowledge) -> Result<(), Flaw> {
        let names = Names { catalogue, knowledge };
        text(at!["title"], &self.title)?;
        length(at!["phase"], self.phases.len(), PHASES_MOST)?;
        length(at!["task"], self.tasks.len(), TASKS_MOST)?;
        for (key, is) in [
            ("condition", self.conditions.len()),
            ("parallel", self.pairs.len()),
            ("iterate", self.loops.len()),
            ("reading", self.readings.len()),
        ] {
            length(at![key], is, LIST_MOST)?;
        }
        if self.tasks.is_empty() {
            return Err(flaw(at!["task"], "expected at least one task: add a `[[task]]`"));
        }
        if !self.scenario.is_empty() {
            text(at!["scenario"], &self.scenario)?;
        }
        for (name, condition) in &self.conditions {
            id(at!["condition", name.as_str()], name)?;
            text(at!["condition", name.as_str(), "about"], &condition.about)?;
        }
        self.phases(&names)?;
        self.tasks.iter().enumerate().try_for_each(|(i, step)| self.step(i, step, &names))?;
        for name in self.conditions.keys() {
            let goes_by = |when: &str| when.strip_prefix('!').unwrap_or(when) == name;
            if !self.tasks.iter().filter_map(|t| t.when.as_deref()).any(goes_by) {
                let what =
                    format!("nothing goes by it; expected a task with when = \"{name}\", or leave it out");
                return Err(flaw(at!["condition", name.as_str()], what));
            }
        }
        self.circle()?;
        self.weeks()?;
        self.together()?;
        for (i, reading) in self.readings.iter().enumerate() {
            for (key, said) in [
                ("about", &reading.about),
                ("source", &reading.source),
                ("taken", &reading.taken),
                ("why", &reading.why),
            ] {
                text(at!["reading", i, key], said)?;
            }
        }
        Ok(())
    }

    fn phases(&self, names: &Names<'_>) -> Result<(), Flaw> {
        for (i, phase) in self.phases.iter().enumerate() {
            if self.phases.iter().take(i).any(|p| p.id == phase.id) {
                return Err(flaw(at!["phase", i, "id"], format!("two phases are called `{}`", phase.id)));
            }
        }
        for (i, phase) in self.phases.iter().enumerate() {
            id(at!["phase", i, "id"], &phase.id)?;
            text(at!["phase", i, "title"], &phase.title)?;
            if let Some(owner) = &phase.owner {
                names.specialist(at!["phase", i, "owner"], owner)?;
            }
            for (n, list) in phase.checklists.iter().enumerate() {
                let lists = || names.knowledge.checklists.all.iter().map(|l| l.name.as_str());
                known(at!["phase", i, "checklists", n], "a checklist", list, lists())?;
            }
            once(at!["phase", i, "checklists"], &phase.checklists, String::as_str)?;
            let own = || self.tasks.iter().filter(|t| t.phase == phase.id);
            if own().next().is_none() {
                let what = format!(
                    "nobody owns the phase `{}`: it has no task; add a `[[task]]` with phase = \"{}\", or leave it out",
                    phase.id, phase.id
                );
                return Err(flaw(at!["phase", i, "id"], what));
            }
            if let (None, Some(task)) = (&phase.owner, own().find(|t| t.specialist.is_none())) {
                let what = format!(
                    "nobody owns the phase `{}`: its task `{}` names no specialist; expected `owner` here or \
                     `specialist` there",
                    phase.id, task.id
                );
                return Err(flaw(at!["phase", i, "id"], what));
            }
        }
        Ok(())
    }

    fn step(&self, i: usize, step: &Step, names: &Names<'_>) -> Result<(), Flaw> {
        id(at!["task", i, "id"], &step.id)?;
        text(at!["task", i, "title"], &step.title)?;
        if self.tasks.iter().take(i).any(|t| t.id == step.id) {
            return Err(flaw(at!["task", i, "id"], format!("two tasks are called `{}`", step.id)));
        }
        known(at!["task", i, "phase"], "a phase", &step.phase, self.phases.iter().map(|p| p.id.as_str()))?;
        if let Some(name) = &step.specialist {
            names.specialist(at!["task", i, "specialist"], name)?;
        }
        length(at!["task", i, "needs"], step.needs.len(), TASKS_MOST)?;
        for (n, need) in step.needs.iter().enumerate() {
            known(at!["task", i, "needs", n], "a task", need, self.ids())?;
        }
        once(at!["task", i, "needs"], &step.needs, String::as_str)?;
        once(at!["task", i, "covers"], &step.covers, |m| m.word())?;
        once(at!["task", i, "checks"], &step.checks, String::as_str)?;
        if let Some(when) = &step.when {
            let name = when.strip_prefix('!').unwrap_or(when);
            known(at!["task", i, "when"], "a condition", name, self.conditions.keys().map(String::as_str))?;
        }
        let long = step.environment.chars().count() > ID_MOST;
        if long || step.environment.chars().any(|c| c.is_control() || c.is_whitespace()) {
            let what = format!(
                "expected one word of at most {ID_MOST} characters, such as `staging` or `production`"
            );
            return Err(flaw(at!["task", i, "environment"], what));
        }
        if almost_production(&step.environment) {
            let what = format!(
                "`{}` looks like `production`, and what must not be skipped goes by that very word; expected `production`, \
                 or a word that is not near it",
                step.environment
            );
            return Err(flaw(at!["task", i, "environment"], what));
        }
        milestone(at!["task", i, "milestone"], &step.milestone, names.knowledge)?;
        for (key, list) in [
            ("objectives", &step.objectives),
            ("outcomes", &step.outcomes),
            ("criteria", &step.criteria),
            ("checks", &step.checks),
        ] {
            texts(at!["task", i, key], list)?;
        }
        Ok(())
    }

    /// Pairs and loops.
    fn together(&self) -> Result<(), Flaw> {
        for (i, pair) in self.pairs.iter().enumerate() {
            text(at!["parallel", i, "sync"], &pair.sync)?;
            let [a, b] = &pair.tasks;
            for (n, task) in [a, b].into_iter().enumerate() {
                known(at!["parallel", i, "tasks", n], "a task", task, self.ids())?;
            }
            if a == b || self.waits(a, b) || self.waits(b, a) {
                let what =
                    format!("expected two tasks that do not wait for each other, found `{a}` and `{b}`");
                return Err(flaw(at!["parallel", i, "tasks"], what));
            }
            let same = |p: &Pair| p.tasks.contains(a) && p.tasks.contains(b);
            if self.pairs.iter().take(i).any(same) {
                let what = format!(
                    "`{a}` and `{b}` stand side by side already; put what they tell each other into one"
                );
                return Err(flaw(at!["parallel", i, "tasks"], what));
            }
        }
        for (i, l) in self.loops.iter().enumerate() {
            let earlier = || self.loops.iter().take(i);
            for (key, task, taken) in [
                ("work", &l.work, earlier().any(|o| o.work == l.work)),
                ("review", &l.review, earlier().any(|o| o.review == l.review)),
            ] {
                known(at!["iterate", i, key], "a task", task, self.ids())?;
                if taken {
                    let what =
                        format!("`{task}` is the {key} of another loop already; expected one loop for it");
                    return Err(flaw(at!["iterate", i, key], what));
                }
            }
            text(at!["iterate", i, "until"], &l.until)?;
            if !(1..=ROUNDS_MOST).contains(&l.limit) {
                let what = format!("expected 1 to {ROUNDS_MOST} rounds, found {}", l.limit);
                return Err(flaw(at!["iterate", i, "limit"], what));
            }
            if !self.waits(&l.review, &l.work) {
                let what = format!(
                    "expected a review that waits for the work: `{}` does not need `{}`; add it to its needs",
                    l.review, l.work
                );
                return Err(flaw(at!["iterate", i, "review"], what));
            }
        }
        Ok(())
    }

    /// A task that waits for itself.
    fn circle(&self) -> Result<(), Flaw> {
        // What waits for nothing is taken away again and again; what stays is in a circle, or behind one.
        let mut open: BTreeSet<&str> = self.ids().collect();
        loop {
            let waits = |step: &&Step| step.needs.iter().any(|n| open.contains(n.as_str()));
            let free: Vec<&str> = self
                .tasks
                .iter()
                .filter(|t| open.contains(t.id.as_str()) && !waits(t))
                .map(|t| t.id.as_str())
                .collect();
            if free.is_empty() {
                break;
            }
            free.iter().for_each(|id| {
                open.remove(id);
            });
        }
        for (i, step) in self.tasks.iter().enumerate().filter(|(_, t)| open.contains(t.id.as_str())) {
            if let Some(way) = self.way(&step.id, &step.id) {
                let names: Vec<String> = way.iter().map(|id| format!("`{id}`")).collect();
                let what =
                    format!("it waits for itself: {}; take one of these needs out", names.join(" needs "));
                return Err(flaw(at!["task", i, "needs"], what));
            }
        }
        Ok(())
    }

    /// Whether `task` waits for `other`, over others too.
    pub(super) fn waits(&self, task: &str, other: &str) -> bool {
        self.way(task, other).is_some()
    }

    /// A chain of needs from `from` to `to` with at least one step, both ends named.
    fn way(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let start = self.tasks.iter().position(|t| t.id == from)?;
        // For each task that was reached, the one it was reached from.
        let mut reached: Vec<Option<usize>> = vec![None; self.tasks.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let Some(task) = self.tasks.get(at) else { continue };
            for need in &task.needs {
                let Some(next) = self.tasks.iter().position(|t| t.id == *need) else { continue };
                if reached.get(next).is_some_and(Option::is_some) {
                    continue;
                }
                if let Some(slot) = reached.get_mut(next) {
                    *slot = Some(at);
                }
                if need == to {
                    return Some(self.walked(&reached, start, next));
                }
                open.push(next);
            }
        }
        None
    }

    fn walked(&self, reached: &[Option<usize>], start: usize, end: usize) -> Vec<&str> {
        let name = |i: usize| self.tasks.get(i).map_or("", |t| t.id.as_str());
        let mut way = vec![name(end)];
        let mut at = end;
        while let Some(Some(before)) = reached.get(at) {
            way.push(name(*before));
            if *before == start || way.len() > self.tasks.len() {
                break;
            }
            at = *before;
        }
        way.reverse();
        way
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|t| t.id.as_str())
    }
}

impl Names<'_> {
    fn specialist(&self, path: Vec<Place>, name: &str) -> Result<(), Flaw> {
        specialist(path, name, self.catalogue)
    }
}

/// Whether a word means production, and is not that word: so it is with at most two slips.
fn almost_production(word: &str) -> bool {
    let lower = word.to_lowercase();
    let short = ["prod", "prd", "live"].contains(&lower.as_str());
    word != PRODUCTION && (short || strsim::damerau_levenshtein(&lower, PRODUCTION) <= 2)
}
