use std::io::Write;

use proptest::prelude::*;

use super::*;

/// The shapes that come along.
fn shapes() -> Vec<String> {
    let file: crate::domain::review::RuleFile =
        toml::from_str(include_str!("../../data/review.toml")).unwrap();
    Secrets::of_rules(&file.secrets).shapes
}

fn mask(values: &[&str]) -> Arc<Mask> {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Arc::new(Mask::new(&Secrets { values, shapes: shapes() }))
}

/// What comes out of pieces that follow each other at once, or each after a long silence.
fn fed(mask: &Arc<Mask>, pieces: &[&[u8]], slowly: bool) -> Vec<u8> {
    let mut masker = Masker::new(mask.clone());
    let mut out = Vec::new();
    for piece in pieces {
        if masker.feed(piece, &mut out) {
            out.extend_from_slice(piece);
        }
        if slowly {
            masker.expire(&mut out);
            assert!(!masker.waits());
        }
    }
    masker.finish(&mut out);
    out
}

fn text(mask: &Arc<Mask>, piece: &str) -> String {
    String::from_utf8(fed(mask, &[piece.as_bytes()], false)).unwrap()
}

fn planted() -> Vec<String> {
    let long = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4fGh7j";
    vec![
        "correct horse battery".into(),
        "s3cr3t".into(),
        "pässwörd-日本語-x".into(),
        format!("ghp_{long}"),
        format!("sk-ant-{long}"),
        "AKIAABCDEFGHIJKLMNOP".into(),
        format!("eyJhbGciOiJIUzI1NiJ9.eyJ{long}.{long}"),
        format!("xoxb-{long}"),
    ]
}

fn declared() -> Arc<Mask> {
    mask(&["correct horse battery", "s3cr3t", "pässwörd-日本語-x"])
}

fn columns(bytes: &[u8]) -> usize {
    let plain = String::from_utf8_lossy(bytes);
    plain.chars().map(|c| c.width().unwrap_or(0)).sum()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

#[test]
fn no_piece_and_no_silence_lets_a_secret_through() {
    let mask = declared();
    for secret in planted() {
        for (before, after) in [("", ""), ("key=", "\r\n$ "), ("\"", "\"; next"), ("a ", " s3cr eyJ")] {
            let all = format!("{before}{secret}{after}");
            let expected = format!("{before}{}{after}", "*".repeat(columns(secret.as_bytes())));
            assert_eq!(text(&mask, &all), expected);
            for cut in 0..=all.len() {
                let (a, b) = all.as_bytes().split_at(cut);
                for slowly in [false, true] {
                    let out = fed(&mask, &[a, b], slowly);
                    assert!(!holds(&out, &secret), "{secret} cut at {cut}");
                    assert_eq!(columns(&out), columns(all.as_bytes()), "{secret} cut at {cut}: {out:?}");
                    let end = after.as_bytes();
                    assert!(out.ends_with(end), "{secret} cut at {cut}: what follows stays");
                }
            }
            let bytes: Vec<&[u8]> = all.as_bytes().chunks(1).collect();
            let typed = fed(&mask, &bytes, true);
            assert!(
                !holds(&typed, &secret) && columns(&typed) == columns(all.as_bytes()),
                "{secret} by bytes"
            );
        }
    }
}

#[test]
fn the_echo_of_a_key_never_waits_and_words_come_out_whole() {
    let mask = declared();
    let mut masker = Masker::new(mask.clone());
    let mut out = Vec::new();
    for key in ["s", "s", "g", "p", "c", "c", "x", "-", "-", "e", "y"] {
        if masker.feed(key.as_bytes(), &mut out) {
            out.extend_from_slice(key.as_bytes());
        }
        assert!(!masker.waits(), "{key}");
    }
    assert_eq!(out, b"ssgpccx--ey");
    assert!(!masker.feed(b"-s3c", &mut out) && masker.waits(), "more of a value waits for the rest");
    masker.expire(&mut out);
    assert_eq!(out, b"ssgpccx--ey-s3c");
    masker.feed(b"r3t!", &mut out);
    assert_eq!(out, b"ssgpccx--ey-s3c***!", "the rest of it is masked all the same");
    let same =
        "the s3cre of npm_config_x, sk-proj-short, ghp_, eyJ.eyJ. -----BEGIN PRIVATE KEY----- is none\r\n";
    assert_eq!(text(&mask, same), same);
    assert_eq!(
        String::from_utf8(fed(&mask, &same.as_bytes().chunks(7).collect::<Vec<_>>(), false)).unwrap(),
        same
    );
}

#[test]
fn a_value_is_found_through_colours_and_broken_lines() {
    let mask = declared();
    for (broken, expected) in [
        ("a \x1b[1ms3c\x1b[0;31mr3t\x1b[m b", "a \x1b[1m***\x1b[0;31m***\x1b[m b"),
        ("a s3cr\r\n  3t b", "a ****\r\n  ** b"),
        ("a s3cr\x1b[K\x1b[12;5H3t b", "a ****\x1b[K\x1b[12;5H** b"),
        ("\x1b]0;s3cr3t\x07", "\x1b]0;******\x07"),
        ("s3\u{7}cr3t", "s3\u{7}cr3t"),
    ] {
        assert_eq!(text(&mask, broken), expected);
        for cut in 0..=broken.len() {
            let (a, b) = broken.as_bytes().split_at(cut);
            let out = fed(&mask, &[a, b], false);
            let plain = String::from_utf8(out).unwrap();
            let short =
                plain.replacen("s***", "****", 1).replacen("s**", "***", 1).replacen("s*****", "******", 1);
            assert!(plain == expected || short == expected, "cut at {cut}: {plain:?}");
        }
    }
}

#[test]
fn a_private_key_is_masked_with_all_its_lines_and_a_value_of_several_lines_by_line() {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ".repeat(2);
    let pem =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{line}\n{line}\nAbc=\n-----END RSA PRIVATE KEY-----\n");
    for text_of in [pem.replace('\n', "\r\n"), pem.replace('\n', "\\n"), pem.replace('\n', "\x1b[K\r\n  ")] {
        for size in [1, 7, 60, 4096] {
            let pieces: Vec<&[u8]> = text_of.as_bytes().chunks(size).collect();
            let out = String::from_utf8(fed(&mask(&[]), &pieces, false)).unwrap();
            assert!(!out.contains("MIIE") && !out.contains("Abc") && out.contains("END RSA"), "{out}");
            assert_eq!(columns(out.as_bytes()), columns(text_of.as_bytes()));
        }
    }
    let key = mask(&["first line of it\nsecond-line\nx\n"]);
    assert_eq!(text(&key, "x first line of it\r\nx second-line"), "x ****************\r\nx ***********");
}

#[test]
fn values_that_are_short_are_named_and_not_masked() {
    let environment: BTreeMap<String, String> =
        [("A", "12345"), ("B", " 123456\n"), ("C", "")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let mut secrets = Secrets::default();
    let names = ["A", "B", "C", "D"].map(str::to_owned);
    assert_eq!(secrets.add(&names, &[&environment, &environment]), ["A"]);
    assert_eq!(secrets.values, ["123456"]);
    assert!(!format!("{secrets:?}").contains("123456"));
}

#[test]
fn forged_beginnings_cost_no_more_than_a_multiple_of_their_size() {
    let mask = mask(&[]);
    let (mut masker, mut out) = (Masker::new(mask), Vec::new());
    let flood = "eyJ".repeat(20_000);
    for _ in 0..20 {
        if masker.feed(flood.as_bytes(), &mut out) {
            out.extend_from_slice(flood.as_bytes());
        }
        assert!(masker.held.len() <= LONGEST);
    }
    masker.finish(&mut out);
    assert_eq!(out.len(), 20 * flood.len());
}

proptest! {
    /// In whatever pieces: what is no secret comes out as it was, and no secret does.
    #[test]
    fn pieces_and_silences_change_nothing_but_secrets(
        words in proptest::collection::vec((0..16usize, " ([a-z \r\n3*ü]|\x1b\\[[0-9]?m){0,9}"), 1..12),
        cuts in proptest::collection::vec((1..40usize, any::<bool>()), 1..40),
    ) {
        let secrets = planted();
        let mut all = String::new();
        for (index, between) in &words {
            all.push_str(between);
            all.push_str(secrets.get(*index).map_or("", String::as_str));
        }
        let mask = declared();
        let mut masker = Masker::new(mask.clone());
        let (mut out, mut at) = (Vec::new(), 0);
        let mut cuts = cuts.iter().cycle();
        while at < all.len() {
            let (size, silent) = *cuts.next().unwrap();
            let piece = &all.as_bytes()[at..all.len().min(at + size)];
            at += piece.len();
            if masker.feed(piece, &mut out) {
                out.extend_from_slice(piece);
            }
            if silent {
                masker.expire(&mut out);
            }
        }
        masker.finish(&mut out);
        for secret in &secrets {
            prop_assert!(!holds(&out, secret), "{secret} in {:?}", String::from_utf8_lossy(&out));
        }
        prop_assert_eq!(columns(&out), columns(all.as_bytes()));
        prop_assert_eq!(mask.text(&String::from_utf8_lossy(&out)), None);
    }
}

/// Not a test: what masking costs. `cargo test --release --lib mask::tests::speed -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, for an optimised build"]
fn speed() {
    let mask = mask(&["correct horse battery", "s3cr3t", "another-value-of-a-variable"]);
    let plain = "   Compiling some-crate v0.1.0 (/home/user/project/crates/some-crate), of many others\r\n"
        .repeat(800);
    let coloured =
        "\x1b[32m+\x1b[0m \x1b[38;5;246mlet\x1b[0m value = \x1b[1mfind\x1b[0m(thing);\x1b[K\r\n".repeat(900);
    let tokens = format!("{} {}\r\n", "x".repeat(500), planted()[3]).repeat(120);
    for (what, text) in [("plain", &plain), ("coloured", &coloured), ("a token each 500", &tokens)] {
        let mut masker = Masker::new(mask.clone());
        let (mut out, rounds) = (Vec::new(), 4000);
        // Of this thread, whatever else the machine does.
        let clock = || {
            let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
            t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
        };
        let began = clock();
        for _ in 0..rounds {
            out.clear();
            masker.feed(text.as_bytes(), &mut out);
        }
        let rate = (text.len() * rounds) as f64 / (clock() - began) / 1e9;
        writeln!(std::io::stdout(), "{what}: {rate:.2} GB/s").unwrap();
    }
}
