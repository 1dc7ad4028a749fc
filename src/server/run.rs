//! The loop: what came in, what follows from it, what is to be drawn.

use std::collections::{BTreeMap, VecDeque};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::clients::{Client, ClientId, GREETING, Kind};
use super::holder::{Holder, Past};
use super::keep::Typing;
use super::keeper::Keeper;
use super::notify::Hooks;
use super::past::Pasts;
use super::recover::Story;
use super::tokens::Tokens;
use super::unrecorded::Backlog;
use super::usage::Watching;
use super::waker::{Sleeper, Waker};
use super::watch::Watch;
use super::work::Workers;
use super::{Error, session_error, start};
use crate::domain::id::AgentName;
use crate::domain::mask::{Mask, Secrets};
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::engine::event::{Ended, Event, ReplyTo};
use crate::engine::state::{Info, State};
use crate::engine::{self};
use crate::session::clock::Clock;
use crate::session::dir::{Lock, SessionDir};
use crate::session::file::SessionFile;
use crate::session::journal::Journal;
use crate::ui::Guest;
use crate::wire::sock;

/// How long an engine deadline that cannot be met waits.
const OVERDUE: Duration = Duration::from_millis(50);

/// Everything the loop owns.
pub(super) struct Server {
    pub dir: SessionDir,
    pub file: SessionFile,
    pub tokens: Tokens,
    /// What is masked in the session's record.
    pub secrets: Secrets,
    pub mask: Arc<Mask>,
    pub typing: Option<Typing>,
    pub usage: Watching,
    pub journal: Journal,
    pub clock: Clock,
    pub state: State,
    pub workers: Workers,
    pub hooks: Hooks,
    /// What the journal said when it was opened, until the session is taken up.
    pub story: Story,
    /// What could not be journaled yet.
    pub backlog: Backlog,
    /// Keeps the record within its quotas.
    pub keeper: Keeper,
    pub waker: Waker,
    /// Logs that are read for whoever looks back.
    pub pasts: Pasts,
    pub holders: Vec<Holder>,
    pub clients: Vec<Client>,
    pub next_client: ClientId,
    /// Who waits for which answer.
    pub replies: Vec<(ReplyTo, ClientId)>,
    pub next_reply: ReplyTo,
    /// Events that effects gave rise to.
    pub inbox: VecDeque<Event>,
    /// Whose view decides the size of each pane that somebody shows, or has shown.
    pub owners: BTreeMap<AgentName, ClientId>,
    /// Who is here and where, as everybody was told last.
    pub company: Vec<(ClientId, Guest)>,
    /// The client that did something last.
    pub leader: Option<ClientId>,
    /// The panes whose programs think they have the focus.
    pub typed_into: std::collections::BTreeSet<AgentName>,
    pub quit: bool,
    /// The journal refused an intent: the move that follows must not be made.
    pub drop_apply: bool,
    /// The same for an agent's branch.
    pub drop_move: bool,
    /// Programs that are being started and have not reported.
    pub spawning: usize,
    /// This program, which holders are started from.
    pub exe: PathBuf,
    /// When somebody last typed.
    pub key_at: Option<Time>,
    /// No connection is taken on before.
    pub accept_after: Option<Time>,
    pub sleeper: Sleeper,
    pub listener: UnixListener,
    /// Tells when profiles may have changed.
    pub watch: Watch,
    /// How often the loop woke.
    pub turns: Arc<AtomicU64>,
    /// The engine's deadline was still due after it was told of it.
    overdue: bool,
    _lock: Lock,
}

/// Serves a session until it is ended or the process is told to stop (TERM). Agents live on in
/// their holders in the second case.
///
/// # Errors
/// When the session is served already, its directory cannot be read, or no socket is to be had.
pub fn serve(session_dir: &Path) -> Result<(), Error> {
    let exe =
        std::env::current_exe().map_err(|source| Error::Io { what: "find this program".into(), source })?;
    let server = Server::open(session_dir, exe)?;
    let stop = server.stop_flag()?;
    server.run(&stop)
}

impl Server {
    /// Takes a session for this process; holders are started from `exe`.
    pub(super) fn open(session_dir: &Path, exe: PathBuf) -> Result<Self, Error> {
        let dir = SessionDir::open(session_dir).map_err(session_error("open the session directory"))?;
        let lock = match dir.lock() {
            Ok(lock) => lock,
            Err(e) => {
                let pid = dir.locked_by().ok().flatten().flatten();
                return Err(match pid {
                    Some(pid) => Error::Taken { dir: session_dir.to_owned(), pid },
                    None => session_error("lock the session")(e),
                });
            }
        };
        Self::new(dir, lock, exe)
    }

    /// Serves until the session is ended or `stop` is raised (and the loop woken).
    pub(super) fn run(mut self, stop: &AtomicBool) -> Result<(), Error> {
        self.recover();
        let mut result = Ok(());
        while result.is_ok() && !self.quit && !stop.load(Ordering::Relaxed) {
            result = self.turn();
        }
        self.farewell();
        result
    }

    fn new(dir: SessionDir, lock: Lock, exe: PathBuf) -> Result<Self, Error> {
        let file: SessionFile = dir.read_toml().map_err(session_error("read session.toml"))?;
        let io = |what: &str| {
            let what = what.to_owned();
            move |source| Error::Io { what, source }
        };
        let (waker, sleeper) = super::waker::pair().map_err(io("make a pipe"))?;
        let path = start::socket(dir.path())?;
        let listener =
            sock::bind(&path).map_err(|e| Error::Session { what: "listen".into(), why: e.to_string() })?;
        listener.set_nonblocking(true).map_err(io("listen"))?;
        let names = file.panes.iter().map(|p| p.name.clone()).chain([AgentName::orchestrator()]);
        let tokens = Tokens::load(&path.with_file_name("tokens"), names)?;
        let info = Info {
            dir: dir.path().display().to_string(),
            repository: file.repository.display().to_string(),
            server_pid: std::process::id(),
            worktrees: file.panes.iter().map(|p| p.worktree.display().to_string()).collect(),
            utc_offset: jiff::Zoned::now().offset().seconds() / 60,
            secret: getrandom::u64()
                .map_err(|e| Error::Session { what: "make a secret".into(), why: e.to_string() })?,
        };
        let mut state = State::new(Arc::new(file.config.clone()), info);
        let watch = Watch::new(&file.repository);
        let keeper = Keeper::start(&file, &dir, &waker);
        let secrets = super::secrets::of_session(&file.config, &tokens);
        let mask = Arc::new(Mask::new(&secrets));
        let workers = Workers::start(&file, &dir, &waker, mask.clone());
        // To start over where it cannot be read would leave what runs to itself.
        let mut story = Story::default();
        let journal = Journal::open_each(&dir.journal(), |e| story.take(&dir, &mut state, &workers, e))
            .map_err(|e| Error::Session { what: "open the journal".into(), why: e.to_string() })?;
        let origin = file.origin.resumed(story.turns.last);
        // The clients decide about colour, not the environment the server happened to start in.
        crossterm::style::force_color_output(true);
        Ok(Self {
            clock: Clock::new(origin),
            holders: state.agents.iter().map(|a| Holder::new(a.name.clone())).collect(),
            dir,
            file,
            tokens,
            secrets,
            mask,
            typing: None,
            usage: Watching::start(&waker),
            journal,
            state,
            workers,
            hooks: Hooks::default(),
            backlog: Backlog::default(),
            story,
            keeper,
            pasts: Pasts::new(&waker),
            waker,
            clients: Vec::new(),
            next_client: 1,
            replies: Vec::new(),
            next_reply: 1,
            inbox: VecDeque::new(),
            owners: BTreeMap::new(),
            company: Vec::new(),
            leader: None,
            typed_into: Default::default(),
            quit: false,
            drop_apply: false,
            drop_move: false,
            spawning: 0,
            exe,
            key_at: None,
            accept_after: None,
            sleeper,
            listener,
            watch,
            turns: Arc::default(),
            overdue: false,
            _lock: lock,
        })
    }

    /// A flag that TERM, INT and HUP raise; each also wakes the loop.
    fn stop_flag(&self) -> Result<Arc<AtomicBool>, Error> {
        let flag = Arc::new(AtomicBool::new(false));
        let io = |source| Error::Io { what: "watch for signals".into(), source };
        for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT, signal_hook::consts::SIGHUP]
        {
            signal_hook::flag::register(signal, flag.clone()).map_err(io)?;
            let wake = self.waker.duplicate().map_err(io)?;
            signal_hook::low_level::pipe::register(signal, wake).map_err(io)?;
        }
        Ok(flag)
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Lets something happen, and everything that follows from it.
    pub(super) fn happen(&mut self, event: Event) {
        self.inbox.push_back(event);
        while let Some(event) = self.inbox.pop_front() {
            let now = self.now();
            self.mark_dirty(&event);
            for effect in engine::step(&mut self.state, event, now) {
                self.carry_out(effect);
            }
        }
    }

    /// One turn: wait for something, take it in, draw.
    fn turn(&mut self) -> Result<(), Error> {
        self.wait()?;
        self.turns.fetch_add(1, Ordering::Relaxed);
        self.accept();
        self.read_clients();
        self.expire_silent();
        self.expire_typing();
        self.tend_usage();
        self.read_holders();
        if self.watch.changed() {
            self.workers.read_profiles();
        }
        while let Some(event) = self.workers.result() {
            self.worked(event);
        }
        self.take_pasts();
        while let Some(dropped) = self.keeper.asks() {
            let journaled = self.record(Record::Dropped(dropped));
            self.keeper.answer(journaled);
        }
        self.catch_up_journal();
        if self.engine_is_due() {
            self.happen(Event::Tick);
            self.overdue = self.engine_is_due();
        }
        self.tick_clock();
        self.draw_clients();
        self.flush();
        Ok(())
    }

    fn engine_is_due(&self) -> bool {
        engine::deadline(&self.state).is_some_and(|t| t <= self.now())
    }

    /// Takes in a worker's result. A pane that came up is connected to before anything else happens.
    fn worked(&mut self, event: Event) {
        let event = match event {
            Event::PaneUp { agent, pid, holder, log } => {
                self.spawning = self.spawning.saturating_sub(1);
                match self.connect(&agent, log, Past::Unseen) {
                    Ok(()) => {
                        self.watch_usage(&agent, self.now());
                        Event::PaneUp { agent, pid, holder, log }
                    }
                    Err(why) => Event::PaneEnded { agent, how: Ended::NeverRan(why) },
                }
            }
            Event::PaneEnded { agent, how: Ended::NeverRan(why) } => {
                self.spawning = self.spawning.saturating_sub(1);
                Event::PaneEnded { agent, how: Ended::NeverRan(why) }
            }
            Event::HookEnded { hook, failed } => {
                self.hook_ended(hook);
                Event::HookEnded { hook, failed }
            }
            event => event,
        };
        let profiles = matches!(event, Event::Profiles(_));
        self.happen(event);
        if profiles && self.state.config.profiles != self.file.config.profiles {
            // A server that takes over begins with what is in force now.
            self.file.config.profiles.clone_from(&self.state.config.profiles);
            if let Err(e) = self.dir.write_toml(&self.file) {
                tracing::error!("failed to write session.toml: {e}");
            }
        }
    }

    /// When the loop must wake at the latest.
    fn due(&mut self, now: Time) -> Option<Time> {
        if self.clients.iter().any(Client::has_work) {
            return Some(now);
        }
        let engine = engine::deadline(&self.state);
        // A deadline that telling the engine did not move must not keep the loop awake.
        let engine = if self.overdue { engine.map(|t| t.max(now.plus(OVERDUE))) } else { engine };
        let silent = self.clients.iter().filter(|c| matches!(c.kind, Kind::New));
        let silent = silent.map(|c| c.since.plus(GREETING)).min();
        let accept = self.accept_after.filter(|t| *t > now);
        let tended = [self.typing_due(), self.usage.due(), self.backlog.due(), self.pending_due(now)];
        [engine, self.draw_deadline(now), silent, accept].into_iter().chain(tended).flatten().min()
    }

    fn wait(&mut self) -> Result<(), Error> {
        let now = self.now();
        let limit = self.due(now).map(|t| t - now);
        // poll counts milliseconds on some systems: never wake before the moment.
        let limit = limit.map(|d| if d.is_zero() { d } else { d + Duration::from_micros(500) });
        let limit = limit.map(|d| Timespec {
            tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(d.subsec_nanos()),
        });
        let knock =
            if self.accept_after.is_none_or(|t| t <= now) { PollFlags::IN } else { PollFlags::empty() };
        let mut fds = vec![PollFd::new(&self.listener, knock), PollFd::new(&self.sleeper, PollFlags::IN)];
        let own = fds.len();
        for client in &self.clients {
            fds.push(PollFd::from_borrowed_fd(client.stream.as_fd(), client.interest()));
        }
        for (fd, flags) in self.holders.iter().filter_map(|h| h.interest(now)) {
            fds.push(PollFd::from_borrowed_fd(fd, flags));
        }
        fds.extend(self.watch.fd().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        match poll(&mut fds, limit.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(Error::Io { what: "wait for events".into(), source: e.into() }),
        }
        // Who left while nobody listened to it would wake the loop for ever.
        let left = PollFlags::HUP | PollFlags::ERR;
        let came: Vec<PollFlags> = fds.iter().skip(own).map(PollFd::revents).collect();
        let people = self.clients.len();
        for (client, came) in self.clients.iter_mut().zip(&came) {
            client.gone |= came.intersects(left) && !came.contains(PollFlags::IN);
        }
        let mut came = came.iter().skip(people);
        for holder in &mut self.holders {
            let looked = holder.interest(now).is_some();
            holder.ready = looked && came.next().is_some_and(|came| !came.is_empty());
        }
        self.sleeper.drain();
        Ok(())
    }

    fn farewell(&mut self) {
        self.tell_typing(false);
        self.workers.cancel();
        if self.quit {
            self.drop_private_logs();
            if let Err(e) = super::report::keep(&self.dir, &self.file.repository, None) {
                tracing::warn!("failed to keep the session's report: {e}");
            }
        }
        let why = if self.quit { "session ended" } else { "the server was stopped; agents go on" };
        self.say_bye(why);
        if let Ok(path) = start::socket(self.dir.path()) {
            let _ = std::fs::remove_file(path);
        }
    }
}
