//! asciicast, versions 2 and 3: <https://docs.asciinema.org/manual/asciicast/v3/>.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::json::string;
use super::{About, Happened, Joiner, Sink};
use crate::domain::exit::Exit;
use crate::screen::Size;

/// The longest text of one event, in bytes: that of a record of a log, so that a cast taken back gives the same.
const EVENT_MAX: usize = 65_536;
/// What panes are told of their terminal.
const TERM: &str = "xterm-256color";

/// A version of the format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// Times since the beginning.
    Two,
    /// Times since the event before; says how the program ended.
    Three,
}

pub(super) struct Cast<'a> {
    version: Version,
    about: About,
    out: &'a mut dyn Write,
    joiner: Joiner,
    /// The moment of the header, and of the last event.
    begun: Option<u64>,
    last: u64,
    size: Size,
    exit: Option<Exit>,
    text: String,
    line: String,
}

impl<'a> Cast<'a> {
    pub(super) fn new(version: Version, about: About, out: &'a mut dyn Write) -> Self {
        Self {
            version,
            about,
            out,
            joiner: Joiner::default(),
            begun: None,
            last: 0,
            size: Size { rows: 24, cols: 80 },
            exit: None,
            text: String::new(),
            line: String::new(),
        }
    }

    fn header(&mut self, us: u64) -> io::Result<()> {
        (self.begun, self.last) = (Some(us), us);
        let Size { rows, cols } = self.size;
        let mut line = match self.version {
            Version::Two => format!("{{\"version\": 2, \"width\": {cols}, \"height\": {rows}"),
            Version::Three => {
                format!(
                    "{{\"version\": 3, \"term\": {{\"cols\": {cols}, \"rows\": {rows}, \"type\": \"{TERM}\"}}"
                )
            }
        };
        if let Some(origin) = self.about.origin {
            let at = origin.saturating_add(i64::try_from(us / 1_000_000).unwrap_or(i64::MAX));
            let _ = write!(line, ", \"timestamp\": {at}");
        }
        line.push_str(", \"title\": ");
        string(&self.about.title, &mut line);
        let _ = writeln!(line, ", \"env\": {{\"TERM\": \"{TERM}\"}}}}");
        self.out.write_all(line.as_bytes())
    }

    fn event(&mut self, us: u64, code: char, text: &str) -> io::Result<()> {
        if self.begun.is_none() {
            self.header(us)?;
        }
        // Time never runs backwards in a cast.
        let us = us.max(self.last);
        let since = match self.version {
            Version::Two => self.begun.unwrap_or(us),
            Version::Three => self.last,
        };
        self.last = us;
        let at = us.saturating_sub(since);
        self.line.clear();
        let _ = write!(self.line, "[{}.{:06}, \"{code}\", ", at / 1_000_000, at % 1_000_000);
        string(text, &mut self.line);
        self.line.push_str("]\n");
        self.out.write_all(self.line.as_bytes())
    }

    /// Writes what is decoded so far as events that are not too long.
    fn output(&mut self, us: u64) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let mut end = rest.len().min(EVENT_MAX);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let (now, after) = rest.split_at(end);
            self.event(us, 'o', now)?;
            rest = after;
        }
        self.text = text;
        self.text.clear();
        Ok(())
    }
}

impl Sink for Cast<'_> {
    fn take(&mut self, us: u64, what: Happened<'_>) -> io::Result<()> {
        match what {
            Happened::Output(bytes) => {
                self.joiner.push(bytes, &mut self.text);
                self.output(us)
            }
            Happened::Size(size) => {
                let same = std::mem::replace(&mut self.size, size) == size;
                match self.begun {
                    None => self.header(us),
                    Some(_) if same => Ok(()),
                    Some(_) => self.event(us, 'r', &format!("{}x{}", size.cols, size.rows)),
                }
            }
            Happened::Chapter(text) => self.event(us, 'm', text),
            // No title, and everything as a terminal is at first.
            Happened::Again => self.event(us, 'o', "\x1b]2;\x07\x1bc"),
            Happened::Exit(exit) => {
                self.exit = Some(exit);
                Ok(())
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if self.begun.is_none() {
            self.header(0)?;
        }
        self.joiner.end(&mut self.text);
        self.output(self.last)?;
        if let (Version::Three, Some(exit)) = (self.version, self.exit) {
            let status = match exit {
                Exit::Code(code) => code,
                Exit::Signal(signal) => signal.saturating_add(128),
            };
            self.event(self.last, 'x', &status.to_string())?;
        }
        self.out.flush()
    }
}
