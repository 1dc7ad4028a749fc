//! A server in a thread, fake holders and fake clients.

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
use crate::session::log::{HEADER, Kind, seal};
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Look, Role, Up, VERSION};
use crate::wire::pane::{FromHolder, HolderHello, ToHolder};
use crate::wire::sock;

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
    fn fresh(conduct: Conduct) -> Self {
        let tmp = tempfile::tempdir().unwrap();
        let (dir, repository) = (tmp.path().join("session"), tmp.path().join("repo"));
        std::fs::create_dir(&repository).unwrap();
        let [role, branch, profile, message] =
            ["Security", "agent-1-sec", "shell", "feat: it"].map(str::to_owned);
        let (name_of, domain, focus, after) = (name("SEC"), String::new(), vec![], vec![]);
        let spec =
            AgentSpec { name: name_of, role, domain, branch, focus, after, profile, message, record: true };
        let config = Config {
            session: "s".into(),
            session_dir: String::new(),
            team: vec![spec],
            tabs: vec![Tab::new("All", Layout::Grid, vec![name("SEC")])],
            focus: BTreeMap::new(),
            gates: vec![],
            verify: crate::domain::gates::Verify::default(),
            merge: Merge { target: "main".into(), ..Merge::default() },
            review: crate::domain::review::Rules::default(),
            record: crate::domain::recording::Rules::default(),
            setup: String::new(),
            pass_env: vec![],
            conduct,
            areas: BTreeMap::new(),
            orchestrator: vec![],
            profiles: BTreeMap::new(),
            plans: BTreeMap::new(),
            prompts: BTreeMap::new(),
        };
        let worktrees = vec![(name("SEC"), repository.clone(), Oid("0".repeat(40)))];
        prepare(&Setup { session_dir: dir.clone(), repository, config, worktrees, size: (24, 80) }).unwrap();
        Self { _tmp: tmp, dir }
    }

    /// Both panes run, their output beginning at offset 0.
    pub fn running() -> Self {
        Self::running_with(Conduct::default())
    }

    pub fn running_with(conduct: Conduct) -> Self {
        let stage = Self::fresh(conduct);
        let up = |agent: &str| Record::AgentUp { agent: name(agent), pid: 11, holder: 12, log: 0 };
        let opened = Record::Opened { version: "0".into(), server: 1 };
        stage.journal(&[opened, up("SEC"), up("ORCHESTRATOR")]);
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
        let look = Look::default();
        client.greet(Role::Attach { rows, cols, look, read_only: false, name: "ana".into() }, None);
        client
    }

    /// Attaches somebody who only looks.
    pub fn attach_to_look(&self, rows: u16, cols: u16) -> Client {
        let mut client = self.connect();
        client.screen = Screen::new(Size { rows, cols }, 0);
        let look = Look::default();
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
                    Down::Edit { .. } | Down::Suspend | Down::Wants(_) => {}
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

/// The bytes of one record.
pub fn record(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    bytes.extend_from_slice(payload);
    seal(&mut bytes, kind, 1);
    bytes
}

pub fn output(text: &[u8]) -> Vec<u8> {
    record(Kind::Output, text)
}

/// What a test has a fake holder do.
pub enum Do {
    /// Its pane prints (bytes of the log).
    Log(Vec<u8>),
    /// It says that.
    Say(FromHolder),
    /// It breaks the connection and takes the next.
    Break,
    /// It goes.
    Go,
}

/// A holder that is a thread.
pub struct FakeHolder {
    pub told: mpsc::Receiver<ToHolder>,
    pub orders: mpsc::Sender<Do>,
}

impl FakeHolder {
    pub fn start(path: PathBuf, agent: &str, log: Vec<u8>, exit: Option<Exit>) -> Self {
        let listener = sock::bind(&path).unwrap();
        let (tell, told) = mpsc::channel();
        let (orders, ordered) = mpsc::channel();
        let pane = name(agent);
        std::thread::spawn(move || {
            let mut log = log;
            'connection: loop {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let Ok(Some(first)) = frame::read(&mut stream) else { continue };
                let Ok(Some(ToHolder::Hello { offset })) = ToHolder::decode(&first) else { continue };
                let _ = tell.send(ToHolder::Hello { offset });
                let end = log.len() as u64;
                let start = offset.min(end);
                let hello = HolderHello { pane: pane.clone(), child: 11, holder: 12, start, end, exit };
                let mut say =
                    |m: &FromHolder| std::io::Write::write_all(&mut stream, &m.encode().unwrap()).is_ok();
                say(&FromHolder::Hello(hello));
                let mut sent = start as usize;
                stream.set_nonblocking(true).unwrap();
                let mut decoder = Decoder::default();
                loop {
                    let mut buffer = [0; 65536];
                    match stream.read(&mut buffer) {
                        Ok(0) => continue 'connection,
                        Ok(n) => decoder.push(&buffer[..n]),
                        Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
                        Err(_) => continue 'connection,
                    }
                    for frame in decoder.by_ref() {
                        if let Ok(Some(message)) = ToHolder::decode(&frame.unwrap()) {
                            let _ = tell.send(message);
                        }
                    }
                    stream.set_nonblocking(false).unwrap();
                    for part in log[sent..].chunks(60_000) {
                        let bytes = part.to_vec();
                        let m = FromHolder::Log { begins_segment: sent == 0, offset: sent as u64, bytes };
                        let _ = std::io::Write::write_all(&mut stream, &m.encode().unwrap());
                        sent += part.len();
                    }
                    match ordered.try_recv() {
                        Ok(Do::Log(bytes)) => log.extend(bytes),
                        Ok(Do::Say(m)) => drop(std::io::Write::write_all(&mut stream, &m.encode().unwrap())),
                        Ok(Do::Break) => continue 'connection,
                        Ok(Do::Go) | Err(mpsc::TryRecvError::Disconnected) => return,
                        Err(mpsc::TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(1)),
                    }
                    stream.set_nonblocking(true).unwrap();
                }
            }
        });
        Self { told, orders }
    }

    pub fn prints(&self, text: &[u8]) {
        self.orders.send(Do::Log(output(text))).unwrap();
    }

    /// Waits until it is told to have that size, and has it.
    pub fn takes_size(&self, rows: u16, cols: u16) {
        let what = format!("the pane is to be {rows}×{cols}");
        self.wait_told(&what, |m| *m == ToHolder::Resize { rows, cols });
        self.orders.send(Do::Log(record(Kind::Resize, format!("{cols}x{rows}").as_bytes()))).unwrap();
    }

    /// The next message of interest.
    pub fn wait_told(&self, what: &str, fits: impl Fn(&ToHolder) -> bool) -> ToHolder {
        wait_until(what, || self.told.try_iter().find(|m| fits(m)))
    }
}
