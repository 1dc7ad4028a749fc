//! Colours, signs and borders; one meaning each, and never by colour alone.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use unicode_width::UnicodeWidthStr;

use crate::domain::state::AgentState;
use crate::domain::theme::{Colour, Depth, Paint, Role, Theme};
use crate::screen::{self, is_unsafe};

/// What a client's terminal and user want of the drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// No colour at all (`NO_COLOR`).
    pub plain: bool,
    /// ASCII borders and signs (a locale that is not UTF-8).
    pub ascii: bool,
    /// How many colours the terminal has.
    pub depth: Depth,
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

/// The first two parts of the colours by which roles are told apart until a frame is finished. No pane shows such a
/// colour: [`of_pane`] sees to that.
const TAG: (u8, u8) = (1, 254);
/// The number of the tag for what a pane leaves to the terminal.
const LEFT: u8 = u8::MAX;

/// The colour that stands for a role until the frame is finished.
const fn tag(role: Role) -> Color {
    Color::Rgb(TAG.0, TAG.1, role as u8)
}

/// A style that means a role: what it looks like is the theme's.
pub(super) const fn role(role: Role) -> Style {
    Style::new().fg(tag(role))
}

/// The colour of what a program shows in its pane: its own, whatever the theme.
pub(super) fn of_pane(color: screen::Color) -> Color {
    match color {
        screen::Color::Default => Color::Rgb(TAG.0, TAG.1, LEFT),
        screen::Color::Indexed(n) => Color::Indexed(n),
        screen::Color::Rgb(r, g, b) if (r, g) == TAG => Color::Rgb(r + 1, g, b),
        screen::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

/// The style of a state.
pub(super) fn of_state(state: AgentState) -> Style {
    role(match state {
        AgentState::Asking => Role::Asking,
        AgentState::Failed => Role::Failed,
        AgentState::Limited => Role::Limited,
        AgentState::Claimed => Role::Claimed,
        AgentState::Working => Role::Working,
        AgentState::Starting => Role::Starting,
        AgentState::Blocked => Role::Blocked,
        AgentState::Ready => Role::Ready,
        AgentState::Merged => Role::Merged,
        AgentState::Stopped => Role::Stopped,
        AgentState::Idle => Role::Idle,
        AgentState::Pending => Role::Pending,
        AgentState::Unknown => Role::Unknown,
    })
}

/// What matters little.
pub(super) const DIM: Style = role(Role::Quiet);
/// What matters much.
pub(super) const BOLD: Style = role(Role::Strong);
/// What is chosen in a list. It is laid over what is drawn already.
pub(super) const CHOSEN: Style = Style::new().bg(tag(Role::Chosen));
/// A key at the foot.
pub(super) const KEY: Style = role(Role::Key);
/// The line a demo speaks by.
pub(super) const NARRATION: Style = role(Role::Told);
/// The answer to what was just done.
pub(super) const MESSAGE: Style = role(Role::Told);
/// What went wrong just now.
pub(super) const TROUBLE: Style = role(Role::Trouble);
/// What a person should look at.
pub(super) const CAUTION: Style = role(Role::Caution);
/// The border of the pane that is typed into.
pub(super) const TYPING: Style = role(Role::Typing);

/// The style of what a sign in a cell says: `✘` failed, `▲` look at it, `✔` proved.
pub(super) fn of_sign(text: &str) -> Style {
    if text.contains('✘') {
        TROUBLE
    } else if text.contains(['▲', '≠']) {
        CAUTION
    } else if text.contains('✔') {
        role(Role::Good)
    } else if text.contains('●') {
        role(Role::Busy)
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
pub(super) fn finish(buffer: &mut Buffer, look: Look, theme: &Theme) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if symbol.chars().any(is_unsafe) {
            cell.set_symbol(" ");
        } else if look.ascii && !symbol.is_ascii() {
            let ascii = ascii_of(symbol);
            cell.set_symbol(ascii);
        }
        paint(cell, theme);
        if look.plain {
            cell.fg = Color::Reset;
            cell.bg = Color::Reset;
        } else if look.depth != Depth::Full {
            cell.fg = brought_down(cell.fg, look.depth);
            cell.bg = brought_down(cell.bg, look.depth);
        }
    }
}

/// What a colour stands for, until it is painted.
enum Stands {
    Role(Role),
    /// What a pane leaves to the terminal.
    Left,
    /// What the theme paints behind and as plain text.
    Plain,
    Itself,
}

fn stands(color: Color) -> Stands {
    match color {
        Color::Reset => Stands::Plain,
        Color::Rgb(r, g, LEFT) if (r, g) == TAG => Stands::Left,
        Color::Rgb(r, g, n) if (r, g) == TAG => {
            Role::ALL.get(usize::from(n)).map_or(Stands::Plain, |role| Stands::Role(*role))
        }
        _ => Stands::Itself,
    }
}

/// Gives a cell the colours that the theme has for what it means.
fn paint(cell: &mut Cell, theme: &Theme) {
    let (fg, bg) = (stands(cell.fg), stands(cell.bg));
    let mut front = match fg {
        Stands::Role(role) => theme.paint(role),
        _ => Paint::default(),
    };
    if let Stands::Role(role) = bg {
        // What is laid over has the last word, but for colours it does not name.
        let over = theme.paint(role);
        front.fg = over.fg.or(front.fg);
        front.bg = over.bg.or(front.bg);
        front.bold |= over.bold;
        front.italic |= over.italic;
        front.underlined |= over.underlined;
        front.reversed |= over.reversed;
        front.dim &= !over.reversed;
    }
    cell.fg = match fg {
        Stands::Itself if front.fg.is_none() => cell.fg,
        Stands::Left if front.fg.is_none() => Color::Reset,
        _ => of_colour(front.fg.unwrap_or(theme.plain)),
    };
    cell.bg = match bg {
        Stands::Itself => cell.bg,
        Stands::Left if front.bg.is_none() => Color::Reset,
        _ => of_colour(front.bg.unwrap_or(theme.background)),
    };
    for (set, modifier) in [
        (front.bold, Modifier::BOLD),
        (front.dim, Modifier::DIM),
        (front.italic, Modifier::ITALIC),
        (front.underlined, Modifier::UNDERLINED),
        (front.reversed, Modifier::REVERSED),
    ] {
        if set {
            cell.modifier.insert(modifier);
        }
    }
}

fn of_colour(colour: Colour) -> Color {
    match colour {
        Colour::Terminal => Color::Reset,
        Colour::Indexed(n) => Color::Indexed(n),
        Colour::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

fn brought_down(color: Color, depth: Depth) -> Color {
    match color {
        Color::Rgb(r, g, b) => of_colour(depth.nearest(Colour::Rgb(r, g, b))),
        Color::Indexed(n) => of_colour(depth.nearest(Colour::Indexed(n))),
        other => other,
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
        "◌" => ",",
        "█" => "#",
        "▒" => "=",
        "░" => ":",
        "•" => "*",
        "◈" => "@",
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
