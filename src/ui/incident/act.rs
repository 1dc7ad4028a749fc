//! What keys and the mouse do with the incident.

use ratatui::layout::Position;

use super::digest::Digest;
use super::draw::{Content, names};
use super::parts::Places;
use super::{Page, Part, axis, finding, form, list};
use crate::domain::command::{Command, Incident};
use crate::domain::incident::case::{Case, Stage};
use crate::domain::signal::printable;
use crate::domain::team::Layout;
use crate::engine::state::State;
use crate::ui::actions::{Action, ask, normal};
use crate::ui::frames::Place;
use crate::ui::keymap::{Act, Op};
use crate::ui::lines::holds;
use crate::ui::moves::WHEEL;
use crate::ui::popup;
use crate::ui::replay::{Asked, Entry};
use crate::ui::sheet::Sheet;
use crate::ui::text::{Text, hint};
use crate::ui::view::{Mode, View};

/// Findings that a page goes on by.
const PAGE: isize = 10;

/// Goes to the incident: to its tab, else over what is seen.
pub(in crate::ui) fn open(state: &State, view: &mut View) -> Vec<Action> {
    match state.config.tabs.iter().position(|t| t.layout == Layout::Incident) {
        Some(tab) => view.go_to_tab(state, tab),
        None => view.sheet = Some(Sheet::Incident),
    }
    view.settle(state);
    Vec::new()
}

/// What of the incident is seen, and where.
struct Seen<'a> {
    digest: Digest<'a>,
    places: Places,
}

impl<'a> Seen<'a> {
    fn of(state: &'a State, view: &View, case: &'a Case, page: &Page) -> Self {
        let body = view.frame(state).body;
        Self { digest: Digest::of(state, case, page), places: Places::of(page, body) }
    }

    fn content(&self, state: &State, view: &View, part: Part) -> Option<(Place<Part>, Content)> {
        let place = self.places.place(part)?;
        Some((place, Content::of(state, view, &self.digest, place)))
    }
}

/// Does what an operation says while the incident is seen.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let on_tab = view.is_tab_of(state, Layout::Incident);
    let case = state.incident.as_deref();
    match (op, case) {
        (Op::Act(Act::OpenIncident), _) => return form::open(state, view),
        (Op::Act(Act::Incident), _) if on_tab => return Vec::new(),
        (Op::Act(Act::Incident) | Op::Detach, _) if !on_tab => {
            view.sheet = None;
            return Vec::new();
        }
        (Op::Close, None) if !on_tab => {
            view.sheet = None;
            return Vec::new();
        }
        (Op::Type, _) => {
            match super::agent(state, view) {
                Some(name) => view.go_to(state, &name),
                None => view.say("no specialist is engaged"),
            }
            return Vec::new();
        }
        (op, None) if op.moves() || is_own(op) => {
            let text = hint(view, "there is no incident: ‹open-incident› takes one on");
            view.complain(text);
            return vec![Action::Beep];
        }
        _ => {}
    }
    let Some(case) = case.filter(|_| op.moves() || is_own(op)) else { return normal(state, view, op, None) };
    let mut page = view.incident.of(case);
    match op {
        Op::OtherPart => page.part = page.part.step(1),
        Op::Act(Act::PartBefore) => page.part = page.part.step(3),
        Op::Zoom => page.alone = !page.alone,
        Op::Act(Act::Postmortem) => {
            let there = page.part == Part::Postmortem && page.alone;
            (page.part, page.alone) = (Part::Postmortem, !there);
        }
        Op::Close if !page.query.is_empty() => page.query.clear(),
        Op::Close if page.alone => page.alone = false,
        Op::Close if on_tab => {
            let text =
                hint(view, "this tab is the incident's: ‹next-agent› goes to the panes, ‹detach› leaves");
            view.say(text);
        }
        Op::Close => view.sheet = None,
        Op::Accept => return read(state, view, case, &page),
        Op::Act(Act::CloseIncident) => return close(view, case),
        Op::Act(Act::FindLines) => {
            let mut entry = Entry::new(Asked::Incident);
            entry.insert(&page.query);
            view.mode = Mode::Entry(Box::new(entry));
        }
        _ => moved(state, view, case, &mut page, op),
    }
    view.incident = page;
    Vec::new()
}

/// What is for the incident alone.
fn is_own(op: Op) -> bool {
    let own = [Act::PartBefore, Act::Postmortem, Act::CloseIncident, Act::FindLines];
    op == Op::Zoom || matches!(op, Op::Act(act) if own.contains(&act))
}

/// Moves among the findings, or scrolls the part.
fn moved(state: &State, view: &View, case: &Case, page: &mut Page, op: Op) {
    let seen = Seen::of(state, view, case, page);
    let digest = &seen.digest;
    if page.part == Part::Findings {
        let to = match op {
            Op::Left => digest.by_time(-1),
            Op::Right => digest.by_time(1),
            Op::Up => digest.by_source(false),
            Op::Down => digest.by_source(true),
            Op::PageUp => digest.by_time(-PAGE),
            Op::PageDown => digest.by_time(PAGE),
            Op::Top => digest.order.first().copied(),
            Op::Bottom => digest.order.last().copied(),
            _ => None,
        };
        page.chosen = to.or(page.chosen);
        return;
    }
    let Some((place, content)) = seen.content(state, view, page.part) else { return };
    let (at, last) = (content.scrolled(page, place), content.furthest(&place));
    let screen = usize::from(place.inside.height.saturating_sub(1)).max(1);
    let to = match op {
        Op::Left => return page.part = page.part.step(3),
        Op::Right => return page.part = page.part.step(1),
        Op::Up => at.saturating_sub(1),
        Op::Down => at + 1,
        Op::PageUp => at.saturating_sub(screen),
        Op::PageDown => at + screen,
        Op::Top => 0,
        Op::Bottom => last,
        _ => at,
    };
    page.scroll_to(page.part, to.min(last));
}

/// Opens all there is of what is looked at.
fn read(state: &State, view: &mut View, case: &Case, page: &Page) -> Vec<Action> {
    let seen = Seen::of(state, view, case, page);
    let opened = match page.part {
        Part::Findings | Part::Causes => seen.digest.chosen.and_then(|c| finding::page(&seen.digest, c)),
        Part::Triage => {
            let lines = case.report.lines().map(|l| Text::Plain(printable(l))).collect();
            Some(popup::Page::new(format!("the report of incident {}", case.number), lines))
        }
        Part::Postmortem => {
            let mut page = page.clone();
            page.alone = !page.alone;
            view.incident = page;
            return Vec::new();
        }
    };
    match opened {
        Some(page) => view.mode = Mode::Page(Box::new(page)),
        None => view.say("there is no finding yet"),
    }
    Vec::new()
}

/// Asks whether the incident is to be closed.
fn close(view: &mut View, case: &Case) -> Vec<Action> {
    if case.stage == Stage::Closed {
        view.complain(format!("incident {} is closed already", case.number));
        return vec![Action::Beep];
    }
    let open = case.specialists.iter().filter(|s| s.ended.is_none()).count();
    let lines = vec![
        format!(
            "Nobody is waited for any more: {open} of {} specialists have not ended.",
            case.specialists.len()
        ),
        "What was found stays, and what is missing is said.".to_owned(),
    ];
    let what = Incident::Close { why: "by hand, in the dashboard".to_owned() };
    ask(
        view,
        printable(&format!("close incident {} {}", case.number, case.name)),
        lines,
        Command::Incident(what),
    );
    Vec::new()
}

/// Goes to the next place in the part that holds a text, or what was looked for last where it is empty.
pub(in crate::ui) fn seek(state: &State, view: &mut View, text: &str) -> Vec<Action> {
    let Some(case) = state.incident.as_deref() else { return Vec::new() };
    let mut page = view.incident.of(case);
    if !text.is_empty() {
        text.clone_into(&mut page.query);
    }
    let query = page.query.clone();
    let seen = Seen::of(state, view, case, &page);
    let found = if query.is_empty() {
        true
    } else if page.part == Part::Findings {
        let digest = &seen.digest;
        let at = digest.chosen.and_then(|c| digest.order.iter().position(|i| *i == c)).map_or(0, |i| i + 1);
        let (before, after) = digest.order.split_at(at.min(digest.order.len()));
        let says = |i: &&usize| {
            digest.finding(**i).is_some_and(|f| {
                let named = [&f.id, &f.kind, &f.source, &f.summary].into_iter().chain(&f.entities);
                named.into_iter().any(|t| holds(&printable(t), &query))
            })
        };
        let next = after.iter().chain(before).find(says).copied();
        page.chosen = next.or(page.chosen);
        next.is_some()
    } else if let Some((_, Content::Rows(rows))) = seen.content(state, view, page.part) {
        let from = (page.scroll_of(page.part) + usize::from(text.is_empty() || text == view.incident.query))
            .min(rows.len());
        let mut all = (from..rows.len()).chain(0..from);
        let next = all.find(|i| rows.get(*i).is_some_and(|(row, _)| holds(&row.0, &query)));
        page.scroll_to(page.part, next.unwrap_or(page.scroll_of(page.part)));
        next.is_some()
    } else {
        false
    };
    let part = page.part.word();
    view.incident = page;
    if found {
        return Vec::new();
    }
    view.complain(printable(&format!("`{query}` is not in the {part}")));
    vec![Action::Beep]
}

/// The left button was pressed there once: chooses a part and what is in it; on what is chosen, opens it.
pub(in crate::ui) fn click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    let Some(case) = state.incident.as_deref() else { return Vec::new() };
    let mut page = view.incident.of(case);
    let seen = Seen::of(state, view, case, &page);
    if let Some((part, ..)) =
        names(&seen.digest, &page, seen.places.names).into_iter().find(|(_, a, _)| a.contains(at))
    {
        page.part = part;
        view.incident = page;
        return Vec::new();
    }
    let Some(place) = seen.places.parts.iter().find(|p| p.area.contains(at)).copied() else {
        return Vec::new();
    };
    let content = Content::of(state, view, &seen.digest, place);
    let hit = match &content {
        Content::Own(shape) => {
            axis::hit(&seen.digest, shape, at).or_else(|| list::hit(&seen.digest, shape.list, at))
        }
        Content::Rows(rows) => place.about(rows, content.scrolled(&page, place), at),
    };
    let again = page.part == place.part && hit.is_some() && hit == seen.digest.chosen;
    page.part = place.part;
    page.chosen = hit.or(page.chosen);
    if again {
        let page = page.clone();
        return read(state, view, case, &page);
    }
    view.incident = page;
    Vec::new()
}

/// The wheel turned over a place: so many lines up, or down below zero.
pub(in crate::ui) fn wheel(state: &State, view: &mut View, at: Position, by: isize) -> Vec<Action> {
    let Some(case) = state.incident.as_deref() else { return Vec::new() };
    let mut page = view.incident.of(case);
    let seen = Seen::of(state, view, case, &page);
    let Some(place) = seen.places.parts.iter().find(|p| p.area.contains(at)).copied() else {
        return Vec::new();
    };
    if place.part == Part::Findings {
        page.chosen = seen.digest.by_time(-by / WHEEL).or(page.chosen);
    } else {
        let content = Content::of(state, view, &seen.digest, place);
        let to = content.scrolled(&page, place).saturating_add_signed(-by);
        page.scroll_to(place.part, to.min(content.furthest(&place)));
    }
    view.incident = page;
    Vec::new()
}

/// The keys that matter now, the most useful first.
pub(in crate::ui) fn keys(state: &State, view: &View) -> Vec<(Op, Option<&'static str>)> {
    let mut keys = Vec::new();
    if crate::ui::calls::waiting(state).next().is_some() {
        keys.push((Op::Confirmations, Some("answer")));
    }
    let Some(case) = state.incident.as_deref() else {
        keys.extend([(Op::Act(Act::OpenIncident), None), (Op::NextAgent, Some("panes")), (Op::Detach, None)]);
        return keys;
    };
    let page = view.incident.of(case);
    if case.stage == Stage::Closed {
        keys.push((Op::Act(Act::OpenIncident), None));
    }
    match page.part {
        Part::Findings => keys.extend([(Op::Right, Some("later")), (Op::Down, Some("specialist"))]),
        _ => keys.push((Op::Down, None)),
    }
    keys.extend([
        (Op::Accept, None),
        (Op::OtherPart, None),
        (Op::Zoom, Some(if page.alone { "all parts" } else { "part alone" })),
        (Op::Act(Act::Postmortem), None),
        (Op::Act(Act::FindLines), None),
        (Op::NextAgent, Some("panes")),
        (Op::Detach, None),
    ]);
    if case.stage != Stage::Closed {
        keys.push((Op::Act(Act::CloseIncident), None));
    }
    keys
}
