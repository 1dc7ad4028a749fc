//! Where segments lie, also when older ones are gone or lie about it.

use super::*;

/// A log of ten segments or so, with the offset of each record.
fn rolled(dir: &Path) -> (Vec<Vec<u8>>, Vec<u64>) {
    let all = sample(60);
    let offsets = write_some(dir, 300, &borrowed(&all));
    assert!(segments(dir).len() > 8);
    (all, offsets)
}

/// A segment that begins as it likes.
fn forged(dir: &Path, number: u32, offset: &str, payload: &[u8]) {
    let mut bytes = Vec::new();
    for (kind, payload) in [(Kind::Begin, offset.as_bytes()), (Kind::Output, payload)] {
        let mut record = vec![0; HEADER];
        record.extend_from_slice(payload);
        seal(&mut record, kind, 0);
        bytes.extend(record);
    }
    std::fs::write(segment_path(dir, number), bytes).unwrap();
}

#[test]
fn every_segment_says_where_it_lies_and_why_it_began() {
    let tmp = tempfile::tempdir().unwrap();
    rolled(tmp.path());
    write_some(tmp.path(), 300, &[b"again"]);
    let segments = segments(tmp.path());
    let begins: Vec<_> = Reader::open(tmp.path(), 0)
        .unwrap()
        .map(Result::unwrap)
        .filter_map(|e| e.record.begin().map(|b| (e.offset, b)))
        .collect();
    assert_eq!(begins.len(), segments.len());
    for (i, ((offset, begin), segment)) in begins.iter().zip(&segments).enumerate() {
        assert_eq!((begin.offset, *offset), (segment.start, segment.start));
        let how = if i == 0 || i + 1 == segments.len() { How::Start } else { How::Roll };
        assert_eq!(begin.how, how, "segment {i}");
    }
}

#[test]
fn whatever_segments_are_gone_the_rest_keeps_its_offsets() {
    let tmp = tempfile::tempdir().unwrap();
    let (all, offsets) = rolled(tmp.path());
    let every = segments(tmp.path());
    let gone = [0, 1, 2, 5, 6];
    for i in gone {
        std::fs::remove_file(segment_path(tmp.path(), every[i].number)).unwrap();
    }
    let kept = |offset: u64| gone.iter().all(|i| !(every[*i].start..every[*i].end()).contains(&offset));
    let left: Vec<(u64, &[u8])> = offsets
        .iter()
        .zip(&all)
        .filter(|(offset, _)| kept(**offset))
        .map(|(offset, payload)| (*offset, payload.as_slice()))
        .collect();
    // From every offset there is, also within what is gone.
    for from in offsets.iter().copied().chain([0, every[1].start + 3]) {
        let mut reader = Reader::open(tmp.path(), from).unwrap();
        let entries: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
        let got: Vec<_> = entries
            .iter()
            .filter(|e| e.record.kind == Kind::Output)
            .map(|e| (e.offset, e.record.payload.as_slice()))
            .collect();
        let wanted: Vec<_> = left.iter().copied().filter(|(offset, _)| *offset >= from).collect();
        assert_eq!(got, wanted, "from {from}");
        assert_eq!((reader.skipped(), reader.torn()), (0, 0));
        let mut at = from;
        for entry in &entries {
            assert_eq!(entry.offset, at + entry.missing, "from {from}");
            at = entry.end;
        }
        assert_eq!(at, log_end(tmp.path()));
    }
    // The next writer goes on where the last one was, and reads back what there is.
    let mut writer = Writer::open(tmp.path(), 300).unwrap();
    assert_eq!(writer.append(Kind::Output, 1, b"on").unwrap(), every.last().unwrap().end() + 20 + 10);
    let (mut at, mut read, mut buffer) = (0, 0, [0; 50]);
    while let chunk @ Chunk { len: 1.., .. } = writer.read_at(at, &mut buffer).unwrap() {
        assert_eq!(chunk.offset > at, every.iter().any(|s| s.start == chunk.offset) && !kept(at) || at == 0);
        assert!(chunk.offset == at || chunk.begins_segment);
        at = chunk.offset + chunk.len as u64;
        read += chunk.len as u64;
    }
    let lost: u64 = gone.iter().map(|i| every[*i].len).sum();
    assert_eq!((at, read), (writer.end(), writer.end() - lost));
}

fn log_end(dir: &Path) -> u64 {
    super::super::end(dir)
}

#[test]
fn a_log_that_loses_its_oldest_segments_while_it_is_read_goes_on_with_the_next() {
    let tmp = tempfile::tempdir().unwrap();
    let (all, offsets) = rolled(tmp.path());
    let every = segments(tmp.path());
    let mut reader = Reader::open(tmp.path(), 0).unwrap();
    reader.next().unwrap().unwrap();
    for segment in &every[..every.len() - 1] {
        std::fs::remove_file(segment_path(tmp.path(), segment.number)).unwrap();
    }
    let got: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    // What was open is read to its end; then comes the last one.
    let last = every.last().unwrap();
    let jump = got.iter().find(|e| e.missing > 0).unwrap();
    assert_eq!((jump.offset, jump.missing), (last.start, last.start - every[0].end()));
    let of_last = offsets.iter().position(|o| *o > last.start).unwrap();
    assert!(got.iter().map(|e| &e.record.payload).filter(|p| all[of_last..].contains(p)).count() > 0);
}

#[test]
fn segments_without_a_beginning_follow_each_other() {
    let tmp = tempfile::tempdir().unwrap();
    let mut record = vec![0; HEADER];
    record.extend_from_slice(b"old");
    seal(&mut record, Kind::Output, 0);
    for number in [1, 2] {
        std::fs::write(segment_path(tmp.path(), number), &record).unwrap();
    }
    assert_eq!(payloads(tmp.path(), 0).0, [b"old"; 2]);
    assert_eq!(segments(tmp.path())[1].start, 23);
    write_some(tmp.path(), SEGMENT, &[b"new"]);
    let begin = Reader::open(tmp.path(), 46).unwrap().next().unwrap().unwrap();
    assert_eq!(begin.record.begin(), Some(Begin { offset: 46, how: How::Start }));
}

#[test]
fn lies_about_where_a_segment_lies_confuse_nobody() {
    let tmp = tempfile::tempdir().unwrap();
    let most = u64::MAX.to_string();
    let lies = [
        "5000 start",
        "3 roll",
        "0 roll",
        &most,
        "18446744073709551615 roll",
        "-4 roll",
        "6000 later",
        "",
        "x y",
    ];
    for (i, lie) in lies.iter().enumerate() {
        forged(tmp.path(), 1 + u32::try_from(i).unwrap(), lie, format!("{i}").as_bytes());
    }
    let segments = segments(tmp.path());
    assert!(segments.windows(2).all(|w| w[0].end() <= w[1].start));
    assert_eq!((segments[0].start, segments[6].start), (5000, 6000));
    let entries: Vec<_> = Reader::open(tmp.path(), 0).unwrap().map(Result::unwrap).collect();
    assert!(entries.windows(2).all(|w| w[0].end + w[1].missing == w[1].offset));
    assert_eq!(entries.iter().filter(|e| e.record.kind == Kind::Output).count(), lies.len());
    assert_eq!(entries[0].missing, 5000);
    write_some(tmp.path(), 300, &[b"on"]);
    assert_eq!(payloads(tmp.path(), 0).0.len(), lies.len() + 1);
}

#[test]
fn a_record_half_written_and_taken_back_is_not_mixed_with_the_next() {
    let tmp = tempfile::tempdir().unwrap();
    let all = sample(3);
    write_some(tmp.path(), SEGMENT, &borrowed(&all));
    let path = segment_path(tmp.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    let mut reader = Reader::open(tmp.path(), 0).unwrap();
    std::fs::write(&path, [&whole[..], b"\xfe\xedo\0\x50\0\0\0half"].concat()).unwrap();
    assert_eq!(reader.by_ref().count(), 4);
    assert_eq!(reader.torn(), 12);
    let mut record = vec![0; HEADER];
    record.extend_from_slice(&[b'x'; 100]);
    seal(&mut record, Kind::Output, 9);
    std::fs::write(&path, [whole, record].concat()).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().record.payload, [b'x'; 100]);
    assert!(reader.next().is_none());
    assert_eq!((reader.skipped(), reader.torn()), (0, 0));
}
