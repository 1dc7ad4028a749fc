//! Earlier work for later stages: before a task is sent, its agent's branch is brought onto what it builds on.
//!
//! Git makes the commits first; then the intent is recorded, and only then do branch and files move. Whatever
//! keeps it from happening is said, and the task is sent without.

use super::super::Step;
use super::super::event::Effect;
use super::super::parts::{JobKind, Rippling, Run, RunTask};
use crate::domain::conduct::Ripple;
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::record::{Record, Rippled};
use crate::domain::ripple::{RippleBuilt, RippleMove, RipplePlan};
use crate::domain::state::{AgentState, TaskState};
use crate::domain::train::Applied;

/// What comes before a task can be sent.
pub(super) enum Before {
    /// Nothing.
    Nothing,
    /// Something is under way.
    UnderWay,
    /// These commits are to be made.
    Build(RipplePlan),
    /// It cannot be: why.
    Cannot(String),
}

impl Step<'_> {
    /// What must happen to a task's branch before it is sent.
    pub(super) fn before_sending(&self, run: &Run, task: &RunTask) -> Before {
        if self.is_rippling(run, task) {
            return Before::UnderWay;
        }
        if matches!(task.ripple, Rippling::Over(_)) {
            return Before::Nothing;
        }
        let how = self.state.config.conduct.ripple;
        let upstream = self.upstream(run, task);
        if how == Ripple::None || upstream.is_empty() {
            return Before::Nothing;
        }
        let Some(agent) = self.state.agent(&task.bound.agent) else { return Before::Nothing };
        let (Some(spec), None) = (&agent.spec, &agent.merged) else { return Before::Nothing };
        let names: Vec<&str> = upstream.iter().map(|(a, _)| a.as_str()).collect();
        let cannot =
            |why: &str| Before::Cannot(format!("not brought onto the work of {}: {why}", names.join(", ")));
        let Some(facts) = &agent.facts else { return cannot("its branch was not read yet") };
        if !facts.clean() {
            return cannot("its worktree has uncommitted files");
        }
        if !matches!(agent.activity, AgentState::Idle | AgentState::Starting | AgentState::Pending)
            || !agent.queue.is_empty()
            || agent.claim.is_some()
        {
            return cannot(&format!("it is {}", agent.state()));
        }
        Before::Build(RipplePlan {
            agent: agent.name.clone(),
            branch: spec.branch.clone(),
            how,
            old: facts.head.clone(),
            base: agent.base.as_ref().unwrap_or(&facts.base).clone(),
            upstream,
            target: self.state.config.merge.target.clone(),
            date: self.now.wall.div_euclid(1000),
        })
    }

    /// Whether commits are being made for a task, or its branch is on its way.
    fn is_rippling(&self, run: &Run, task: &RunTask) -> bool {
        let own = |k: &JobKind| matches!(k, JobKind::Ripple(r, t) if *r == run.id && *t == task.bound.id);
        match task.ripple {
            Rippling::Over(_) => false,
            Rippling::Moving { .. } => true,
            Rippling::Due => self.state.jobs.iter().any(|j| own(&j.kind)),
        }
    }

    /// Whether the branch of a task's agent is being moved for another of its tasks, which is sent first: no work begins
    /// on a branch that is about to move.
    pub(super) fn moves_for_another(&self, run: &Run, task: &RunTask) -> bool {
        let other = |t: &&RunTask| t.bound.agent == task.bound.agent && t.bound.id != task.bound.id;
        let mut queued = run.tasks.iter().filter(other).filter(|t| t.state == TaskState::Queued);
        queued.any(|t| self.is_rippling(run, t))
    }

    /// The agents a branch builds on, at however many removes, whose task of this run is done: in merge order,
    /// with their tips. In a project those are who did what the task needs.
    fn upstream(&self, run: &Run, task: &RunTask) -> Vec<(AgentName, Oid)> {
        let name = &task.bound.agent;
        let done = |a: &AgentName| {
            let mut own = run.tasks.iter().filter(|t| t.bound.agent == *a);
            own.any(|t| t.state == TaskState::Done)
        };
        let after: Vec<&AgentName> = match self.state.project_of(run.id) {
            Some(project) => {
                let before = project.plan.before(&task.bound.id);
                let needed = run.tasks.iter().filter(|t| before.contains(t.bound.id.as_str()));
                needed.map(|t| &t.bound.agent).filter(|a| *a != name).collect()
            }
            None => self.builds_on(name),
        };
        let tip = |a: AgentName| {
            let agent = self.state.agent(&a).filter(|x| !x.left_out)?;
            let head = agent.facts.as_ref()?.head.clone();
            Some((a, head))
        };
        let order = self.state.config.merge_sequence();
        order.into_iter().filter(|a| after.contains(&a) && done(a)).filter_map(tip).collect()
    }

    /// Whom the configuration has an agent build on, at however many removes.
    fn builds_on<'a>(&'a self, name: &'a AgentName) -> Vec<&'a AgentName> {
        let mut after: Vec<&AgentName> = Vec::new();
        let mut open = vec![name];
        while let Some(of) = open.pop() {
            let own = self.state.config.agent(of).map_or(&[][..], |a| &a.after);
            let new: Vec<&AgentName> = own.iter().filter(|a| !after.contains(a)).collect();
            after.extend(&new);
            open.extend(new);
        }
        after
    }

    /// Has git make the commits.
    pub(super) fn build_ripple(&mut self, run: RunId, task: &str, plan: RipplePlan) {
        let job = self.job(JobKind::Ripple(run, task.to_owned()));
        self.out.push(Effect::BuildRipple { job, plan: Box::new(plan) });
    }

    /// The task is sent; this is what came of bringing its branch onto earlier work.
    pub(super) fn rippled(&mut self, run: RunId, task: &str, agent: &AgentName, said: String) {
        self.record(Record::Rippled(Rippled { run, task: task.to_owned(), agent: agent.clone(), said }));
    }

    /// The commits were made, or not.
    pub(in crate::engine) fn ripple_built(
        &mut self,
        job: u64,
        plan: &RipplePlan,
        built: Result<RippleBuilt, String>,
    ) {
        let Some(JobKind::Ripple(run, task)) = self.take_job(job) else { return };
        let queued = self.task(run, &task).is_some_and(|t| t.state == TaskState::Queued);
        let Some(agent) = self.state.agent(&plan.agent).filter(|_| queued) else { return };
        // Somebody may have set the agent to work meanwhile.
        if !matches!(agent.activity, AgentState::Idle | AgentState::Starting | AgentState::Pending) {
            return;
        }
        let names: Vec<&str> = plan.upstream.iter().map(|(a, _)| a.as_str()).collect();
        let names = names.join(", ");
        let not = |why: String| format!("not brought onto the work of {names}: {why}");
        let said = match built {
            Ok(RippleBuilt::Ready { base, new }) => {
                let (agent, old) = (plan.agent.clone(), plan.old.clone());
                self.record(Record::RippleIntent(RippleMove {
                    run,
                    task,
                    agent: agent.clone(),
                    old: old.clone(),
                    new: new.clone(),
                    base,
                    onto: names,
                }));
                return self.out.push(Effect::MoveBranch { agent, old, new });
            }
            Ok(RippleBuilt::UpToDate) => format!("has the work of {names} already"),
            Ok(RippleBuilt::Conflict { between, paths }) => {
                let shown = paths.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                not(format!("{between} conflict in {shown}"))
            }
            Err(why) => not(why),
        };
        self.rippled(run, &task, &plan.agent, said);
    }

    /// A branch and its files moved, or not.
    pub(in crate::engine) fn branch_moved(&mut self, name: &AgentName, moved: Result<Applied, String>) {
        let Some((run, task, ripple)) = self.moving().into_iter().find(|(_, t, _)| t.bound.agent == *name)
        else {
            return;
        };
        let Rippling::Moving { base, onto, .. } = ripple else { return };
        let not = |why: String| format!("not brought onto the work of {onto}: {why}");
        let said = match moved {
            Ok(Applied::Moved) => {
                // The base first: recovery repeats both as long as the second is missing.
                self.record(Record::Base { agent: name.clone(), base: base.clone() });
                format!("brought onto the work of {onto} at {}", base.short())
            }
            Ok(Applied::Elsewhere { found, .. }) => {
                not(format!("its branch moved to {} meanwhile", found.short()))
            }
            Ok(Applied::InTheWay { files, remedy }) => not(format!("{}; {remedy}", files.join(", "))),
            Err(why) => not(why),
        };
        self.rippled(run, &task.bound.id, name, said);
        self.inspect_anew(name);
    }

    /// A lost server left branches about to move: git decides whether they did.
    pub(in crate::engine) fn recover_ripples(&mut self) {
        for (_, task, ripple) in self.moving() {
            if let Rippling::Moving { old, new, .. } = ripple {
                self.out.push(Effect::RecoverBranch { agent: task.bound.agent, old, new });
            }
        }
    }

    /// Tasks whose branch is on its way, those of ended runs too.
    fn moving(&self) -> Vec<(RunId, RunTask, Rippling)> {
        let of = |r: &Run| {
            let tasks = r.tasks.iter().filter(|t| matches!(t.ripple, Rippling::Moving { .. }));
            tasks.map(|t| (r.id, t.clone(), t.ripple.clone())).collect::<Vec<_>>()
        };
        self.state.runs.iter().flat_map(of).collect()
    }
}
