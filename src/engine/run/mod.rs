//! Running a plan: what may start, what is done, what everyone waits for.

mod change;
mod ending;
mod ripple;
mod tasks;
mod view;

use self::ripple::Before;
pub(in crate::engine) use self::tasks::NOTHING_STANDS;
use super::Step;
use super::dispatch::Prompting;
use super::draft::Purpose;
use super::letter::{self, Letter};
use super::parts::{Run, RunTask};
use super::state::State;
use crate::domain::choice::Choice;
use crate::domain::command::{Order, Target};
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::plan::{Bound, DoneRule};
use crate::domain::record::Record;
use crate::domain::ripple::RipplePlan;
use crate::domain::state::TaskState;
use crate::domain::time::Time;

/// Why a task of an agent that is left out is skipped.
pub(in crate::engine) const LEFT_OUT: &str = "left out";

/// How the reason begins of a task that is past its deadline.
pub(in crate::engine) const LATE: &str = "past its deadline";

/// When a task that is on its way is late.
pub(super) fn deadline(state: &State) -> Option<Time> {
    state.running()?.tasks.iter().filter_map(RunTask::due).min()
}

/// What a task waits for, in words; empty when it may start.
#[must_use]
pub fn waits_for(run: &Run, task: &RunTask) -> String {
    let settles = |t: &RunTask| task.bound.settled && t.state == TaskState::Failed;
    let open = |t: &&RunTask| !matches!(t.state, TaskState::Done | TaskState::Skipped) && !settles(t);
    let by_stage = |t: &&RunTask| run.order == Order::Staged && t.bound.stage < task.bound.stage;
    let by_need = |t: &&RunTask| task.bound.needs.contains(&t.bound.id);
    // One thing at a time, or the commit of one task would prove the other.
    let busy = |t: &&RunTask| {
        t.bound.agent == task.bound.agent && matches!(t.state, TaskState::Sent | TaskState::Running)
    };
    let names: Vec<String> = run
        .tasks
        .iter()
        .filter(|t| t.bound.id != task.bound.id)
        .filter(|t| (!task.freed && (by_stage(t) || by_need(t))) || busy(t))
        .filter(open)
        .map(|t| {
            if t.state == TaskState::Failed {
                format!("{} (failed)", t.bound.agent)
            } else {
                t.bound.agent.to_string()
            }
        })
        .collect();
    if names.is_empty() { String::new() } else { format!("waits for {}", names.join(", ")) }
}

/// The tasks a run would have. Without `prompt` each gets the one for its agent's role.
///
/// # Errors
/// When plan, template, one of its variables or targets are unknown, or the plan does not fit the team.
pub(in crate::engine) fn bind(
    state: &State,
    plan: &str,
    targets: &[Target],
    prompt: Option<&str>,
) -> Result<Vec<Bound>, String> {
    let config = &state.config;
    let plan =
        config.plans.get(plan).ok_or_else(|| super::targets::unknown("plan", plan, config.plans.keys()))?;
    if plan.of_incident() {
        let how = match config.fleet {
            Some(_) => "`orchestra incident run` takes one on and runs it",
            None => "this session is no incident fleet; `orchestra init --preset incident` writes one",
        };
        return Err(format!("run {}: it begins with an incident: {how}", plan.name));
    }
    let choice = prompt.map_or(Choice::Role, Choice::of);
    letter::known(state, &choice)?;
    let wanted = super::targets::resolve(state, targets)?;
    let mut bound = plan.bind(&config.team, &state.groups()).map_err(|e| e.to_string())?;
    bound.retain(|b| targets.is_empty() || wanted.contains(&b.agent));
    let ids: Vec<String> = bound.iter().map(|b| b.id.clone()).collect();
    for b in &mut bound {
        // A task left out is not waited for.
        b.needs.retain(|n| ids.contains(n));
        b.prompt = choice.template(&config.prompts, &b.prompt, b.agent.as_str());
        letter::check(state, &Letter::of_template(b.agent.clone(), &b.prompt, prompt, ""))?;
    }
    if bound.is_empty() {
        Err(format!("run {}: none of its tasks is for these targets", plan.name))
    } else {
        Ok(bound)
    }
}

impl Step<'_> {
    /// Starts a plan.
    ///
    /// # Errors
    /// When another runs, or as [`bind`].
    pub(in crate::engine) fn start_run(
        &mut self,
        plan: &str,
        order: Order,
        targets: &[Target],
        prompt: Option<String>,
    ) -> Result<RunId, String> {
        if let Some(run) = self.state.running() {
            return Err(format!(
                "run {plan}: {} still runs (run {}); wait for it, or skip what it waits for",
                run.plan, run.id
            ));
        }
        if let Some(case) = self.state.open_case() {
            return Err(format!(
                "run {plan}: incident {} ({}) is open; wait for it, or end it with `orchestra incident close`",
                case.number, case.name
            ));
        }
        if let Some(project) = self.state.open_project() {
            return Err(format!(
                "run {plan}: the project {} is under way; wait for it, or end it with `orchestra workflow close`",
                project.name
            ));
        }
        let tasks = bind(self.state, plan, targets, prompt.as_deref())?;
        let run = self.next_run();
        let focus = Some(letter::group(targets)).filter(|g| !g.is_empty()).map(str::to_owned);
        self.record(Record::RunStarted { run, plan: plan.to_owned(), order, focus, prompt, tasks });
        Ok(run)
    }

    /// The number of the next run.
    pub(in crate::engine) fn next_run(&self) -> RunId {
        self.state.runs.iter().map(|r| r.id).max().unwrap_or(0) + 1
    }

    /// Starts what may start and ends what is done, until nothing changes.
    pub(in crate::engine) fn advance_runs(&mut self) {
        loop {
            self.follow_incident();
            self.follow_project();
            self.read_nothing();
            let Some(change) = self.state.running().and_then(|run| self.next_change(run)) else { return };
            match change {
                Change::Send(run, bound) => self.send_task(run, &bound),
                Change::Build(run, task, plan) => self.build_ripple(run, &task, *plan),
                Change::Cannot(run, bound, why) => self.rippled(run, &bound.id, &bound.agent, why),
                Change::Set(run, task, to, why) => self.set_task(run, &task, to, &why),
                Change::Gate(run) => self.begin_gates(run),
                Change::GateBranch(run, agent, oid) => self.gate_branch(run, agent, oid),
                Change::End(run) => self.end_run(run),
            }
        }
    }

    fn next_change(&self, run: &Run) -> Option<Change> {
        if run.tasks.iter().all(|t| t.state.ended()) {
            return self.next_of_end(run);
        }
        self.in_order(run).into_iter().find_map(|task| {
            let set = |to, why: &str| Some(Change::Set(run.id, task.bound.id.clone(), to, why.to_owned()));
            let agent = self.state.agent(&task.bound.agent)?;
            match task.state {
                TaskState::Queued if agent.left_out => set(TaskState::Skipped, LEFT_OUT),
                TaskState::Queued if !run.paused && waits_for(run, task).is_empty() => {
                    if self.moves_for_another(run, task) {
                        return None;
                    }
                    match self.before_sending(run, task) {
                        Before::Nothing => Some(Change::Send(run.id, task.bound.clone())),
                        Before::UnderWay => None,
                        Before::Build(plan) => {
                            Some(Change::Build(run.id, task.bound.id.clone(), Box::new(plan)))
                        }
                        Before::Cannot(why) => Some(Change::Cannot(run.id, task.bound.clone(), why)),
                    }
                }
                TaskState::Sent | TaskState::Running if agent.left_out => set(TaskState::Skipped, LEFT_OUT),
                TaskState::Running if task.bound.done == DoneRule::Ready && agent.ready.is_some() => {
                    set(TaskState::Done, "")
                }
                // What it claimed before it ended is still being judged.
                TaskState::Running if task.bound.done == DoneRule::Ready && agent.claim.is_some() => None,
                TaskState::Sent | TaskState::Running if !agent.runs_or_starts() => {
                    set(TaskState::Failed, &format!("its program ended: {}", agent.pane.ended))
                }
                _ if task.due().is_some_and(|due| due <= self.now) => {
                    let seconds = task.bound.deadline.unwrap_or_default();
                    let brief =
                        if task.state == TaskState::Sent { " for its prompt to get there" } else { "" };
                    set(TaskState::Failed, &format!("{LATE} of {seconds} s{brief}"))
                }
                _ => None,
            }
        })
    }

    /// The tasks of a run in the order in which they are taken. In a project that is the order of its plan, which
    /// schedule and estimate go by: a change may have put tasks elsewhere than where they came to the run.
    fn in_order<'r>(&self, run: &'r Run) -> Vec<&'r RunTask> {
        let mut tasks: Vec<&RunTask> = run.tasks.iter().collect();
        if let Some(project) = self.state.project_of(run.id).filter(|p| !p.changes.is_empty()) {
            let place = |id: &str| project.plan.tasks.iter().position(|t| t.id == id);
            tasks.sort_by_cached_key(|t| place(&t.bound.id).unwrap_or(usize::MAX));
        }
        tasks
    }

    fn send_task(&mut self, run: RunId, bound: &Bound) {
        let task = bound.id.clone();
        self.record(Record::Task { run, task, state: TaskState::Sent, why: String::new(), since: None });
        self.inspect_anew(&bound.agent);
        let Some(of) = self.state.runs.iter().find(|r| r.id == run) else { return };
        let (word, group) = (of.prompt.as_deref(), of.focus.as_deref().unwrap_or_default());
        let letter = Letter::of_template(bound.agent.clone(), &bound.prompt, word, group);
        self.draft(Purpose::Task(run, bound.id.clone()), vec![letter]);
    }

    /// The prompt of a task that was sent is there: it goes into the pane's queue.
    pub(in crate::engine) fn send_drafted(
        &mut self,
        run: RunId,
        task: &str,
        agent: &AgentName,
        made: &Prompting,
    ) {
        if self.task(run, task).is_none_or(|t| t.state != TaskState::Sent) {
            return;
        }
        if let Err(why) = self.enqueue(agent, made, Some((run, task.to_owned()))) {
            self.set_task(run, task, TaskState::Failed, &why);
        }
    }
}

enum Change {
    Send(RunId, Bound),
    Build(RunId, String, Box<RipplePlan>),
    Cannot(RunId, Bound, String),
    Set(RunId, String, TaskState, String),
    Gate(RunId),
    GateBranch(RunId, AgentName, Oid),
    End(RunId),
}
