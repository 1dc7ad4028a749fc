//! The server's end of a pane: a non-blocking state machine over one socket, to be polled among others.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::domain::exit::Exit;
use crate::session::log::{Decoder as LogDecoder, Entry};
use crate::wire::frame::{Decoder, Frame};
use crate::wire::pane::{FromHolder, HolderHello, InputReport, MAX_INPUT, Probe, ToHolder};
use crate::wire::sock;

/// The most bytes that may wait to be sent to a holder: more than the inputs that may wait there.
pub const MAX_OUTBOX: usize = 5 << 20;
/// How much is worked off before it is acknowledged in the middle of a flow.
const ACK_EVERY: u64 = 64 * 1024;

/// What a pane tells the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaneEvent {
    /// The holder answered; records follow from its `start`.
    Hello(HolderHello),
    /// Records in order, without double, and without gap but where [`Entry::missing`] says so; bytes damaged on disk are
    /// left out.
    Records(Vec<Entry>),
    /// The child ended; its output is complete. (From the log, so it comes again when the log is read again.)
    Exit(Exit),
    /// The answer to a probe.
    Probe(Probe),
    /// An input is through, or given up when `written` is below `total`.
    InputDone(InputReport),
    /// The child reads nothing; the input still waits.
    InputStalled(InputReport),
    /// Output cannot be recorded; with an empty reason it can again.
    Trouble {
        /// Bytes lost so far.
        lost: u64,
        /// What the file system says.
        reason: String,
    },
    /// Output that could not be recorded.
    Unlogged(Vec<u8>),
    /// After a stop: no process of the pane is left.
    Stopped(Option<Exit>),
    /// The connection is over; connect again from [`Connection::offset`].
    Closed(String),
}

/// A connection to a holder.
#[derive(Debug)]
pub struct Connection {
    stream: UnixStream,
    peer: sock::Peer,
    frames: Decoder,
    log: LogDecoder,
    /// The offset the next log frame must have.
    expected: u64,
    greeted: bool,
    acked: u64,
    outbox: Vec<u8>,
    closed: Option<String>,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects to the holder at `socket` and asks for its log from the logical `offset` on.
    ///
    /// # Errors
    /// When nobody of ours listens there.
    pub fn connect(socket: &Path, offset: u64) -> Result<Self, sock::Error> {
        let (stream, peer) = sock::connect(socket)?;
        stream.set_nonblocking(true).map_err(|source| sock::Error::Io {
            what: "connect to",
            path: socket.to_owned(),
            source,
        })?;
        let mut connection = Self {
            stream,
            peer,
            frames: Decoder::default(),
            log: LogDecoder::new(offset),
            expected: offset,
            greeted: false,
            acked: offset,
            outbox: Vec::new(),
            closed: None,
            buffer: vec![0; 64 * 1024],
        };
        connection.send(&ToHolder::Hello { offset });
        Ok(connection)
    }

    /// The holder, as the system tells.
    #[must_use]
    pub fn peer(&self) -> sock::Peer {
        self.peer
    }

    /// For poll: always for reading, for writing while [`Self::wants_write`].
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// The logical offset after the last record given: from there a new connection misses and doubles
    /// nothing.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.log.offset()
    }

    /// The logical offset after the last byte that came, which may be within a record.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.expected
    }

    /// Whether bytes wait for the socket to take them.
    #[must_use]
    pub fn wants_write(&self) -> bool {
        self.closed.is_none() && !self.outbox.is_empty()
    }

    /// Reads at most about `limit` bytes and gives what they say. [`PaneEvent::Closed`] comes once, last.
    ///
    /// Records must be acknowledged with [`Self::ack`] once they are worked off, or the holder stops sending.
    pub fn read_ready(&mut self, limit: usize) -> Vec<PaneEvent> {
        let mut events = Vec::new();
        let mut taken = 0;
        while self.closed.is_none() && taken < limit.max(1) {
            let room = (limit.max(1) - taken).min(self.buffer.len());
            match self.stream.read(self.buffer.get_mut(..room).unwrap_or_default()) {
                Ok(0) => self.close("the holder is gone", &mut events),
                Ok(n) => {
                    taken += n;
                    self.frames.push(self.buffer.get(..n).unwrap_or_default());
                    self.take_frames(&mut events);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => self.close(&e.to_string(), &mut events),
            }
        }
        events
    }

    /// Sends what waits, as far as the socket takes it. Errors show at the next [`Self::read_ready`].
    pub fn write_ready(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.outbox.get(at..).filter(|r| !r.is_empty()) {
            match self.stream.write(rest) {
                Ok(n) if n > 0 => at += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Ok(_) | Err(_) => at = self.outbox.len(),
            }
        }
        self.outbox.drain(..at);
    }

    /// Sends bytes to the child; the outcome comes as [`PaneEvent::InputDone`] with this `id`. `false` when
    /// they are more than a frame or the outbox holds: nothing of them is sent then.
    #[must_use]
    pub fn input(&mut self, id: u64, bytes: &[u8]) -> bool {
        bytes.len() <= MAX_INPUT && self.send(&ToHolder::Input { id, bytes: bytes.to_vec() })
    }

    /// Sends any other message; `false` when the outbox is full or the connection is over.
    pub fn send(&mut self, message: &ToHolder) -> bool {
        let Ok(frame) = message.encode() else { return false };
        if self.closed.is_some() || self.outbox.len().saturating_add(frame.len()) > MAX_OUTBOX {
            return false;
        }
        self.outbox.extend_from_slice(&frame);
        self.write_ready();
        true
    }

    /// Says that all records before the logical `offset` are worked off. Told to the holder every 64 KiB and
    /// when nothing else is on hand.
    pub fn ack(&mut self, offset: u64) {
        let offset = offset.min(self.log.offset());
        let due = offset >= self.acked.saturating_add(ACK_EVERY) || offset == self.log.offset();
        if offset > self.acked && due && self.send(&ToHolder::Ack { offset }) {
            self.acked = offset;
        }
    }

    fn take_frames(&mut self, events: &mut Vec<PaneEvent>) {
        while let Some(frame) = self.frames.next() {
            let outcome = frame.and_then(|f| Self::decode(&f));
            match outcome {
                Ok(Some(message)) => self.take(message, events),
                Ok(None) => {}
                Err(e) => self.close(&format!("failed to {e}"), events),
            }
            if self.closed.is_some() {
                return;
            }
        }
    }

    fn decode(frame: &Frame) -> Result<Option<FromHolder>, crate::wire::frame::Error> {
        FromHolder::decode(frame)
    }

    fn take(&mut self, message: FromHolder, events: &mut Vec<PaneEvent>) {
        match message {
            FromHolder::Hello(hello) if !self.greeted => {
                self.greeted = true;
                if hello.start != self.expected {
                    self.log = LogDecoder::new(hello.start);
                    (self.expected, self.acked) = (hello.start, hello.start);
                }
                events.push(PaneEvent::Hello(hello));
            }
            FromHolder::Hello(_) => self.close("the holder greeted twice", events),
            _ if !self.greeted => self.close("the holder did not greet", events),
            // Whole segments may be missing, and nothing else.
            FromHolder::Log { begins_segment, offset, .. }
                if offset < self.expected || (offset > self.expected && !begins_segment) =>
            {
                self.close("the holder left a gap in its log", events);
            }
            FromHolder::Log { begins_segment, offset, bytes } => {
                if begins_segment {
                    self.log.begin_segment(offset);
                }
                self.expected = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(0));
                self.log.push(&bytes);
                self.take_records(events);
            }
            FromHolder::Probe(probe) => events.push(PaneEvent::Probe(probe)),
            FromHolder::InputDone(report) => events.push(PaneEvent::InputDone(report)),
            FromHolder::InputStalled(report) => events.push(PaneEvent::InputStalled(report)),
            FromHolder::Trouble { lost, reason } => events.push(PaneEvent::Trouble { lost, reason }),
            FromHolder::Unlogged(bytes) => events.push(PaneEvent::Unlogged(bytes)),
            FromHolder::Stopped { exit } => events.push(PaneEvent::Stopped(exit)),
        }
    }

    fn take_records(&mut self, events: &mut Vec<PaneEvent>) {
        let records: Vec<Entry> = std::iter::from_fn(|| self.log.next_entry()).collect();
        let exit = records.iter().find_map(|e| e.record.exit());
        if !records.is_empty() {
            if let Some(PaneEvent::Records(before)) = events.last_mut() {
                before.extend(records);
            } else {
                events.push(PaneEvent::Records(records));
            }
        }
        events.extend(exit.map(PaneEvent::Exit));
    }

    fn close(&mut self, reason: &str, events: &mut Vec<PaneEvent>) {
        self.closed = Some(reason.to_owned());
        self.outbox = Vec::new();
        events.push(PaneEvent::Closed(reason.to_owned()));
    }
}
