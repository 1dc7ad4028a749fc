//! What it was given, for those who test what arrives: one line a prompt it takes.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// Names the file to write to; nothing is written without it.
const VARIABLE: &str = "ORCHESTRA_REHEARSE_LEDGER";

/// A file that several agents may append to: name, SHA-256 in hexadecimal, length in bytes.
pub(super) struct Ledger(Option<PathBuf>);

impl Ledger {
    pub(super) fn from_env() -> Self {
        Self(std::env::var_os(VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from))
    }

    /// Notes a prompt that was taken.
    pub(super) fn enter(&self, agent: &str, text: &str) -> io::Result<()> {
        let Some(path) = &self.0 else { return Ok(()) };
        let sum: String = Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect();
        let line = format!("{agent} {sum} {}\n", text.len());
        OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
    }
}
