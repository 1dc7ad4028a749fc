//! A connection for commands: one answer a command, in order.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Error;
use super::error::io;
use super::link::{dial, encode};
use crate::domain::command::{Caller, Command, What};
use crate::domain::view::Answer;
use crate::wire::frame::Decoder;
use crate::wire::msg::{Down, Role, Up, VERSION};

/// How long a server may take to greet.
const GREETING: Duration = Duration::from_secs(5);
/// How long a command may take that does not say so itself: a review runs gates, a merge all of them.
const LONG: Duration = Duration::from_secs(4 * 3600);
/// How long a command may take that only asks what the server knows.
const SHORT: Duration = Duration::from_secs(30);
/// A longer text goes in parts of this size: as JSON, each byte of it may become six.
const PART: usize = 128 * 1024;
/// How long the answer to a wait may be late.
const GRACE: Duration = Duration::from_secs(10);

/// A connection for commands.
pub struct Control {
    stream: UnixStream,
    decoder: Decoder,
    session: String,
    caller: Caller,
    socket: PathBuf,
    on_note: Box<dyn FnMut(&str) + Send>,
}

/// Ends a conversation; see [`Control::hang_up`].
pub struct HangUp(UnixStream);

impl HangUp {
    /// Ends it.
    pub fn now(&self) {
        // One that has ended already needs no end.
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }
}

impl Control {
    /// Connects and greets. `token` says which pane the caller runs in, if any.
    ///
    /// # Errors
    /// [`Error::Gone`] when no server is there, or what went wrong.
    pub fn connect(socket: &Path, token: Option<String>) -> Result<Self, Error> {
        Self::greet(socket, Role::Control, token)
    }

    /// The same for a program that speaks MCP; `client` is what it calls itself.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub fn connect_mcp(socket: &Path, client: String, token: Option<String>) -> Result<Self, Error> {
        Self::greet(socket, Role::Mcp { client }, token)
    }

    fn greet(socket: &Path, role: Role, token: Option<String>) -> Result<Self, Error> {
        let stream = dial(socket)?;
        stream.set_write_timeout(Some(SHORT)).map_err(io("use the socket"))?;
        let mut control = Self {
            stream,
            decoder: Decoder::default(),
            session: String::new(),
            caller: Caller::Outside,
            socket: socket.to_owned(),
            on_note: Box::new(|_| {}),
        };
        control.put(&Up::Hello { version: VERSION, role, token })?;
        match control.get(GREETING)? {
            Down::Welcome { session, caller } => (control.session, control.caller) = (session, caller),
            Down::Bye { why } => return Err(Error::Bye(why)),
            _ => return Err(Error::OutOfTurn("something before its greeting")),
        }
        Ok(control)
    }

    /// Has `tell` told what a command waits for while its answer is still to come.
    pub fn on_note(&mut self, tell: impl FnMut(&str) + Send + 'static) {
        self.on_note = Box::new(tell);
    }

    /// The session's name.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Who the server takes the caller for.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Something that ends the conversation from another thread: whoever waits for an answer gets
    /// [`Error::Lost`], and the server does not answer any more.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn hang_up(&self) -> Result<HangUp, Error> {
        self.stream.try_clone().map(HangUp).map_err(io("use the socket"))
    }

    /// Whether the next command would reach the server: it has neither left nor spoken out of turn.
    pub fn usable(&mut self) -> bool {
        let mut byte = [0];
        let quiet = self.stream.set_nonblocking(true).is_ok()
            && matches!(self.stream.read(&mut byte), Err(e) if e.kind() == ErrorKind::WouldBlock);
        quiet && self.stream.set_nonblocking(false).is_ok()
    }

    /// The socket of this connection.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Carries out a command and waits for its answer, as long as that command may take.
    ///
    /// # Errors
    /// When the server goes away, does not answer in time, or sends something else.
    pub fn ask(&mut self, command: Command) -> Result<Answer, Error> {
        let ends = matches!(command, Command::Down);
        let mut patience = patience(&command);
        let command = self.in_parts(command)?;
        self.put(&Up::Command(Box::new(command)))?;
        loop {
            match self.get(patience) {
                Ok(Down::Answer(answer)) => return Ok(*answer),
                Ok(Down::Bye { why }) if ends => return Ok(Answer::Done { text: why }),
                // A server that is told to end may close before its answer is out.
                Err(Error::Lost) if ends => return Ok(Answer::Done { text: String::new() }),
                Ok(Down::Bye { why }) => return Err(Error::Bye(why)),
                Ok(Down::Note { text }) => {
                    // A person may take their time; the server knows how long.
                    patience = LONG;
                    (self.on_note)(&text);
                }
                Ok(Down::Screen(_) | Down::Edit { .. } | Down::Suspend | Down::Wants(_)) => {}
                Ok(Down::Welcome { .. }) => return Err(Error::OutOfTurn("a second greeting")),
                Err(e) => return Err(e),
            }
        }
    }

    /// Sends a text too long for one frame ahead of its command, in parts.
    fn in_parts(&mut self, command: Command) -> Result<Command, Error> {
        match command {
            Command::Send { targets, what: What::Text(text), terms } if text.len() > PART => {
                for part in text.as_bytes().chunks(PART) {
                    self.put(&Up::Part(part.to_vec()))?;
                }
                Ok(Command::Send { targets, what: What::Parts { bytes: text.len() }, terms })
            }
            other => Ok(other),
        }
    }

    fn put(&mut self, up: &Up) -> Result<(), Error> {
        match self.stream.write_all(&encode(up)?) {
            // What it said before it left may explain why.
            Err(e) if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => Ok(()),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err(Error::Silent(SHORT.as_secs()))
            }
            other => other.map_err(io("write to the socket")),
        }
    }

    fn get(&mut self, patience: Duration) -> Result<Down, Error> {
        let end = Instant::now() + patience;
        let mut bytes = [0; 64 * 1024];
        loop {
            for frame in self.decoder.by_ref() {
                let frame = frame?;
                if let Some(down) = Down::decode(frame.kind, &frame.payload)? {
                    return Ok(down);
                }
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Silent(patience.as_secs()));
            }
            self.stream.set_read_timeout(Some(left)).map_err(io("use the socket"))?;
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(Error::Lost),
                Ok(n) => self.decoder.push(bytes.get(..n).unwrap_or_default()),
                Err(e)
                    if matches!(
                        e.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(e) if e.kind() == ErrorKind::ConnectionReset => return Err(Error::Lost),
                Err(e) => return Err(io("read from the socket")(e)),
            }
        }
    }
}

fn patience(command: &Command) -> Duration {
    match command {
        Command::Wait { timeout_ms, .. } => Duration::from_millis(*timeout_ms).min(LONG * 100) + GRACE,
        Command::Review { .. }
        | Command::Verify { .. }
        | Command::Merge
        | Command::MergePlan
        | Command::MergeContinue { .. }
        | Command::ContinuePlan { .. }
        | Command::MergeHand
        | Command::MergeResolve
        | Command::MergeUndo => LONG,
        Command::Down => Duration::from_secs(60),
        _ => SHORT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::Fault;
    use crate::wire::frame;
    use std::os::unix::net::UnixListener;
    use std::thread;

    /// A server that takes one connection and answers each frame with what `reply` makes of it.
    fn fake(
        reply: impl Fn(Up) -> Vec<Down> + Send + 'static,
    ) -> (tempfile::TempDir, PathBuf, thread::JoinHandle<()>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let handle = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while let Ok(Some(f)) = frame::read(&mut stream) {
                let Ok(Some(up)) = Up::decode(f.kind, &f.payload) else { continue };
                for down in reply(up) {
                    let bye = matches!(down, Down::Bye { .. });
                    let (kind, payload) = down.encode();
                    frame::write(&mut stream, kind, &payload).unwrap();
                    if bye {
                        return;
                    }
                }
            }
        });
        (dir, path, handle)
    }

    fn welcome() -> Vec<Down> {
        vec![Down::Welcome { session: "sprint".into(), caller: Caller::Outside }]
    }

    #[test]
    fn a_command_gets_its_answer_and_the_token_goes_along() {
        let (_dir, path, server) = fake(|up| match up {
            Up::Hello { version: VERSION, role: Role::Control, token: Some(t) } if t == "secret" => welcome(),
            Up::Command(c) if *c == Command::MergePlan => {
                let why = "merge: nobody is ready".to_owned();
                vec![Down::Answer(Box::new(Answer::Fault { fault: Fault::Protected, why }))]
            }
            other => panic!("{other:?}"),
        });
        let mut control = Control::connect(&path, Some("secret".into())).unwrap();
        assert_eq!(control.session(), "sprint");
        let answer = control.ask(Command::MergePlan).unwrap();
        assert!(matches!(answer, Answer::Fault { fault: Fault::Protected, .. }));
        drop(control);
        server.join().unwrap();
    }

    #[test]
    fn an_absent_a_refusing_and_a_vanishing_server_are_told_apart() {
        let gone = Control::connect(Path::new("/nonexistent/socket"), None).err().unwrap();
        assert!(gone.is_gone() && gone.to_string().contains("/nonexistent/socket"), "{gone}");

        let (_dir, path, _) = fake(|_| vec![Down::Bye { why: "version 9 here, 1 there".into() }]);
        let refused = Control::connect(&path, None).err().unwrap();
        assert!(matches!(&refused, Error::Bye(why) if why.contains("version 9")), "{refused}");

        let (_dir, path, _) = fake(|up| match up {
            Up::Hello { .. } => welcome(),
            _ => vec![Down::Bye { why: "the session ended".into() }],
        });
        let mut control = Control::connect(&path, None).unwrap();
        assert!(matches!(control.ask(Command::Status), Err(Error::Bye(_))));
        assert!(matches!(control.ask(Command::Status), Err(Error::Lost)));

        let (_dir, path, _) = fake(|up| match up {
            Up::Hello { .. } => welcome(),
            _ => vec![Down::Bye { why: "the session ended".into() }],
        });
        let mut control = Control::connect(&path, None).unwrap();
        assert!(matches!(control.ask(Command::Down), Ok(Answer::Done { .. })));
    }

    #[test]
    fn a_command_beyond_a_frame_is_refused_here() {
        let (_dir, path, _) = fake(|_| welcome());
        let mut control = Control::connect(&path, None).unwrap();
        let text = "x".repeat(frame::MAX_FRAME);
        assert!(matches!(control.ask(Command::Narrate { text }), Err(Error::TooLong(_))));
    }
}
