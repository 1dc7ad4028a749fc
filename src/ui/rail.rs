//! Who needs me: the rail at the left, or one line of signs where there is no room for it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::roster::{GROUPS, group};
use super::theme::{BOLD, CHOSEN, DIM, Look, clock, cut, of_state, pad, put};
use super::view::View;
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::time::Time;
use crate::engine::state::{Agent, State};

enum Row<'a> {
    Head(&'static str),
    Agent(&'a Agent),
    Note(String),
}

/// The rows of the rail below its upper edge.
fn rows<'a>(places: &[(&'a Agent, usize)], height: usize) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (i, title) in GROUPS.iter().enumerate() {
        let members: Vec<&Agent> = places.iter().filter(|(_, group)| *group == i).map(|(a, _)| *a).collect();
        if members.is_empty() && i == 3 {
            continue;
        }
        rows.push(Row::Head(title));
        if members.is_empty() {
            rows.push(Row::Note("nobody".into()));
        }
        rows.extend(members.into_iter().map(Row::Agent));
    }
    if rows.len() > height {
        let kept = height.saturating_sub(1);
        let more = rows[kept..].iter().filter(|r| matches!(r, Row::Agent(_))).count();
        rows.truncate(kept);
        rows.push(Row::Note(format!("… {more} more")));
    }
    rows
}

pub(super) fn draw_rail(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    if area.width < 4 || area.height < 2 {
        return;
    }
    let inside = usize::from(area.width - 2);
    let focused = view.focused(state);
    let names = state.team().map(|a| a.name.as_str().len()).max().unwrap_or(4).min(8);
    let rows = rows(&view.roster.places(state), usize::from(area.height - 1));
    let edge = |left: &str, title: &str, right: &str| {
        let title = if title.is_empty() { String::new() } else { format!(" {title} ") };
        let rest = inside.saturating_sub(title.width());
        format!("{left}{title}{}{right}", "─".repeat(rest))
    };
    for (i, y) in (area.y..area.bottom()).enumerate() {
        let full = usize::from(area.width);
        let (left, right) = (area.x, area.right() - 1);
        match rows.get(i) {
            _ if y + 1 == area.bottom() => put(buffer, left, y, edge("└", "", "┘"), full, DIM),
            Some(Row::Head(title)) => {
                let text = if i == 0 { edge("┌", title, "┐") } else { edge("├", title, "┤") };
                put(buffer, left, y, text, full, DIM);
                let style = if i == 0 { BOLD } else { Style::new() };
                put(buffer, left + 2, y, *title, inside, style);
            }
            other => {
                put(buffer, left, y, "│", 1, DIM);
                put(buffer, right, y, "│", 1, DIM);
                match other {
                    Some(Row::Agent(agent)) => {
                        let here = focused.as_ref() == Some(&agent.name);
                        draw_row(
                            buffer,
                            state,
                            view,
                            agent,
                            Rect { x: left + 1, y, width: area.width - 2, height: 1 },
                            names,
                        );
                        if here {
                            buffer
                                .set_style(Rect { x: left + 1, y, width: area.width - 2, height: 1 }, CHOSEN);
                        }
                    }
                    Some(Row::Note(text)) => put(buffer, left + 2, y, text, inside - 1, DIM),
                    _ => {}
                }
            }
        }
    }
}

fn draw_row(buffer: &mut Buffer, state: &State, view: &View, agent: &Agent, area: Rect, names: usize) {
    let style = of_state(agent.state());
    let name = pad(agent.name.as_str(), names);
    let head = format!("{}{} {name} ", mark(view, agent, " "), view.look.sign(agent.state()));
    put(buffer, area.x, area.y, &head, usize::from(area.width), style);
    let used = u16::try_from(head.width()).unwrap_or(area.width).min(area.width);
    let room = usize::from(area.width - used);
    let style = if group(agent) == 0 { style } else { DIM };
    let others = view.at_agent(&agent.name);
    // Who else is there matters more than what it does, but not more than what it needs.
    let text = if others.is_empty() || group(agent) == 0 { detail(state, agent, view.look) } else { others };
    put(buffer, area.x + used, area.y, cut(&text, room), room, style);
}

/// What is before an agent with a result that was not looked at; `none` before any other.
pub(super) fn mark(view: &View, agent: &Agent, none: &'static str) -> &'static str {
    match (view.roster.is_new(&agent.name), view.look.ascii) {
        (false, _) => none,
        (true, false) => "•",
        (true, true) => ">",
    }
}

/// A word or two beside an agent.
pub(super) fn detail(state: &State, agent: &Agent, look: Look) -> String {
    let uncommitted = agent.facts.as_ref().map_or(0, |f| f.changed.len() + f.untracked.len());
    let looked = super::incident::beside(state, &agent.name);
    let text = match agent.state() {
        AgentState::Limited if agent.limited_until().is_some() => {
            format!("until {}", agent.limited_until().map_or(String::new(), |t| clock(t, look)))
        }
        AgentState::Asking | AgentState::Limited => agent.why.evidence.trim().to_owned(),
        AgentState::Failed => match agent.pane.status {
            Some(code) => format!("exited {code}"),
            None => agent.pane.ended.clone(),
        },
        AgentState::Claimed => "being checked".into(),
        AgentState::Ready => agent.ready.as_ref().map_or("", |o| o.short()).into(),
        AgentState::Merged => agent.merged.as_ref().map_or("", |o| o.short()).into(),
        _ if agent.left_out => "left out".into(),
        _ if agent.hint.is_some() => "says ready".into(),
        _ if !agent.reasons.is_empty() => "not ready".into(),
        AgentState::Blocked => agent.why.evidence.clone(),
        _ if looked.is_some() => looked.unwrap_or_default(),
        _ if uncommitted == 1 => "1 file".into(),
        _ if uncommitted > 1 => format!("{uncommitted} files"),
        _ => queued_stage(state, agent).map_or(String::new(), |s| format!("stage {s}")),
    };
    let pinned = if agent.pin.is_some() { "pinned " } else { "" };
    printable(&format!("{pinned}{text}"))
}

/// The stage, from 1, that an agent's next task waits for.
pub(super) fn queued_stage(state: &State, agent: &Agent) -> Option<usize> {
    let run = state.running()?;
    let task = run.tasks.iter().find(|t| t.bound.agent == agent.name && t.state == TaskState::Queued)?;
    Some(task.bound.stage + 1)
}

/// The agent in a row of the rail, for who clicks there now.
pub(super) fn rail_at(state: &State, view: &View, area: Rect, at: Position, now: Time) -> Option<AgentName> {
    let rows = rows(&view.roster.aimed(state, now), usize::from(area.height.saturating_sub(1)));
    match rows.get(usize::from(at.y.checked_sub(area.y)?)) {
        Some(Row::Agent(agent)) => Some(agent.name.clone()),
        _ => None,
    }
}

/// The pieces of the line of signs, with where they begin, and how many have no room.
fn pieces<'a>(
    places: Vec<(&'a Agent, usize)>,
    view: &View,
    area: Rect,
) -> (Vec<(u16, String, &'a Agent)>, usize) {
    let agents: Vec<&Agent> = places.into_iter().map(|(a, _)| a).collect();
    let mut x = area.x + 1;
    let mut shown = Vec::new();
    let all = agents.len();
    for agent in agents {
        let text = format!("{}{}{}", mark(view, agent, ""), view.look.sign(agent.state()), agent.name);
        let width = u16::try_from(text.width()).unwrap_or(33);
        // Room is kept for how many are left out.
        if x + width + 5 > area.right() && shown.len() + 1 < all || x + width > area.right() {
            break;
        }
        shown.push((x, text, agent));
        x += width + 1;
    }
    let more = all - shown.len();
    (shown, more)
}

pub(super) fn draw_list(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = view.focused(state);
    let (pieces, more) = pieces(view.roster.places(state), view, area);
    let mut end = area.x;
    for (x, text, agent) in pieces {
        let mut style = of_state(agent.state());
        if focused.as_ref() == Some(&agent.name) {
            style = style.patch(CHOSEN);
        }
        put(buffer, x, area.y, &text, text.width(), style);
        end = x + u16::try_from(text.width()).unwrap_or(0);
    }
    if more > 0 {
        put(buffer, end + 1, area.y, format!("+{more}"), 4, DIM);
    }
}

/// The agent at a place of the line of signs, for who clicks there now.
pub(super) fn list_at(state: &State, view: &View, area: Rect, at: Position, now: Time) -> Option<AgentName> {
    let (pieces, _) = pieces(view.roster.aimed(state, now), view, area);
    let hit = |x: u16, text: &str| at.x >= x && usize::from(at.x - x) < text.width();
    pieces.into_iter().find(|(x, text, _)| hit(*x, text)).map(|(_, _, a)| a.name.clone())
}
