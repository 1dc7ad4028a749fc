//! Whether a plan holds together: a plan may come from anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::Must;
use super::plan::{PRODUCTION, Planned};
use super::project::LINE_MOST;
use crate::domain::plan::find_cycle;
use crate::domain::signal::printable;

/// The most tasks of a plan.
pub const TASKS_MOST: usize = 200;
/// The most bytes of a plan, as JSON: it is in the record once for every change.
pub const PLAN_MOST: usize = 256 * 1024;
/// The longest id of a task, in bytes: files are called after it.
pub const ID_MOST: usize = 64;
/// The most rounds of a loop.
pub const ROUNDS_MOST: u8 = 9;

impl Planned {
    /// What keeps it from being followed, sentence by sentence, each naming the task; empty: nothing.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.sizes();
        if faults.is_empty() {
            self.ids(&mut faults);
        }
        if faults.is_empty() {
            self.pairs_and_loops(&mut faults);
            self.musts(&mut faults);
        }
        faults
    }

    /// All tasks that have to be done before one, at however many removes.
    #[must_use]
    pub fn before(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(of) = open.pop() {
            for need in self.task(of).map_or(&[][..], |t| &t.needs) {
                if found.insert(need.as_str()) {
                    open.push(need);
                }
            }
        }
        found
    }

    fn sizes(&self) -> Vec<String> {
        if self.tasks.is_empty() {
            return vec!["it has no tasks".into()];
        }
        if self.tasks.len() > TASKS_MOST {
            return vec![format!("it has {} tasks, at most {TASKS_MOST} are followed", self.tasks.len())];
        }
        let json = serde_json::to_value(self).unwrap_or_default();
        let size = json.to_string().len();
        if size > PLAN_MOST {
            return vec![format!("it has {size} bytes, at most {PLAN_MOST} are taken")];
        }
        let mut faults = Vec::new();
        lines(&json, &mut faults);
        faults
    }

    fn ids(&self, faults: &mut Vec<String>) {
        let phases: BTreeSet<&str> = self.phases.iter().map(|p| p.id.as_str()).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for task in &self.tasks {
            let id = task.id.as_str();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if id.is_empty() || id.len() > ID_MOST || !id.chars().all(plain) {
                faults
                    .push(format!("`{id}` is no id of a task: letters, digits, - and _, at most {ID_MOST}"));
            } else if !seen.insert(id) {
                faults.push(format!("there are two tasks {id}"));
            }
            if !phases.contains(task.phase.as_str()) {
                faults.push(format!("{id} is in the phase `{}`, which there is not", task.phase));
            }
        }
        let all: BTreeSet<&str> = self.tasks.iter().map(|t| t.id.as_str()).collect();
        for task in &self.tasks {
            for need in task.needs.iter().filter(|n| !all.contains(n.as_str())) {
                faults.push(format!("{} needs {need}, which is no task of it", task.id));
            }
        }
        let needs: BTreeMap<String, Vec<String>> =
            self.tasks.iter().map(|t| (t.id.clone(), t.needs.clone())).collect();
        let cycle = find_cycle(needs.keys(), |id| needs.get(id).map_or(&[][..], Vec::as_slice));
        if let Some(cycle) = cycle {
            faults.push(format!("these tasks wait for each other: {}", cycle.join(" → ")));
        }
        let mut before: BTreeSet<&str> = BTreeSet::new();
        for task in self.tasks.iter().filter(|_| faults.is_empty()) {
            if let Some(need) = task.needs.iter().find(|n| !before.contains(n.as_str())) {
                faults.push(format!("{} stands before {need}, which it needs", task.id));
                break;
            }
            before.insert(&task.id);
        }
    }

    fn pairs_and_loops(&self, faults: &mut Vec<String>) {
        for [a, b] in self.pairs.iter().map(|p| &p.tasks) {
            let gone = [a, b].into_iter().find(|t| self.task(t).is_none());
            if let Some(gone) = gone {
                faults.push(format!("{gone} stands beside another task, and is no task of it"));
            } else if a == b {
                faults.push(format!("{a} stands beside itself"));
            }
        }
        for l in &self.loops {
            let (work, review) = (&l.work, &l.review);
            if let Some(gone) = [work, review].into_iter().find(|t| self.task(t).is_none()) {
                faults.push(format!("{gone} is in a loop, and is no task of it"));
            } else if !self.before(review).contains(work.as_str()) {
                faults.push(format!("{review} judges {work} and does not wait for it"));
            }
            if l.limit == 0 || l.limit > ROUNDS_MOST {
                let limit = l.limit;
                faults
                    .push(format!("the loop of {work} has {limit} rounds; 1 to {ROUNDS_MOST} are possible"));
            }
            let twice =
                |of: &dyn Fn(&super::pattern::Loop) -> bool| self.loops.iter().filter(|o| of(o)).count() > 1;
            if twice(&|o| o.work == *work) || twice(&|o| o.review == *review) {
                faults.push(format!("{work} and {review} are in more than one loop"));
            }
        }
    }

    /// What must not be skipped has to come before whatever lands in production.
    fn musts(&self, faults: &mut Vec<String>) {
        for waiver in self.options.waivers.iter().filter(|w| w.reason.trim().is_empty()) {
            faults.push(format!("{} is waived without a reason", waiver.must.word()));
        }
        let waived = |m: &Must| self.options.waivers.iter().any(|w| w.must == *m);
        for task in self.tasks.iter().filter(|t| t.environment == PRODUCTION) {
            let before = self.before(&task.id);
            let covered = |m: &Must| {
                let mut sees_to = self.tasks.iter().filter(|t| before.contains(t.id.as_str()));
                sees_to.any(|t| t.covers.contains(m))
            };
            let open = Must::ALL.into_iter().filter(|m| !waived(m) && !covered(m));
            let open: Vec<&str> = open.map(Must::word).collect();
            if !open.is_empty() {
                faults.push(format!(
                    "{} goes to production, and nothing before it sees to {}; add tasks that do, or waive it with a \
                     reason",
                    task.id,
                    open.join(", ")
                ));
            }
        }
    }
}

/// Texts of a plan are lines, and nothing in them that a terminal acts on.
fn lines(json: &serde_json::Value, faults: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) if text.chars().count() > LINE_MOST => {
            let begin: String = printable(text).chars().take(40).collect();
            faults.push(format!("`{begin}…` has over {LINE_MOST} characters"));
        }
        serde_json::Value::String(text) if printable(text) != *text => {
            let begin: String = printable(text).chars().take(40).collect();
            faults.push(format!("`{begin}` holds characters that a terminal acts on"));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|v| lines(v, faults)),
        serde_json::Value::Object(all) => all.values().for_each(|v| lines(v, faults)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Waiver;
    use super::super::project::sample::{plan, task};
    use super::*;

    fn faults(change: impl Fn(&mut Planned)) -> Vec<String> {
        let mut plan = plan();
        change(&mut plan);
        plan.faults()
    }

    #[test]
    fn a_plan_that_holds_together_has_no_faults() {
        assert_eq!(plan().faults(), Vec::<String>::new());
        assert_eq!(
            plan().before("logging").into_iter().collect::<Vec<_>>(),
            ["cluster", "containers", "pipeline"]
        );
    }

    #[test]
    fn whatever_does_not_hold_is_named() {
        let says = |faults: &[String], words: &str| assert!(faults.join("; ").contains(words), "{faults:?}");
        says(&faults(|p| p.tasks.clear()), "it has no tasks");
        says(&faults(|p| p.tasks[1].needs = vec!["images".into()]), "cluster needs images, which is no task");
        says(&faults(|p| p.tasks[0].needs = vec!["logging".into()]), "wait for each other");
        says(&faults(|p| p.tasks.swap(0, 1)), "cluster stands before containers");
        says(&faults(|p| p.tasks[4].id = "cluster".into()), "two tasks cluster");
        says(&faults(|p| p.tasks[0].id = "../../etc".into()), "is no id of a task");
        says(&faults(|p| p.tasks[0].title = "a\u{1b}[2J".into()), "a terminal acts on");
        says(&faults(|p| p.tasks[0].title = "a".repeat(LINE_MOST + 1)), "characters");
        says(&faults(|p| p.tasks[0].phase = "x".into()), "phase `x`");
        says(&faults(|p| p.loops[0].limit = 0), "has 0 rounds");
        says(&faults(|p| p.loops[0].review = "containers".into()), "does not wait for it");
        says(&faults(|p| p.pairs[0].tasks[0] = "logging".into()), "beside itself");
        let many = |p: &mut Planned| {
            p.tasks = (0..=TASKS_MOST).map(|n| task(&format!("t{n}"), "docker", 1, &[])).collect();
        };
        says(&faults(many), "201 tasks");
    }

    #[test]
    fn what_must_not_be_skipped_comes_before_production_or_is_waived_with_a_reason() {
        let open = faults(|p| p.tasks[3].environment = PRODUCTION.into());
        assert_eq!(open.len(), 1, "{open:?}");
        assert!(
            open[0].starts_with("monitoring goes to production") && !open[0].contains("pipeline,"),
            "{open:?}"
        );
        let waive = |p: &mut Planned, reason: &str| {
            p.tasks[3].environment = PRODUCTION.into();
            let all = Must::ALL.into_iter().map(|must| Waiver { must, reason: reason.into() });
            p.options.waivers = all.collect();
        };
        assert!(faults(|p| waive(p, "a drill")).is_empty());
        assert_eq!(faults(|p| waive(p, " ")).len(), 6);
    }
}
