//! Reads asciicasts of versions 1, 2 and 3, whoever made them. Pure but for the reader it is given; nothing in a file
//! makes it panic, wait or grow beyond its limits.

use std::io::{self, BufRead, Read as _};

use serde::Deserialize;
use serde_json::{Number, Value};

use crate::domain::signal::printable;
use crate::screen::Size;
use crate::session::log::size_of_text;

/// The longest line of an event, in bytes.
pub const LINE_MAX: usize = 4 << 20;
/// The longest header, and the longest file of version 1, which is one object, in bytes.
pub const HEADER_MAX: usize = 16 << 20;
/// The longest a recording may last, in microseconds: a year. What is later happens then.
pub const LENGTH_MAX: u64 = 366 * 86_400 * 1_000_000;
/// Most characters of a title.
const TITLE_MAX: usize = 200;
/// The latest second since 1970 that a header may name: the end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Why a file is no asciicast.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// It cannot be read.
    #[error("read the cast: {0}")]
    Io(#[from] io::Error),
    /// A line is beyond its limit.
    #[error("read the cast: line {line} is longer than {limit} bytes")]
    Long {
        /// Its number.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// It does not begin as one.
    #[error("read the cast: {0}; expected an asciicast of version 1, 2 or 3")]
    NoCast(String),
}

/// What stands before the events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The version, 1 to 3.
    pub version: u8,
    /// The size at the beginning, within the limits of a screen.
    pub size: Size,
    /// Seconds since 1970 at the beginning, where it says so.
    pub timestamp: Option<i64>,
    /// Its title, else its command; without control characters, may be empty.
    pub title: String,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Happened {
    /// Text was printed.
    Output(String),
    /// The size changed; within the limits of a screen.
    Size(Size),
    /// A marker.
    Mark(String),
    /// The program ended with that status.
    Exit(i32),
}

/// One event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Microseconds since the beginning; never less than before.
    pub us: u64,
    /// What happened.
    pub what: Happened,
}

/// What was passed over or changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Events of kinds nobody knows.
    pub unknown: u64,
    /// Lines that are no events.
    pub damaged: u64,
    /// Keys that were typed: they are not part of a record.
    pub typed: u64,
    /// Times that ran backwards or beyond [`LENGTH_MAX`].
    pub times: u64,
    /// Sizes beyond the limits of a screen.
    pub sizes: u64,
}

/// An asciicast that is being read.
#[derive(Debug)]
pub struct Cast<R> {
    reader: R,
    header: Header,
    /// The events of version 1.
    old: std::vec::IntoIter<(f64, String)>,
    line: Vec<u8>,
    number: u64,
    us: u64,
    counts: Counts,
}

/// A header as it is written. Nothing in it may be of any size but what stands in it as text.
#[derive(Deserialize)]
struct Written {
    version: Number,
    width: Option<Number>,
    height: Option<Number>,
    term: Option<Term>,
    timestamp: Option<Number>,
    title: Option<String>,
    command: Option<String>,
}

#[derive(Deserialize)]
struct Term {
    cols: Option<Number>,
    rows: Option<Number>,
}

/// The events of version 1.
#[derive(Deserialize)]
struct Old {
    #[serde(default)]
    stdout: Vec<(f64, String)>,
}

impl<R: BufRead> Cast<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Any [`CastError`].
    pub fn open(mut reader: R) -> Result<Self, CastError> {
        let mut line = Vec::new();
        read_line(&mut reader, &mut line, HEADER_MAX, 1)?;
        let mut value: Result<Written, _> = serde_json::from_slice(&line);
        if value.is_err() {
            // Version 1 is one object and may be laid out over many lines.
            let room = u64::try_from(HEADER_MAX - line.len()).unwrap_or(0);
            (&mut reader).take(room).read_to_end(&mut line)?;
            value = serde_json::from_slice(&line);
        }
        let value = value.map_err(|e| CastError::NoCast(format!("its first line is no header ({e})")))?;
        let mut counts = Counts::default();
        let header = header(&value, &mut counts)?;
        let old: Old = if header.version == 1 {
            serde_json::from_slice(&line)
                .map_err(|e| CastError::NoCast(format!("its events are none ({e})")))?
        } else {
            Old { stdout: Vec::new() }
        };
        Ok(Self { reader, header, old: old.stdout.into_iter(), line: Vec::new(), number: 1, us: 0, counts })
    }

    /// What stands before the events.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What was passed over or changed so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The next event, or none at the end.
    ///
    /// # Errors
    /// [`CastError::Io`] and [`CastError::Long`].
    pub fn next_event(&mut self) -> Result<Option<Event>, CastError> {
        if self.header.version == 1 {
            return Ok(self.old.next().map(|(after, text)| {
                self.us = self.time(after);
                Event { us: self.us, what: Happened::Output(text) }
            }));
        }
        loop {
            self.number += 1;
            if !read_line(&mut self.reader, &mut self.line, LINE_MAX, self.number)? {
                return Ok(None);
            }
            let line = self.line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let Ok((time, code, data)) = serde_json::from_slice::<(f64, String, Value)>(line) else {
                self.counts.damaged += 1;
                continue;
            };
            // The time counts also where the event does not.
            self.us = self.time(time);
            if let Some(what) = self.event(&code, data) {
                return Ok(Some(Event { us: self.us, what }));
            }
        }
    }

    fn event(&mut self, code: &str, data: Value) -> Option<Happened> {
        let Value::String(data) = data else {
            self.counts.damaged += 1;
            return None;
        };
        match code {
            "o" => return Some(Happened::Output(data)),
            "m" => return Some(Happened::Mark(data)),
            "i" => self.counts.typed += 1,
            "r" => match size_of_text(data.as_bytes()) {
                Some((rows, cols)) => return Some(Happened::Size(clamped(rows, cols, &mut self.counts))),
                None => self.counts.damaged += 1,
            },
            "x" => match data.trim().parse() {
                Ok(status) => return Some(Happened::Exit(status)),
                Err(_) => self.counts.damaged += 1,
            },
            _ => self.counts.unknown += 1,
        }
        None
    }

    /// A time of the file in microseconds since the beginning.
    fn time(&mut self, seconds: f64) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating is meant")]
        let us = (seconds * 1e6).round() as u64;
        let wrong = !seconds.is_finite() || seconds < 0.0;
        let at = if self.header.version == 2 { us } else { self.us.saturating_add(us) };
        let fit = if wrong { self.us } else { at.clamp(self.us, LENGTH_MAX) };
        self.counts.times += u64::from(wrong || fit != at);
        fit
    }
}

/// Reads all of a file that lies in memory: for tests with any bytes. Gives how many events there are.
///
/// # Errors
/// As [`Cast::open`] and [`Cast::next_event`].
pub fn parse(bytes: &[u8]) -> Result<(u64, Counts), CastError> {
    let mut cast = Cast::open(bytes)?;
    let mut events = 0;
    while cast.next_event()?.is_some() {
        events += 1;
    }
    Ok((events, cast.counts()))
}

/// Reads up to and with the next line feed; false at the end.
fn read_line(
    reader: &mut impl BufRead,
    line: &mut Vec<u8>,
    limit: usize,
    number: u64,
) -> Result<bool, CastError> {
    line.clear();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let n = reader.take(most.saturating_add(1)).read_until(b'\n', line)?;
    if n > limit {
        return Err(CastError::Long { line: number, limit });
    }
    Ok(n > 0)
}

fn header(written: &Written, counts: &mut Counts) -> Result<Header, CastError> {
    let version = match written.version.as_u64() {
        Some(v @ 1..=3) => u8::try_from(v).unwrap_or(0),
        _ => return Err(CastError::NoCast(format!("it is of version {}", written.version))),
    };
    let (cols, rows) = match (&written.term, version) {
        (Some(term), 3) => (&term.cols, &term.rows),
        (None, 3) => (&None, &None),
        _ => (&written.width, &written.height),
    };
    let number = |n: &Option<Number>| n.as_ref().and_then(Number::as_u64).unwrap_or(0);
    let number = |n: &Option<Number>| u16::try_from(number(n)).unwrap_or(u16::MAX);
    let size = clamped(number(rows), number(cols), counts);
    let timestamp = written.timestamp.as_ref().and_then(|t| t.as_i64().or_else(|| whole(t.as_f64()?)));
    let text = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let title = text(&written.title).or_else(|| text(&written.command)).unwrap_or_default();
    Ok(Header {
        version,
        size,
        timestamp: timestamp.filter(|t| (1..=LAST_SECOND).contains(t)),
        title: printable(&title.chars().take(TITLE_MAX).collect::<String>()),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "saturating is meant")]
fn whole(seconds: f64) -> Option<i64> {
    Some(seconds as i64)
}

fn clamped(rows: u16, cols: u16, counts: &mut Counts) -> Size {
    let size = Size { rows, cols };
    counts.sizes += u64::from(size.clamped() != size);
    size.clamped()
}
