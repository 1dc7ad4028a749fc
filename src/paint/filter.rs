//! The last gate before a real terminal: only sequences on a list pass, whatever was drawn.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::link::{LINK_MAX, may_show};

/// Copies `bytes` to `out`, leaving out every control byte and sequence that a frame of ours does
/// not need: SGR, cursor movement, erase, scrolling, cursor shape, links, and the modes we set ourselves pass.
pub fn pass(bytes: &[u8], out: &mut Vec<u8>) {
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        match b {
            0x1b => i += escape(&bytes[i..], out),
            b'\r' | b'\n' => {
                out.push(b);
                i += 1;
            }
            0..=0x1f | 0x7f => i += 1,
            0x20..=0x7e => {
                out.push(b);
                i += 1;
            }
            _ => i += character(&bytes[i..], out),
        }
    }
}

/// Writes a notification (`OSC 9`) that shows `text`: one line of at most 200 characters without
/// anything that a terminal could take for more than text. What it says begins with our own name,
/// for some terminals read a number in its place as a command.
pub fn notification(text: &str, out: &mut Vec<u8>) {
    let clean: String = text.chars().filter(|c| !c.is_control() && !hidden(*c)).take(200).collect();
    out.extend_from_slice(format!("\x1b]9;orchestra: {clean}\x07").as_bytes());
}

/// Writes what puts `text` on the terminal's clipboard (`OSC 52`), in base 64: nothing of it can be taken for a command.
pub fn clipboard(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b]52;c;");
    out.extend_from_slice(STANDARD.encode(text).as_bytes());
    out.push(0x07);
}

/// Handles the character of several bytes at the start of `rest` and says how long it is. Only whole
/// characters pass, so that what is left out can never join its neighbours into something else.
fn character(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let len = match rest.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return 1,
    };
    match rest.get(..len).and_then(|b| std::str::from_utf8(b).ok()) {
        // C1 controls are characters too.
        Some(text) if !text.contains(|c: char| c.is_control() || hidden(c)) => {
            out.extend_from_slice(text.as_bytes());
            len
        }
        Some(_) => len,
        None => 1,
    }
}

/// Whether a character turns the direction of text, or has no width and hides in it. The joiners U+200C
/// and U+200D stay: scripts and emoji need them.
fn hidden(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Handles the sequence at the start of `rest` and says how long it is.
fn escape(rest: &[u8], out: &mut Vec<u8>) -> usize {
    match rest.get(1) {
        Some(b'[') => {
            let Some(end) = rest.iter().skip(2).position(|b| !(0x20..=0x3f).contains(b)) else {
                return rest.len();
            };
            if !rest.get(end + 2).is_some_and(|b| (0x40..=0x7e).contains(b)) {
                return end + 2;
            }
            let len = end + 3;
            let sequence = &rest[..len];
            if allowed(&sequence[2..]) {
                out.extend_from_slice(sequence);
            }
            len
        }
        Some(b']') if link(rest).is_some() => {
            let len = link(rest).unwrap_or(0);
            out.extend_from_slice(rest.get(..len).unwrap_or_default());
            len
        }
        // OSC, DCS, SOS, PM, APC: to the terminator.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = rest.iter().enumerate().skip(2).find_map(|(i, &b)| match b {
                0x07 => Some(i + 1),
                0x1b if rest.get(i + 1) == Some(&b'\\') => Some(i + 2),
                _ => None,
            });
            end.unwrap_or(rest.len())
        }
        Some(0x20..=0x7e) => 2,
        _ => 1,
    }
}

/// The length of the link (`OSC 8`) that `rest` begins with, if it is written exactly as ours are: its beginning with an
/// id of at most eight digits and nothing else, or its end.
fn link(rest: &[u8]) -> Option<usize> {
    let body = rest.strip_prefix(b"\x1b]8;")?;
    let most = body.get(..body.len().min(LINK_MAX + 32))?;
    let end = most.windows(2).position(|w| w == b"\x1b\\")?;
    let (body, len) = (body.get(..end)?, 4 + end + 2);
    if body == b";" {
        return Some(len);
    }
    let body = body.strip_prefix(b"id=")?;
    let (id, uri) = body.split_at(body.iter().position(|b| *b == b';')?);
    let good = (1..=8).contains(&id.len()) && id.iter().all(u8::is_ascii_hexdigit);
    (good && may_show(uri.get(1..)?)).then_some(len)
}

/// Whether a CSI sequence (after `ESC [`) may pass.
fn allowed(csi: &[u8]) -> bool {
    let Some((&last, parameters)) = csi.split_last() else { return false };
    match last {
        b'A'..=b'H' | b'J' | b'K' | b'm' | b'd' | b'S' | b'T' | b'r' => {
            parameters.iter().all(|b| b.is_ascii_digit() || matches!(b, b';' | b':'))
        }
        // Cursor visibility and synchronized output.
        b'h' | b'l' => matches!(parameters, b"?25" | b"?2026"),
        b'q' => parameters.last() == Some(&b' '),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn passed(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        pass(bytes, &mut out);
        out
    }

    #[test]
    fn frames_pass_and_the_rest_does_not() {
        let frame = "\x1b[?2026h\x1b[1;1H\x1b[38;5;4mé│\x1b[0m\x1b[?25l\x1b[?2026l".as_bytes();
        assert_eq!(passed(frame), frame);
        assert_eq!(passed(b"a\x1b]52;c;AAAA\x07b"), b"ab");
        assert_eq!(passed(b"a\x1b]0;t\x1b\\b"), b"ab");
        assert_eq!(passed(b"a\x1bPq\x1b\\b\x07\x0e\x7f"), b"ab");
        assert_eq!(passed("a\u{9b}31mb".as_bytes()), b"a31mb");
        assert_eq!(passed("a\u{202e}b\u{2066}c\u{feff}\u{61c}\u{200b}d".as_bytes()), b"abcd");
        let kept = "é│👩\u{200d}🔬‖⁰ﻹ".as_bytes();
        assert_eq!(passed(kept), kept);
        assert_eq!(passed(b"\x1b[6n\x1b[>q\x1b[21t\x1b[?1049h\x1bc\x1b"), b"");
    }

    #[test]
    fn links_pass_as_ours_are_written_and_in_no_other_way() {
        let ours = b"\x1b]8;id=a1;https://example.org/?a;b\x1b\\text\x1b]8;;\x1b\\";
        assert_eq!(passed(ours), ours);
        for bad in [
            "\x1b]8;id=a1;javascript:x\x1b\\",
            "\x1b]8;;https://example.org\x1b\\",
            "\x1b]8;id=a1:x=1;https://example.org\x1b\\",
            "\x1b]8;id=123456789;https://example.org\x1b\\",
            "\x1b]8;id=a1;https://a b\x1b\\",
            "\x1b]8;id=a1;https://a\x07",
            "\x1b]8;id=;https://a\x1b\\",
        ] {
            assert_eq!(passed(bad.as_bytes()), b"", "{bad:?}");
        }
    }

    #[test]
    fn a_text_for_the_clipboard_is_base_64() {
        for (text, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("é\x07\n", "w6kHCg==")]
        {
            let mut out = Vec::new();
            clipboard(text, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("\x1b]52;c;{coded}\x07"));
        }
    }

    #[test]
    fn a_notification_holds_text_and_nothing_else() {
        let mut out = Vec::new();
        notification("SEC asks:\x1b]52;c;AAAA\x07 \u{9b}31m\u{202e}é\n", &mut out);
        assert_eq!(out, "\x1b]9;orchestra: SEC asks:]52;c;AAAA 31mé\x07".as_bytes());
        let mut out = Vec::new();
        notification(&"x".repeat(5000), &mut out);
        assert_eq!(out.len(), 200 + 16);
    }

    proptest! {
        #[test]
        fn nothing_else_ever_passes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let out = passed(&bytes);
            // What passed passes again: nothing forbidden can arise by leaving something out.
            prop_assert_eq!(passed(&out), out.clone());
            prop_assert!(!out.windows(2).any(|w| w == b"\x1bP"));
            prop_assert!((0..out.len()).all(|i| !out[i..].starts_with(b"\x1b]") || link(&out[i..]).is_some()));
        }
    }
}
