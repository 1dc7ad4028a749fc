//! The pane's terminal: opened, given its child, resized and asked.

use std::fs::File;
use std::path::Path;

use filedescriptor::FileDescriptor;
use portable_pty::{CommandBuilder, PtySize};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::Pid;
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Winsize, tcgetattr,
    tcgetpgrp, tcsetattr, tcsetwinsize,
};

use crate::wire::pane::Probe;

use super::Error;
use super::spec::Spec;

/// The master side of a pane's terminal, non-blocking.
///
/// It is a plain file on purpose: the library's own writer sends a newline and an end of file when dropped.
#[derive(Debug)]
pub(crate) struct Pty {
    master: File,
    size: (u16, u16),
}

impl Pty {
    /// Opens a terminal and starts the spec's child on it, in a session of its own with this terminal as
    /// the controlling one and no descriptors but 0, 1 and 2. To be called once in a process.
    pub(crate) fn start(spec: &Spec, program: &Path) -> Result<(Self, Pid), Error> {
        let failed = |what: &str, reason: String| Error::System {
            pane: spec.pane.clone(),
            what: what.to_owned(),
            reason,
        };
        let (rows, cols) = spec.size();
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system()
            .openpty(size)
            .map_err(|e| failed("open a terminal", e.to_string()))?;
        let raw = pair
            .master
            .as_raw_fd()
            .ok_or_else(|| failed("open a terminal", "it has no descriptor".into()))?;
        let master = FileDescriptor::dup(&raw)
            .and_then(|fd| fd.as_file())
            .map_err(|e| failed("open a terminal", e.to_string()))?;
        make_sane(&master).map_err(|e| failed("set up the terminal", e.to_string()))?;

        // The holder itself goes there first: the library would silently start the child in `$HOME` if the
        // directory vanished after the check. What is entered stays entered.
        std::env::set_current_dir(&spec.cwd).map_err(|e| Error::Directory {
            pane: spec.pane.clone(),
            path: spec.cwd.clone(),
            reason: e.to_string(),
        })?;
        let mut command = CommandBuilder::new(program);
        command.args(spec.argv.iter().skip(1));
        command.env_clear();
        for (key, value) in &spec.env {
            command.env(key, value);
        }
        command.cwd("/proc/self/cwd");
        let child =
            pair.slave.spawn_command(command).map_err(|e| failed("run the program", e.to_string()))?;
        let _ = std::env::set_current_dir("/");
        let pid = child.process_id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        let pid = pid.ok_or_else(|| failed("run the program", "it has no process id".to_owned()))?;

        let flags = fcntl_getfl(&master).map_err(|e| failed("set up the terminal", e.to_string()))?;
        fcntl_setfl(&master, flags | OFlags::NONBLOCK)
            .map_err(|e| failed("set up the terminal", e.to_string()))?;
        Ok((Self { master, size: (rows, cols) }, pid))
    }

    /// For poll, read and write.
    pub(crate) fn file(&self) -> &File {
        &self.master
    }

    /// Rows and columns now.
    pub(crate) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Gives the terminal a new size; the kernel tells the foreground group.
    pub(crate) fn resize(&mut self, rows: u16, cols: u16) -> rustix::io::Result<()> {
        let size = Winsize { ws_row: rows, ws_col: cols, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.master, size)?;
        self.size = (rows, cols);
        Ok(())
    }

    /// Who has the foreground and how lines are read.
    pub(crate) fn probe(&self, id: u64, child: Pid) -> Probe {
        let foreground = tcgetpgrp(&self.master).is_ok_and(|group| group == child);
        let modes = tcgetattr(&self.master).map_or(LocalModes::empty(), |t| t.local_modes);
        let (icanon, echo) = (modes.contains(LocalModes::ICANON), modes.contains(LocalModes::ECHO));
        Probe { id, foreground, icanon, echo }
    }

    /// The process group in the foreground.
    pub(crate) fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(&self.master).ok()
    }
}

/// The modes a login would find, whatever this process was started from.
fn make_sane(master: &File) -> rustix::io::Result<()> {
    let mut t = tcgetattr(master)?;
    t.input_modes = InputModes::BRKINT | InputModes::ICRNL | InputModes::IXON | InputModes::IMAXBEL;
    t.input_modes |= InputModes::IUTF8;
    t.output_modes = OutputModes::OPOST | OutputModes::ONLCR;
    t.control_modes = ControlModes::CS8 | ControlModes::CREAD | ControlModes::HUPCL;
    t.local_modes = LocalModes::ISIG | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ECHO;
    t.local_modes |= LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHOCTL | LocalModes::ECHOKE;
    for (index, code) in [
        (SpecialCodeIndex::VINTR, 3),
        (SpecialCodeIndex::VQUIT, 28),
        (SpecialCodeIndex::VERASE, 127),
        (SpecialCodeIndex::VKILL, 21),
        (SpecialCodeIndex::VEOF, 4),
        (SpecialCodeIndex::VSTART, 17),
        (SpecialCodeIndex::VSTOP, 19),
        (SpecialCodeIndex::VSUSP, 26),
        (SpecialCodeIndex::VREPRINT, 18),
        (SpecialCodeIndex::VDISCARD, 15),
        (SpecialCodeIndex::VWERASE, 23),
        (SpecialCodeIndex::VLNEXT, 22),
        (SpecialCodeIndex::VMIN, 1),
        (SpecialCodeIndex::VTIME, 0),
        (SpecialCodeIndex::VEOL, 0),
        (SpecialCodeIndex::VEOL2, 0),
    ] {
        t.special_codes[index] = code;
    }
    t.set_speed(38_400)?;
    tcsetattr(master, OptionalActions::Now, &t)
}
