//! A server in a thread, fake holders and fake clients.

mod holder;

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::command::Command;
use crate::domain::conduct::Conduct;
use crate::domain::exit::Exit;
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::Record;
use crate::domain::team::{AgentSpec, Config, Layout, Merge, Tab};
use crate::domain::time::Time;
use crate::domain::view::{Answer, Status};
use crate::screen::{Screen, Size};
use crate::server::run::Server;
use crate::server::waker::Waker;
use crate::server::{Setup, prepare, socket};
use crate::session::dir::SessionDir;
use crate::session::journal::Journal;
use crate::session::lines::append;
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Role, Up, VERSION};
use crate::wire::sock;

pub use holder::{Do, FakeHolder, output, record};

pub const LIMIT: Duration = Duration::from_secs(30);

pub fn wait_until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(Instant::now() < end, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

pub fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

/// A session directory whose journal says that SEC and the orchestrator run.
pub struct Stage {
    _tmp: tempfile::TempDir,
    pub dir: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Ok(path) = socket(&self.dir) {
            let _ = std::fs::remove_dir_all(path.parent().unwrap());
        }
    }
}

impl Stage {
    /// Nothing has run yet.
    fn fresh(conduct: Conduct, team: &[String]) -> Self {
        let tmp = tempfile::tempdir().unwrap();
        let (dir, repository) = (tmp.path().join("session"), tmp.path().join("repo"));
        std::fs::create_dir(&repository).unwrap();
        let member = |of: &String| {
            let [role, profile, message] = ["Security", "shell", "feat: it"].map(str::to_owned);
            let branch = format!("agent-{}", of.to_lowercase());
            let (name_of, domain, focus, after) = (name(of), String::new(), vec![], vec![]);
            AgentSpec { name: name_of, role, domain, branch, focus, after, profile, message, record: true }
        };
        let names: Vec<AgentName> = team.iter().map(|n| name(n)).collect();
        let config = Config {
            session: "s".into(),
            session_dir: String::new(),
            worktrees: true,
            team: team.iter().map(member).collect(),
            tabs: vec![Tab {
                columns: u16::from(names.len() == 1),
                ..Tab::new("All", Layout::Grid, names.clone())
            }],
            focus: BTreeMap::new(),
            gates: vec![],
            verify: crate::domain::gates::Verify::default(),
            merge: Merge { target: "main".into(), ..Merge::default() },
            review: crate::domain::review::Rules::default(),
            record: crate::domain::recording::Rules::default(),
            setup: String::new(),
            pass_env: vec![],
            conduct,
            prefs: crate::domain::prefs::Prefs::default(),
            areas: BTreeMap::new(),
            orchestrator: vec![],
            orchestrator_prompt: String::new(),
            profiles: BTreeMap::new(),
            plans: BTreeMap::new(),
            prompts: BTreeMap::new(),
            fleet: None,
        };
        let tree = |of: AgentName| (of, repository.clone(), Oid("0".repeat(40)));
        let worktrees = names.into_iter().map(tree).collect();
        prepare(&Setup { session_dir: dir.clone(), repository, config, worktrees, size: (24, 80) }).unwrap();
        Self { _tmp: tmp, dir }
    }

    /// Both panes run, their output beginning at offset 0.
    pub fn running() -> Self {
        Self::running_with(Conduct::default())
    }

    pub fn running_with(conduct: Conduct) -> Self {
        Self::team_with(conduct, &["SEC".to_owned()])
    }

    /// As [`Self::running`], with other agents.
    pub fn running_team(team: &[String]) -> Self {
        Self::team_with(Conduct::default(), team)
    }

    fn team_with(conduct: Conduct, team: &[String]) -> Self {
        let stage = Self::fresh(conduct, team);
        let up = |agent: &str| Record::AgentUp { agent: name(agent), pid: 11, holder: 12, log: 0 };
        let opened = Record::Opened { version: "0".into(), server: 1 };
        let ups = team.iter().map(|n| up(n)).chain([up("ORCHESTRATOR")]);
        stage.journal(&[opened].into_iter().chain(ups).collect::<Vec<_>>());
        stage
    }

    pub fn journal(&self, records: &[Record]) {
        let dir = SessionDir::open(&self.dir).unwrap();
        let mut journal = Journal::open(&dir.journal()).unwrap();
        for record in records {
            append(&dir, &mut journal, record, Time::default()).unwrap();
        }
    }

    pub fn journal_text(&self) -> String {
        std::fs::read_to_string(self.dir.join("journal.jsonl")).unwrap()
    }

    pub fn hold(&self, agent: &str, log: Vec<u8>, exit: Option<Exit>) -> FakeHolder {
        let path = socket(&self.dir).unwrap().with_file_name(format!("{agent}.hold"));
        FakeHolder::start(path, agent, log, exit)
    }

    pub fn serve(&self) -> Running {
        self.serve_with("/bin/false".into())
    }

    pub fn serve_with(&self, exe: PathBuf) -> Running {
        let (dir, stop) = (self.dir.clone(), Arc::new(AtomicBool::new(false)));
        let (tell, told) = mpsc::channel();
        let flag = stop.clone();
        let thread = std::thread::spawn(move || {
            let server = Server::open(&dir, exe).unwrap();
            tell.send((server.waker.clone(), server.turns.clone())).unwrap();
            server.run(&flag).unwrap();
        });
        let (waker, turns) = told.recv_timeout(LIMIT).unwrap();
        Running { socket: socket(&self.dir).unwrap(), stop, waker, turns, thread: Some(thread) }
    }
}

/// A server; stopped when dropped.
pub struct Running {
    pub socket: PathBuf,
    pub turns: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.waker.wake();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }

    pub fn connect(&self) -> Client {
        Client::new(sock::connect(&self.socket).unwrap().0)
    }

    pub fn control(&self) -> Client {
        let mut client = self.connect();
        client.greet(Role::Control, None);
        client
    }

    pub fn attach(&self, rows: u16, cols: u16) -> Client {
        let mut client = self.connect();
        client.screen = Screen::new(Size { rows, cols }, 0);
        let look = Box::default();
        client.greet(Role::Attach { rows, cols, look, read_only: false, name: "ana".into() }, None);
        client
    }

    /// Attaches somebody who only looks.
    pub fn attach_to_look(&self, rows: u16, cols: u16) -> Client {
        let mut client = self.connect();
        client.screen = Screen::new(Size { rows, cols }, 0);
        let look = Box::default();
        client.greet(Role::Attach { rows, cols, look, read_only: true, name: "bob".into() }, None);
        client
    }

    pub fn status(&self) -> Status {
        match self.control().ask(Command::Status) {
            Answer::Status(status) => *status,
            other => panic!("{other:?}"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A client of the server, by hand.
pub struct Client {
    pub stream: UnixStream,
    pub screen: Screen,
    /// All bytes meant for the terminal.
    pub bytes: Vec<u8>,
    pub frames: usize,
    pub acknowledges: bool,
    pub bye: Option<String>,
    pub answers: Vec<Answer>,
    pub closed: bool,
    decoder: Decoder,
}

impl Client {
    fn new(stream: UnixStream) -> Self {
        stream.set_nonblocking(true).unwrap();
        Self {
            stream,
            screen: Screen::new(Size { rows: 24, cols: 80 }, 0),
            bytes: Vec::new(),
            frames: 0,
            acknowledges: true,
            bye: None,
            answers: Vec::new(),
            closed: false,
            decoder: Decoder::default(),
        }
    }

    pub fn greet(&mut self, role: Role, token: Option<&str>) {
        self.send(&Up::Hello { version: VERSION, role, token: token.map(str::to_owned) });
    }

    pub fn send(&mut self, message: &Up) {
        let (kind, payload) = message.encode();
        self.send_raw(&frame::encode(kind, &payload).unwrap());
    }

    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.set_nonblocking(false).unwrap();
        // The server may have hung up; what it said before is what the tests look at.
        let _ = std::io::Write::write_all(&mut self.stream, bytes);
        self.stream.set_nonblocking(true).unwrap();
    }

    /// Takes in what has arrived.
    pub fn poll(&mut self) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return self.closed = true,
                Ok(n) => self.decoder.push(&buffer[..n]),
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => return self.closed = true,
            }
            while let Some(frame) = self.decoder.next() {
                let frame = frame.unwrap();
                match Down::decode(frame.kind, &frame.payload).unwrap().unwrap() {
                    Down::Welcome { .. } => {}
                    Down::Screen(bytes) => {
                        self.screen.feed(&bytes, Time::default());
                        self.bytes.extend(bytes);
                        self.frames += 1;
                        if self.acknowledges {
                            self.send(&Up::Shown);
                        }
                    }
                    Down::Answer(answer) => self.answers.push(*answer),
                    Down::Bye { why } => self.bye = Some(why),
                    Down::Edit { .. } | Down::Suspend | Down::Note { .. } | Down::Wants(_) => {}
                }
            }
        }
    }

    pub fn ask(&mut self, command: Command) -> Answer {
        self.send(&Up::Command(Box::new(command)));
        wait_until("an answer comes", || {
            self.poll();
            assert!(!self.closed, "closed: {:?}", self.bye);
            self.answers.pop()
        })
    }

    pub fn text(&mut self) -> String {
        self.poll();
        self.screen.text_rows().join("\n")
    }

    pub fn wait_for(&mut self, text: &str) {
        wait_until(&format!("the screen shows {text:?}"), || self.text().contains(text).then_some(()));
    }

    pub fn wait_bye(&mut self) -> String {
        wait_until("the server says bye", || {
            self.poll();
            self.closed.then(|| self.bye.clone().unwrap_or_default())
        })
    }
}
