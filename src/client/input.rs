//! The terminal library's events as our own, so that another library would touch this file alone.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::domain::key::{Code, Key, Mods, Mouse, MouseKind};
use crate::wire::msg::Input;

/// The longest paste sent on, in bytes; the rest is cut at a character. JSON may double its size, and
/// a frame holds 1 MiB.
const MAX_PASTE: usize = 256 * 1024;

/// What the server is told of an event; `None` for what it has no use for (key releases, lone
/// modifiers, media keys).
pub(super) fn convert(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => convert_key(key).map(Input::Key),
        Event::Mouse(m) => {
            let kind = mouse_kind(m.kind)?;
            Some(Input::Mouse(Mouse { kind, column: m.column, row: m.row, mods: mods(m.modifiers) }))
        }
        Event::Paste(text) => Some(Input::Paste(cut(text))),
        Event::Resize(cols, rows) => Some(Input::Resize { rows, cols }),
        Event::FocusGained => Some(Input::Focus(true)),
        Event::FocusLost => Some(Input::Focus(false)),
    }
}

fn convert_key(key: KeyEvent) -> Option<Key> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let mut mods = mods(key.modifiers);
    let code = match key.code {
        KeyCode::Char(c) => {
            // An upper-case letter says it all; the shift would only make two keys of one.
            mods.shift = mods.shift && !c.is_uppercase();
            Code::Char(c)
        }
        KeyCode::F(n @ 1..=24) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => {
            mods.shift = true;
            Code::Tab
        }
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Esc => Code::Esc,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Insert => Code::Insert,
        KeyCode::Delete => Code::Delete,
        // Control and space is NUL; the library has a name of its own for it.
        KeyCode::Null => {
            mods.ctrl = true;
            Code::Char(' ')
        }
        _ => return None,
    };
    Some(Key { code, mods })
}

fn mods(m: KeyModifiers) -> Mods {
    Mods {
        shift: m.contains(KeyModifiers::SHIFT),
        alt: m.intersects(KeyModifiers::ALT | KeyModifiers::META),
        ctrl: m.contains(KeyModifiers::CONTROL),
    }
}

fn mouse_kind(kind: MouseEventKind) -> Option<MouseKind> {
    let number = |button| match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    };
    Some(match kind {
        MouseEventKind::Down(b) => MouseKind::Down(number(b)),
        MouseEventKind::Up(b) => MouseKind::Up(number(b)),
        MouseEventKind::Drag(b) => MouseKind::Drag(number(b)),
        MouseEventKind::Moved => MouseKind::Moved,
        MouseEventKind::ScrollUp => MouseKind::ScrollUp,
        MouseEventKind::ScrollDown => MouseKind::ScrollDown,
        MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => return None,
    })
}

fn cut(mut text: String) -> String {
    let mut end = MAX_PASTE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::MouseEvent;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<Input> {
        convert(Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_become_ours() {
        let shifted = Mods { shift: true, ..Mods::NONE };
        let table = [
            (KeyCode::Char('q'), KeyModifiers::CONTROL, Key::ctrl('q')),
            (KeyCode::Char('A'), KeyModifiers::SHIFT, Key::char('A')),
            (KeyCode::Char('a'), KeyModifiers::ALT, Key { code: Code::Char('a'), mods: Mods::ALT }),
            (KeyCode::BackTab, KeyModifiers::NONE, Key { code: Code::Tab, mods: shifted }),
            (KeyCode::Null, KeyModifiers::NONE, Key::ctrl(' ')),
            (KeyCode::F(12), KeyModifiers::NONE, Key::plain(Code::F(12))),
            (KeyCode::Enter, KeyModifiers::NONE, Key::plain(Code::Enter)),
        ];
        for (code, modifiers, expected) in table {
            assert_eq!(key(code, modifiers), Some(Input::Key(expected)), "{code:?}");
        }
        assert_eq!(key(KeyCode::CapsLock, KeyModifiers::NONE), None);
        assert_eq!(key(KeyCode::F(25), KeyModifiers::NONE), None);
        let mut release = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
        release.kind = KeyEventKind::Release;
        assert_eq!(convert(Event::Key(release)), None);
    }

    #[test]
    fn the_rest_becomes_ours() {
        assert_eq!(convert(Event::Resize(80, 24)), Some(Input::Resize { rows: 24, cols: 80 }));
        assert_eq!(convert(Event::FocusLost), Some(Input::Focus(false)));
        let click = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Right),
            column: 7,
            row: 3,
            modifiers: KeyModifiers::NONE,
        };
        let ours = Mouse { kind: MouseKind::Down(2), column: 7, row: 3, mods: Mods::NONE };
        assert_eq!(convert(Event::Mouse(click)), Some(Input::Mouse(ours)));
    }

    #[test]
    fn a_long_paste_is_cut_at_a_character() {
        let Some(Input::Paste(text)) = convert(Event::Paste("é".repeat(MAX_PASTE))) else { panic!() };
        assert_eq!(text.len(), MAX_PASTE);
        let Some(Input::Paste(text)) = convert(Event::Paste(format!("a{}", "é".repeat(MAX_PASTE)))) else {
            panic!()
        };
        assert_eq!(text.len(), MAX_PASTE - 1);
    }
}
