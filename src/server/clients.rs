//! Connections: dashboards and commands. Each is bounded, none is waited for.

mod dashboard;

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::time::Timespec;

pub(super) use self::dashboard::{Dashboard, Echo};
use super::kinship::Kin;
use super::run::Server;
use crate::domain::command::{Caller, Command, What};
use crate::domain::signal::MAX_PROMPT;
use crate::domain::time::Time;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Event, ReplyTo};
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Up};
use crate::wire::sock;

/// A client of this server, counted from 1.
pub(super) type ClientId = u64;

/// Connections at one time.
pub(super) const MAX_CLIENTS: usize = 128;
/// How long a connection may take to greet.
pub(super) const GREETING: Duration = Duration::from_secs(5);
/// Bytes that may wait for a client; one that lets more pile up is dropped.
const MAX_OUT: usize = 8 * 1024 * 1024;
/// Bytes waiting for a client beyond which nothing more is read from it.
const ENOUGH_OUT: usize = 256 * 1024;
/// Bytes read from a client in one turn.
const MAX_IN: usize = 256 * 1024;
/// Messages of a client that may wait for their turn, but for those of one read.
const MAX_WAITING: usize = 64;
/// Messages of a client that are worked off in one turn.
const MESSAGES: usize = 64;
/// Connections taken on in one turn.
const ACCEPTS: usize = 32;
/// How long no connection is taken on after the system refused one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long clients may take to hear that the server ends, all together.
const FAREWELL: Duration = Duration::from_millis(500);

/// One connection.
pub(super) struct Client {
    pub id: ClientId,
    pub stream: UnixStream,
    pub kind: Kind,
    pub caller: Caller,
    /// What its process says of who it is.
    pub kin: Kin,
    /// When it connected.
    pub since: Time,
    /// The question whose answer a [`Kind::Control`] waits for: the next is not looked at before.
    pub asked: Option<ReplyTo>,
    /// Nothing more is to be read from it or done for it.
    pub gone: bool,
    decoder: Decoder,
    waiting: VecDeque<Up>,
    /// Parts of a text for the command that follows them, at most [`MAX_PROMPT`] bytes.
    parts: Vec<u8>,
    out: Vec<u8>,
    /// Bytes of `out` that are sent.
    sent: usize,
}

/// What a connection is for.
pub(super) enum Kind {
    /// It has not greeted yet.
    New,
    /// Commands.
    Control,
    /// A dashboard.
    Dashboard(Box<Dashboard>),
}

impl Client {
    fn new(id: ClientId, stream: UnixStream, kin: Kin, since: Time) -> Self {
        Self {
            id,
            stream,
            kind: Kind::New,
            caller: Caller::Outside,
            kin,
            since,
            asked: None,
            gone: false,
            decoder: Decoder::default(),
            waiting: VecDeque::new(),
            parts: Vec::new(),
            out: Vec::new(),
            sent: 0,
        }
    }

    /// What to poll it for. Who does not take its answers is not heard.
    pub fn interest(&self) -> PollFlags {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::OUT, self.unsent() > 0);
        flags.set(PollFlags::IN, self.listens());
        flags
    }

    /// Whether a message of it can be worked off without waiting for anything.
    pub fn has_work(&self) -> bool {
        !self.gone && self.asked.is_none() && self.unsent() <= ENOUGH_OUT && !self.waiting.is_empty()
    }

    fn listens(&self) -> bool {
        !self.gone && self.unsent() <= ENOUGH_OUT && self.waiting.len() < MAX_WAITING
    }

    fn unsent(&self) -> usize {
        self.out.len().saturating_sub(self.sent)
    }

    /// Queues a message.
    pub fn say(&mut self, message: &Down) {
        let (kind, payload) = message.encode();
        match frame::encode(kind, &payload) {
            Ok(bytes) if self.unsent() + bytes.len() <= MAX_OUT => {
                self.out.drain(..self.sent);
                self.sent = 0;
                self.out.extend_from_slice(&bytes);
            }
            Ok(_) => self.gone = true,
            Err(e) => {
                tracing::warn!("an answer was too long to send: {e}");
                let why = format!("the answer is too long to send: {e}");
                let fault = Down::Answer(Box::new(Answer::Fault { fault: Fault::Failed, why }));
                let (kind, payload) = fault.encode();
                self.out.extend(frame::encode(kind, &payload).unwrap_or_default());
            }
        }
    }

    /// Tells why the connection ends, and ends it.
    pub fn dismiss(&mut self, why: impl Into<String>) {
        self.say(&Down::Bye { why: why.into() });
        self.waiting.clear();
        self.gone = true;
    }

    /// Keeps a part of a text for the command that follows.
    pub fn part(&mut self, bytes: &[u8]) {
        if matches!(self.kind, Kind::New) {
            return self.dismiss("a greeting must come first");
        }
        let all = self.parts.len() + bytes.len();
        if all > MAX_PROMPT {
            return self.dismiss(format!("the text has {all} bytes or more; at most {MAX_PROMPT} are taken"));
        }
        self.parts.extend_from_slice(bytes);
    }

    /// Puts the text that came in parts into the command that speaks of it.
    ///
    /// # Errors
    /// When the parts are not what the command says.
    pub fn complete(&mut self, command: &mut Command) -> Result<(), String> {
        let parts = std::mem::take(&mut self.parts);
        let Command::Send { what, .. } = command else { return Ok(()) };
        let What::Parts { bytes } = *what else { return Ok(()) };
        if parts.len() != bytes {
            return Err(format!("send a text of {bytes} bytes: {} came before the command", parts.len()));
        }
        let text = String::from_utf8(parts).map_err(|_| "send a text: it is not UTF-8".to_owned())?;
        *what = What::Text(text);
        Ok(())
    }

    /// The text that came in parts, `bytes` long; what is no character becomes a replacement.
    ///
    /// # Errors
    /// When there were fewer: more than are taken were sent.
    pub fn joined(&mut self, bytes: usize) -> Result<String, String> {
        let parts = std::mem::take(&mut self.parts);
        if parts.len() != bytes {
            return Err(format!("a text of {bytes} bytes is too long: at most {MAX_PROMPT} are taken"));
        }
        Ok(String::from_utf8_lossy(&parts).into_owned())
    }

    /// Sends as much as the socket takes now.
    pub fn write(&mut self) {
        while let Some(rest) = self.out.get(self.sent..).filter(|r| !r.is_empty()) {
            match self.stream.write(rest) {
                Ok(0) => return self.gone = true,
                Ok(n) => self.sent += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => return self.gone = true,
            }
        }
        self.out.clear();
        self.sent = 0;
    }

    /// Takes in what has arrived.
    fn read(&mut self) {
        let mut buffer = [0u8; 16 * 1024];
        let mut total = 0;
        while total < MAX_IN && self.listens() {
            match self.stream.read(&mut buffer) {
                Ok(0) => self.gone = true,
                Ok(n) => {
                    total += n;
                    self.decoder.push(buffer.get(..n).unwrap_or_default());
                    self.decode();
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => return,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.gone = true,
            }
        }
    }

    fn decode(&mut self) {
        while let Some(frame) = self.decoder.next() {
            let message = frame
                .map_err(|e| e.to_string())
                .and_then(|f| Up::decode(f.kind, &f.payload).map_err(|e| e.to_string()));
            match message {
                Ok(Some(message)) => self.waiting.push_back(message),
                Ok(None) => {}
                Err(why) => return self.dismiss(format!("failed to {why}")),
            }
        }
    }

    /// The next message, unless the answer to the last is still to come.
    fn next(&mut self) -> Option<Up> {
        if self.asked.is_some() || self.unsent() > ENOUGH_OUT { None } else { self.waiting.pop_front() }
    }
}

impl Server {
    /// Takes on the connections that wait.
    pub(super) fn accept(&mut self) {
        for _ in 0..ACCEPTS {
            match self.listener.accept() {
                Ok((stream, _)) => self.welcome(stream),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => {
                    // Without a free descriptor the socket would stay readable and the loop awake.
                    tracing::warn!("failed to take on a connection: {e}");
                    self.accept_after = Some(self.now().plus(ACCEPT_PAUSE));
                    return;
                }
            }
        }
    }

    /// Takes on a connection of our own user.
    fn welcome(&mut self, stream: UnixStream) {
        let peer = match sock::check_peer(&stream, "the server's socket") {
            Ok(peer) => peer,
            Err(e) => return tracing::warn!("refused a connection: {e}"),
        };
        // At once: later its process may be gone, and another have its id.
        let kin = self.kin(peer.pid);
        if stream.set_nonblocking(true).is_err() {
            return;
        }
        let id = self.next_client;
        self.next_client += 1;
        let mut client = Client::new(id, stream, kin, self.now());
        if self.clients.len() >= MAX_CLIENTS {
            // Whoever has not even greeted makes room first.
            match self.clients.iter().position(|c| matches!(c.kind, Kind::New)) {
                Some(silent) => drop(self.clients.remove(silent)),
                None => {
                    client.dismiss(format!("{MAX_CLIENTS} connections are open already; close one"));
                    return client.write();
                }
            }
        }
        self.clients.push(client);
    }

    /// Takes in what clients sent, some messages of each.
    pub(super) fn read_clients(&mut self) {
        let ids: Vec<ClientId> = self.clients.iter().map(|c| c.id).collect();
        for id in ids {
            if let Some(client) = self.client(id) {
                client.read();
            }
            for _ in 0..MESSAGES {
                let Some(message) = self.client(id).and_then(Client::next) else { break };
                self.message(id, message);
            }
        }
    }

    /// Dismisses who has not greeted in time.
    pub(super) fn expire_silent(&mut self) {
        let now = self.now();
        for client in &mut self.clients {
            if matches!(client.kind, Kind::New) && !client.gone && now >= client.since.plus(GREETING) {
                client.dismiss(format!("no greeting came within {} s", GREETING.as_secs()));
            }
        }
    }

    /// Writes what waits, and forgets clients that are gone.
    pub(super) fn flush(&mut self) {
        for client in &mut self.clients {
            client.write();
        }
        let gone: Vec<ClientId> = self.clients.iter().filter(|c| c.gone).map(|c| c.id).collect();
        if gone.is_empty() {
            return;
        }
        self.clients.retain(|c| !c.gone);
        let open = self.replies.extract_if(.., |(_, client)| gone.contains(client));
        let replies: Vec<ReplyTo> = open.map(|(reply, _)| reply).collect();
        if !replies.is_empty() {
            self.happen(Event::Left { replies });
        }
        if self.leader.is_some_and(|l| gone.contains(&l)) {
            self.leader = None;
        }
        self.regard();
        self.tell_focus();
    }

    /// Tells everybody that the server ends.
    pub(super) fn say_bye(&mut self, why: &str) {
        for client in &mut self.clients {
            client.dismiss(why);
        }
        let until = std::time::Instant::now() + FAREWELL;
        loop {
            for client in &mut self.clients {
                client.write();
            }
            let left = until.saturating_duration_since(std::time::Instant::now());
            let waits: Vec<&Client> = self.clients.iter().filter(|c| c.unsent() > 0).collect();
            if waits.is_empty() || left.is_zero() {
                return;
            }
            let mut fds: Vec<_> =
                waits.iter().map(|c| PollFd::from_borrowed_fd(c.stream.as_fd(), PollFlags::OUT)).collect();
            let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
            if rustix::event::poll(&mut fds, Some(&limit)).is_err() {
                return;
            }
        }
    }

    pub(super) fn client(&mut self, id: ClientId) -> Option<&mut Client> {
        self.clients.iter_mut().find(|c| c.id == id)
    }
}
