//! Each key by encoding: xterm's without a wish, with modifyOtherKeys 1 and 2; kitty's with flags 1, 3 and 31.

/// An encoding.
pub struct Mode {
    pub name: &'static str,
    pub agent: &'static str,
    /// What a program prints to ask for it.
    pub asks: &'static str,
    column: usize,
    /// Ctrl-q as terminals send it then, and what a second one gives.
    pub leaves: &'static [(&'static str, &'static str)],
}

const LEGACY: usize = 0;
const OTHER_1: usize = 1;
const OTHER_2: usize = 2;
const KITTY_1: usize = 3;
const KITTY_3: usize = 4;
const KITTY_31: usize = 5;

const fn mode(
    name: &'static str,
    agent: &'static str,
    asks: &'static str,
    column: usize,
    leaves: &'static [(&'static str, &'static str)],
) -> Mode {
    Mode { name, agent, asks, column, leaves }
}

pub const MODES: [Mode; 6] = [
    mode(
        "nothing",
        "L",
        "",
        LEGACY,
        &[("\x11", "\x11"), ("\x1b[113;5u", "\x11"), ("\x1b[27;5;113~", "\x11")],
    ),
    mode("other keys 1", "X", "\x1b[>4;1m", OTHER_1, &[("\x11", "\x11"), ("\x1b[113;5u", "\x11")]),
    mode("other keys 2", "Y", "\x1b[>4;2m", OTHER_2, &[("\x1b[27;5;113~", "\x1b[27;5;113~")]),
    mode("kitty 1", "K", "\x1b[>1u", KITTY_1, &[("\x1b[113;5u", "\x1b[113;5u")]),
    mode("kitty 3", "M", "\x1b[>3u", KITTY_3, &[("\x1b[113;5u", "\x1b[113;5u")]),
    mode("kitty 31", "N", "\x1b[>31u", KITTY_31, &[("\x1b[113;5u", "\x1b[113;5u")]),
];

/// A key.
pub struct Row {
    pub name: String,
    /// By column; none where a terminal sends nothing.
    bytes: [Option<String>; 6],
    /// What a kitty terminal sends with the flags that are always asked for, 5, where that is not column [`KITTY_1`].
    kitty_5: Option<String>,
}

impl Row {
    /// What a bare terminal sends.
    pub fn bare(&self, mode: &Mode) -> Option<String> {
        self.bytes[mode.column].clone()
    }

    /// What a kitty terminal sends to a client whose pane asked for that mode, where it is something else.
    pub fn over_kitty(&self, mode: &Mode) -> Option<String> {
        let other = matches!(mode.column, LEGACY | OTHER_1 | OTHER_2 | KITTY_1);
        // With shift alone a letter is text there, and nothing tells of the shift.
        let lost = mode.column == OTHER_2 && self.name == "Shift-a";
        let sent = self.kitty_5.clone().or_else(|| self.bytes[KITTY_1].clone());
        sent.filter(|_| other && !lost)
    }
}

fn row(name: &str, bytes: [&str; 6]) -> Row {
    let bytes = bytes.map(|b| (!b.is_empty()).then(|| b.to_owned()));
    Row { name: name.to_owned(), bytes, kitty_5: None }
}

/// The keys that are spoken of.
pub fn named() -> Vec<Row> {
    let shifted =
        |name: &str, bytes, kitty: &str| Row { kitty_5: Some(kitty.to_owned()), ..row(name, bytes) };
    vec![
        row("a", ["a", "a", "a", "a", "a", "\x1b[97;;97u"]),
        row("a, held", ["", "", "", "", "a", "\x1b[97;1:2;97u"]),
        row("a, let go", ["", "", "", "", "\x1b[97;1:3u", "\x1b[97;1:3u"]),
        row("Shift-a", ["A", "A", "\x1b[27;2;65~", "A", "A", "\x1b[97:65;2;65u"]),
        row("é", ["é", "é", "é", "é", "é", "\x1b[233;;233u"]),
        row("Ctrl-a", ["\x01", "\x01", "\x1b[27;5;97~", "\x1b[97;5u", "\x1b[97;5u", "\x1b[97;5u"]),
        row("Alt-a", ["\x1ba", "\x1ba", "\x1b[27;3;97~", "\x1b[97;3u", "\x1b[97;3u", "\x1b[97;3u"]),
        row(
            "Ctrl-Alt-a",
            ["\x1b\x01", "\x1b\x01", "\x1b[27;7;97~", "\x1b[97;7u", "\x1b[97;7u", "\x1b[97;7u"],
        ),
        shifted(
            "Ctrl-Shift-a",
            ["\x01", "\x1b[27;6;65~", "\x1b[27;6;65~", "\x1b[97;6u", "\x1b[97;6u", "\x1b[97:65;6u"],
            "\x1b[97:65;6u",
        ),
        row("Ctrl-1", ["1", "\x1b[27;5;49~", "\x1b[27;5;49~", "\x1b[49;5u", "\x1b[49;5u", "\x1b[49;5u"]),
        row("Ctrl-Space", ["\0", "\0", "\x1b[27;5;32~", "\x1b[32;5u", "\x1b[32;5u", "\x1b[32;5u"]),
        row("Enter", ["\r", "\r", "\r", "\r", "\r", "\x1b[13u"]),
        row("Enter, let go", ["", "", "", "", "", "\x1b[13;1:3u"]),
        row(
            "Shift-Enter",
            ["\r", "\x1b[27;2;13~", "\x1b[27;2;13~", "\x1b[13;2u", "\x1b[13;2u", "\x1b[13;2u"],
        ),
        row("Ctrl-Enter", ["\r", "\x1b[27;5;13~", "\x1b[27;5;13~", "\x1b[13;5u", "\x1b[13;5u", "\x1b[13;5u"]),
        row("Alt-Enter", ["\x1b\r", "\x1b\r", "\x1b[27;3;13~", "\x1b[13;3u", "\x1b[13;3u", "\x1b[13;3u"]),
        row("keypad Enter", ["\r", "\r", "\r", "\x1b[57414u", "\x1b[57414u", "\x1b[57414u"]),
        row("keypad Left", ["\x1b[D", "\x1b[D", "\x1b[D", "\x1b[57417u", "\x1b[57417u", "\x1b[57417u"]),
        row("Tab", ["\t", "\t", "\t", "\t", "\t", "\x1b[9u"]),
        row("Shift-Tab", ["\x1b[Z", "\x1b[Z", "\x1b[Z", "\x1b[9;2u", "\x1b[9;2u", "\x1b[9;2u"]),
        row("Ctrl-Tab", ["\t", "\x1b[27;5;9~", "\x1b[27;5;9~", "\x1b[9;5u", "\x1b[9;5u", "\x1b[9;5u"]),
        row("Esc", ["\x1b", "\x1b", "\x1b", "\x1b[27u", "\x1b[27u", "\x1b[27u"]),
        row("Alt-Esc", ["\x1b\x1b", "\x1b\x1b", "\x1b[27;3;27~", "\x1b[27;3u", "\x1b[27;3u", "\x1b[27;3u"]),
        row("Backspace", ["\x7f", "\x7f", "\x7f", "\x7f", "\x7f", "\x1b[127u"]),
        row("Ctrl-Backspace", ["\x08", "\x08", "\x08", "\x1b[127;5u", "\x1b[127;5u", "\x1b[127;5u"]),
        row(
            "Alt-Backspace",
            ["\x1b\x7f", "\x1b\x7f", "\x1b[27;3;127~", "\x1b[127;3u", "\x1b[127;3u", "\x1b[127;3u"],
        ),
        row("Up", ["\x1b[A"; 6]),
        row("Up, let go", ["", "", "", "", "\x1b[1;1:3A", "\x1b[1;1:3A"]),
        row("Ctrl-Right", ["\x1b[1;5C"; 6]),
        row("F1", ["\x1bOP", "\x1bOP", "\x1bOP", "\x1b[P", "\x1b[P", "\x1b[P"]),
        row("F3", ["\x1bOR", "\x1bOR", "\x1bOR", "\x1b[13~", "\x1b[13~", "\x1b[13~"]),
        row("F5", ["\x1b[15~"; 6]),
        row("Shift, alone", ["", "", "", "", "", "\x1b[57441;2u"]),
    ]
}

/// Every combination of shift, Alt and Control with the keys that have no character.
pub fn matrix() -> Vec<Row> {
    let mut rows = Vec::new();
    for mods in 1..=8 {
        let with = |number: u8, last: char| match (mods, last) {
            (1, '~') => format!("\x1b[{number}~"),
            (1, _) => format!("\x1b[{last}"),
            (_, '~') => format!("\x1b[{number};{mods}~"),
            _ => format!("\x1b[1;{mods}{last}"),
        };
        for last in ['A', 'B', 'C', 'D', 'F', 'H'] {
            rows.push(row(&format!("{last} {mods}"), [with(1, last).as_str(); 6]));
        }
        for number in [2, 3, 5, 6, 15, 17, 18, 19, 20, 21, 23, 24] {
            rows.push(row(&format!("{number} {mods}"), [with(number, '~').as_str(); 6]));
        }
        for (n, last) in ['P', 'Q', 'R', 'S'].into_iter().enumerate() {
            let old = if mods == 1 { format!("\x1bO{last}") } else { with(1, last) };
            let new = if last == 'R' { with(13, '~') } else { with(1, last) };
            let (old, new) = (old.as_str(), new.as_str());
            rows.push(row(&format!("F{} {mods}", n + 1), [old, old, old, new, new, new]));
        }
    }
    rows
}
