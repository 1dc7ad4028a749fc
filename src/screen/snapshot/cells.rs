//! Grids in a snapshot: rows as runs of cells that look alike.

use alacritty_terminal::grid::{Cursor, Dimensions as _, Grid, Row};
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{CharsetIndex, Color, NamedColor, Rgb, StandardCharset};

use super::super::{HISTORY, Size};
use super::Broken;
use super::bytes::{Bytes, put, put_char, put_len};

/// Styles looked back for: one that was used longer ago is written again.
const BACK: usize = 16;
/// Cells alike from which on they are counted instead of written.
const ALIKE: usize = 4;
/// Most marks of one cell.
const MARKS: usize = 16;
/// How a run is written: one character so many times, a text, or one cell with marks.
const SAME: u64 = 0;
const TEXT: u64 = 1;
const MARKED: u64 = 2;

const NAMED: [NamedColor; 29] = [
    NamedColor::Black,
    NamedColor::Red,
    NamedColor::Green,
    NamedColor::Yellow,
    NamedColor::Blue,
    NamedColor::Magenta,
    NamedColor::Cyan,
    NamedColor::White,
    NamedColor::BrightBlack,
    NamedColor::BrightRed,
    NamedColor::BrightGreen,
    NamedColor::BrightYellow,
    NamedColor::BrightBlue,
    NamedColor::BrightMagenta,
    NamedColor::BrightCyan,
    NamedColor::BrightWhite,
    NamedColor::Foreground,
    NamedColor::Background,
    NamedColor::Cursor,
    NamedColor::DimBlack,
    NamedColor::DimRed,
    NamedColor::DimGreen,
    NamedColor::DimYellow,
    NamedColor::DimBlue,
    NamedColor::DimMagenta,
    NamedColor::DimCyan,
    NamedColor::DimWhite,
    NamedColor::BrightForeground,
    NamedColor::DimForeground,
];
const INDEXED: u8 = 64;
const SPEC: u8 = 65;

/// All of a cell but its characters.
#[derive(Clone, Copy, PartialEq)]
struct Style {
    fg: Color,
    bg: Color,
    flags: Flags,
    underline: Option<Color>,
}

impl Style {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, flags: cell.flags, underline: cell.underline_color() }
    }

    fn cell(self, c: char) -> Cell {
        let mut cell = Cell { c, fg: self.fg, bg: self.bg, flags: self.flags, extra: None };
        if self.underline.is_some() {
            cell.set_underline_color(self.underline);
        }
        cell
    }
}

/// The styles used so far, the same on both ends.
#[derive(Default)]
pub(super) struct Styles(Vec<Style>);

impl Styles {
    /// Adds a style: how far back it was used, or 0 and itself.
    fn put(&mut self, out: &mut Vec<u8>, style: Style) {
        match self.0.iter().rev().take(BACK).position(|s| *s == style) {
            Some(back) => put_len(out, back + 1),
            None => {
                out.push(0);
                put_color(out, style.fg);
                put_color(out, style.bg);
                put(out, u64::from(style.flags.bits()));
                match style.underline {
                    Some(color) => {
                        out.push(1);
                        put_color(out, color);
                    }
                    None => out.push(0),
                }
                self.0.push(style);
            }
        }
    }

    fn take(&mut self, from: &mut Bytes<'_>) -> Result<Style, Broken> {
        let back = from.len(BACK)?;
        if back > 0 {
            let at = self.0.len().checked_sub(back).ok_or(Broken("a style is missing"))?;
            return self.0.get(at).copied().ok_or(Broken("a style is missing"));
        }
        let (fg, bg) = (color(from)?, color(from)?);
        let flags = Flags::from_bits_truncate(u16::try_from(from.number()?).unwrap_or(0));
        let underline = if from.flag()? { Some(color(from)?) } else { None };
        let style = Style { fg, bg, flags, underline };
        self.0.push(style);
        Ok(style)
    }
}

fn put_color(out: &mut Vec<u8>, color: Color) {
    match color {
        Color::Named(name) => {
            let at = NAMED.iter().position(|n| *n == name).unwrap_or(0);
            out.push(u8::try_from(at).unwrap_or(0));
        }
        Color::Indexed(n) => out.extend_from_slice(&[INDEXED, n]),
        Color::Spec(rgb) => out.extend_from_slice(&[SPEC, rgb.r, rgb.g, rgb.b]),
    }
}

fn color(from: &mut Bytes<'_>) -> Result<Color, Broken> {
    Ok(match from.byte()? {
        INDEXED => Color::Indexed(from.byte()?),
        SPEC => Color::Spec(Rgb { r: from.byte()?, g: from.byte()?, b: from.byte()? }),
        n => Color::Named(*NAMED.get(usize::from(n)).ok_or(Broken("a colour is not known"))?),
    })
}

/// Adds a grid with the nearest `history` rows above it.
pub(super) fn put_grid(out: &mut Vec<u8>, styles: &mut Styles, grid: &Grid<Cell>, history: usize) {
    let kept = grid.history_size().min(history);
    put_len(out, grid.history_size());
    put_len(out, kept);
    put_cursor(out, styles, &grid.cursor);
    put_cursor(out, styles, &grid.saved_cursor);
    let line = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    for n in -line(kept)..line(grid.screen_lines()) {
        put_row(out, styles, &grid[Line(n)][..]);
    }
}

/// Takes a grid, and whether all its history is there.
pub(super) fn grid(
    from: &mut Bytes<'_>,
    styles: &mut Styles,
    size: Size,
    limit: usize,
) -> Result<(Grid<Cell>, bool), Broken> {
    let (rows, cols) = (usize::from(size.rows), usize::from(size.cols));
    let all = from.len(usize::MAX)?;
    let kept = from.len(HISTORY)?;
    let mut grid = Grid::new(rows, cols, limit);
    grid.cursor = cursor(from, styles, size)?;
    grid.saved_cursor = cursor(from, styles, size)?;
    let mut lines = Vec::new();
    for _ in 0..kept + rows {
        lines.push(Row::from_vec(row(from, styles, cols)?, cols));
    }
    let history = kept.min(limit);
    lines.drain(..kept - history);
    // Rows of history come into being by scrolling, at most a screenful at once.
    let mut missing = history;
    while missing > 0 {
        let step = missing.min(rows);
        grid.scroll_up::<Color>(&(Line(0)..Line(i32::from(size.rows))), step);
        missing -= step;
    }
    let top = i32::try_from(history).unwrap_or(0);
    for (n, row) in (-top..).zip(lines) {
        grid[Line(n)] = row;
    }
    Ok((grid, all == history))
}

fn put_cursor(out: &mut Vec<u8>, styles: &mut Styles, cursor: &Cursor<Cell>) {
    put(out, u64::try_from(cursor.point.line.0).unwrap_or(0));
    put_len(out, cursor.point.column.0);
    out.push(u8::from(cursor.input_needs_wrap));
    let sets = CHARSETS.iter().enumerate();
    out.push(
        sets.fold(0, |bits, (i, set)| {
            bits | (u8::from(cursor.charsets[*set] != StandardCharset::Ascii) << i)
        }),
    );
    styles.put(out, Style::of(&cursor.template));
}

pub(super) const CHARSETS: [CharsetIndex; 4] =
    [CharsetIndex::G0, CharsetIndex::G1, CharsetIndex::G2, CharsetIndex::G3];

fn cursor(from: &mut Bytes<'_>, styles: &mut Styles, size: Size) -> Result<Cursor<Cell>, Broken> {
    let line = from.len(usize::from(size.rows) - 1)?;
    let column = from.len(usize::from(size.cols) - 1)?;
    let mut cursor = Cursor {
        point: Point::new(Line(i32::try_from(line).unwrap_or(0)), Column(column)),
        input_needs_wrap: from.flag()?,
        ..Cursor::default()
    };
    let sets = from.byte()?;
    for (i, set) in CHARSETS.iter().enumerate() {
        if sets & (1 << i) != 0 {
            cursor.charsets[*set] = StandardCharset::SpecialCharacterAndLineDrawing;
        }
    }
    cursor.template = styles.take(from)?.cell(' ');
    Ok(cursor)
}

fn marks(cell: &Cell) -> &[char] {
    cell.zerowidth().unwrap_or_default()
}

/// Whether two cells differ in their characters at most, and have no marks.
fn alike(a: &Cell, b: &Cell) -> bool {
    let plain = match (&a.extra, &b.extra) {
        (None, None) => true,
        _ => marks(b).is_empty() && a.underline_color() == b.underline_color(),
    };
    plain && a.flags == b.flags && a.fg == b.fg && a.bg == b.bg
}

fn put_row(out: &mut Vec<u8>, styles: &mut Styles, cells: &[Cell]) {
    let mut rest = cells;
    while let Some(first) = rest.first() {
        let head = |out: &mut Vec<u8>, styles: &mut Styles, kind: u64, n: usize| {
            put(out, u64::try_from(n).unwrap_or(0) << 2 | kind);
            styles.put(out, Style::of(first));
        };
        // The cells that look like the first, up to where enough of them are the same.
        let (mut n, mut same) = (0, 0);
        for cell in rest {
            if !alike(first, cell) {
                break;
            }
            same = if n > 0 && cell.c == rest[n - 1].c { same + 1 } else { 1 };
            n += 1;
            if same == ALIKE && n > ALIKE {
                n -= ALIKE;
                break;
            }
        }
        if n == 0 {
            head(out, styles, MARKED, 1);
            put_char(out, first.c);
            put_len(out, marks(first).len());
            marks(first).iter().for_each(|m| put_char(out, *m));
            n = 1;
        } else if rest[..n].iter().all(|c| c.c == first.c) {
            n += rest[n..].iter().take_while(|c| c.c == first.c && alike(first, c)).count();
            head(out, styles, SAME, n);
            put_char(out, first.c);
        } else {
            head(out, styles, TEXT, n);
            rest[..n].iter().for_each(|c| put_char(out, c.c));
        }
        rest = &rest[n..];
    }
}

fn row(from: &mut Bytes<'_>, styles: &mut Styles, cols: usize) -> Result<Vec<Cell>, Broken> {
    let mut cells = Vec::with_capacity(cols);
    while cells.len() < cols {
        let head = from.number()?;
        let count = usize::try_from(head >> 2).unwrap_or(usize::MAX);
        if count == 0 || count > cols - cells.len() {
            return Err(Broken("a row is too long"));
        }
        let style = styles.take(from)?;
        match head & 3 {
            SAME => {
                let cell = style.cell(from.char()?);
                cells.resize(cells.len() + count, cell);
            }
            TEXT => {
                for _ in 0..count {
                    cells.push(style.cell(from.char()?));
                }
            }
            MARKED => {
                let mut cell = style.cell(from.char()?);
                for _ in 0..from.len(MARKS)? {
                    cell.push_zerowidth(from.char()?);
                }
                cells.push(cell);
            }
            _ => return Err(Broken("a run is of no kind")),
        }
    }
    Ok(cells)
}
