//! Wakes the loop from other threads: one byte in a pipe.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::pipe::{PipeFlags, pipe_with};

/// The end that other threads hold.
#[derive(Clone, Debug)]
pub struct Waker(Arc<OwnedFd>);

/// The end that the loop polls.
#[derive(Debug)]
pub struct Sleeper(OwnedFd);

/// Both ends.
///
/// # Errors
/// When no descriptor is left.
pub fn pair() -> io::Result<(Waker, Sleeper)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    Ok((Waker(Arc::new(write)), Sleeper(read)))
}

impl Waker {
    /// Wakes the loop. A full pipe means it is about to wake anyway.
    pub fn wake(&self) {
        let _ = rustix::io::write(&*self.0, &[1]);
    }

    /// The descriptor, for signal handlers.
    ///
    /// # Errors
    /// When no descriptor is left.
    pub fn duplicate(&self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }
}

impl Sleeper {
    /// Empties the pipe.
    pub fn drain(&self) {
        let mut bytes = [0u8; 256];
        while rustix::io::read(&self.0, &mut bytes).is_ok_and(|n| n == bytes.len()) {}
    }
}

impl AsFd for Sleeper {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
