//! Exit statuses: a contract with scripts.

use std::process::ExitCode;

use crate::domain::view::Fault;
use crate::{client, config, git, replay, server};

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: tried and failed: a red gate, a conflict, a receipt other than `submitted`.
    Failed,
    /// 2: it makes no sense as asked, or the configuration is wrong.
    Usage,
    /// 3: there is no session to ask.
    Nothing,
    /// 4: refused to protect work.
    Protected,
    /// 124: its time was up.
    Timeout,
    /// 128 + n: ended by signal n.
    Signal(u8),
    /// What a hidden subcommand says itself.
    Code(ExitCode),
}

impl Exit {
    /// The number, where this module decides it.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        Some(match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Nothing => 3,
            Self::Protected => 4,
            Self::Timeout => 124,
            Self::Signal(n) => n.saturating_add(128),
            Self::Code(_) => return None,
        })
    }
}

impl Exit {
    /// The kind of fault that an object names where this is the status of one.
    #[must_use]
    pub fn fault(self) -> Fault {
        match self {
            Self::Usage => Fault::Usage,
            Self::Protected => Fault::Protected,
            Self::Timeout => Fault::Timeout,
            Self::Done | Self::Failed | Self::Nothing | Self::Signal(_) | Self::Code(_) => Fault::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Code(code) => code,
            other => Self::from(other.number().unwrap_or(1)),
        }
    }
}

impl From<Fault> for Exit {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Failed => Self::Failed,
            Fault::Usage => Self::Usage,
            Fault::Protected => Self::Protected,
            Fault::Timeout => Self::Timeout,
        }
    }
}

/// A failure that knows its exit status. The text completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Fail {
    /// The status.
    pub exit: Exit,
    /// What failed, and the remedy.
    pub why: String,
}

impl Fail {
    /// A failure with that status.
    pub fn new(exit: Exit, why: impl Into<String>) -> Self {
        Self { exit, why: why.into() }
    }

    /// A command that makes no sense as asked.
    pub fn usage(why: impl Into<String>) -> Self {
        Self::new(Exit::Usage, why)
    }

    /// A refusal to protect work.
    pub fn protected(why: impl Into<String>) -> Self {
        Self::new(Exit::Protected, why)
    }
}

/// The exit status of a failure: that of the first error in its chain that has one, else 1.
#[must_use]
pub fn exit_of(error: &anyhow::Error) -> Exit {
    let known = error.chain().find_map(|e| {
        let fail = e.downcast_ref::<Fail>().map(|f| f.exit);
        let client = || e.downcast_ref::<client::Error>().map(of_client);
        let config = || e.downcast_ref::<config::Error>().map(of_config);
        let git = || e.downcast_ref::<git::Error>().map(of_git);
        let server = || e.downcast_ref::<server::Error>().map(of_server);
        let replay = || e.downcast_ref::<replay::Error>().map(of_replay);
        fail.or_else(client).or_else(config).or_else(git).or_else(server).or_else(replay)
    });
    known.unwrap_or(Exit::Failed)
}

fn of_client(error: &client::Error) -> Exit {
    use client::Error as E;
    match error {
        E::Gone(_) | E::Lost => Exit::Nothing,
        E::NoTerminal | E::Dumb(_) | E::TooLong(_) | E::Sock(_) => Exit::Usage,
        E::Silent(_) => Exit::Timeout,
        _ => Exit::Failed,
    }
}

fn of_server(error: &server::Error) -> Exit {
    match error {
        server::Error::Socket(_) => Exit::Usage,
        server::Error::Taken { .. } => Exit::Protected,
        _ => Exit::Failed,
    }
}

fn of_replay(error: &replay::Error) -> Exit {
    use crate::session::dir::Error as Dir;
    match error {
        replay::Error::Missing { .. } | replay::Error::Dir(Dir::NotASession(_) | Dir::Format { .. }) => {
            Exit::Usage
        }
        _ => Exit::Failed,
    }
}

fn of_config(error: &config::Error) -> Exit {
    if error.refused() { Exit::Protected } else { Exit::Usage }
}

fn of_git(error: &git::Error) -> Exit {
    use git::Error as E;
    match error {
        E::NotARepository(_)
        | E::Bare(_)
        | E::NoCommits(_)
        | E::NoTarget { .. }
        | E::Unsupported { .. }
        | E::BranchName(_)
        | E::NoBranch(_)
        | E::Inside { .. } => Exit::Usage,
        E::Program { .. } | E::Git { .. } | E::Io { .. } => Exit::Failed,
        // The rest says that somebody's work or somebody else is in the way.
        _ => Exit::Protected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use std::path::PathBuf;

    #[test]
    fn the_numbers_are_the_contract() {
        let numbers = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Nothing, Exit::Protected, Exit::Timeout]
            .map(Exit::number);
        assert_eq!(numbers, [0, 1, 2, 3, 4, 124].map(Some));
        assert_eq!(Exit::Signal(15).number(), Some(143));
        let faults = [Fault::Failed, Fault::Usage, Fault::Protected, Fault::Timeout].map(Exit::from);
        assert_eq!(faults, [Exit::Failed, Exit::Usage, Exit::Protected, Exit::Timeout]);
    }

    #[test]
    fn failures_map_through_any_context() {
        let path = PathBuf::from("/x");
        let table: Vec<(anyhow::Error, Exit)> = vec![
            (Fail::protected("merge: SEC is missing").into(), Exit::Protected),
            (client::Error::Gone(path.clone()).into(), Exit::Nothing),
            (client::Error::NoTerminal.into(), Exit::Usage),
            (client::Error::Silent(3).into(), Exit::Timeout),
            (config::Error::Missing { path: path.clone() }.into(), Exit::Usage),
            (config::Error::Exists { path: path.clone() }.into(), Exit::Protected),
            (git::Error::NotARepository(path.clone()).into(), Exit::Usage),
            (git::Error::InProgress { path, what: "merge" }.into(), Exit::Protected),
            (anyhow::anyhow!("anything else"), Exit::Failed),
        ];
        for (error, exit) in table {
            let error = Err::<(), _>(error).context("do it").unwrap_err();
            assert_eq!(exit_of(&error), exit, "{error:#}");
        }
    }
}
