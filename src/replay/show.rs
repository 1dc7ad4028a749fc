//! A recording shown in a dashboard: a little server of one client, which draws for it and never waits.
//!
//! It speaks the protocol of the dashboard over one end of a pair of sockets; the client at the other end is the very
//! one that shows running sessions, so that terminals, signals and sizes are dealt with in one place.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::stage::Stage;
use super::{Error, Player};
use crate::config;
use crate::domain::command::Caller;
use crate::domain::id::AgentName;
use crate::domain::key::Code;
use crate::domain::moment::Moment;
use crate::domain::signal::printable;
use crate::domain::time::Time;
use crate::paint::{self, RemoteTerminal, Wire};
use crate::ui::{self, Action, View};
use crate::wire::frame::{self, Decoder, MAX_FRAME};
use crate::wire::msg::{Down, Input, Look, Role, Up, VERSION};

/// Least time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// Longest side of the terminal, in cells; a longer one is drawn in part.
const MAX_SIDE: u16 = 1000;
/// How long the client may take to read what it is sent. It lives in this process.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a recording is shown.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is called.
    pub title: String,
    /// Where to begin; none: at the beginning, or at the end of a session that runs.
    pub at: Option<Moment>,
    /// Whose pane has the focus first.
    pub agent: Option<AgentName>,
    /// How many times faster than life it plays.
    pub speed: f64,
    /// Seconds to which times without anything are cut; 0: not at all.
    pub idle: u64,
    /// Whether somebody still writes it.
    pub live: bool,
    /// The folder of notes; none: notes are not kept.
    pub notes: Option<PathBuf>,
}

/// Shows `player`'s recording to the client at the other end of `stream` until that leaves.
///
/// # Errors
/// When the recording cannot be read, or the client is lost.
pub fn show(player: Player, stream: UnixStream, options: Options) -> Result<(), Error> {
    let began = Instant::now();
    let stage = Stage::new(player, options)?;
    let mut show = Show { stage, link: Link::new(stream)?, screen: None, began };
    loop {
        let wait = show.deadline().map(|at| at.saturating_duration_since(Instant::now()));
        show.link.wait(wait)?;
        for message in show.link.read()? {
            if !show.take(message)? {
                return Ok(());
            }
        }
        if let Some(screen) = &mut show.screen {
            screen.dirty |= show.stage.pass(&mut screen.view, Instant::now());
        }
        show.draw()?;
    }
}

/// The show under way.
struct Show {
    stage: Stage,
    link: Link,
    /// None until the client has greeted.
    screen: Option<Dashboard>,
    began: Instant,
}

/// The client's dashboard.
struct Dashboard {
    view: View,
    terminal: RemoteTerminal,
    wire: Wire,
    dirty: bool,
    beep: bool,
    /// A text for the terminal's clipboard goes with the next frame.
    copy: Option<String>,
    /// Parts of a frame that are on their way: no other until all were shown.
    in_flight: usize,
    drawn: Option<Instant>,
}

impl Show {
    /// When something must be done although nobody asks; none: never.
    fn deadline(&self) -> Option<Instant> {
        let screen = self.screen.as_ref().filter(|s| s.in_flight == 0)?;
        if screen.dirty {
            return Some(screen.drawn.map_or_else(Instant::now, |at| at + FRAME));
        }
        self.stage.due()
    }

    /// Does what a message asks for; the answer is whether there will be another.
    fn take(&mut self, message: Up) -> Result<bool, Error> {
        match (message, &mut self.screen) {
            (Up::Hello { version, role: Role::Attach { rows, cols, look, .. }, .. }, None)
                if version == VERSION =>
            {
                self.screen = Some(self.greet(rows, cols, *look)?);
            }
            (Up::Hello { .. }, _) => {
                self.link.say(&Down::Bye { why: "a recording is shown to one dashboard".into() })?;
                return Ok(false);
            }
            (Up::Input(input), Some(_)) => return self.input(input),
            (Up::Shown, Some(screen)) => screen.in_flight = screen.in_flight.saturating_sub(1),
            (Up::Redraw { why }, Some(screen)) => {
                if !why.is_empty() {
                    screen.view.complain(printable(&why));
                    screen.beep = true;
                }
                screen.terminal.clear().map_err(lost("draw for the terminal"))?;
                screen.dirty = true;
            }
            (Up::Detach, _) => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    fn greet(&mut self, rows: u16, cols: u16, look: Look) -> Result<Dashboard, Error> {
        let (rows, cols) = (rows.clamp(1, MAX_SIDE), cols.clamp(1, MAX_SIDE));
        let session = self.stage.title().to_owned();
        self.link.say(&Down::Welcome { session, caller: Caller::Outside })?;
        let (quiet, bare) = (look.no_clipboard, look.no_links);
        let mut wanted = config::wanted(&self.stage.state().config.prefs, &look.prefs, look.theme.as_deref());
        wanted.left_out.splice(0..0, look.left_out);
        let (plain, ascii, depth, utc_offset) = (look.plain, look.ascii, look.depth, look.utc_offset);
        let mut view = self.stage.view(rows, cols, ui::Look { plain, ascii, depth, utc_offset });
        view.set_up(wanted);
        if quiet {
            view.refuse_clipboard();
        }
        if bare {
            view.refuse_links();
        }
        let (wire, terminal) = Wire::terminal(rows, cols).map_err(lost("draw for the terminal"))?;
        Ok(Dashboard {
            view,
            terminal,
            wire,
            dirty: true,
            beep: false,
            copy: None,
            in_flight: 0,
            drawn: None,
        })
    }

    fn input(&mut self, input: Input) -> Result<bool, Error> {
        let Some(screen) = &mut self.screen else { return Ok(true) };
        screen.dirty = true;
        let state = self.stage.state();
        let view = &mut screen.view;
        let all = matches!(&input, Input::Key(stroke) if stroke.key.code == Code::Home);
        let actions = match input {
            Input::Key(key) => ui::on_key(state, view, key),
            Input::Mouse(mouse) => {
                let us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
                ui::on_mouse(state, view, mouse, Time { mono: us, wall: 0 })
            }
            Input::Paste(text) => ui::on_paste(state, view, &text),
            Input::Pasted { .. } => ui::on_paste(state, view, ""),
            Input::Resize { rows, cols } => {
                let (rows, cols) = (rows.clamp(1, MAX_SIDE), cols.clamp(1, MAX_SIDE));
                view.resize(rows, cols);
                screen.wire.resize(rows, cols);
                Vec::new()
            }
            Input::Focus(_) => Vec::new(),
        };
        for action in actions {
            match action {
                Action::Wish(wish) => screen.beep |= !self.stage.fulfil(&mut screen.view, wish),
                Action::Detach => {
                    let why = self.stage.farewell();
                    self.link.say(&Down::Bye { why })?;
                    return Ok(false);
                }
                Action::Copy(text) => screen.copy = Some(text),
                Action::Suspend => self.link.say(&Down::Suspend)?,
                Action::Beep => screen.beep = true,
                // No key of a recording asks for these.
                Action::Type { .. } | Action::Do(_) | Action::Edit(_) | Action::LookBack { .. } => {
                    screen.view.complain("this is a recording: nobody can be written to");
                    screen.beep = true;
                }
            }
        }
        self.stage.deepen(&mut screen.view, all);
        Ok(true)
    }

    fn draw(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        let Some(screen) = &mut self.screen else { return Ok(()) };
        let due = screen.drawn.is_none_or(|at| now >= at + FRAME);
        if !screen.dirty || screen.in_flight > 0 || !due {
            return Ok(());
        }
        let (state, view) = (self.stage.state(), &screen.view);
        screen.wire.link(ui::links(state, view));
        let drawn = screen.terminal.draw(|frame| ui::draw(frame, state, view));
        drawn.map_err(lost("draw for the terminal"))?;
        (screen.dirty, screen.drawn) = (false, Some(now));
        let mut bytes = paint::frame(&screen.wire.take());
        if let Some(text) = screen.copy.take() {
            paint::filter::clipboard(&text, &mut bytes);
        }
        if std::mem::take(&mut screen.beep) {
            bytes.push(0x07);
        }
        // A screen too large for one frame of the wire goes in parts; the client tells of each.
        screen.in_flight = bytes.chunks(MAX_FRAME - 1).len();
        for part in bytes.chunks(MAX_FRAME - 1) {
            self.link.say(&Down::Screen(part.to_vec()))?;
        }
        Ok(())
    }
}

/// Our end of the pair of sockets.
struct Link {
    stream: UnixStream,
    decoder: Decoder,
}

impl Link {
    fn new(stream: UnixStream) -> Result<Self, Error> {
        stream.set_write_timeout(Some(PATIENCE)).map_err(lost("use the socket"))?;
        Ok(Self { stream, decoder: Decoder::default() })
    }

    /// Waits until the client said something, for at most so long.
    fn wait(&self, most: Option<Duration>) -> Result<(), Error> {
        let most = most.and_then(|d| Timespec::try_from(d).ok());
        let mut fds = [PollFd::new(&self.stream, PollFlags::IN)];
        match poll(&mut fds, most.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(e) => Err(lost("wait for the dashboard")(e.into())),
        }
    }

    /// What the client said since; one that went away leaves.
    fn read(&mut self) -> Result<Vec<Up>, Error> {
        self.stream.set_nonblocking(true).map_err(lost("use the socket"))?;
        let mut came = Vec::new();
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => came.push(Up::Detach),
            Ok(n) => self.decoder.push(bytes.get(..n).unwrap_or_default()),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => came.push(Up::Detach),
        }
        self.stream.set_nonblocking(false).map_err(lost("use the socket"))?;
        let mut said = Vec::new();
        for frame in self.decoder.by_ref() {
            let frame = frame.map_err(|e| Error::Dashboard(e.to_string()))?;
            let up = Up::decode(frame.kind, &frame.payload).map_err(|e| Error::Dashboard(e.to_string()))?;
            said.extend(up);
        }
        said.append(&mut came);
        Ok(said)
    }

    fn say(&mut self, message: &Down) -> Result<(), Error> {
        let (kind, payload) = message.encode();
        let bytes = frame::encode(kind, &payload).map_err(|e| Error::Dashboard(e.to_string()))?;
        match self.stream.write_all(&bytes) {
            // It is told of by the next read.
            Err(e) if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => Ok(()),
            other => other.map_err(lost("write to the dashboard")),
        }
    }
}

fn lost(doing: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    move |e| Error::Dashboard(format!("{doing}: {e}"))
}
