//! Figures and texts as reports write them.

use super::super::signal::printable;

/// A text of the record in one line: safe to show, at most `most` characters.
#[must_use]
pub fn clean(text: &str, most: usize) -> String {
    let shown = printable(text);
    let shown = shown.trim();
    match shown.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or_default().trim_end()),
        None => shown.to_owned(),
    }
}

/// Milliseconds as people read a length: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`.
#[must_use]
pub fn length(ms: u64) -> String {
    match ms {
        0..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        10_000..60_000 => format!("{} s", ms / 1000),
        60_000..3_600_000 => format!("{} min {:02} s", ms / 60_000, ms / 1000 % 60),
        _ => format!("{} h {:02} min", ms / 3_600_000, ms / 60_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_and_texts_of_one_line() {
        let of = |ms| length(ms);
        assert_eq!([of(0), of(1_450), of(59_999)], ["0.0 s", "1.4 s", "59 s"]);
        assert_eq!([of(61_000), of(7_500_000)], ["1 min 01 s", "2 h 05 min"]);
        assert_eq!(clean(" a\u{1b}[31m\nb\u{202e}c ", 80), "a [31m b c");
        assert_eq!(clean("äöü ß", 4), "äöü…");
        assert_eq!(clean("abcd", 4), "abcd");
    }
}
