use std::fmt::Write as _;
use std::io::{Read, repeat};

use proptest::prelude::*;

use super::cast::{HEADER_MAX, Header, LENGTH_MAX, LINE_MAX, parse};
use super::*;
use crate::replay::export::{Form, Version, write};
use crate::replay::testkit::name;
use crate::replay::{Player, Recording};

const CODEX: &str = include_str!("../../../tests/fixtures/casts/codex.cast");
const PI: &str = include_str!("../../../tests/fixtures/casts/pi.cast");

fn events(text: &str) -> (Header, Vec<(u64, Happened)>, Counts) {
    let mut cast = Cast::open(text.as_bytes()).unwrap();
    let mut all = Vec::new();
    while let Some(e) = cast.next_event().unwrap() {
        all.push((e.us, e.what));
    }
    (cast.header().clone(), all, cast.counts())
}
fn output(text: &str) -> Happened {
    Happened::Output(text.to_owned())
}

fn session(text: &str) -> (tempfile::TempDir, Imported, Recording) {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("s");
    let made = import(text.as_bytes(), "a cast", &name("CAST"), &out).unwrap();
    (tmp, made, Recording::open(&out).unwrap())
}

fn exported(recording: &Recording, version: Version) -> String {
    let mut out = Vec::new();
    write(recording, &name("CAST"), Form::Cast(version), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_three_versions_are_read() {
    let one = r#"{"version": 1, "width": 80, "height": 24, "duration": 2.5, "command": "sh", "title": "",
        "env": {}, "stdout": [[0.5, "a"], [1.25, "b\u001b[m"]]}"#;
    let (header, all, counts) = events(one);
    assert_eq!((header.version, header.size, header.title.as_str()), (1, Size { rows: 24, cols: 80 }, "sh"));
    assert_eq!(all, [(500_000, output("a")), (1_750_000, output("b\u{1b}[m"))]);
    assert_eq!(counts, Counts::default());

    let two = "{\"version\": 2, \"width\": 100, \"height\": 30, \"timestamp\": 1700000000, \"title\": \"t\\u001b[31m\"}\n\
        [0.5, \"o\", \"a\"]\n[1.0, \"i\", \"k\"]\n[1.5, \"r\", \"90x20\"]\n[2, \"m\", \"\"]\n";
    let (header, all, counts) = events(two);
    assert_eq!((header.timestamp, header.title.as_str()), (Some(1_700_000_000), "t [31m"));
    let size = Happened::Size(Size { rows: 20, cols: 90 });
    assert_eq!(all, [(500_000, output("a")), (1_500_000, size), (2_000_000, Happened::Mark(String::new()))]);
    assert_eq!(counts, Counts { typed: 1, ..Counts::default() });

    let three = "{\"version\":3,\"term\":{\"cols\":90,\"rows\":20}}\n# a remark\n[0.5,\"o\",\"a\"]\n\n\
        [0.25, \"o\", \"b\"]\n[1.0, \"x\", \"3\"]\n";
    let (header, all, _) = events(three);
    assert_eq!(header.size, Size { rows: 20, cols: 90 });
    assert_eq!(all, [(500_000, output("a")), (750_000, output("b")), (1_750_000, Happened::Exit(3))]);
}

#[test]
fn what_is_odd_is_passed_over_or_brought_within_limits_and_counted() {
    let text = "{\"version\": 2, \"width\": 65535, \"height\": 0}\n[2.0, \"o\", \"a\"]\n[-1.0, \"o\", \"b\"]\n\
        [1.0, \"o\", \"c\"]\n[1e300, \"o\", \"d\"]\n[3.0, \"z\", \"?\"]\n[3.0, \"r\", \"9x9x9\"]\n[1e999, \"o\", \"e\"]\n\
        [NaN, \"o\", \"f\"]\nnonsense\n[3.0, \"o\", 7]\n[3.0, \"r\", \"60000x1\"]\n[3.0, \"x\", \"?\"]\n[3.0, \"o\", \"torn";
    let (header, all, counts) = events(text);
    assert_eq!(header.size, Size { rows: 2, cols: 1000 });
    let told: Vec<u64> = all.iter().map(|(us, _)| *us).collect();
    assert_eq!(told, [2_000_000, 2_000_000, 2_000_000, LENGTH_MAX, LENGTH_MAX]);
    assert_eq!(all[4].1, Happened::Size(Size { rows: 2, cols: 1000 }));
    assert_eq!(counts, Counts { unknown: 1, damaged: 7, typed: 0, times: 8, sizes: 2 });
}

#[test]
fn what_is_no_cast_is_refused_and_leaves_nothing() {
    let deep = "[".repeat(100_000);
    for text in ["", "\n", "{}", "[]", "{\"version\": 4}", "{\"version\": \"2\"}", "\u{0}\u{1}", &deep] {
        assert!(matches!(parse(text.as_bytes()), Err(CastError::NoCast(_))), "{text:.20}");
    }
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("s");
    assert!(import(&b"{}"[..], "x", &name("CAST"), &out).is_err());
    assert!(!out.exists());
    // What fails half-way is taken back.
    let long = format!(
        "{{\"version\": 2, \"width\": 9, \"height\": 9}}\n[0, \"o\", \"{}\"]\n",
        "x".repeat(LINE_MAX)
    );
    let error = import(long.as_bytes(), "x", &name("CAST"), &out).unwrap_err();
    assert!(error.to_string().contains("line 2 is longer"), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_line_without_end_is_given_up_at_its_limit() {
    /// Counts what is read of it.
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0 += buf.len() as u64;
            repeat(b'[').read(buf)
        }
    }
    let mut endless = Endless(0);
    let error = Cast::open(io::BufReader::new(&mut endless)).map(drop).unwrap_err();
    assert!(matches!(error, CastError::Long { line: 1, .. }), "{error}");
    assert!(endless.0 < 2 * HEADER_MAX as u64, "{} bytes were read", endless.0);
}

#[test]
fn an_imported_session_is_replayed() {
    let (_tmp, made, recording) = session(CODEX);
    assert_eq!(made.counts, Counts { typed: made.counts.typed, ..Counts::default() });
    assert!(made.marks >= 5 && !made.cut);
    let marks: Vec<String> = recording.chapters().into_iter().map(|(_, c)| c.text).collect();
    assert!(marks.iter().any(|m| m == "prompt"), "{marks:?}");
    let mut player = Player::open(recording.dir().path()).unwrap();
    player.seek(made.us / 2).unwrap();
    let agent = &player.state().agents[0];
    assert!(agent.pane.screen.text_rows().iter().any(|r| r.contains("OpenAI Codex")));
    assert_eq!(recording.file().config.session, "a cast");
}

#[test]
fn exported_imported_and_exported_again_is_the_same() {
    for (text, version) in [(CODEX, Version::Two), (PI, Version::Three)] {
        let (_a, _, first) = session(text);
        let once = exported(&first, version);
        let (_b, made, second) = session(&once);
        assert_eq!(made.counts, Counts::default());
        let again = exported(&second, version);
        assert_eq!(once.lines().skip(1).collect::<Vec<_>>(), again.lines().skip(1).collect::<Vec<_>>());
        assert!(once.lines().count() > 100);
    }
    // And what is hard to split: long, wide, at one moment, with an end.
    let mut text =
        String::from("{\"version\":3,\"term\":{\"cols\":90,\"rows\":20},\"timestamp\":1700000000}\n");
    let _ = writeln!(text, "[0.1,\"o\",\"{}\"]", "名".repeat(50_000));
    text.push_str("[0.0,\"m\",\"one\"]\n[0,\"m\",\"\"]\n[0,\"r\",\"80x24\"]\n[0.5,\"o\",\"\\u202e\\u007f\\ud83d\\ude00\"]\n[0,\"x\",\"130\"]\n");
    let (_a, _, first) = session(&text);
    let once = exported(&first, Version::Three);
    let (_b, _, second) = session(&once);
    let again = exported(&second, Version::Three);
    assert_eq!(once.lines().skip(1).collect::<Vec<_>>(), again.lines().skip(1).collect::<Vec<_>>());
    assert!(once.ends_with("[0.000000, \"x\", \"130\"]\n"), "{once:.200}");
    assert!(once.contains("\\u202e\\u007f😀"), "what changes the order is not written as it is");
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..300), head in 0..4_usize) {
        let heads = ["", "{\"version\": 2, \"width\": 80, \"height\": 24}\n", "{\"version\": 3}\n", "{\"version\": 1, \"stdout\": ["];
        let mut all = heads[head].as_bytes().to_vec();
        all.extend(bytes);
        let _ = parse(&all);
    }

    #[test]
    fn no_event_is_too_much(time in any::<f64>(), code in "[a-z]{0,2}", data in "\\PC{0,20}") {
        let text = format!("{{\"version\": 2, \"width\": 80, \"height\": 24}}\n[{time:?}, {}, {}]\n",
            serde_json::json!(code), serde_json::json!(data));
        let mut cast = Cast::open(text.as_bytes()).unwrap();
        if let Some(event) = cast.next_event().unwrap() {
            prop_assert!(event.us <= LENGTH_MAX);
        }
    }
}
