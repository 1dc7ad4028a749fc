//! Colours, signs and borders; one meaning each, and never by colour alone.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use unicode_width::UnicodeWidthStr;

use crate::domain::state::AgentState;
use crate::screen::is_unsafe;

/// What a client's terminal and user want of the drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// No colour at all (`NO_COLOR`).
    pub plain: bool,
    /// ASCII borders and signs (a locale that is not UTF-8).
    pub ascii: bool,
    /// Minutes that clocks on the wall are ahead of UTC there.
    pub utc_offset: i16,
}

impl Look {
    /// The sign of a state.
    pub(super) fn sign(self, state: AgentState) -> &'static str {
        let (sign, ascii) = state.signs();
        if self.ascii { ascii } else { sign }
    }
}

/// The icon of a state in the Monitor.
pub(super) fn icon(state: AgentState) -> &'static str {
    match state {
        AgentState::Pending => "[.]",
        AgentState::Starting => "[,]",
        AgentState::Working => "[*]",
        AgentState::Idle => "[ ]",
        AgentState::Asking => "[?]",
        AgentState::Limited => "[~]",
        AgentState::Blocked => "[X]",
        AgentState::Claimed => "[c]",
        AgentState::Ready | AgentState::Merged => "[+]",
        AgentState::Failed => "[!]",
        AgentState::Stopped => "[-]",
        AgentState::Unknown => "[u]",
    }
}

/// The colour of a state.
pub(super) fn of_state(state: AgentState) -> Style {
    let fg = |c| Style::new().fg(c);
    match state {
        AgentState::Asking => fg(Color::Yellow).add_modifier(Modifier::BOLD),
        AgentState::Failed => fg(Color::Red).add_modifier(Modifier::BOLD),
        AgentState::Limited => fg(Color::Magenta).add_modifier(Modifier::BOLD),
        AgentState::Claimed => fg(Color::Cyan).add_modifier(Modifier::BOLD),
        AgentState::Working | AgentState::Starting => fg(Color::Blue),
        AgentState::Blocked => fg(Color::Yellow).add_modifier(Modifier::DIM),
        AgentState::Ready => fg(Color::Green),
        AgentState::Merged => fg(Color::Green).add_modifier(Modifier::DIM),
        AgentState::Stopped => fg(Color::DarkGray),
        AgentState::Idle | AgentState::Pending => DIM,
        AgentState::Unknown => fg(Color::White),
    }
}

/// What matters little.
pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
/// What matters much.
pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
/// What is chosen in a list.
pub(super) const CHOSEN: Style = Style::new().add_modifier(Modifier::REVERSED);
/// A key at the foot.
pub(super) const KEY: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
/// The line a demo speaks by.
pub(super) const NARRATION: Style = Style::new().fg(Color::White).add_modifier(Modifier::BOLD);
/// The answer to what was just done.
pub(super) const MESSAGE: Style = Style::new().fg(Color::White).add_modifier(Modifier::BOLD);
/// What went wrong just now.
pub(super) const TROUBLE: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
/// What a person should look at.
pub(super) const CAUTION: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
/// The border of the pane that is typed into.
pub(super) const TYPING: Style = Style::new().fg(Color::LightGreen).add_modifier(Modifier::BOLD);

/// The colour of what a sign in a cell says: `✘` failed, `▲` look at it, `✔` proved.
pub(super) fn of_sign(text: &str) -> Style {
    if text.contains('✘') {
        TROUBLE
    } else if text.contains(['▲', '≠']) {
        CAUTION
    } else if text.contains('✔') {
        Style::new().fg(Color::Green)
    } else if text.contains('●') {
        Style::new().fg(Color::Blue)
    } else {
        Style::new()
    }
}

/// How much a border stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Edge {
    /// Beside others.
    Quiet,
    /// Keys go to it.
    Focused,
    /// What is typed goes into it.
    Typing,
}

impl Edge {
    pub(super) fn set(self) -> border::Set<'static> {
        match self {
            Self::Quiet => border::PLAIN,
            Self::Focused => border::THICK,
            Self::Typing => border::DOUBLE,
        }
    }

    pub(super) fn style(self) -> Style {
        match self {
            Self::Quiet => DIM,
            Self::Focused => BOLD,
            Self::Typing => TYPING,
        }
    }
}

/// Brings what was drawn within what the terminal takes. Whatever the views did before, no control character, and
/// with the look's wishes no colour or nothing but ASCII, is left.
pub(super) fn finish(buffer: &mut Buffer, look: Look) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if symbol.chars().any(is_unsafe) {
            cell.set_symbol(" ");
        } else if look.ascii && !symbol.is_ascii() {
            let ascii = ascii_of(symbol);
            cell.set_symbol(ascii);
        }
        if look.plain {
            cell.fg = Color::Reset;
            cell.bg = Color::Reset;
        }
    }
}

fn ascii_of(symbol: &str) -> &'static str {
    match symbol {
        "─" | "┄" | "╌" | "–" | "—" => "-",
        "│" | "┃" | "║" | "┆" => "|",
        "━" => "=",
        "═" => "#",
        "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴" | "┼" | "┏" | "┓" | "┗" | "┛" | "╔" | "╗" | "╚"
        | "╝" | "╭" | "╮" | "╰" | "╯" => "+",
        "·" | "…" => ".",
        "↑" => "^",
        "↓" => "v",
        "←" => "<",
        "→" | "▸" | "❯" => ">",
        "±" | "✔" => "+",
        "▲" => "!",
        "▼" => "v",
        "▶" | "»" => ">",
        "‖" | "“" | "”" => "\"",
        "¶" => "n",
        "↶" => "u",
        "≠" => "#",
        "−" => "-",
        "⇉" => "m",
        "✘" => "x",
        "×" => "x",
        "▰" => "#",
        "▱" => ".",
        "●" => "*",
        s if s.width() == 0 => " ",
        _ => "?",
    }
}

/// `text` cut to `width` columns at its end, marked by `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used + w + 1 > width {
            break;
        }
        kept.push(c);
        used += w;
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// A path cut to `width` columns in its middle: where it is and its name matter most.
pub(super) fn cut_path(path: &str, width: usize) -> String {
    if path.width() <= width {
        return path.to_owned();
    }
    let right = width.saturating_sub(1) * 2 / 3;
    let mut tail: Vec<char> = Vec::new();
    let mut used = 0;
    for c in path.chars().rev() {
        used += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used > right {
            break;
        }
        tail.push(c);
    }
    let tail: String = tail.into_iter().rev().collect();
    let head = cut(path, width.saturating_sub(tail.width()));
    format!("{head}{tail}")
}

/// `text` cut or filled with blanks to exactly `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    let mut text = cut(text, width);
    let missing = width.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// `text` at the right of `width` columns.
pub(super) fn pad_left(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let missing = width.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing))
}

/// A bar of `width` columns, `done` of `all` filled.
pub(super) fn bar(done: usize, all: usize, width: usize) -> String {
    let full = (done.min(all) * width).checked_div(all).unwrap_or(0);
    format!("{}{}", "▰".repeat(full), "▱".repeat(width - full))
}

/// A moment as hours and minutes, UTC.
pub(super) fn clock(wall: i64, look: Look) -> String {
    let minutes = (wall.div_euclid(60_000) + i64::from(look.utc_offset)).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Writes `text` on at most `width` columns from there, as far as there is a buffer.
pub(super) fn put(buffer: &mut Buffer, x: u16, y: u16, text: impl AsRef<str>, width: usize, style: Style) {
    if buffer.area.contains(Position { x, y }) {
        buffer.set_stringn(x, y, text, width, style);
    }
}
