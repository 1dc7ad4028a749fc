//! What clients say and what is done about it.

use super::clients::{ClientId, Dashboard, Echo, Kind};
use super::kinship::who;
use super::run::Server;
use crate::config;
use crate::domain::command::{Caller, Command, Target, Until};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Event, ReplyTo};
use crate::paint::Wire;
use crate::ui::{self, Action, View};
use crate::wire::msg::{Down, Input, Look, Role, Up, VERSION, Wants};

/// Longest side of a client's terminal, in cells; a longer one is drawn in part.
const MAX_SIDE: u16 = 1000;
/// Questions of one dashboard that may be open.
const MAX_QUESTIONS: usize = 256;
/// Characters of what a program calls itself.
const MAX_NAME: usize = 64;
/// How long the receipts of a prompt are waited for before the dashboard says what is still open.
const RECEIPTS_MS: u64 = 65_000;

impl Server {
    fn dashboard(&mut self, id: ClientId) -> Option<&mut Dashboard> {
        match &mut self.client(id)?.kind {
            Kind::Dashboard(d) => Some(d),
            _ => None,
        }
    }

    pub(super) fn message(&mut self, id: ClientId, message: Up) {
        match message {
            Up::Hello { version, role, token } => self.greet(id, version, role, token.as_deref()),
            Up::Command(mut command) => {
                let Some(client) = self.client(id) else { return };
                if matches!(client.kind, Kind::New) {
                    return client.dismiss("a greeting must come first");
                }
                if let Err(why) = client.complete(&mut command) {
                    let fault = Answer::Fault { fault: Fault::Usage, why };
                    return client.say(&Down::Answer(Box::new(fault)));
                }
                if matches!(&client.kind, Kind::Dashboard(d) if d.view.looks_only() && !command.looks()) {
                    let why = "this client only looks: it attached read-only, or from inside a pane".into();
                    let fault = Answer::Fault { fault: Fault::Failed, why };
                    return client.say(&Down::Answer(Box::new(fault)));
                }
                let caller = client.caller.clone();
                self.ask(id, caller, *command);
            }
            Up::Part(bytes) => {
                if let Some(client) = self.client(id) {
                    client.part(&bytes);
                }
            }
            Up::Input(input) => self.input(id, input),
            Up::Shown => {
                if let Some(d) = self.dashboard(id) {
                    d.in_flight = d.in_flight.saturating_sub(1);
                }
            }
            Up::Edited { text } => self.edited(id, text.as_deref()),
            Up::EditedParts { bytes } => {
                let text = self.client(id).and_then(|c| c.joined(bytes).ok());
                self.edited(id, text.as_deref());
            }
            Up::Redraw { why } => {
                let Some(d) = self.dashboard(id) else { return };
                if !why.is_empty() {
                    d.view.complain(printable(&why));
                    d.beep = true;
                }
                if let Err(e) = d.terminal.clear() {
                    tracing::error!("failed to draw: {e}");
                }
                // The terminal forgot it with all else.
                d.wants = Wants::default();
                (d.dirty, d.eager) = (true, true);
            }
            Up::Detach => {
                if let Some(client) = self.client(id) {
                    client.gone = true;
                }
            }
        }
    }

    fn edited(&mut self, id: ClientId, text: Option<&str>) {
        if let Some(d) = self.dashboard(id) {
            ui::on_edited(&mut d.view, text);
            (d.dirty, d.eager) = (true, true);
        }
    }

    fn greet(&mut self, id: ClientId, version: u16, role: Role, token: Option<&str>) {
        let session = self.state.config.session.clone();
        let owner = token.map(|t| self.tokens.owner(t).cloned());
        let who = self.client(id).map(|c| who(&c.kin, owner.as_ref().map(Option::as_ref)));
        if let (Some(Ok(Caller::Pane(pane))), Some(Some(shown))) = (&who, &owner) {
            let (pane, shown) = (pane.clone(), shown.clone());
            self.strayed(&pane, &shown);
        }
        let Some(client) = self.client(id) else { return };
        if !matches!(client.kind, Kind::New) {
            return client.dismiss("a connection greets once");
        }
        if version != VERSION {
            return client.dismiss(format!(
                "this server speaks version {VERSION}, the client {version}: use the same program for both"
            ));
        }
        client.caller = match who {
            Some(Ok(caller)) => caller,
            Some(Err(why)) => return client.dismiss(why),
            None => return,
        };
        if let Role::Mcp { client: name } = &role {
            let pane = client.caller.pane().cloned();
            let client_name = printable(name).chars().take(MAX_NAME).collect();
            client.caller = Caller::Mcp { client: client_name, pane };
        }
        // What is pressed in a pane an agent may have pressed: it moves and looks, no more.
        let inside = client.caller.pane().is_some();
        client.say(&Down::Welcome { session, caller: client.caller.clone() });
        match role {
            Role::Control | Role::Mcp { .. } => client.kind = Kind::Control,
            Role::Attach { rows, cols, look, read_only, name } => {
                self.attach(id, (rows, cols), *look, &name);
                if let Some(d) = self.dashboard(id).filter(|_| read_only || inside) {
                    d.view.look_only();
                }
                self.lead(id);
            }
        }
    }

    fn attach(&mut self, id: ClientId, (rows, cols): (u16, u16), look: Look, name: &str) {
        let (rows, cols) = (rows.clamp(1, MAX_SIDE), cols.clamp(1, MAX_SIDE));
        let alert = look.alert.unwrap_or(self.state.config.conduct.alert);
        let mut wanted = config::wanted(&self.state.config.prefs, &look.prefs, look.theme.as_deref());
        wanted.left_out.splice(0..0, look.left_out);
        let made = Wire::terminal(rows, cols).and_then(|(wire, mut terminal)| {
            // A client that was attached before has the last frame of another server on its screen.
            terminal.clear()?;
            Ok((wire, terminal))
        });
        let name = self.name_for(name);
        let Some(client) = self.client(id) else { return };
        let (wire, terminal) = match made {
            Ok(made) => made,
            Err(e) => return client.dismiss(format!("failed to draw for this terminal: {e}")),
        };
        let (plain, ascii, depth, utc_offset) = (look.plain, look.ascii, look.depth, look.utc_offset);
        let mut view = View::new(rows, cols, ui::Look { plain, ascii, depth, utc_offset });
        view.set_up(wanted);
        if look.no_clipboard {
            view.refuse_clipboard();
        }
        if look.no_links {
            view.refuse_links();
        }
        client.kind = Kind::Dashboard(Box::new(Dashboard {
            name,
            view,
            shown: Vec::new(),
            terminal,
            wire,
            dirty: true,
            in_flight: 0,
            drawn: Time::default(),
            again: None,
            eager: true,
            wants: Wants::default(),
            echo: None,
            beep: false,
            copy: None,
            alert,
            ring: None,
            away: false,
        }));
    }

    /// Puts a command to the engine for a client.
    fn ask(&mut self, id: ClientId, caller: Caller, command: Command) {
        let to = self.next_reply;
        let open = self.replies.iter().filter(|(_, asker)| *asker == id).count();
        let Some(client) = self.client(id) else { return };
        match &mut client.kind {
            // One answer a command, in order: the next one waits.
            Kind::Control => client.asked = Some(to),
            Kind::Dashboard(d) if open >= MAX_QUESTIONS => {
                let why = format!("{MAX_QUESTIONS} of your questions are still open; wait for the answers");
                return ui::notify(&mut d.view, &Answer::Fault { fault: Fault::Failed, why });
            }
            _ => {}
        }
        self.next_reply += 1;
        self.replies.push((to, id));
        self.look_for_room(&command);
        self.happen(Event::Command { caller, reply: Some(to), command });
    }

    /// Hands an answer to whoever asked.
    pub(super) fn deliver_answer(&mut self, to: ReplyTo, mut answer: Answer) {
        if let Answer::Status(status) = &mut answer {
            status.clients = self.view_clients();
        }
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
            _ => {
                client.asked = None;
                client.say(&Down::Answer(Box::new(answer)));
            }
        }
    }

    /// Tells whoever asked what their question waits for.
    pub(super) fn say_meanwhile(&mut self, to: ReplyTo, text: String) {
        let Some((_, id)) = self.replies.iter().find(|(r, _)| *r == to).copied() else { return };
        if let Some(client) = self.client(id).filter(|c| matches!(c.kind, Kind::Control)) {
            client.say(&Down::Note { text });
        }
    }

    /// Whoever sent a prompt from a dashboard is shown its receipts once they are known.
    fn follow_receipts(&mut self, id: ClientId, answer: &Answer) {
        let Answer::Receipts { receipts } = answer else { return };
        let open = receipts.iter().filter(|r| r.outcome.is_none());
        let targets: Vec<Target> = open.map(|r| Target(r.agent.to_string())).collect();
        if !targets.is_empty() {
            let open = receipts.iter().filter(|r| r.outcome.is_none());
            let until = Until::Dispatched(open.map(|r| r.dispatch).collect());
            let command = Command::Wait { targets, until, timeout_ms: RECEIPTS_MS };
            let to = self.next_reply;
            self.next_reply += 1;
            self.replies.push((to, id));
            self.inbox.push_back(Event::Command { caller: Caller::Outside, reply: Some(to), command });
        }
    }

    fn input(&mut self, id: ClientId, input: Input) {
        let now = self.now();
        let input = match input {
            Input::Pasted { bytes } => match self.client(id).map(|c| c.joined(bytes)) {
                Some(Ok(text)) => Input::Paste(text),
                Some(Err(why)) => {
                    if let Some(d) = self.dashboard(id) {
                        d.view.complain(format!("failed to paste: {why}"));
                        (d.dirty, d.eager, d.beep) = (true, true, true);
                    }
                    return;
                }
                None => return,
            },
            other => other,
        };
        let state = &self.state;
        let client = self.clients.iter_mut().find(|c| c.id == id);
        let Some(Kind::Dashboard(d)) = client.map(|c| &mut c.kind) else { return };
        if matches!(input, Input::Key(_) | Input::Mouse(_) | Input::Paste(_)) {
            self.key_at = Some(now);
        }
        d.dirty = true;
        d.view.at(now);
        let actions = match input {
            Input::Key(key) => ui::on_key(state, &mut d.view, key),
            Input::Mouse(mouse) => ui::on_mouse(state, &mut d.view, mouse, now),
            Input::Paste(text) => ui::on_paste(state, &mut d.view, &text),
            Input::Pasted { .. } => Vec::new(),
            Input::Resize { rows, cols } => {
                let (rows, cols) = (rows.clamp(1, MAX_SIDE), cols.clamp(1, MAX_SIDE));
                d.view.resize(rows, cols);
                d.wire.resize(rows, cols);
                Vec::new()
            }
            Input::Focus(here) => {
                d.away = !here;
                Vec::new()
            }
        };
        let actions = d.view.allowed(actions);
        match &actions[..] {
            // What shows of it is what the pane makes of it.
            [Action::Type { agent, .. }] => {
                let held = d.echo.as_ref().filter(|e| !e.drawn).map_or(now, |e| e.held);
                d.echo = Some(Echo { pane: agent.clone(), since: now, held, came: false, drawn: false });
            }
            _ => d.eager = true,
        }
        for action in actions {
            self.act(id, action);
        }
        self.tell_focus();
        self.lead(id);
    }

    fn act(&mut self, id: ClientId, action: Action) {
        match action {
            Action::Type { agent, bytes, submits } => {
                let (to, typed) = (agent.clone(), bytes.clone());
                self.happen(Event::Typed { agent, bytes, submits });
                self.note_typing(&to, &typed, submits);
            }
            Action::Do(command) => {
                let caller = self.client(id).map_or(Caller::Outside, |c| c.caller.clone());
                self.ask(id, caller, command);
            }
            Action::LookBack { agent, ticket } => self.look_back(id, agent, ticket),
            // Here nothing is recorded that could be wound.
            Action::Wish(_) => {}
            Action::Beep => {
                if let Some(d) = self.dashboard(id) {
                    d.beep = true;
                }
            }
            Action::Copy(text) => {
                if let Some(d) = self.dashboard(id) {
                    d.copy = Some(text);
                }
            }
            Action::Edit(text) => {
                if let Some(client) = self.client(id) {
                    client.say(&Down::Edit { text });
                }
            }
            Action::Suspend => {
                if let Some(client) = self.client(id) {
                    client.say(&Down::Suspend);
                }
            }
            Action::Detach => {
                if let Some(client) = self.client(id) {
                    client.dismiss("detached");
                }
            }
        }
    }

    /// The pane that the last active person looks at.
    pub(super) fn focused_pane(&self) -> Option<AgentName> {
        let leader = self.leader?;
        match &self.clients.iter().find(|c| c.id == leader)?.kind {
            Kind::Dashboard(d) => d.view.focused(&self.state),
            _ => None,
        }
    }

    /// Somebody did something: sizes and company follow.
    fn lead(&mut self, id: ClientId) {
        self.leader = Some(id);
        self.hold(id);
        self.regard();
    }
}
