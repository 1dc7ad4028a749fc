//! The `orchestra` command, as any agent would run it.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The most characters of what a command says that are shown or handed on.
const LINE_MOST: usize = 300;

/// What a command did.
pub(super) struct Ran {
    /// Whether it succeeded.
    pub(super) good: bool,
    /// Its standard output.
    pub(super) out: String,
    err: String,
}

impl Ran {
    /// The lines of standard error without our own name before them.
    pub(super) fn said(&self) -> impl Iterator<Item = &str> {
        self.err.lines().map(|l| l.strip_prefix("orchestra: ").unwrap_or(l)).filter(|l| !l.trim().is_empty())
    }

    /// The first line of what it said, on either side.
    pub(super) fn first(&self) -> &str {
        let lines = if self.good { self.out.lines().next() } else { self.said().next() };
        lines.unwrap_or("nothing was said")
    }
}

/// Runs `orchestra`, with a text on standard input or none.
pub(super) fn orchestra(args: &[&str], input: &str) -> Result<Ran, String> {
    let failed = |e: std::io::Error| format!("orchestra could not be run: {e}");
    let mut command = Command::new("orchestra");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut to) = child.stdin.take() {
        // Whoever refuses may not have read it all.
        let _ = to.write_all(input.as_bytes());
    }
    let done = child.wait_with_output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran { good: done.status.success(), out: text(&done.stdout), err: text(&done.stderr) })
}

/// The beginning of a line.
pub(super) fn short(text: &str) -> String {
    text.chars().take(LINE_MOST).collect()
}
