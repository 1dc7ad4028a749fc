mod packed;
mod places;

use super::*;
use proptest::prelude::*;
use std::io::Write;

fn write_some(dir: &Path, roll: u64, payloads: &[&[u8]]) -> Vec<u64> {
    let mut writer = Writer::open(dir, roll).unwrap();
    let mut us = 0..;
    payloads.iter().map(|p| writer.append(Kind::Output, us.next().unwrap(), p).unwrap()).collect()
}

fn payloads(dir: &Path, offset: u64) -> (Vec<Vec<u8>>, u64, usize) {
    let mut reader = Reader::open(dir, offset).unwrap();
    let records = reader.by_ref().map(|e| e.unwrap().record).filter(|r| r.kind != Kind::Begin);
    let got = records.map(|r| r.payload).collect();
    (got, reader.skipped(), reader.torn())
}

fn segments(dir: &Path) -> Vec<Segment> {
    Bytes::open(dir).unwrap().segments().to_vec()
}

fn sample(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("record {i} \u{1b}[3{}m", i % 8).repeat(i % 4 + 1).into_bytes()).collect()
}

fn borrowed(payloads: &[Vec<u8>]) -> Vec<&[u8]> {
    payloads.iter().map(Vec::as_slice).collect()
}

#[test]
fn the_header_is_as_documented() {
    let mut bytes = vec![0; HEADER];
    bytes.extend_from_slice(b"80x24");
    seal(&mut bytes, Kind::Resize, 0x0102_0304_0506_0708);
    assert_eq!(bytes[..16], [0xFE, 0xED, b'r', 0, 5, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]);
    let mut checked = bytes[..16].to_vec();
    checked.extend_from_slice(b"80x24");
    assert_eq!(bytes[16..20], crc32fast::hash(&checked).to_le_bytes());
    let mut decoder = Decoder::new(0);
    decoder.push(&bytes);
    let entry = decoder.next_entry().unwrap();
    assert_eq!((entry.offset, entry.end), (0, 25));
    assert_eq!(entry.record.size(), Some((24, 80)));
}

#[test]
fn offsets_run_on_across_segments_and_reopens() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(60);
    let mut offsets = write_some(tmp.path(), 300, &borrowed(&all[..40]));
    offsets.extend(write_some(tmp.path(), 300, &borrowed(&all[40..])));
    assert!(segments(tmp.path()).len() > 5);
    for (i, offset) in offsets.iter().enumerate() {
        assert_eq!(payloads(tmp.path(), *offset), (all[i..].to_vec(), 0, 0));
    }
    let mut writer = Writer::open(tmp.path(), 300).unwrap();
    let mut joined = Vec::new();
    let mut starts = 0;
    let mut buffer = [0; 77];
    while let Chunk { len: len @ 1.., begins_segment, .. } =
        writer.read_at(joined.len() as u64, &mut buffer).unwrap()
    {
        joined.extend_from_slice(&buffer[..len]);
        starts += usize::from(begins_segment);
    }
    assert_eq!(joined.len() as u64, writer.end());
    assert_eq!(starts, segments(tmp.path()).len() - 1);
    let mut decoder = Decoder::new(0);
    decoder.push(&joined);
    let got = std::iter::from_fn(|| decoder.next_entry()).map(|e| e.record);
    let got: Vec<_> = got.filter(|r| r.kind == Kind::Output).map(|r| r.payload).collect();
    assert_eq!(got, all);
}

#[test]
fn a_reader_follows_a_growing_log() {
    let tmp = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(tmp.path(), 200).unwrap();
    let mut reader = Reader::open(tmp.path(), 0).unwrap();
    for payload in sample(50) {
        assert!(reader.next().is_none());
        writer.append(Kind::Output, 1, &payload).unwrap();
        let mut records = reader.by_ref().map(|e| e.unwrap().record);
        assert_eq!(records.find(|r| r.kind == Kind::Output).unwrap().payload, payload);
    }
    assert_eq!(reader.offset(), writer.end());
}

#[test]
fn a_cut_at_every_byte_keeps_all_before_it() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(8);
    let offsets = write_some(tmp.path(), SEGMENT, &borrowed(&all));
    let path = segment_path(tmp.path(), 1);
    let bytes = std::fs::read(&path).unwrap();
    for cut in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        let whole = offsets.iter().skip(1).filter(|o| **o as usize <= cut).count();
        let whole = whole + usize::from(cut == bytes.len());
        let (got, skipped, torn) = payloads(tmp.path(), 0);
        assert_eq!((&got[..], skipped), (&all[..whole], 0), "cut {cut}");
        assert_eq!(
            torn > 0,
            ![0, bytes.len()].contains(&cut) && !offsets.contains(&(cut as u64)),
            "cut {cut}"
        );
        // The next writer leaves the tail alone and a reader gets over it.
        write_some(tmp.path(), SEGMENT, &[b"after"]);
        let (got, skipped, torn_now) = payloads(tmp.path(), 0);
        assert_eq!((got.len(), skipped as usize, torn_now), (whole + 1, torn, 0), "cut {cut}");
        std::fs::remove_file(segment_path(tmp.path(), 2)).unwrap();
    }
}

#[test]
fn every_single_flip_costs_one_record_and_is_counted() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(6);
    let offsets = write_some(tmp.path(), SEGMENT, &borrowed(&all));
    let path = segment_path(tmp.path(), 1);
    let bytes = std::fs::read(&path).unwrap();
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1 << (i % 8);
        std::fs::write(&path, &bad).unwrap();
        let (got, skipped, torn) = payloads(tmp.path(), 0);
        let of_output = usize::from(i as u64 >= offsets[0]);
        assert_eq!(got.len(), all.len() - of_output, "flip at {i}");
        assert!(got.iter().all(|p| all.contains(p)));
        assert!(skipped > 0 || torn > 0, "flip at {i}");
    }
}

#[test]
fn an_offset_within_a_record_finds_the_next() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(5);
    let offsets = write_some(tmp.path(), SEGMENT, &borrowed(&all));
    assert_eq!(payloads(tmp.path(), offsets[1] + 7).0, all[2..]);
    assert!(payloads(tmp.path(), 1 << 40).0.is_empty());
}

#[test]
fn forged_headers_do_not_cost_quadratic_time() {
    let tmp = tempfile::tempdir().unwrap();
    let mut forged = Vec::new();
    while forged.len() < 8 << 20 {
        forged.extend_from_slice(&MAGIC);
        forged.extend_from_slice(&[b'o', 0]);
        forged.extend_from_slice(&(MAX_PAYLOAD as u32).to_le_bytes());
        forged.extend_from_slice(&[0; 12]);
    }
    std::fs::write(segment_path(tmp.path(), 1), &forged).unwrap();
    let begun = std::time::Instant::now();
    let (got, skipped, torn) = payloads(tmp.path(), 0);
    assert!(got.is_empty());
    assert_eq!(skipped as usize + torn, forged.len());
    // Unlimited, this takes minutes; the bound is generous for slow machines.
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn strangers_in_the_folder_are_ignored() {
    let tmp = tempfile::tempdir().unwrap();
    write_some(tmp.path(), SEGMENT, &[b"one"]);
    for name in ["1.log", "0000001.log", "000009.idx", "abcdef.log"] {
        std::fs::File::create(tmp.path().join(name)).unwrap().write_all(b"no").unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", tmp.path().join("000007.log")).unwrap();
    assert_eq!(payloads(tmp.path(), 0), (vec![b"one".to_vec()], 0, 0));
    let mut writer = Writer::open(tmp.path(), SEGMENT).unwrap();
    let long = vec![0; HEADER + MAX_PAYLOAD + 1];
    assert!(writer.append_sealed(&long).is_err());
}

proptest! {
    #[test]
    fn any_bytes_in_any_portions_are_met_calmly(
        bytes in prop::collection::vec(prop_oneof![Just(0xFE), Just(0xED), Just(0), any::<u8>()], 0..4000),
        portion in 1usize..200,
    ) {
        let mut decoder = Decoder::new(5);
        let mut taken = 0;
        for part in bytes.chunks(portion) {
            decoder.push(part);
            while let Some(entry) = decoder.next_entry() {
                taken += entry.end - entry.offset;
            }
        }
        while let Some(entry) = decoder.next_at_end() {
            taken += entry.end - entry.offset;
        }
        prop_assert_eq!(taken + decoder.skipped() + decoder.waiting() as u64, bytes.len() as u64);
    }
}
