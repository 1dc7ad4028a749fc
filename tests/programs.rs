//! Recordings of real terminal programs, made for the purpose (`tests/fixtures/programs/make.sh`), and the grid that an
//! independent emulator made of the same bytes: characters, colours, attributes and cursor must be the same.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use orchestra::domain::time::Time;
use orchestra::screen::{Attrs, Color, Screen, Size};

/// One cell, as both sides tell it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Cell {
    text: String,
    fg: Color,
    bg: Color,
    attrs: Vec<&'static str>,
    wide: bool,
}

impl Cell {
    fn blank() -> Self {
        let (fg, bg) = (Color::Default, Color::Default);
        Self { text: " ".into(), fg, bg, attrs: Vec::new(), wide: false }
    }
}

/// What a recording must give.
struct Expected {
    size: Size,
    cursor: Option<(u16, u16)>,
    rows: Vec<Vec<Cell>>,
}

fn expected(grid: &str) -> Expected {
    let (head, rest) = grid.split_once('\n').unwrap();
    let words: Vec<&str> = head.split([' ', ',']).collect();
    let number = |at: usize| words[at].parse::<u16>().unwrap();
    let size = Size { rows: number(1), cols: number(3) };
    // Behind the last column, where the next character wraps, is in it for us.
    let cursor = (words[7] == "shown").then(|| (number(5), number(6).min(size.cols - 1)));
    let mut pen = Pen::default();
    let mut rows: Vec<Vec<Cell>> = rest.lines().map(|line| pen.row(line)).collect();
    rows.resize(usize::from(size.rows), Vec::new());
    Expected { size, cursor, rows }
}

/// Reads what tmux writes of a line: text, SGR, and shifts to the line-drawing characters.
#[derive(Default)]
struct Pen {
    fg: Color,
    bg: Color,
    attrs: Vec<&'static str>,
    drawing: bool,
}

impl Pen {
    fn row(&mut self, line: &str) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '␛' => {
                    let (sgr, after) = rest.split_once('m').unwrap();
                    self.sgr(sgr.strip_prefix('[').unwrap());
                    rest = after;
                }
                '␎' => self.drawing = true,
                '␏' => self.drawing = false,
                c => match unicode_width::UnicodeWidthChar::width(c) {
                    Some(0) | None => cells.last_mut().unwrap().text.push(c),
                    Some(wide) => cells.push(Cell {
                        text: if self.drawing { drawn(c) } else { c }.to_string(),
                        fg: self.fg,
                        bg: self.bg,
                        attrs: self.attrs.clone(),
                        wide: wide == 2,
                    }),
                },
            }
        }
        cells
    }

    fn sgr(&mut self, codes: &str) {
        let mut codes = codes.split(';');
        while let Some(code) = codes.next() {
            let mut next = || codes.next().unwrap().parse::<u8>().unwrap();
            match code {
                "" | "0" => (self.fg, self.bg, self.attrs) = (Color::Default, Color::Default, Vec::new()),
                "1" => self.attrs.push("bold"),
                "2" => self.attrs.push("dim"),
                "3" => self.attrs.push("italic"),
                "4" => self.attrs.push("underline"),
                "7" => self.attrs.push("reverse"),
                "8" => self.attrs.push("hidden"),
                "9" => self.attrs.push("struck"),
                "39" => self.fg = Color::Default,
                "49" => self.bg = Color::Default,
                "38" | "48" => {
                    let colour = match next() {
                        5 => Color::Indexed(next()),
                        _ => Color::Rgb(next(), next(), next()),
                    };
                    if code == "38" { self.fg = colour } else { self.bg = colour }
                }
                code => match code.parse::<u8>().unwrap() {
                    n @ 30..=37 => self.fg = Color::Indexed(n - 30),
                    n @ 40..=47 => self.bg = Color::Indexed(n - 40),
                    n @ 90..=97 => self.fg = Color::Indexed(n - 82),
                    n @ 100..=107 => self.bg = Color::Indexed(n - 92),
                    n => panic!("an unknown SGR {n}"),
                },
            }
        }
    }
}

/// A line-drawing character of the DEC set.
fn drawn(c: char) -> char {
    let from = "jklmnqtuvwxa~`fg";
    let to = "┘┐┌└┼─├┤┴┬│▒·◆°±";
    from.chars().zip(to.chars()).find(|(f, _)| *f == c).map_or(c, |(_, t)| t)
}

fn shown(screen: &Screen, row: usize) -> Vec<Cell> {
    let names = [
        (Attrs::BOLD, "bold"),
        (Attrs::DIM, "dim"),
        (Attrs::ITALIC, "italic"),
        (Attrs::UNDERLINE, "underline"),
        (Attrs::REVERSE, "reverse"),
        (Attrs::HIDDEN, "hidden"),
        (Attrs::STRIKETHROUGH, "struck"),
    ];
    let cell = |c: orchestra::screen::Cell<'_>| Cell {
        text: c.to_string(),
        fg: c.fg,
        bg: c.bg,
        attrs: names.iter().filter(|(a, _)| c.attrs.contains(*a)).map(|(_, n)| *n).collect(),
        wide: c.width == 2,
    };
    screen.row(row, 0).cells().map(cell).collect()
}

/// As many cells as `told`, and blanks where a line has no more. What stands behind the last character is told of
/// neither: tmux leaves out blanks there, also those with a background.
fn as_told(mut cells: Vec<Cell>, told: usize) -> Vec<Cell> {
    while cells.len() > told && cells.last().is_some_and(|c| c.text == " ") {
        cells.pop();
    }
    cells.resize(cells.len().max(told), Cell::blank());
    cells
}

/// The first place where two rows differ, as text.
fn difference(ours: &[Cell], theirs: &[Cell]) -> String {
    let at = ours.iter().zip(theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    let text = |cells: &[Cell]| cells.iter().map(|c| c.text.as_str()).collect::<String>();
    let (a, b) = (ours.get(at), theirs.get(at));
    format!("from cell {at}: {a:?} for {b:?}\n  ours   {}\n  theirs {}", text(ours), text(theirs))
}

/// Every recording, whole and in pieces, gives the grid that it must give.
#[test]
fn recorded_programs_look_as_another_emulator_shows_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/programs");
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    let mut bytes = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "out") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let recorded = fs::read(&path).unwrap();
        let must = expected(&fs::read_to_string(path.with_extension("grid")).unwrap());
        bytes += recorded.len();
        for piece in [usize::MAX, 7, 1] {
            let mut screen = Screen::new(must.size, 100);
            for part in recorded.chunks(piece.min(recorded.len())) {
                screen.feed(part, Time::default());
            }
            for (n, theirs) in must.rows.iter().enumerate() {
                let ours = as_told(shown(&screen, n), theirs.len());
                if ours != *theirs {
                    wrong.push(format!("{name} row {n} {}", difference(&ours, theirs)));
                }
            }
            let cursor = screen.cursor().map(|c| (c.row, c.col));
            if cursor != must.cursor {
                wrong.push(format!("{name}: the cursor is at {cursor:?}, not at {:?}", must.cursor));
            }
            if !wrong.is_empty() {
                break;
            }
        }
        seen.push(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    seen.sort();
    let all = [
        "colours",
        "dialog",
        "dialog-lines",
        "erase",
        "htop",
        "less",
        "regions",
        "tabs",
        "tmux",
        "vim",
        "vim-quit",
        "wide",
    ];
    assert_eq!(seen, all);
    assert!(bytes < 300_000, "{bytes} bytes of recordings");
}
