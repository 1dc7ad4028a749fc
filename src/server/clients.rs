//! Connections: dashboards and commands. Each is bounded, none is waited for.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::backend::{RemoteTerminal, Wire};
use super::run::Server;
use crate::domain::command::{Caller, Command, Target, Until};
use crate::domain::time::Time;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Event, ReplyTo};
use crate::ui::{self, Action, View};
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Input, Role, Up, VERSION};
use crate::wire::sock;

/// A client of this server, counted from 1.
pub(super) type ClientId = u64;

/// Connections at one time.
const MAX_CLIENTS: usize = 128;
/// Bytes that may wait for a client; one that lets more pile up is dropped.
const MAX_OUT: usize = 8 * 1024 * 1024;
/// Bytes read from a client in one turn.
const MAX_IN: usize = 256 * 1024;

/// How long the receipts of a prompt are waited for before the dashboard says what is still open.
const RECEIPTS_MS: u64 = 65_000;

/// One connection.
pub(super) struct Client {
    pub id: ClientId,
    pub stream: UnixStream,
    pub kind: Kind,
    caller: Caller,
    decoder: Decoder,
    out: Vec<u8>,
    gone: bool,
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

/// A dashboard's drawing.
pub(super) struct Dashboard {
    pub view: View,
    pub terminal: RemoteTerminal,
    pub wire: Wire,
    /// Something it shows changed.
    pub dirty: bool,
    /// A frame is on its way: no other until it was shown.
    pub in_flight: bool,
    /// When it was last drawn.
    pub drawn: Time,
    /// Its person has just done something: draw at once.
    pub eager: bool,
    /// A bell of our own goes with the next frame.
    pub beep: bool,
}

impl Client {
    pub fn wants_write(&self) -> bool {
        !self.out.is_empty()
    }

    /// Queues a message.
    pub fn say(&mut self, message: &Down) {
        let (kind, payload) = message.encode();
        match frame::encode(kind, &payload) {
            Ok(bytes) if self.out.len() + bytes.len() <= MAX_OUT => self.out.extend_from_slice(&bytes),
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

    fn write(&mut self) {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(0) => return self.gone = true,
                Ok(n) => {
                    self.out.drain(..n);
                }
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return self.gone = true,
            }
        }
    }

    /// The messages that have arrived.
    fn read(&mut self) -> Vec<Up> {
        let mut buffer = [0u8; 16 * 1024];
        let (mut total, mut messages) = (0, Vec::new());
        while total < MAX_IN {
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.gone = true;
                    break;
                }
                Ok(n) => {
                    total += n;
                    self.decoder.push(&buffer[..n]);
                    self.decode(&mut messages);
                }
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.gone = true;
                    break;
                }
            }
        }
        messages
    }

    fn decode(&mut self, messages: &mut Vec<Up>) {
        while let Some(frame) = self.decoder.next() {
            let message = frame
                .map_err(|e| e.to_string())
                .and_then(|f| Up::decode(f.kind, &f.payload).map_err(|e| e.to_string()));
            match message {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => {}
                Err(why) => {
                    self.say(&Down::Bye { why });
                    self.gone = true;
                    return;
                }
            }
        }
    }
}

impl Server {
    /// Takes on a connection of our own user.
    pub(super) fn welcome(&mut self, stream: UnixStream) {
        if let Err(e) = sock::check_peer(&stream, "the server's socket") {
            tracing::warn!("refused a connection: {e}");
            return;
        }
        if self.clients.len() >= MAX_CLIENTS || stream.set_nonblocking(true).is_err() {
            return;
        }
        let id = self.next_client;
        self.next_client += 1;
        self.clients.push(Client {
            id,
            stream,
            kind: Kind::New,
            caller: Caller::Outside,
            decoder: Decoder::default(),
            out: Vec::new(),
            gone: false,
        });
    }

    /// Takes in what clients sent.
    pub(super) fn read_clients(&mut self) {
        let ids: Vec<ClientId> = self.clients.iter().map(|c| c.id).collect();
        for id in ids {
            let Some(client) = self.clients.iter_mut().find(|c| c.id == id) else { continue };
            for message in client.read() {
                self.message(id, message);
            }
        }
    }

    /// Writes what waits, and forgets clients that are gone.
    pub(super) fn flush(&mut self) {
        for client in &mut self.clients {
            client.write();
        }
        let gone: Vec<ClientId> = self.clients.iter().filter(|c| c.gone).map(|c| c.id).collect();
        self.clients.retain(|c| !c.gone);
        self.replies.retain(|(_, client)| !gone.contains(client));
        if self.leader.is_some_and(|l| gone.contains(&l)) {
            self.leader = None;
        }
    }

    /// Tells everybody that the server ends.
    pub(super) fn say_bye(&mut self, why: &str) {
        for client in &mut self.clients {
            client.say(&Down::Bye { why: why.to_owned() });
            let _ = client.stream.set_nonblocking(false);
            let _ = client.stream.set_write_timeout(Some(std::time::Duration::from_millis(500)));
            let _ = client.stream.write_all(&client.out);
        }
    }

    fn client(&mut self, id: ClientId) -> Option<&mut Client> {
        self.clients.iter_mut().find(|c| c.id == id)
    }

    fn dashboard(&mut self, id: ClientId) -> Option<&mut Dashboard> {
        match &mut self.client(id)?.kind {
            Kind::Dashboard(d) => Some(d),
            _ => None,
        }
    }

    fn message(&mut self, id: ClientId, message: Up) {
        match message {
            Up::Hello { version, role, token } => self.greet(id, version, role, token.as_deref()),
            Up::Command(command) => {
                let Some(client) = self.client(id) else { return };
                if matches!(client.kind, Kind::New) {
                    client.say(&Down::Bye { why: "a greeting must come first".into() });
                    client.gone = true;
                    return;
                }
                let caller = client.caller.clone();
                self.ask(id, caller, *command);
            }
            Up::Input(input) => self.input(id, input),
            Up::Shown => {
                if let Some(d) = self.dashboard(id) {
                    d.in_flight = false;
                }
            }
            Up::Detach => {
                if let Some(client) = self.client(id) {
                    client.gone = true;
                }
            }
        }
    }

    fn greet(&mut self, id: ClientId, version: u16, role: Role, token: Option<&str>) {
        let session = self.state.config.session.clone();
        let caller = match token.map(|t| self.tokens.owner(t)) {
            Some(Some(name)) => Caller::Pane(name.clone()),
            _ => Caller::Outside,
        };
        let Some(client) = self.client(id) else { return };
        if version != VERSION {
            let why = format!(
                "this server speaks version {VERSION}, the client {version}: use the same program for both"
            );
            client.say(&Down::Bye { why });
            client.gone = true;
            return;
        }
        client.caller = caller;
        client.say(&Down::Welcome { session });
        let (rows, cols, look) = match role {
            Role::Control => return client.kind = Kind::Control,
            Role::Attach { rows, cols, look } => (rows.clamp(1, 1000), cols.clamp(1, 1000), look),
        };
        let look = ui::Look { plain: look.plain, ascii: look.ascii, utc_offset: look.utc_offset };
        let Ok((wire, terminal)) = Wire::terminal(rows, cols) else { return client.gone = true };
        let view = View::new(rows, cols, look);
        let (dirty, in_flight, eager, beep, drawn) = (true, false, true, false, Time::default());
        let dashboard = Dashboard { view, terminal, wire, dirty, in_flight, drawn, eager, beep };
        client.kind = Kind::Dashboard(Box::new(dashboard));
        self.lead(id);
    }

    /// Puts a command to the engine for a client.
    fn ask(&mut self, id: ClientId, caller: Caller, command: Command) {
        let to = self.next_reply;
        self.next_reply += 1;
        self.replies.push((to, id));
        self.happen(Event::Command { caller, reply: Some(to), command });
    }

    /// Hands an answer to whoever asked.
    pub(super) fn deliver_answer(&mut self, to: ReplyTo, answer: Answer) {
        let Some(at) = self.replies.iter().position(|(r, _)| *r == to) else { return };
        let (_, id) = self.replies.swap_remove(at);
        let Some(client) = self.client(id) else { return };
        match &mut client.kind {
            Kind::Dashboard(d) => {
                ui::notify(&mut d.view, &answer);
                d.dirty = true;
                d.eager = true;
                self.follow_receipts(id, &answer);
            }
            _ => client.say(&Down::Answer(Box::new(answer))),
        }
    }

    /// Whoever sent a prompt from a dashboard is shown its receipts once they are known.
    fn follow_receipts(&mut self, id: ClientId, answer: &Answer) {
        let Answer::Receipts { receipts } = answer else { return };
        let open = receipts.iter().filter(|r| r.outcome.is_none());
        let targets: Vec<Target> = open.map(|r| Target(r.agent.to_string())).collect();
        if !targets.is_empty() {
            let wait = Command::Wait { targets, until: Until::Receipts, timeout_ms: RECEIPTS_MS };
            let (to, caller) = (self.next_reply, Caller::Outside);
            self.next_reply += 1;
            self.replies.push((to, id));
            self.inbox.push_back(Event::Command { caller, reply: Some(to), command: wait });
        }
    }

    fn input(&mut self, id: ClientId, input: Input) {
        let now = self.now();
        let state = &self.state;
        let client = self.clients.iter_mut().find(|c| c.id == id);
        let Some(Kind::Dashboard(d)) = client.map(|c| &mut c.kind) else { return };
        d.dirty = true;
        d.eager = true;
        let actions = match input {
            Input::Key(key) => ui::on_key(state, &mut d.view, key),
            Input::Mouse(mouse) => ui::on_mouse(state, &mut d.view, mouse, now),
            Input::Paste(text) => ui::on_paste(state, &mut d.view, &text),
            Input::Resize { rows, cols } => {
                let (rows, cols) = (rows.clamp(1, 1000), cols.clamp(1, 1000));
                d.view.resize(rows, cols);
                d.wire.resize(rows, cols);
                Vec::new()
            }
            Input::Focus(_) => Vec::new(),
        };
        for action in actions {
            self.act(id, action);
        }
        self.lead(id);
    }

    fn act(&mut self, id: ClientId, action: Action) {
        match action {
            Action::Type { agent, bytes, submits } => {
                self.with_holder(&agent, |h| h.input(&bytes));
                // Arrows, mouse and focus reports leave nothing in a composer.
                let report = bytes.first() == Some(&0x1b) && !bytes.starts_with(b"\x1b[200~");
                if submits || !report {
                    self.happen(Event::Typed { agent, submits });
                }
            }
            Action::Do(command) => {
                let caller = self.client(id).map_or(Caller::Outside, |c| c.caller.clone());
                self.ask(id, caller, command);
            }
            Action::Beep => {
                if let Some(d) = self.dashboard(id) {
                    d.beep = true;
                }
            }
            Action::Detach => {
                if let Some(client) = self.client(id) {
                    client.say(&Down::Bye { why: "detached".into() });
                    client.write();
                    client.gone = true;
                }
            }
        }
    }

    /// The pane that the last active person looks at.
    pub(super) fn focused_pane(&self) -> Option<crate::domain::id::AgentName> {
        let leader = self.leader?;
        match &self.clients.iter().find(|c| c.id == leader)?.kind {
            Kind::Dashboard(d) => d.view.focused(&self.state),
            _ => None,
        }
    }

    /// Makes the panes as large as this client shows them.
    fn lead(&mut self, id: ClientId) {
        self.leader = Some(id);
        let state = &self.state;
        let client = self.clients.iter().find(|c| c.id == id);
        let Some(Kind::Dashboard(d)) = client.map(|c| &c.kind) else { return };
        let areas = d.view.pane_areas(state);
        for (agent, area) in areas {
            self.happen(Event::Resize { agent, rows: area.height, cols: area.width });
        }
    }
}
