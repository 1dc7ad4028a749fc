//! A project begins, and is closed.

use super::super::letter::{Letter, check};
use super::super::state::State;
use super::{BRIEF, LEAD, PLAN, clean, line};
use crate::domain::command::{Caller, Order};
use crate::domain::id::{AgentName, RunId};
use crate::domain::plan::{Bound, DoneRule};
use crate::domain::profile::Profile;
use crate::domain::record::{Record, Workflowed};
use crate::domain::state::TaskState;
use crate::domain::view::Answer;
use crate::domain::workflow::plan::{Planned, Task};
use crate::domain::workflow::project::{Base, Context, LINE_MOST, Project, Stage, Terms};
use crate::domain::workflow::schedule::schedule;
use crate::engine::Step;

/// The most characters of a project's name.
const NAME_MOST: usize = 100;
/// The most bytes of what a project starts from.
const CONTEXT_MOST: usize = 64 * 1024;
/// The most of a budget and of a rate, in units of the currency: sums of a project stay exact.
const MONEY_MOST: u64 = 1_000_000_000_000;
/// The longest day, in ms: ten years.
const DAY_MOST: i64 = 3650 * 86_400_000;

/// What is asked for.
pub(in crate::engine) struct Opening {
    pub name: String,
    pub plan: Planned,
    pub context: Context,
    pub terms: Terms,
    pub day_ms: i64,
}

/// A task of a plan as the run has it: only needs order them, phases are labels. Who judges waits for the work itself,
/// too, which may be done again when all between them stays done.
pub(super) fn bound(plan: &Planned, task: &Task) -> Bound {
    let mut needs = task.needs.clone();
    let judged = plan.loops.iter().filter(|l| l.review == task.id && !task.needs.contains(&l.work));
    needs.extend(judged.map(|l| l.work.clone()));
    Bound {
        id: task.id.clone(),
        agent: task.agent.clone(),
        prompt: BRIEF.to_owned(),
        needs,
        stage: 0,
        settled: false,
        done: DoneRule::Accepted,
        deadline: None,
    }
}

/// Why this team cannot follow a plan, sentence by sentence; empty: it can.
pub(super) fn faults(state: &State, plan: &Planned) -> Vec<String> {
    let mut faults = plan.faults();
    let config = &state.config;
    for agent in plan.agents() {
        if !config.team.iter().any(|a| a.name == agent) {
            faults.push(format!("nobody in the team is called {agent}; add it as [[team.agent]]"));
        } else if state.agent(&agent).is_some_and(|a| a.left_out) {
            faults.push(format!("{agent} is left out; `orchestra skip --undo {agent}` takes it back"));
        }
    }
    let shells = plan
        .agents()
        .into_iter()
        .filter(|name| state.agent(name).and_then(|a| state.profile(a)).is_some_and(Profile::is_shell));
    faults.extend(shells.map(|name| {
        format!("{name} runs a plain shell, which would run its brief as commands; give it an agent program's profile")
    }));
    for task in &plan.tasks {
        let known = |check: &&String| config.gates.iter().any(|g| g.name == **check);
        for gate in task.checks.iter().filter(|c| !known(c)) {
            faults.push(format!("{} is checked by the gate `{gate}`, which orchestra.toml has not", task.id));
        }
        if !task.checks.is_empty() && !config.worktrees {
            faults.push(format!("{} is checked by gates, and without worktrees none can run", task.id));
        }
    }
    faults
}

impl Step<'_> {
    pub(super) fn start_project(&mut self, asked: &Opening) -> Result<Answer, String> {
        self.may_start_project(asked)?;
        let number = self.state.project.as_ref().map_or(1, |p| p.number.saturating_add(1));
        let plan = asked.plan.clone();
        let name = match line(&asked.name, NAME_MOST) {
            name if name.is_empty() && plan.pattern.is_empty() => format!("project-{number}"),
            name if name.is_empty() => line(&plan.pattern, NAME_MOST),
            name => name,
        };
        let slots = schedule(&plan.tasks).slots;
        let baseline = slots.into_iter().map(|s| Base { task: s.task, from: s.from, to: s.to }).collect();
        self.state.doing = super::Doing::default();
        self.workflowed(Workflowed::Started {
            number,
            name,
            context: Box::new(tidy(&asked.context)),
            terms: Terms { currency: line(&asked.terms.currency, 8), ..asked.terms.clone() },
            day_ms: asked.day_ms,
            plan: Box::new(plan),
            baseline,
        });
        self.run_project();
        self.shown_project()
    }

    /// Why a project cannot begin.
    pub(in crate::engine) fn may_start_project(&self, asked: &Opening) -> Result<(), String> {
        const DOING: &str = "begin the project";
        if self.state.closing {
            return Err(format!("{DOING}: the session is ending"));
        }
        if asked.terms.deadline.is_some_and(|at| at <= self.now.wall) {
            return Err(format!("{DOING}: its deadline is over already"));
        }
        if [asked.terms.budget, asked.terms.rate].into_iter().flatten().any(|n| n > MONEY_MOST) {
            return Err(format!("{DOING}: budget and rate are at most {MONEY_MOST}"));
        }
        if let Some(p) = self.state.open_project() {
            return Err(format!(
                "{DOING}: the project {} is under way; `orchestra workflow close` ends it as it is",
                p.name
            ));
        }
        if let Some(case) = self.state.open_case() {
            let (number, name) = (case.number, &case.name);
            return Err(format!("{DOING}: incident {number} ({name}) is open; wait for it, or close it"));
        }
        if let Some(run) = self.state.running() {
            return Err(format!("{DOING}: {} still runs (run {}); wait for it", run.plan, run.id));
        }
        if !(1..=DAY_MOST).contains(&asked.day_ms) {
            return Err(format!("{DOING}: its days last {} ms; 1 to {DAY_MOST} are possible", asked.day_ms));
        }
        let size = serde_json::to_string(&asked.context).map_or(0, |t| t.len());
        if size > CONTEXT_MOST {
            return Err(format!("{DOING}: what it starts from has {size} bytes, at most {CONTEXT_MOST}"));
        }
        let faults = faults(self.state, &asked.plan);
        if !faults.is_empty() {
            return Err(format!("{DOING}: its plan cannot be followed: {}", faults.join("; ")));
        }
        for agent in asked.plan.agents() {
            for prompt in [BRIEF].into_iter().chain(super::notes::PROMPTS) {
                check(self.state, &Letter::of_template(agent.clone(), prompt, None, ""))?;
            }
        }
        Ok(())
    }

    /// The run of its tasks begins.
    pub(super) fn run_project(&mut self) {
        let Some(project) = self.state.open_project() else { return };
        let tasks = project.plan.tasks.iter().map(|t| bound(&project.plan, t)).collect();
        let (run, plan, order) = (self.next_run(), PLAN.to_owned(), Order::Staged);
        self.record(Record::RunStarted { run, plan, order, focus: None, prompt: None, tasks });
        self.workflowed(Workflowed::Running { run });
    }

    pub(super) fn close_project(&mut self, why: &str) -> Result<Answer, String> {
        let name = self.project("close the project")?.name.clone();
        let why = line(why, LINE_MOST);
        if why.is_empty() {
            return Err("close the project: say why; its record keeps that".into());
        }
        self.end_project(&why);
        Ok(Answer::Done { text: format!("the project {name} is closed: {why}") })
    }

    /// Ends a project as it is.
    pub(in crate::engine) fn end_project(&mut self, why: &str) {
        if self.state.open_project().is_some() {
            let why = line(why, LINE_MOST);
            self.project_over(Stage::Closed, why);
        }
    }

    /// Refuses what would change the run of a project behind its plan's back.
    ///
    /// # Errors
    /// Where the run is a project's that is open.
    pub(in crate::engine) fn not_of_project(&self, run: RunId, doing: &str) -> Result<(), String> {
        match self.state.project_of(run) {
            None => Ok(()),
            Some(p) => Err(format!(
                "{doing}: it follows the plan of the project {}; `orchestra workflow reprioritise` changes that",
                p.name
            )),
        }
    }

    /// Refuses to leave an agent out that still has something to do for a project.
    ///
    /// # Errors
    /// Where it has, with its tasks.
    pub(in crate::engine) fn not_needed_by_project(&self, name: &AgentName) -> Result<(), String> {
        let Some(project) = self.state.open_project() else { return Ok(()) };
        let open = |id: &str| project.tracked(id).is_some_and(|t| t.state != TaskState::Done);
        let own = project.plan.tasks.iter().filter(|t| t.agent == *name && open(&t.id));
        let own: Vec<&str> = own.map(|t| t.id.as_str()).collect();
        if own.is_empty() {
            return Ok(());
        }
        Err(format!(
            "leave {name} out: it still has {} to do for the project {}; `orchestra workflow reprioritise` gives that \
             to somebody else, or drops it",
            own.join(", "),
            project.name
        ))
    }
}

/// Who somebody is in what a project says of itself.
pub(super) fn who(caller: &Caller) -> String {
    caller.pane().map_or_else(|| LEAD.to_owned(), ToString::to_string)
}

/// A context of lines that are safe to show.
fn tidy(context: &Context) -> Context {
    let lines = |all: &[String]| all.iter().map(|l| line(l, LINE_MOST)).filter(|l| !l.is_empty()).collect();
    Context {
        request: clean(&context.request),
        infrastructure: lines(&context.infrastructure),
        issues: lines(&context.issues),
        constraints: lines(&context.constraints),
        assets: lines(&context.assets),
        goals: lines(&context.goals),
    }
}

/// A project in a line, for people who are asked about it.
pub(in crate::engine) fn in_a_line(project: &Project) -> String {
    let done = project.current().filter(|t| t.state.ended()).count();
    format!("{} ({done} of {} tasks have ended)", project.name, project.plan.tasks.len())
}
