//! The fuzz targets' entries with random bytes, and a small session damaged in every way: nothing panics, and all before
//! the damage is kept.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../fuzz/entries.rs"]
mod entries;

use std::fs;
use std::path::{Path, PathBuf};

use orchestra::domain::id::AgentName;
use orchestra::domain::record::Record;
use orchestra::domain::time::Time;
use orchestra::replay::Player;
use orchestra::session::dir::SessionDir;
use orchestra::session::journal::Journal;
use orchestra::session::lines;
use orchestra::session::log::{Kind, SEGMENT, Writer};
use proptest::prelude::*;

/// Bit flips in each kind of file; the long version makes the hundred thousand.
const FLIPS: u32 = 400;
const FLIPS_LONG: u32 = 50_000;

fn sec() -> AgentName {
    AgentName::new("SEC").unwrap()
}

/// A session of two agents: events and output alternate, a second apart.
fn small(at: &Path) -> PathBuf {
    let dir = SessionDir::create(at).unwrap();
    fs::write(at.join("session.toml"), include_str!("fixtures/session.toml")).unwrap();
    let mut journal = Journal::open(&dir.journal()).unwrap();
    let mut log = Writer::open(&dir.pane(&sec()), SEGMENT).unwrap();
    log.append(Kind::Resize, 1, b"40x10").unwrap();
    for n in 1..=8_u64 {
        let time = Time { mono: n * 1_000_000, wall: 0 };
        lines::append(&dir, &mut journal, &Record::Note { text: format!("event {n}") }, time).unwrap();
        log.append(Kind::Output, time.mono + 500_000, format!("\x1b[1mline\x1b[m {n} äöü\r\n").as_bytes())
            .unwrap();
    }
    log.sync().unwrap();
    at.to_owned()
}

/// Notes told, and rows shown, at the end.
fn seen(dir: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let mut player = Player::open(dir).ok()?;
    let (_, end) = player.span();
    player.seek(end).ok()?;
    let told = player.state().log.iter().map(|l| l.text.clone()).collect();
    let rows = player.state().agent(&sec())?.pane.screen.text_rows();
    Some((told, rows.into_iter().filter(|r| !r.is_empty()).collect()))
}

struct Damage {
    _tmp: tempfile::TempDir,
    dir: PathBuf,
    whole: (Vec<String>, Vec<String>),
}

fn damage() -> Damage {
    let tmp = tempfile::tempdir().unwrap();
    let dir = small(&tmp.path().join("s"));
    let whole = seen(&dir).unwrap();
    assert_eq!((whole.0.len(), whole.1.len()), (8, 8));
    Damage { _tmp: tmp, dir, whole }
}

#[test]
fn a_cut_at_every_byte_keeps_all_before_it() {
    let d = damage();
    for (file, is_log) in [("journal.jsonl", false), ("panes/SEC/000001.log", true)] {
        let path = d.dir.join(file);
        let bytes = fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&path, &bytes[..cut]).unwrap();
            let (told, rows) = seen(&d.dir).unwrap_or_default();
            let (got, whole) = if is_log { (&rows, &d.whole.1) } else { (&told, &d.whole.0) };
            assert_eq!(got[..], whole[..got.len()], "{file} cut at {cut}");
            if !is_log {
                let lines = bytes[..cut].iter().filter(|b| **b == b'\n').count();
                assert!(got.len() >= lines, "{file} cut at {cut}: {got:?}");
            }
        }
        fs::write(&path, &bytes).unwrap();
    }
    let path = d.dir.join("session.toml");
    let bytes = fs::read(&path).unwrap();
    for cut in (0..bytes.len()).step_by(7) {
        fs::write(&path, &bytes[..cut]).unwrap();
        entries::session(&d.dir);
    }
}

/// One flipped bit costs at most what stands in its line or record.
fn flips(count: u32) {
    let d = damage();
    for file in ["journal.jsonl", "panes/SEC/000001.log"] {
        let path = d.dir.join(file);
        let bytes = fs::read(&path).unwrap();
        let bits = u32::try_from(bytes.len() * 8).unwrap();
        for n in 0..count {
            // Spread over the whole file, and never twice the same while there are others.
            let bit = usize::try_from((u64::from(n) * 2_654_435_761) % u64::from(bits)).unwrap();
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bad).unwrap();
            let (told, rows) = seen(&d.dir).unwrap_or_else(|| panic!("{file}, bit {bit}: cannot be opened"));
            // Without its line feed a line takes the next one with it.
            let cost = if bytes[bit / 8] == b'\n' && file.ends_with(".jsonl") { 2 } else { 1 };
            for (got, whole) in [(&told, &d.whole.0), (&rows, &d.whole.1)] {
                let kept = got.len() + cost >= whole.len() && got.iter().all(|t| whole.contains(t));
                assert!(kept, "{file}, bit {bit}: {got:?}");
            }
        }
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn a_flipped_bit_costs_what_it_is_in_and_nothing_else() {
    flips(FLIPS);
}

#[test]
#[ignore = "minutes: `just torture-record`"]
fn a_hundred_thousand_flipped_bits() {
    flips(FLIPS_LONG);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_met_calmly(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        entries::journal(&bytes);
        entries::pane_log(&bytes);
        entries::screen(&bytes);
        entries::cast(&bytes);
        entries::snapshot(&bytes);
    }

    #[test]
    fn casts_that_are_nearly_right_are_met_calmly(
        from in 0_usize..20_000,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
    ) {
        let whole = include_bytes!("fixtures/casts/pi.cast");
        let head = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        let from = from.clamp(head, whole.len());
        let mut bytes = [&whole[..head], &whole[from..whole.len().min(from + 20_000)]].concat();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        entries::cast(&bytes);
    }

    #[test]
    fn snapshots_that_are_nearly_right_are_met_calmly(
        shown in prop::collection::vec(any::<u8>(), 0..500),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let mut screen = orchestra::screen::Screen::new(orchestra::screen::Size { rows: 5, cols: 20 }, 50);
        screen.feed(&shown, Time::default());
        let mut bytes = screen.snapshot(20);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        entries::snapshot(&bytes);
    }

    #[test]
    fn journals_that_are_nearly_right_are_met_calmly(
        parts in prop::collection::vec((0_usize..2000, 0_usize..2000, any::<u8>()), 1..12),
    ) {
        let tmp = tempfile::tempdir().unwrap();
        let dir = small(&tmp.path().join("s"));
        let (journal, log) = (dir.join("journal.jsonl"), dir.join("panes/SEC/000001.log"));
        for (path, entry) in [(&journal, entries::journal as fn(&[u8])), (&log, entries::pane_log)] {
            let mut bytes = fs::read(path).unwrap();
            for (from, to, byte) in &parts {
                let (from, to) = (from % bytes.len(), to % bytes.len());
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                let at = usize::from(*byte) * bytes.len() / 256;
                bytes.splice(at..at, piece.into_iter().take(64));
                bytes[from] = *byte;
            }
            entry(&bytes);
            fs::write(path, &bytes).unwrap();
        }
        entries::session(&dir);
    }
}
