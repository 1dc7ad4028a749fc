//! The dashboard's pump: the terminal's events up, finished bytes down.

use std::fmt;
use std::future;
use std::io::{self, IsTerminal, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Error;
use super::error::io as failed;
use super::guard::{self, Guard};
use super::input::convert;
use super::link::Link;
use super::replies::{PATIENCE_MS, Replies};
use crate::domain::conduct::Alert;
use crate::wire::msg::{Down, Look, Role, Up, VERSION};

/// How long a server may take to greet.
const GREETING: Duration = Duration::from_secs(10);
/// A server that is lost again within this time after a revival is not revived once more.
const STABLE: Duration = Duration::from_secs(20);

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
    look: Look,
    revive: &mut dyn FnMut() -> Result<PathBuf, String>,
) -> Result<Left, Error> {
    check()?;
    runtime()?.block_on(async { run(Link::connect(socket)?, look, Some(revive)).await })
}

/// Shows what the server at the other end of `stream` draws until the user leaves. Nobody revives that server.
///
/// # Errors
/// As [`attach`].
pub fn attach_to(stream: UnixStream, look: Look) -> Result<Left, Error> {
    check()?;
    runtime()?.block_on(async { run(Link::over(stream)?, look, None).await })
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(failed("start the dashboard"))
}

/// Whether a dashboard can be shown here.
///
/// # Errors
/// [`Error::NoTerminal`] or [`Error::Dumb`] with what to do instead.
pub fn check() -> Result<(), Error> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    check_terminal(is_terminal, std::env::var("TERM").unwrap_or_default())
}

/// How this terminal and user want the dashboard drawn, from `NO_COLOR`, the locale, the time zone,
/// `ORCHESTRA_ALERT`, `ORCHESTRA_CLIPBOARD` and `ORCHESTRA_LINKS`.
#[must_use]
pub fn look() -> Look {
    let offset = jiff::Zoned::now().offset().seconds() / 60;
    Look { utc_offset: i16::try_from(offset).unwrap_or(0), ..look_from(|name| std::env::var(name).ok()) }
}

fn look_from(var: impl Fn(&str) -> Option<String>) -> Look {
    let set = |name: &str| var(name).filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let locale = locale.to_lowercase();
    Look {
        plain: set("NO_COLOR").is_some(),
        ascii: !(locale.contains("utf-8") || locale.contains("utf8")),
        utc_offset: 0,
        alert: match set("ORCHESTRA_ALERT").as_deref() {
            Some("off") => Some(Alert::Off),
            Some("bell") => Some(Alert::Bell),
            Some("osc9") => Some(Alert::Osc9),
            _ => None,
        },
        no_clipboard: set("ORCHESTRA_CLIPBOARD").as_deref() == Some("off"),
        no_links: set("ORCHESTRA_LINKS").as_deref() == Some("off"),
    }
}

fn check_terminal(is_terminal: bool, term: String) -> Result<(), Error> {
    match term.as_str() {
        _ if !is_terminal => Err(Error::NoTerminal),
        "" => Err(Error::Dumb("not set".into())),
        "dumb" => Err(Error::Dumb(term)),
        _ => Ok(()),
    }
}

/// Brings a server back and names its socket.
type Revive<'a> = &'a mut dyn FnMut() -> Result<PathBuf, String>;

async fn run(link: Link, look: Look, mut revive: Option<Revive<'_>>) -> Result<Left, Error> {
    let mut signals = Signals::new().map_err(failed("listen for signals"))?;
    // Before the terminal is touched: what fails here is told on a whole screen.
    let mut link = greet(link, look).await?;
    let _guard = Guard::enter().map_err(failed("take the terminal over"))?;
    let mut events = EventStream::new();
    let mut revived: Option<Instant> = None;
    loop {
        let why = match pump(&mut link, &mut events, &mut signals).await {
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
            Ok(link) => greet(link, look).await,
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
async fn greet(mut link: Link, look: Look) -> Result<Link, Error> {
    let (cols, rows) = crossterm::terminal::size().map_err(failed("learn the terminal's size"))?;
    link.put(&Up::Hello {
        version: VERSION,
        role: Role::Attach { rows, cols, look, read_only: false },
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

/// Moves bytes until the server says good-bye, goes away, or a signal comes.
async fn pump(link: &mut Link, events: &mut EventStream, signals: &mut Signals) -> Result<Left, Error> {
    let mut replies = Replies::default();
    loop {
        let held = replies.holds();
        let patience = async {
            if held {
                tokio::time::sleep(Duration::from_millis(PATIENCE_MS)).await;
            } else {
                future::pending::<()>().await;
            }
        };
        tokio::select! {
            event = events.next() => match event {
                Some(Ok(event)) => take(event, &mut replies, link)?,
                Some(Err(_)) | None => return Ok(Left::Hangup),
            },
            came = link.turn() => for down in came? {
                match down {
                    Down::Screen(bytes) => {
                        if show(&bytes).is_err() {
                            return Ok(Left::Hangup);
                        }
                        link.put(&Up::Shown)?;
                    }
                    Down::Bye { why } => return Ok(Left::Bye(why)),
                    Down::Edit { .. } => link.put(&Up::Edited { text: None })?,
                    Down::Suspend | Down::Answer(_) | Down::Welcome { .. } => {}
                }
            },
            left = signals.next() => return Ok(left),
            () = patience => for input in replies.give_up() {
                link.put(&Up::Input(input))?;
            },
        }
    }
}

fn take(event: Event, replies: &mut Replies, link: &mut Link) -> Result<(), Error> {
    let Some(input) = convert(event) else { return Ok(()) };
    for input in replies.feed(input) {
        link.put(&Up::Input(input))?;
    }
    Ok(())
}

fn show(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

fn notice(text: &str) -> io::Result<()> {
    show(format!("\x1b[0m\x1b[H\x1b[2K orchestra: {text}").as_bytes())
}

/// The signals that end a dashboard. An interrupt from outside does not: in raw mode Ctrl-C is a key
/// for the pane.
struct Signals {
    terminate: Signal,
    hangup: Signal,
    quit: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Left {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Left::Signal(SignalKind::terminate().as_raw_value()),
                _ = self.quit.recv() => return Left::Signal(SignalKind::quit().as_raw_value()),
                _ = self.hangup.recv() => return Left::Hangup,
                _ = self.interrupt.recv() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_follows_no_color_and_the_locale() {
        let with = |pairs: &'static [(&str, &str)]| {
            look_from(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(with(&[("LANG", "de_DE.UTF-8")]), Look { plain: false, ascii: false, ..Look::default() });
        assert_eq!(
            with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]),
            Look { plain: false, ascii: true, ..Look::default() }
        );
        assert_eq!(
            with(&[("LC_CTYPE", "C.utf8"), ("NO_COLOR", "1")]),
            Look { plain: true, ascii: false, ..Look::default() }
        );
        assert_eq!(with(&[("ORCHESTRA_ALERT", "off")]).alert, Some(Alert::Off));
        assert_eq!(with(&[("ORCHESTRA_ALERT", "loud")]).alert, None);
        assert!(with(&[("ORCHESTRA_CLIPBOARD", "off")]).no_clipboard);
        assert!(!with(&[("ORCHESTRA_CLIPBOARD", "on")]).no_clipboard);
        assert!(with(&[("ORCHESTRA_LINKS", "off")]).no_links);
        assert_eq!(with(&[("NO_COLOR", "")]), Look { plain: false, ascii: true, ..Look::default() });
    }

    #[test]
    fn what_is_no_terminal_is_refused_with_the_remedy() {
        let text = |r: Result<(), Error>| r.unwrap_err().to_string();
        assert!(text(check_terminal(false, "xterm".into())).contains("no terminal"));
        assert!(text(check_terminal(true, "dumb".into())).contains("TERM is `dumb`"));
        assert!(check_terminal(true, String::new()).is_err());
        assert!(check_terminal(true, "xterm-256color".into()).is_ok());
    }
}
