//! What the tests share: a pane, a viewer of it, and waiting.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use orchestra::domain::exit::Exit;
use orchestra::domain::id::AgentName;
use orchestra::domain::mask::Secrets;
use orchestra::hold::{Connection, PaneEvent, Spec, Started, spawn};
use orchestra::session::clock::Origin;
use orchestra::session::log::{Entry, Kind, Reader};
use orchestra::wire::pane::ToHolder;

pub const EXE: &str = env!("CARGO_BIN_EXE_orchestra");

pub fn wait_until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(Instant::now() < end, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn spec(tmp: &Path, argv: &[&str]) -> Spec {
    Spec {
        pane: AgentName::new("SEC").unwrap(),
        argv: argv.iter().map(|a| (*a).to_owned()).collect(),
        cwd: tmp.to_owned(),
        env: vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
            ("HOME".to_owned(), "/".to_owned()),
            ("ORCHESTRA_TEST_MARK".to_owned(), tmp.display().to_string()),
        ],
        rows: 24,
        cols: 80,
        log_dir: tmp.join("log"),
        socket: tmp.join("pane.sock"),
        origin: Origin::now(),
        segment_bytes: 100_000,
        quota: 1 << 30,
        recorded: true,
        secrets: Secrets::default(),
    }
}

/// A pane that leaves nothing behind when it goes.
pub struct Pane {
    pub tmp: tempfile::TempDir,
    pub spec: Spec,
    pub started: Started,
}

impl Pane {
    pub fn start(argv: &[&str]) -> Self {
        Self::start_with(argv, Secrets::default())
    }

    /// A pane in whose output something is secret.
    pub fn start_with(argv: &[&str], secrets: Secrets) -> Self {
        let tmp = tempfile::tempdir().unwrap();
        let spec = Spec { secrets, ..spec(tmp.path(), argv) };
        let started = spawn(Path::new(EXE), &spec).unwrap();
        Self { tmp, spec, started }
    }

    pub fn shell(script: &str) -> Self {
        Self::start(&["sh", "-c", script])
    }

    /// Starts another script in a pane whose holder is gone.
    pub fn again(&mut self, script: &str) {
        self.spec.argv = vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()];
        self.started = spawn(Path::new(EXE), &self.spec).unwrap();
    }

    pub fn view(&self) -> Viewer {
        self.view_from(0)
    }

    pub fn view_from(&self, offset: u64) -> Viewer {
        let connection = Connection::connect(&self.spec.socket, offset).unwrap();
        Viewer { connection, entries: Vec::new(), events: Vec::new(), acks: true }
    }

    /// All that the log holds, once nobody writes it.
    pub fn log(&self) -> Vec<Entry> {
        let mut reader = Reader::open(&self.spec.log_dir, 0).unwrap();
        let entries = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!((reader.skipped(), reader.torn()), (0, 0));
        entries
    }

    /// The status in the log; the log may be growing meanwhile.
    pub fn log_exit(&self) -> Option<Exit> {
        Reader::open(&self.spec.log_dir, 0).unwrap().find_map(|e| e.unwrap().record.exit())
    }

    /// Processes that carry this pane's mark in their environment.
    pub fn marked(&self) -> Vec<PathBuf> {
        let mark = format!("ORCHESTRA_TEST_MARK={}", self.tmp.path().display());
        let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|e| e.path());
        let marked = |p: &PathBuf| {
            let environ = std::fs::read(p.join("environ")).unwrap_or_default();
            environ.split(|b| *b == 0).any(|v| v == mark.as_bytes())
        };
        entries.filter(marked).collect()
    }

    pub fn holder_runs(&self) -> bool {
        // A holder nobody reaped yet (its parent is whoever adopts orphans here) runs no more.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.started.holder));
        stat.is_ok_and(|s| !s.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        let Some(pid) = rustix::process::Pid::from_raw(self.started.holder) else { return };
        if let Ok(mut connection) = Connection::connect(&self.spec.socket, u64::MAX) {
            connection.send(&ToHolder::Stop { grace_ms: 0 });
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}

/// A server of one pane, for a test.
pub struct Viewer {
    pub connection: Connection,
    pub entries: Vec<Entry>,
    pub events: Vec<PaneEvent>,
    pub acks: bool,
}

impl Viewer {
    /// Takes what is there, at most about `limit` bytes.
    pub fn take(&mut self, limit: usize) {
        self.connection.write_ready();
        for event in self.connection.read_ready(limit) {
            match event {
                PaneEvent::Records(entries) => self.entries.extend(entries),
                other => self.events.push(other),
            }
        }
        if self.acks {
            self.connection.ack(self.connection.offset());
        }
    }

    pub fn until<T>(&mut self, what: &str, ready: impl Fn(&Self) -> Option<T>) -> T {
        wait_until(what, || {
            self.take(64 * 1024);
            ready(self)
        })
    }

    pub fn until_output(&mut self, text: &str) {
        self.until(&format!("the pane prints {text:?}"), |v| {
            String::from_utf8_lossy(&v.output()).contains(text).then_some(())
        });
    }

    pub fn until_exit(&mut self) -> Exit {
        self.until("the child ends", |v| {
            v.events.iter().find_map(|e| if let PaneEvent::Exit(exit) = e { Some(*exit) } else { None })
        })
    }

    pub fn until_stopped(&mut self) {
        self.until("the pane is stopped", |v| {
            v.events.iter().find(|e| matches!(e, PaneEvent::Stopped(_))).map(|_| ())
        });
    }

    pub fn output(&self) -> Vec<u8> {
        output(&self.entries)
    }
}

pub fn output(entries: &[Entry]) -> Vec<u8> {
    let printed = entries.iter().filter(|e| e.record.kind == Kind::Output);
    printed.flat_map(|e| e.record.payload.clone()).collect()
}
