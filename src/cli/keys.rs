//! `orchestra keys`: key names to the bytes a terminal sends.

use super::answer;
use super::args::Keys;
use super::exit::{Exit, Fail};
use super::place;
use crate::domain::command::Command;
use crate::domain::key::Mods;

/// The most bytes typed by one command.
const MAX_BYTES: usize = 64 * 1024;

/// Types keys into a pane.
pub(super) fn run(args: Keys) -> anyhow::Result<Exit> {
    let mut bytes = Vec::new();
    for key in &args.keys {
        bytes.extend(if args.literal { key.clone().into_bytes() } else { encode(key)? });
    }
    if bytes.len() > MAX_BYTES {
        let why =
            format!("type {} bytes: the limit is {MAX_BYTES}; use `orchestra send` for texts", bytes.len());
        return Err(Fail::usage(why).into());
    }
    let answer =
        place::control(args.of.session.as_deref())?.ask(Command::Type { agent: args.agent, bytes })?;
    answer::show(answer, args.of.format())
}

/// The bytes of one KEY argument: a name such as `Enter`, `C-c`, `M-x` or `C-Right`, else the text itself.
///
/// # Errors
/// When it names a key no terminal sends, such as `C-Enter`.
pub fn encode(key: &str) -> Result<Vec<u8>, Fail> {
    let mut mods = Mods::NONE;
    let mut rest = key;
    while let Some((modifier, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
        match modifier {
            "C" if !mods.ctrl => mods.ctrl = true,
            "M" if !mods.alt => mods.alt = true,
            "S" if !mods.shift => mods.shift = true,
            _ => break,
        }
        rest = after;
    }
    let mut chars = rest.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    let named = Named::from_name(rest);
    if mods == Mods::NONE && named.is_none() {
        return Ok(key.as_bytes().to_vec());
    }
    let code = match (named, single) {
        (Some(named), _) => named.bytes(mods),
        (None, Some(c)) => char_bytes(c, mods),
        // `C-level` or `S-expression` is text that happens to begin like a key.
        (None, None) => return Ok(key.as_bytes().to_vec()),
    };
    code.ok_or_else(|| {
        Fail::usage(format!(
            "type `{key}`: no terminal sends such a key; use --literal for text that looks like one"
        ))
    })
}

/// Keys with a name.
#[derive(Clone, Copy)]
enum Named {
    /// A byte of its own.
    Byte(u8),
    /// `CSI <letter>`, with modifiers `CSI 1;m<letter>`.
    Letter(u8),
    /// `SS3 <letter>`, with modifiers `CSI 1;m<letter>`.
    Function(u8),
    /// `CSI n~`, with modifiers `CSI n;m~`.
    Tilde(u8),
    /// `CSI Z`.
    BackTab,
}

impl Named {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Enter" => Self::Byte(b'\r'),
            "Tab" => Self::Byte(b'\t'),
            "BTab" => Self::BackTab,
            "Esc" | "Escape" => Self::Byte(0x1b),
            "Space" => Self::Byte(b' '),
            "BSpace" | "Backspace" => Self::Byte(0x7f),
            "Up" => Self::Letter(b'A'),
            "Down" => Self::Letter(b'B'),
            "Right" => Self::Letter(b'C'),
            "Left" => Self::Letter(b'D'),
            "Home" => Self::Letter(b'H'),
            "End" => Self::Letter(b'F'),
            "Insert" => Self::Tilde(2),
            "Delete" => Self::Tilde(3),
            "PageUp" => Self::Tilde(5),
            "PageDown" => Self::Tilde(6),
            "F1" => Self::Function(b'P'),
            "F2" => Self::Function(b'Q'),
            "F3" => Self::Function(b'R'),
            "F4" => Self::Function(b'S'),
            "F5" => Self::Tilde(15),
            "F6" => Self::Tilde(17),
            "F7" => Self::Tilde(18),
            "F8" => Self::Tilde(19),
            "F9" => Self::Tilde(20),
            "F10" => Self::Tilde(21),
            "F11" => Self::Tilde(23),
            "F12" => Self::Tilde(24),
            _ => return None,
        })
    }

    fn bytes(self, mods: Mods) -> Option<Vec<u8>> {
        // xterm's number for a combination of modifiers.
        let Mods { shift, alt, ctrl } = mods;
        let m = 1 + u8::from(shift) + 2 * u8::from(alt) + 4 * u8::from(ctrl);
        Some(match self {
            Self::Byte(b'\t') if shift && !ctrl => with_alt(alt, b"\x1b[Z".to_vec()),
            Self::Byte(b' ') => return char_bytes(' ', mods),
            Self::Byte(_) if ctrl || shift => return None,
            Self::Byte(b) => with_alt(alt, vec![b]),
            Self::BackTab if ctrl || shift => return None,
            Self::BackTab => with_alt(alt, b"\x1b[Z".to_vec()),
            Self::Letter(c) if m == 1 => vec![0x1b, b'[', c],
            Self::Function(c) if m == 1 => vec![0x1b, b'O', c],
            Self::Letter(c) | Self::Function(c) => format!("\x1b[1;{m}{}", char::from(c)).into_bytes(),
            Self::Tilde(n) if m == 1 => format!("\x1b[{n}~").into_bytes(),
            Self::Tilde(n) => format!("\x1b[{n};{m}~").into_bytes(),
        })
    }
}

fn char_bytes(c: char, mods: Mods) -> Option<Vec<u8>> {
    let c = if mods.shift { c.to_uppercase().next().unwrap_or(c) } else { c };
    let bytes = match c {
        _ if !mods.ctrl => c.to_string().into_bytes(),
        'a'..='z' | 'A'..='Z' => vec![u8::try_from(c).ok()? & 0x1f],
        '@' | ' ' => vec![0],
        '[' => vec![0x1b],
        '\\' => vec![0x1c],
        ']' => vec![0x1d],
        '^' => vec![0x1e],
        '_' | '/' => vec![0x1f],
        '?' => vec![0x7f],
        _ => return None,
    };
    Some(with_alt(mods.alt, bytes))
}

/// Alt is an Esc before the key.
fn with_alt(alt: bool, mut bytes: Vec<u8>) -> Vec<u8> {
    if alt {
        bytes.insert(0, 0x1b);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts() {
        let table: [(&str, &[u8]); 27] = [
            ("Enter", b"\r"),
            ("M-Enter", b"\x1b\r"),
            ("Esc", b"\x1b"),
            ("Space", b" "),
            ("BSpace", b"\x7f"),
            ("Tab", b"\t"),
            ("S-Tab", b"\x1b[Z"),
            ("Up", b"\x1b[A"),
            ("C-Right", b"\x1b[1;5C"),
            ("M-S-Left", b"\x1b[1;4D"),
            ("Delete", b"\x1b[3~"),
            ("C-PageUp", b"\x1b[5;5~"),
            ("F1", b"\x1bOP"),
            ("S-F5", b"\x1b[15;2~"),
            ("C-c", b"\x03"),
            ("C-C", b"\x03"),
            ("C-Space", b"\0"),
            ("C-[", b"\x1b"),
            ("C-M-x", b"\x1b\x18"),
            ("M-x", b"\x1bx"),
            ("S-x", b"X"),
            ("C--", b""),
            ("hello world", b"hello world"),
            ("enter", b"enter"),
            ("C-level", b"C-level"),
            ("-", b"-"),
            ("é", "é".as_bytes()),
        ];
        for (key, bytes) in table {
            match encode(key) {
                Ok(got) => assert_eq!(got, bytes, "{key}"),
                Err(e) => assert!(bytes.is_empty() && e.exit == Exit::Usage, "{key}: {e}"),
            }
        }
        assert!(encode("C-Enter").is_err() && encode("C-é").is_err());
        assert_eq!(encode("M--").unwrap(), b"\x1b-");
        assert_eq!(encode("").unwrap(), b"");
    }
}
