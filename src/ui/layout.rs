//! Where everything is: computed from size, state and view, for drawing and for the mouse alike.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::sheet::Sheet;
use super::theme::clock;
use super::view::{Mode, View};
use crate::domain::team::Layout;
use crate::engine::state::State;

/// From how many columns there is a rail, and more than one pane.
pub(super) const WIDE: u16 = 100;
const RAIL: u16 = 20;
/// Fewest rows on which lines beside top and foot are given.
const TALL: u16 = 8;

/// The parts of the screen. A part that is not shown has no area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Frame {
    pub top: Rect,
    pub rail: Rect,
    pub list: Rect,
    pub body: Rect,
    pub narration: Rect,
    /// Which call waits for a person; it lies over the lower edge of the panes, or below what is open over them.
    pub banner: Rect,
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
    let whole = monitor || view.sheet.is_some() || by_tab(state, view).is_some();
    let railed = cols >= WIDE && !whole && view.zoomed.is_none();
    let listed = !railed && !whole && rows >= TALL;
    let above = 1 + u16::from(listed);
    let strip = view.deck.as_ref().map_or(0, |deck| super::replay::height(deck, rows));
    let below = 1 + u16::from(narrated) + strip;
    let height = rows.saturating_sub(above + below);
    let left = if railed { RAIL } else { 0 };
    let waits = super::calls::waiting(state).next().is_some();
    let banner = match waits {
        true if view.covered() => line(rows.saturating_sub(2)),
        true if !matches!(view.mode, Mode::Calls(_)) => line((above + height).saturating_sub(1)),
        _ => Rect::default(),
    };
    // No program has its size by a sheet.
    let body = height.saturating_sub(u16::from(waits && whole));
    Frame {
        banner,
        top: line(0),
        list: if listed { line(1) } else { Rect::default() },
        rail: Rect { x: 0, y: above, width: left, height },
        body: Rect { x: left, y: above, width: cols.saturating_sub(left), height: body },
        narration: if narrated { line(rows.saturating_sub(2 + strip)) } else { Rect::default() },
        strip: Rect { x: 0, y: rows.saturating_sub(1 + strip), width: cols, height: strip },
        foot: line(rows.saturating_sub(1)),
    }
}

/// Whether the Monitor's table is what is seen.
pub(super) fn is_monitor(state: &State, view: &View) -> bool {
    view.sheet.is_none()
        && view.zoomed.is_none()
        && view.tab < state.config.tabs.len()
        && view.layout(state) == Layout::Monitor
}

/// What is seen by its tab in place of panes: the incident, or the project that follows a workflow.
pub(super) fn by_tab(state: &State, view: &View) -> Option<Sheet> {
    let bare = view.sheet.is_none() && view.zoomed.is_none() && view.tab < state.config.tabs.len();
    match view.layout(state) {
        Layout::Incident if bare => Some(Sheet::Incident),
        Layout::Workflow if bare => Some(Sheet::Workflow),
        _ => None,
    }
}

/// Whether what is seen has rows in place of panes.
pub(super) fn has_no_panes(state: &State, view: &View) -> bool {
    is_monitor(state, view) || by_tab(state, view).is_some()
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// What the top line says and where: the session, the tabs, and at the right what is to be known always.
#[derive(Clone, Debug)]
pub(super) struct Top {
    pub session: String,
    pub tabs: Vec<(Rect, String)>,
    pub right: Vec<Bit>,
    /// Where the page is told.
    pub page: Option<Rect>,
}

/// One thing at the right of the top line.
#[derive(Clone, Debug)]
pub(super) struct Bit {
    pub area: Rect,
    pub text: String,
    pub what: Told,
}

/// What it tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// How many agents need a human.
    Need,
    /// Which page of the tab is seen.
    Page,
    /// Who else is here.
    Company,
    /// That this client only looks.
    ReadOnly,
    /// When it is.
    Clock,
}

pub(super) fn top(state: &State, view: &View) -> Top {
    let width = usize::from(view.cols);
    let base = state.target_tip().map_or(String::new(), |oid| format!("@{}", oid.short()));
    let config = &state.config;
    let full = match config.merge.target.as_str() {
        "" => format!(" orchestra  {} ", config.session),
        target => format!(" orchestra  {} · {target}{base} ", config.session),
    };
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
    let (long, short) = (labels(true), labels(false));
    let rights =
        [Long::All, Long::Most, Long::Short, Long::Page, Long::Need].map(|long| right(state, view, long));
    let [all, most, brief, page, need] = &rights;
    // Whatever goes, who needs a human stays.
    let choices = [
        (&long, full.as_str(), all),
        (&long, named.as_str(), all),
        (&long, named.as_str(), most),
        (&long, named.as_str(), brief),
        (&long, " orchestra ", brief),
        (&long, " ", brief),
        (&long, " ", page),
        (&short, named.as_str(), all),
        (&short, named.as_str(), brief),
        (&short, " ", brief),
        (&short, "", need),
    ];
    let taken = |right: &Right| right.iter().map(|(_, _, w)| w + 1).sum::<usize>();
    let fits = |(texts, session, right): &(&Vec<String>, &str, &Right)| {
        wide(texts) + session.width() + taken(right) < width
    };
    let none = Vec::new();
    let found = choices.into_iter().find(fits);
    let (texts, session, right) =
        found.unwrap_or((&short, "", if width > taken(need) { need } else { &none }));
    let whole = Rect { x: 0, y: 0, width: view.cols, height: 1 };
    let place = |x: usize, width: usize| {
        Rect { x: count(x), y: 0, width: count(width), height: 1 }.intersection(whole)
    };
    let free = width.saturating_sub(wide(texts) + session.width() + taken(right) + 1);
    let mut x = session.width() + free / 2;
    let tabs = texts.iter().map(|text| {
        let area = place(x, text.width());
        x += text.width();
        (area, text.clone())
    });
    let tabs = tabs.collect();
    let mut x = width.saturating_sub(taken(right));
    let right: Vec<Bit> = right
        .iter()
        .map(|(what, text, width)| {
            let area = place(x, *width);
            x += width + 1;
            Bit { area, text: text.clone(), what: *what }
        })
        .collect();
    let page = right.iter().find(|b| b.what == Told::Page).map(|b| b.area);
    Top { tabs, session: session.to_owned(), right, page }
}

/// How much is said at the right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Long {
    All,
    /// How many others are here, not who.
    Most,
    /// Of who needs a human the number alone.
    Short,
    /// Without the time.
    Page,
    Need,
}

/// Each with the columns it takes.
type Right = Vec<(Told, String, usize)>;

fn right(state: &State, view: &View, long: Long) -> Right {
    let mut right = Vec::new();
    let needing = super::roster::needing(state);
    let need = |n: usize| match long {
        Long::All | Long::Most => format!("{n} need{} you", if n == 1 { "s" } else { "" }),
        Long::Short | Long::Page | Long::Need => format!("?{n}"),
    };
    // Room is kept while nobody does: the tabs are not to move when somebody begins to.
    let room = need(2).width().max(need(needing).width()).max(need(1).width());
    let text = if needing > 0 { need(needing) } else { String::new() };
    right.push((Told::Need, super::theme::pad_left(&text, room), room));
    if long == Long::Need {
        return right;
    }
    let with = view.with(long == Long::All);
    let only = if view.looks_only { "read-only".to_owned() } else { String::new() };
    for (what, text) in [(Told::ReadOnly, only), (Told::Company, with)] {
        let width = text.width();
        if width > 0 && (long != Long::Page || what == Told::ReadOnly) {
            right.push((what, text, width));
        }
    }
    if let Some(text) = page(state, view) {
        let width = text.width();
        right.push((Told::Page, text, width));
    }
    if long == Long::Page {
        return right;
    }
    let clock = clock(state.now.wall, view.look);
    let width = clock.width();
    right.push((Told::Clock, clock, width));
    right
}

/// Which part of a tab is seen: `2/8`, or `21–40/64` of the Monitor's rows.
fn page(state: &State, view: &View) -> Option<String> {
    if is_monitor(state, view) {
        let (from, to, all) = super::monitor::part(state, view)?;
        return Some(format!("{from}–{to}/{all}"));
    }
    let page = super::arrange::arrange(state, view, view.frame(state).body).page?;
    Some(format!("{}/{}", page.number + 1, page.of))
}
