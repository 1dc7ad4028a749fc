//! What is raised to a person.

use super::look::Look;
use super::words::says;
use crate::domain::workflow::plan::PRODUCTION;
use crate::domain::workflow::project::{Blocker, Cause, Epoch, LINE_MOST, Project, Verdict};
use crate::domain::workflow::report::amount::amount;

/// The checklist whose open points violate compliance.
const COMPLIANCE: &str = "compliance";
/// The most files of a clash that tell it apart.
const FILES_MOST: usize = 5;

/// Something to be raised: its cause, its key, what it rests on.
pub(super) type Raised = (Cause, String, Vec<String>);

/// How long a blocker may block before it is critical wherever it is: a planned day, in milliseconds.
pub(super) fn blocked_long(project: &Project) -> i64 {
    project.day_ms
}

/// How long a question may be open: half a planned day, in milliseconds.
pub(super) fn open_long(project: &Project) -> i64 {
    project.day_ms / 2
}

/// Loops that are at their limit without their condition.
pub(super) fn unmet(project: &Project) -> Vec<Raised> {
    let over = project.plan.loops.iter().filter_map(|l| {
        let last = project.rounds.iter().rev().find(|r| r.work == l.work)?;
        (last.verdict == Verdict::Again && last.round >= l.limit).then_some((l, last))
    });
    over.map(|(l, last)| {
        let first = format!("{}: {} is not content after {} rounds", l.work, l.review, l.limit);
        let until = format!("it was to go on until: {}", l.until);
        let wants = last.feedback.iter().map(|f| format!("{} wants: {f}", l.review));
        let evidence = [first, until].into_iter().chain(wants).collect();
        (Cause::Decision, format!("loop-{}", l.work), evidence)
    })
    .collect()
}

impl Look<'_> {
    /// All that is to be raised, by cause.
    pub(super) fn causes(&self) -> Vec<Raised> {
        let mut all = self.blockers();
        all.extend(self.vulnerabilities());
        all.extend(self.outages());
        all.extend(self.over_budget());
        all.extend(self.delays());
        all.extend(self.conflicts());
        all.extend(self.decisions());
        all.extend(self.violations());
        all
    }

    fn told(&self, b: &Blocker) -> String {
        format!("{} is blocked since {}: {}", b.task, self.day(b.since), b.text)
    }

    /// The open blockers that say something of a cause.
    fn blockers_that_say(&self, cause: Cause) -> impl Iterator<Item = &Blocker> {
        let words = self.vocabulary.cause(cause).map_or(&[][..], |w| &w.words);
        self.project.blocked().filter(move |b| says(&b.text, words))
    }

    /// On the longest chain of open tasks, or for more than a planned day.
    fn blockers(&self) -> Vec<Raised> {
        let raise = |b: &Blocker| {
            let on_path = self.track.path.contains(&b.task);
            let long = self.now.saturating_sub(b.since) >= blocked_long(self.project);
            let mut evidence = vec![self.told(b)];
            if on_path {
                evidence.push(format!("{} is on the critical path: {}", b.task, self.track.path.join(" → ")));
            }
            if long {
                evidence.push(format!("it has blocked for {}", self.span(b.since, self.now)));
            }
            evidence.push(match b.mitigation.is_empty() {
                true => "nothing is done about it".to_owned(),
                false => format!("what is done about it: {}", b.mitigation),
            });
            (on_path || long).then(|| (Cause::Blocker, format!("blocker-{}", b.id), evidence))
        };
        self.project.blocked().filter_map(raise).collect()
    }

    /// Once something is in production: a blocker or a risk that says so, a figure above zero.
    fn vulnerabilities(&self) -> Vec<Raised> {
        let live = self.done().find(|(task, ..)| task.environment == PRODUCTION);
        let Some((live, _, at)) = live else { return Vec::new() };
        let there = format!("{} is in production since {}", live.id, self.day(at));
        let words = self.vocabulary.cause(Cause::Vulnerability).map_or(&[][..], |w| &w.words);
        let mut all: Vec<Raised> = self
            .blockers_that_say(Cause::Vulnerability)
            .map(|b| (Cause::Vulnerability, format!("blocker-{}", b.id), vec![self.told(b), there.clone()]))
            .collect();
        for (task, at, risk, about) in self.risks().filter(|(_, _, risk, _)| says(risk, words)) {
            let about = if about.is_empty() { "nothing is done about it" } else { about };
            let text = format!("{} handed over a risk on {}: {risk}; {about}", task.id, self.day(at));
            all.push((Cause::Vulnerability, format!("risk-{}", task.id), vec![text, there.clone()]));
        }
        all.extend(self.figure_above(
            Cause::Vulnerability,
            &["vulnerabilities", "open-vulnerabilities"],
            &there,
        ));
        all
    }

    fn outages(&self) -> Vec<Raised> {
        let raise = |b: &Blocker| (Cause::Outage, format!("blocker-{}", b.id), vec![self.told(b)]);
        let mut all: Vec<Raised> = self.blockers_that_say(Cause::Outage).map(raise).collect();
        all.extend(self.figure_above(Cause::Outage, &["outages", "major-incidents"], ""));
        all
    }

    /// A figure of those names that is above zero while the project goes on.
    fn figure_above(&self, cause: Cause, names: &[&str], more: &str) -> Vec<Raised> {
        let found = names.iter().filter_map(|name| self.latest(name));
        let above =
            found.filter(|f| f.epoch == Epoch::Now && amount(&f.value).is_some_and(|a| a.number > 0.0));
        above
            .map(|f| {
                let mut evidence =
                    vec![format!("{}: {} on {}, says {}", f.name, f.value, self.day(f.at), f.by)];
                evidence.extend((!more.is_empty()).then(|| more.to_owned()));
                (cause, format!("figure-{}", f.name), evidence)
            })
            .collect()
    }

    fn over_budget(&self) -> Vec<Raised> {
        let (Some(cost), Some(budget)) = (self.track.expected_cost, self.project.terms.budget) else {
            return Vec::new();
        };
        let percent = u128::from(self.vocabulary.cause(Cause::Budget).map_or(0, |w| w.percent));
        if u128::from(cost) * 100 <= u128::from(budget) * (100 + percent) {
            return Vec::new();
        }
        let by = u128::from(cost - budget) * 100 / u128::from(budget.max(1));
        let (said, of) = (self.money(cost), self.money(budget));
        let mut evidence = vec![format!("it is expected to cost {said}, {by} % over the budget of {of}")];
        evidence.extend(
            self.track.spent.map(|s| format!("{} are spent by {}", self.money(s), self.day(self.now))),
        );
        vec![(Cause::Budget, format!("budget-{budget}"), evidence)]
    }

    /// Later than the deadline; or, where none is missed, much later than the plan as it is now.
    fn delays(&self) -> Vec<Raised> {
        let t = &self.track;
        let end = format!("it is expected to end on {}", self.day(t.expected_end));
        let why = || t.why.iter().filter(|w| w.contains("measured")).cloned();
        if let Some(deadline) = self.project.terms.deadline.filter(|d| t.expected_end > *d) {
            let by = self.span(deadline, t.expected_end);
            let mut evidence = vec![format!("{end}, {by} after the deadline {}", self.day(deadline))];
            evidence.push(format!("what is left to do: {}", t.path.join(" → ")));
            evidence.extend(why());
            return vec![(Cause::Delay, format!("deadline-{deadline}"), evidence)];
        }
        let percent = i64::from(self.vocabulary.cause(Cause::Delay).map_or(0, |w| w.percent));
        let length = t.agreed_end.saturating_sub(self.project.started);
        if t.expected_end.saturating_sub(t.agreed_end) <= length / 100 * percent {
            return Vec::new();
        }
        let by = self.span(t.agreed_end, t.expected_end);
        let first =
            format!("{end}, {by} after the planned {}: more than {percent} % late", self.day(t.agreed_end));
        let evidence = std::iter::once(first).chain(why()).collect();
        vec![(Cause::Delay, format!("plan-{}", self.project.changes.len()), evidence)]
    }

    fn conflicts(&self) -> Vec<Raised> {
        let takes_part = |name: &str| self.project.plan.tasks.iter().any(|t| t.agent == *name);
        let own = self.seen.clashes.iter().filter(|c| c.agents.iter().all(|a| takes_part(a)));
        own.map(|clash| {
            let [a, b] = &clash.agents;
            let mut files = clash.files.clone();
            files.sort_unstable();
            let named = files.get(..FILES_MOST).unwrap_or(&files).join(", ");
            let more = files.len().saturating_sub(FILES_MOST);
            let named = if more > 0 { format!("{named} and {more} more") } else { named };
            let key: String = format!("{a}+{b}: {named}").chars().take(LINE_MOST).collect();
            let mut evidence = vec![format!("the branches of {a} and {b} do not merge: {named}")];
            for agent in &clash.agents {
                let tasks = self.tasks().filter(|(t, _)| t.agent == **agent);
                let open = tasks.filter(|(t, _)| self.is_begun(&t.id) || self.is_done(&t.id));
                let ids: Vec<&str> = open.map(|(t, _)| t.id.as_str()).collect();
                evidence.extend((!ids.is_empty()).then(|| format!("{agent} does {}", ids.join(", "))));
            }
            (Cause::Conflict, key, evidence)
        })
        .collect()
    }

    /// A question that nobody has decided for half a planned day; a loop that ran out of rounds.
    fn decisions(&self) -> Vec<Raised> {
        let open = self.project.questions.iter().filter(|q| q.decided.is_empty());
        let long = open.filter(|q| self.now.saturating_sub(q.at) >= open_long(self.project));
        let mut all: Vec<Raised> = long
            .map(|q| {
                let asked = format!("{} asks since {}: {}", q.by, self.day(q.at), q.text);
                let evidence = vec![asked, format!("it is open for {}", self.span(q.at, self.now))];
                (Cause::Decision, format!("question-{}", q.id), evidence)
            })
            .collect();
        all.extend(unmet(self.project));
        all
    }

    /// A phase that is done with open points of its compliance checklist; a blocker that says so.
    fn violations(&self) -> Vec<Raised> {
        let mut all = Vec::new();
        for phase in &self.project.plan.phases {
            let mut own = self.tasks().filter(|(t, _)| t.phase == phase.id).peekable();
            if own.peek().is_none() || !own.all(|(t, _)| self.is_done(&t.id)) {
                continue;
            }
            let ticked = |point: &str| {
                let same =
                    |t: &&crate::domain::workflow::project::Tick| t.list == COMPLIANCE && t.point == point;
                self.project.ticks.iter().filter(same).any(|t| t.phase == phase.id)
            };
            let lists = phase.checklists.iter().filter(|l| l.name == COMPLIANCE);
            let open = lists.flat_map(|l| &l.points).filter(|p| !ticked(&p.id));
            let open: Vec<String> = open.map(|p| format!("not seen to: {} ({})", p.text, p.id)).collect();
            if !open.is_empty() {
                let first = format!(
                    "all tasks of the phase {} are done, and {} points of its compliance list are not",
                    phase.title,
                    open.len()
                );
                let evidence = std::iter::once(first).chain(open).collect();
                all.push((Cause::Compliance, format!("phase-{}", phase.id), evidence));
            }
        }
        let blockers = self.blockers_that_say(Cause::Compliance);
        all.extend(blockers.map(|b| (Cause::Compliance, format!("blocker-{}", b.id), vec![self.told(b)])));
        all
    }
}
