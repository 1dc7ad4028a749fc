//! Compressed segments.

use super::*;
use crate::session::log::packed::{Packed, packed_path};
use std::fs;

fn on() -> bool {
    true
}

/// Every record of the log, with where it lies.
fn whole(dir: &Path) -> Vec<Entry> {
    Reader::open(dir, 0).unwrap().map(Result::unwrap).collect()
}

#[test]
fn whichever_segments_are_compressed_the_log_is_the_same_from_every_offset() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(60);
    let offsets = write_some(tmp.path(), 300, &borrowed(&all));
    let before = segments(tmp.path());
    // One after the other, and the log read while that happens.
    let mut followed = Reader::open(tmp.path(), 0).unwrap();
    let mut writer = Writer::open(tmp.path(), 300).unwrap();
    let mut got = Vec::new();
    for segment in &before {
        pack(tmp.path(), segment.number, &on).unwrap();
        got.extend(followed.by_ref().take(5).map(|e| e.unwrap().record.payload));
        for (i, offset) in offsets.iter().enumerate() {
            assert_eq!(payloads(tmp.path(), *offset), (all[i..].to_vec(), 0, 0));
            let mut buffer = [0; HEADER];
            assert_eq!(writer.read_at(*offset, &mut buffer).unwrap().offset, *offset);
            assert_eq!(buffer[..2], MAGIC);
        }
    }
    got.extend(followed.map(|e| e.unwrap().record.payload));
    assert_eq!(got.iter().filter(|p| all.contains(p)).count(), all.len());
    let after = segments(tmp.path());
    assert!(after.iter().zip(&before).all(|(a, b)| (a.start, a.len, a.since) == (b.start, b.len, b.since)));
    assert!(after.iter().take(before.len()).all(|s| s.packed));
    // Then the oldest go.
    for segment in &before[..before.len() - 1] {
        fs::remove_file(packed_path(tmp.path(), segment.number)).unwrap();
        let first = Reader::open(tmp.path(), 0).unwrap().next().unwrap().unwrap();
        assert_eq!((first.offset, first.missing), (segment.end(), segment.end()));
    }
}

#[test]
fn sizes_around_a_frame_come_back_and_zstd_itself_reads_them() {
    let tmp = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for (number, size) in (1..).zip([0, 1, 262_143, 262_144, 262_145, 900_000]) {
        let content: Vec<u8> = (0..size).map(|i: usize| ((i * i) >> 7) as u8).collect();
        fs::write(segment_path(tmp.path(), number), &content).unwrap();
        pack(tmp.path(), number, &on).unwrap();
        let path = packed_path(tmp.path(), number);
        let mut packed = Packed::open(&path).unwrap();
        assert_eq!(packed.len(), size as u64);
        for at in [0, 1, 262_143, 262_144, 262_145, 524_287, 899_999] {
            let mut buffer = [0; 3];
            let n = packed.read_at(&mut buffer, at as u64).unwrap();
            assert!(content.iter().skip(at).take(n).eq(&buffer[..n]));
            assert_eq!(n == 0, at >= size);
        }
        match std::process::Command::new("zstd").args(["-dcq"]).arg(&path).output() {
            Ok(out) => {
                assert!(out.stdout == content, "{}", String::from_utf8_lossy(&out.stderr));
                seen += 1;
            }
            Err(e) => assert_eq!(seen, 0, "{e}"),
        }
    }
    if seen == 0 {
        println!("skipped: there is no zstd program to compare with");
    }
}

#[test]
fn damage_to_a_compressed_segment_costs_frames_of_it_and_nothing_else() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(30);
    write_some(tmp.path(), 500, &borrowed(&all));
    let outside: Vec<_> = {
        let second = segments(tmp.path())[1].clone();
        let inside = second.start..second.end();
        whole(tmp.path()).into_iter().filter(|e| !inside.contains(&e.offset)).collect()
    };
    pack(tmp.path(), 2, &on).unwrap();
    let path = packed_path(tmp.path(), 2);
    let good = fs::read(&path).unwrap();
    let check = |bytes: &[u8], what: &str| {
        fs::write(&path, bytes).unwrap();
        let mut reader = Reader::open(tmp.path(), 0).unwrap();
        let got: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
        let lost = |e: &&Entry| !got.iter().any(|g| (g.offset, &g.record) == (e.offset, &e.record));
        assert_eq!(outside.iter().find(lost), None, "{what}");
        let missing: u64 = got.iter().map(|e| e.missing).sum();
        assert!(got.len() > outside.len() || missing + reader.skipped() > 0, "{what}");
    };
    for i in 0..good.len() {
        let mut bad = good.clone();
        bad[i] ^= 1 << (i % 8);
        check(&bad, &format!("flip at {i}"));
        check(&good[..i], &format!("cut at {i}"));
    }
}

/// A compressed segment as a hostile hand would write it: frames, and what the table says of each.
fn forged(path: &Path, frames: &[u8], table: &[(u32, u32)], count: u32) {
    let mut bytes = frames.to_vec();
    bytes.extend(0x184D_2A5E_u32.to_le_bytes());
    bytes.extend((table.len() as u32 * 8 + 9).to_le_bytes());
    for (size, len) in table {
        bytes.extend(size.to_le_bytes());
        bytes.extend(len.to_le_bytes());
    }
    bytes.extend(count.to_le_bytes());
    bytes.push(0);
    bytes.extend(0x8F92_EAB1_u32.to_le_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn bombs_are_refused() {
    let tmp = tempfile::tempdir().unwrap();
    let path = packed_path(tmp.path(), 1);
    // 64 MiB of zeros in a few bytes, said to be 100 bytes, what it is, or 1 MiB.
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    let size = bomb.len() as u32;
    for len in [100, 64 << 20, 1 << 20] {
        forged(&path, &bomb, &[(size, len)], 1);
        if let Ok(mut packed) = Packed::open(&path) {
            let mut buffer = vec![1; 1 << 20];
            assert_eq!(packed.read_at(&mut buffer, 0).unwrap(), len as usize, "zeros instead");
        } else {
            assert_eq!(len, 64 << 20);
        }
    }
    // A table that gives one frame out for many, more frames than it has, or more than a segment.
    let frame = zstd::bulk::compress(&vec![0; 1 << 20], 3).unwrap();
    let one = (frame.len() as u32, 1 << 20);
    for (frames, table, count) in [
        (frame.clone(), vec![one; 60], 60),
        (frame.clone(), vec![one], u32::MAX),
        (frame.clone(), vec![one], 2),
        (frame.repeat(66), vec![one; 66], 66),
        (vec![], vec![(0, u32::MAX); 4], 4),
        (vec![], vec![(0, 1 << 20); 4096], 4096),
    ] {
        forged(&path, &frames, &table, count);
        assert!(Packed::open(&path).is_err(), "{} frames, {count}", table.len());
        assert!(payloads(tmp.path(), 0).0.is_empty());
    }
}

#[test]
fn where_both_forms_are_the_plain_one_counts_and_links_are_not_followed() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(5);
    write_some(tmp.path(), SEGMENT, &borrowed(&all));
    fs::write(packed_path(tmp.path(), 1), "half of it").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", packed_path(tmp.path(), 2)).unwrap();
    assert_eq!(payloads(tmp.path(), 0), (all.clone(), 0, 0));
    pack(tmp.path(), 1, &on).unwrap();
    assert_eq!(payloads(tmp.path(), 0), (all, 0, 0));
    assert!(pack(tmp.path(), 2, &on).is_err());
    assert!(pack(tmp.path(), 7, &on).is_err());
}

/// What the test below runs in a process of its own.
#[test]
#[ignore = "it is run by the test that kills it"]
fn compresses_until_it_is_killed() {
    let Ok(dir) = std::env::var("ORCHESTRA_TEST_PACK") else { return };
    for segment in segments(Path::new(&dir)).iter().filter(|s| !s.packed) {
        pack(Path::new(&dir), segment.number, &on).unwrap();
    }
}

#[test]
fn compression_killed_at_any_moment_leaves_one_good_copy() {
    let tmp = tempfile::tempdir().unwrap();
    let all: Vec<Vec<u8>> = (0..400_u32).map(|i| i.to_le_bytes().repeat(1000)).collect();
    write_some(tmp.path(), 200_000, &borrowed(&all));
    let plain = |dir: &Path| segments(dir).iter().filter(|s| !s.packed).count();
    let (mut killed, mut random) = (0, 7_u64);
    while plain(tmp.path()) > 0 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "session::log::tests::packed::compresses_until_it_is_killed"])
            .env("ORCHESTRA_TEST_PACK", tmp.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Longer and longer, so that it comes to its end on any machine.
        let most = 20_000 + 4000 * killed;
        std::thread::sleep(std::time::Duration::from_micros((random >> 33) % most));
        child.kill().unwrap();
        killed += u64::from(!child.wait().unwrap().success());
        assert_eq!(payloads(tmp.path(), 0), (all.clone(), 0, 0), "after {killed} kills");
    }
    println!("killed {killed} times");
}
