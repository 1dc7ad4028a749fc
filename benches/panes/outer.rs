//! The terminal around a multiplexer: it reads as fast as it can and answers what every terminal answers.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub const ROWS: u16 = 50;
pub const COLS: u16 = 200;
/// Bytes kept to look for a text in.
const KEPT: usize = 1 << 20;
/// What is asked, and the answer.
const ANSWERS: [(&[u8], &[u8]); 6] = [
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[0c", b"\x1b[?62;22c"),
    (b"\x1b[>c", b"\x1b[>41;354;0c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[5n", b"\x1b[0n"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
];

struct Seen {
    kept: Vec<u8>,
    last: Instant,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;
type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

pub struct Outer {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    writer: Writer,
    seen: Shared,
}

impl Outer {
    pub fn new(argv: &[String], env: &[(String, String)], dir: &str) -> Self {
        let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(&argv[0]);
        command.args(&argv[1..]);
        command.cwd(dir);
        command.env_clear();
        env.iter().for_each(|(name, value)| command.env(name, value));
        let child = pair.slave.spawn_command(command).expect("the multiplexer");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().expect("a writer")));
        let seen = Seen { kept: Vec::new(), last: Instant::now() };
        let seen: Shared = Arc::new((Mutex::new(seen), Condvar::new()));
        let (sink, answers) = (seen.clone(), writer.clone());
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let bytes = &buffer[..n];
                {
                    let mut seen = sink.0.lock().expect("the lock");
                    seen.last = Instant::now();
                    if seen.kept.len() > KEPT {
                        seen.kept.drain(..KEPT / 2);
                    }
                    seen.kept.extend_from_slice(bytes);
                    sink.1.notify_all();
                }
                // Questions come in small portions, not in what is drawn.
                for (question, answer) in ANSWERS.iter().filter(|_| n < 4096) {
                    if bytes.windows(question.len()).any(|w| w == *question) {
                        let _ = answers.lock().expect("the lock").write_all(answer);
                    }
                }
            }
        });
        Self { child, _master: pair.master, writer, seen }
    }

    pub fn send(&self, keys: &[u8]) {
        self.writer.lock().expect("the lock").write_all(keys).expect("keys");
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.0.lock().expect("the lock")
    }

    /// What comes from here on is looked at.
    pub fn forget(&self) {
        self.lock().kept.clear();
    }

    /// Waits for a text in what came since [`Self::forget`]; gives when it was there.
    pub fn wait(&self, text: &[u8], limit: Duration) -> Option<Instant> {
        let until = Instant::now() + limit;
        let mut seen = self.lock();
        loop {
            if memchr::memmem::find(&seen.kept, text).is_some() {
                return Some(Instant::now());
            }
            let left = until.checked_duration_since(Instant::now())?;
            seen = self.seen.1.wait_timeout(seen, left).expect("the lock").0;
        }
    }

    /// Waits until nothing came for so long, at most half a minute.
    pub fn quiet(&self, silence: Duration) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.lock().last.elapsed() < silence && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
