//! What may stand in a cell or a text taken from a pane.

/// Whether `c` shows nothing but changes what is around it, or its order: controls, direction marks, zero-width
/// spaces and joiners, tags. Such a character never leaves this module.
///
/// The joiner U+200D and the emoji selector U+FE0F are among them since the emulator lays out their parts one by one:
/// a terminal that joins them would disagree about the columns.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` without unsafe characters, trimmed, at most `max` characters of it.
pub(super) fn line(text: &[u8], max: usize) -> String {
    let text = String::from_utf8_lossy(text);
    let kept: String = text.chars().filter(|c| !is_unsafe(*c)).take(max).collect();
    kept.trim().to_owned()
}
