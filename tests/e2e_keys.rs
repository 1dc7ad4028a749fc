//! Every key through a real client, server and holder to a program in a pane, in each encoding it may ask for.
//!
//! `docs/keys.md` is the table of what arrived. `ORCHESTRA_WRITE_DOCS=1 cargo test --test e2e_keys` writes it anew.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod keys;
mod kit;

use std::fs;
use std::path::{Path, PathBuf};

use keys::table::{MODES, Mode, Row, matrix, named};
use kit::term::Terminal;
use kit::{Place, wait_until};

/// A program that reads keys as they come and keeps them in a file, having asked for an encoding.
struct Echo {
    file: PathBuf,
    read: usize,
}

impl Echo {
    /// Starts it in an agent's shell.
    fn start(place: &Place, agent: &str, asks: &str) -> Self {
        let file = place.root().join(format!("{agent}.keys"));
        let asks = asks.replace('\x1b', "\\033");
        let script =
            format!("stty raw -echo\nprintf '{asks}'\n: > {f}\nexec cat > {f}\n", f = file.display());
        let run = place.root().join(format!("{agent}.sh"));
        fs::write(&run, script).unwrap();
        place.ok(&["send", agent, "--text", &format!("sh {}", run.display())]);
        wait_until("the program reads keys", || file.exists());
        Self { file, read: 0 }
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.file).unwrap()
    }

    /// What came since, once it is as long as expected.
    fn next(&mut self, expected: usize) -> Vec<u8> {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while self.bytes().len() < self.read + expected && std::time::Instant::now() < end {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let new = self.bytes()[self.read..].to_vec();
        self.read += new.len();
        new
    }
}

/// Types into the only pane shown.
fn typing(terminal: &Terminal, agent: &str) {
    terminal.keys("\r");
    terminal.shows(&[&format!("typing into {agent}")]);
}

/// Control characters as people write them: `^M` for a carriage return.
fn readable(bytes: &[u8]) -> String {
    let one = |c: char| match c {
        '\x1b' => "ESC ".to_owned(),
        '\0'..='\x1f' => format!("^{}", char::from(c as u8 + b'@')),
        '\x7f' => "^?".to_owned(),
        c => c.to_string(),
    };
    String::from_utf8_lossy(bytes).chars().map(one).collect::<String>().trim_end().to_owned()
}

/// Sends every key as it comes from a terminal in that mode and from one that speaks the kitty protocol, and gives what
/// arrived of the named ones.
fn through(terminal: &Terminal, echo: &mut Echo, mode: &Mode, rows: &[Row]) -> Vec<String> {
    let mut arrived = Vec::new();
    for row in rows {
        let Some(bare) = row.bare(mode) else {
            arrived.push(String::new());
            continue;
        };
        for sent in std::iter::once(bare.clone()).chain(row.over_kitty(mode)) {
            terminal.keys(&sent);
            let came = echo.next(bare.len());
            assert_eq!(
                readable(&came),
                readable(bare.as_bytes()),
                "{} in {} sent as {}",
                row.name,
                mode.name,
                readable(sent.as_bytes())
            );
        }
        arrived.push(readable(bare.as_bytes()));
    }
    arrived
}

#[test]
fn every_key_arrives_as_in_a_bare_terminal() {
    let agents: Vec<&str> = MODES.iter().map(|m| m.agent).collect();
    let tabs: String =
        agents.iter().map(|a| format!("[[tab]]\nname = \"T{a}\"\npanes = [\"{a}\"]\n")).collect();
    let place = Place::with_shells(&agents, &tabs);
    place.up();
    let mut columns = Vec::new();
    let (rows, special) = (named(), matrix());
    let terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["[1 TL]"]);
    for (n, mode) in MODES.iter().enumerate() {
        let mut echo = Echo::start(&place, mode.agent, mode.asks);
        terminal.keys(&(n + 1).to_string());
        terminal.shows(&[&format!("[{} T{}]", n + 1, mode.agent)]);
        typing(&terminal, mode.agent);
        columns.push(through(&terminal, &mut echo, mode, &rows));
        through(&terminal, &mut echo, mode, &special);
        // Leaving is the same key in whatever encoding it comes, and twice it is the program's.
        for (leave, again) in mode.leaves {
            terminal.keys(leave);
            terminal.hides("typing into");
            terminal.keys(leave);
            terminal.shows(&["typing into"]);
            assert_eq!(readable(&echo.next(again.len())), readable(again.as_bytes()), "{}", mode.name);
        }
        terminal.keys("\x11");
        terminal.hides("typing into");
        assert_eq!(echo.next(0), b"", "nothing more came");
    }
    write_table(&rows, &columns);
}

fn write_table(rows: &[Row], columns: &[Vec<String>]) {
    let head = "# Keys in panes\n\nWhat a program in a pane reads for each key, by what it asked its terminal for. Written by \
                `tests/e2e_keys.rs` from what\narrived, which equals what the key gives in a bare terminal: xterm for the first three \
                columns, kitty for the others.\nThe numbers are those of modifyOtherKeys and of the kitty keyboard flags.\n";
    let names: Vec<&str> = MODES.iter().map(|m| m.name).collect();
    let mut page = format!("{head}\n| key | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for (n, row) in rows.iter().enumerate() {
        let cells: Vec<String> = columns
            .iter()
            .map(|c| if c[n].is_empty() { "–".to_owned() } else { format!("`{}`", c[n].replace('|', "\\|")) })
            .collect();
        page += &format!("| {} | {} |\n", row.name, cells.join(" | "));
    }
    page += "\n– : nothing, or nothing that a terminal in that mode sends. Shift, Alt and Control in every combination with \
             the arrows, Home, End, Insert,\nDelete, the page keys and F1 to F12 are tried in the same way.\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/keys.md is stale; write it with ORCHESTRA_WRITE_DOCS=1 cargo test --test e2e_keys"
    );
}

#[test]
fn mouse_focus_and_a_long_paste_reach_the_program() {
    let place = Place::with_shells(&["A"], "[[tab]]\nname = \"Work\"\npanes = [\"A\"]\n");
    place.up();
    let mut echo = Echo::start(&place, "A", "\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h");
    let terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["Enter type"]);
    typing(&terminal, "A");
    // As typing begins and ends, and as the terminal itself gets the focus and loses it.
    let mut gets = |sent: &str, expected: &str| {
        terminal.keys(sent);
        assert_eq!(readable(&echo.next(expected.len())), readable(expected.as_bytes()), "{sent:?}");
    };
    gets("", "\x1b[I");
    gets("\x1b[O", "\x1b[O");
    gets("\x1b[I", "\x1b[I");
    gets("\x11", "\x1b[O");
    gets("\r", "\x1b[I");
    // Moves without a button are asked of the terminal for as long as the program wants them.
    wait_until("moves are asked for", || terminal.count("\x1b[?1003h") >= 1);
    // One column and two rows of the dashboard lie before the pane's first cell.
    let (column, row) = (1, 2 + usize::from(terminal.rows()[1].starts_with(' ')));
    for (button, last) in [
        (0, 'M'),
        (0, 'm'),
        (1, 'M'),
        (2, 'm'),
        (35, 'M'),
        (32, 'M'),
        (64, 'M'),
        (65, 'M'),
        (66, 'M'),
        (67, 'M'),
        (128, 'M'),
        (24, 'M'),
        (24, 'm'),
        // With Shift it is the dashboard's, as terminals keep it for themselves.
        (4, 'M'),
        (4, 'm'),
        (20, 'M'),
        (20, 'm'),
        (8, 'M'),
    ] {
        let at = |x: usize, y: usize| format!("\x1b[<{button};{x};{y}{last}");
        let shift = button < 32 && button & 4 != 0;
        gets(&at(10 + column, 5 + row), &if shift { String::new() } else { at(10, 5) });
    }
    let text: String = (0..30_000).map(|n| format!("line {n} of a long paste é\n")).collect();
    assert!(text.len() > 700_000);
    let text = text.repeat(2);
    terminal.keys(&format!("\x1b[200~{text}\x1b[201~"));
    let whole = format!("\x1b[200~{text}\x1b[201~");
    let came = echo.next(whole.len());
    assert!(came == whole.as_bytes(), "{} of {} bytes came as they were", came.len(), whole.len());
    terminal.keys("\x11");
    terminal.hides("typing into");
    wait_until("moves are not asked for any more", || terminal.count("\x1b[?1003l") >= 1);
}

#[test]
fn a_paste_waits_for_a_slow_program_and_the_dashboard_does_not() {
    let place = Place::with_shells(&["A"], "[[tab]]\nname = \"Work\"\npanes = [\"A\"]\n");
    place.up();
    let (go, out) = (place.root().join("go"), place.root().join("out"));
    let script = format!(
        "stty raw -echo\nprintf '\\033[?2004hready'\nwhile [ ! -e {g} ]; do sleep 0.05; done\nexec cat > {o}\n",
        g = go.display(),
        o = out.display()
    );
    fs::write(place.root().join("slow.sh"), script).unwrap();
    place.ok(&["send", "A", "--text", &format!("sh {}", place.root().join("slow.sh").display())]);
    let terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["ready"]);
    typing(&terminal, "A");
    let text = "0123456789abcdef".repeat(64 * 1024);
    terminal.keys(&format!("\x1b[200~{text}\x1b[201~"));
    terminal.shows(&["pasting 1024 KB: 0 % read"]);
    // Keys are taken meanwhile.
    terminal.keys("\x11");
    terminal.hides("typing into");
    terminal.keys("?");
    terminal.shows(&["in the dashboard"]);
    terminal.keys("\x1b");
    terminal.hides("in the dashboard");
    fs::write(&go, "").unwrap();
    let whole = text.len() + 12;
    wait_until("all of it is read", || fs::metadata(&out).is_ok_and(|m| m.len() == whole as u64));
    assert!(fs::read(&out).unwrap() == format!("\x1b[200~{text}\x1b[201~").into_bytes());
    terminal.keys("\r");
    terminal.shows(&["typing into A"]);
    assert!(!terminal.text().contains("pasting"));
}
