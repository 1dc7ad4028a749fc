//! How a process ended.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a process ended. As text: `exit 3`, `signal 9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It returned this status.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

/// A text is neither `exit N` nor `signal N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read how a process ended: expected `exit N` or `signal N`")]
pub struct ExitError;

impl Exit {
    /// Whether it ended as programs do that found nothing wrong.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

impl FromStr for Exit {
    type Err = ExitError;

    fn from_str(text: &str) -> Result<Self, ExitError> {
        match text.split_once(' ') {
            Some(("exit", code)) => code.parse().map(Self::Code).map_err(|_| ExitError),
            Some(("signal", signal)) => signal.parse().map(Self::Signal).map_err(|_| ExitError),
            _ => Err(ExitError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for exit in [Exit::Code(0), Exit::Code(255), Exit::Signal(9)] {
            assert_eq!(exit.to_string().parse(), Ok(exit));
        }
        assert!("exit x".parse::<Exit>().is_err());
        assert!(Exit::Code(0).is_success() && !Exit::Code(1).is_success());
    }
}
