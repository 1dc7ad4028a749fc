//! An incident begins: triage, the route shown to a person where the policy wants that, the run of its plan.

use super::super::letter::{Letter, check};
use super::super::state::State;
use super::{PLAN, clean, line};
use crate::domain::command::{Caller, Order};
use crate::domain::id::{AgentName, RunId};
use crate::domain::incident::case::{Approval, Case, Unusable};
use crate::domain::incident::stamp;
use crate::domain::incident::triage::{REPORT_MOST, Reference, Told, Triaged, reference_of, triage};
use crate::domain::plan::{Bound, DoneRule};
use crate::domain::record::{Incidented, Record};
use crate::domain::view::Answer;
use crate::engine::Step;
use crate::engine::event::Effect;

/// The most characters of an incident's name.
const NAME_MOST: usize = 100;
/// The most bytes of the path of its data.
const PATH_MOST: usize = 4096;
/// A report that came in longer ago than this, in ms, is about an incident that is over.
const FRESH: i64 = 24 * 3_600_000;
/// How long after its report findings of such an incident may be, in ms: what followed within the hour may still belong
/// to it, what came later is another story.
const AFTER: i64 = 3_600_000;

/// What is asked for.
pub(super) struct Opening {
    pub name: String,
    pub report: String,
    pub told: Told,
    pub received: Option<(i64, i32)>,
    pub data: String,
}

/// Whom a route engages.
pub(super) struct Engaged {
    /// Those of the team, in its order, each with why.
    pub here: Vec<(AgentName, String)>,
    /// Names that nobody in the team has.
    pub missing: Vec<String>,
}

/// Whom of the team a route engages, and whom it names in vain.
pub(super) fn engaged(state: &State, triaged: &Triaged) -> Engaged {
    let team = &state.config.team;
    let why = |name: &AgentName| {
        triaged.engaged.iter().find(|e| e.name == name.as_str()).map(|e| (name.clone(), e.why.clone()))
    };
    let there = |name: &str| team.iter().any(|a| a.name.as_str() == name);
    let missing = triaged.engaged.iter().filter(|e| !there(&e.name)).map(|e| e.name.clone());
    Engaged { here: team.iter().filter_map(|a| why(&a.name)).collect(), missing: missing.collect() }
}

/// An incident that can be taken on.
struct Planned {
    triaged: Triaged,
    engaged: Engaged,
    from: i64,
    to: Option<i64>,
}

impl Step<'_> {
    pub(super) fn open_incident(&mut self, caller: &Caller, asked: &Opening) -> Result<Answer, String> {
        let planned = self.plan_incident(asked)?;
        let number = self.state.incident.as_ref().map_or(1, |c| c.number.saturating_add(1));
        self.keep_older();
        let name = match line(&asked.name, NAME_MOST) {
            name if name.is_empty() => format!("incident-{number}"),
            name => name,
        };
        let seconds = self.seconds_to_say_no(&planned);
        let (report, data) = (clean(&asked.report), asked.data.clone());
        let Planned { triaged, engaged, from, to } = planned;
        let nobody = triaged.engaged.is_empty().then(|| format!("nobody is engaged: {}", triaged.why));
        let asks = seconds > 0;
        let triaged = Box::new(triaged);
        self.incidented(Incidented::Opened { number, name, report, data, triaged, from, to, asks });
        for source in engaged.missing {
            let why = "the route engages it, and nobody in the team has this name".to_owned();
            self.incidented(Incidented::Unusable(Unusable { source, place: String::new(), why }));
        }
        match nobody {
            Some(why) => self.incidented(Incidented::Closed { why }),
            None if asks => self.ask_for_route(caller),
            None => self.route_approved(Approval::Policy),
        }
        self.shown_case()
    }

    /// What would be done, or why it cannot be.
    fn plan_incident(&self, asked: &Opening) -> Result<Planned, String> {
        if self.state.closing {
            return Err("open an incident: the session is ending".into());
        }
        if let Some(case) = self.state.open_case() {
            let (number, name, stage) = (case.number, &case.name, case.stage.word());
            return Err(format!(
                "open an incident: incident {number} ({name}) is still open, {stage}; wait for it, or end it with \
                 `orchestra incident close`"
            ));
        }
        if let Some(run) = self.state.running() {
            return Err(format!("open an incident: {} still runs (run {}); wait for it", run.plan, run.id));
        }
        if let Some(project) = self.state.open_project() {
            return Err(format!("open an incident: the project {} is under way; wait for it", project.name));
        }
        if asked.report.len() > REPORT_MOST {
            return Err(format!("open an incident: its report has over {REPORT_MOST} bytes"));
        }
        if !asked.data.is_empty() && (!asked.data.starts_with('/') || asked.data.len() > PATH_MOST) {
            return Err("open an incident: the folder of its data has to be an absolute path".into());
        }
        let fleet = self.fleet().ok_or("open an incident: this session is no incident fleet")?;
        let (at, offset) = asked.received.unwrap_or((self.now.wall, self.state.info.utc_offset));
        let from = if asked.received.is_some() { "--received" } else { "now" };
        let given = Reference { at, offset: offset.into(), exact: true, from: from.into() };
        let triaged = triage(&asked.report, &asked.told, Some(&given), &fleet.routes).map_err(|open| {
            let asks =
                open.iter().map(|o| format!("{}: {} ({} …)", o.question.asks(), o.why, o.question.flag()));
            format!("triage the incident: {}", asks.collect::<Vec<_>>().join("; "))
        })?;
        let received = reference_of(&asked.report, &given, &fleet.routes).at;
        let started = triaged.started.as_ref().and_then(|s| stamp::parse(&s.value)).unwrap_or(received);
        let from = started.saturating_sub(i64::from(fleet.look_back_s) * 1000);
        let fresh = self.now.wall.saturating_sub(received) <= FRESH;
        let to = (!fresh).then(|| received.max(started).saturating_add(AFTER));
        let engaged = engaged(self.state, &triaged);
        if engaged.here.is_empty() && !triaged.engaged.is_empty() {
            return Err(format!(
                "open an incident: its route engages {}, and the team has none of them; add them as \
                 [[team.agent]], or change the routes",
                engaged.missing.join(", ")
            ));
        }
        if !engaged.here.is_empty() {
            self.incident_tasks(&engaged)?;
        }
        Ok(Planned { triaged, engaged, from, to })
    }

    /// The tasks of an incident, each with its deadline.
    fn incident_tasks(&self, engaged: &Engaged) -> Result<Vec<Bound>, String> {
        let (config, fleet) = (&self.state.config, self.fleet().ok_or("this session is no incident fleet")?);
        let plan =
            config.plans.get(PLAN).ok_or_else(|| format!("open an incident: there is no plan {PLAN}"))?;
        let mut groups = self.state.groups();
        let names = engaged.here.iter().map(|(name, _)| name.clone());
        groups.insert(crate::domain::plan::SPECIALISTS.to_owned(), names.collect());
        let mut bound = plan.bind(&config.team, &groups).map_err(|e| e.to_string())?;
        for task in &mut bound {
            let usual = match task.done {
                DoneRule::Reported => fleet.deadline_s,
                DoneRule::Accepted => fleet.write_s,
                DoneRule::Committed | DoneRule::Ready | DoneRule::Idle => continue,
            };
            task.deadline.get_or_insert(usual);
        }
        for task in &bound {
            check(self.state, &Letter::of_template(task.agent.clone(), &task.prompt, None, ""))?;
        }
        let looks = |name: &AgentName| bound.iter().any(|b| b.agent == *name && b.done == DoneRule::Reported);
        let writes = bound.iter().filter(|b| b.done == DoneRule::Accepted).count();
        match engaged.here.iter().find(|(name, _)| !looks(name)) {
            Some((name, _)) => Err(format!(
                "open an incident: the plan {PLAN} has no task with done = \"reported\" for {name}"
            )),
            None if writes != 1 => Err(format!(
                "open an incident: the plan {PLAN} has {writes} tasks with done = \"accepted\", and needs one"
            )),
            None => Ok(bound),
        }
    }

    /// Seconds in which a person may say no to a route; 0 where nobody is asked.
    fn seconds_to_say_no(&self, planned: &Planned) -> u64 {
        let Some(fleet) = self.fleet() else { return 0 };
        let priority = planned.triaged.priority.as_ref().map(|p| p.value);
        let asks = priority.is_some_and(|p| fleet.approve.priorities.contains(&p));
        if asks && !planned.engaged.here.is_empty() { fleet.approve.timeout_s } else { 0 }
    }

    /// Shows the route to a person, for as long as it still waits; it goes ahead where that is over.
    pub(super) fn ask_for_route(&mut self, caller: &Caller) {
        let (Some(case), Some(fleet)) = (self.state.open_case(), self.fleet()) else { return };
        let all = i64::try_from(fleet.approve.timeout_s).unwrap_or(i64::MAX).saturating_mul(1000);
        // The wall clock may have been set back: the whole time is the most.
        let left = case.opened.saturating_add(all).saturating_sub(self.now.wall).min(all);
        let Some(left) = u64::try_from(left).ok().filter(|ms| *ms > 0) else {
            return self.route_approved(Approval::Silence);
        };
        let (title, lines) = shown(case, &engaged(self.state, &case.triaged));
        self.show_route(caller, &title, lines, left.div_ceil(1000));
    }

    /// A route goes ahead.
    pub(in crate::engine) fn route_approved(&mut self, by: Approval) {
        self.take_route_down();
        self.incidented(Incidented::Approved { by });
        self.engage();
    }

    /// The specialists are engaged: the run of the plan begins.
    pub(super) fn engage(&mut self) {
        let Some(case) = self.state.open_case() else { return };
        let engaged = engaged(self.state, &case.triaged);
        match self.incident_tasks(&engaged) {
            Ok(tasks) => {
                let (run, plan, order) = (self.next_run(), PLAN.to_owned(), Order::Staged);
                self.record(Record::RunStarted { run, plan, order, focus: None, prompt: None, tasks });
                self.engaged(run);
            }
            Err(why) => self.end_incident(&format!("nobody could be engaged: {why}")),
        }
    }

    /// The run of the plan is the incident's.
    pub(super) fn engaged(&mut self, run: RunId) {
        let Some(case) = self.state.open_case() else { return };
        let seconds = |name: &AgentName| {
            let of = self.state.runs.iter().find(|r| r.id == run);
            let own = of.and_then(|r| r.tasks.iter().find(|t| t.bound.agent == *name));
            own.and_then(|t| t.bound.deadline).unwrap_or_default()
        };
        let here = engaged(self.state, &case.triaged).here;
        let specialists = here.into_iter().map(|(name, why)| {
            let seconds = seconds(&name);
            (name, why, seconds)
        });
        let specialists = specialists.collect();
        self.incidented(Incidented::Engaged { run, specialists });
    }

    /// The postmortem of the incident before is kept under its number: the next one takes its place.
    fn keep_older(&mut self) {
        if let Some(case) = self.state.incident.as_ref().filter(|c| !c.postmortem.is_empty()) {
            let (name, text) = (format!("incident-{}.md", case.number), case.postmortem.clone());
            self.out.push(Effect::Report { name, text });
        }
    }

    pub(super) fn incidented(&mut self, step: Incidented) {
        self.record(Record::Incident(Box::new(step)));
    }
}

/// A route as a person sees it.
fn shown(case: &Case, engaged: &Engaged) -> (String, Vec<String>) {
    let names: Vec<&str> = engaged.here.iter().map(|(n, _)| n.as_str()).collect();
    let priority = case.triaged.priority.as_ref().map(|p| format!("{:?}, ", p.value)).unwrap_or_default();
    let title = format!("Engage {} for incident {} ({priority}{})", names.join(", "), case.number, case.name);
    let mut lines = vec![format!("{}: {}.", case.triaged.rules.join(", "), case.triaged.why)];
    lines.extend(engaged.here.iter().map(|(name, why)| format!("{name}: {why}")));
    lines.extend(engaged.missing.iter().map(|name| format!("{name}: nobody in the team has this name")));
    lines.extend(case.triaged.not_engaged.iter().map(|e| format!("not {}: {}", e.name, e.why)));
    lines.extend(case.triaged.doubts.iter().map(|d| format!("doubt: {d}")));
    lines.push("They only read. It goes ahead by itself unless somebody says no.".into());
    (title, lines)
}
