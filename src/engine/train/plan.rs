//! Planning: who is on the train, in which order, from where; afresh, or on from where it halted.

use super::super::Step;
use super::super::confirm::other_plan;
use super::super::event::{Effect, ReplyTo, TargetFacts};
use super::super::parts::JobKind;
use super::super::state::Agent;
use super::{From, Planning, Shown, Then, TrainPhase};
use crate::domain::guard::refusal;
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::record::{Record, Recording};
use crate::domain::team::AgentSpec;
use crate::domain::train::{Applied, Built, Choice, DRY, Halt, Solving, Step as TrainStep, TrainPlan};
use crate::domain::view::{Answer, Fault, TrainView};

impl Step<'_> {
    /// Who keeps the merge from starting, each with what is missing.
    fn missing(&self, skipped: &[AgentName]) -> Vec<String> {
        let open = |a: &&Agent| !a.left_out && a.ready.is_none() && a.merged.is_none();
        let open = self.state.team().filter(open).filter(|a| !skipped.contains(&a.name));
        open.map(|a| {
            let why = if a.reasons.is_empty() { a.state().word().to_owned() } else { a.reasons.join("; ") };
            format!("{} ({why})", a.name)
        })
        .collect()
    }

    /// Why the merge may not start, when somebody is missing.
    fn not_ready(&self, skipped: &[AgentName]) -> Option<String> {
        let missing = self.missing(skipped);
        let remedy = "wait for them, or leave one out with `orchestra skip AGENT`";
        (!missing.is_empty()).then(|| format!("not ready: {}; {remedy}", missing.join(", ")))
    }

    /// Why nothing is merged while the record is not complete.
    fn unrecorded(&self) -> Option<String> {
        let lines: Vec<String> = self.state.unrecorded.iter().map(Recording::line).collect();
        let dir = &self.state.info.dir;
        (!lines.is_empty()).then(|| {
            format!(
                "nothing is merged that cannot be recorded: {}; make room on the disk of {dir}, it is then recorded \
                 again by itself",
                lines.join("; ")
            )
        })
    }

    /// Why no train can start now.
    pub(in crate::engine) fn may_start(&self) -> Option<String> {
        self.unrecorded().or_else(|| self.not_ready(&[])).or_else(|| self.train_busy())
    }

    /// Why no halted train can go on now.
    pub(in crate::engine) fn may_go_on(&self) -> Option<String> {
        self.unrecorded().or_else(|| self.train_busy())
    }

    /// Plans a train of everything that is ready.
    pub(in crate::engine) fn plan_afresh(
        &mut self,
        reply: Option<ReplyTo>,
        then: Then,
        shown: Option<Shown>,
    ) {
        if then == Then::Go
            && let Some(why) = self.may_start()
        {
            return self.refuse_train(reply, Fault::Protected, why);
        }
        self.look_at_target(Planning { reply, then, shown, then_at: None, from: From::Afresh });
    }

    /// Plans how a halted train goes on.
    pub(in crate::engine) fn plan_on(
        &mut self,
        reply: Option<ReplyTo>,
        then: Then,
        skip: Vec<AgentName>,
        shown: Option<Shown>,
    ) {
        if let Some(why) = if then == Then::Go { self.may_go_on() } else { self.train_busy() } {
            return self.refuse_train(reply, Fault::Protected, why);
        }
        let halted = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Halted);
        let Some(train) = halted else {
            let landed = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Applied);
            if let Some(train) = landed.filter(|_| skip.is_empty()) {
                // All of it is done: to ask again changes nothing.
                let answer = Answer::Train(Box::new(self.train_view(train)));
                return self.reply(reply, answer);
            }
            let why = "no train is halted; `orchestra merge` starts one, `orchestra skip AGENT` leaves one out of it";
            return self.refuse_train(reply, Fault::Usage, why);
        };
        let known =
            |a: &AgentName| train.plan.steps.iter().any(|s| s.agent == *a) || train.skipped.contains(a);
        if let Some(stranger) = skip.iter().find(|a| !known(a)) {
            let why = format!("{stranger} is not on train {}", train.plan.id);
            return self.refuse_train(reply, Fault::Usage, why);
        }
        let from = From::Halted { skip: skip.clone(), solved: None };
        let mut planning = Planning { reply, then, shown, then_at: None, from };
        match &train.halt {
            Some(Halt::Conflict { agent, solving, remembered, .. }) if !skip.contains(agent) => match solving
            {
                Solving::Hand { .. } => return self.take_solved(planning),
                Solving::Nobody => {
                    planning.from = From::Halted { skip, solved: remembered.clone() };
                }
                Solving::Owner { .. } if then == Then::Go => self.remember_solved(),
                Solving::Owner { .. } => {}
            },
            _ => {}
        }
        self.look_at_target(planning);
    }

    pub(super) fn look_at_target(&mut self, mut planning: Planning) {
        planning.then_at = self.state.sight.at().cloned();
        let job = self.job(JobKind::PlanTrain(planning));
        self.out.push(Effect::LookAtTarget { job });
    }

    /// Where the target stands.
    pub(in crate::engine) fn target(&mut self, job: u64, facts: Result<TargetFacts, String>) {
        let asked = |kind: &JobKind| matches!(kind, JobKind::PlanTrain(_));
        let Some(JobKind::PlanTrain(planning)) = self.take_job_if(job, asked) else { return };
        let (reply, go) = (planning.reply, planning.then == Then::Go);
        let facts = match facts {
            Ok(facts) => facts,
            // What was planted may be what keeps the target from being looked at.
            Err(why) if !self.state.tampering.changes.is_empty() => {
                let why = format!("{}; {why}", refusal(&self.state.tampering.changes));
                return self.refuse_train(reply, Fault::Protected, why);
            }
            Err(why) => return self.reply(reply, Answer::Fault { fault: Fault::Failed, why }),
        };
        self.target_seen(planning.then_at.as_ref(), &facts.oid);
        let skipped = self.skipped(&planning.from);
        // Somebody may have moved on while the target was looked at.
        if let Some(why) = self.not_ready(&skipped).filter(|_| go) {
            return self.refuse_train(reply, Fault::Protected, why);
        }
        let Some(plan) = self.plan(&planning, &skipped, facts.oid.clone()) else {
            return self.refuse_train(reply, Fault::Failed, "the train is halted no more; look at it again");
        };
        if plan.steps.is_empty() && !self.rest_is_skipped(&planning.from) {
            let fault = if go { Fault::Protected } else { Fault::Failed };
            return self.refuse_train(reply, fault, "nothing is ready to merge");
        }
        if let Some(shown) = &planning.shown
            && plan.digest() != shown.digest
        {
            return self.reply(reply, other_plan(&plan.digest()));
        }
        let notes: Vec<String> = self.moved_by_others().into_iter().chain(facts.notes.clone()).collect();
        let why = self.untouchable(facts);
        if !go {
            let mut view = self.plan_view(plan, skipped);
            (view.notes, view.missing) = (notes, self.missing(&view.skipped));
            view.missing.extend((!why.is_empty()).then_some(why));
            return self.show_plan(&planning, view);
        }
        if !why.is_empty() {
            return self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
        }
        self.depart(plan, skipped, reply);
    }

    /// Shows a plan: it is built under a number of its own and forgotten at once.
    fn show_plan(&mut self, planning: &Planning, mut view: TrainView) {
        view.plan.id = DRY | self.state.next_job;
        self.state.next_job += 1;
        let halted = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Halted);
        if let (From::Afresh, Some(train)) = (&planning.from, halted) {
            view.replaces = Some(train.plan.id);
        }
        let plan = view.plan.clone();
        self.state.dry_trains.push((view, planning.reply));
        self.out.push(Effect::Build { plan });
    }

    /// Sends a train off.
    fn depart(&mut self, plan: TrainPlan, skipped: Vec<AgentName>, reply: Option<ReplyTo>) {
        self.train_departs(reply);
        let halted = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Halted).map(|t| t.plan.id);
        if let Some(old) = halted.filter(|old| *old != plan.id) {
            self.record(Record::TrainDropped { train: old });
            self.out.push(Effect::ForgetTrain { train: old });
        }
        self.record(Record::TrainPlanned { plan: plan.clone(), skipped });
        if let Some(train) = &mut self.state.train {
            train.reply = reply;
        }
        if !plan.steps.is_empty() {
            return self.out.push(Effect::Build { plan });
        }
        // What is left was skipped: what landed is all of it.
        let built = Built::Clean { steps: Vec::new(), result: plan.base, files: 0 };
        self.record(Record::TrainBuilt { train: plan.id, built });
        self.record(Record::TrainApplied { train: plan.id, applied: Applied::Moved });
        self.landed(plan.id);
    }

    /// Whether nothing is left of a train but what somebody skips, and something of it has landed.
    fn rest_is_skipped(&self, from: &From) -> bool {
        matches!(from, From::Halted { .. }) && self.state.train.as_ref().is_some_and(|t| t.landed.is_some())
    }

    fn skipped(&self, from: &From) -> Vec<AgentName> {
        let From::Halted { skip, .. } = from else { return Vec::new() };
        let mut all = self.state.train.as_ref().map(|t| t.skipped.clone()).unwrap_or_default();
        all.extend(skip.iter().filter(|a| !all.contains(a)).cloned().collect::<Vec<_>>());
        all
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

    /// The plan of all that is ready but those skipped.
    pub(in crate::engine) fn plan_of(&self, id: TrainId, skipped: &[AgentName], base: Oid) -> TrainPlan {
        let order = self.state.config.merge_sequence();
        let steps = order.iter().filter(|name| !skipped.contains(name)).filter_map(|name| {
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
        TrainPlan {
            id,
            target: self.state.config.merge.target.clone(),
            base,
            steps: steps.collect(),
            date: self.now.wall.div_euclid(1000),
            author: self.state.config.merge.author.clone(),
            resolved: Vec::new(),
            sign: self.state.config.merge.sign,
        }
    }

    /// The plan; none when the train it should go on from is halted no more.
    fn plan(&self, planning: &Planning, skipped: &[AgentName], base: Oid) -> Option<TrainPlan> {
        let id = self.state.train.as_ref().map_or(1, |t| t.plan.id + 1);
        let mut plan = self.plan_of(id, skipped, base);
        if let Some(date) = planning.shown.as_ref().and_then(|s| s.date) {
            plan.date = date;
        }
        if let From::Halted { solved, .. } = &planning.from {
            let train = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Halted)?;
            // The same number and date: merges that are as before get the ids they had.
            (plan.id, plan.date) = (train.plan.id, train.plan.date);
            plan.resolved = train.plan.resolved.clone();
            plan.resolved.extend(solved.clone());
        }
        Some(plan)
    }

    /// Gives a train up.
    pub(super) fn abort_train(&mut self, reply: Option<ReplyTo>) {
        let known = self.state.train.as_ref().map(|t| (t.plan.id, t.phase, t.choices()));
        let Some((train, phase, choices)) = known else {
            return self.refuse_train(reply, Fault::Usage, "no train was started");
        };
        if phase == TrainPhase::Dropped {
            return self.show_train(reply);
        }
        if !choices.contains(&Choice::Abort) {
            let why = match phase {
                TrainPhase::Applying | TrainPhase::Undoing => {
                    format!(
                        "the target moves right now; wait, then `orchestra merge --undo` takes train {train} back"
                    )
                }
                _ => format!("train {train} is {phase}; there is nothing to give up"),
            };
            return self.refuse_train(reply, Fault::Protected, why);
        }
        self.drop_train_jobs(train);
        self.record(Record::TrainDropped { train });
        self.out.push(Effect::ForgetTrain { train });
        self.tell_train();
        self.show_train(reply);
    }

    /// What was asked for a train is of no use any more.
    fn drop_train_jobs(&mut self, train: TrainId) {
        self.drop_jobs(|kind| *kind == JobKind::Train(train));
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
