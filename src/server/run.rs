//! The loop: what came in, what follows from it, what is to be drawn.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::clients::{Client, ClientId};
use super::file::{SessionFile, Tokens};
use super::panes::Holder;
use super::waker::{Sleeper, Waker};
use super::work::Workers;
use super::{Error, session_error, start};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::engine::event::{Ended, Event, ReplyTo};
use crate::engine::state::{Info, State};
use crate::engine::{self};
use crate::session::clock::Clock;
use crate::session::dir::{Lock, SessionDir};
use crate::session::journal::Journal;
use crate::wire::sock;

/// Everything the loop owns.
pub(super) struct Server {
    pub dir: SessionDir,
    pub file: SessionFile,
    pub tokens: Tokens,
    pub journal: Journal,
    pub clock: Clock,
    pub state: State,
    pub workers: Workers,
    pub waker: Waker,
    pub holders: Vec<Holder>,
    pub clients: Vec<Client>,
    pub next_client: ClientId,
    /// Who waits for which answer.
    pub replies: Vec<(ReplyTo, ClientId)>,
    pub next_reply: ReplyTo,
    /// Events that effects gave rise to.
    pub inbox: VecDeque<Event>,
    /// The client whose view decides the panes' sizes: the last that did something.
    pub leader: Option<ClientId>,
    pub quit: bool,
    /// The journal refused an intent: the move that follows must not be made.
    pub drop_apply: bool,
    sleeper: Sleeper,
    listener: UnixListener,
    _lock: Lock,
}

/// Serves a session until it is ended or the process is told to stop (TERM). Agents live on in
/// their holders in the second case.
///
/// # Errors
/// When the session is served already, its directory cannot be read, or no socket is to be had.
pub fn serve(session_dir: &Path) -> Result<(), Error> {
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
    let mut server = Server::new(dir, lock)?;
    let stop = server.stop_flag()?;
    server.recover();
    let mut result = Ok(());
    while !server.quit && !stop.load(Ordering::Relaxed) {
        if let Err(e) = server.turn() {
            result = Err(e);
            break;
        }
    }
    server.farewell();
    result
}

impl Server {
    fn new(dir: SessionDir, lock: Lock) -> Result<Self, Error> {
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
        let journal = Journal::open(&dir.journal())
            .map_err(|e| Error::Session { what: "open the journal".into(), why: e.to_string() })?;
        let origin = file.origin.resumed(super::recover::last_time(&dir));
        let info = Info {
            dir: dir.path().display().to_string(),
            repository: file.repository.display().to_string(),
            server_pid: std::process::id(),
            worktrees: file.panes.iter().map(|p| p.worktree.display().to_string()).collect(),
            secret: getrandom::u64()
                .map_err(|e| Error::Session { what: "make a secret".into(), why: e.to_string() })?,
        };
        let state = State::new(Arc::new(file.config.clone()), info);
        let workers = Workers::start(&file, &dir, &waker);
        // The clients decide about colour, not the environment the server happened to start in.
        crossterm::style::force_color_output(true);
        Ok(Self {
            clock: Clock::new(origin),
            holders: state.agents.iter().map(|a| Holder::new(a.name.clone())).collect(),
            dir,
            file,
            tokens,
            journal,
            state,
            workers,
            waker,
            clients: Vec::new(),
            next_client: 1,
            replies: Vec::new(),
            next_reply: 1,
            inbox: VecDeque::new(),
            leader: None,
            quit: false,
            drop_apply: false,
            sleeper,
            listener,
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
        self.accept();
        self.read_clients();
        self.read_holders();
        while let Some(event) = self.workers.result() {
            self.worked(event);
        }
        if engine::deadline(&self.state).is_some_and(|t| t <= self.now()) {
            self.happen(Event::Tick);
        }
        self.tick_clock();
        self.draw_clients();
        self.flush();
        Ok(())
    }

    /// Takes in a worker's result. A pane that came up is connected to before anything else happens.
    fn worked(&mut self, event: Event) {
        let event = match event {
            Event::PaneUp { agent, pid, holder, log } => match self.connect(&agent, log) {
                Ok(()) => Event::PaneUp { agent, pid, holder, log },
                Err(why) => Event::PaneEnded { agent, how: Ended::NeverRan(why) },
            },
            event => event,
        };
        self.happen(event);
    }

    fn wait(&mut self) -> Result<(), Error> {
        let now = self.now();
        let due = [engine::deadline(&self.state), self.draw_deadline(now)].into_iter().flatten().min();
        let limit = due.map(|t| t - now);
        // poll counts milliseconds on some systems: never wake before the moment.
        let limit = limit.map(|d| if d.is_zero() { d } else { d + Duration::from_micros(500) });
        let limit = limit.map(|d| Timespec {
            tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(d.subsec_nanos()),
        });
        let mut fds =
            vec![PollFd::new(&self.listener, PollFlags::IN), PollFd::new(&self.sleeper, PollFlags::IN)];
        for client in &self.clients {
            let out = if client.wants_write() { PollFlags::OUT } else { PollFlags::empty() };
            fds.push(PollFd::from_borrowed_fd(client.stream.as_fd(), PollFlags::IN | out));
        }
        for holder in &self.holders {
            if let Some((fd, writes)) = holder.fd() {
                let out = if writes { PollFlags::OUT } else { PollFlags::empty() };
                fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN | out));
            }
        }
        match poll(&mut fds, limit.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(Error::Io { what: "wait for events".into(), source: e.into() }),
        }
        self.sleeper.drain();
        Ok(())
    }

    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            self.welcome(stream);
        }
    }

    /// Journals a record. Without a journal nothing may go on that cannot be undone: the failure is
    /// shown, and a merge is not started.
    pub(super) fn journal(&mut self, record: &Record) -> bool {
        let now = self.now();
        match start::append(&mut self.journal, record, now) {
            Ok(()) => true,
            Err(e) => {
                tracing::error!("failed to journal: {e}");
                self.state.narration = format!("the journal cannot be written: {e}");
                false
            }
        }
    }

    fn farewell(&mut self) {
        self.workers.cancel();
        let why = if self.quit { "session ended" } else { "the server was stopped; agents go on" };
        self.say_bye(why);
        if let Ok(path) = start::socket(self.dir.path()) {
            let _ = std::fs::remove_file(path);
        }
    }
}
