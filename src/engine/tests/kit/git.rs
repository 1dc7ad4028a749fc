//! A git, gates and a target that say what the script says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::oid;
use crate::domain::brief::Brief;
use crate::domain::ending::OnRed;
use crate::domain::guard::Seen;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{BranchFacts, GateResult, GateStatus, Matrix, Review};
use crate::domain::ripple::RippleBuilt;
use crate::domain::train::{Applied, Built, Merged};
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
            Effect::Apply { .. } | Effect::RecoverApply { .. } => "apply",
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
                    let red = self.red.contains(&gate.name) || before;
                    let mut result = result(&gate.name, oid, red);
                    if let Some(base) = base.as_ref().filter(|_| red) {
                        let on_base = super::git::result(&gate.name, base, before);
                        (result.baseline, result.excused) = (Some(on_base.status), before);
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
                let found = Ok(Box::new(Matrix { order, ..self.matrix.clone() }));
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
            Effect::Build { plan } => {
                let made = |a: &AgentName| Merged::new(a.clone(), oid(&format!("m-{a}")));
                let clean = Built::Clean {
                    steps: plan.steps.iter().map(|s| made(&s.agent)).collect(),
                    result: oid("result1"),
                    files: 8,
                };
                let built = Ok(self.conflict.clone().unwrap_or(clean));
                vec![Event::BuiltTrain { train: plan.id, built }]
            }
            Effect::Apply { train, .. } | Effect::RecoverApply { train, .. } => {
                let applied = Ok(self.applied.clone().unwrap_or(Applied::Moved));
                vec![Event::AppliedTrain { train: *train, applied }]
            }
            _ => Vec::new(),
        }
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
