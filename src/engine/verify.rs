//! `verify`: gates at tips, or on what merging would give, because somebody wants to know.

use super::Step;
use super::event::{Effect, ReplyTo, TargetFacts};
use super::parts::{JobKind, Verifying};
use crate::domain::command::Subject;
use crate::domain::ending::OnRed;
use crate::domain::gates::{Gate, Place, Reuse};
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::record::{GateAt, Record};
use crate::domain::review::GateResult;
use crate::domain::train::{Built, Halt, TRIAL};
use crate::domain::view::{Answer, Fault, Verified};

/// Verifications under way at one time.
const MAX_VERIFYING: usize = 16;

impl Step<'_> {
    /// Runs gates on what somebody wants to know about.
    ///
    /// # Errors
    /// When there is no such agent or gate, or too much is under way.
    pub(super) fn verify_gates(
        &mut self,
        reply: Option<ReplyTo>,
        subject: &Subject,
        names: &[String],
        reuse: Reuse,
    ) -> Result<(), String> {
        let gates = self.gates_named(names)?;
        if self.state.verifying.len() >= MAX_VERIFYING {
            return Err(format!("verify: {MAX_VERIFYING} verifications are under way; wait for one to end"));
        }
        let places = match subject {
            Subject::Merged => vec![Place::Merged],
            Subject::Tips(agents) => self.members(agents)?.into_iter().map(Place::Tip).collect(),
            Subject::Open(agents) => self.members(agents)?.into_iter().map(Place::Open).collect(),
        };
        // Without a number of its own its jobs could be taken for another's.
        let id = self.state.next_job;
        self.state.next_job += 1;
        let agents: Vec<AgentName> = places.iter().filter_map(agent).cloned().collect();
        let rows: Vec<Verified> = places.iter().map(Verified::new).collect();
        let (facts, open) = match subject {
            Subject::Tips(_) => (agents.clone(), 0),
            Subject::Open(_) => (Vec::new(), rows.len()),
            Subject::Merged => (Vec::new(), 0),
        };
        self.state.verifying.push(Verifying { id, reply, gates, reuse, facts, rows, open });
        if *subject == Subject::Merged {
            let job = self.job(JobKind::VerifyMerged(id));
            self.out.push(Effect::LookAtTarget { job });
        }
        for agent in agents {
            if matches!(subject, Subject::Open(_)) {
                let job = self.job(JobKind::Snapshot(id, agent.clone()));
                self.out.push(Effect::Snapshot { job, agent });
            } else {
                self.inspect_anew(&agent);
            }
        }
        Ok(())
    }

    /// The gates of these names, all for none, in the order of the configuration.
    fn gates_named(&self, names: &[String]) -> Result<Vec<Gate>, String> {
        let all = &self.state.config.gates;
        if all.is_empty() {
            return Err("verify: no gates are configured; add a [[gate]] to orchestra.toml".into());
        }
        if let Some(name) = names.iter().find(|n| !all.iter().any(|g| g.name == **n)) {
            let known = all.iter().map(|g| g.name.as_str());
            return Err(super::targets::unknown("gate", name, known));
        }
        Ok(all.iter().filter(|g| names.is_empty() || names.contains(&g.name)).cloned().collect())
    }

    /// Fresh facts of an agent came, or why there are none: its tip can be tested.
    pub(super) fn verify_facts(&mut self, name: &AgentName, failed: Option<&str>) {
        let waits = |v: &&mut Verifying| v.facts.contains(name);
        let ids: Vec<u64> = self.state.verifying.iter_mut().filter(waits).map(|v| v.id).collect();
        for id in ids {
            let agent = self.state.agent(name);
            let tip = agent.and_then(|a| Some((a.facts.as_ref()?.head.clone(), a.base.clone())));
            let Some(v) = self.state.verifying.iter_mut().find(|v| v.id == id) else { continue };
            v.facts.retain(|a| a != name);
            let place = Place::Tip(name.clone());
            match (failed, tip) {
                (None, Some((oid, base))) => self.verify_at(id, place, oid, base),
                (why, _) => self.cannot_verify(id, &place, why.unwrap_or("git said nothing of its branch")),
            }
        }
    }

    /// What an agent's worktree holds is a commit, or why not.
    pub(super) fn snapshotted(&mut self, job: u64, commit: Result<Oid, String>) {
        let Some(JobKind::Snapshot(id, name)) = self.take_job(job) else { return };
        if let Some(v) = self.state.verifying.iter_mut().find(|v| v.id == id) {
            v.open = v.open.saturating_sub(1);
        }
        let base = self.state.agent(&name).and_then(|a| a.base.clone());
        let place = Place::Open(name);
        match commit {
            Ok(oid) => self.verify_at(id, place, oid, base),
            Err(why) => self.cannot_verify(id, &place, &why),
        }
    }

    fn verify_at(&mut self, id: u64, place: Place, oid: Oid, base: Option<Oid>) {
        let Some(v) = self.state.verifying.iter_mut().find(|v| v.id == id) else { return };
        v.open += 1;
        if let Some(row) = v.row(&place) {
            row.oid = Some(oid.clone());
        }
        let (gates, reuse) = (v.gates.clone(), v.reuse);
        self.run_gates(JobKind::Verify(id, place), oid, gates, OnRed::Go, base, reuse);
    }

    fn cannot_verify(&mut self, id: u64, place: &Place, why: &str) {
        let Some(v) = self.state.verifying.iter_mut().find(|v| v.id == id) else { return };
        if let Some(row) = v.row(place) {
            row.why = why.to_owned();
        }
        self.end_verifying(id);
    }

    /// A gate of a verification ended.
    pub(super) fn verified(&mut self, id: u64, place: Place, result: GateResult, last: bool) {
        self.record(match &place {
            Place::Tip(name) => Record::Gate { agent: Some(name.clone()), result: result.clone() },
            _ => Record::GateAt(Box::new(GateAt { place: place.clone(), result: result.clone() })),
        });
        let Some(v) = self.state.verifying.iter_mut().find(|v| v.id == id) else { return };
        if let Some(row) = v.row(&place) {
            row.gates.push(result);
        }
        if last {
            v.open = v.open.saturating_sub(1);
            match place {
                Place::Merged => self.out.push(Effect::ForgetTrain { train: self.trial(id) }),
                Place::Open(agent) => self.out.push(Effect::DropSnapshot { agent }),
                Place::Tip(_) | Place::Base | Place::Train => {}
            }
            self.end_verifying(id);
        }
    }

    /// Answers once nothing of a verification is under way.
    fn end_verifying(&mut self, id: u64) {
        let over = |v: &Verifying| v.id == id && v.open == 0 && v.facts.is_empty();
        let Some(at) = self.state.verifying.iter().position(over) else { return };
        let v = self.state.verifying.swap_remove(at);
        self.reply(v.reply, Answer::Verified { places: v.rows });
    }

    /// Where the target stands, for what merging would give; false when that is for somebody else.
    pub(super) fn verify_target(&mut self, job: u64, facts: &Result<TargetFacts, String>) -> bool {
        let kind = self.state.jobs.iter().find(|j| j.id == job).map(|j| j.kind.clone());
        let Some(JobKind::VerifyMerged(id)) = kind else { return false };
        self.take_job(job);
        match facts {
            Err(why) => self.cannot_verify(id, &Place::Merged, why),
            Ok(facts) => {
                let plan = self.plan_of(self.trial(id), &[], facts.oid.clone());
                if plan.steps.is_empty() {
                    let why = "nothing is ready to merge; `orchestra status` says what is missing";
                    self.cannot_verify(id, &Place::Merged, why);
                } else {
                    let v = self.state.verifying.iter_mut().find(|v| v.id == id);
                    if let Some(row) = v.and_then(|v| v.row(&Place::Merged)) {
                        row.of = plan.steps.iter().map(|s| s.agent.clone()).collect();
                        row.base = Some(plan.base.clone());
                    }
                    self.out.push(Effect::Build { plan });
                }
            }
        }
        true
    }

    /// The number of a train that is only tested; hardly two sessions of a repository have the same.
    fn trial(&self, id: u64) -> TrainId {
        TRIAL | (((self.state.info.secret << 24) ^ id) & (TRIAL - 1))
    }

    /// What merging would give was built, or not.
    pub(super) fn trial_built(&mut self, train: TrainId, built: Result<Built, Halt>) {
        let Some(id) = self.state.verifying.iter().map(|v| v.id).find(|id| self.trial(*id) == train) else {
            return self.out.push(Effect::ForgetTrain { train });
        };
        let why = match built {
            Ok(Built::Clean { result, .. }) => {
                let v = self.state.verifying.iter_mut().find(|v| v.id == id);
                let base = v.and_then(|v| v.row(&Place::Merged)?.base.clone());
                return self.verify_at(id, Place::Merged, result, base);
            }
            Ok(Built::Conflict(stuck)) => {
                let paths: Vec<String> = stuck.conflicts.iter().map(ToString::to_string).collect();
                format!("{} conflicts in {}; there is no result to test", stuck.agent, paths.join(", "))
            }
            Err(halt) => halt.to_string(),
        };
        self.out.push(Effect::ForgetTrain { train });
        self.cannot_verify(id, &Place::Merged, &why);
    }

    /// The session ends: who waits for a verification is told.
    pub(super) fn end_verifications(&mut self) {
        let ours = |kind: &JobKind| {
            matches!(kind, JobKind::Verify(..) | JobKind::VerifyMerged(_) | JobKind::Snapshot(..))
        };
        self.drop_jobs(ours);
        for v in std::mem::take(&mut self.state.verifying) {
            let why = "verify: the session ends".to_owned();
            self.reply(v.reply, Answer::Fault { fault: Fault::Failed, why });
        }
    }
}

fn agent(place: &Place) -> Option<&AgentName> {
    match place {
        Place::Tip(name) | Place::Open(name) => Some(name),
        Place::Merged | Place::Base | Place::Train => None,
    }
}
