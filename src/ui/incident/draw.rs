//! How the incident looks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::axis::{self, Shape};
use super::digest::Digest;
use super::parts::Places;
use super::{Page, Part, causes, list, postmortem, triage};
use crate::domain::incident::case::{Case, Progress, Stage};
use crate::domain::signal::printable;
use crate::engine::state::State;
use crate::ui::frames::{self, Place};
use crate::ui::lines::{Line, holds, rows};
use crate::ui::text::hint;
use crate::ui::theme::{CAUTION, CHOSEN, DIM, Edge, cut, put};
use crate::ui::view::View;

/// Draws it.
pub(in crate::ui) fn draw(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    if body.is_empty() {
        return;
    }
    let Some(case) = state.incident.as_deref() else { return draw_none(buffer, state, view, body) };
    let page = view.incident.of(case);
    let digest = Digest::of(state, case, &page);
    let places = Places::of(&page, body);
    draw_status(buffer, state, view, &digest, places.status);
    if !places.names.is_empty() {
        for (part, area, text) in names(&digest, &page, places.names) {
            let style = if part == page.part { CHOSEN } else { Style::new() };
            put(buffer, area.x, area.y, text, usize::from(area.width), style);
        }
    }
    for place in &places.parts {
        let content = Content::of(state, view, &digest, *place);
        let above = content.scrolled(&page, *place);
        if place.area != place.inside && place.inside.y > place.area.y {
            let edge = if place.part == page.part { Edge::Focused } else { Edge::Quiet };
            place.draw_border(buffer, &title(&digest, place.part), edge, content.rows(), above);
        }
        match content {
            Content::Own(shape) => {
                axis::draw(buffer, &digest, &shape, state.now.wall);
                list::draw(buffer, &digest, shape.list);
                draw_foot(buffer, case, shape.foot);
                if case.findings.is_empty() {
                    let text = "no finding yet";
                    put(buffer, shape.list.x, shape.list.y, text, usize::from(shape.list.width), DIM);
                }
            }
            Content::Rows(rows) => place.draw_rows(buffer, &rows, above, |(row, about)| {
                let found = !page.query.is_empty() && holds(&row.0, &page.query);
                found || (about.is_some() && *about == digest.chosen)
            }),
        }
    }
}

/// What a part shows.
pub(super) type Content = frames::Content<Shape>;

impl Content {
    pub fn of(state: &State, view: &View, digest: &Digest<'_>, place: Place<Part>) -> Self {
        let lines: Vec<Line> = match place.part {
            Part::Findings => return Self::Own(Shape::of(digest, place.inside)),
            Part::Triage => triage::lines(state, view, digest),
            Part::Causes => causes::lines(digest),
            Part::Postmortem => postmortem::lines(digest),
        };
        Self::Rows(rows(&lines, usize::from(place.inside.width)))
    }

    /// Rows above what is seen, as far as there are rows for it.
    pub fn scrolled(&self, page: &Page, place: Place<Part>) -> usize {
        page.scroll_of(place.part).min(self.furthest(&place))
    }
}

fn draw_none(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    let text = match &state.config.fleet {
        Some(_) => hint(view, "no incident yet: ‹open-incident› takes one on, or `orchestra incident run`"),
        None => "this session is no incident fleet: `orchestra init --preset incident` makes one".to_owned(),
    };
    frames::draw_none(buffer, &text, body);
}

/// How far it is, in one line; what waits for a person stands out.
fn draw_status(buffer: &mut Buffer, state: &State, view: &View, digest: &Digest<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let waits = match digest.case.stage {
        Stage::Approval => triage::waits(state, view, digest),
        _ => String::new(),
    };
    let waits = if waits.is_empty() { waits } else { format!(" {waits} ") };
    let text = format!(" {}", printable(&status(digest.case).join(" · ")));
    frames::draw_status(buffer, area, &text, &waits);
}

fn status(case: &Case) -> Vec<String> {
    let of = |p: Progress| case.specialists.iter().filter(|s| s.progress == p).count();
    let mut parts = vec![format!("incident {} {}", case.number, case.name)];
    if let Some(p) = &case.triaged.priority {
        parts.push(format!("{:?}", p.value));
    }
    parts.push(case.stage.word().to_owned());
    let all = case.specialists.len();
    if all > 0 {
        parts.push(format!("{}/{all} reported", of(Progress::Reported)));
    }
    let (late, failed) = (of(Progress::Late), of(Progress::Failed));
    parts.extend((late > 0).then(|| format!("▲ {late} late")));
    parts.extend((failed > 0).then(|| format!("! {failed} failed")));
    parts.push("UTC".to_owned());
    parts
}

/// What stands over a part.
fn title(digest: &Digest<'_>, part: Part) -> String {
    let case = digest.case;
    let more = match part {
        Part::Triage => case.triaged.rules.join(" = "),
        Part::Findings => match (case.findings.len(), case.unusable.len() + case.unusable_more) {
            (n, 0) => n.to_string(),
            (n, bad) => format!("{n} · {bad} not usable"),
        },
        Part::Causes => causes::title(digest),
        Part::Postmortem => postmortem::title(digest),
    };
    printable(&format!("{} {more}", part.word())).trim_end().to_owned()
}

/// The names of the parts on their line, as far as they fit: with what is in them, or alone.
pub(super) fn names(digest: &Digest<'_>, page: &Page, area: Rect) -> Vec<(Part, Rect, String)> {
    let marked = |p: Part, text: &str| match p == page.part {
        true => format!("[{text}]"),
        false => format!(" {text} "),
    };
    let long = Part::ALL.map(|p| marked(p, &title(digest, p)));
    let short = Part::ALL.map(|p| marked(p, p.word()));
    let tiny = Part::ALL.map(|p| marked(p, &p.word().chars().take(3).collect::<String>()));
    let fits = |all: &[String; 4]| all.iter().map(|t| t.width()).sum::<usize>() <= usize::from(area.width);
    let texts = [long, short].into_iter().find(fits).unwrap_or(tiny);
    let mut x = area.x;
    let place = |(part, text): (Part, String)| {
        let width = u16::try_from(text.width()).unwrap_or(0);
        let at = Rect { x, y: area.y, width, height: 1 }.intersection(area);
        x = x.saturating_add(width);
        (part, at, text)
    };
    Part::ALL.into_iter().zip(texts).map(place).collect()
}

/// The latest of what could not be used.
fn draw_foot(buffer: &mut Buffer, case: &Case, area: Rect) {
    let Some(last) = case.unusable.last().filter(|_| !area.is_empty()) else { return };
    let n = case.unusable.len() + case.unusable_more;
    let place = if last.place.is_empty() { String::new() } else { format!(" {}", last.place) };
    let text = printable(&format!("▲ {n} not usable, the last of {}{place}: {}", last.source, last.why));
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, cut(&text, width), width, CAUTION);
}
