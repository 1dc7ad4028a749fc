//! The dashboard's pump: the terminal's events up, finished bytes down.

use std::fmt;
use std::future;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Error;
use super::decode::{Came, Decoder};
use super::error::io as failed;
use super::guard::{self, Guard};
use super::link::Link;
use super::look::{Guise, check};
use super::signals::{Signals, Told};
use super::tty::Tty;
use super::{aside, upload};
use crate::wire::msg::{Down, Input, Role, Up, VERSION};

/// How long a server may take to greet.
const GREETING: Duration = Duration::from_secs(10);
/// A server that is lost again within this time after a revival is not revived once more.
const STABLE: Duration = Duration::from_secs(20);
/// Bytes of the terminal taken in one read.
const READ: usize = 64 * 1024;

/// Why a dashboard ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Left {
    /// The server said so: the user detached, or the session ended.
    Bye(String),
    /// A signal of that number.
    Signal(i32),
    /// The terminal is gone.
    Hangup,
    /// The server is gone and could not be revived.
    Lost(String),
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bye(why) => f.write_str(why),
            Self::Signal(n) => write!(f, "left on signal {n}; the session goes on"),
            Self::Hangup => f.write_str("left because the terminal is gone; the session goes on"),
            Self::Lost(why) => write!(f, "lost the server: {why}"),
        }
    }
}

/// Shows the dashboard of the session behind `socket` in this terminal until the user leaves.
///
/// When the server goes away without a word, `revive` is asked once to bring it back and to name its
/// socket. The terminal is restored before this returns.
///
/// # Errors
/// [`Error::NoTerminal`] or [`Error::Dumb`] before anything is touched, or what went wrong.
pub fn attach(
    socket: &Path,
    guise: &Guise,
    revive: &mut dyn FnMut() -> Result<PathBuf, String>,
) -> Result<Left, Error> {
    check()?;
    runtime()?.block_on(async { run(Link::connect(socket)?, guise, Some(revive)).await })
}

/// Shows what the server at the other end of `stream` draws until the user leaves. Nobody revives that server.
///
/// # Errors
/// As [`attach`].
pub fn attach_to(stream: UnixStream, guise: &Guise) -> Result<Left, Error> {
    check()?;
    runtime()?.block_on(async { run(Link::over(stream)?, guise, None).await })
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(failed("start the dashboard"))
}

/// Brings a server back and names its socket.
type Revive<'a> = &'a mut dyn FnMut() -> Result<PathBuf, String>;

async fn run(link: Link, guise: &Guise, mut revive: Option<Revive<'_>>) -> Result<Left, Error> {
    let signals = Signals::new().map_err(failed("listen for signals"))?;
    // Before the terminal is touched: what fails here is told on a whole screen.
    let mut link = greet(link, guise).await?;
    let _guard = Guard::enter().map_err(failed("take the terminal over"))?;
    let mut terminal = Terminal {
        tty: Tty::new().map_err(failed("listen to the terminal"))?,
        decoder: Decoder::default(),
        signals,
        paste: upload::Paste::default(),
        stopped: false,
    };
    let mut revived: Option<Instant> = None;
    loop {
        let why = match pump(&mut link, &mut terminal).await {
            Ok(left) => return Ok(left),
            Err(e @ (Error::Lost | Error::Frame(_) | Error::Message(_))) => e,
            Err(e) => return Err(e),
        };
        let Some(revive) = revive.as_mut().filter(|_| revived.is_none_or(|at| at.elapsed() >= STABLE)) else {
            return Ok(Left::Lost(why.to_string()));
        };
        notice("the server is gone; bringing it back…").map_err(failed("write to the terminal"))?;
        let socket = match revive() {
            Ok(socket) => socket,
            Err(e) => return Ok(Left::Lost(e)),
        };
        let again = match Link::connect(&socket) {
            Ok(link) => greet(link, guise).await,
            Err(e) => Err(e),
        };
        link = match again {
            Ok(link) => link,
            Err(e) => return Ok(Left::Lost(e.to_string())),
        };
        revived = Some(Instant::now());
        guard::clear().map_err(failed("write to the terminal"))?;
    }
}

/// Greets as a dashboard and waits for the server's greeting.
async fn greet(mut link: Link, guise: &Guise) -> Result<Link, Error> {
    let (cols, rows) = crossterm::terminal::size().map_err(failed("learn the terminal's size"))?;
    let Guise { look, name, read_only } = guise.clone();
    let look = Box::new(look);
    link.put(&Up::Hello {
        version: VERSION,
        role: Role::Attach { rows, cols, look, read_only, name },
        token: None,
    })?;
    let came = tokio::time::timeout(GREETING, link.turn())
        .await
        .map_err(|_| Error::Silent(GREETING.as_secs()))??;
    // The first frame is only sent once this one was shown, so the greeting comes alone, unless the
    // server began to draw at once: then the frame waits in the link.
    let mut came = came.into_iter();
    match came.next() {
        Some(Down::Welcome { .. }) => link.put_back(came),
        Some(Down::Bye { why }) => return Err(Error::Bye(why)),
        _ => return Err(Error::OutOfTurn("something before its greeting")),
    }
    Ok(link)
}

/// This end: the terminal and what tells of it.
struct Terminal {
    tty: Tty,
    decoder: Decoder,
    signals: Signals,
    paste: upload::Paste,
    /// We stopped ourselves: that we go on is known.
    stopped: bool,
}

/// Moves bytes until the server says good-bye, goes away, or a signal comes.
async fn pump(link: &mut Link, terminal: &mut Terminal) -> Result<Left, Error> {
    let mut bytes = vec![0; READ];
    loop {
        let patience = terminal.decoder.patience();
        let patience = async {
            match patience {
                Some(patience) => tokio::time::sleep(patience).await,
                None => future::pending().await,
            }
        };
        let left = tokio::select! {
            read = terminal.tty.read(&mut bytes) => match read {
                Ok(n @ 1..) => {
                    let came = terminal.decoder.feed(bytes.get(..n).unwrap_or_default());
                    take(came, terminal, link)?
                }
                Ok(0) | Err(_) => Some(Left::Hangup),
            },
            came = link.turn() => {
                let mut left = None;
                for down in came? {
                    left = left.or(receive(down, terminal, link).await?);
                }
                left
            }
            told = terminal.signals.next() => signalled(told, terminal, link)?,
            () = patience => {
                let came = terminal.decoder.give_up();
                take(came, terminal, link)?
            }
        };
        if let Some(left) = left {
            return Ok(left);
        }
    }
}

/// Passes on what the terminal sent.
fn take(came: Vec<Came>, terminal: &mut Terminal, link: &mut Link) -> Result<Option<Left>, Error> {
    for came in came {
        let written = match came {
            Came::Input(input) => {
                link.put(&Up::Input(input))?;
                Ok(())
            }
            Came::Paste(part) => {
                terminal.paste.part(part, link)?;
                Ok(())
            }
            Came::PasteEnd => {
                terminal.paste.end(link)?;
                Ok(())
            }
            Came::Kitty => guard::speak_kitty(),
            Came::Attributes => guard::speak_xterm(),
        };
        if written.is_err() {
            return Ok(Some(Left::Hangup));
        }
    }
    Ok(None)
}

/// Does what the server says.
async fn receive(down: Down, terminal: &mut Terminal, link: &mut Link) -> Result<Option<Left>, Error> {
    let written = match down {
        Down::Screen(bytes) => {
            let shown = show(&bytes);
            link.put(&Up::Shown)?;
            shown
        }
        Down::Bye { why } => return Ok(Some(Left::Bye(why))),
        Down::Wants(wants) => guard::want(wants),
        Down::Edit { text } => {
            // What comes meanwhile waits in the socket: at most the frame that is on its way.
            guard::leave();
            let edited = match aside::edit(&text, &mut terminal.signals).await {
                Ok(edited) => edited,
                Err(left) => return Ok(Some(left)),
            };
            let back = back(terminal, link, String::new())?;
            upload::edited(edited, link)?;
            return Ok(back);
        }
        Down::Suspend => return step_aside(terminal, link),
        Down::Answer(_) | Down::Note { .. } | Down::Welcome { .. } => Ok(()),
    };
    Ok(written.err().map(|_| Left::Hangup))
}

fn signalled(told: Told, terminal: &mut Terminal, link: &mut Link) -> Result<Option<Left>, Error> {
    match told {
        Told::Leave(left) => Ok(Some(left)),
        Told::Stop => step_aside(terminal, link),
        Told::Continue if std::mem::take(&mut terminal.stopped) => Ok(None),
        Told::Continue if aside::is_shown() => {
            // We were stopped without being asked, and the shell had the terminal since.
            guard::leave();
            back(terminal, link, String::new())
        }
        Told::Continue => Ok(None),
        Told::Size => {
            if let Ok((cols, rows)) = crossterm::terminal::size() {
                link.put(&Up::Input(Input::Resize { rows, cols }))?;
            }
            Ok(None)
        }
    }
}

/// Stops, as a program does on Ctrl-Z, and goes on when the shell says so.
fn step_aside(terminal: &mut Terminal, link: &mut Link) -> Result<Option<Left>, Error> {
    if !aside::has_shell() {
        let why = "there is no shell here to step aside for: q leaves, and all agents go on".to_owned();
        link.put(&Up::Redraw { why })?;
        return Ok(None);
    }
    guard::leave();
    terminal.stopped = true;
    let why = match aside::stop() {
        Ok(()) => String::new(),
        Err(e) => format!("failed to step aside: {e}"),
    };
    back(terminal, link, why)
}

/// Takes the terminal again and has everything drawn anew.
fn back(terminal: &mut Terminal, link: &mut Link, why: String) -> Result<Option<Left>, Error> {
    terminal.decoder.forget();
    if guard::take().is_err() {
        return Ok(Some(Left::Hangup));
    }
    if let Ok((cols, rows)) = crossterm::terminal::size() {
        link.put(&Up::Input(Input::Resize { rows, cols }))?;
    }
    link.put(&Up::Redraw { why })?;
    Ok(None)
}

fn show(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

fn notice(text: &str) -> io::Result<()> {
    show(format!("\x1b[0m\x1b[H\x1b[2K orchestra: {text}").as_bytes())
}
