//! The terminal of this process: raw mode, waiting for input and signals, its size.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGTERM, SIGWINCH};

/// A terminal in raw mode; given back as it was when dropped.
pub(super) struct Term {
    before: Termios,
    wake: UnixStream,
}

/// Lets another thread end a wait.
pub(super) struct Waker(UnixStream);

/// What a wait ended with; several may hold at once.
pub(super) struct Ready {
    /// Bytes from the terminal; may be empty.
    pub(super) input: Vec<u8>,
    /// The terminal is gone.
    pub(super) gone: bool,
}

impl Term {
    /// Takes the terminal.
    pub(super) fn open() -> io::Result<(Self, Waker)> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Now, &raw)?;
        let (wake, poke) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        poke.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(SIGWINCH, poke.try_clone()?)?;
        Ok((Self { before, wake }, Waker(poke)))
    }

    /// Columns and rows; 80×24 when the terminal does not know.
    pub(super) fn size() -> (usize, usize) {
        match tcgetwinsize(io::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
            _ => (80, 24),
        }
    }

    /// Waits for input, a poke, a changed size, or until `limit` is over; without limit for ever.
    pub(super) fn wait(&mut self, limit: Option<Duration>) -> io::Result<Ready> {
        let stdin = io::stdin();
        let limit = limit.map(|d| Timespec {
            tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: d.subsec_nanos().into(),
        });
        let (stdin_has, woken) = {
            let mut fds = [
                PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(self.wake.as_fd(), PollFlags::IN),
            ];
            match poll(&mut fds, limit.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            (fds[0].revents(), fds[1].revents())
        };
        if !woken.is_empty() {
            let mut sink = [0; 256];
            while self.wake.read(&mut sink).is_ok_and(|n| n == sink.len()) {}
        }
        let mut ready = Ready { input: Vec::new(), gone: false };
        if !stdin_has.is_empty() {
            let mut bytes = vec![0; 65536];
            match rustix::io::read(&stdin, &mut bytes) {
                Ok(0) => ready.gone = true,
                Ok(n) => {
                    bytes.truncate(n);
                    ready.input = bytes;
                }
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                Err(_) => ready.gone = true,
            }
        }
        Ok(ready)
    }
}

impl Drop for Term {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that is already gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

impl Waker {
    /// Ends the present or the next wait.
    pub(super) fn wake(&self) {
        // A full buffer means that it will wake anyway.
        let _ = (&self.0).write(&[1]);
    }
}

/// Makes HUP and TERM do nothing, in this process alone: its children have them as usual.
pub(super) fn ignore_hangup() -> io::Result<()> {
    for signal in [SIGHUP, SIGTERM] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(())
}
