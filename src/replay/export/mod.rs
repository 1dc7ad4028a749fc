//! One pane as a file that other programs read: an asciicast, plain text, or a page with its colours.

mod cast;
mod json;
mod page;
#[cfg(test)]
mod tests;
mod text;
mod utf8;

use std::io::{self, Write};

use super::{Error, Recording};
use crate::domain::chapter::Chapter;
use crate::domain::exit::Exit;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::screen::Size;
use crate::session::log::{self, Kind, Reader};

pub use cast::Version;
pub use utf8::Joiner;

/// A form that a pane's recording is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// asciicast of a version.
    Cast(Version),
    /// All that was shown, as plain text.
    Text,
    /// A page that shows all that was shown, with its colours.
    Page,
}

/// Why a pane is not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The recording cannot be read.
    #[error(transparent)]
    Recording(#[from] Error),
    /// What is made cannot be written.
    #[error("write what is exported: {0}")]
    Write(io::Error),
}

/// The panes that have printed something.
#[must_use]
pub fn panes_with_output(recording: &Recording) -> Vec<AgentName> {
    let mut panes = recording.panes();
    panes.retain(|p| log::end(&recording.dir().pane(p)) > 0);
    panes
}

/// What happened in a pane, in order.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Happened<'a> {
    /// Its program was started again, on an empty screen.
    Again,
    /// It printed.
    Output(&'a [u8]),
    /// It changed its size.
    Size(Size),
    /// A chapter began.
    Chapter(&'a str),
    /// Its program ended.
    Exit(Exit),
}

/// Takes what happened.
trait Sink {
    fn take(&mut self, us: u64, what: Happened<'_>) -> io::Result<()>;
    fn end(&mut self) -> io::Result<()>;
}

/// What is known of a pane before anything is read of its log.
#[derive(Debug)]
struct About {
    /// `SEC · sprint`.
    title: String,
    /// Seconds since 1970 at moment 0 of the session; none where no clock said.
    origin: Option<i64>,
}

/// Writes the recording of one pane.
///
/// # Errors
/// When the log cannot be read or `out` refuses.
pub fn write(
    recording: &Recording,
    pane: &AgentName,
    form: Form,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let first = recording.lines().first();
    let origin = first.map(|l| {
        l.time.wall.saturating_sub(i64::try_from(l.time.mono / 1000).unwrap_or(i64::MAX)).div_euclid(1000)
    });
    let about = About {
        title: format!("{pane} · {}", recording.file().config.session),
        origin: origin.filter(|seconds| *seconds > 0),
    };
    match form {
        Form::Cast(version) => play(recording, pane, &mut cast::Cast::new(version, about, out)),
        Form::Text => play(recording, pane, &mut text::Text::new(out)),
        Form::Page => play(recording, pane, &mut page::Page::new(&about, out)),
    }
}

fn play(recording: &Recording, pane: &AgentName, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let dir = recording.dir().pane(pane);
    let unread = |source| ExportError::Recording(Error::Log { path: dir.clone(), source });
    let starts = starts(recording, pane);
    let mut chapters = chapters(recording, pane).into_iter().peekable();
    let reader = match Reader::open(&dir, 0) {
        Ok(reader) => Some(reader),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(unread(e)),
    };
    let (mut exited, mut at_start, mut begun) = (false, false, false);
    for entry in reader.into_iter().flatten() {
        let entry = entry.map_err(unread)?;
        let us = entry.record.us;
        at_start |= starts.contains(&entry.offset);
        while let Some((at, text)) = chapters.next_if(|(at, _)| begun && *at <= us) {
            sink.take(at, Happened::Chapter(&text)).map_err(ExportError::Write)?;
        }
        let taken = match entry.record.kind {
            Kind::Output => sink.take(us, Happened::Output(&entry.record.payload)),
            Kind::Resize => match entry.record.size() {
                Some((rows, cols)) => {
                    let again = begun && (exited || at_start);
                    (exited, at_start) = (false, false);
                    let again = if again { sink.take(us, Happened::Again) } else { Ok(()) };
                    again.and_then(|()| sink.take(us, Happened::Size(Size { rows, cols }.clamped())))
                }
                None => Ok(()),
            },
            Kind::Exit => match entry.record.exit() {
                Some(exit) => {
                    exited = true;
                    sink.take(us, Happened::Exit(exit))
                }
                None => Ok(()),
            },
            // The log says that something is missing: whoever looks at it must know.
            Kind::Mark => sink.take(us, Happened::Chapter(&String::from_utf8_lossy(&entry.record.payload))),
            Kind::Begin | Kind::Other(_) => continue,
        };
        begun = true;
        taken.map_err(ExportError::Write)?;
    }
    for (at, text) in chapters {
        sink.take(at, Happened::Chapter(&text)).map_err(ExportError::Write)?;
    }
    sink.end().map_err(ExportError::Write)
}

/// Where in the log the output of each start begins.
fn starts(recording: &Recording, pane: &AgentName) -> Vec<u64> {
    let up = |record: &Record| match record {
        Record::AgentUp { agent, log, .. } if agent == pane => Some(*log),
        _ => None,
    };
    recording.lines().iter().filter_map(|l| up(&l.record)).collect()
}

/// The chapters of a pane and those of everybody, by time.
fn chapters(recording: &Recording, pane: &AgentName) -> Vec<(u64, String)> {
    let time = |place: usize| recording.lines().get(place).map(|l| l.time.mono);
    let mine = |(place, c): (usize, Chapter)| {
        let of_it = c.agent.as_ref().is_none_or(|a| a == pane);
        time(place).filter(|_| of_it).map(|us| (us, c.text))
    };
    let mut chapters: Vec<(u64, String)> = recording.chapters().into_iter().filter_map(mine).collect();
    chapters.sort_by_key(|(us, _)| *us);
    chapters
}
