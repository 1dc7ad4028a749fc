//! Keys as people write them, and read back.

use crate::domain::key::{Code, Key, Mods};
use crate::domain::near::did_you_mean;

/// The keys that are not characters, by the names they are shown and written with; the first is shown.
const NAMED: [(Code, &[&str]); 15] = [
    (Code::Char(' '), &["Space"]),
    (Code::Enter, &["Enter", "Return"]),
    (Code::Tab, &["Tab"]),
    (Code::Backspace, &["Backspace"]),
    (Code::Esc, &["Esc", "Escape"]),
    (Code::Up, &["↑", "Up"]),
    (Code::Down, &["↓", "Down"]),
    (Code::Left, &["←", "Left"]),
    (Code::Right, &["→", "Right"]),
    (Code::Home, &["Home"]),
    (Code::End, &["End"]),
    (Code::PageUp, &["PgUp", "PageUp"]),
    (Code::PageDown, &["PgDn", "PageDown"]),
    (Code::Insert, &["Ins", "Insert"]),
    (Code::Delete, &["Del", "Delete"]),
];

/// The most of the function keys.
const F_MOST: u8 = 24;

/// One key, or two pressed one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Seq {
    /// The key, or the one that begins it.
    pub first: Key,
    /// What follows it, if anything.
    pub then: Option<Key>,
}

impl Seq {
    /// One key alone.
    #[must_use]
    pub fn one(key: Key) -> Self {
        Self { first: normal(key), then: None }
    }

    /// One key after the other.
    #[must_use]
    pub fn two(first: Key, then: Key) -> Self {
        Self { first: normal(first), then: Some(normal(then)) }
    }

    /// The key that is pressed last.
    #[must_use]
    pub fn last(self) -> Key {
        self.then.unwrap_or(self.first)
    }

    /// As people write it: `Ctrl-q`, `Ctrl-b z`.
    #[must_use]
    pub fn name(self) -> String {
        match self.then {
            None => key_name(self.first),
            Some(then) => format!("{} {}", key_name(self.first), key_name(then)),
        }
    }

    /// Reads what [`Self::name`] writes; names of keys and modifiers in upper or lower case.
    ///
    /// # Errors
    /// What was expected, and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [one] => Ok(Self::one(parse_key(one)?)),
            [first, then] => Ok(Self::two(parse_key(first)?, parse_key(then)?)),
            [] => Err("expected a key, found nothing; `Space` is the blank".to_owned()),
            _ => Err(format!("expected one key, or two parted by a blank, found `{}`", text.escape_debug())),
        }
    }
}

/// Terminals differ in whether they tell of shift beside an upper-case letter.
#[must_use]
pub fn normal(key: Key) -> Key {
    match key.code {
        Code::Char(c) if key.mods.ctrl => {
            Key { code: Code::Char(c.to_ascii_lowercase()), mods: Mods { shift: false, ..key.mods } }
        }
        Code::Char(_) => Key { mods: Mods { shift: false, ..key.mods }, ..key },
        _ => key,
    }
}

/// A key as people write it: `Ctrl-q`, `PgUp`.
#[must_use]
pub fn key_name(key: Key) -> String {
    let named = || NAMED.iter().find(|(code, _)| *code == key.code).map(|(_, names)| names[0].to_owned());
    let code = match key.code {
        Code::F(n) => format!("F{n}"),
        Code::Char(c) if c != ' ' => c.to_string(),
        _ => named().unwrap_or_default(),
    };
    let ctrl = if key.mods.ctrl { "Ctrl-" } else { "" };
    let alt = if key.mods.alt { "Alt-" } else { "" };
    let shift = if key.mods.shift { "Shift-" } else { "" };
    format!("{ctrl}{alt}{shift}{code}")
}

/// Reads one key.
fn parse_key(text: &str) -> Result<Key, String> {
    let mut mods = Mods::NONE;
    let mut rest = text;
    while let Some((word, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "ctrl" | "c" => mods.ctrl = true,
            "alt" | "a" | "m" => mods.alt = true,
            "shift" | "s" => mods.shift = true,
            _ => break,
        }
        rest = after;
    }
    let mut chars = rest.chars();
    let code = match (chars.next(), chars.next()) {
        (Some(c), None) => match NAMED.iter().find(|(_, names)| names[0] == rest) {
            Some((code, _)) => *code,
            None if c.is_control() => return Err(unknown(text, rest)),
            None if mods.shift => Code::Char(c.to_uppercase().next().unwrap_or(c)),
            None => Code::Char(c),
        },
        _ => named(rest).ok_or_else(|| unknown(text, rest))?,
    };
    Ok(normal(Key { code, mods }))
}

fn named(text: &str) -> Option<Code> {
    if let Some(n) = text.strip_prefix(['F', 'f']).and_then(|n| n.parse::<u8>().ok()) {
        return (1..=F_MOST).contains(&n).then_some(Code::F(n));
    }
    let is = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(text));
    NAMED.iter().find(|(_, names)| is(names)).map(|(code, _)| *code)
}

fn unknown(text: &str, name: &str) -> String {
    let near = did_you_mean(name, NAMED.iter().flat_map(|(_, names)| names.iter().copied()));
    let text = text.escape_debug();
    format!("there is no key `{text}`; expected one such as `z`, `Ctrl-q`, `Alt-Left`, `F5` or `PgUp`{near}")
}

/// All keys of a binding as people write them; a run of digits as its ends.
#[must_use]
pub fn keys_name(keys: &[Seq]) -> String {
    if let ([first, .., last], true) = (keys, keys.len() > 5) {
        let end = if first.then.is_some() && first.first == last.first {
            key_name(last.last())
        } else {
            last.name()
        };
        return format!("{}–{end}", first.name());
    }
    // Where there are pairs, blanks alone would not part them.
    let apart = if keys.iter().any(|k| k.then.is_some()) { ", " } else { " " };
    keys.iter().map(|k| k.name()).collect::<Vec<_>>().join(apart)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let named = prop::sample::select(NAMED.iter().map(|(code, _)| *code).collect::<Vec<_>>());
        let graphic = any::<char>().prop_filter("no blank", |c| !c.is_control() && !c.is_whitespace());
        let code = prop_oneof![
            named,
            (1..=F_MOST).prop_map(Code::F),
            prop::char::range('!', '~').prop_map(Code::Char),
            graphic.prop_filter("no arrow", |c| !"↑↓←→".contains(*c)).prop_map(Code::Char),
        ];
        (code, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(code, shift, alt, ctrl)| normal(Key { code, mods: Mods { shift, alt, ctrl } }))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(first in any_key(), then in prop::option::of(any_key())) {
            let seq = Seq { first, then };
            prop_assert_eq!(Seq::parse(&seq.name()), Ok(seq));
        }

        #[test]
        fn anything_may_be_read(text in ".{0,30}") {
            if let Ok(seq) = Seq::parse(&text) {
                prop_assert_eq!(Seq::parse(&seq.name()), Ok(seq));
            }
        }
    }

    #[test]
    fn keys_are_read_in_the_ways_people_write_them() {
        let key = |text: &str| Seq::parse(text).map(Seq::name);
        for (written, shown) in [
            ("ctrl-B z", "Ctrl-b z"),
            ("C-b %", "Ctrl-b %"),
            ("alt-left", "Alt-←"),
            ("shift-z", "Z"),
            ("Shift-Tab", "Shift-Tab"),
            ("ctrl--", "Ctrl--"),
            ("-", "-"),
            ("f12", "F12"),
            ("space", "Space"),
        ] {
            assert_eq!(key(written).as_deref(), Ok(shown), "{written}");
        }
        assert!(key("Entre").unwrap_err().contains("did you mean `Enter`?"));
        assert!(key("F25").is_err() && key("").is_err() && key("a b c").is_err());
        let digits: Vec<Seq> = ('0'..='9').map(|c| Seq::two(Key::ctrl('b'), Key::char(c))).collect();
        assert_eq!(keys_name(&digits), "Ctrl-b 0–9");
    }
}
