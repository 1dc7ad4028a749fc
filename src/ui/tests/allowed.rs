//! Whatever a pane prints, what a client's terminal is sent is on a list: the whole way from its bytes to the frame.

use proptest::prelude::*;

use super::fixture::*;
use crate::paint::{self, Wire};
use crate::screen::Size;
use crate::ui::{draw, links};

/// What a client of that view is sent when the pane printed that.
fn sent(bytes: &[&[u8]], allowed: bool) -> Vec<u8> {
    let mut d = desk(busy(), 80, 24);
    d.press("3 z");
    if !allowed {
        d.view.refuse_links();
    }
    let (wire, mut terminal) = Wire::terminal(24, 80).unwrap();
    let mut all = Vec::new();
    agent(&mut d.state, "SEC").pane.screen.resize(Size { rows: 20, cols: 78 });
    for part in bytes {
        let now = d.state.now;
        drop(agent(&mut d.state, "SEC").pane.screen.feed(part, now));
        wire.link(links(&d.state, &d.view));
        terminal.draw(|frame| draw(frame, &d.state, &d.view)).unwrap();
        all.extend(paint::frame(&wire.take()));
    }
    all
}

/// Takes a stream apart as a terminal would and says what in it is not on the list. Written apart from the filter.
fn forbidden(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string());
    let text = match text {
        Ok(text) => text,
        Err(e) => return Some(e),
    };
    let csi = regex::Regex::new(r"^\x1b\[(?:[0-9;:]*[A-HJKmdSTr]|\?25[hl]|\?2026[hl]|[0-9]* q)");
    let link = regex::Regex::new(
        r"^\x1b\]8;(?:;|id=[0-9a-f]{1,8};(?i:https?://|file://|mailto:)[\x21-\x7e]{0,1024})\x1b\\",
    );
    let (csi, link) = (csi.unwrap(), link.unwrap());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '\x1b' => match csi.find(rest).or_else(|| link.find(rest)) {
                Some(found) => found.len(),
                None => return Some(rest.chars().take(40).collect()),
            },
            '\r' | '\n' => 1,
            c if c.is_control() => return Some(format!("{c:?}")),
            c => c.len_utf8(),
        };
        rest = &rest[len..];
    }
    None
}

#[test]
fn a_link_reaches_the_terminal_where_that_is_wanted() {
    let print = b"\x1b]8;id=z;https://example.org/a;b\x1b\\here\x1b]8;;\x1b\\ and not there";
    let out = String::from_utf8(sent(&[print], true)).unwrap();
    let begin = out.find("\x1b]8;id=").unwrap();
    let link = &out[begin..];
    assert!(link.contains(";https://example.org/a;b\x1b\\"), "{link:?}");
    let inside = link.split_once("\x1b]8;;\x1b\\").unwrap().0;
    assert!(inside.ends_with("here") || inside.contains("here\x1b["), "{inside:?}");
    assert!(!inside.contains("there"));
    assert_eq!(forbidden(out.as_bytes()), None);
    let out = String::from_utf8(sent(&[print], false)).unwrap();
    assert!(!out.contains("\x1b]8"), "{out:?}");
    // The same text with another link is sent anew, and without one too.
    let other = b"\r\x1b]8;;https://example.org/other\x07here";
    let out = String::from_utf8(sent(&[print, other, b"\x1b]8;;\x07\rhere"], true)).unwrap();
    assert_eq!(out.matches("\x1b]8;id=").count(), 2, "{out:?}");
    assert_eq!(forbidden(out.as_bytes()), None);
}

#[test]
fn other_schemes_and_the_rest_do_not() {
    for print in [
        "\x1b]8;;javascript:alert(1)\x07x",
        "\x1b]52;c;QUFB\x07\x1b]0;title\x07\x1bPq\x1b\\",
        "\u{9b}31m\u{202e}x\u{9d}8;;https://a\u{9c}",
    ] {
        let out = sent(&[print.as_bytes()], true);
        assert_eq!(forbidden(&out), None, "{print:?}");
        assert!(!out.windows(3).any(|w| w == b"\x1b]8"), "{print:?}");
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let uri = prop_oneof![
        Just("https://example.org/x".to_owned()),
        "[a-z]{1,10}:[ -~]{0,40}".prop_map(|s| s),
        "(https|file|mailto)://[\\x00-\\x7f]{0,40}".prop_map(|s| s),
    ];
    prop_oneof![
        3 => proptest::collection::vec(any::<u8>(), 0..40),
        2 => (uri, "[ -~]{0,12}", any::<bool>()).prop_map(|(uri, id, bell)| {
            let end = if bell { "\x07" } else { "\x1b\\" };
            format!("\x1b]8;{id};{uri}{end}some text").into_bytes()
        }),
        1 => Just(b"\x1b]8;;\x1b\\".to_vec()),
        1 => Just("日本語👩‍🔬e\u{301}\u{fe0f}".as_bytes().to_vec()),
        1 => Just(b"\x1b[?2026h\x1b]8;;https://held\x07held\x1b[?2026l".to_vec()),
        1 => "\\x1b\\[[0-9;?]{0,6}[@-~]".prop_map(String::into_bytes),
        1 => "\\x1b[\\]P_^X][ -~]{0,20}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_pane_prints_only_what_is_listed_is_sent(pieces in proptest::collection::vec(piece(), 1..12)) {
        let parts: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(forbidden(&sent(&parts, true)), None);
    }
}
