//! A git, gates and a target that say what the script says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::oid;
use crate::domain::brief::Brief;
use crate::domain::ending::OnRed;
use crate::domain::guard::Seen;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{BranchFacts, GateResult, GateStatus, Matrix, Review};
use crate::domain::ripple::RippleBuilt;
use crate::domain::train::{
    Applied, Built, ConflictVar, Halt, Merged, Phase, Resolution, Solve, Solved, Step, TrainPlan, Undone,
};
use crate::engine::event::{Effect, Event, TargetFacts};

#[derive(Default)]
pub(in crate::engine::tests) struct Git {
    branches: BTreeMap<String, BranchFacts>,
    commits: u32,
    /// Kinds of questions that are not answered now; what was asked is in `held`.
    pub(in crate::engine::tests) silent: BTreeSet<&'static str>,
    pub(in crate::engine::tests) held: VecDeque<Effect>,
    /// Gates that are red on the base already.
    pub(in crate::engine::tests) red_before: BTreeSet<String>,
    /// Gates that are red.
    pub(in crate::engine::tests) red: BTreeSet<String>,
    pub(in crate::engine::tests) target: TargetFacts,
    /// What is seen of shared configuration.
    pub(in crate::engine::tests) seen: Seen,
    pub(in crate::engine::tests) conflict: Option<Built>,
    pub(in crate::engine::tests) ripple: Option<RippleBuilt>,
    pub(in crate::engine::tests) applied: Option<Applied>,
    pub(in crate::engine::tests) undone: Option<Undone>,
    pub(in crate::engine::tests) solved: Option<Solved>,
    pub(in crate::engine::tests) remembered: Option<Resolution>,
    /// A gate that is red from that agent's step on.
    pub(in crate::engine::tests) guilty: Option<(String, String)>,
    /// Gates that are red that many times more and then green.
    pub(in crate::engine::tests) flaky: BTreeMap<String, u32>,
    /// Whether what was red on the base already counts all the same.
    pub(in crate::engine::tests) unexcused: bool,
    /// What the last plan made.
    built: Vec<Oid>,
    /// What every prediction finds, but for the order.
    pub(in crate::engine::tests) matrix: Matrix,
    /// What prompts say of every branch.
    pub(in crate::engine::tests) brief: Brief,
    /// Agents of whose branches nothing can be said to prompts, and why.
    pub(in crate::engine::tests) unread: BTreeMap<String, String>,
    /// Why branches cannot be read.
    pub(in crate::engine::tests) broken: Option<String>,
}

impl Git {
    pub(in crate::engine::tests) fn branch(&mut self, agent: &str) -> &mut BranchFacts {
        self.branches.entry(agent.to_owned()).or_insert_with(|| BranchFacts {
            head: oid("base000"),
            base: oid("base000"),
            subject: "base".into(),
            ..BranchFacts::default()
        })
    }

    /// One more commit on an agent's branch.
    pub(in crate::engine::tests) fn commit(&mut self, agent: &str) -> Oid {
        self.commits += 1;
        let head = oid(&format!("c{:06}", self.commits));
        let branch = self.branch(agent);
        branch.ahead += 1;
        branch.head = head.clone();
        head
    }

    /// Makes an agent's commits one.
    pub(in crate::engine::tests) fn squash(&mut self, agent: &str) -> Oid {
        self.branch(agent).ahead = 0;
        self.commit(agent)
    }

    /// What comes back for an effect at once.
    pub(in crate::engine::tests) fn answer(&mut self, effect: &Effect) -> Vec<Event> {
        let kind = match effect {
            Effect::Inspect { .. } => "inspect",
            Effect::Review { .. } => "review",
            Effect::Brief { .. } => "brief",
            Effect::Gates { .. } => "gates",
            Effect::LookAtTarget { .. } => "target",
            Effect::Snapshot { .. } => "snapshot",
            Effect::Guard { .. } => "guard",
            Effect::Build { .. } => "build",
            Effect::BuildRipple { .. } => "ripple",
            Effect::MoveBranch { .. } | Effect::RecoverBranch { .. } => "move",
            Effect::Apply(_) | Effect::RecoverApply(_) => "apply",
            Effect::Undo(_) | Effect::RecoverUndo(_) => "undo",
            Effect::Solve { .. } => "solve",
            Effect::Predict { .. } => "predict",
            Effect::Probe { .. } => "probe",
            _ => return Vec::new(),
        };
        if kind == "probe" {
            return Vec::new();
        }
        if self.silent.contains(kind) {
            self.held.push_back(effect.clone());
            return Vec::new();
        }
        self.now(effect)
    }

    /// The answer to an effect, from what is so now.
    pub(in crate::engine::tests) fn now(&mut self, effect: &Effect) -> Vec<Event> {
        match effect {
            Effect::Inspect { agent } => {
                let facts = match &self.broken {
                    Some(why) => Err(why.clone()),
                    None => Ok(self.branch(agent.as_str()).clone()),
                };
                vec![Event::Inspected { agent: agent.clone(), facts }]
            }
            Effect::Brief { job, agents } => {
                let brief = |a: &AgentName| match self.unread.get(a.as_str()) {
                    Some(why) => Err(why.clone()),
                    None => Ok(self.brief.clone()),
                };
                let briefs = agents.iter().map(|a| (a.clone(), brief(a))).collect();
                vec![Event::Briefed { job: *job, briefs }]
            }
            Effect::Review { job, agents, .. } => {
                let reviews = agents.iter().map(|a| self.review(a)).collect();
                vec![Event::Reviewed { job: *job, reviews: Ok(reviews) }]
            }
            Effect::Gates { job, oid, gates, on_red, base, .. } => {
                let mut events = Vec::new();
                for (i, gate) in gates.iter().enumerate() {
                    let before = self.red_before.contains(&gate.name);
                    let red = self.is_red(&gate.name, oid) || before;
                    let mut result = result(&gate.name, oid, red);
                    if let Some(base) = base.as_ref().filter(|_| red) {
                        let on_base = super::git::result(&gate.name, base, before);
                        (result.baseline, result.excused) = (Some(on_base.status), before && !self.unexcused);
                        events.push(Event::BaseGated { result: on_base });
                    }
                    let last = (!result.passed() && *on_red == OnRed::Stop) || i + 1 == gates.len();
                    events.push(Event::Gated { job: *job, result, last });
                    if last {
                        break;
                    }
                }
                events
            }
            Effect::Predict { job, order, .. } => {
                let order = order.clone();
                let target = self.target.oid.clone();
                let found = Ok(Box::new(Matrix { order, target, ..self.matrix.clone() }));
                vec![Event::Predicted { job: *job, found }]
            }
            Effect::BuildRipple { job, plan } => {
                let base = plan.upstream.last().unwrap().1.clone();
                let ready = RippleBuilt::Ready { base, new: oid(&format!("r{}", plan.old)) };
                let built = Ok(self.ripple.clone().unwrap_or(ready));
                vec![Event::RippleBuilt { job: *job, plan: plan.clone(), built }]
            }
            Effect::MoveBranch { agent, new, .. } | Effect::RecoverBranch { agent, new, .. } => {
                let moved = self.applied.clone().unwrap_or(Applied::Moved);
                if moved == Applied::Moved {
                    self.branch(agent.as_str()).head = new.clone();
                }
                vec![Event::BranchMoved { agent: agent.clone(), moved: Ok(moved) }]
            }
            Effect::Snapshot { job, agent } => {
                let commit = match &self.broken {
                    Some(why) => Err(why.clone()),
                    None => Ok(oid(&format!("open-{agent}"))),
                };
                vec![Event::Snapshotted { job: *job, commit }]
            }
            Effect::LookAtTarget { job } => {
                vec![Event::Target { job: *job, facts: Ok(self.target.clone()) }]
            }
            Effect::Guard { job } => {
                vec![Event::Guarded { job: Some(*job), seen: Ok(Box::new(self.seen.clone())) }]
            }
            Effect::Build { plan } => vec![self.build(plan)],
            // Where the target is decides.
            Effect::RecoverApply(m) if self.applied.is_none() && self.target.oid == m.old => {
                let applied = Err(Halt::Lost { during: Phase::Applying });
                vec![Event::AppliedTrain { train: m.train, applied }]
            }
            Effect::RecoverUndo(m) if self.undone.is_none() && self.target.oid == m.old => {
                vec![Event::UndoneTrain { train: m.train, undone: None }]
            }
            Effect::Apply(m) | Effect::RecoverApply(m) => {
                let applied = self.applied.clone().unwrap_or(Applied::Moved);
                if applied == Applied::Moved {
                    self.target.oid = m.new.clone();
                }
                vec![Event::AppliedTrain { train: m.train, applied: Ok(applied) }]
            }
            Effect::Undo(m) | Effect::RecoverUndo(m) => {
                let backup = format!("refs/orchestra/backup/s/train-{}", m.train);
                let undone = self.undone.clone().unwrap_or(Undone::Back { backup });
                if let Undone::Back { .. } = undone {
                    self.target.oid = m.new.clone();
                }
                vec![Event::UndoneTrain { train: m.train, undone: Some(undone) }]
            }
            Effect::Solve { job, how } => {
                let solved = match &**how {
                    Solve::Owner { busy, .. } => {
                        let told = busy.clone();
                        Solved::Given(Box::new(ConflictVar { told, ..ConflictVar::default() }))
                    }
                    Solve::Remember { .. } => Solved::Remembered,
                    Solve::Hand(knot) => Solved::Open { path: format!("/scratch/train-{}", knot.train) },
                    Solve::Take(_) => self.solved.clone().unwrap_or(Solved::Taken { tree: oid("tree001") }),
                };
                vec![Event::Solved { job: *job, solved: Ok(solved) }]
            }
            _ => Vec::new(),
        }
    }

    /// Builds, unless the step that conflicts is on the plan and nobody solved it.
    fn build(&mut self, plan: &TrainPlan) -> Event {
        let train = plan.id;
        let made = |s: &Step| Merged::new(s.agent.clone(), oid(&format!("m-{}", s.agent)));
        let steps: Vec<Merged> = plan.steps.iter().map(made).collect();
        self.built = steps.iter().map(|m| m.oid.clone()).collect();
        if let Some(Built::Conflict(stuck)) = &self.conflict {
            let solved = plan.resolved.iter().any(|r| r.agent == stuck.agent);
            if !solved && plan.steps.iter().any(|s| s.agent == stuck.agent) {
                let (built, remembered) = (Ok(Built::Conflict(stuck.clone())), self.remembered.clone());
                return Event::BuiltTrain { train, built, remembered };
            }
        }
        let result = steps.last().map_or_else(|| plan.base.clone(), |s| s.oid.clone());
        Event::BuiltTrain { train, built: Ok(Built::Clean { steps, result, files: 8 }), remembered: None }
    }

    /// Whether a gate is red at a commit: everywhere, or from the guilty step on.
    fn is_red(&mut self, gate: &str, at: &Oid) -> bool {
        if let Some(left) = self.flaky.get_mut(gate).filter(|left| **left > 0) {
            *left -= 1;
            return true;
        }
        let place = |oid: &Oid| self.built.iter().position(|b| b == oid);
        let guilty = self
            .guilty
            .as_ref()
            .filter(|(g, _)| g == gate)
            .and_then(|(_, who)| place(&oid(&format!("m-{who}"))));
        let from = guilty.is_some_and(|from| place(at).is_some_and(|at| at >= from));
        self.red.contains(gate) || from
    }

    fn review(&mut self, agent: &AgentName) -> Review {
        Review::new(agent.clone(), format!("branch-{agent}"), self.branch(agent.as_str()).clone())
    }
}

pub(in crate::engine::tests) fn result(gate: &str, oid: &Oid, red: bool) -> GateResult {
    let status = if red { GateStatus::Red } else { GateStatus::Green };
    GateResult {
        code: Some(i32::from(red)),
        ms: 10,
        tail: if red { "one test failed".into() } else { String::new() },
        record: "1".into(),
        ..GateResult::new(gate, oid.clone(), status)
    }
}
