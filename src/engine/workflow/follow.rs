//! What follows from how far a project is. Each step is told from what is recorded alone, so that a lost server leaves
//! none out and takes none twice.

use super::PLAN;
use super::done::{Examined, judges, static_reasons, waits};
use super::notes::Note;
use super::open::bound;
use crate::domain::id::{AgentName, RunId};
use crate::domain::plan::Bound;
use crate::domain::record::{Record, TaskBound, Workflowed};
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::workflow::project::{ENTRIES_MOST, Project, Stage, Verdict};
use crate::domain::workflow::watch::{Due, unmet};
use crate::engine::Step;
use crate::engine::fusion::BY_SILENCE;
use crate::engine::parts::{Dispatch, JobKind, Phase, Run, RunTask};
use crate::engine::run::NOTHING_STANDS;
use crate::engine::state::Agent;

/// Why a task is skipped that is no part of the plan any more.
const DROPPED: &str = "dropped from the plan";

/// A step that is due.
enum Next {
    /// The run is to begin.
    Run,
    /// The run began, and its server was lost before it said so.
    Runs(RunId),
    /// A task is over, or to be done again.
    Task(RunId, String, TaskState, String),
    /// A task is bound anew.
    Bind(RunId, Bound),
    /// A task came to the plan.
    Add(RunId, Bound),
    /// A handover does not stand: why.
    Hold(String, Vec<String>),
    /// A handover is to be looked at by git.
    Examine(Examined),
    /// A handover stands.
    Accept(String),
    /// An agent is to be told something.
    Tell(AgentName, RunId, String, Note),
    /// Something is raised to a person.
    Raise(Due),
    /// All is done.
    Complete,
}

impl Step<'_> {
    /// Takes all steps that are due.
    pub(in crate::engine) fn follow_project(&mut self) {
        while let Some(next) = self.next_of_project() {
            match next {
                Next::Run => self.run_project(),
                Next::Runs(run) => self.workflowed(Workflowed::Running { run }),
                Next::Task(run, task, to, why) => {
                    self.drop_handover_jobs(&task);
                    if let Some(agent) = self.task(run, &task).map(|t| t.bound.agent.clone()) {
                        self.take_back(&agent, run, &task, &why);
                    }
                    self.set_task(run, &task, to, &why);
                }
                Next::Bind(run, task) => {
                    self.record(Record::TaskBound(Box::new(TaskBound { run, task })));
                }
                Next::Add(run, task) => self.record(Record::TaskAdded(Box::new(TaskBound { run, task }))),
                Next::Hold(task, reasons) => self.hold(&task, reasons),
                Next::Examine(examined) => self.examine_handover(examined),
                Next::Accept(task) => self.accept_handover(&task),
                Next::Tell(agent, run, task, note) => self.tell_agent(&agent, run, &task, note),
                Next::Raise(due) => self.raise(due),
                Next::Complete => self.project_over(Stage::Complete, String::new()),
            }
        }
    }

    fn next_of_project(&self) -> Option<Next> {
        let project = self.state.project.as_deref()?;
        if project.stage != Stage::Running {
            let run = self.state.project_run().filter(|r| !r.ended)?;
            let open = run.tasks.iter().find(|t| !t.state.ended())?;
            let why = "the project is closed".to_owned();
            return Some(Next::Task(run.id, open.bound.id.clone(), TaskState::Skipped, why));
        }
        if self.state.closing {
            return None;
        }
        let Some(run) = self.state.project_run() else {
            let begun = self.state.running().filter(|r| r.plan == PLAN);
            return Some(begun.map_or(Next::Run, |r| Next::Runs(r.id)));
        };
        self.aligned(project, run)
            .or_else(|| self.handed_over(project, run))
            .or_else(|| judged(project, run))
            .or_else(|| self.untold(project, run))
            .or_else(|| {
                // Nothing is raised of a project that is complete: what its last review leaves open is before that.
                let room = project.escalations.len() < ENTRIES_MOST;
                unmet(project).into_iter().next().filter(|_| room).map(Next::Raise)
            })
            .or_else(|| {
                let over = |s| matches!(s, TaskState::Done | TaskState::Skipped);
                run.tasks.iter().all(|t| over(t.state)).then_some(Next::Complete)
            })
    }

    /// The run follows the plan as it is now. Who loses a task that it works on is told first.
    fn aligned(&self, project: &Project, run: &Run) -> Option<Next> {
        for task in run.tasks.iter().filter(|t| t.state != TaskState::Done) {
            let set = |to, why: &str| Some(Next::Task(run.id, task.bound.id.clone(), to, why.to_owned()));
            let planned = project.plan.task(&task.bound.id).map(|t| bound(&project.plan, t));
            match (planned, task.state) {
                (None, TaskState::Skipped) => {}
                (Some(planned), TaskState::Skipped)
                    if task.why == DROPPED && planned.agent == task.bound.agent =>
                {
                    return set(TaskState::Queued, "");
                }
                (Some(planned), TaskState::Sent | TaskState::Running | TaskState::Failed)
                    if planned.agent != task.bound.agent =>
                {
                    match self.loses(project, run, task) {
                        Loses::Told => return set(TaskState::Queued, ""),
                        Loses::Tell(next) => return Some(next),
                        Loses::Waits => {}
                    }
                }
                (Some(planned), _) => {
                    let same = planned.agent == task.bound.agent && planned.needs == task.bound.needs;
                    if !same {
                        return Some(Next::Bind(run.id, planned));
                    }
                }
                (None, TaskState::Sent | TaskState::Running) => match self.loses(project, run, task) {
                    Loses::Told => return set(TaskState::Skipped, DROPPED),
                    Loses::Tell(next) => return Some(next),
                    Loses::Waits => {}
                },
                (None, _) => return set(TaskState::Skipped, DROPPED),
            }
        }
        let here = |id: &str| run.tasks.iter().any(|t| t.bound.id == id);
        let new = project.plan.tasks.iter().find(|t| !here(&t.id))?;
        Some(Next::Add(run.id, bound(&project.plan, new)))
    }

    /// How far it is that an agent learns that a task is no longer its own.
    fn loses(&self, project: &Project, run: &Run, task: &RunTask) -> Loses {
        if task.state == TaskState::Running {
            return match self.tells(project, run, task, Note::Changed) {
                Some(next) => Loses::Tell(next),
                None => Loses::Told,
            };
        }
        // A prompt that is being pasted gets there: then it is told.
        let own = |t: &Option<(RunId, String)>| t.as_ref() == Some(&(run.id, task.bound.id.clone()));
        let queue = self.state.agent(&task.bound.agent).map(|a| &a.queue);
        let pasted = |d: &Dispatch| own(&d.task) && !matches!(d.phase, Phase::Waiting(_));
        let on_its_way = task.state == TaskState::Sent && queue.is_some_and(|q| q.iter().any(pasted));
        if on_its_way { Loses::Waits } else { Loses::Told }
    }

    /// Handovers that nobody has judged.
    fn handed_over(&self, project: &Project, run: &Run) -> Option<Next> {
        project.current().filter(|t| waits(t)).find_map(|task| {
            let mut reasons = static_reasons(project, &task.id);
            reasons.extend(self.unheard(run, &task.id));
            if !reasons.is_empty() {
                return Some(Next::Hold(task.id.clone(), reasons));
            }
            if !self.has_branches() {
                return Some(Next::Accept(task.id.clone()));
            }
            let agent = run.tasks.iter().find(|t| t.bound.id == task.id)?.bound.agent.clone();
            let examined = Examined { run: run.id, task: task.id.clone(), agent };
            let kind = JobKind::Handover(examined.clone());
            let under_way = self.state.jobs.iter().any(|j| j.kind == kind);
            (!under_way).then_some(Next::Examine(examined))
        })
    }

    /// What is held against a handover where something said at the sync point has not reached its agent yet: it may
    /// change the work.
    fn unheard(&self, run: &Run, id: &str) -> Option<String> {
        let task = run.tasks.iter().find(|t| t.bound.id == *id)?;
        let waits = |d: &Dispatch| {
            d.prompt.as_deref() == Some(Note::Sync.prompt())
                && d.task.as_ref().is_some_and(|(r, t)| *r == run.id && t == id)
        };
        let queue = &self.state.agent(&task.bound.agent)?.queue;
        queue.iter().any(waits).then(|| {
            "what was said to it at the sync point came while it worked: weigh it, change what follows from it, and \
             hand over again"
                .to_owned()
        })
    }

    /// What agents who work are still to be told.
    fn untold(&self, project: &Project, run: &Run) -> Option<Next> {
        let runs = run.tasks.iter().filter(|t| t.state == TaskState::Running);
        runs.flat_map(|t| Note::ALL.map(|note| (t, note)))
            .find_map(|(task, note)| self.tells(project, run, task, note))
    }

    /// Whether an agent has come to rest with its task open, and nothing is on its way that would set it to work. That it
    /// rests since before its last prompt was submitted says nothing of that.
    fn has_stopped(&self, task: &RunTask) -> bool {
        let submitted = |a: &Agent| {
            let last = a.receipts.iter().rev().find(|r| r.outcome == Outcome::Submitted);
            last.map(|r| r.at)
        };
        let rests = |a: &Agent| {
            let idle = a.activity == AgentState::Idle && a.why.rule != BY_SILENCE;
            idle && a.queue.is_empty() && submitted(a).is_none_or(|at| at <= a.since)
        };
        task.why == NOTHING_STANDS && self.state.agent(&task.bound.agent).is_some_and(rests)
    }

    /// Telling an agent that works on a task something, where that is due and was not tried in vain.
    fn tells(&self, project: &Project, run: &Run, task: &RunTask, note: Note) -> Option<Next> {
        let (agent, id) = (&task.bound.agent, &task.bound.id);
        let vain = self.state.doing.vain.contains(&(agent.clone(), note.prompt(), id.clone()));
        // Whoever says much at a sync point fills no queue: the rest follows once this has its receipt.
        let waits = |a: &Agent| a.queue.iter().any(|d| d.prompt.as_deref() == Some(note.prompt()));
        let under_way = note == Note::Sync && self.state.agent(agent).is_some_and(waits);
        let early = note == Note::Resting && !self.has_stopped(task);
        let due = !vain && !under_way && !early && note.is_due(project, agent, id);
        due.then(|| Next::Tell(agent.clone(), run.id, id.clone(), note))
    }
}

/// See [`Step::loses`].
enum Loses {
    Told,
    Tell(Next),
    Waits,
}

/// What a judgement leads to: the work and its review once more, or the review is done. The work is set back first: as
/// long as the review is not, it is known that this is to be done.
fn judged(project: &Project, run: &Run) -> Option<Next> {
    let of = |id: &str| run.tasks.iter().find(|t| t.bound.id == id);
    let review = project.current().find(|t| t.judged && t.state == TaskState::Running)?;
    let set = |id: &str, to, why: String| Some(Next::Task(run.id, id.to_owned(), to, why));
    let done = || set(&review.id, TaskState::Done, String::new());
    let Some(l) = judges(project, &review.id) else { return done() };
    let last = project.rounds.iter().rev().find(|r| r.work == l.work).map(|r| r.verdict);
    let rounds = project.judged(&l.work);
    if last != Some(Verdict::Again) || rounds >= usize::from(l.limit) {
        return done();
    }
    let why = format!("round {} of {}", rounds + 1, l.limit);
    match of(&l.work).map(|t| t.state) {
        Some(TaskState::Done) => set(&l.work, TaskState::Queued, why),
        Some(TaskState::Queued) => set(&review.id, TaskState::Queued, why),
        // Somebody else decides about work that failed or was left out.
        _ => done(),
    }
}
