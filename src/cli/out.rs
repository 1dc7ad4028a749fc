//! Where words go: results to standard output, the rest to standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use serde::Serialize;

use crate::domain::signal::{escape_json, printable};

/// Writes a result, ending its line.
///
/// # Errors
/// When standard output refuses; a reader that has seen enough is no error.
pub fn result(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") });
    match written.and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a result of lines that may hold texts from outside: nothing in them acts on the terminal.
///
/// # Errors
/// As [`result`].
pub fn lines(lines: &[String]) -> io::Result<()> {
    let text: Vec<String> = lines.iter().map(|l| printable(l).trim_end().to_owned()).collect();
    result(text.join("\n").trim_start_matches('\n'))
}

/// Writes a value as one JSON object on one line.
///
/// # Errors
/// As [`result`].
pub fn json(value: &impl Serialize) -> io::Result<()> {
    result(&escape_json(&serde_json::to_string(value).map_err(io::Error::other)?))
}

/// Writes a result to a file instead, and says so.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    super::file::write(path, text).with_context(|| format!("write {}", path.display()))?;
    note(&format!("written to {}", path.display()));
    Ok(())
}

/// Says something beside the result.
pub fn note(text: &str) {
    // Nobody to tell is no failure.
    let _ = writeln!(io::stderr().lock(), "orchestra: {text}");
}

/// Says what failed. It may quote names and texts of files: nothing in it acts on the terminal.
pub fn failed(error: &anyhow::Error) {
    note(&told(error));
}

/// A failure with its causes, line by line; a cause that was quoted already is not said again.
fn told(error: &anyhow::Error) -> String {
    let mut text = "failed to ".to_owned();
    for (i, cause) in error.chain().map(ToString::to_string).enumerate() {
        if i == 0 {
            text.push_str(&cause);
        } else if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// Says a line of progress.
pub fn progress(text: &str) {
    let _ = writeln!(io::stderr().lock(), "  {text}");
}

/// Says what happens, line by line.
pub fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// How long something goes on, as it stands before a line about it.
pub fn elapsed(since: Instant) -> String {
    format!("[{:5.1} s]", since.elapsed().as_secs_f64())
}

/// Whether somebody sits at a terminal.
pub fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Asks a yes-or-no question on the terminal; anything but `y` or `yes` is no.
///
/// # Errors
/// When the terminal cannot be read.
pub fn ask(question: &str) -> io::Result<bool> {
    let mut err = io::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn nothing_in_an_error_acts_on_the_terminal_and_no_cause_is_said_twice() {
        let evil = "read x\u{1b}]0;title\u{7}y\u{9b}31m\r:\u{202e} no\u{8}\n\tnext";
        let text = told(&anyhow!(evil.to_owned()).context("look at it"));
        assert!(text.starts_with("failed to look at it: read x"), "{text:?}");
        assert_eq!(text.lines().count(), 2, "its lines stay: {text:?}");
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.chars().any(acts), "{text:?}");
        let cause = io::Error::new(ErrorKind::NotFound, "it is gone");
        let twice = anyhow::Error::from(cause).context("read f: it is gone");
        assert_eq!(told(&twice), "failed to read f: it is gone");
        let other = anyhow!("it is gone").context("read f");
        assert_eq!(told(&other), "failed to read f: it is gone");
    }
}
