use std::fs;
use std::path::Path;

use super::*;
use crate::session::log::{Reader, Writer};

/// A log of some records in two segments, and its records.
fn log(dir: &Path) -> Vec<Entry> {
    let mut writer = Writer::open(dir, 4096).unwrap();
    for n in 0..60_u64 {
        writer.append(Kind::Output, n * 10, &[b'a' + (n % 26) as u8; 150]).unwrap();
    }
    Reader::open(dir, 0).unwrap().map(Result::unwrap).collect()
}

fn keep(dir: &Path, entries: &[Entry]) {
    let mut keeper = Keeper::open(dir).unwrap();
    for (n, entry) in entries.iter().enumerate().filter(|(n, _)| n % 10 == 9) {
        let anchor = Anchor::of(entry);
        keeper.add(&anchor, &pack(&anchor, format!("screen {n}").as_bytes()).unwrap()).unwrap();
    }
}

fn loaded(dir: &Path) -> Vec<(u64, String)> {
    let mut log = Bytes::open(dir).unwrap();
    let mut keys = Keyframes::of(&log);
    let places = keys.places().to_vec();
    let load = |p: &Place| keys.load(p, &mut log).map(|(a, s)| (a.end, String::from_utf8(s).unwrap()));
    places.iter().filter_map(load).collect()
}

#[test]
fn screens_are_found_again_with_and_without_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let entries = log(dir.path());
    assert!(Bytes::open(dir.path()).unwrap().segments().len() > 1);
    assert_eq!(loaded(dir.path()), []);
    keep(dir.path(), &entries);
    let all = loaded(dir.path());
    assert_eq!(all.len(), entries.len() / 10);
    assert_eq!(all[0], (entries[9].end, "screen 9".to_owned()));
    // What is there already is not made again.
    keep(dir.path(), &entries);
    assert_eq!(loaded(dir.path()), all);
    for number in 1..3 {
        fs::write(index_path(dir.path(), number), b"nonsense").unwrap();
    }
    assert_eq!(loaded(dir.path()), all);
    for number in 1..3 {
        fs::remove_file(index_path(dir.path(), number)).unwrap();
    }
    assert_eq!(loaded(dir.path()), all);
}

#[test]
fn a_screen_of_another_log_or_with_damage_counts_as_missing() {
    let dir = tempfile::tempdir().unwrap();
    let entries = log(dir.path());
    keep(dir.path(), &entries);
    let path = frames_path(dir.path(), 1);
    let good = fs::read(&path).unwrap();
    let first = loaded(dir.path()).remove(0);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x41;
        fs::write(&path, &bad).unwrap();
        assert!(loaded(dir.path()).iter().all(|(end, s)| *end != first.0 || *s == first.1), "byte {at}");
    }
    fs::write(&path, &good).unwrap();
    let segment = dir.path().join("000001.log");
    let mut bytes = fs::read(&segment).unwrap();
    // The record the first keyframe follows is another one now.
    let at = usize::try_from(entries[9].end).unwrap() - 151 - 1;
    bytes[at] ^= 1;
    fs::write(&segment, bytes).unwrap();
    assert!(!loaded(dir.path()).contains(&first));
    assert!(!loaded(dir.path()).is_empty());
}

#[test]
fn keyframes_come_by_bytes_and_by_time_and_keep_to_their_share() {
    let mut pace = Pace::default();
    let rows = |w: Option<Wanted>| w.map(|w| w.rows);
    assert_eq!(pace.came(100_000, 1, 24), None);
    assert_eq!(
        pace.came(100_000, 3, 24),
        Some(Wanted { rows: 0, patient: true }),
        "nothing is known of its size yet"
    );
    assert!(!pace.came(800_000, 3, 24).unwrap().patient);
    pace.kept(3, 1200, 24);
    assert_eq!(pace.came(40_000, 1000, 24), None);
    assert_eq!(pace.came(0, 29_000_000, 24), None);
    assert_eq!(pace.came(0, 31_000_000, 24), None, "it would take more than its share");
    assert_eq!(rows(pace.came(20_000, 31_000_000, 24)), Some(4));
    assert_eq!(rows(pace.came(140_000, 32_000_000, 24)), Some(72));
}
