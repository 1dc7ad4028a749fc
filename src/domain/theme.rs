//! Themes: what each thing that is drawn looks like, by its meaning.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::near::did_you_mean;

/// The 16 colours of terminals as most show them, in their order: black, red, green, yellow, blue, magenta, cyan, white,
/// then the same bright.
pub const ANSI: [(u8, u8, u8); 16] = [
    (0x00, 0x00, 0x00),
    (0xcd, 0x00, 0x00),
    (0x00, 0xcd, 0x00),
    (0xcd, 0xcd, 0x00),
    (0x00, 0x00, 0xee),
    (0xcd, 0x00, 0xcd),
    (0x00, 0xcd, 0xcd),
    (0xe5, 0xe5, 0xe5),
    (0x7f, 0x7f, 0x7f),
    (0xff, 0x00, 0x00),
    (0x00, 0xff, 0x00),
    (0xff, 0xff, 0x00),
    (0x5c, 0x5c, 0xff),
    (0xff, 0x00, 0xff),
    (0x00, 0xff, 0xff),
    (0xff, 0xff, 0xff),
];

const COLOURS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// A colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Colour {
    /// Whatever the terminal has there.
    #[default]
    Terminal,
    /// One of 256; the first 16 are those of [`ANSI`].
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

impl Colour {
    /// Reads `red`, `bright-red`, `#rrggbb`, a number up to 255, or `terminal`.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hex = |at: usize| text.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
        if let (7, true, Some(r), Some(g), Some(b)) =
            (text.len(), text.starts_with('#'), hex(1), hex(3), hex(5))
        {
            return Ok(Self::Rgb(r, g, b));
        }
        if text == "terminal" {
            return Ok(Self::Terminal);
        }
        if let Ok(n) = text.parse::<u8>() {
            return Ok(Self::Indexed(n));
        }
        let (name, bright) = text.strip_prefix("bright-").map_or((text, 0), |n| (n, 8));
        match (0..8).zip(COLOURS).find(|(_, c)| *c == name) {
            Some((n, _)) => Ok(Self::Indexed(n + bright)),
            None => {
                let near = did_you_mean(name, COLOURS);
                let shown = text.escape_debug();
                Err(format!(
                    "expected a colour (`red`, `bright-red`, `#ff7b72`, 0 to 255, `terminal`), found `{shown}`{near}"
                ))
            }
        }
    }
}

/// How something is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Paint {
    /// The colour of its characters; none: that of plain text.
    pub fg: Option<Colour>,
    /// The colour behind them; none: that of the theme.
    pub bg: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underlined: bool,
    /// The two colours change places.
    pub reversed: bool,
}

impl Paint {
    /// Reads `bold red on black`: words for how, a colour, and a colour behind it.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut paint = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "bold" => paint.bold = true,
                "dim" => paint.dim = true,
                "italic" => paint.italic = true,
                "underlined" => paint.underlined = true,
                "reversed" => paint.reversed = true,
                "plain" => {}
                "on" => match words.next() {
                    Some(colour) => paint.bg = Some(Colour::parse(colour)?),
                    None => return Err("expected a colour after `on`, found nothing".into()),
                },
                colour if paint.fg.is_none() => paint.fg = Some(Colour::parse(colour)?),
                more => {
                    return Err(format!(
                        "expected words such as `bold`, a colour and `on` another, found `{}` too much",
                        more.escape_debug()
                    ));
                }
            }
        }
        Ok(paint)
    }
}

macro_rules! roles {
    ($($role:ident $word:literal $what:literal,)*) => {
        /// What a thing that is drawn means.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Role { $(#[doc = $what] $role,)* }

        impl Role {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$role),*];

            /// By what a theme names it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$role => $word,)* }
            }

            /// What it is, for people.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self { $(Self::$role => $what,)* }
            }
        }
    };
}

roles! {
    Quiet "quiet" "What matters little.",
    Strong "strong" "What matters much.",
    Chosen "chosen" "What is chosen in a list.",
    Key "key" "A key, where it is told what it does.",
    Told "told" "The answer to what was just done.",
    Trouble "trouble" "What went wrong.",
    Caution "caution" "What a person should look at.",
    Good "good" "What is proved, or as it should be.",
    Busy "busy" "What goes on.",
    Typing "typing" "The border of the pane that is typed into.",
    Asking "asking" "The state asking.",
    Failed "failed" "The state failed.",
    Limited "limited" "The state limited.",
    Claimed "claimed" "The state claimed.",
    Working "working" "The state working.",
    Starting "starting" "The state starting.",
    Blocked "blocked" "The state blocked.",
    Ready "ready" "The state ready.",
    Merged "merged" "The state merged.",
    Stopped "stopped" "The state stopped.",
    Idle "idle" "The state idle.",
    Pending "pending" "The state pending.",
    Unknown "unknown" "The state unknown.",
    Added "added" "A line that was added.",
    Removed "removed" "A line that was taken away.",
    Hunk "hunk" "Where lines of a difference stand.",
    Match "match" "What a search found.",
    Mark "mark" "What is marked to be copied.",
    Link "link" "What leads elsewhere.",
    Keyword "keyword" "A keyword of a program.",
    Text "text" "A text in a program.",
    Number "number" "A number in a program.",
    Comment "comment" "A comment in a program.",
    Type "type" "A type in a program.",
    Function "function" "A function in a program.",
    Attribute "attribute" "An attribute or a macro in a program.",
}

/// A theme.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Theme {
    /// What it is, for people.
    pub title: String,
    /// Plain text.
    pub plain: Colour,
    /// What is behind everything but the panes' own screens.
    pub background: Colour,
    /// What each role looks like; a role that is not here is plain text.
    pub roles: BTreeMap<Role, Paint>,
}

impl Theme {
    /// How a role is drawn.
    #[must_use]
    pub fn paint(&self, role: Role) -> Paint {
        self.roles.get(&role).copied().unwrap_or_default()
    }
}

/// How many colours a terminal has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Red, green and blue with 8 bits each.
    #[default]
    Full,
    /// 256.
    Many,
    /// 16.
    Few,
}

impl Depth {
    /// The nearest colour that such a terminal has.
    #[must_use]
    pub fn nearest(self, colour: Colour) -> Colour {
        match (self, colour) {
            (Self::Many, Colour::Rgb(r, g, b)) => Colour::Indexed(of_256(r, g, b)),
            (Self::Few, Colour::Rgb(r, g, b)) => Colour::Indexed(of_16((r, g, b))),
            (Self::Few, Colour::Indexed(n @ 16..)) => Colour::Indexed(of_16(rgb(n))),
            _ => colour,
        }
    }
}

/// The steps of each side of the colour cube of 256 colours.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// What the colours of 256 look like.
#[must_use]
pub fn rgb(n: u8) -> (u8, u8, u8) {
    let step = |i: u8| STEPS[usize::from(i % 6)];
    match n {
        0..=15 => ANSI[usize::from(n)],
        16..=231 => (step((n - 16) / 36), step((n - 16) / 6), step(n - 16)),
        232.. => {
            let grey = 8 + (n - 232) * 10;
            (grey, grey, grey)
        }
    }
}

fn of_256(r: u8, g: u8, b: u8) -> u8 {
    // The first 16 are left out: what they look like is up to the user.
    (16..=255).min_by_key(|n| distance(rgb(*n), (r, g, b))).unwrap_or(15)
}

fn of_16(colour: (u8, u8, u8)) -> u8 {
    (0..16).min_by_key(|n| distance(rgb(*n), colour)).unwrap_or(15)
}

fn distance((r, g, b): (u8, u8, u8), (s, h, c): (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    // Eyes see green best and blue least.
    2 * square(r, s) + 4 * square(g, h) + square(b, c)
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_are_read() {
        let paint = Paint::parse("bold #ff7b72 on bright-black").unwrap();
        assert_eq!(paint.fg, Some(Colour::Rgb(255, 0x7b, 0x72)));
        assert_eq!((paint.bg, paint.bold, paint.dim), (Some(Colour::Indexed(8)), true, false));
        assert_eq!(Paint::parse("plain"), Ok(Paint::default()));
        for (text, why) in [
            ("gren", "did you mean `green`?"),
            ("red blue", "found `blue` too much"),
            ("red on", "after `on`"),
            ("#12345", "expected a colour"),
            ("#ää12", "expected a colour"),
            ("256", "expected a colour"),
        ] {
            assert!(Paint::parse(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn colours_come_down_to_what_a_terminal_has() {
        let red = Colour::Rgb(250, 10, 10);
        assert_eq!(Depth::Full.nearest(red), red);
        assert_eq!(Depth::Many.nearest(red), Colour::Indexed(196));
        assert_eq!(Depth::Few.nearest(red), Colour::Indexed(9));
        assert_eq!(Depth::Few.nearest(Colour::Indexed(231)), Colour::Indexed(15));
        assert_eq!(Depth::Few.nearest(Colour::Indexed(3)), Colour::Indexed(3));
        assert_eq!(Depth::Few.nearest(Colour::Terminal), Colour::Terminal);
        assert_eq!(rgb(232), (8, 8, 8));
        assert_eq!(rgb(255), (238, 238, 238));
        assert_eq!(rgb(21), (0, 0, 255));
    }
}
