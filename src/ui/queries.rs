//! What agents ask each other: a list, one to read, and a line to answer it in.

use ratatui::buffer::Buffer;

use super::actions::{Action, Choice};
use super::keymap::{Act, Op};
use super::popup::{Chooser, Page, draw_page};
use super::replay::{Asked, Entry};
use super::text::Text;
use super::view::{Mode, View};
use crate::domain::query::{Asker, QueryId};
use crate::domain::signal::printable;
use crate::engine::parts;
use crate::engine::state::State;

/// Characters of a message in the list.
const SHORT: usize = 200;

/// Lists all queries, those without an answer first.
pub(super) fn open(state: &State, view: &mut View) -> Vec<Action> {
    let entries: Vec<_> = state.concerning(&Asker::Lead, true).into_iter().map(entry).collect();
    if entries.is_empty() {
        view.complain("nobody has asked anything: agents do with `orchestra ask AGENT TEXT`, and so can you");
        return vec![Action::Beep];
    }
    view.mode =
        Mode::Choose(Box::new(Chooser { title: "queries", query: Some(String::new()), entries, at: 0 }));
    Vec::new()
}

fn entry(asked: &parts::Asked) -> (Choice, String, String) {
    let q = &asked.query;
    let message: String = first_line(&q.message).chars().take(SHORT).collect();
    let label = format!("{} {} asks {}: {message}", q.id, q.from, q.to);
    (Choice::Query(q.id), printable(&label), format!("{} {}", q.priority.word(), asked.stage.word()))
}

fn first_line(text: &str) -> &str {
    text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default()
}

/// Opens one: to be answered where it has no answer and somebody may give one here, else to be read.
pub(super) fn read(state: &State, view: &mut View, query: QueryId) {
    let Some(asked) = state.query(query) else {
        return view.complain(format!("query {query} is over and no longer known"));
    };
    view.mode = match asked.stage.open() && view.deck.is_none() && !view.looks_only {
        true => Mode::Entry(Box::new(Entry::new(Asked::Answer(query)))),
        false => Mode::Page(Box::new(page(asked))),
    };
}

/// Draws the query that is being answered.
pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, query: QueryId) {
    if let Some(asked) = state.query(query) {
        draw_page(buffer, state, view, &page(asked));
    }
}

fn page(asked: &parts::Asked) -> Page {
    let q = &asked.query;
    let plain = |text: &str| Text::Plain(printable(text));
    let thread = if q.thread == q.id { String::new() } else { format!(" · thread {}", q.thread) };
    let mut lines = vec![Text::Head(printable(&format!("{} asks {}", q.from, q.to)))];
    lines.push(Text::Plain(format!("{} · {}{thread}", q.priority.word(), asked.stage.word())));
    lines.push(Text::Plain(String::new()));
    lines.extend(q.message.lines().map(plain));
    if let Some((by, text)) = &asked.answer {
        lines.extend([Text::Plain(String::new()), Text::Head(printable(&format!("{by} answers")))]);
        lines.extend(text.lines().map(plain));
    }
    for why in [&asked.why, &asked.held].into_iter().filter(|w| !w.is_empty()) {
        lines.extend([Text::Plain(String::new()), plain(why)]);
    }
    Page::new(format!("query {}", q.id), lines)
}

/// What is told of a query that waits for a person; empty where none does.
pub(super) fn waiting(state: &State, view: &View) -> String {
    let Some(asked) = state.asked_of_people() else { return String::new() };
    let q = &asked.query;
    let key = view.key(Op::Act(Act::Queries));
    printable(&format!("{} asks you: {} · {key} answers", q.from, first_line(&q.message)))
}
