use std::path::PathBuf;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::domain::record::Marked;
use crate::domain::time::Time;
use crate::replay::testkit::{Kit, name};
use crate::screen::Screen;
use serde_json::Value;

/// Two starts, split characters, broken bytes, colours, a resize, a mark.
fn session() -> Kit {
    let mut kit = Kit::new(&["SEC", "OBS"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    kit.log(
        "SEC",
        &[
            (1_000_000, Kind::Resize, b"20x5"),
            (1_100_000, Kind::Output, b"before\r\n\x1b]2;old\x07"),
            (1_200_000, Kind::Exit, b"signal 9"),
        ],
    );
    let second = log::end(&kit.path().join("panes/SEC"));
    kit.record(1_000_000, &Record::AgentUp { agent: name("SEC"), pid: 7, holder: 6, log: 0 });
    kit.record(1_500_000, &Record::Marked(Marked { agent: name("SEC"), text: "here".into() }));
    kit.record(1_600_000, &Record::Marked(Marked { agent: name("OBS"), text: "not here".into() }));
    kit.record(2_000_000, &Record::AgentUp { agent: name("SEC"), pid: 8, holder: 6, log: second });
    kit.log(
        "SEC",
        &[
            (2_000_000, Kind::Resize, b"20x5"),
            (2_100_000, Kind::Output, b"\x1b[31mred\x1b[0m <&> \xe2\x94"),
            (2_200_000, Kind::Output, b"\x80 \xff\xfe.\r\n"),
            (2_300_000, Kind::Resize, b"30x4"),
            (2_400_000, Kind::Output, b"1\r\n2\r\n3\r\n4\r\nlast \xe5\x90"),
            (2_500_000, Kind::Exit, b"exit 3"),
        ],
    );
    kit
}

fn export(kit: &Kit, form: Form) -> String {
    let mut out = Vec::new();
    write(&Recording::open(kit.path()).unwrap(), &name("SEC"), form, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn values(cast: &str) -> Vec<Value> {
    cast.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// What a cast shows at its end.
fn played(cast: &str) -> Screen {
    let all = values(cast);
    let size = |rows: &Value, cols: &Value| Size {
        rows: rows.as_u64().unwrap() as u16,
        cols: cols.as_u64().unwrap() as u16,
    };
    let head = &all[0];
    let first = if head["version"] == 2 {
        size(&head["height"], &head["width"])
    } else {
        size(&head["term"]["rows"], &head["term"]["cols"])
    };
    let mut screen = Screen::new(first, 100);
    for event in &all[1..] {
        let text = event[2].as_str().unwrap();
        match event[1].as_str().unwrap() {
            "o" => drop(screen.feed(text.as_bytes(), Time::default())),
            "r" => {
                let (rows, cols) = log::size_of_text(text.as_bytes()).unwrap();
                screen.resize(Size { rows, cols });
            }
            _ => {}
        }
    }
    screen
}

#[test]
fn a_cast_has_times_sizes_marks_and_the_end() {
    let two = values(&export(&session(), Form::Cast(Version::Two)));
    assert_eq!((&two[0]["version"], &two[0]["width"], &two[0]["height"]), (&2.into(), &20.into(), &5.into()));
    assert_eq!((&two[0]["timestamp"], &two[0]["title"]), (&1_700_000_001.into(), &"SEC · sprint".into()));
    let codes: Vec<(f64, &str)> =
        two[1..].iter().map(|e| (e[0].as_f64().unwrap(), e[1].as_str().unwrap())).collect();
    assert_eq!(
        codes,
        [(0.1, "o"), (0.5, "m"), (1.0, "o"), (1.1, "o"), (1.2, "o"), (1.3, "r"), (1.4, "o"), (1.4, "o")]
    );
    assert_eq!(two[2][2], "here");
    assert_eq!(two[5][2], "─ \u{fffd}\u{fffd}.\r\n");
    assert_eq!(two[8][2], "\u{fffd}", "a character that never ends");

    let three = values(&export(&session(), Form::Cast(Version::Three)));
    assert_eq!(three[0]["term"]["cols"], 20);
    let times: Vec<f64> = three[1..].iter().map(|e| e[0].as_f64().unwrap()).collect();
    assert_eq!(times, [0.1, 0.4, 0.5, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0]);
    assert_eq!((&three[9][1], &three[9][2]), (&"x".into(), &"3".into()));
}

#[test]
fn a_cast_played_ends_on_the_screen_of_the_pane() {
    for version in [Version::Two, Version::Three] {
        let screen = played(&export(&session(), Form::Cast(version)));
        assert_eq!(screen.text_rows(), ["2", "3", "4", "last \u{fffd}"]);
        assert_eq!((screen.title(), screen.size()), ("", Size { rows: 4, cols: 30 }));
    }
}

#[test]
fn the_text_has_every_line_once() {
    let kit = session();
    assert_eq!(export(&kit, Form::Text), "before\nred <&> ─ \u{fffd}\u{fffd}.\n1\n2\n3\n4\nlast\n");
    let mut kit = Kit::new(&["SEC"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    let many: String = (0..9000).map(|n| format!("a line of more than twenty columns {n}\r\n")).collect();
    let mut records: Vec<(u64, Kind, &[u8])> = vec![(0, Kind::Resize, b"20x5")];
    records.extend(many.as_bytes().chunks(60_000).map(|c| (1, Kind::Output, c)));
    // Narrower and wider again, and a history that is cleared: nothing is lost or doubled.
    records.push((2, Kind::Resize, b"7x9"));
    records.push((3, Kind::Resize, b"70x30"));
    records.push((4, Kind::Output, b"almost\r\n\x1b[H\x1b[2J\x1b[3Jend\x1bc"));
    kit.log("SEC", &records);
    assert_eq!(export(&kit, Form::Text), many.replace('\r', "") + "almost\nend\n");
}

#[test]
fn the_text_has_what_the_alternate_screen_showed_at_last() {
    for (end, text) in [("\x1b[?1049l", "above\nthe menu\n"), ("", "the menu\nabove\n")] {
        let mut kit = Kit::new(&["SEC"]);
        kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
        let shown = format!("above\x1b[?1049h\x1b[Hthe first\x1b[H\x1b[2Jthe menu{end}");
        kit.log("SEC", &[(0, Kind::Resize, b"20x5"), (1, Kind::Output, shown.as_bytes())]);
        let mut lines: Vec<String> = export(&kit, Form::Text).lines().map(str::to_owned).collect();
        let mut wanted: Vec<&str> = text.lines().collect();
        lines.sort();
        wanted.sort_unstable();
        assert_eq!(lines, wanted);
    }
}

#[test]
fn the_page_has_the_colours_and_nothing_from_elsewhere() {
    let page = export(&session(), Form::Page);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    assert!(page.contains("<span style=\"color:#cd0000;\">red</span> &lt;&amp;&gt; ─"), "{page}");
    assert!(page.contains("<title>SEC · sprint</title>") && page.contains("default-src 'none'"));
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("<script"));
}

#[test]
fn the_real_asciinema_reads_what_is_exported() {
    // Version 2 of the program by Debian's package, version 3 by `cargo install asciinema`.
    let named = std::env::var_os("ORCHESTRA_ASCIINEMA3").map(PathBuf::from);
    for program in [Some(PathBuf::from("asciinema")), named].into_iter().flatten() {
        let shown = program.display().to_string();
        let said = match Command::new(&program).arg("--version").output() {
            Ok(out) => String::from_utf8_lossy(&out.stdout).trim().to_owned(),
            Err(e) => {
                eprintln!("skipped: {shown}: {e}");
                continue;
            }
        };
        let new = said.contains(" 3.");
        let versions: &[Version] = if new { &[Version::Two, Version::Three] } else { &[Version::Two] };
        for version in versions {
            let tmp = tempfile::tempdir().unwrap();
            let file = tmp.path().join("a.cast");
            let cast = export(&session(), Form::Cast(*version));
            std::fs::write(&file, &cast).unwrap();
            let mut command = if new {
                let mut command = Command::new(&program);
                command.args(["convert", "--output-format", "raw"]).arg(&file).arg(tmp.path().join("raw"));
                command
            } else {
                // It wants a terminal of its own; `script` gives it one.
                let mut command = Command::new("script");
                command.args(["-qec", &format!("{shown} cat {}", file.display()), "/dev/null"]);
                command
            };
            let home = tmp.path().join("home");
            let out = command
                .env("HOME", &home)
                .env("ASCIINEMA_CONFIG_HOME", &home)
                .env("LC_ALL", "C.UTF-8")
                .output();
            let out = match out {
                Err(e) if !new && e.kind() == io::ErrorKind::NotFound => {
                    eprintln!("skipped: script: {e}");
                    continue;
                }
                out => out.unwrap(),
            };
            assert!(out.status.success(), "{said}: {}", String::from_utf8_lossy(&out.stderr));
            let raw = if new { std::fs::read(tmp.path().join("raw")).unwrap() } else { out.stdout };
            let printed: String =
                values(&cast)[1..].iter().filter(|e| e[1] == "o").map(|e| e[2].as_str().unwrap()).collect();
            // The terminal in between may have put carriage returns before line feeds.
            let bare = |text: &str| text.replace('\r', "");
            let raw = bare(&String::from_utf8_lossy(&raw));
            assert!(raw.contains(&bare(&printed)), "{said}, {version:?}: {raw:?}");
        }
    }
}

proptest! {
    #[test]
    fn characters_are_joined_wherever_they_are_cut(text in "\\PC{0,20}", cuts in proptest::collection::vec(0..80_usize, 0..5)) {
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let (mut joiner, mut out) = (Joiner::default(), String::new());
        cuts.windows(2).for_each(|w| joiner.push(&bytes[w[0]..w[1]], &mut out));
        joiner.end(&mut out);
        prop_assert_eq!(out, text);
    }

    #[test]
    fn any_bytes_become_the_text_they_would_be_at_once(bytes in proptest::collection::vec(any::<u8>(), 0..40), cut in 0..40_usize) {
        let (a, b) = bytes.split_at(cut.min(bytes.len()));
        let (mut joiner, mut out) = (Joiner::default(), String::new());
        joiner.push(a, &mut out);
        joiner.push(b, &mut out);
        joiner.end(&mut out);
        prop_assert_eq!(out, String::from_utf8_lossy(&bytes).into_owned());
    }
}
