//! The terminal's input, read only when somebody waits for it: whoever is handed the terminal meanwhile gets its own.

use std::io::{self, Stdin};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Standard input.
pub(super) struct Tty(AsyncFd<Stdin>);

impl Tty {
    // What took its place is `unsafe`, for descriptors that may be closed meanwhile. This one stays.
    #[allow(deprecated)]
    pub(super) fn new() -> io::Result<Self> {
        AsyncFd::with_interest(io::stdin(), Interest::READABLE).map(Self)
    }

    /// Waits for bytes and gives how many came; 0: the terminal is gone. Safe to cancel.
    pub(super) async fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.readable().await?;
            // The terminal is shared with others, so it stays one that blocks: it is asked before each read.
            if waits()? {
                return rustix::io::retry_on_intr(|| rustix::io::read(io::stdin().as_fd(), &mut *bytes))
                    .map_err(io::Error::from);
            }
            ready.clear_ready();
        }
    }
}

/// Whether a read would not block.
fn waits() -> io::Result<bool> {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let none = Timespec { tv_sec: 0, tv_nsec: 0 };
    match poll(&mut fds, Some(&none)) {
        Ok(n) => Ok(n > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}
