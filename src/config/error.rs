//! What can be wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

pub(super) use crate::domain::near::did_you_mean;

/// Why a configuration cannot be used or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error("find {}: run `orchestra init` to write one", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file says something wrong.
    #[error("use {0}")]
    Wrong(Box<Wrong>),
    /// The system refused.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A link that leads nowhere.
    #[error("read {}: it is a link to something that is not there; mend it or take it away", path.display())]
    Nowhere {
        /// Which.
        path: PathBuf,
    },
    /// A file that would be passed over because of its name.
    #[error("use {}: {what}", path.display())]
    Name {
        /// Which.
        path: PathBuf,
        /// What was expected, and what to do.
        what: String,
    },
    /// Something that is no regular file.
    #[error("read {}: it is not a regular file; put a text file there", path.display())]
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// A file beyond the limit.
    #[error("read {}: it is larger than {limit} bytes, the most a file of the configuration may be", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// In bytes.
        limit: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("read {}: it is not UTF-8 text; save it as UTF-8", path.display())]
    NotText {
        /// Which.
        path: PathBuf,
    },
    /// A folder beyond the limit.
    #[error("read {}: it holds more than {limit} files; move some away", path.display())]
    TooMany {
        /// Which folder.
        path: PathBuf,
        /// How many may be there.
        limit: usize,
    },
    /// `init` would overwrite.
    #[error("write {}: it exists already; move it away, or overwrite it with `orchestra init --force`", path.display())]
    Exists {
        /// The first file in the way.
        path: PathBuf,
    },
    /// A name given to `init` that nobody knows.
    #[error("use the {kind} `{name}`: {expected}")]
    Unknown {
        /// `preset` or `profile`.
        kind: &'static str,
        /// What was given.
        name: String,
        /// What may be given.
        expected: String,
    },
}

impl Error {
    /// Whether it was refused to protect a file (exit status 4) rather than wrong (2).
    #[must_use]
    pub fn refused(&self) -> bool {
        matches!(self, Self::Exists { .. })
    }
}

/// One thing that is wrong, and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The file, as the user knows it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, in characters from 1.
    pub column: usize,
    /// The key, dotted; empty where there is none.
    pub key: String,
    /// What is wrong, what was expected and, where there is one, what was probably meant.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        f.write_str(&self.what)
    }
}

/// `` `a`, `b` or `c` ``.
pub(super) fn one_of<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = known.into_iter().map(|k| format!("`{k}`")).collect();
    match quoted.split_last() {
        None => String::from("nothing"),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
