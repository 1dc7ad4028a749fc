use super::*;
use crate::session::log::{Bytes, Kind, Reader, Writer};
use std::path::Path;
use std::sync::Mutex;

const ROLL: u64 = 64 << 10;

fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

/// A log of so many full segments that hold what cannot be compressed much, and the beginning of one more.
fn log(dir: &Path, segments: u32, mut us: u64) {
    let mut writer = Writer::open(dir, ROLL).unwrap();
    let mut random = us;
    while writer.segment() <= segments {
        let mut payload = Vec::new();
        while payload.len() < 1000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            payload.extend((random >> 16).to_le_bytes());
        }
        us += 1;
        writer.append(Kind::Output, us, &payload).unwrap();
    }
}

struct Stage {
    tmp: tempfile::TempDir,
    asked: Arc<Mutex<Vec<Dropped>>>,
}

impl Stage {
    fn new() -> Self {
        Self { tmp: tempfile::tempdir().unwrap(), asked: Arc::default() }
    }

    fn dir(&self, pane: &str) -> PathBuf {
        self.tmp.path().join(pane)
    }

    fn work(&self, rules: Rules, journals: bool) -> Work {
        let asked = self.asked.clone();
        let panes = ["A", "B", "NONE"].map(|n| (name(n), self.dir(n)));
        Work {
            panes: panes.to_vec(),
            rules,
            roll: ROLL,
            known: Known::new(),
            ask: Box::new(move |dropped| {
                asked.lock().unwrap().push(dropped);
                journals
            }),
            go_on: Box::new(|| true),
        }
    }

    fn asked(&self) -> Vec<(String, u64, u64)> {
        self.asked.lock().unwrap().drain(..).map(|d| (d.agent.to_string(), d.from, d.to)).collect()
    }

    fn numbers(&self, pane: &str) -> Vec<u32> {
        Bytes::open(&self.dir(pane)).unwrap().segments().iter().map(|s| s.number).collect()
    }
}

fn rules(pane_quota: u64, session_quota: u64, compress: bool) -> Rules {
    Rules { compress, pane_quota, session_quota, ..Rules::default() }
}

#[test]
fn a_pane_beyond_its_quota_loses_its_oldest_segments_and_the_journal_knows_first() {
    let stage = Stage::new();
    log(&stage.dir("A"), 9, 0);
    log(&stage.dir("B"), 2, 0);
    std::fs::write(stage.dir("A").join("000001.kf"), "keyframes").unwrap();
    std::fs::write(stage.dir("A").join("000001.idx"), "index").unwrap();
    // Nothing goes that the journal does not say.
    stage.work(rules(4 * ROLL, 1 << 40, false), false).look();
    assert_eq!((stage.numbers("A").len(), stage.asked().len()), (10, 1));
    let mut work = stage.work(rules(4 * ROLL, 1 << 40, false), true);
    work.look();
    // Room for the last one to become full is left.
    assert_eq!(stage.numbers("A"), [7, 8, 9, 10]);
    assert_eq!(stage.numbers("B"), [1, 2, 3]);
    let log = Bytes::open(&stage.dir("A")).unwrap();
    let asked = stage.asked();
    assert_eq!(asked.len(), 6);
    assert!(asked.windows(2).all(|w| w[0].2 == w[1].1) && asked.iter().all(|a| a.0 == "A"));
    assert_eq!((asked[0].1, asked[5].2), (0, log.segments()[0].start));
    assert_eq!(std::fs::read_dir(stage.dir("A")).unwrap().count(), 4, "index and keyframes went too");
    work.look();
    assert_eq!(stage.asked(), []);
}

#[test]
fn a_session_beyond_its_quota_loses_what_is_oldest_of_all() {
    let stage = Stage::new();
    log(&stage.dir("A"), 4, 1_000_000);
    log(&stage.dir("B"), 4, 0);
    stage.work(rules(1 << 40, 7 * ROLL, false), true).look();
    assert_eq!((stage.numbers("A"), stage.numbers("B")), (vec![1, 2, 3, 4, 5], vec![4, 5]));
    // However small it is, the last one of each stays.
    stage.work(rules(1 << 40, 1, false), true).look();
    assert_eq!((stage.numbers("A"), stage.numbers("B")), (vec![5], vec![5]));
}

#[test]
fn what_is_gone_without_a_word_is_said_and_what_was_said_is_removed_without_another() {
    let stage = Stage::new();
    log(&stage.dir("A"), 5, 0);
    let segments = Bytes::open(&stage.dir("A")).unwrap().segments().to_vec();
    for n in 1..3 {
        std::fs::remove_file(stage.dir("A").join(format!("00000{n}.log"))).unwrap();
    }
    let mut work = stage.work(rules(1 << 40, 1 << 40, false), true);
    work.known.insert(name("A"), segments[0].end());
    work.look();
    assert_eq!(stage.asked(), [("A".to_owned(), segments[0].end(), segments[2].start)]);
    // The server was killed between the journal and the removal.
    let mut work = stage.work(rules(1, 1 << 40, false), true);
    work.known.insert(name("A"), segments[4].end());
    work.look();
    assert_eq!((stage.numbers("A"), stage.asked()), (vec![6], vec![]));
}

#[test]
fn all_closed_segments_are_compressed_and_the_log_stays_what_it_was() {
    let stage = Stage::new();
    log(&stage.dir("A"), 3, 0);
    let all =
        |stage: &Stage| -> Vec<_> { Reader::open(&stage.dir("A"), 0).unwrap().map(Result::unwrap).collect() };
    let before = all(&stage);
    stage.work(rules(1 << 40, 1 << 40, true), true).look();
    let log = Bytes::open(&stage.dir("A")).unwrap();
    assert_eq!(log.segments().iter().map(|s| s.packed).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(std::fs::read_dir(stage.dir("A")).unwrap().count(), 4, "nothing is left over");
    assert!(all(&stage) == before);
    // And compressed ones go when they have to.
    stage.work(rules(1, 1 << 40, true), true).look();
    assert_eq!(stage.numbers("A"), [4]);
}
