//! Making a session and starting its server.

use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::recover::Turns;
use super::{Error, session_error};
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::Record;
use crate::domain::team::Config;
use crate::session::clock::{Clock, Origin};
use crate::session::dir::SessionDir;
use crate::session::file::{PaneFile, SessionFile};
use crate::session::journal::Journal;
use crate::session::lines::append;
use crate::wire::{frame, msg, sock};

/// How long a new server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one that ended at once is given to have lost to another, before the next is started.
const AGAIN: Duration = Duration::from_millis(300);
/// How often one is started.
const MAX_STARTS: u32 = 4;
/// How long the winner may take to answer when the last of them has ended.
const LOSERS: Duration = Duration::from_secs(3);

/// What a session is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its directory; made here.
    pub session_dir: PathBuf,
    /// The repository's top, or the folder of a project without one.
    pub repository: PathBuf,
    /// The checked configuration.
    pub config: Config,
    /// Each agent's worktree and the commit its work is counted from; a plain folder and none without worktrees.
    pub worktrees: Vec<(AgentName, PathBuf, Oid)>,
    /// Rows and columns of a pane until a dashboard shows it.
    pub size: (u16, u16),
}

/// Writes a session's directory, or takes an ended session up again with the configuration of now.
///
/// # Errors
/// When the directory is not ours, is served already, or cannot be written.
pub fn prepare(setup: &Setup) -> Result<(), Error> {
    let dir = match SessionDir::create(&setup.session_dir) {
        Err(crate::session::dir::Error::Exists(_)) => SessionDir::open(&setup.session_dir),
        made => made,
    };
    let dir = dir.map_err(session_error("make the session directory"))?;
    let _lock = dir.lock().map_err(session_error("lock the session"))?;
    let earlier = dir.read_toml::<SessionFile>().ok();
    let begin = |why: String| Error::Session { what: "begin the journal".into(), why };
    let mut turns = Turns::default();
    let mut log = Journal::open_each(&dir.journal(), |e| turns.take(&e)).map_err(|e| begin(e.to_string()))?;
    let origin = earlier.as_ref().map_or_else(Origin::now, |f| f.origin.resumed(turns.last));
    let panes = setup.worktrees.iter().map(|(name, worktree, base)| PaneFile {
        name: name.clone(),
        worktree: worktree.clone(),
        base: base.clone(),
    });
    let file = SessionFile {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        repository: setup.repository.clone(),
        origin,
        boot: crate::session::file::boot_id(),
        panes: panes.collect(),
        config: setup.config.clone(),
    };
    dir.write_toml(&file).map_err(session_error("write session.toml"))?;
    let journal = |e: crate::session::lines::Error| begin(e.to_string());
    let now = Clock::new(origin).now();
    if turns.open {
        let why = "all its processes were lost".to_owned();
        append(&dir, &mut log, &Record::Closed { why }, now).map_err(journal)?;
    }
    for pane in &file.panes {
        if file.config.worktrees {
            let record = Record::Base { agent: pane.name.clone(), base: pane.base.clone() };
            append(&dir, &mut log, &record, now).map_err(journal)?;
        }
        let (rows, cols) = (setup.size.0.clamp(2, 1000), setup.size.1.clamp(2, 1000));
        append(&dir, &mut log, &Record::Resized { agent: pane.name.clone(), rows, cols }, now)
            .map_err(journal)?;
    }
    Ok(())
}

/// The server socket of a session.
///
/// # Errors
/// When the socket directory is not safe, with its owner, mode and the remedy.
pub fn socket(session_dir: &Path) -> Result<PathBuf, Error> {
    let dir = sock::dir_for(session_dir).map_err(Error::Socket)?;
    Ok(dir.join("server"))
}

/// What a server is started for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wake {
    /// The session is to run, also where it had ended.
    Up,
    /// It runs, and its server seems to be lost: where it has ended meanwhile, it stays so.
    Lost,
}

/// Makes sure that somebody serves the session, and gives its socket. Started many times at once,
/// one server wins and all callers get it.
///
/// # Errors
/// When the server cannot be started or does not answer within ten seconds.
pub fn ensure_running(exe: &Path, session_dir: &Path, wake: Wake) -> Result<PathBuf, Error> {
    let socket = socket(session_dir)?;
    if answers(&socket) {
        return Ok(socket);
    }
    let not_up = |why: String| Error::NotUp { dir: session_dir.to_owned(), why };
    // The server starts in another directory.
    let session_dir = &session_dir.canonicalize().map_err(|e| not_up(e.to_string()))?;
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(session_dir.join("server.log"));
    let log = log.map_err(|e| not_up(e.to_string()))?;
    let start = || -> Result<Child, Error> {
        let stderr = log.try_clone().map_err(|e| not_up(e.to_string()))?;
        let mut command = Command::new(exe);
        command.arg("serve").arg(session_dir);
        if wake == Wake::Lost {
            command.arg("--lost");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        command.current_dir("/").process_group(0);
        command.spawn().map_err(|e| not_up(format!("{}: {e}", exe.display())))
    };
    let began = Instant::now();
    let (mut child, mut ended, mut starts) = (start()?, None, 1);
    loop {
        if answers(&socket) {
            return Ok(socket);
        }
        if began.elapsed() > PATIENCE {
            let how =
                ended.map_or("it did not answer in time".to_owned(), |(s, _)| format!("it ended with {s}"));
            return Err(not_up(how));
        }
        match ended {
            None => ended = child.try_wait().ok().flatten().map(|status| (status, Instant::now())),
            // Losing to a server that then answers is usual. But a lock may also be the last of one that is dying, or
            // of somebody who only looked.
            Some((_, at)) if starts < MAX_STARTS && at.elapsed() > AGAIN => {
                (child, ended, starts) = (start()?, None, starts + 1);
            }
            Some((status, at)) if at.elapsed() > LOSERS => {
                return Err(not_up(format!("it ended with {status}")));
            }
            Some(_) => {}
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until nothing of a session runs any more, after it was told to end: its server says so a moment
/// before it has gone itself. `false` when ten seconds were not enough.
#[must_use]
pub fn wait_until_ended(session_dir: &Path) -> bool {
    let began = Instant::now();
    loop {
        match SessionDir::open(session_dir) {
            Ok(dir) if super::place::running(&dir) != super::State::Ended => {}
            _ => return true,
        }
        if began.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a server at that socket greets.
fn answers(socket: &Path) -> bool {
    let Ok((mut stream, _)) = sock::connect(socket) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let hello = msg::Up::Hello { version: msg::VERSION, role: msg::Role::Control, token: None };
    let (kind, payload) = hello.encode();
    frame::write(&mut stream, kind, &payload).is_ok() && matches!(frame::read(&mut stream), Ok(Some(_)))
}
