//! tmux as the outer terminal: the program in it, keys typed, what it shows.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use super::{EXE, LIMIT, Place};

/// A tmux server of our own with one pane.
pub struct Tmux {
    socket: PathBuf,
}

/// Whether all of these can be run here; says which cannot, as the reason a test is skipped.
pub fn installed(programs: &[&str]) -> bool {
    let there = |p: &&&str| {
        Command::new("sh").args(["-c", &format!("command -v {p}")]).output().is_ok_and(|o| o.status.success())
    };
    let missing: Vec<&&str> = programs.iter().filter(|p| !there(p)).collect();
    if !missing.is_empty() {
        eprintln!("skipped: {missing:?} is not installed here");
    }
    missing.is_empty()
}

impl Tmux {
    /// The dashboard of the place's session in a pane of that size.
    pub fn attach(place: &Place, rows: u16, cols: u16) -> Self {
        let socket = place.root().join("tmux");
        let conf = place.root().join("tmux.conf");
        let text = "set -g status off\nset -g escape-time 0\nset -g default-terminal tmux-256color\nset -g mouse on\n\
                    set -g remain-on-exit on\nset-environment -g COLORTERM truecolor\n";
        std::fs::write(&conf, text).unwrap();
        let tmux = Self { socket };
        let (conf, rows, cols) = (conf.to_string_lossy().into_owned(), rows.to_string(), cols.to_string());
        let socket = tmux.socket.to_string_lossy().into_owned();
        let args =
            ["-u", "-f", &conf, "-S", &socket, "new-session", "-d", "-x", &cols, "-y", &rows, EXE, "attach"];
        let done = place.command("tmux", &args, &place.repo()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        tmux
    }

    #[track_caller]
    pub fn run(&self, args: &[&str]) -> String {
        let done = Command::new("tmux").arg("-u").arg("-S").arg(&self.socket).args(args).output().unwrap();
        assert!(done.status.success(), "tmux {args:?}: {done:?}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Types text as it is.
    pub fn types(&self, text: &str) {
        self.run(&["send-keys", "-l", text]);
    }

    /// Presses keys by name.
    pub fn keys(&self, names: &[&str]) {
        self.run(&[&["send-keys"], names].concat());
    }

    /// A report of the mouse, as the terminal would send it: button, column and row from 1.
    pub fn mouse(&self, button: u8, column: u16, row: u16) {
        self.types(&format!("\x1b[<{button};{column};{row}M"));
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.run(&["resize-window", "-x", &cols.to_string(), "-y", &rows.to_string()]);
    }

    /// What it shows.
    pub fn text(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    /// What it shows, with its colours.
    pub fn coloured(&self) -> String {
        self.run(&["capture-pane", "-p", "-e"])
    }

    /// Waits until what it shows is so.
    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + LIMIT / 2;
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(Instant::now() < end, "never came: {what}; the screen:\n{text}");
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
    }

    /// Waits until it shows this.
    #[track_caller]
    pub fn shows(&self, part: &str) -> String {
        self.until(part, |text| text.contains(part))
    }

    /// Waits until it shows this no more.
    #[track_caller]
    pub fn hides(&self, part: &str) -> String {
        self.until(&format!("{part} goes"), |text| !text.contains(part))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").arg("-S").arg(&self.socket).arg("kill-server").output();
    }
}
