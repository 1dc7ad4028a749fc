//! The line that tells of calls, and the dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::{Dialog, Shown, left, left_until, soonest, waiting, who};
use crate::domain::signal::printable;
use crate::engine::state::State;
use crate::ui::keymap::{Op, When};
use crate::ui::popup::{draw_box, hint_at};
use crate::ui::text::wrap;
use crate::ui::theme::{BOLD, CAUTION, DIM, NARRATION, cut, pad, put};
use crate::ui::view::{Mode, SMALLEST, View};

/// The line stands out without colours too.
const BANNER: Style = CAUTION.add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD);
/// Fewest columns for who asks what, beside how it is answered.
const LEAST: usize = 30;
/// Columns of the dialog at most.
const WIDTH: u16 = 90;

/// Draws the line that tells of calls.
pub(in crate::ui) fn draw_banner(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    let Some(call) = soonest(state, &view.calls).filter(|_| !area.is_empty()) else { return };
    let width = usize::from(area.width);
    let rest = waiting(state).count().saturating_sub(1);
    let more = if rest > 0 { format!("+{rest} · ") } else { String::new() };
    let (time, long_time) = (left(call.until, state.now), left_until(call.until, call.silence, state.now));
    let does = if view.looks_only { "shows it" } else { "answers" };
    let [long, most, short] = match keys(view) {
        Some(keys) => [
            format!("{more}{long_time} · {keys} {does} "),
            format!("{more}{time} · {keys} {does} "),
            format!("{time} {keys} "),
        ],
        None => [format!("{more}{long_time} "), format!("{more}{time} "), format!("{time} ")],
    };
    let asks = format!(" ? {} asks: {}", who(&call.caller), printable(&call.title));
    let right = match width {
        _ if asks.width() + long.width() < width => long,
        _ if LEAST + most.width() < width => most,
        _ => short,
    };
    let room = width.saturating_sub(right.width() + 1);
    put(buffer, area.x, area.y, format!("{} {right}", pad(&asks, room)), width, BANNER);
}

/// What is pressed now to come to the dialog; none: nothing can be answered here.
fn keys(view: &View) -> Option<String> {
    if view.deck.is_some() {
        return None;
    }
    let (when, op) = (view.when(), Op::Confirmations);
    if let Some(key) = view.keys.key_of(when, op) {
        return Some(key);
    }
    let key = view.keys.key(When::Normal, op);
    if matches!(view.mode, Mode::Normal) {
        return Some(key);
    }
    // First what takes the keys now is left.
    let leave = [Op::LeaveTyping, Op::Close, Op::No].into_iter().find_map(|op| view.keys.key_of(when, op));
    Some(leave.map_or(key.clone(), |leave| format!("{leave} {key}")))
}

/// Where the parts of the dialog are.
pub(super) struct Placed {
    area: Rect,
    title: Vec<String>,
    /// Who asks, with what, and how long.
    by: String,
    lines: Vec<String>,
    /// What it means that nobody says anything in time.
    silence: &'static str,
    /// Rows for the lines.
    room: usize,
    /// What a press does, from which column of the row above the lower edge on, in how many.
    buttons: Vec<(Op, u16, String)>,
    /// What stands there instead where nothing can be answered.
    instead: String,
}

impl Placed {
    pub fn of(state: &State, view: &View, dialog: &Dialog) -> Self {
        let is = Shown::find(state, dialog.shown.id);
        let over = is.is_none();
        let call = is.unwrap_or_else(|| dialog.shown.clone());
        let cols = if view.cols < 100 { view.cols } else { WIDTH };
        let inside = usize::from(cols.saturating_sub(4));
        let most = view.rows.saturating_sub(2);
        let rows = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let mut title = wrap(&call.title, inside);
        // Who asks and the answer keep their rows.
        let most_title = usize::from(most.saturating_sub(4)).max(1);
        let fits = title.len() <= most_title && most > 4 && view.cols >= SMALLEST.1;
        title.truncate(most_title);
        let lines: Vec<String> = call.lines.iter().flat_map(|l| wrap(l, inside)).collect();
        let time = left_until(call.until, call.silence, state.now);
        let time = if over { String::new() } else { format!(" · {time}") };
        let by = format!("{} asks with {}{time}", call.who, call.tool);
        let gap = usize::from(!lines.is_empty());
        let height = rows(2 + title.len() + 1 + gap + lines.len() + 2).min(most);
        let area = Rect { x: (view.cols - cols) / 2, y: 1 + (most - height) / 2, width: cols, height };
        let room = usize::from(height).saturating_sub(2 + title.len() + 1 + gap + 2);
        let instead = if over {
            let why = match state.confirmations.iter().any(|c| c.id == call.id) {
                true => "somebody said yes",
                false if call.until <= state.now => "the time is over",
                false => "it was answered, or its caller left",
            };
            format!("It waits no more: {why}. Any key closes this.")
        } else if view.deck.is_some() {
            "This is a recording: nothing is answered here.".into()
        } else if view.looks_only {
            "You attached read-only: others answer.".into()
        } else if !fits {
            "Too small to answer: make the window larger.".into()
        } else {
            String::new()
        };
        let mut x = area.x + 2;
        let mut button = |(op, text): (Op, &str)| {
            let text = format!("[{}] {text}", view.keys.key(When::Answering, op));
            let at = x;
            x = x.saturating_add(rows(text.width() + 3));
            (op, at, text)
        };
        let words = [(Op::Yes, "yes, do it"), (Op::No, "no, refuse it")];
        let buttons = if instead.is_empty() { words.map(&mut button).into() } else { Vec::new() };
        let silence = call.silence();
        Self { area, title, by, lines, silence, room, buttons, instead }
    }

    /// The most lines there can be above what is seen.
    pub fn most(&self) -> usize {
        self.lines.len().saturating_sub(self.room)
    }

    /// Whether it can be answered here: all that would be done is told, and not to who only looks.
    pub fn answerable(&self) -> bool {
        self.instead.is_empty()
    }

    /// Lines to go on by at a time.
    pub fn page(&self) -> isize {
        isize::try_from(self.room).unwrap_or(1).max(1)
    }

    /// The row with the answers.
    fn row(&self) -> u16 {
        self.area.bottom().saturating_sub(2)
    }

    /// What a press at that place does.
    pub fn op_at(&self, view: &View, at: Position) -> Option<Op> {
        let on = |(_, x, text): &&(Op, u16, String)| {
            at.y == self.row() && at.x >= *x && usize::from(at.x - x) < text.width()
        };
        let button = self.buttons.iter().find(on).map(|(op, _, _)| *op);
        button.or_else(|| hint_at(&view.keys, self.area, When::Answering, at))
    }
}

/// Draws the dialog.
pub(in crate::ui) fn draw_dialog(buffer: &mut Buffer, state: &State, view: &View, dialog: &Dialog) {
    let placed = Placed::of(state, view, dialog);
    let (area, inside) = (placed.area, usize::from(placed.area.width.saturating_sub(4)));
    let all = waiting(state).count();
    let place = waiting(state).position(|c| c.id == dialog.shown.id);
    let scroll = dialog.scroll.min(placed.most());
    let mut title = match place {
        Some(place) if all > 1 => format!(" a call waits for you · {} of {all} ", place + 1),
        Some(_) => " a call waits for you ".to_owned(),
        None => " a call that waited for you ".to_owned(),
    };
    if placed.most() > 0 {
        let last = (scroll + placed.room).min(placed.lines.len());
        title.push_str(&format!("· lines {}–{last} of {} ", scroll + 1, placed.lines.len()));
    }
    // What is over has no keys of its own any more.
    let when = if place.is_some() { When::Answering } else { When::Normal };
    draw_box(buffer, &view.keys, area, &title, when);
    let mut y = area.y + 1;
    let end = placed.row();
    for row in &placed.title {
        if y < end {
            put(buffer, area.x + 2, y, row, inside, CAUTION.add_modifier(Modifier::BOLD));
            y += 1;
        }
    }
    if y < end {
        put(buffer, area.x + 2, y, cut(&placed.by, inside), inside, DIM);
        y += 2;
    }
    for row in placed.lines.iter().skip(scroll).take(placed.room) {
        put(buffer, area.x + 2, y, row, inside, Style::new());
        y += 1;
    }
    if area.height < 3 {
        return;
    }
    if !placed.instead.is_empty() {
        put(buffer, area.x + 2, end, cut(&placed.instead, inside), inside, NARRATION);
        return;
    }
    let mut used = 0;
    for (_, x, text) in &placed.buttons {
        put(buffer, *x, end, text, usize::from(area.right().saturating_sub(x + 2)), BOLD);
        used = usize::from(*x - area.x) + text.width();
    }
    let word = format!("   {}", placed.silence);
    if used + word.len() + 2 <= usize::from(area.width) {
        put(buffer, area.x + u16::try_from(used).unwrap_or(0), end, &word, word.len(), DIM);
    }
}
