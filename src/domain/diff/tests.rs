//! Lines and hunks.

use super::*;

#[test]
fn a_line_is_safe_and_says_how_it_ends() {
    assert_eq!(shown(b"a\tb\n"), ("a\tb".into(), Ending::Lf, false));
    assert_eq!(shown(b"a\r\n"), ("a".into(), Ending::Crlf, false));
    assert_eq!(shown(b"a\rb"), ("a b".into(), Ending::None, false));
    assert_eq!(shown(b"\x1b[2J\t\xff\n"), (" [2J\t\u{fffd}".into(), Ending::Lf, false));
    assert_eq!(shown("a\u{202e}b\n".as_bytes()), ("a b".into(), Ending::Lf, false));
    let long = vec![b'x'; 5_000];
    let (text, ending, cut) = shown(&long);
    assert_eq!((text.len(), ending, cut), (LINE_MOST, Ending::None, true));
}

#[test]
fn a_narrow_hunk_counts_its_own_lines() {
    let line = |n: u32| {
        let (sign, old, new) = match n {
            5 => (Sign::Removed, 5, 0),
            6 => (Sign::Added, 0, 5),
            n if n > 6 => (Sign::Same, n - 1, n - 1),
            n => (Sign::Same, n, n),
        };
        let (text, ending) = (format!("line {n}"), Ending::Lf);
        Line { sign, old, new, text, ending, cut: false, marks: vec![], inks: vec![] }
    };
    let hunk = Hunk { old: [1, 19], new: [1, 19], section: "f".into(), lines: (1..=20).map(line).collect() };
    let narrow = hunk.narrow(2);
    let told: Vec<_> = narrow.iter().map(|h| (h.old, h.new, h.lines.len(), h.section.as_str())).collect();
    assert_eq!(told, [([3, 5], [3, 5], 6, "f")]);
    assert_eq!(hunk.narrow(0).iter().map(|h| (h.old, h.new)).collect::<Vec<_>>(), [([5, 1], [5, 1])]);
}

#[test]
fn the_smallest_answers_stay_small() {
    let line = Line {
        sign: Sign::Added,
        old: 0,
        new: 3,
        text: "x".into(),
        ending: Ending::Lf,
        cut: false,
        marks: Vec::new(),
        inks: vec![(0, 1, Ink::Type)],
    };
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(json, r#"{"sign":"+","old":0,"new":3,"text":"x"}"#);
    let back: Line = serde_json::from_str(&json).unwrap();
    assert_eq!(back, Line { inks: Vec::new(), ..line });
}
