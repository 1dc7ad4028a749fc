//! A holder's connection to a server: greeting, sending the log, the window.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::session::log::Writer;
use crate::wire::frame::{Decoder, Frame};
use crate::wire::pane::{FromHolder, LOG_HEADER, log_header};

/// Bytes of the log that may be on their way without being acknowledged.
pub(crate) const WINDOW: u64 = 512 * 1024;
/// How long a server that had caught up may hold back the child without moving.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// How long a connection may take to greet.
const GREETING: Duration = Duration::from_secs(2);
/// Frames that may wait for a server that reads nothing, in bytes; beyond, the connection is closed.
const MAX_PENDING: usize = 1 << 20;
const PORTION: usize = 64 * 1024;
/// Portions sent in one go before anything else gets its turn.
const PORTIONS: usize = 8;

/// One connection.
#[derive(Debug)]
pub(crate) struct Conn {
    stream: UnixStream,
    decoder: Decoder,
    opened: Instant,
    /// Offset after the last byte given to the socket or to `pending`.
    sent: u64,
    acked: u64,
    /// When the server last worked something off, or last had nothing to do.
    moved: Instant,
    caught_up: bool,
    /// The unsent rest of frames that are begun, and small messages. The log itself never queues here.
    pending: Vec<u8>,
    buffer: Vec<u8>,
}

impl Conn {
    pub(crate) fn new(stream: UnixStream, now: Instant) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            decoder: Decoder::default(),
            opened: now,
            sent: 0,
            acked: 0,
            moved: now,
            caught_up: false,
            pending: Vec::new(),
            buffer: Vec::new(),
        })
    }

    pub(crate) fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// When a connection that has not greeted is given up.
    pub(crate) fn greeting_deadline(&self) -> Instant {
        self.opened + GREETING
    }

    /// Begins to send the log from `offset` on.
    pub(crate) fn go_on_from(&mut self, offset: u64, now: Instant) {
        (self.sent, self.acked, self.moved) = (offset, offset, now);
    }

    /// The whole frames that one read brings.
    pub(crate) fn read(&mut self) -> io::Result<Vec<Frame>> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                self.decoder.push(buffer.get(..n).unwrap_or_default());
                self.frames()
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(Vec::new()),
            Err(e) => Err(e),
        }
    }

    fn frames(&mut self) -> io::Result<Vec<Frame>> {
        let frames: Result<Vec<Frame>, _> = self.decoder.by_ref().collect();
        frames.map_err(|e| io::Error::new(ErrorKind::InvalidData, e))
    }

    pub(crate) fn ack(&mut self, offset: u64, now: Instant) {
        // Nobody can have worked off what was not sent.
        let offset = offset.min(self.sent);
        if offset > self.acked {
            self.acked = offset;
            self.moved = now;
        }
    }

    /// Until when the child is held back for this server; see rule 5 of the module.
    ///
    /// Only a server that had caught up, is a window behind and moved lately may do so. One that catches up
    /// from the log never does.
    pub(crate) fn holds_back_until(&mut self, end: u64, now: Instant) -> Option<Instant> {
        let over = end.saturating_sub(self.acked) > WINDOW;
        if !over {
            if self.sent == end {
                self.caught_up = true;
            }
            return None;
        }
        let until = self.moved + PATIENCE;
        if self.caught_up && now >= until {
            self.caught_up = false;
        }
        self.caught_up.then_some(until)
    }

    /// Sends a small message after what is pending.
    pub(crate) fn tell(&mut self, message: &FromHolder) -> io::Result<()> {
        let frame = message.encode().map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
        self.pending.extend_from_slice(&frame);
        self.flush()
    }

    /// Sends output that is not in the log, if all of the log is sent and the server keeps up; else it is not shown.
    pub(crate) fn show(&mut self, end: u64, bytes: &[u8]) -> io::Result<()> {
        if self.sent != end || !self.pending.is_empty() {
            return Ok(());
        }
        self.tell(&FromHolder::Unlogged(bytes.to_vec()))
    }

    /// Sends a record that was just appended at `offset`, if all before it is sent. Otherwise it is left to
    /// [`Self::pump`].
    pub(crate) fn send_live(&mut self, offset: u64, record: &[u8], now: Instant) -> io::Result<()> {
        if self.sent == self.acked {
            // Nothing was on its way: a silence of the pane is not one of the server.
            self.moved = now;
        }
        if self.sent != offset || !self.pending.is_empty() || !self.window_open() {
            return Ok(());
        }
        // No such record begins a segment: what says where it lies comes before.
        let head =
            log_header(false, offset, record.len()).map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
        let written = match self.stream.write_vectored(&[IoSlice::new(&head), IoSlice::new(record)]) {
            Ok(n) => n,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(()),
            Err(e) => return Err(e),
        };
        self.pending.extend_from_slice(head.get(written..).unwrap_or_default());
        self.pending.extend_from_slice(record.get(written.saturating_sub(LOG_HEADER)..).unwrap_or_default());
        self.sent = offset.saturating_add(u64::try_from(record.len()).unwrap_or(0));
        Ok(())
    }

    /// Sends what is pending and then the log, as far as socket and window allow.
    pub(crate) fn pump(&mut self, log: &mut Writer) -> io::Result<()> {
        self.flush()?;
        for _ in 0..PORTIONS {
            if !self.pending.is_empty() || self.sent >= log.end() || !self.window_open() {
                break;
            }
            self.buffer.resize(LOG_HEADER + PORTION, 0);
            let chunk = log.read_at(self.sent, self.buffer.get_mut(LOG_HEADER..).unwrap_or_default())?;
            if chunk.len == 0 {
                // The file was cut by somebody; there is nothing to wait for.
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "the log ends before its end"));
            }
            let head = log_header(chunk.begins_segment, chunk.offset, chunk.len)
                .map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
            if let Some(room) = self.buffer.get_mut(..LOG_HEADER) {
                room.copy_from_slice(&head);
            }
            self.buffer.truncate(LOG_HEADER + chunk.len);
            std::mem::swap(&mut self.buffer, &mut self.pending);
            self.sent = chunk.offset.saturating_add(u64::try_from(chunk.len).unwrap_or(0));
            self.flush()?;
        }
        Ok(())
    }

    /// Whether to wait until the socket takes more.
    pub(crate) fn wants_write(&self, end: u64) -> bool {
        !self.pending.is_empty() || (self.sent < end && self.window_open())
    }

    fn window_open(&self) -> bool {
        self.sent.saturating_sub(self.acked) < WINDOW
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut at = 0;
        while let Some(rest) = self.pending.get(at..).filter(|r| !r.is_empty()) {
            match self.stream.write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(n) => at += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        self.pending.drain(..at);
        if self.pending.len() > MAX_PENDING {
            return Err(io::Error::new(ErrorKind::TimedOut, "the server reads nothing"));
        }
        Ok(())
    }
}
