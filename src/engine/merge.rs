//! The merge train: planned, built in the object database, gated, then the target moves once.

use super::Step;
use super::event::{Effect, ReplyTo, TargetFacts};
use super::parts::{JobKind, TrainPhase};
use super::state::Agent;
use crate::domain::ending::OnRed;
use crate::domain::gates::Reuse;
use crate::domain::guard::refusal;
use crate::domain::id::{Oid, TrainId};
use crate::domain::record::Record;
use crate::domain::review::gate_reasons;
use crate::domain::team::AgentSpec;
use crate::domain::train::{Applied, Built, DRY, Step as TrainStep, TrainPlan};
use crate::domain::view::{Answer, Fault, TrainView};

impl Step<'_> {
    /// Who keeps the merge from starting, each with what is missing.
    fn missing(&self) -> Vec<String> {
        let open = self.state.team().filter(|a| !a.left_out && a.ready.is_none() && a.merged.is_none());
        open.map(|a| {
            let why = if a.reasons.is_empty() { a.state().word().to_owned() } else { a.reasons.join("; ") };
            format!("{} ({why})", a.name)
        })
        .collect()
    }

    /// Why the merge may not start, when somebody is missing.
    fn not_ready(&self) -> Option<String> {
        let missing = self.missing();
        (!missing.is_empty()).then(|| {
            format!(
                "merge: not ready: {}; wait for them, or leave one out with `orchestra skip AGENT`",
                missing.join(", ")
            )
        })
    }

    /// Plans a train to show.
    pub(super) fn show_plan(&mut self, reply: Option<ReplyTo>) {
        let job = self.job(JobKind::ShowPlan(reply));
        self.out.push(Effect::LookAtTarget { job });
    }

    /// Plans a train and sends it off.
    pub(super) fn start_train(&mut self, reply: Option<ReplyTo>) {
        let protect = |why: String| Answer::Fault { fault: Fault::Protected, why };
        if let Some(why) = self.not_ready() {
            return self.reply(reply, protect(why));
        }
        if let Some(t) = self
            .state
            .train
            .as_ref()
            .filter(|t| !matches!(t.phase, TrainPhase::Applied | TrainPhase::Stopped))
        {
            let why = format!("merge: train {} is under way", t.plan.id);
            return self.reply(reply, protect(why));
        }
        if self.state.jobs.iter().any(|j| matches!(j.kind, JobKind::StartTrain(_))) {
            return self.reply(reply, protect("merge: another merge is just starting".into()));
        }
        let job = self.job(JobKind::StartTrain(reply));
        self.out.push(Effect::LookAtTarget { job });
    }

    /// Where the target stands.
    pub(super) fn target(&mut self, job: u64, facts: Result<TargetFacts, String>) {
        let (reply, go) = match self.take_job(job) {
            Some(JobKind::ShowPlan(reply)) => (reply, false),
            Some(JobKind::StartTrain(reply)) => (reply, true),
            _ => return,
        };
        let facts = match facts {
            Ok(facts) => facts,
            Err(why) => return self.reply(reply, Answer::Fault { fault: Fault::Failed, why }),
        };
        // Somebody may have moved on while the target was looked at.
        if let Some(why) = self.not_ready().filter(|_| go) {
            return self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
        }
        let id = if go { self.state.train.as_ref().map_or(1, |t| t.plan.id + 1) } else { self.dry_id() };
        let plan = self.plan(id, facts.oid.clone());
        if plan.steps.is_empty() {
            let why = "merge: nothing is ready to merge".to_owned();
            let fault = if go { Fault::Protected } else { Fault::Failed };
            return self.reply(reply, Answer::Fault { fault, why });
        }
        let notes = facts.notes.clone();
        let why = self.untouchable(facts);
        if !go {
            let mut view = self.view(plan.clone());
            view.notes = notes;
            view.missing = self.missing();
            view.missing.extend((!why.is_empty()).then_some(why));
            self.state.dry_trains.push((view, reply));
            return self.out.push(Effect::Build { plan });
        }
        if !why.is_empty() {
            return self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
        }
        self.record(Record::TrainPlanned { plan: plan.clone() });
        if let Some(train) = &mut self.state.train {
            train.reply = reply;
        }
        self.out.push(Effect::Build { plan });
    }

    /// Why the target may not be touched; empty when it may.
    fn untouchable(&self, facts: TargetFacts) -> String {
        if !self.state.tampering.changes.is_empty() {
            return format!("merge: {}", refusal(&self.state.tampering.changes));
        }
        if !facts.refuse.is_empty() {
            return facts.refuse;
        }
        if facts.in_the_way.is_empty() {
            return String::new();
        }
        let target = &self.state.config.merge.target;
        let files = facts.in_the_way.join(", ");
        format!("merge: {target} has uncommitted files: {files}; commit or stash them first")
    }

    pub(super) fn plan(&self, id: TrainId, base: Oid) -> TrainPlan {
        let order = self.state.config.merge_sequence();
        let steps = order.iter().filter_map(|name| {
            let agent = self.state.agent(name).filter(|a| !a.left_out && a.merged.is_none())?;
            let spec = agent.spec.as_ref()?;
            let oid = agent.ready.clone()?;
            Some(TrainStep {
                agent: name.clone(),
                branch: spec.branch.clone(),
                message: message(agent, spec, &oid),
                oid,
            })
        });
        let target = self.state.config.merge.target.clone();
        TrainPlan {
            id,
            target,
            base,
            steps: steps.collect(),
            date: self.now.wall.div_euclid(1000),
            author: self.state.config.merge.author.clone(),
            resolved: Vec::new(),
            sign: self.state.config.merge.sign,
        }
    }

    fn view(&self, plan: TrainPlan) -> TrainView {
        let left_out = self.state.team().filter(|a| a.left_out).map(|a| a.name.clone()).collect();
        TrainView {
            plan,
            built: None,
            gates: Vec::new(),
            applied: false,
            left_out,
            missing: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A number for a train that is only shown.
    fn dry_id(&mut self) -> TrainId {
        let n = self.state.next_job;
        self.state.next_job += 1;
        DRY | n
    }

    /// A train was built, or not.
    pub(super) fn built(&mut self, id: TrainId, built: Result<Built, String>) {
        if id & DRY != 0 {
            let Some(at) = self.state.dry_trains.iter().position(|(v, _)| v.plan.id == id) else { return };
            let (mut view, reply) = self.state.dry_trains.swap_remove(at);
            view.plan.id = 0;
            let answer = match built {
                Ok(built) => {
                    view.built = Some(built);
                    Answer::Train(view)
                }
                Err(why) => Answer::Fault { fault: Fault::Failed, why },
            };
            return self.reply(reply, answer);
        }
        if self.state.train.as_ref().is_none_or(|t| t.plan.id != id || t.phase != TrainPhase::Building) {
            return;
        }
        let built = match built {
            Ok(built) => built,
            Err(why) => return self.stop_train(id, why, Fault::Failed),
        };
        self.record(Record::TrainBuilt { train: id, built: built.clone() });
        match built {
            Built::Conflict(stuck) => {
                let agent = stuck.agent;
                let paths: Vec<String> = stuck.conflicts.iter().map(ToString::to_string).collect();
                let with: Vec<String> = stuck.with.iter().map(ToString::to_string).collect();
                let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
                let why = format!("{agent} conflicts{with} in {}; the target is untouched", paths.join(", "));
                self.stop_train(id, why, Fault::Failed);
            }
            Built::Clean { result, .. } => {
                let gates = self.state.config.gates.clone();
                if gates.is_empty() {
                    return self.train_gated(id);
                }
                let base = self.state.train.as_ref().map(|t| t.plan.base.clone());
                self.run_gates(JobKind::Train(id), result, gates, OnRed::Stop, base, Reuse::Known);
            }
        }
    }

    /// All gates of a train's result have run.
    pub(super) fn train_gated(&mut self, id: TrainId) {
        let Some(train) = self.state.train.as_ref().filter(|t| t.plan.id == id) else { return };
        let Some(Built::Clean { result, .. }) = train.built.clone() else { return };
        let (target, old) = (train.plan.target.clone(), train.plan.base.clone());
        let red = gate_reasons(&train.gates, &result);
        let ran = |name: &str| train.gates.iter().any(|r| r.gate == name);
        let unrun: Vec<&str> =
            self.state.config.gates.iter().map(|g| g.name.as_str()).filter(|n| !ran(n)).collect();
        if !red.is_empty() || !unrun.is_empty() {
            let skipped =
                if unrun.is_empty() { String::new() } else { format!("; not run: {}", unrun.join(", ")) };
            let why = format!("{}{skipped}; the target is untouched", red.join("; "));
            return self.stop_train(id, why, Fault::Failed);
        }
        self.record(Record::TrainIntent {
            train: id,
            target: target.clone(),
            old: old.clone(),
            new: result.clone(),
        });
        self.out.push(Effect::Apply { train: id, target, old, new: result });
    }

    /// A lost server left the target about to move: git decides whether it did.
    pub(super) fn recover_apply(&mut self) {
        let Some(train) = &self.state.train else { return };
        let Some(Built::Clean { result, .. }) = train.built.clone() else { return };
        let (id, target, old) = (train.plan.id, train.plan.target.clone(), train.plan.base.clone());
        self.out.push(Effect::RecoverApply { train: id, target, old, new: result });
    }

    /// The target moved, or not.
    pub(super) fn applied(&mut self, id: TrainId, applied: Result<Applied, String>) {
        if self.state.train.as_ref().is_none_or(|t| t.plan.id != id || t.phase != TrainPhase::Applying) {
            return;
        }
        let applied = match applied {
            Ok(applied) => applied,
            Err(why) => return self.stop_train(id, why, Fault::Failed),
        };
        self.record(Record::TrainApplied { train: id, applied: applied.clone() });
        match applied {
            Applied::Moved => {
                for agent in self.names() {
                    self.inspect_anew(&agent);
                }
                self.end_train(None);
            }
            Applied::Elsewhere { expected, found } => {
                let why = format!(
                    "the target moved from {} to {} meanwhile; it is untouched, merge again",
                    expected.short(),
                    found.short()
                );
                self.stop_train(id, why, Fault::Protected);
            }
            Applied::InTheWay { files, remedy } => {
                let why = format!("{}; {remedy}", files.join(", "));
                self.stop_train(id, why, Fault::Protected);
            }
        }
    }

    fn stop_train(&mut self, id: TrainId, why: String, fault: Fault) {
        let text = format!("merge: {why}");
        self.record(Record::TrainStopped { train: id, why });
        self.end_train(Some(Answer::Fault { fault, why: text }));
    }

    fn end_train(&mut self, fault: Option<Answer>) {
        let Some(train) = &mut self.state.train else { return };
        let reply = train.reply.take();
        let (plan, built, gates) = (train.plan.clone(), train.built.clone(), train.gates.clone());
        let answer = fault.unwrap_or_else(|| {
            let mut view = self.view(plan);
            (view.built, view.gates, view.applied) = (built, gates, true);
            Answer::Train(view)
        });
        self.reply(reply, answer);
    }
}

/// What the merge of a branch says: what the configuration does, else what its own commit says first.
fn message(agent: &Agent, spec: &AgentSpec, oid: &Oid) -> String {
    let own = agent.facts.as_ref().filter(|f| f.head == *oid).map(|f| f.subject.trim().to_owned());
    match own.filter(|subject| !subject.is_empty()) {
        _ if !spec.message.is_empty() => spec.message.clone(),
        Some(subject) => subject,
        None => format!("merge {}: {}", agent.name, spec.role),
    }
}
