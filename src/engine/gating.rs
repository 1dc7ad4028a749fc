//! Gate jobs: started in one place, shown while they run, ended when nobody needs them any more.

use super::Step;
use super::event::{Effect, GateNews};
use super::parts::{Gating, JobKind};
use super::state::State;
use crate::domain::ending::OnRed;
use crate::domain::gates::{Baseline, Gate, Part, Place, Reuse};
use crate::domain::id::Oid;
use crate::domain::record::{GateAt, Record};
use crate::domain::review::GateResult;
use crate::domain::view::GatingView;

impl JobKind {
    /// What a gate job of this kind tests.
    fn place(&self) -> Place {
        match self {
            Self::Claim(name) | Self::Branch(_, name) => Place::Tip(name.clone()),
            Self::Handover(examined) => Place::Tip(examined.agent.clone()),
            Self::Verify(_, place) => place.clone(),
            _ => Place::Train,
        }
    }
}

impl State {
    /// The gate jobs under way, for a status.
    #[must_use]
    pub fn view_gating(&self) -> Vec<GatingView> {
        let view = |g: &Gating| GatingView {
            place: g.place.to_string(),
            oid: g.oid.clone(),
            gate: g.gate.clone(),
            part: g.part,
            since: crate::domain::time::rfc3339(g.since),
            seconds: (self.now - g.since).as_secs(),
            left: g.left.clone(),
            tail: g.tail.clone(),
        };
        self.gating.iter().map(view).collect()
    }
}

impl Step<'_> {
    /// Has gates run at a commit. What is red is looked at on `base` too, unless the configuration says not to.
    pub(super) fn run_gates(
        &mut self,
        kind: JobKind,
        oid: Oid,
        gates: Vec<Gate>,
        on_red: OnRed,
        base: Option<Oid>,
        reuse: Reuse,
    ) {
        let base = base.filter(|_| self.state.config.verify.baseline != Baseline::Off);
        let place = kind.place();
        let job = self.job(kind);
        self.state.gating.push(Gating {
            job,
            place,
            oid: oid.clone(),
            gate: gates.first().map(|g| g.name.clone()).unwrap_or_default(),
            part: Part::Waiting,
            since: self.now,
            left: gates.iter().skip(1).map(|g| g.name.clone()).collect(),
            tail: String::new(),
        });
        self.out.push(Effect::Gates { job, oid, gates, on_red, base, reuse });
    }

    /// Forgets jobs that nobody needs answered, and ends the gates that run for them.
    pub(super) fn drop_jobs(&mut self, unneeded: impl Fn(&JobKind) -> bool) {
        let jobs = std::mem::take(&mut self.state.jobs);
        let (gone, kept) = jobs.into_iter().partition(|j| unneeded(&j.kind));
        self.state.jobs = kept;
        for job in gone {
            self.cancel_gates(job.id);
        }
    }

    /// Ends what runs for a gate job; it still tells how that ended.
    pub(super) fn cancel_gates(&mut self, job: u64) {
        let before = self.state.gating.len();
        self.state.gating.retain(|g| g.job != job);
        if self.state.gating.len() < before {
            self.out.push(Effect::CancelGates { job });
        }
    }

    /// The session ends: no gate needs to go on. A train is told that its gates did not run.
    pub(super) fn end_gates(&mut self) {
        let unneeded =
            |kind: &JobKind| matches!(kind, JobKind::Claim(_) | JobKind::Branch(..) | JobKind::Handover(_));
        self.drop_jobs(unneeded);
        let rest: Vec<u64> = self.state.gating.iter().map(|g| g.job).collect();
        for job in rest {
            self.cancel_gates(job);
        }
    }

    /// A gate job goes on.
    pub(super) fn gating(&mut self, job: u64, news: GateNews) {
        let now = self.now;
        let Some(gating) = self.state.gating.iter_mut().find(|g| g.job == job) else { return };
        match news {
            GateNews::At { part, gate } if (part, &gate) != (gating.part, &gating.gate) => {
                gating.left.retain(|g| *g != gate);
                (gating.part, gating.gate, gating.since) = (part, gate, now);
                gating.tail.clear();
            }
            GateNews::At { .. } => {}
            GateNews::Says(tail) => gating.tail = tail,
        }
    }

    /// A gate of a job has ended.
    pub(super) fn gate_is_over(&mut self, job: u64, last: bool) {
        if last {
            self.state.gating.retain(|g| g.job != job);
        }
    }

    /// A gate that was red ran on the base too; said once.
    pub(super) fn base_gated(&mut self, result: GateResult) {
        let told = self.state.elsewhere.iter().any(|(place, known)| {
            *place == Place::Base
                && (&known.gate, &known.oid, known.status) == (&result.gate, &result.oid, result.status)
        });
        if !told {
            self.record(Record::GateAt(Box::new(GateAt { place: Place::Base, result })));
        }
    }
}
