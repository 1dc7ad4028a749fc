//! Messages over the socket, for the pump: never blocks, never waits for the server.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::Path;

use tokio::io::Interest;
use tokio::net::UnixStream;

use super::Error;
use super::error::io;
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Up};
use crate::wire::sock;

/// Bytes that may wait for a server that does not read; beyond that it counts as lost.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// One connection to a server.
pub(super) struct Link {
    stream: UnixStream,
    decoder: Decoder,
    out: VecDeque<u8>,
    early: Vec<Down>,
    ended: bool,
}

impl Link {
    /// Connects, and checks that the listener is ours.
    pub(super) fn connect(path: &Path) -> Result<Self, Error> {
        Self::over(dial(path)?)
    }

    /// A link over a stream whose other end is known.
    pub(super) fn over(stream: std::os::unix::net::UnixStream) -> Result<Self, Error> {
        stream.set_nonblocking(true).map_err(io("use the socket"))?;
        let stream = UnixStream::from_std(stream).map_err(io("use the socket"))?;
        Ok(Self {
            stream,
            decoder: Decoder::default(),
            out: VecDeque::new(),
            early: Vec::new(),
            ended: false,
        })
    }

    /// Keeps messages for the next [`Link::turn`].
    pub(super) fn put_back(&mut self, messages: impl Iterator<Item = Down>) {
        self.early.extend(messages);
    }

    /// Puts a message in line; [`Link::turn`] sends it.
    pub(super) fn put(&mut self, up: &Up) -> Result<(), Error> {
        let bytes = encode(up)?;
        if self.out.len() + bytes.len() > MAX_WAITING {
            return Err(Error::Lost);
        }
        self.out.extend(bytes);
        Ok(())
    }

    /// Waits until something came, sending what is in line meanwhile. Safe to cancel: what was read
    /// or sent is kept account of.
    pub(super) async fn turn(&mut self) -> Result<Vec<Down>, Error> {
        if !self.early.is_empty() {
            return Ok(std::mem::take(&mut self.early));
        }
        loop {
            if self.ended {
                return Err(Error::Lost);
            }
            let interest = if self.out.is_empty() {
                Interest::READABLE
            } else {
                Interest::READABLE | Interest::WRITABLE
            };
            let ready = self.stream.ready(interest).await.map_err(io("wait for the socket"))?;
            if ready.is_writable() {
                self.send()?;
            }
            if ready.is_readable() {
                let came = self.receive()?;
                if !came.is_empty() {
                    return Ok(came);
                }
            }
        }
    }

    fn send(&mut self) -> Result<(), Error> {
        while !self.out.is_empty() {
            match self.stream.try_write(self.out.as_slices().0) {
                Ok(n) => drop(self.out.drain(..n)),
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                // The farewell of a server that left may still be there to read.
                Err(_) => {
                    self.out.clear();
                    break;
                }
            }
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<Vec<Down>, Error> {
        let mut bytes = [0; 64 * 1024];
        match self.stream.try_read(&mut bytes) {
            Ok(0) => self.ended = true,
            Ok(n) => self.decoder.push(bytes.get(..n).unwrap_or_default()),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.ended = true,
        }
        let mut came = Vec::new();
        for frame in self.decoder.by_ref() {
            let frame = frame?;
            came.extend(Down::decode(frame.kind, &frame.payload)?);
        }
        Ok(came)
    }
}

/// Connects a blocking stream, telling a server that is not there from one that cannot be used.
pub(super) fn dial(path: &Path) -> Result<std::os::unix::net::UnixStream, Error> {
    match sock::connect(path) {
        Ok((stream, _)) => Ok(stream),
        Err(sock::Error::Io { source, .. })
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) =>
        {
            Err(Error::Gone(path.to_owned()))
        }
        Err(e) => Err(e.into()),
    }
}

/// The bytes of a message.
pub(super) fn encode(up: &Up) -> Result<Vec<u8>, Error> {
    let (kind, payload) = up.encode();
    frame::encode(kind, &payload).map_err(|e| match e {
        frame::Error::TooLong(n) => Error::TooLong(n),
        other => other.into(),
    })
}
