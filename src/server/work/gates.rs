//! Gate jobs: each gate once a tree, in a checkout of exactly what is judged, and the red ones on the base too.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Ground;
use super::slot::{Side, Slot};
use super::verdicts::{Turn, reused};
use crate::domain::ending::OnRed;
use crate::domain::gates::{Baseline, Gate, Part, Reuse, Verify};
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{GateResult, GateStatus};
use crate::engine::event::{Event, GateNews};
use crate::{gate, git};

/// Commits tested at one time where the configuration does not say, at most.
const GATES_MOST: usize = 4;

/// Commits tested at one time.
pub(super) fn parallel(verify: Verify) -> usize {
    match verify.parallel {
        0 => std::thread::available_parallelism().map_or(2, usize::from).min(GATES_MOST),
        n => usize::from(n),
    }
}

/// What a gate job is asked for.
pub(super) struct Order {
    pub job: u64,
    pub oid: Oid,
    pub gates: Vec<Gate>,
    pub on_red: OnRed,
    pub base: Option<Oid>,
    pub reuse: Reuse,
}

/// One job under way.
struct Run<'a> {
    ground: &'a Ground,
    order: &'a Order,
    cancel: &'a AtomicBool,
    out: &'a dyn Fn(Event),
    slot: Option<Slot<'a>>,
    /// What a checkout holds beside its tree, as it decides verdicts; read once a job.
    beside: Option<String>,
}

impl Ground {
    /// Runs the gates of a job and tells each result; after `cancel` became true, of nothing more.
    pub(super) fn gates(&self, order: &Order, cancel: &AtomicBool, out: &dyn Fn(Event)) {
        let mut run = Run { ground: self, order, cancel, out, slot: None, beside: None };
        for (i, gate) in order.gates.iter().enumerate() {
            let result = run.judged(gate);
            let stops = !result.passed() && order.on_red == OnRed::Stop;
            let last = stops || i + 1 == order.gates.len() || cancel.load(Ordering::Relaxed);
            out(Event::Gated { job: order.job, result, last });
            if last {
                break;
            }
        }
    }

    /// The number of the next record.
    pub(super) fn record_number(&self) -> u64 {
        self.next_gate.fetch_add(1, Ordering::Relaxed)
    }
}

impl<'a> Run<'a> {
    /// How a gate ends at the commit, and on the base where it is red.
    fn judged(&mut self, gate: &Gate) -> GateResult {
        let mut result = self.one(gate, &self.order.oid, Side::Judged);
        let Some(base) = self.order.base.as_ref().filter(|_| result.status == GateStatus::Red) else {
            return result;
        };
        let before = if git::tree_of(&self.ground.repository, base).is_ok_and(|tree| tree == result.tree) {
            GateResult { oid: base.clone(), ..result.clone() }
        } else {
            self.one(gate, base, Side::Base)
        };
        if before.tail.ends_with(gate::CANCELLED) && self.cancel.load(Ordering::Relaxed) {
            return result;
        }
        result.baseline = Some(before.status);
        result.excused = self.ground.verify.baseline == Baseline::Excuse && result.was_red_before();
        (self.out)(Event::BaseGated { result: before });
        result
    }

    fn one(&mut self, gate: &Gate, oid: &Oid, side: Side) -> GateResult {
        self.verdict(gate, oid, side).unwrap_or_else(|why| GateResult {
            tail: why,
            ..GateResult::new(&gate.name, oid.clone(), GateStatus::Error)
        })
    }

    fn verdict(&mut self, gate: &Gate, oid: &Oid, side: Side) -> Result<GateResult, String> {
        let ground = self.ground;
        let tree = git::tree_of(&ground.repository, oid).map_err(|e| e.to_string())?;
        let beside = match &self.beside {
            Some(beside) => beside.clone(),
            None => self.beside.insert(ground.beside()?).clone(),
        };
        let env = git::quiet_env();
        let key = gate::key(gate, &tree, &env, &beside);
        self.at(Part::Waiting, gate);
        let mine = match ground.verdicts.turn(&key, self.order.reuse, self.cancel) {
            Turn::Known(known) => return Ok(reused(*known, oid)),
            Turn::Cancelled => return Err(gate::CANCELLED.to_owned()),
            Turn::Mine(mine) => mine,
        };
        let checkout = self.checkout(gate, oid, side, &beside)?;
        self.at(if side == Side::Base { Part::Baseline } else { Part::Running }, gate);
        let (job, out) = (self.order.job, self.out);
        let mut live = |lines| out(Event::Gating { job, news: GateNews::Says(lines) });
        let mut tries = 0;
        let mut result = loop {
            tries += 1;
            let out_dir = ground.dir.gate(ground.record_number());
            let mask = &ground.mask;
            let order = gate::Order { gate, oid, checkout: &checkout, env: &env, out_dir: &out_dir, mask };
            let result = gate::run(&order, self.cancel, &mut live);
            if result.status != GateStatus::Red || tries > gate.retries {
                break result;
            }
        };
        (result.tree, result.key, result.tries) = (tree, key, tries);
        ground.verdicts.keep(&result);
        drop(mine);
        Ok(result)
    }

    /// The checkout of a commit, made ready once a job.
    fn checkout(
        &mut self,
        gate: &Gate,
        oid: &Oid,
        side: Side,
        beside: &str,
    ) -> Result<std::path::PathBuf, String> {
        self.at(Part::Checkout, gate);
        let (job, out, ground, cancel) = (self.order.job, self.out, self.ground, self.cancel);
        let tell = |news| out(Event::Gating { job, news });
        let slot = self.slot.get_or_insert_with(|| Slot::take(ground));
        slot.ready(oid, side, beside, cancel, &|setup| match setup {
            Some(lines) => tell(GateNews::Says(lines)),
            None => tell(GateNews::At { part: Part::Setup, gate: gate.name.clone() }),
        })
    }

    fn at(&self, part: Part, gate: &Gate) {
        let news = GateNews::At { part, gate: gate.name.clone() };
        (self.out)(Event::Gating { job: self.order.job, news });
    }
}

impl Ground {
    /// A text without what is secret in it.
    pub(super) fn masked(&self, text: &str) -> String {
        self.mask.text(text).unwrap_or_else(|| text.to_owned())
    }

    /// What an agent's worktree holds as a commit.
    pub(super) fn snapshot(&self, job: u64, agent: &AgentName) -> Event {
        let commit = match self.branch(agent) {
            Some((pane, branch)) => git::keep_open(&self.repository, &pane.worktree, branch, agent)
                .map_err(|e| format!("failed to {e}")),
            None => Err(format!("{agent} has no branch")),
        };
        Event::Snapshotted { job, commit }
    }

    /// A flag by which a job can be cancelled, also before it begins.
    pub(super) fn cancellable(&self, job: u64) -> std::sync::Arc<AtomicBool> {
        let flag = std::sync::Arc::new(AtomicBool::new(self.cancel.load(Ordering::Relaxed)));
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner).insert(job, flag.clone());
        flag
    }

    /// Ends a job, or all of them.
    pub(super) fn cancel_gates(&self, job: Option<u64>) {
        let cancels = self.cancels.lock().unwrap_or_else(PoisonError::into_inner);
        for flag in cancels.iter().filter(|(id, _)| job.is_none_or(|j| j == **id)).map(|(_, f)| f) {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// A job has ended: nobody can cancel it any more.
    pub(super) fn gates_ended(&self, job: u64) {
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
    }
}
