use super::*;
use proptest::prelude::*;
use serde_json::json;

fn at(us: u64) -> Time {
    Time { mono: us, wall: 1_700_000_000_000 }
}

fn all(path: &Path) -> (Vec<Entry>, u64, u64) {
    let mut reader = read(path).unwrap();
    let entries = reader.by_ref().map(Result::unwrap).collect();
    (entries, reader.skipped(), reader.torn())
}

fn three(path: &Path) -> Vec<Entry> {
    let mut journal = Journal::open(path).unwrap();
    for n in 1..=3_u64 {
        let body = json!({"text": "zeile ü \n", "n": n, "crc": ",\"crc\":\"00000000\"}"});
        assert_eq!(journal.append("thing", &body, at(n)).unwrap(), n);
    }
    all(path).0
}

#[test]
fn lines_are_as_documented() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("journal.jsonl");
    Journal::open(&path).unwrap().append_synced("started", &json!({}), at(12)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let bare = r#"{"seq":1,"us":12,"wall":1700000000000,"kind":"started","body":{}}"#;
    let crc = crc32fast::hash(bare.as_bytes());
    assert_eq!(format!("{crc:08x}"), "be19390d", "the example of docs/session-format.md");
    assert_eq!(text, format!("{},\"crc\":\"{crc:08x}\"}}\n", &bare[..bare.len() - 1]));
    use std::os::unix::fs::MetadataExt;
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn numbers_go_on_after_a_reopen() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("j");
    assert_eq!(three(&path).len(), 3);
    assert_eq!(Journal::open(&path).unwrap().append("more", &json!(null), at(9)).unwrap(), 4);
    assert_eq!(all(&path).0[3].kind, "more");
}

#[test]
fn a_cut_at_every_byte_keeps_all_before_it_and_goes_on() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("j");
    let entries = three(&path);
    let bytes = std::fs::read(&path).unwrap();
    let ends: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'\n').collect();
    for cut in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        // A line is whole even without its line feed.
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let (got, skipped, _) = all(&path);
        assert_eq!((&got[..], skipped), (&entries[..whole], 0), "cut {cut}");
        let seq = Journal::open(&path).unwrap().append("next", &json!(1), at(5)).unwrap();
        assert_eq!(seq, whole as u64 + 1, "cut {cut}");
        let (got, skipped, torn) = all(&path);
        assert_eq!((got.len(), skipped, torn), (whole + 1, 0, 0), "cut {cut}");
    }
}

#[test]
fn damage_in_the_middle_is_skipped_counted_and_left() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("j");
    let entries = three(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    let second = bytes.iter().position(|b| *b == b'\n').unwrap() + 9;
    bytes[second] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let (got, skipped, _) = all(&path);
    assert_eq!(got, [entries[0].clone(), entries[2].clone()]);
    assert_eq!(skipped, 1);
    // A damaged last line still has had a number.
    bytes[second] ^= 1;
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(Journal::open(&path).unwrap().next_seq(), 4);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn long_lines_are_refused_and_passed_over() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("j");
    let entries = three(&path);
    let mut journal = Journal::open(&path).unwrap();
    let long = "x".repeat(MAX_LINE);
    assert!(matches!(journal.append("big", &long, at(4)), Err(Error::TooLong { .. })));
    assert_eq!(all(&path).0, entries);
    let mut bytes = format!("{}\n", "y".repeat(3 * MAX_LINE + 5)).into_bytes();
    bytes.extend(std::fs::read(&path).unwrap());
    std::fs::write(&path, &bytes).unwrap();
    let (got, skipped, torn) = all(&path);
    assert_eq!((got, skipped, torn), (entries, 1, 0));
    std::fs::write(&path, "z".repeat(2 * MAX_LINE)).unwrap();
    assert_eq!(all(&path).2, 2 * MAX_LINE as u64);
}

#[test]
fn only_regular_files_are_read() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("j");
    three(&path);
    std::os::unix::fs::symlink(&path, tmp.path().join("link")).unwrap();
    assert!(read(&tmp.path().join("link")).is_err());
    assert!(read(tmp.path()).is_err());
}

proptest! {
    #[test]
    fn flips_never_panic_and_cost_at_most_their_lines(at_byte in any::<prop::sample::Index>(), bit in 0..8u8) {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("j");
        let entries = three(&path);
        let mut bytes = std::fs::read(&path).unwrap();
        let i = at_byte.index(bytes.len());
        bytes[i] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();
        let (got, _, _) = all(&path);
        prop_assert!(!got.is_empty() && got.iter().all(|e| entries.contains(e)));
        let before = bytes[..i].iter().filter(|b| **b == b'\n').count();
        prop_assert_eq!(&got[..before.min(got.len())], &entries[..before.min(got.len())]);
    }
}
