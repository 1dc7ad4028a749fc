//! How the project looks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, Borders, Widget};
use unicode_width::UnicodeWidthStr;

use super::digest::Digest;
use super::list::{self, Shape};
use super::parts::{Place, Places};
use super::{Page, Part, attention, task};
use crate::domain::signal::printable;
use crate::domain::workflow::project::Stage;
use crate::domain::workflow::report::week_at;
use crate::domain::workflow::track::{Standing, moment};
use crate::engine::state::State;
use crate::ui::lines::{Placed, rows};
use crate::ui::text::{hint, put_row, wrap};
use crate::ui::theme::{BOLD, CAUTION, CHOSEN, DIM, Edge, cut, put};
use crate::ui::view::View;

/// Draws it.
pub(in crate::ui) fn draw(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    if body.is_empty() {
        return;
    }
    let Some(project) = state.project.as_deref() else { return draw_none(buffer, view, body) };
    let page = view.workflow.of(project);
    let digest = Digest::of(state, project, &page);
    let places = Places::of(&page, digest.rows.len(), body);
    draw_status(buffer, view, &digest, places.status);
    for place in &places.parts {
        let content = Content::of(state, &digest, *place);
        if place.area != place.inside {
            draw_border(buffer, &digest, &page, *place, &content);
        }
        match &content {
            Content::Tasks(shape) => list::draw(buffer, &digest, shape),
            Content::Rows(rows) => draw_rows(buffer, &page, *place, rows),
        }
    }
}

/// What a part shows.
pub(super) enum Content {
    Tasks(Shape),
    Rows(Vec<Placed>),
}

impl Content {
    pub fn of(state: &State, digest: &Digest<'_>, place: Place) -> Self {
        let lines = match place.part {
            Part::Tasks => return Self::Tasks(Shape::of(digest, place.inside)),
            Part::Task => task::lines(state, digest),
            Part::Attention => attention::lines(digest),
        };
        Self::Rows(rows(&lines, usize::from(place.inside.width)))
    }

    /// Rows above what is seen, as far as there are rows for it.
    pub fn scrolled(&self, page: &Page, place: Place) -> usize {
        page.scroll_of(place.part).min(self.furthest(place))
    }

    /// The most rows that can be above what is seen.
    pub fn furthest(&self, place: Place) -> usize {
        match self {
            Self::Tasks(_) => 0,
            Self::Rows(rows) => rows.len().saturating_sub(usize::from(place.inside.height)),
        }
    }
}

fn draw_none(buffer: &mut Buffer, view: &View, body: Rect) {
    let text = if view.deck.is_some() {
        super::NOT_YET
    } else {
        "no project follows a workflow here: `orchestra workflow list` names the patterns, `orchestra workflow run` \
         begins one"
    };
    let width = usize::from(body.width.saturating_sub(2));
    for (row, y) in wrap(text, width).iter().zip(body.y..body.bottom()) {
        put(buffer, body.x + 1, y, row, width, DIM);
    }
}

/// How it stands, in one line; what waits for a person stands out.
fn draw_status(buffer: &mut Buffer, view: &View, digest: &Digest<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let text = format!(" {}", printable(&status(digest).join(" · ")));
    put(buffer, area.x, area.y, cut(&text, width), width, BOLD);
    let waits = digest.points.iter().filter(|p| !matches!(p, super::digest::Point::Blocker(_))).count();
    if waits > 0 && digest.project.stage == Stage::Running {
        let verb = if waits == 1 { "waits" } else { "wait" };
        // Whatever goes, that somebody is waited for stays.
        let long = hint(view, &format!(" ? {waits} {verb} for you: ‹answer-project› answers "));
        let short = hint(view, &format!(" ? {waits}: ‹answer-project› "));
        let fits = text.width() + long.width() <= width;
        let text = cut(if fits { &long } else { &short }, width);
        let x = area.right().saturating_sub(u16::try_from(text.width()).unwrap_or(area.width));
        put(buffer, x, area.y, &text, width, CAUTION);
    }
}

fn status(digest: &Digest<'_>) -> Vec<String> {
    let (project, t) = (digest.project, &digest.tracking);
    let sign = match t.standing {
        Standing::OnTrack => "●",
        Standing::AtRisk => "▲",
        Standing::Ahead => "✔",
    };
    let ends = match project.stage {
        Stage::Running => format!("ends {}", moment(project, t.expected_end)),
        Stage::Complete => format!("complete {}", moment(project, t.expected_end)),
        Stage::Closed => format!("closed {}", moment(project, t.expected_end)),
    };
    let week = week_at(project, project.over.unwrap_or(digest.now));
    vec![
        project.name.clone(),
        format!("{} %", t.percent),
        format!("{}/{} tasks", t.done, t.total),
        format!("{sign} {}", t.standing.words()),
        ends,
        format!("week {week}"),
    ]
}

/// What stands over a part.
fn title(digest: &Digest<'_>, place: Place, content: &Content) -> String {
    let text = match (place.part, content) {
        (_, Content::Tasks(shape)) => list::title(digest, shape),
        (Part::Attention, _) => attention::title(digest),
        (part, _) => {
            let id = digest.chosen.and_then(|c| digest.task(c)).map(|t| t.id.as_str());
            format!("{} {}", part.word(), id.unwrap_or_default())
        }
    };
    printable(text.trim_end())
}

fn draw_border(buffer: &mut Buffer, digest: &Digest<'_>, page: &Page, place: Place, content: &Content) {
    let focused = place.part == page.part;
    let edge = if focused { Edge::Focused } else { Edge::Quiet };
    let seen = usize::from(place.inside.height);
    let part = match content {
        Content::Rows(rows) if rows.len() > seen => {
            let from = content.scrolled(page, place);
            format!(" · {}–{} of {}", from + 1, (from + seen).min(rows.len()), rows.len())
        }
        _ => String::new(),
    };
    let width = usize::from(place.area.width.saturating_sub(4));
    let text = cut(&format!(" {}{part} ", title(digest, place, content)), width);
    let style = if focused { BOLD } else { Style::new() };
    Block::new()
        .borders(Borders::ALL)
        .border_set(edge.set())
        .border_style(edge.style())
        .title(Span::styled(text, style))
        .render(place.area.intersection(buffer.area), buffer);
}

fn draw_rows(buffer: &mut Buffer, page: &Page, place: Place, rows: &[Placed]) {
    let (area, width) = (place.inside, usize::from(place.inside.width));
    let first = page.scroll_of(place.part).min(rows.len().saturating_sub(usize::from(area.height)));
    for ((row, about), y) in rows.iter().skip(first).zip(area.y..area.bottom()) {
        put_row(buffer, area.x, y, width, row);
        if place.part == page.part && *about == Some(page.point) {
            buffer.set_style(Rect { y, height: 1, ..area }.intersection(buffer.area), CHOSEN);
        }
    }
}
