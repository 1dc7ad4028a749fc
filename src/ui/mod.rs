//! What people see and press: drawing from the engine's state and one client's view, and keys into actions.
//!
//! Architecture invariant: pure. Drawing reads and changes nothing; a key changes the view alone, and what it asks
//! of the session is handed back as [`Action`]s. Every text from outside is filtered, and so is the whole frame.

mod actions;
mod answer;
mod arrange;
mod branches;
mod calls;
mod chrome;
mod company;
mod composer;
mod copy;
mod diff;
mod ended;
mod foot;
mod frames;
mod fuzzy;
mod gating;
mod incident;
mod journal;
pub mod keymap;
mod layout;
mod lines;
mod links;
mod lists;
mod monitor;
mod mouse;
mod moves;
mod open;
mod order;
mod pane;
mod part;
mod plan;
mod popup;
mod progress;
mod queries;
mod rail;
mod receipts;
pub mod replay;
mod review;
mod roster;
mod scroll;
mod sheet;
mod stroke;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod train;
mod typing;
mod view;
mod workflow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use arrange::Kind;

use crate::engine::state::State;

pub use actions::{Action, on_edited, on_paste};
pub use answer::notify;
pub use company::Guest;
pub use copy::{Past, on_past};
pub use links::links;
pub use mouse::on_mouse;
pub use roster::{AIM, SETTLE};
pub use stroke::{Wants, on_key};
pub use theme::Look;
use view::Mode;
pub use view::{SMALLEST, View};

/// Draws the dashboard as `view` sees it. The frame's area is what counts: the view should have its size.
pub fn draw(frame: &mut ratatui::Frame<'_>, state: &State, view: &View) {
    let area = frame.area();
    let sized = view.size() == (area.height, area.width);
    let cursor = if sized && layout::by_tab(state, view).is_none() {
        draw_all(frame.buffer_mut(), state, view)
    } else {
        let mut settled = view.clone();
        settled.resize(area.height, area.width);
        settled.settle(state);
        draw_all(frame.buffer_mut(), state, &settled)
    };
    if let Some(at) = cursor.filter(|at| area.contains(*at)) {
        frame.set_cursor_position(at);
    }
}

fn draw_all(buffer: &mut Buffer, state: &State, view: &View) -> Option<Position> {
    if view.rows < SMALLEST.0 || view.cols < SMALLEST.1 {
        let text = format!("too small: {}×{}, needs {}×{}", view.cols, view.rows, SMALLEST.1, SMALLEST.0);
        for (line, y) in text::wrap(&text, usize::from(view.cols)).iter().zip(0..view.rows) {
            theme::put(buffer, 0, y, line, usize::from(view.cols), theme::BOLD);
        }
        theme::finish(buffer, view.look, view.theme());
        return None;
    }
    let frame = view.frame(state);
    chrome::draw_top(buffer, view, frame.top, &layout::top(state, view));
    rail::draw_rail(buffer, state, view, frame.rail);
    rail::draw_list(buffer, state, view, frame.list);
    let mut cursor = draw_body(buffer, state, view, frame.body);
    chrome::draw_narration(buffer, state, view, frame.narration);
    if let Some(deck) = &view.deck {
        replay::draw(buffer, state, view, deck, frame.strip);
    }
    chrome::draw_foot(buffer, state, view, frame.foot);
    match &view.mode {
        Mode::Normal | Mode::Typing => {}
        Mode::Composer(composer) => cursor = composer::draw(buffer, state, view, composer),
        Mode::Confirm(question) => popup::draw_question(buffer, view, question),
        Mode::Page(page) => popup::draw_page(buffer, state, view, page),
        Mode::Choose(chooser) => cursor = popup::draw_chooser(buffer, view, chooser),
        Mode::Copy(c) => {
            if let Some(text) = &c.entry {
                cursor = copy::draw_entry(buffer, &view.keys, text, frame.foot);
            }
        }
        Mode::Entry(entry) => {
            if let replay::Asked::Answer(query) = entry.asked {
                queries::draw(buffer, state, view, query);
            }
            cursor = replay::draw_entry(buffer, &view.keys, entry, frame.foot);
        }
        Mode::Calls(dialog) => calls::draw_dialog(buffer, state, view, dialog),
        Mode::Triage(form) => cursor = incident::draw_form(buffer, view, form),
    }
    // Whatever is open, this is seen.
    calls::draw_banner(buffer, state, view, frame.banner);
    theme::finish(buffer, view.look, view.theme());
    cursor
}

fn draw_body(buffer: &mut Buffer, state: &State, view: &View, body: Rect) -> Option<Position> {
    if view.sheet.is_some() {
        sheet::draw(buffer, state, view, body);
        return None;
    }
    if layout::is_monitor(state, view) {
        monitor::draw(buffer, state, view, body);
        return None;
    }
    let tiles = arrange::arrange(state, view, body).tiles;
    if tiles.is_empty() && !body.is_empty() {
        let text = " this tab has no panes: give it some under [[tab]] in orchestra.toml";
        theme::put(buffer, body.x, body.y, text, usize::from(body.width), theme::DIM);
    }
    let mut cursor = None;
    for tile in tiles {
        let Some(agent) = state.agent(&tile.name) else { continue };
        let at = match tile.kind {
            Kind::Line => pane::draw_line(buffer, view, agent, tile.area),
            Kind::Whole | Kind::Peek => pane::draw(buffer, state, view, agent, tile.area),
        };
        cursor = cursor.or(at);
    }
    cursor
}
