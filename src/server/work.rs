//! Git and gates on threads of their own: nothing of theirs ever holds up the loop.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::file::{PaneFile, SessionFile};
use super::waker::Waker;
use crate::domain::brief::Brief;
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::review::{GateResult, GateStatus, Review};
use crate::domain::team::Gate;
use crate::domain::tech::{Rule, recognise};
use crate::domain::train::{Applied, DRY, TrainPlan};
use crate::engine::event::{Effect, Ended, Event, Reread, TargetFacts};
use crate::hold::{self, PaneEvent, Spec};
use crate::session::dir::SessionDir;
use crate::wire::pane::ToHolder;
use crate::{config, gate, git};

/// Threads for git.
const GIT_THREADS: usize = 2;
/// Gate jobs at one time.
const GATE_THREADS: usize = 2;
/// Panes started at one time.
const PANE_THREADS: usize = 2;
/// How long a holder that is in the way of a new one may take to end.
const CLEARING: Duration = Duration::from_secs(5);
/// How long running gates may take to be killed when the server ends.
const CANCELLING: Duration = Duration::from_secs(3);

/// What to do about files that a crash left in between.
const NEITHER: &str =
    "these files are neither as before nor as after the merge; put them right, then merge again";

type Task = Box<dyn FnOnce(&Ground, &dyn Fn(Event)) + Send>;

/// What workers need to know.
pub struct Ground {
    repository: PathBuf,
    target: String,
    panes: Vec<PaneFile>,
    branches: Vec<(AgentName, String)>,
    after: BTreeMap<AgentName, Vec<AgentName>>,
    tech: Vec<Rule>,
    scratch: PathBuf,
    dir: SessionDir,
    next_gate: AtomicU64,
    cancel: AtomicBool,
    slots: Mutex<Vec<usize>>,
    gating: AtomicUsize,
}

/// The worker threads.
pub struct Workers {
    git: Sender<Task>,
    gates: Sender<Task>,
    panes: Sender<Task>,
    results: Receiver<Event>,
    ground: Arc<Ground>,
}

impl Workers {
    /// Starts the threads. Each result wakes the loop.
    pub fn start(file: &SessionFile, dir: &SessionDir, waker: &Waker) -> Self {
        let config = &file.config;
        let done = std::fs::read_dir(dir.path().join("gates")).into_iter().flatten().flatten();
        let highest = done.filter_map(|e| e.file_name().to_str()?.parse::<u64>().ok()).max().unwrap_or(0);
        let ground = Arc::new(Ground {
            repository: file.repository.clone(),
            target: config.merge.target.clone(),
            panes: file.panes.clone(),
            branches: config.team.iter().map(|a| (a.name.clone(), a.branch.clone())).collect(),
            after: config.team.iter().map(|a| (a.name.clone(), a.after.clone())).collect(),
            tech: crate::config::tech().unwrap_or_default(),
            scratch: super::place::scratch(&file.repository, &config.session),
            dir: dir.clone(),
            next_gate: AtomicU64::new(highest + 1),
            cancel: AtomicBool::new(false),
            slots: Mutex::new((0..GATE_THREADS).collect()),
            gating: AtomicUsize::new(0),
        });
        let (sender, results) = channel();
        let git = pool("git", GIT_THREADS, &ground, &sender, waker);
        let gates = pool("gate", GATE_THREADS, &ground, &sender, waker);
        let panes = pool("pane", PANE_THREADS, &ground, &sender, waker);
        Self { git, gates, panes, results, ground }
    }

    /// The next result, if there is one.
    pub fn result(&self) -> Option<Event> {
        self.results.try_recv().ok()
    }

    /// Has running gates killed and new ones refused; waits a moment until they are.
    pub fn cancel(&self) {
        self.ground.cancel.store(true, Ordering::Relaxed);
        let until = Instant::now() + CANCELLING;
        while self.ground.gating.load(Ordering::Relaxed) > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts a pane's holder from the program `exe`.
    pub fn spawn(&self, exe: PathBuf, spec: Spec) {
        let task: Task = Box::new(move |_, out| out(start_pane(&exe, &spec)));
        let _ = self.panes.send(task);
    }

    /// Reads the profiles again. A repository without a configuration says nothing.
    pub fn read_profiles(&self) {
        let task: Task = Box::new(|ground, out| match config::load_all(&ground.repository) {
            Ok(config::Loaded { config, left_out }) => {
                let left_out = left_out.iter().map(ToString::to_string).collect();
                out(Event::Profiles(Ok(Reread { profiles: config.profiles, left_out })));
            }
            Err(config::Error::Missing { .. }) => {}
            Err(e) => out(Event::Profiles(Err(e.to_string()))),
        });
        let _ = self.git.send(task);
    }

    /// Hands an effect that is a worker's to a worker.
    pub fn submit(&self, effect: Effect) {
        let (queue, task): (_, Task) = match effect {
            Effect::Inspect { agent } => (&self.git, Box::new(move |g, out| out(g.inspect(agent)))),
            Effect::Review { job, agents } => {
                (&self.git, Box::new(move |g, out| out(Event::Reviewed { job, reviews: g.review(&agents) })))
            }
            Effect::Brief { job, agents } => (&self.git, Box::new(move |g, out| out(g.brief(job, &agents)))),
            Effect::LookAtTarget { job } => {
                (&self.git, Box::new(move |g, out| out(Event::Target { job, facts: g.look_at_target() })))
            }
            Effect::Build { plan } => (&self.git, Box::new(move |g, out| out(g.build(&plan)))),
            Effect::Apply { train, target, old, new } => {
                (&self.git, Box::new(move |g, out| out(g.apply(train, &target, &old, &new))))
            }
            Effect::RecoverApply { train, target, old, new } => {
                (&self.git, Box::new(move |g, out| out(g.recover(train, &target, &old, &new))))
            }
            Effect::Gates { job, oid, gates } => {
                let run: Task = Box::new(move |g, out| {
                    g.gating.fetch_add(1, Ordering::Relaxed);
                    g.gates(job, &oid, &gates, out);
                    g.gating.fetch_sub(1, Ordering::Relaxed);
                });
                (&self.gates, run)
            }
            _ => return,
        };
        // The threads live as long as the queue, so this cannot fail while we are here.
        let _ = queue.send(task);
    }
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

/// Starts a holder and says where in the pane's log its output begins.
fn start_pane(exe: &Path, spec: &Spec) -> Event {
    let agent = spec.pane.clone();
    clear_way(&spec.socket);
    let log = crate::session::log::end(&spec.log_dir);
    match hold::spawn(exe, spec).map_err(|e| e.to_string()) {
        Ok(s) => {
            let (pid, holder) = (s.child.unsigned_abs(), s.holder.unsigned_abs());
            Event::PaneUp { agent, pid, holder, log }
        }
        Err(why) => Event::PaneEnded { agent, how: Ended::NeverRan(why) },
    }
}

/// Ends a holder that still listens on a pane's socket: one whose program ended a moment ago, or one
/// that a server started just before it was lost and never knew of.
fn clear_way(socket: &Path) {
    let until = Instant::now() + CLEARING;
    let Ok(mut link) = hold::Connection::connect(socket, u64::MAX) else { return };
    tracing::info!("{}: an earlier holder is ended first", socket.display());
    link.send(&ToHolder::Stop { grace_ms: 1000 });
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
        link.write_ready();
        let events = link.read_ready(64 * 1024);
        link.ack(link.offset());
        if events.iter().any(|e| matches!(e, PaneEvent::Stopped(_))) {
            link.send(&ToHolder::Bye);
        }
        if events.iter().any(|e| matches!(e, PaneEvent::Closed(_))) {
            break;
        }
    }
    drop(link);
    while std::os::unix::net::UnixStream::connect(socket).is_ok() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Ground {
    fn branch(&self, agent: &AgentName) -> Option<(&PaneFile, &str)> {
        let pane = self.panes.iter().find(|p| p.name == *agent)?;
        let (_, branch) = self.branches.iter().find(|(name, _)| name == agent)?;
        Some((pane, branch))
    }

    fn inspect(&self, agent: AgentName) -> Event {
        let facts = match self.branch(&agent) {
            Some((pane, branch)) => {
                git::facts(&self.repository, &pane.worktree, branch, &pane.base, &self.target)
                    .map_err(|e| e.to_string())
            }
            None => Err(format!("{agent} has no branch")),
        };
        Event::Inspected { agent, facts }
    }

    fn inputs(&self) -> Vec<git::ReviewInput> {
        let known = self.panes.iter().filter_map(|p| self.branch(&p.name));
        let input = |(pane, branch): (&PaneFile, &str)| git::ReviewInput {
            agent: pane.name.clone(),
            worktree: pane.worktree.clone(),
            branch: branch.to_owned(),
            base: pane.base.clone(),
        };
        known.map(input).collect()
    }

    fn brief(&self, job: u64, agents: &[AgentName]) -> Event {
        let team = git::Team { branches: self.inputs(), after: self.after.clone() };
        let read = || {
            git::briefs(&self.repository, &team, agents, &self.target, &|paths, read| {
                recognise(&self.tech, paths, read)
            })
        };
        // A prompt waits for this: whatever happens, there is an answer.
        let briefs: Vec<Result<Brief, String>> = match std::panic::catch_unwind(AssertUnwindSafe(read)) {
            Ok(briefs) => briefs.into_iter().map(|b| b.map_err(|e| e.to_string())).collect(),
            Err(_) => {
                agents.iter().map(|_| Err("reading it panicked; see the server's log".into())).collect()
            }
        };
        Event::Briefed { job, briefs: agents.iter().cloned().zip(briefs).collect() }
    }

    fn review(&self, agents: &[AgentName]) -> Result<Vec<Review>, String> {
        // All branches are looked at, whoever was asked for: overlaps concern everybody.
        let inputs = self.inputs();
        let all = git::review(&self.repository, &inputs, &self.target).map_err(|e| e.to_string())?;
        let wanted = inputs.iter().zip(all).filter(|(i, _)| agents.contains(&i.agent));
        wanted.map(|(i, r)| r.map_err(|e| format!("{}: {e}", i.agent))).collect()
    }

    fn look_at_target(&self) -> Result<TargetFacts, String> {
        let info = git::probe(&self.repository, &self.target).map_err(|e| e.to_string())?;
        let signing = git::signing_configured(&self.repository).map_err(|e| e.to_string())?;
        let refuse = if signing {
            "merge: commits are to be signed here (commit.gpgSign), which this version cannot do; \
             unset it for this repository or merge by hand"
                .to_owned()
        } else {
            String::new()
        };
        let checked_out = info.head.as_deref() == Some(self.target.as_str());
        let changed =
            if checked_out { git::changed(&info.workdir).map_err(|e| e.to_string())? } else { Vec::new() };
        Ok(TargetFacts { oid: info.target, in_the_way: changed, refuse })
    }

    fn build(&self, plan: &TrainPlan) -> Event {
        let built = git::build(&self.repository, plan).map_err(|e| e.to_string());
        if plan.id & DRY != 0
            && let Err(e) = git::forget(&self.repository, plan.id)
        {
            tracing::warn!("failed to forget a train that was only shown: {e}");
        }
        Event::BuiltTrain { train: plan.id, built }
    }

    fn apply(&self, train: TrainId, target: &str, old: &Oid, new: &Oid) -> Event {
        let applied = match git::apply(&self.repository, target, train, old, new) {
            Ok(applied) => Ok(applied),
            // It may have failed behind the move: where the target stands decides, not the error.
            Err(e) => match git::recover_apply(&self.repository, target, train, old, new) {
                Ok(git::Recovered::Moved) => Ok(Applied::Moved),
                Ok(git::Recovered::Stopped { files }) => {
                    Ok(Applied::InTheWay { files, remedy: NEITHER.into() })
                }
                Ok(git::Recovered::Restored | git::Recovered::Elsewhere { .. }) | Err(_) => {
                    Err(e.to_string())
                }
            },
        };
        Event::AppliedTrain { train, applied }
    }

    fn recover(&self, train: TrainId, target: &str, old: &Oid, new: &Oid) -> Event {
        use git::Recovered;
        let found = git::recover_apply(&self.repository, target, train, old, new);
        let applied = match found {
            Ok(Recovered::Moved) => Ok(Applied::Moved),
            Ok(Recovered::Restored) => Err(
                "the server was lost before the target moved; it and its files are as before, merge again"
                    .into(),
            ),
            Ok(Recovered::Elsewhere { found }) => Ok(Applied::Elsewhere { expected: old.clone(), found }),
            Ok(Recovered::Stopped { files }) => Ok(Applied::InTheWay { files, remedy: NEITHER.into() }),
            Err(e) => Err(e.to_string()),
        };
        Event::AppliedTrain { train, applied }
    }

    fn gates(&self, job: u64, oid: &Oid, gates: &[Gate], out: &dyn Fn(Event)) {
        let slot = self.slots.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or(0);
        let checkout = git::scratch_checkout(&self.repository, &self.scratch.join(slot.to_string()), oid);
        for (i, gate) in gates.iter().enumerate() {
            let n = self.next_gate.fetch_add(1, Ordering::Relaxed);
            let record = n.to_string();
            let result = match &checkout {
                Ok(checkout) => {
                    gate::run(gate, oid, checkout, &git::quiet_env(), &self.dir.gate(n), &self.cancel)
                }
                Err(e) => GateResult {
                    gate: gate.name.clone(),
                    oid: oid.clone(),
                    status: GateStatus::Error,
                    code: None,
                    ms: 0,
                    tail: e.to_string(),
                    record: String::new(),
                },
            };
            let green = result.status == GateStatus::Green;
            let last = !green || i + 1 == gates.len();
            let result = GateResult { record, ..result };
            out(Event::Gated { job, result, last });
            if last {
                break;
            }
        }
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).push(slot);
    }
}
