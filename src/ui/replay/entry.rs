//! A line of text written at the foot: a moment to go to, a text to look for, a note.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::super::actions::Action;
use super::super::keymap::{Keymap, Op, When};
use super::super::theme::{BOLD, DIM, put};
use super::super::view::{Mode, View};
use super::super::workflow::Point;
use super::super::{diff, incident, workflow};
use super::{Deck, Play, Wish};
use crate::domain::command::{Command, Talk};
use crate::domain::key::{Code, Key};
use crate::domain::query::QueryId;
use crate::domain::signal::printable;
use crate::engine::state::State;

/// The most characters that are taken.
const MOST: usize = 1000;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Asked {
    Moment,
    Text,
    Note,
    /// A text that lines of the journal have in them.
    Lines,
    /// A text in the branch that is read.
    Line,
    /// A text in the part of the incident that is looked at.
    Incident,
    /// The answer to a query, which is read above it.
    Answer(QueryId),
    /// The answer to what a project raised to a person.
    Project(Point),
}

/// What is written so far.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Entry {
    pub asked: Asked,
    pub text: String,
}

impl Entry {
    pub fn new(asked: Asked) -> Self {
        Self { asked, text: String::new() }
    }

    /// What keys mean while it is written.
    pub fn when(&self) -> When {
        if self.asked == Asked::Line { When::Seeking } else { When::Entering }
    }

    /// Adds what was typed or pasted, as far as it is text.
    pub fn insert(&mut self, text: &str) {
        let room = MOST.saturating_sub(self.text.chars().count());
        self.text.extend(printable(text).chars().take(room));
    }

    /// A key that no binding knows.
    pub fn edit(&mut self, key: Key) {
        match key.code {
            Code::Char(c) if !key.mods.ctrl && !key.mods.alt => self.insert(c.encode_utf8(&mut [0; 4])),
            Code::Backspace => drop(self.text.pop()),
            _ => {}
        }
    }
}

/// Does what an operation says with the line that is written.
pub(super) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Entry(entry) = &mut view.mode else { return Vec::new() };
    match op {
        Op::Top => entry.text.clear(),
        Op::Accept => {
            let (asked, text) = (entry.asked, entry.text.trim().to_owned());
            view.mode = Mode::Normal;
            if asked == Asked::Lines {
                view.lens.query = text;
                return Vec::new();
            }
            if asked == Asked::Line {
                return diff::seek(view, &text);
            }
            if asked == Asked::Incident {
                return incident::seek(state, view, &text);
            }
            if text.is_empty() {
                return Vec::new();
            }
            if let Asked::Answer(query) = asked {
                return vec![Action::Do(Command::Talk(Talk::Answer { query, message: text }))];
            }
            if let Asked::Project(point) = asked {
                return vec![Action::Do(workflow::answered(point, text))];
            }
            let Some(deck) = &mut view.deck else { return Vec::new() };
            return match asked {
                Asked::Moment => match text.parse() {
                    Ok(moment) => {
                        leave_end(deck);
                        vec![Action::Wish(Wish::Go(moment))]
                    }
                    Err(e) => {
                        view.complain(format!("failed to {e}"));
                        vec![Action::Beep]
                    }
                },
                Asked::Text => vec![Action::Wish(Wish::Search(text))],
                Asked::Note => vec![Action::Wish(Wish::Note(text))],
                _ => Vec::new(),
            };
        }
        _ => view.mode = Mode::Normal,
    }
    Vec::new()
}

/// Whoever goes somewhere does not follow any more.
pub(super) fn leave_end(deck: &mut Deck) {
    if deck.play == Play::Following {
        deck.play = Play::Paused;
    }
}

/// Draws the line; the answer is where its cursor belongs.
pub(in crate::ui) fn draw(buffer: &mut Buffer, keys: &Keymap, entry: &Entry, area: Rect) -> Option<Position> {
    let own;
    let (label, hint) = match entry.asked {
        Asked::Project(point) => {
            let (label, hint) = workflow::asks(point);
            own = label;
            (own.as_str(), hint)
        }
        Asked::Moment => ("go to", "12m30s · 1:02:03 · 50% · #123 · end"),
        Asked::Text => ("find in all panes", "lower case finds upper case too"),
        Asked::Lines => ("show lines with", "lower case finds upper case too; empty shows all"),
        Asked::Line => ("find in the branch", "lower case finds upper case too"),
        Asked::Incident => ("find in this part", "lower case finds upper case too; again goes on"),
        Asked::Answer(_) => ("answer", "said in your name"),
        Asked::Note => ("note on this moment", "kept with your own files, not in the record"),
    };
    let when = entry.when();
    let (take, leave) = (keys.key(when, Op::Accept), keys.key(when, Op::Close));
    let keys = format!("{take} takes it · {leave} leaves ");
    draw_line(buffer, area, label, &entry.text, hint, &keys)
}

/// Draws a line in which something is written; the answer is where its cursor belongs.
pub(in crate::ui) fn draw_line(
    buffer: &mut Buffer,
    area: Rect,
    label: &str,
    text: &str,
    hint: &str,
    keys: &str,
) -> Option<Position> {
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, " ".repeat(width), width, Style::new());
    let head = format!(" {label}: ");
    put(buffer, area.x, area.y, &head, width, BOLD);
    let room = width.saturating_sub(head.width() + 1);
    // The end of a long line is what is being written.
    let mut shown = text;
    while shown.width() > room {
        let mut rest = shown.chars();
        rest.next();
        shown = rest.as_str();
    }
    let x = area.x + u16::try_from(head.width()).unwrap_or(0);
    put(buffer, x, area.y, shown, room, Style::new());
    let end = x + u16::try_from(shown.width()).unwrap_or(0);
    let more = if text.is_empty() { format!("{hint} · {keys}") } else { keys.to_owned() };
    let free = usize::from(area.right().saturating_sub(end + 2));
    if more.width() <= free {
        let at = area.right() - u16::try_from(more.width()).unwrap_or(0);
        put(buffer, at, area.y, &more, free, DIM);
    }
    Some(Position { x: end.min(area.right().saturating_sub(1)), y: area.y })
}
