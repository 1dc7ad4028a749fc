//! How the project looks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::digest::Digest;
use super::list::{self, Shape};
use super::parts::Places;
use super::{Page, Part, attention, task};
use crate::domain::signal::printable;
use crate::domain::workflow::project::Stage;
use crate::domain::workflow::report::week_at;
use crate::domain::workflow::track::{Standing, moment};
use crate::engine::state::State;
use crate::ui::frames::{self, Place};
use crate::ui::lines::rows;
use crate::ui::text::hint;
use crate::ui::theme::Edge;
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
        let above = content.scrolled(&page, *place);
        if place.area != place.inside {
            let edge = if place.part == page.part { Edge::Focused } else { Edge::Quiet };
            place.draw_border(buffer, &title(&digest, *place, &content), edge, content.rows(), above);
        }
        match &content {
            Content::Own(shape) => list::draw(buffer, &digest, shape),
            Content::Rows(rows) => place.draw_rows(buffer, rows, above, |(_, about)| {
                place.part == page.part && *about == Some(page.point)
            }),
        }
    }
}

/// What a part shows.
pub(super) type Content = frames::Content<Shape>;

impl Content {
    pub fn of(state: &State, digest: &Digest<'_>, place: Place<Part>) -> Self {
        let lines = match place.part {
            Part::Tasks => return Self::Own(Shape::of(digest, place.inside)),
            Part::Task => task::lines(state, digest),
            Part::Attention => attention::lines(digest),
        };
        Self::Rows(rows(&lines, usize::from(place.inside.width)))
    }

    /// Rows above what is seen, as far as there are rows for it.
    pub fn scrolled(&self, page: &Page, place: Place<Part>) -> usize {
        page.scroll_of(place.part).min(self.furthest(&place))
    }
}

fn draw_none(buffer: &mut Buffer, view: &View, body: Rect) {
    let text = if view.deck.is_some() {
        super::NOT_YET
    } else {
        "no project follows a workflow here: `orchestra workflow list` names the patterns, `orchestra workflow run` \
         begins one"
    };
    frames::draw_none(buffer, text, body);
}

/// How it stands, in one line; what waits for a person stands out.
fn draw_status(buffer: &mut Buffer, view: &View, digest: &Digest<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let waits = digest.points.iter().filter(|p| !matches!(p, super::digest::Point::Blocker(_))).count();
    let all = status(digest);
    if waits == 0 || digest.project.stage != Stage::Running {
        return frames::draw_status(buffer, area, &fitting(&all, width), "");
    }
    let verb = if waits == 1 { "waits" } else { "wait" };
    let long = hint(view, &format!(" ? {waits} {verb} for you: ‹answer-project› answers "));
    let short = hint(view, &format!(" ? {waits}: ‹answer-project› "));
    let waits = if line(all.iter()).width() + long.width() <= width { long } else { short };
    frames::draw_status(buffer, area, &fitting(&all, width.saturating_sub(waits.width())), &waits);
}

/// As much of how it stands as so many columns take: what matters least goes first, so that the end's time is whole.
fn fitting(all: &[Said], width: usize) -> String {
    let least = |weight: u8| all.iter().filter(move |s| s.weight >= weight);
    let mut lines = (0..=ENDS).map(|weight| line(least(weight)));
    lines.find(|l| l.width() <= width).unwrap_or_else(|| line(least(ENDS)))
}

fn line<'a>(said: impl Iterator<Item = &'a Said>) -> String {
    let texts: Vec<&str> = said.map(|s| s.text.as_str()).collect();
    format!(" {}", printable(&texts.join(" · ")))
}

/// The weight of how it stands and when it ends.
const ENDS: u8 = 4;

/// A word of how it stands.
struct Said {
    /// How much it matters, 0 to [`ENDS`].
    weight: u8,
    text: String,
}

/// How it stands, in the order in which that is read.
fn status(digest: &Digest<'_>) -> [Said; 6] {
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
    [
        (2, project.name.clone()),
        (3, format!("{} %", t.percent)),
        (1, format!("{}/{} tasks", t.done, t.total)),
        (ENDS, format!("{sign} {}", t.standing.words())),
        (ENDS, ends),
        (0, format!("week {week}")),
    ]
    .map(|(weight, text)| Said { weight, text })
}

/// What stands over a part.
fn title(digest: &Digest<'_>, place: Place<Part>, content: &Content) -> String {
    let text = match (place.part, content) {
        (_, Content::Own(shape)) => list::title(digest, shape),
        (Part::Attention, _) => attention::title(digest),
        (part, _) => {
            let id = digest.chosen.and_then(|c| digest.task(c)).map(|t| t.id.as_str());
            format!("{} {}", part.word(), id.unwrap_or_default())
        }
    };
    printable(text.trim_end())
}
