//! What is fuzzed: each takes any bytes and must neither panic nor hang nor grow without bound.
//!
//! The targets in `fuzz_targets/` call these with libFuzzer (`just fuzz journal`); `tests/fuzz.rs` calls the same ones with
//! random and damaged input on every `cargo test`.

use std::fs;
use std::path::Path;

use orchestra::domain::time::Time;
use orchestra::replay::Player;
use orchestra::screen::{Screen, Size};
use orchestra::session::dir::SessionDir;
use orchestra::session::log::Decoder;
use orchestra::session::{journal, lines};

/// Damaged lines, torn tails, records of any kind and body.
pub fn journal(bytes: &[u8]) {
    let tmp = tempfile::tempdir().unwrap();
    let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
    fs::write(dir.journal(), bytes).unwrap();
    let mut reader = journal::read(&dir.journal()).unwrap();
    let mut whole = 0;
    for entry in reader.by_ref() {
        let entry = entry.unwrap();
        whole += 1;
        let _ = lines::record(&dir, entry);
    }
    assert!(whole + reader.skipped() <= 1 + bytes.iter().filter(|b| **b == b'\n').count() as u64);
}

/// Records in any state, cut anywhere: every byte is given, passed over or waits.
pub fn pane_log(bytes: &[u8]) {
    let portion = bytes.first().map_or(1, |b| usize::from(*b) + 1);
    let mut decoder = Decoder::new(0);
    let mut given = 0;
    for part in bytes.chunks(portion) {
        decoder.push(part);
        while let Some(entry) = decoder.next_entry() {
            given += entry.end - entry.offset;
        }
    }
    while let Some(entry) = decoder.next_at_end() {
        given += entry.end - entry.offset;
    }
    assert_eq!(given + decoder.skipped() + decoder.waiting() as u64, bytes.len() as u64);
}

/// What programs print, cut anywhere, with changes of size between.
pub fn screen(bytes: &[u8]) {
    let mut screen = Screen::new(Size { rows: 6, cols: 20 }, 50);
    for (n, part) in bytes.chunks(7).enumerate() {
        let _ = screen.feed(part, Time { mono: n as u64 * 20_000, wall: 0 });
        if let [a, b, ..] = part
            && n % 16 == 15
        {
            screen.resize(Size { rows: u16::from(*a), cols: u16::from(*b) });
        }
    }
    let _ = screen.last_lines(100);
}

/// Asciicasts of any version.
pub fn cast(bytes: &[u8]) {
    let _ = orchestra::replay::import::cast::parse(bytes);
}

/// What a keyframe says of a screen.
pub fn snapshot(bytes: &[u8]) {
    if let Ok(mut restored) = Screen::restore(bytes, 100) {
        let _ = restored.screen.feed(b"\x1b[3;3Hx\x1b[2J\x1b[?1049l\r\n", Time::default());
        let _ = restored.screen.last_lines(100);
    }
}

/// A session directory with one file replaced: it is opened, and looked at in five places.
pub fn session(dir: &Path) {
    let Ok(mut player) = Player::open(dir) else { return };
    let (begin, end) = player.span();
    for us in [begin, end, begin.midpoint(end), 0, u64::MAX] {
        if player.seek(us).is_ok() {
            for agent in &player.state().agents {
                let _ = agent.pane.screen.text_rows();
            }
        }
    }
}
