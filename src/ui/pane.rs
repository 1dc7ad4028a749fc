//! One pane: its border with what is known of the agent, and its program's screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Widget};
use unicode_width::UnicodeWidthStr;

use super::copy;
use super::ended::{can_resume, can_start};
use super::keymap::Op;
use super::links;
use super::part::{Part, draw_beyond, size_told};
use super::rail::queued_stage;
use super::text::{hint, wrap};
use super::theme::{
    CAUTION, CHOSEN, DIM, Edge, KEY, MESSAGE, TROUBLE, bar, clock, cut, of_pane, of_state, put,
};
use super::view::{Mode, View, inner, needs_me};
use crate::domain::signal::printable;
use crate::domain::state::{AgentState, Outcome};
use crate::engine::parts::Phase;
use crate::engine::state::{Agent, State};
use crate::screen::{self, Attrs, ProgressState, Row};

/// Most columns of the title a program gives itself.
const OWN_TITLE: usize = 40;

/// Draws a pane; the answer is where the cursor belongs if it is typed into.
pub(super) fn draw(
    buffer: &mut Buffer,
    state: &State,
    view: &View,
    agent: &Agent,
    area: Rect,
) -> Option<Position> {
    let focused = view.focused(state).as_ref() == Some(&agent.name);
    let typing = focused && matches!(view.mode, Mode::Typing);
    let edge = match (typing, focused) {
        (true, _) => Edge::Typing,
        (false, true) => Edge::Focused,
        (false, false) => Edge::Quiet,
    };
    let width = usize::from(area.width.saturating_sub(2));
    let part = Part::of(view, agent, inner(area));
    let others = view.at_agent(&agent.name);
    let others = if others.is_empty() { others } else { format!(" {others} ") };
    let mut block = Block::new()
        .borders(Borders::ALL)
        .border_set(edge.set())
        .border_style(edge.style())
        .title(title(view, agent, width.saturating_sub(others.width())));
    if others.width() + 12 <= width {
        block = block.title(Line::from(others).right_aligned());
    }
    let looked = view.copying(&agent.name);
    let seen = match looked {
        Some(copy) => Some(copy::lower_edge(copy, width)),
        None => (part.above > 0).then(|| format!(" {} rows back of {} ", part.above, part.most)),
    };
    let seen = seen.or_else(|| size_told(view, agent, inner(area)));
    let room = width.saturating_sub(seen.as_ref().map_or(0, |s| s.width()));
    block = block.title_bottom(note(state, view, agent, room));
    if let Some(seen) = seen.filter(|s| s.width() <= width) {
        block = block.title_bottom(Line::from(Span::styled(seen, MESSAGE)).right_aligned());
    }
    block.render(area, buffer);
    let inside = inner(area);
    if inside.is_empty() {
        return None;
    }
    let screen = &agent.pane.screen;
    if let Some(copy) = looked {
        cells(buffer, inside, 0, |y| copy.row(copy.top + usize::from(y)), |_| None);
        return copy::marks(buffer, copy, inside);
    }
    if screen.is_blank() && part.above == 0 && !typing {
        empty(buffer, state, view, agent, inside);
        return None;
    }
    let linked = view.links && screen.has_links();
    let link = |number| if linked { links::of(&agent.name, screen.link(number)?) } else { None };
    cells(buffer, inside, part.left, |y| screen.row(usize::from(y + part.skip), part.back), link);
    draw_beyond(buffer, view, screen, inside);
    if let Some(spot) = view.deck.as_ref().and_then(|d| d.spot.as_ref()).filter(|s| s.agent == agent.name) {
        let row = i64::from(spot.row) + i64::try_from(part.back).unwrap_or(0) - i64::from(part.skip);
        let y = u16::try_from(row).ok().map(|row| inside.y.saturating_add(row));
        let at = y.map(|y| Rect { x: inside.x.saturating_add(spot.col), y, width: spot.width, height: 1 });
        buffer.set_style(at.unwrap_or_default().intersection(inside), CAUTION.patch(CHOSEN));
    }
    let cursor = screen.cursor().filter(|_| focused && part.above == 0)?;
    let at = Position {
        x: (inside.x + cursor.col).checked_sub(part.left)?,
        y: (inside.y + cursor.row).checked_sub(part.skip)?,
    };
    if !inside.contains(at) {
        return None;
    }
    if typing {
        return Some(at);
    }
    // Keys do not go there yet: a mark, not a cursor.
    buffer.set_style(Rect { x: at.x, y: at.y, width: 1, height: 1 }, Style::new().underlined());
    None
}

/// Draws of a pane its title alone.
pub(super) fn draw_line(buffer: &mut Buffer, view: &View, agent: &Agent, area: Rect) -> Option<Position> {
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, "─".repeat(width), width, DIM);
    let title = title(view, agent, width.saturating_sub(2));
    buffer.set_line(area.x.saturating_add(1), area.y, &title, area.width.saturating_sub(2));
    None
}

/// Draws rows of cells, those before column `from` left out.
fn cells<'a>(
    buffer: &mut Buffer,
    area: Rect,
    from: u16,
    row: impl Fn(u16) -> Row<'a>,
    link: impl Fn(u64) -> Option<ratatui::style::Color>,
) {
    // What the program left blank is the terminal's own too, whatever the theme paints around it.
    let own = of_pane(screen::Color::Default);
    buffer.set_style(area, Style::new().fg(own).bg(own));
    for y in area.y..area.bottom() {
        let mut x = area.x;
        let mut left = from;
        for cell in row(y - area.y).cells() {
            let width = u16::from(cell.width.max(1));
            if left > 0 {
                // Half of a wide character is a blank.
                x += width.saturating_sub(left);
                left = left.saturating_sub(width);
                continue;
            }
            if x + width > area.right() {
                break;
            }
            let target = &mut buffer[(x, y)];
            match cell.single() {
                Some(c) => target.set_char(c),
                None => target.set_symbol(&cell.to_string()),
            };
            target.set_style(style(&cell));
            if let Some(link) = cell.link.and_then(&link) {
                target.underline_color = link;
            }
            if width == 2 {
                buffer[(x + 1, y)].set_char(' ').set_style(style(&cell));
            }
            x += width;
        }
    }
}

fn style(cell: &screen::Cell<'_>) -> Style {
    let mut style = Style::new().fg(of_pane(cell.fg)).bg(of_pane(cell.bg));
    if cell.attrs.is_empty() {
        return style;
    }
    for (attr, modifier) in [
        (Attrs::BOLD, Modifier::BOLD),
        (Attrs::DIM, Modifier::DIM),
        (Attrs::ITALIC, Modifier::ITALIC),
        (Attrs::UNDERLINE, Modifier::UNDERLINED),
        (Attrs::REVERSE, Modifier::REVERSED),
        (Attrs::STRIKETHROUGH, Modifier::CROSSED_OUT),
        (Attrs::HIDDEN, Modifier::HIDDEN),
    ] {
        if cell.attrs.contains(attr) {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// `SEC ● working · agent-3-sec ↑1 ↓0 ±3 · 14:01 · its own title`, less what does not fit.
fn title(view: &View, agent: &Agent, width: usize) -> Line<'static> {
    let state = agent.state();
    let tinted = of_state(state);
    let pinned = if agent.pin.is_some() { " (pinned)" } else { "" };
    let head = format!(" {} {} {state}{pinned} ", agent.name, view.look.sign(state));
    let branch = agent.spec.as_ref().filter(|s| !s.branch.is_empty());
    let branch = branch.map(|s| format!("· {} ", printable(&s.branch)));
    let counts = agent
        .facts
        .as_ref()
        .map(|f| format!("↑{} ↓{} ±{} ", f.ahead, f.behind, f.changed.len() + f.untracked.len()));
    let time = agent.pane.last_output.map(|t| format!("· {} ", clock(t.wall, view.look)));
    let progress = agent.pane.screen.progress().map(|p| match (p.state, p.percent) {
        (ProgressState::Error, _) => "· progress: error ".into(),
        (ProgressState::Paused, _) => "· paused ".into(),
        (_, Some(n)) => format!("{} {n}% ", bar(usize::from(n), 100, 6)),
        (_, None) => "· busy ".into(),
    });
    // Its program's own words; many only repeat what it is.
    let own = printable(agent.pane.screen.title());
    let own = (!own.trim().is_empty()).then(|| format!("· {} ", cut(own.trim(), OWN_TITLE)));
    // What it says of itself goes before what its program does.
    let task = (!agent.task.is_empty()).then(|| format!("· {} ", cut(&printable(&agent.task), OWN_TITLE)));
    // In the order shown, each with who goes first where there is no room for all.
    let pieces = [(1, branch), (0, counts), (4, time), (2, progress), (3, task), (5, own)];
    let mut room = width.saturating_sub(head.width());
    let mut kept = [false; 6];
    for rank in 0..6 {
        for (i, (of, text)) in pieces.iter().enumerate() {
            if let Some(text) = text.as_ref().filter(|t| *of == rank && t.width() <= room) {
                room -= text.width();
                kept[i] = true;
            }
        }
    }
    let mut spans = vec![Span::styled(cut(&head, width), tinted)];
    let rest = pieces.into_iter().zip(kept).filter(|(_, kept)| *kept);
    spans.extend(rest.filter_map(|((_, text), _)| text).map(Span::raw));
    Line::from(spans)
}

/// What a person should know of a pane, at its lower edge.
fn note(state: &State, view: &View, agent: &Agent, width: usize) -> Line<'static> {
    let need = printable(&agent.need());
    let first_line = |text: &str| printable(text.lines().find(|l| !l.trim().is_empty()).unwrap_or("").trim());
    let last = agent.receipts.last().filter(|r| r.outcome != Outcome::Submitted);
    let mut keys = Vec::new();
    let (text, style) = if can_start(agent) {
        if view.deck.is_none() {
            let resumes = can_resume(state, agent).then_some((Op::Resume, "resume"));
            let all = [Some((Op::Run, "restart")), resumes, Some((Op::Copy, "log"))];
            for (op, word) in all.into_iter().flatten() {
                let key = view.key(op);
                let dot = if keys.is_empty() { " " } else { "· " };
                keys.extend([Span::raw(dot), Span::styled(key, KEY), Span::raw(format!(" {word} "))]);
            }
        }
        let what = agent.pane.status.map_or_else(|| "ended".into(), |code| format!("exited {code}"));
        let more = first_line(&agent.pane.ended);
        // What is said already is not said twice.
        let more = more.strip_prefix(&what).unwrap_or(&more).trim_start_matches([':', ' ']).to_owned();
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        (format!("[{what}]{more}"), if agent.state() == AgentState::Failed { TROUBLE } else { DIM })
    } else if needs_me(agent) && !need.is_empty() {
        let style = if agent.reasons.is_empty() { of_state(agent.state()) } else { TROUBLE };
        (first_line(&need), style)
    } else if let Some(Phase::Waiting(why)) = agent.queue.front().map(|d| &d.phase) {
        (format!("prompt waits: {}", first_line(why)), DIM)
    } else if let Some(receipt) = last {
        (format!("prompt {}: {}", receipt.outcome.word(), first_line(&receipt.why)), TROUBLE)
    } else if agent.pane.draft {
        ("unsent text in its prompt".into(), DIM)
    } else {
        return Line::default();
    };
    let mut used: usize = keys.iter().map(Span::width).sum();
    // What ended it goes before how it is brought back.
    while used > 0 && used + text.width().min(24) + 2 > width {
        keys.truncate(keys.len().saturating_sub(3));
        used = keys.iter().map(Span::width).sum();
    }
    let text = cut(&text, width.saturating_sub(used + 2));
    if text.is_empty() {
        return Line::default();
    }
    let mut spans = vec![Span::styled(format!(" {text} "), style)];
    spans.extend(keys);
    Line::from(spans)
}

/// What stands where a program has printed nothing.
fn empty(buffer: &mut Buffer, state: &State, view: &View, agent: &Agent, area: Rect) {
    let name = &agent.name;
    let recorded = view.deck.is_some();
    let mut lines = Vec::new();
    if agent.pane.pid.is_some() {
        lines.push(format!("{name} runs and has printed nothing yet"));
    } else if can_start(agent) {
        lines.push(hint(view, &format!("{name} does not run; ‹run› starts it")));
        lines.extend(agent.pane.ended.lines().map(printable));
    } else {
        lines.push(format!("{name} was not started yet"));
        match queued_stage(state, agent) {
            Some(stage) => lines.push(format!("its task waits for stage {stage}")),
            None if recorded => {}
            None if agent.spec.is_none() => {
                lines.push(hint(view, "‹run› chooses a plan to run, ‹broadcast› writes the team a prompt"))
            }
            None => lines.push(hint(view, "‹run› chooses a plan to run, ‹send-one› writes it a prompt")),
        }
    }
    let width = usize::from(area.width.saturating_sub(2));
    let rows: Vec<String> =
        lines.iter().flat_map(|l| wrap(l, width)).take(usize::from(area.height)).collect();
    let top = (usize::from(area.height) - rows.len()) / 3;
    for (row, y) in rows.iter().zip(area.y + u16::try_from(top).unwrap_or(0)..area.bottom()) {
        put(buffer, area.x + 1, y, row, width, DIM);
    }
}
