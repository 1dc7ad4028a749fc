//! Git and gates on threads of their own: nothing of theirs ever holds up the loop.

mod diff;
mod foresee;
mod gates;
mod ground;
mod guard;
mod hooks;
mod panes;
mod slot;
#[cfg(test)]
mod tests;
mod train;
mod verdicts;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::gates::Order;
use self::verdicts::Verdicts;
use super::stir;
use super::waker::Waker;
use crate::domain::gates::{Gate, Verify};
use crate::domain::id::{AgentName, Oid};
use crate::domain::mask::Mask;
use crate::domain::review::{GateResult, GateStatus, Rules};
use crate::domain::team::Signing;
use crate::domain::tech::Rule;
use crate::engine::event::{Effect, Event, Reread};
use crate::hold::Spec;
use crate::session::dir::SessionDir;
use crate::session::file::{PaneFile, SessionFile};
use crate::{config, git};

/// Threads for git.
const GIT_THREADS: usize = 2;
/// Panes started at one time.
const PANE_THREADS: usize = 2;
/// How long running gates may take to be killed when the server ends.
const CANCELLING: Duration = Duration::from_secs(3);

/// What to do about files that a crash left in between.
pub(super) const NEITHER: &str =
    "these files are neither as before nor as after the move; put them right, then try again";

type Task = Box<dyn FnOnce(&Ground, &dyn Fn(Event)) + Send>;

/// What workers need to know.
pub struct Ground {
    pub(super) repository: PathBuf,
    target: String,
    sign: Signing,
    panes: Vec<PaneFile>,
    branches: Vec<(AgentName, String)>,
    after: BTreeMap<AgentName, Vec<AgentName>>,
    tech: Vec<Rule>,
    /// What a review points out, and in which paths each agent mostly works.
    review: Rules,
    focus: BTreeMap<AgentName, Vec<String>>,
    scratch: PathBuf,
    session: String,
    pub(super) dir: SessionDir,
    next_gate: AtomicU64,
    cancel: AtomicBool,
    slots: Mutex<Vec<usize>>,
    /// How gates are run.
    verify: Verify,
    /// The setup command, as a gate; empty where there is none.
    setup: Gate,
    verdicts: Verdicts,
    diffs: diff::Diffs,
    /// Flags by which gate jobs are cancelled.
    cancels: Mutex<BTreeMap<u64, Arc<AtomicBool>>>,
    /// Commands of gates and hooks that run.
    gating: AtomicUsize,
    /// Held by who writes the log of the hooks.
    logging: Mutex<()>,
    /// The commits work is counted from, where they moved since the session was made.
    bases: Mutex<BTreeMap<AgentName, Oid>>,
    reading: Mutex<()>,
    guard: guard::Guard,
    /// What is secret in what gates and hooks print.
    mask: Arc<Mask>,
}

/// The worker threads.
pub struct Workers {
    git: Sender<Task>,
    gates: Sender<Task>,
    panes: Sender<Task>,
    hooks: Sender<Task>,
    predictions: Sender<foresee::Order>,
    /// Ends the watch over the repository when it is dropped.
    _stirs: Option<OwnedFd>,
    results: Receiver<Event>,
    ground: Arc<Ground>,
}

impl Workers {
    /// Starts the threads. Each result wakes the loop.
    pub fn start(file: &SessionFile, dir: &SessionDir, waker: &Waker, mask: Arc<Mask>) -> Self {
        let scratch = super::place::scratch(&file.repository, &file.config.session);
        Self::at(file, dir, waker, scratch, mask)
    }

    /// As [`Self::start`], with the folder of the gates' checkouts.
    fn at(file: &SessionFile, dir: &SessionDir, waker: &Waker, scratch: PathBuf, mask: Arc<Mask>) -> Self {
        let config = &file.config;
        crate::git::name_programs(&config.merge.programs);
        let done = std::fs::read_dir(dir.path().join("gates")).into_iter().flatten().flatten();
        let highest = done.filter_map(|e| e.file_name().to_str()?.parse::<u64>().ok()).max().unwrap_or(0);
        let parallel = gates::parallel(config.verify);
        let ground = Arc::new(Ground {
            repository: file.repository.clone(),
            target: config.merge.target.clone(),
            sign: config.merge.sign,
            panes: file.panes.clone(),
            branches: config.team.iter().map(|a| (a.name.clone(), a.branch.clone())).collect(),
            after: config.team.iter().map(|a| (a.name.clone(), a.after.clone())).collect(),
            review: config.review.clone(),
            focus: config.team.iter().map(|a| (a.name.clone(), a.focus.clone())).collect(),
            tech: crate::config::tech().unwrap_or_default(),
            scratch,
            session: config.session.clone(),
            dir: dir.clone(),
            next_gate: AtomicU64::new(highest + 1),
            cancel: AtomicBool::new(false),
            slots: Mutex::new((0..parallel).rev().collect()),
            verify: config.verify,
            setup: slot::setup(&config.setup, &config.pass_env),
            verdicts: Verdicts::default(),
            diffs: diff::Diffs::default(),
            cancels: Mutex::default(),
            gating: AtomicUsize::new(0),
            logging: Mutex::default(),
            bases: Mutex::new(BTreeMap::new()),
            reading: Mutex::new(()),
            guard: guard::Guard::default(),
            mask,
        });
        let (sender, results) = channel();
        let git = pool("git", GIT_THREADS, &ground, &sender, waker);
        let gates = pool("gate", parallel, &ground, &sender, waker);
        let panes = pool("pane", PANE_THREADS, &ground, &sender, waker);
        // Each runs once at a time, so none ever waits for another.
        let hooks = pool("hook", config.conduct.hooks.len(), &ground, &sender, waker);
        let predictions = predictor(&ground, &sender, waker);
        let watch = || stir::start(ground.ward(), stir::Pace::default(), sender, waker.clone());
        // Without worktrees there is no repository whose changes could be told.
        let stirs = if config.worktrees { watch() } else { None };
        Self { git, gates, panes, hooks, predictions, _stirs: stirs, results, ground }
    }

    /// The next result, if there is one.
    pub fn result(&self) -> Option<Event> {
        self.results.try_recv().ok()
    }

    /// Counts an agent's work from that commit from now on.
    pub fn count_from(&self, agent: AgentName, base: Oid) {
        self.ground.bases.lock().unwrap_or_else(PoisonError::into_inner).insert(agent, base);
    }

    /// Takes in a verdict that an earlier server recorded.
    pub fn remember(&self, result: &GateResult) {
        self.ground.verdicts.keep(result);
    }

    /// Has running gates killed and new ones refused; waits a moment until they are.
    pub fn cancel(&self) {
        self.ground.cancel.store(true, Ordering::Relaxed);
        self.ground.cancel_gates(None);
        let until = Instant::now() + CANCELLING;
        while self.ground.gating.load(Ordering::Relaxed) > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts a pane's holder from the program `exe`.
    pub fn spawn(&self, exe: PathBuf, spec: Spec) {
        let task: Task = Box::new(move |_, out| out(panes::start_pane(&exe, &spec)));
        let _ = self.panes.send(task);
    }

    /// Reads the profiles again. A repository without a configuration says nothing.
    pub fn read_profiles(&self) {
        let task: Task = Box::new(|ground, out| {
            // One after the other until it is told, so that the last one told is the last one read.
            let _turn = ground.reading.lock().unwrap_or_else(PoisonError::into_inner);
            match config::load_all(&ground.repository) {
                Ok(config::Loaded { config, left_out }) => {
                    let left_out = left_out.iter().map(ToString::to_string).collect();
                    out(Event::Profiles(Ok(Reread { profiles: config.profiles, left_out })));
                }
                Err(config::Error::Missing { .. }) => {}
                Err(e) => out(Event::Profiles(Err(e.to_string()))),
            }
        });
        let _ = self.git.send(task);
    }

    /// Drops refs that a lost server left of what was only shown or tested.
    pub(super) fn sweep(&self) {
        let _ = self.git.send(Box::new(|g, _| told(git::sweep(&g.repository))));
    }

    /// Hands an effect that is a worker's to a worker.
    pub fn submit(&self, effect: Effect) {
        let (queue, task): (_, Task) = match effect {
            Effect::Inspect { agent } => {
                let look: Task = Box::new(move |g, out| {
                    g.look_around(out);
                    out(g.inspect(agent));
                });
                (&self.git, look)
            }
            Effect::Describe { job, draft } => {
                (&self.git, Box::new(move |g, out| out(Event::Described { job, pr: g.describe(&draft) })))
            }
            Effect::KeepReport { job } => (&self.git, Box::new(move |g, out| out(g.keep_report(job)))),
            Effect::Guard { job } => (&self.git, Box::new(move |g, out| out(g.guarded(Some(job))))),
            Effect::Review { job, agents, depth } => {
                let review: Task = Box::new(move |g, out| {
                    g.look_around(out);
                    out(Event::Reviewed { job, reviews: g.review(&agents, &depth) });
                });
                (&self.git, review)
            }
            Effect::Diff { job, agent, open, path } => {
                let read: Task = Box::new(move |g, out| {
                    out(Event::Diffed { job, diff: g.diff(&agent, open, path.as_deref()) });
                });
                (&self.git, read)
            }
            Effect::Unmerged { job, ours, theirs } => {
                let read: Task = Box::new(move |g, out| {
                    out(Event::Unmerged { job, unmerged: g.unmerged(ours.as_ref(), &theirs) });
                });
                (&self.git, read)
            }
            Effect::Report { name, text } => (&self.git, Box::new(move |g, _| g.write_report(&name, &text))),
            Effect::Brief { job, agents } => (&self.git, Box::new(move |g, out| out(g.brief(job, &agents)))),
            Effect::LookAtTarget { job } => {
                let look: Task = Box::new(move |g, out| {
                    g.look_around(out);
                    out(Event::Target { job, facts: g.look_at_target() });
                });
                (&self.git, look)
            }
            Effect::Build { plan } => (&self.git, Box::new(move |g, out| out(g.build(&plan)))),
            Effect::Snapshot { job, agent } => {
                (&self.git, Box::new(move |g, out| out(g.snapshot(job, &agent))))
            }
            Effect::DropSnapshot { agent } => {
                (&self.git, Box::new(move |g, _| told(git::drop_open(&g.repository, &agent))))
            }
            Effect::Predict { job, agents, order } => {
                let _ = self.predictions.send(foresee::Order { job, agents, order });
                return;
            }
            Effect::ForgetTrain { train } => (&self.git, Box::new(move |g, _| g.forget(train))),
            Effect::BuildRipple { job, plan } => {
                let build: Task = Box::new(move |g, out| {
                    let built = git::build_ripple(&g.repository, &plan).map_err(|e| e.to_string());
                    out(Event::RippleBuilt { job, plan, built });
                });
                (&self.git, build)
            }
            Effect::MoveBranch { agent, old, new } => {
                (&self.git, Box::new(move |g, out| out(g.move_branch(agent, &old, &new))))
            }
            Effect::RecoverBranch { agent, old, new } => {
                (&self.git, Box::new(move |g, out| out(g.recover_branch(agent, &old, &new))))
            }
            Effect::Apply(m) => {
                let apply: Task = Box::new(move |g, out| {
                    // The last moment at which it can be told.
                    g.look_around(out);
                    out(g.apply(&m));
                });
                (&self.git, apply)
            }
            Effect::RecoverApply(m) => (&self.git, Box::new(move |g, out| out(g.recover(&m)))),
            Effect::Undo(m) => (&self.git, Box::new(move |g, out| out(g.undo(&m)))),
            Effect::RecoverUndo(m) => (&self.git, Box::new(move |g, out| out(g.recover_undo(&m)))),
            Effect::Solve { job, how } => (&self.git, Box::new(move |g, out| out(g.solve(job, &how)))),
            Effect::Gates { job, oid, gates, on_red, base, reuse } => {
                let cancel = self.ground.cancellable(job);
                let order = Order { job, oid, gates, on_red, base, reuse };
                let run: Task = Box::new(move |g, out| {
                    g.gating.fetch_add(1, Ordering::Relaxed);
                    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| g.gates(&order, &cancel, out)));
                    g.gating.fetch_sub(1, Ordering::Relaxed);
                    g.gates_ended(job);
                    if ran.is_err() {
                        // Somebody waits for this: whatever happens, there is an answer.
                        let name = order.gates.first().map(|g| g.name.clone()).unwrap_or_default();
                        let mut result = GateResult::new(name, order.oid, GateStatus::Error);
                        result.tail = "it panicked; see the server's log".into();
                        out(Event::Gated { job, result, last: true });
                    }
                });
                (&self.gates, run)
            }
            // Not by a worker: all of them may be busy with what is cancelled.
            Effect::CancelGates { job } => return self.ground.cancel_gates(Some(job)),
            _ => return,
        };
        // The threads live as long as the queue, so this cannot fail while we are here.
        let _ = queue.send(task);
    }
}

/// A failure that changes nothing goes into the server's log.
fn told(done: Result<(), git::Error>) {
    if let Err(e) = done {
        tracing::warn!("failed to {e}");
    }
}

fn predictor(ground: &Arc<Ground>, out: &Sender<Event>, waker: &Waker) -> Sender<foresee::Order> {
    let (sender, orders) = channel();
    let (ground, out, waker) = (ground.clone(), out.clone(), waker.clone());
    let run = move || foresee::serve(&ground, &orders, &out, &waker);
    if let Err(e) = std::thread::Builder::new().name("predict".into()).spawn(run) {
        tracing::error!("failed to start a worker thread: {e}");
    }
    sender
}

fn pool(
    name: &str,
    threads: usize,
    ground: &Arc<Ground>,
    out: &Sender<Event>,
    waker: &Waker,
) -> Sender<Task> {
    let (sender, receiver) = channel::<Task>();
    let receiver = Arc::new(Mutex::new(receiver));
    for n in 0..threads {
        let (receiver, ground, out, waker) = (receiver.clone(), ground.clone(), out.clone(), waker.clone());
        let run = move || loop {
            let task = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(task) = task else { return };
            let tell = |event| {
                let _ = out.send(event);
                waker.wake();
            };
            // Nothing is shared half changed: a task that panics costs its own answer only.
            if std::panic::catch_unwind(AssertUnwindSafe(|| task(&ground, &tell))).is_err() {
                tracing::error!("a task of a worker panicked; what asked for it gets no answer");
            }
        };
        if let Err(e) = std::thread::Builder::new().name(format!("{name}-{n}")).spawn(run) {
            tracing::error!("failed to start a worker thread: {e}");
        }
    }
    sender
}
