//! Rows and cells for drawing.

use std::fmt::{self, Display, Write as _};

use alacritty_terminal::term::cell::{Cell as Raw, Flags};
use alacritty_terminal::vte::ansi::{Color as RawColor, NamedColor};

use super::clean::is_unsafe;
use super::links;

/// A colour as the program set it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Color {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the palette: 0 to 15 named, then the cube and the greys.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a cell is drawn. Blinking is not kept by the emulator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attrs(u16);

impl Attrs {
    /// Bold.
    pub const BOLD: Self = Self(1);
    /// Dim.
    pub const DIM: Self = Self(1 << 1);
    /// Italic.
    pub const ITALIC: Self = Self(1 << 2);
    /// Underlined in any way.
    pub const UNDERLINE: Self = Self(1 << 3);
    /// Colours swapped.
    pub const REVERSE: Self = Self(1 << 4);
    /// Struck through.
    pub const STRIKETHROUGH: Self = Self(1 << 5);
    /// Not shown.
    pub const HIDDEN: Self = Self(1 << 6);

    /// Whether all of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether none is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn of(flags: Flags) -> Self {
        if flags.is_empty() {
            return Self(0);
        }
        let pairs = [
            (Flags::BOLD, Self::BOLD),
            (Flags::DIM, Self::DIM),
            (Flags::ITALIC, Self::ITALIC),
            (Flags::ALL_UNDERLINES, Self::UNDERLINE),
            (Flags::INVERSE, Self::REVERSE),
            (Flags::STRIKEOUT, Self::STRIKETHROUGH),
            (Flags::HIDDEN, Self::HIDDEN),
        ];
        Self(pairs.iter().filter(|(f, _)| flags.intersects(*f)).fold(0, |bits, (_, a)| bits | a.0))
    }
}

/// One cell. Its text holds no control, direction or zero-width characters but combining marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell<'a> {
    /// The character; a space where there is none.
    pub base: char,
    marks: &'a [char],
    /// Text colour.
    pub fg: Color,
    /// Background.
    pub bg: Color,
    /// Attributes.
    pub attrs: Attrs,
    /// The number of its link, by which [`super::Screen::link`] has it.
    pub link: Option<u64>,
    /// Columns taken: 1, or 2 with nothing of its own in the second.
    pub width: u8,
}

impl Cell<'_> {
    /// The only character of the cell, if it has no marks.
    #[must_use]
    pub fn single(&self) -> Option<char> {
        self.marks.is_empty().then_some(self.base)
    }
}

impl Display for Cell<'_> {
    /// The character with its marks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(self.base)?;
        self.marks.iter().filter(|c| !is_unsafe(**c)).try_for_each(|c| f.write_char(*c))
    }
}

/// One row of a screen or its history; without cells when it does not exist.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    cells: &'a [Raw],
}

impl<'a> Row<'a> {
    pub(super) fn of(cells: &'a [Raw]) -> Self {
        Self { cells }
    }

    /// The cells from the left; their widths add up to the columns of the screen.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let mut covered = false;
        let cells = self.cells;
        cells.iter().enumerate().filter_map(move |(i, raw)| {
            // The second half of a wide character is nothing of its own, unless its first half is gone.
            if std::mem::take(&mut covered) && raw.flags.contains(Flags::WIDE_CHAR_SPACER) {
                return None;
            }
            let next = cells.get(i + 1);
            let wide = raw.flags.contains(Flags::WIDE_CHAR)
                && next.is_some_and(|n| n.flags.contains(Flags::WIDE_CHAR_SPACER));
            covered = wide;
            Some(cell(raw, if wide { 2 } else { 1 }))
        })
    }

    /// How many columns the cell at a column takes; 1 where there is none.
    #[must_use]
    pub fn width_at(&self, col: u16) -> u16 {
        let mut at = 0;
        let cell = self.cells().find(|cell| {
            at += u16::from(cell.width);
            at > col
        });
        cell.map_or(1, |cell| u16::from(cell.width))
    }

    /// Whether the text goes on in the next row because it did not fit.
    #[must_use]
    pub fn wraps(&self) -> bool {
        self.cells.last().is_some_and(|c| c.flags.contains(Flags::WRAPLINE))
    }

    /// Whether nothing but blanks is in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| matches!(c.c, ' ' | '\t') && c.zerowidth().is_none_or(<[char]>::is_empty))
    }

    /// The text without blanks at the end.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.cells.len());
        self.push_to(&mut text);
        text.truncate(text.trim_end_matches(' ').len());
        text
    }

    /// Adds the text with its blanks, but for the gap before a wide character that went to the next row.
    pub fn push_to(&self, out: &mut String) {
        if push_simple(self.cells, out) {
            return;
        }
        let gap = |c: &&Raw| c.flags.contains(Flags::LEADING_WIDE_CHAR_SPACER);
        let used =
            self.cells.len() - usize::from(self.wraps() && self.cells.last().as_ref().is_some_and(gap));
        for cell in (Row { cells: &self.cells[..used] }).cells() {
            match cell.single() {
                Some(c) => out.push(c),
                // Writing to a string does not fail.
                None => drop(write!(out, "{cell}")),
            }
        }
    }

    /// Its cells without those at the end that nothing was ever written to. A row that wraps is kept whole.
    pub(super) fn kept(&self) -> &'a [Raw] {
        let empty = Raw::default();
        let used = self.cells.iter().rposition(|c| *c != empty).map_or(0, |i| i + 1);
        &self.cells[..used]
    }

    /// The same without the blanks at the end.
    pub(super) fn push_filled(&self, out: &mut String) {
        let blank = |c: &Raw| c.c == ' ' && c.extra.is_none();
        let used = self.cells.iter().rposition(|c| !blank(c)).map_or(0, |i| i + 1);
        Row { cells: &self.cells[..used] }.push_to(out);
    }

    /// Whether one of these characters, of ASCII both, may be in it.
    pub(super) fn may_have(&self, one: char, other: char) -> bool {
        self.cells.iter().any(|c| c.c == one || c.c == other)
    }
}

/// Adds the text of cells that hold one narrow character each, as nearly all do; without any effect it says false
/// where one of them does not.
fn push_simple(cells: &[Raw], out: &mut String) -> bool {
    let odd = Flags::WIDE_CHAR | Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER;
    let begun = out.len();
    out.reserve(cells.len());
    for raw in cells {
        if raw.extra.is_some() || raw.flags.intersects(odd) {
            out.truncate(begun);
            return false;
        }
        let shown = matches!(raw.c, ' '..='~') || !is_unsafe(raw.c);
        out.push(if shown { raw.c } else { ' ' });
    }
    true
}

fn cell(raw: &Raw, width: u8) -> Cell<'_> {
    // A wide character without its second half, or one that may not be shown, would upset the columns.
    let broken = is_unsafe(raw.c) || (width == 1 && raw.flags.contains(Flags::WIDE_CHAR));
    Cell {
        base: if broken { ' ' } else { raw.c },
        marks: if broken { &[] } else { raw.zerowidth().unwrap_or_default() },
        fg: color(raw.fg),
        bg: color(raw.bg),
        attrs: Attrs::of(raw.flags),
        link: links::number(raw),
        width,
    }
}

fn color(raw: RawColor) -> Color {
    match raw {
        RawColor::Indexed(n) => Color::Indexed(n),
        RawColor::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
        RawColor::Named(name) => match name as usize {
            n @ 0..=15 => Color::Indexed(u8::try_from(n).unwrap_or_default()),
            n if n == NamedColor::BrightForeground as usize => Color::Indexed(15),
            _ => Color::Default,
        },
    }
}
