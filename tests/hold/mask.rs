//! What is secret reaches neither the log nor a server.

use std::fmt::Write;

use orchestra::domain::exit::Exit;
use orchestra::domain::mask::Secrets;
use orchestra::domain::time::Time;
use orchestra::screen::{Screen, Size};

use crate::kit::Pane;

const VALUE: &str = "correct horse 9 ü";
const TOKEN: &str = "ghp_Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4fGh7j";

fn secrets() -> Secrets {
    let shapes = vec![r"\b(?P<secret>gh[pousr]_[A-Za-z0-9]{36,255})\b".to_owned()];
    Secrets { values: vec![VALUE.to_owned()], shapes }
}

fn octal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "\\{b:03o}");
        text
    })
}

/// Every file below a folder that holds the text.
fn holding(folder: &std::path::Path, text: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if memchr::memmem::find(&std::fs::read(&path).unwrap_or_default(), text).is_some() {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_secret_cut_anywhere_into_two_writes_is_nowhere_in_the_record() {
    // What may stay of a beginning that stood alone for long: less of a value than of a token.
    for (secret, every, least) in [(VALUE, 1, 4), (TOKEN, 5, 15)] {
        // Each line ends in the same column, whatever was masked in it. At once, and after a silence that is longer
        // than anything is held back.
        let mut script = String::new();
        let mut lines = 0;
        for cut in (0..=secret.len()).step_by(every) {
            for pause in ["", "sleep 0.12;"] {
                let (a, b) = secret.as_bytes().split_at(cut);
                let _ = write!(script, "printf '<{}'; {pause} printf '{}>\\r\\n';", octal(a), octal(b));
                lines += 1;
            }
        }
        let pane = Pane::start_with(&["sh", "-c", &format!("stty raw; {script}")], secrets());
        let mut viewer = pane.view();
        assert_eq!(viewer.until_exit(), Exit::Code(0));
        let sent = viewer.output();
        assert!(memchr::memmem::find(&sent, secret.as_bytes()).is_none(), "a server was sent it");
        assert_eq!(holding(pane.tmp.path(), secret.as_bytes()), Vec::<std::path::PathBuf>::new());
        let mut screen = Screen::new(Size { rows: 200, cols: 80 }, 0);
        screen.feed(&sent, Time::default());
        let width = secret.chars().count();
        let rows: Vec<String> = screen.text_rows().into_iter().take(lines).collect();
        for row in &rows {
            let row = row.trim_end();
            assert!(
                row.starts_with('<') && row.ends_with('>') && row.chars().count() == width + 2,
                "{rows:#?}"
            );
            assert!(row.matches('*').count() + least >= width, "{row}");
        }
    }
}

#[test]
fn what_may_become_a_secret_and_does_not_comes_out_without_anything_after_it() {
    let pane = Pane::start_with(&["sh", "-c", "printf 'is it corr'; exec sleep 60"], secrets());
    pane.view().until_output("is it corr");
}
