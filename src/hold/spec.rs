//! What a holder is told, and the checks before anything is started.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;
use crate::domain::mask::Secrets;
use crate::domain::recording::Rules;
use crate::session::clock::Origin;
use crate::session::log::SEGMENT;

use super::Error;

/// How deep interpreters may name interpreters; the kernel's own limit.
const MAX_INTERPRETERS: usize = 4;

/// Everything a holder needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Whose pane it is.
    pub pane: AgentName,
    /// The program (a path, or a name looked up in `PATH` of `env`) and its arguments.
    pub argv: Vec<String>,
    /// The directory it starts in: absolute, and it must exist.
    pub cwd: PathBuf,
    /// The complete environment. Nothing is inherited; only `SHELL` is added when it is missing.
    pub env: Vec<(String, String)>,
    /// Lines of the terminal, 2 to 1000; clamped.
    pub rows: u16,
    /// Columns of the terminal, 2 to 1000; clamped.
    pub cols: u16,
    /// The directory of the pane's log, absolute.
    pub log_dir: PathBuf,
    /// Where the server connects, absolute.
    pub socket: PathBuf,
    /// Where the session's clock starts.
    pub origin: Origin,
    /// The size of the log's segments in bytes.
    #[serde(default = "segment")]
    pub segment_bytes: u64,
    /// What the log may take on the disk, in bytes, while no server sees to that.
    #[serde(default = "quota")]
    pub quota: u64,
    /// Whether its log stays when the pane is over.
    #[serde(default = "recorded")]
    pub recorded: bool,
    /// What is masked in its output before anybody keeps or sees it.
    #[serde(default)]
    pub secrets: Secrets,
}

fn quota() -> u64 {
    Rules::default().pane_quota
}

fn recorded() -> bool {
    true
}

fn segment() -> u64 {
    SEGMENT
}

impl Spec {
    /// Rows and columns within their limits.
    pub(crate) fn size(&self) -> (u16, u16) {
        clamp(self.rows, self.cols)
    }

    /// Checks all that can be checked before the child is started and gives the program's full path.
    pub(crate) fn check(&self) -> Result<PathBuf, Error> {
        for (what, path) in [("cwd", &self.cwd), ("log_dir", &self.log_dir), ("socket", &self.socket)] {
            if !path.is_absolute() {
                let reason = format!("`{what}` must be an absolute path, not {}", path.display());
                return Err(Error::Spec { pane: self.pane.clone(), reason });
            }
        }
        let texts = self.argv.iter().chain(self.env.iter().flat_map(|(k, v)| [k, v]));
        if texts.into_iter().any(|t| t.contains('\0')) || self.env.iter().any(|(k, _)| k.contains('=')) {
            let reason = "an argument or variable holds a zero byte, or a variable's name `=`".to_owned();
            return Err(Error::Spec { pane: self.pane.clone(), reason });
        }
        self.check_cwd()?;
        let program = self.find_program()?;
        self.check_interpreter(&program)?;
        Ok(program)
    }

    fn check_cwd(&self) -> Result<(), Error> {
        let failed =
            |reason: String| Error::Directory { pane: self.pane.clone(), path: self.cwd.clone(), reason };
        match std::fs::metadata(&self.cwd) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(failed("it is not a directory".to_owned())),
            Err(e) => return Err(failed(e.to_string())),
        }
        access(&self.cwd, Access::EXEC_OK).map_err(|e| failed(e.to_string()))
    }

    fn find_program(&self) -> Result<PathBuf, Error> {
        let name = self.argv.first().filter(|n| !n.is_empty());
        let name = name.ok_or_else(|| Error::Spec {
            pane: self.pane.clone(),
            reason: "the command is empty".to_owned(),
        })?;
        self.look_up(name).map_err(|looked| Error::Program {
            pane: self.pane.clone(),
            program: name.clone(),
            looked,
        })
    }

    /// The full path of a program, or where it was looked for and what is wrong with what was found.
    fn look_up(&self, name: &str) -> Result<PathBuf, String> {
        if name.contains('/') {
            let path = self.cwd.join(name);
            return match unfit(&path) {
                None => Ok(path),
                Some(reason) => Err(format!("{} {reason}", path.display())),
            };
        }
        let Some((_, dirs)) = self.env.iter().rev().find(|(k, _)| k == "PATH") else {
            return Err("the pane's environment has no PATH".to_owned());
        };
        let mut present = String::new();
        for dir in std::env::split_paths(dirs) {
            let path = self.cwd.join(dir).join(name);
            match unfit(&path) {
                None => return Ok(path),
                Some(_) if !path.exists() => {}
                Some(reason) => present = format!("; {} {reason}", path.display()),
            }
        }
        Err(format!("looked in PATH={dirs}{present}"))
    }

    fn check_interpreter(&self, program: &Path) -> Result<(), Error> {
        let mut script = program.to_owned();
        for _ in 0..MAX_INTERPRETERS {
            let Some(line) = shebang(&script) else { return Ok(()) };
            let failed = |interpreter: &str, reason: String| Error::Interpreter {
                pane: self.pane.clone(),
                program: script.clone(),
                interpreter: interpreter.to_owned(),
                reason,
            };
            let mut words = line.split_ascii_whitespace();
            let interpreter = words.next().unwrap_or_default();
            let path = self.cwd.join(interpreter);
            if interpreter.is_empty() {
                return Err(failed("", "its first line names none".to_owned()));
            }
            if let Some(reason) = unfit(&path) {
                return Err(failed(interpreter, format!("{} {reason}", path.display())));
            }
            if path.file_name().is_some_and(|n| n == "env") {
                // `env` runs what follows its options and assignments.
                let Some(name) = words.find(|w| !w.starts_with('-') && !w.contains('=')) else {
                    return Ok(());
                };
                script = self.look_up(name).map_err(|looked| failed(name, looked))?;
            } else {
                script = path;
            }
        }
        Ok(())
    }
}

/// Sizes an emulator and a reader can trust.
pub(crate) fn clamp(rows: u16, cols: u16) -> (u16, u16) {
    (rows.clamp(2, 1000), cols.clamp(2, 1000))
}

/// Why `path` cannot be run, if so.
fn unfit(path: &Path) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Some("is a directory".to_owned()),
        Ok(meta) if !meta.is_file() => Some("is not a file".to_owned()),
        Ok(_) => access(path, Access::EXEC_OK).err().map(|_| "is not executable".to_owned()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Some("does not exist".to_owned()),
        Err(e) => Some(format!("cannot be looked at: {e}")),
    }
}

/// What follows `#!` in the first line of a script.
fn shebang(path: &Path) -> Option<String> {
    let mut head = [0; 256];
    let n = File::open(path).ok()?.read(&mut head).ok()?;
    let line = head.get(..n)?.strip_prefix(b"#!")?;
    let line = line.split(|b| *b == b'\n').next()?;
    Some(String::from_utf8_lossy(line).trim().to_owned())
}
