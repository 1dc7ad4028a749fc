//! Where everything is: computed from size, state and view, for drawing and for the mouse alike.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::theme::clock;
use super::view::{View, members};
use crate::domain::id::AgentName;
use crate::domain::team::Layout;
use crate::engine::state::State;

/// From how many columns there is a rail, and more than one pane.
const WIDE: u16 = 100;
const RAIL: u16 = 20;
/// Fewest rows on which lines beside top and foot are given.
const TALL: u16 = 8;
/// Fewest columns and rows of one pane in a grid.
const PANE: (u16, u16) = (48, 7);

/// The parts of the screen. A part that is not shown has no area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Frame {
    pub top: Rect,
    pub rail: Rect,
    pub list: Rect,
    pub body: Rect,
    pub narration: Rect,
    /// The time line of a recording.
    pub strip: Rect,
    pub foot: Rect,
}

pub(super) fn frame(state: &State, view: &View) -> Frame {
    let (rows, cols) = (view.rows, view.cols);
    let line = |y: u16| Rect { x: 0, y, width: cols, height: 1 };
    let narrated = rows >= TALL && !super::chrome::narrated(state, view).is_empty();
    let monitor = is_monitor(state, view);
    // A sheet has a row for each agent itself.
    let whole = monitor || view.sheet.is_some();
    let railed = cols >= WIDE && !whole && view.zoomed.is_none();
    let listed = !railed && !whole && rows >= TALL;
    let above = 1 + u16::from(listed);
    let strip = view.deck.as_ref().map_or(0, |deck| super::replay::height(deck, rows));
    let below = 1 + u16::from(narrated) + strip;
    let height = rows.saturating_sub(above + below);
    let left = if railed { RAIL } else { 0 };
    Frame {
        top: line(0),
        list: if listed { line(1) } else { Rect::default() },
        rail: Rect { x: 0, y: above, width: left, height },
        body: Rect { x: left, y: above, width: cols.saturating_sub(left), height },
        narration: if narrated { line(rows.saturating_sub(2 + strip)) } else { Rect::default() },
        strip: Rect { x: 0, y: rows.saturating_sub(1 + strip), width: cols, height: strip },
        foot: line(rows.saturating_sub(1)),
    }
}

/// Whether the Monitor's table is what is seen.
pub(super) fn is_monitor(state: &State, view: &View) -> bool {
    view.sheet.is_none()
        && view.zoomed.is_none()
        && state.config.tabs.get(view.tab).is_some_and(|t| t.layout == Layout::Monitor)
}

/// The panes that fit, with their borders. Where not all of a tab fit, the focused one has all the room.
pub(super) fn panes(state: &State, view: &View, body: Rect) -> Vec<(AgentName, Rect)> {
    if body.is_empty() || view.sheet.is_some() || is_monitor(state, view) {
        return Vec::new();
    }
    let Some(focused) = view.focused(state) else { return Vec::new() };
    let alone = vec![(focused, body)];
    let all = members(state, view.tab);
    if view.zoomed.is_some() || view.cols < WIDE || all.len() < 2 {
        return alone;
    }
    let Some((columns, rows)) = grid(state, view, body, all.len()) else { return alone };
    let cell = |i: usize| {
        let (row, column) = (count(i / usize::from(columns)), count(i % usize::from(columns)));
        // The last pane takes what its row has left.
        let last = i + 1 == all.len();
        let x = share(body.width, columns, column);
        let right = if last { body.width } else { share(body.width, columns, column + 1) };
        let y = share(body.height, rows, row);
        let bottom = share(body.height, rows, row + 1);
        Rect { x: body.x + x, y: body.y + y, width: right - x, height: bottom - y }
    };
    all.iter().enumerate().map(|(i, name)| (name.clone(), cell(i))).collect()
}

/// Columns and rows of the grid of `n` panes, if each has room enough in it.
fn grid(state: &State, view: &View, body: Rect, n: usize) -> Option<(u16, u16)> {
    let fits = (body.width / PANE.0).max(1);
    let wanted = state.config.tabs.get(view.tab).map_or(0, |t| t.columns);
    let columns = if wanted == 0 { fits } else { wanted.min(fits) }.min(count(n));
    let rows = count(n).div_ceil(columns);
    (body.height / rows >= PANE.1).then_some((columns, rows))
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// Where part `i` of `parts` begins in `length`.
fn share(length: u16, parts: u16, i: u16) -> u16 {
    count(usize::from(length) * usize::from(i) / usize::from(parts.max(1)))
}

/// What the top line says and where the tabs are in it.
#[derive(Clone, Debug)]
pub(super) struct Top {
    pub session: String,
    pub tabs: Vec<(Rect, String)>,
    pub clock: String,
}

pub(super) fn top(state: &State, view: &View) -> Top {
    let width = usize::from(view.cols);
    let clock = clock(state.now.wall, view.look);
    let base = state.target_tip().map_or(String::new(), |oid| format!("@{}", oid.short()));
    let config = &state.config;
    let full = format!(" orchestra  {} · {}{base} ", config.session, config.merge.target);
    let named = format!(" orchestra  {} ", config.session);
    let label = |i: usize, long: bool| {
        let name = &config.tabs[i].name;
        match (i == view.tab, long) {
            (true, _) => format!("[{} {name}]", i + 1),
            (false, true) => format!(" {} {name} ", i + 1),
            (false, false) => format!(" {} ", i + 1),
        }
    };
    let labels = |long: bool| (0..config.tabs.len()).map(|i| label(i, long)).collect::<Vec<_>>();
    let wide = |texts: &[String]| texts.iter().map(|t| t.width()).sum::<usize>();
    let room = |texts: &[String], session: &str| wide(texts) + session.width() + clock.width() + 2 <= width;
    let (long, short) = (labels(true), labels(false));
    let choices = [
        (&long, full.as_str()),
        (&long, named.as_str()),
        (&long, " orchestra "),
        (&long, " "),
        (&short, named.as_str()),
        (&short, " "),
    ];
    let (texts, session) = choices.into_iter().find(|(t, s)| room(t, s)).unwrap_or((&short, ""));
    let clock = if wide(texts) + clock.width() + 2 <= width { clock } else { String::new() };
    let free = width.saturating_sub(wide(texts) + session.width() + clock.width() + 2);
    let mut x = session.width() + free / 2;
    let tabs = texts.iter().map(|text| {
        let area = Rect { x: count(x), y: 0, width: count(text.width()), height: 1 };
        x += text.width();
        (area.intersection(Rect { x: 0, y: 0, width: view.cols, height: 1 }), text.clone())
    });
    Top { tabs: tabs.collect(), session: session.to_owned(), clock }
}
