//! What records make of a project.

use super::{
    Answered, Blocker, Escalation, Figure, Handed, Project, Question, Rebriefed, Round, Stage, Sync, Tick,
    Tracked, handover,
};
use crate::domain::id::AgentName;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;

impl Project {
    /// A project as its first record begins it; none for any other record.
    #[must_use]
    pub fn begun(step: &Workflowed, at: i64) -> Option<Self> {
        let Workflowed::Started { number, name, context, terms, day_ms, plan, baseline } = step else {
            return None;
        };
        Some(Self {
            number: *number,
            name: name.clone(),
            context: (**context).clone(),
            terms: terms.clone(),
            started: at,
            day_ms: (*day_ms).max(1),
            plan: (**plan).clone(),
            baseline: baseline.clone(),
            run: None,
            tasks: plan.tasks.iter().map(|t| Tracked::new(&t.id)).collect(),
            figures: Vec::new(),
            blockers: Vec::new(),
            questions: Vec::new(),
            syncs: Vec::new(),
            rounds: Vec::new(),
            escalations: Vec::new(),
            answers: Vec::new(),
            ticks: Vec::new(),
            changes: Vec::new(),
            rebriefed: Vec::new(),
            reported: 0,
            version: 1,
            stage: Stage::Running,
            over: None,
            ended: String::new(),
        })
    }

    /// Folds one step, taken at that moment (milliseconds since 1970).
    pub fn fold(&mut self, step: &Workflowed, at: i64) {
        match step {
            Workflowed::Started { .. } => {}
            Workflowed::Running { run } => self.run = Some(*run),
            Workflowed::Percent { task, percent, note } => {
                if let Some(t) = self.tracked_mut(task) {
                    t.percent = Some((*percent).min(100));
                    t.note.clone_from(note);
                }
            }
            Workflowed::HandedOver { task, text } => {
                if let Some(t) = self.tracked_mut(task) {
                    t.handed = Some(Handed { at, text: text.clone(), parts: handover::parse(text) });
                    t.held.clear();
                    (t.told, t.judged, t.reminded) = (false, false, false);
                }
            }
            Workflowed::Held { task, reasons } => {
                if let Some(t) = self.tracked_mut(task) {
                    t.held.clone_from(reasons);
                }
            }
            Workflowed::Synced { task, with, text } => {
                let (task, with, text) = (task.clone(), with.clone(), text.clone());
                self.syncs.push(Sync { task, with, text, at, told: None });
            }
            Workflowed::Judged { work, review, round, verdict, feedback } => {
                let (work, review, round, feedback) =
                    (work.clone(), review.clone(), *round, feedback.clone());
                if let Some(t) = self.tracked_mut(&review) {
                    t.judged = true;
                }
                self.rounds.push(Round { work, review, round, verdict: *verdict, feedback, at });
            }
            Workflowed::Figure { name, epoch, value, by } => {
                let (name, value, by) = (name.clone(), value.clone(), by.clone());
                self.figures.push(Figure { name, epoch: *epoch, value, by, at });
            }
            Workflowed::Blocked { task, text, mitigation } => {
                let id = next(self.blockers.last().map(|b| b.id));
                let (task, text, mitigation) = (task.clone(), text.clone(), mitigation.clone());
                self.blockers.push(Blocker {
                    id,
                    task,
                    text,
                    mitigation,
                    since: at,
                    until: None,
                    told: false,
                });
            }
            Workflowed::Mitigated { id, mitigation } => {
                if let Some(b) = self.blockers.iter_mut().find(|b| b.id == *id) {
                    b.mitigation.clone_from(mitigation);
                }
            }
            Workflowed::Unblocked { id, by } => {
                let plan = &self.plan;
                if let Some(b) = self.blockers.iter_mut().find(|b| b.id == *id) {
                    b.until = Some(at);
                    // Whoever says so itself need not be told.
                    b.told = by.is_empty() || plan.task(&b.task).is_some_and(|t| t.agent == **by);
                }
            }
            Workflowed::Asked { by, text } => {
                let id = next(self.questions.last().map(|q| q.id));
                let (by, text) = (by.clone(), text.clone());
                let (decided, decider) = (String::new(), String::new());
                self.questions.push(Question { id, by, text, at, decided, decider, told: false });
            }
            Workflowed::Decided { id, decision, by } => {
                if let Some(q) = self.questions.iter_mut().find(|q| q.id == *id) {
                    q.decided.clone_from(decision);
                    q.decider.clone_from(by);
                    q.told = q.by == *by;
                }
            }
            Workflowed::Escalated { cause, key, evidence } => {
                let id = next(self.escalations.last().map(|e| e.id));
                let (key, evidence) = (key.clone(), evidence.clone());
                self.escalations.push(Escalation {
                    id,
                    cause: *cause,
                    key,
                    evidence,
                    at,
                    settled: String::new(),
                });
            }
            Workflowed::Settled { id, how } => {
                if let Some(e) = self.escalations.iter_mut().find(|e| e.id == *id) {
                    e.settled.clone_from(how);
                }
            }
            Workflowed::Answered { flag, raised, note, by } => {
                let (flag, note, by) = (flag.clone(), note.clone(), by.clone());
                self.answers.push(Answered { flag, raised: *raised, note, by, at });
            }
            Workflowed::Ticked { phase, list, point, note, by } => {
                let (phase, list, point) = (phase.clone(), list.clone(), point.clone());
                self.ticks.push(Tick { phase, list, point, note: note.clone(), by: by.clone(), at });
            }
            Workflowed::Replanned { plan, terms, change } => {
                self.replan(plan.as_ref().clone());
                self.terms = terms.clone();
                self.changes.push((**change).clone());
                self.version += 1;
            }
            Workflowed::Reported { week } => self.reported = *week,
            Workflowed::Closed { stage, why } => {
                self.stage = *stage;
                self.over = Some(at);
                self.ended.clone_from(why);
            }
        }
    }

    /// All that was said to that task up to now its agent was told.
    pub fn heard(&mut self, with: &str, at: i64) {
        let open = |s: &&mut Sync| s.with == with && s.told.is_none();
        self.syncs.iter_mut().filter(open).for_each(|s| s.told = Some(at));
    }

    /// An agent was told all that was settled for it and that task.
    pub fn answered(&mut self, agent: &AgentName, task: &str) {
        let decided = |q: &&mut Question| *agent == *q.by && !q.decided.is_empty();
        self.questions.iter_mut().filter(decided).for_each(|q| q.told = true);
        let gone = |b: &&mut Blocker| b.task == task && b.until.is_some();
        self.blockers.iter_mut().filter(gone).for_each(|b| b.told = true);
    }

    /// An agent was briefed anew: from then on it knows all changes, of which these were new to it in that task.
    pub fn briefed_anew(&mut self, agent: &AgentName, task: &str, new: &[u32], at: i64) {
        let rebriefed = |change: &u32| Rebriefed { change: *change, agent: agent.clone(), at };
        self.rebriefed.extend(new.iter().map(rebriefed));
        self.briefed(task);
    }

    /// The agent of that task has its brief with all changes up to now.
    pub fn briefed(&mut self, task: &str) {
        let last = self.changes.last().map_or(0, |c| c.id);
        if let Some(t) = self.tracked_mut(task) {
            t.briefed = Some(last);
        }
    }

    /// A task of its run changed its state.
    pub fn task_changed(&mut self, id: &str, to: TaskState, why: &str, at: i64) {
        let Some(t) = self.tasks.iter_mut().find(|t| t.id == id) else { return };
        t.why = why.to_owned();
        if t.state == to {
            return;
        }
        match to {
            TaskState::Running => {
                t.began.get_or_insert(at);
                t.round = t.round.saturating_add(1);
                t.ended = None;
            }
            TaskState::Queued => {
                // It is done again: what was said of the last time no longer counts.
                (t.ended, t.percent, t.handed, t.briefed) = (None, None, None, None);
                t.held.clear();
                (t.told, t.judged, t.reminded) = (false, false, false);
            }
            TaskState::Sent => t.ended = None,
            TaskState::Done | TaskState::Failed | TaskState::Skipped => t.ended = Some(at),
        }
        t.state = to;
        self.version += 1;
    }

    /// Takes another plan: tasks keep what is known of them.
    fn replan(&mut self, plan: super::super::plan::Planned) {
        let mut old = std::mem::take(&mut self.tasks);
        for task in &plan.tasks {
            let known = old.iter().position(|t| t.id == task.id).map(|at| old.remove(at));
            let mut tracked = known.unwrap_or_else(|| Tracked::new(&task.id));
            tracked.dropped = false;
            self.tasks.push(tracked);
        }
        // What was begun stays in the record; what never was is no loss.
        old.iter_mut().for_each(|t| t.dropped = true);
        self.tasks.append(&mut old);
        self.plan = plan;
    }

    /// A task as it stands, to be changed by the fold alone.
    pub(crate) fn tracked_mut(&mut self, id: &str) -> Option<&mut Tracked> {
        self.tasks.iter_mut().find(|t| t.id == id)
    }
}

impl Tracked {
    /// A task that has not begun.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            state: TaskState::Queued,
            why: String::new(),
            began: None,
            ended: None,
            percent: None,
            note: String::new(),
            round: 0,
            handed: None,
            held: Vec::new(),
            told: false,
            judged: false,
            reminded: false,
            briefed: None,
            dropped: false,
        }
    }
}

fn next(last: Option<u32>) -> u32 {
    last.map_or(1, |id| id.saturating_add(1))
}
