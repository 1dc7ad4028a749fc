//! Keys as people write them.

use crate::domain::key::{Code, Key};

/// A key as people write it: `Ctrl-q`, `PgUp`.
#[must_use]
pub fn key_name(key: Key) -> String {
    let code = match key.code {
        Code::Char(' ') => "Space".into(),
        Code::Char(c) => c.to_string(),
        Code::F(n) => format!("F{n}"),
        Code::Enter => "Enter".into(),
        Code::Tab => "Tab".into(),
        Code::Backspace => "Backspace".into(),
        Code::Esc => "Esc".into(),
        Code::Up => "↑".into(),
        Code::Down => "↓".into(),
        Code::Left => "←".into(),
        Code::Right => "→".into(),
        Code::Home => "Home".into(),
        Code::End => "End".into(),
        Code::PageUp => "PgUp".into(),
        Code::PageDown => "PgDn".into(),
        Code::Insert => "Ins".into(),
        Code::Delete => "Del".into(),
        Code::Other(n) => format!("key {n}"),
    };
    let ctrl = if key.mods.ctrl { "Ctrl-" } else { "" };
    let alt = if key.mods.alt { "Alt-" } else { "" };
    let shift = if key.mods.shift { "Shift-" } else { "" };
    format!("{ctrl}{alt}{shift}{code}")
}

/// All keys of a binding as people write them; a run of digits as its ends.
#[must_use]
pub fn keys_name(keys: &[Key]) -> String {
    if let ([first, .., last], true) = (keys, keys.len() > 5) {
        return format!("{}–{}", key_name(*first), key_name(*last));
    }
    keys.iter().map(|k| key_name(*k)).collect::<Vec<_>>().join(" ")
}
