//! A terminal of our own with the program in it, and what it shows.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use orchestra::domain::time::Time;
use orchestra::screen::{Screen, Size};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{EXE, Place, wait_until};

struct Seen {
    bytes: Vec<u8>,
    screen: Screen,
}

/// The user's end of a terminal.
pub struct Terminal {
    pub child: Box<dyn Child + Send + Sync>,
    /// None once the terminal was closed.
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
    seen: Arc<Mutex<Seen>>,
    closing: Arc<AtomicBool>,
    rows: u16,
}

impl Terminal {
    /// The program with these arguments in a terminal of this size.
    pub fn new(place: &Place, args: &[&str], rows: u16, cols: u16) -> Self {
        Self::of(place, &[&[EXE], args].concat(), rows, cols, "xterm-256color")
    }

    /// Any program in a terminal.
    pub fn of(place: &Place, argv: &[&str], rows: u16, cols: u16, term: &str) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.cwd(place.repo());
        command.env_clear();
        for (name, value) in place.env() {
            command.env(name, value);
        }
        command.env("TERM", term);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Screen::new(Size { rows, cols }, 100);
        let seen = Arc::new(Mutex::new(Seen { bytes: Vec::new(), screen }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
        let (sink, answers) = (Arc::clone(&seen), Arc::clone(&writer));
        let closing = Arc::new(AtomicBool::new(false));
        let closes = Arc::clone(&closing);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if closes.load(Ordering::SeqCst) {
                    return;
                }
                let mut seen = sink.lock().unwrap();
                seen.bytes.extend(&buffer[..n]);
                let replies = seen.screen.feed(&buffer[..n], Time::default()).replies;
                drop(seen);
                if let (false, Some(writer)) = (replies.is_empty(), answers.lock().unwrap().as_mut()) {
                    let _ = writer.write_all(&replies);
                }
            }
        });
        Self { child, master: Some(pair.master), writer, seen, closing, rows }
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.seen.lock().unwrap().screen.resize(Size { rows, cols });
        self.rows = rows;
        let master = self.master.as_ref().unwrap();
        master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Types.
    pub fn keys(&self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Closes the terminal, as a window is closed: at the latest when the program next writes.
    pub fn close(&mut self) {
        // The reader's copy of it goes when the reader next looks.
        self.closing.store(true, Ordering::SeqCst);
        self.writer.lock().unwrap().take();
        self.master.take();
    }

    /// What the screen shows, row by row.
    pub fn rows(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        (0..usize::from(self.rows)).map(|row| seen.screen.row(row, 0).text()).collect()
    }

    /// The modes the program has set.
    pub fn modes(&self) -> orchestra::screen::Modes {
        self.seen.lock().unwrap().screen.modes()
    }

    pub fn cursor_is_shown(&self) -> bool {
        self.seen.lock().unwrap().screen.cursor().is_some()
    }

    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Every byte that came.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// How often a sequence came.
    pub fn count(&self, sequence: &str) -> usize {
        self.bytes().windows(sequence.len()).filter(|w| *w == sequence.as_bytes()).count()
    }

    /// Waits until the screen shows all of these.
    #[track_caller]
    pub fn shows(&self, parts: &[&str]) {
        let end = std::time::Instant::now() + super::LIMIT / 2;
        loop {
            let text = self.text();
            let Some(missing) = parts.iter().find(|p| !text.contains(**p)) else { return };
            assert!(std::time::Instant::now() < end, "`{missing}` never came; the screen:\n{text}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Waits until the screen shows this no more.
    #[track_caller]
    pub fn hides(&self, part: &str) {
        wait_until(&format!("{part} leaves the screen"), || !self.text().contains(part));
    }

    /// Waits for the program's end and gives its status.
    #[track_caller]
    pub fn ended(&mut self) -> u32 {
        let mut status = None;
        wait_until("the program in the terminal ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().exit_code()
    }

    pub fn pid(&self) -> u64 {
        u64::from(self.child.process_id().unwrap())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
