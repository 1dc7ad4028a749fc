//! A task is done when its agent says so and its checks hold: what it was to hand over is there, its branch is clean and
//! went on, its gates are green at that commit.

use super::super::event::{Depth, Effect};
use super::super::parts::{Dispatch, JobKind};
use super::notes::Note;
use super::{clean, line};
use crate::domain::command::Caller;
use crate::domain::ending::OnRed;
use crate::domain::gates::Reuse;
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::record::{Record, Workflowed};
use crate::domain::review::{CommitLine, GateResult, Review, gate_reasons};
use crate::domain::state::TaskState;
use crate::domain::team::Gate;
use crate::domain::view::{Answer, Fault};
use crate::domain::workflow::pattern::Loop;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{HANDOVER_MOST, LINE_MOST, Project, Tracked, handover};
use crate::engine::Step;

/// Uncommitted files that a reason names.
const NAMED: usize = 5;

/// The task whose handover is examined, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Examined {
    pub run: RunId,
    pub task: String,
    pub agent: AgentName,
}

impl Step<'_> {
    /// An agent says that its task is done.
    pub(super) fn take_handover(
        &mut self,
        caller: &Caller,
        task: &str,
        text: &str,
    ) -> Result<Answer, String> {
        let doing = "hand over";
        let (_, task) = self.own_task(caller, task, doing)?;
        if text.len() > HANDOVER_MOST {
            return Err(format!(
                "{doing}: the text has {} bytes, at most {HANDOVER_MOST} are taken; name files instead of quoting them",
                text.len()
            ));
        }
        let text = format!("{}\n", clean(text));
        if text.trim().is_empty() {
            return Err(format!(
                "{doing}: the text is empty; its sections are {}",
                handover::SECTIONS.join(", ")
            ));
        }
        self.drop_handover_jobs(&task);
        self.drop_held(&task);
        self.workflowed(Workflowed::HandedOver { task: task.clone(), text });
        self.keep_handover(&task);
        let project = self.project(doing)?;
        match static_reasons(project, &task) {
            reasons if reasons.is_empty() => {
                Ok(Answer::Done { text: format!("{task} is handed over; it is done once its checks hold") })
            }
            reasons => {
                let why = format!("{doing} {task}: {}; mend that and hand over again", reasons.join("; "));
                Ok(Answer::Fault { fault: Fault::Failed, why })
            }
        }
    }

    /// What was held against the last handover need not be said any more where its agent was quicker.
    fn drop_held(&mut self, task: &str) {
        let Some(run) = self.state.open_project().and_then(|p| p.run) else { return };
        let Some(agent) = self.task(run, task).map(|t| t.bound.agent.clone()) else { return };
        let held = |d: &Dispatch| d.prompt.as_deref() == Some(Note::Held.prompt());
        self.take_prompts_back(&agent, run, task, "another handover took its place", held);
    }

    /// Nobody needs to know any more what git and gates say of a task's last handover.
    pub(super) fn drop_handover_jobs(&mut self, task: &str) {
        self.drop_jobs(|kind| matches!(kind, JobKind::Handover(e) if e.task == task));
    }

    /// Has git look at the branch behind a handover.
    pub(super) fn examine_handover(&mut self, examined: Examined) {
        let agents = vec![examined.agent.clone()];
        let job = self.job(JobKind::Handover(examined));
        self.out.push(Effect::Review { job, agents, depth: Depth::Facts });
    }

    /// What git said of it: reasons against it, or gates that are still to run, or it is done.
    pub(in crate::engine) fn handover_reviewed(
        &mut self,
        examined: Examined,
        reviews: Result<Vec<Review>, String>,
    ) {
        if !self.is_examined(&examined) {
            return;
        }
        let found = reviews.map(|all| all.into_iter().find(|r| r.agent == examined.agent));
        let review = match found {
            Ok(Some(review)) => review,
            Ok(None) => return self.hold(&examined.task, vec!["git said nothing of its branch".into()]),
            Err(why) => return self.hold(&examined.task, vec![format!("its branch cannot be read: {why}")]),
        };
        let facts = review.facts;
        self.seen_anew(&examined.agent, &facts);
        self.record(Record::Facts { agent: examined.agent.clone(), facts: facts.clone() });
        let mut reasons = Vec::new();
        if !facts.clean() {
            let files: Vec<&str> = facts.changed.iter().chain(&facts.untracked).map(String::as_str).collect();
            let named = files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let are = if files.len() == 1 { "file is" } else { "files are" };
            reasons.push(format!("{} {are} not committed: {named}", files.len()));
        }
        let since = self.task(examined.run, &examined.task).and_then(|t| t.since.clone());
        let project = self.state.project_of(examined.run);
        if project.is_some_and(|p| needs_commit(p, &examined.task)) {
            if since.as_ref() == Some(&facts.head) {
                reasons.push("there is no commit of it since its brief".into());
            } else if only_empty(&review.commits, since.as_ref()) {
                reasons.push(
                    "its commits since the brief change no file: what it made, be it a document, has to be in them"
                        .into(),
                );
            }
        }
        if !reasons.is_empty() {
            return self.hold(&examined.task, reasons);
        }
        let gates = self.gates_to_run(&examined, &facts.head);
        if gates.is_empty() {
            return self.gates_told(&examined, &facts.head);
        }
        let base = self.state.agent(&examined.agent).and_then(|a| a.base.clone());
        self.run_gates(JobKind::Handover(examined), facts.head, gates, OnRed::Go, base, Reuse::Known);
    }

    /// A gate that was run for it ended.
    pub(in crate::engine) fn handover_gated(&mut self, examined: &Examined, result: GateResult, last: bool) {
        let oid = result.oid.clone();
        self.record(Record::Gate { agent: Some(examined.agent.clone()), result });
        if last && self.is_examined(examined) {
            self.gates_told(examined, &oid);
        }
    }

    /// All its gates have run at that commit.
    fn gates_told(&mut self, examined: &Examined, oid: &Oid) {
        let checks = self.checks(examined);
        let known = self.state.agent(&examined.agent).map_or(&[][..], |a| &a.gates);
        let latest = |g: &Gate| known.iter().rev().find(|r| r.gate == g.name && r.oid == *oid).cloned();
        let results: Vec<GateResult> = checks.iter().filter_map(latest).collect();
        let mut reasons = gate_reasons(&results, oid);
        let unrun = checks.iter().filter(|g| !results.iter().any(|r| r.gate == g.name));
        reasons.extend(unrun.map(|g| format!("the gate {} did not run", g.name)));
        match reasons.is_empty() {
            true => self.accept_handover(&examined.task),
            false => self.hold(&examined.task, reasons),
        }
    }

    fn checks(&self, examined: &Examined) -> Vec<Gate> {
        let task = self.state.project_of(examined.run).and_then(|p| p.plan.task(&examined.task));
        let wanted = task.map_or(&[][..], |t| &t.checks);
        self.state.config.gates.iter().filter(|g| wanted.contains(&g.name)).cloned().collect()
    }

    fn gates_to_run(&self, examined: &Examined, oid: &Oid) -> Vec<Gate> {
        let known = self.state.agent(&examined.agent).map_or(&[][..], |a| &a.gates);
        let green = |g: &Gate| {
            known.iter().rev().find(|r| r.gate == g.name && r.oid == *oid).is_some_and(GateResult::passed)
        };
        self.checks(examined).into_iter().filter(|g| !green(g)).collect()
    }

    /// Whether that handover still waits to be judged.
    fn is_examined(&self, examined: &Examined) -> bool {
        let project = self.state.project_of(examined.run);
        project.and_then(|p| p.tracked(&examined.task)).is_some_and(waits)
    }

    pub(super) fn hold(&mut self, task: &str, reasons: Vec<String>) {
        let reasons = reasons.iter().map(|r| line(r, LINE_MOST)).collect();
        self.workflowed(Workflowed::Held { task: task.to_owned(), reasons });
    }

    /// All checks hold. What a review says is recorded first; what follows from it is told from that alone.
    pub(super) fn accept_handover(&mut self, task: &str) {
        let Some(project) = self.state.open_project() else { return };
        if let Some(judged) = judgement(project, task) {
            return self.workflowed(judged);
        }
        if let Some(run) = project.run {
            self.set_task(run, task, TaskState::Done, "");
        }
    }
}

/// Whether a task's agent handed over, and nobody has said yet whether that stands.
pub(super) fn waits(task: &Tracked) -> bool {
    task.state == TaskState::Running && task.handed.is_some() && task.held.is_empty() && !task.judged
}

/// The loop that a task is the review of.
pub(super) fn judges<'a>(project: &'a Project, task: &str) -> Option<&'a Loop> {
    project.plan.loops.iter().find(|l| l.review == task)
}

/// What stands against a handover whatever git says.
pub(super) fn static_reasons(project: &Project, id: &str) -> Vec<String> {
    let (Some(task), Some(handed)) =
        (project.plan.task(id), project.tracked(id).and_then(|t| t.handed.as_ref()))
    else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    let missing = task.hands_over.iter().filter(|i| !handed.parts.items.contains_key(&i.key.to_lowercase()));
    let missing: Vec<String> = missing.map(|i| format!("`- {}: …` ({})", i.key, i.what)).collect();
    if !missing.is_empty() {
        reasons.push(format!("the section Handover lacks {}", missing.join(", ")));
    }
    let named = |key: &str| handed.parts.items.get(&key.to_lowercase()).map(String::as_str);
    let bare = task.hands_over.iter().filter_map(|i| Some((&i.key, named(&i.key)?)));
    reasons.extend(bare.filter(|(_, what)| !handover::names(what)).map(|(key, what)| {
        format!("of {key} it says no more than `{what}`: name it, such as a file, an address or a version")
    }));
    if let Some(l) = judges(project, id).filter(|_| handed.parts.verdict.is_none()) {
        reasons.push(format!(
            "the section Verdict does not say whether {} is good: `met` or `again`, and then what is to be better",
            l.work
        ));
    }
    let silent = project.plan.beside(id).filter(|(other, _)| unsaid(project, task, other));
    reasons.extend(silent.map(|(other, sync)| {
        format!("nothing was said to {} about {sync}: `orchestra workflow sync \"…\"` says it", other.agent)
    }));
    reasons
}

/// Whether a task has said nothing to one beside it that has not ended.
fn unsaid(project: &Project, task: &Task, other: &Task) -> bool {
    let over = project.tracked(&other.id).is_some_and(|t| t.state.ended());
    !over && !project.syncs.iter().any(|s| s.task == task.id && s.with == other.id)
}

/// Whether a task has to commit something: a review that looks once more need not.
fn needs_commit(project: &Project, id: &str) -> bool {
    judges(project, id).is_none_or(|l| project.judged(&l.work) == 0)
}

/// Whether there are commits since that one, newest first, and none of them changes anything.
fn only_empty(commits: &[CommitLine], since: Option<&Oid>) -> bool {
    let mut new = commits.iter().take_while(|c| Some(&c.oid) != since).peekable();
    new.peek().is_some() && new.all(|c| c.empty)
}

/// What is recorded of a review that handed over; none for any other task.
fn judgement(project: &Project, id: &str) -> Option<Workflowed> {
    let l = judges(project, id)?;
    let parts = &project.tracked(id)?.handed.as_ref()?.parts;
    let round = u8::try_from(project.judged(&l.work) + 1).unwrap_or(u8::MAX);
    Some(Workflowed::Judged {
        work: l.work.clone(),
        review: id.to_owned(),
        round,
        verdict: parts.verdict?,
        feedback: parts.feedback.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_that_change_nothing_are_no_work() {
        let commit = |oid: &str, empty| CommitLine {
            oid: Oid(oid.into()),
            subject: String::new(),
            message: String::new(),
            empty,
        };
        let commits = [commit("c", true), commit("b", true), commit("a", false)];
        let since = |oid: &str| Some(Oid(oid.into()));
        assert!(only_empty(&commits, since("a").as_ref()));
        assert!(!only_empty(&commits, since("0").as_ref()), "the first of them changed something");
        assert!(!only_empty(&commits, since("c").as_ref()), "there is none: another reason says so");
        assert!(!only_empty(&[], None));
    }
}
