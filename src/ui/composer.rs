//! The prompt composer: a text of several lines and the agents it is for.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::popup::frame_of;
use super::theme::{BOLD, CHOSEN, DIM, cut, of_state, put};
use super::view::View;
use crate::domain::command::{Command, Target, What};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::domain::signal::{MAX_PROMPT, clean_prompt, printable};
use crate::engine::state::State;

/// A prompt being written.
#[derive(Clone, Debug)]
pub(super) struct Composer {
    /// The lines; never empty.
    pub lines: Vec<String>,
    row: usize,
    /// In characters.
    column: usize,
    pub ticks: Vec<(AgentName, bool)>,
    at: usize,
    part: Part,
    /// Which stage or focus group was ticked last, and what it is called.
    group: Option<(usize, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Text,
    People,
}

impl Composer {
    /// For those of the team that `ticked` says, going on with `lines`.
    pub fn new(state: &State, ticked: impl Fn(&AgentName) -> bool, mut lines: Vec<String>) -> Self {
        if lines.is_empty() {
            lines.push(String::new());
        }
        let row = lines.len() - 1;
        let column = lines[row].chars().count();
        let ticks = state.team().map(|a| (a.name.clone(), ticked(&a.name))).collect();
        Self { lines, row, column, ticks, at: 0, part: Part::Text, group: None }
    }

    pub fn addressing(&self) -> bool {
        self.part == Part::People
    }

    pub fn other_part(&mut self) {
        self.part = if self.addressing() { Part::Text } else { Part::People };
    }

    /// The command that sends it, or what is missing.
    pub fn command(&self) -> Result<Command, &'static str> {
        let text = self.lines.join("\n");
        if text.trim().is_empty() {
            return Err("nothing to send yet: write the prompt first");
        }
        let names: Vec<&AgentName> = self.ticks.iter().filter(|(_, on)| *on).map(|(n, _)| n).collect();
        if names.is_empty() {
            return Err("for nobody yet: Tab, then Space ticks an agent and `a` all");
        }
        let targets = if names.len() == self.ticks.len() {
            vec![Target("all".into())]
        } else {
            names.iter().map(|n| Target(n.to_string())).collect()
        };
        Ok(Command::Send { targets, what: What::Text(text) })
    }

    pub fn tick(&mut self, at: usize) {
        if let Some((_, on)) = self.ticks.get_mut(at) {
            *on = !*on;
            self.at = at;
            self.group = None;
        }
    }

    pub fn tick_here(&mut self) {
        self.tick(self.at);
    }

    pub fn tick_all(&mut self) {
        let all = self.ticks.iter().all(|(_, on)| *on);
        self.ticks.iter_mut().for_each(|(_, on)| *on = !all);
        self.group = None;
    }

    /// Ticks the group after the one ticked last.
    pub fn tick_group(&mut self, groups: &[(String, Vec<AgentName>)]) {
        if groups.is_empty() {
            return;
        }
        let last = self.group.as_ref().and_then(|(_, name)| groups.iter().position(|(g, _)| g == name));
        let next = last.map_or(0, |i| (i + 1) % groups.len());
        let (name, members) = &groups[next];
        self.ticks.iter_mut().for_each(|(n, on)| *on = members.contains(n));
        self.group = Some((next, name.clone()));
    }

    pub fn step(&mut self, by: isize) {
        let last = self.ticks.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }

    /// A key that the table does not know: it edits the text.
    pub fn edit(&mut self, key: Key) {
        if self.addressing() {
            return;
        }
        match key.code {
            Code::Char('u') if key.mods.ctrl => self.replace_line(String::new()),
            Code::Char(c) if !key.mods.ctrl && !key.mods.alt => self.insert(&c.to_string()),
            Code::Backspace if self.column > 0 => {
                self.column -= 1;
                self.remove_here();
            }
            Code::Backspace if self.row > 0 => {
                let rest = self.lines.remove(self.row);
                self.row -= 1;
                self.column = self.length();
                self.lines[self.row].push_str(&rest);
            }
            Code::Delete if self.column < self.length() => self.remove_here(),
            Code::Delete if self.row + 1 < self.lines.len() => {
                let rest = self.lines.remove(self.row + 1);
                self.lines[self.row].push_str(&rest);
            }
            Code::Left if self.column > 0 => self.column -= 1,
            Code::Left if self.row > 0 => {
                self.row -= 1;
                self.column = self.length();
            }
            Code::Right if self.column < self.length() => self.column += 1,
            Code::Right if self.row + 1 < self.lines.len() => {
                self.row += 1;
                self.column = 0;
            }
            Code::Up => self.row = self.row.saturating_sub(1),
            Code::Down => self.row = (self.row + 1).min(self.lines.len() - 1),
            Code::Home => self.column = 0,
            Code::End => self.column = self.length(),
            _ => {}
        }
        self.column = self.column.min(self.length());
    }

    /// Takes another text in place of its own, less what a prompt must not contain.
    pub fn replace(&mut self, text: &str) {
        (self.lines, self.row, self.column) = (vec![String::new()], 0, 0);
        self.insert(text.strip_suffix('\n').unwrap_or(text));
    }

    /// Puts text at the cursor, less what a prompt must not contain; no more than a prompt may hold.
    pub fn insert(&mut self, text: &str) {
        let (text, _) = clean_prompt(text);
        let held: usize = self.lines.iter().map(|l| l.len() + 1).sum();
        if held + text.len() > MAX_PROMPT {
            return;
        }
        let at = self.byte();
        let tail = self.lines[self.row].split_off(at);
        let mut parts = text.split('\n');
        self.lines[self.row].push_str(parts.next().unwrap_or(""));
        let more: Vec<String> = parts.map(str::to_owned).collect();
        let row = self.row + 1;
        self.row += more.len();
        self.lines.splice(row..row, more);
        self.column = self.length();
        self.lines[self.row].push_str(&tail);
    }

    fn replace_line(&mut self, line: String) {
        self.column = line.chars().count();
        self.lines[self.row] = line;
    }

    fn remove_here(&mut self) {
        let at = self.byte();
        if at < self.lines[self.row].len() {
            self.lines[self.row].remove(at);
        }
    }

    fn length(&self) -> usize {
        self.lines[self.row].chars().count()
    }

    fn byte(&self) -> usize {
        let line = &self.lines[self.row];
        line.char_indices().nth(self.column).map_or(line.len(), |(i, _)| i)
    }
}

/// Where the composer is.
fn area(view: &View) -> Rect {
    frame_of(view, 100, 14)
}

/// Where the ticks are, one area an agent, as far as they fit.
pub(super) fn tick_areas(view: &View, composer: &Composer) -> Vec<Rect> {
    let area = area(view);
    let right = area.right().saturating_sub(1);
    let (mut x, mut y) = (area.x + 5, area.y + 1);
    let mut areas = Vec::new();
    for (name, _) in &composer.ticks {
        let width = u16::try_from(name.as_str().len()).unwrap_or(32) + 4;
        if x + width > right && x > area.x + 5 {
            x = area.x + 5;
            y += 1;
        }
        let tick = Rect { x, y, width, height: 1 };
        areas.push(tick.intersection(Rect { width: area.width.saturating_sub(1), ..area }));
        x += width;
    }
    areas
}

/// Draws it; the answer is where the cursor belongs.
pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, composer: &Composer) -> Option<Position> {
    let area = area(view);
    let count = composer.ticks.iter().filter(|(_, on)| *on).count();
    let title = match &composer.group {
        Some((_, name)) => format!(" prompt for {count} · {name} "),
        None => format!(" prompt for {count} of {} ", composer.ticks.len()),
    };
    super::popup::draw_box(buffer, &view.keys, area, &title, view.when());
    if area.width < 8 || area.height < 4 {
        return None;
    }
    put(buffer, area.x + 2, area.y + 1, "to", usize::MAX, DIM);
    let areas = tick_areas(view, composer);
    for (i, ((name, on), place)) in composer.ticks.iter().zip(&areas).enumerate() {
        let alive = state.agent(name).map(|a| of_state(a.state())).unwrap_or_default();
        let style = match (composer.addressing() && i == composer.at, *on) {
            (true, _) => CHOSEN,
            (false, true) => BOLD,
            (false, false) => alive,
        };
        let text = format!("[{}]{name} ", if *on { 'x' } else { ' ' });
        if place.y + 2 < area.bottom() {
            put(buffer, place.x, place.y, text.trim_end(), usize::from(place.width), style);
        }
    }
    let top = areas.last().map_or(area.y + 1, |a| a.y) + 1;
    let inside = Rect {
        x: area.x + 2,
        y: top + 1,
        width: area.width - 4,
        height: area.bottom().saturating_sub(top + 2),
    };
    if inside.is_empty() {
        return None;
    }
    let rule = "─".repeat(usize::from(inside.width));
    put(buffer, inside.x, top, rule, usize::MAX, DIM);
    text(buffer, inside, composer)
}

fn text(buffer: &mut Buffer, area: Rect, composer: &Composer) -> Option<Position> {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    if composer.lines.len() == 1 && composer.lines[0].is_empty() {
        let hint = "write the prompt here; it goes to the agents ticked above";
        put(buffer, area.x, area.y, cut(hint, width), usize::MAX, DIM);
    }
    let first = (composer.row + 1).saturating_sub(height);
    let before: String = composer.lines[composer.row].chars().take(composer.column).collect();
    let left = (printable(&before).width() + 1).saturating_sub(width);
    for (y, line) in (area.y..area.bottom()).zip(composer.lines.iter().skip(first)) {
        // Every line moves with the cursor's, so that columns stay below each other.
        let line = printable(line);
        put(buffer, area.x, y, skip(&line, left), width, Style::new());
    }
    let x = area.x + u16::try_from(printable(&before).width() - left).unwrap_or(0).min(area.width - 1);
    let y = area.y + u16::try_from(composer.row - first).unwrap_or(0);
    (!composer.addressing()).then_some(Position { x, y })
}

/// `text` without its first `columns` columns.
fn skip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (i, c) in text.char_indices() {
        if used >= columns {
            return &text[i..];
        }
        used += c.width().unwrap_or(0);
    }
    ""
}
