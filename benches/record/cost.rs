//! What recording costs: the CPU of taking a flood in, with and without its record.
//!
//! The same bytes in records of 16 KiB go through a screen, once as they are, once sealed, appended to a log and with their
//! keyframes made. What else a flood costs (the pipe, the socket, drawing) is in neither, so the share is the worst case.

use std::path::Path;
use std::time::Duration;

use orchestra::domain::time::Time;
use orchestra::screen::{Screen, Size};
use orchestra::session::log::keyframe::{Anchor, Keeper, Pace, pack};
use orchestra::session::log::{Entry, Kind, Record, SEGMENT, Writer};

use crate::make::outputs;

const FLOOD: usize = 64 << 20;
const RECORD: usize = 16 << 10;
const ROUNDS: usize = 5;

fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

pub fn measure(dir: &Path) {
    let casts: Vec<u8> = outputs().concat().into_iter().flat_map(|(_, b)| b).collect();
    let text: Vec<u8> = (0..4000)
        .flat_map(|n| format!("line {n}: checked, compiled, linked and run\r\n").into_bytes())
        .collect();
    for (what, bytes) in [("output of real programs", casts), ("plain text", text)] {
        let (mut bare, mut kept) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            bare.push(flood(&bytes, None));
            let log = dir.join(format!("flood-{}-{round}", bytes.len()));
            kept.push(flood(&bytes, Some(&log)));
            let _ = std::fs::remove_dir_all(log);
        }
        bare.sort();
        kept.sort();
        let (bare, kept) = (bare[ROUNDS / 2], kept[ROUNDS / 2]);
        let more = (kept.as_secs_f64() / bare.as_secs_f64() - 1.0) * 100.0;
        let rate = |d: Duration| (FLOOD >> 20) as f64 / d.as_secs_f64();
        println!(
            "| recording a flood, {what}: CPU beside taking it in ({:.0} and {:.0} MB/s) | {more:.1} % | ≤ 15 % |",
            rate(kept),
            rate(bare)
        );
    }
}

/// The CPU time of a flood, recorded or not.
fn flood(bytes: &[u8], log: Option<&Path>) -> Duration {
    let mut screen = Screen::new(Size { rows: 40, cols: 120 }, 2000);
    let mut record = log.map(|dir| {
        let writer = Writer::open(dir, SEGMENT).expect("a log");
        (writer, Keeper::open(dir).expect("a log"), Pace::default())
    });
    let began = cpu();
    let mut us = 0;
    for part in bytes.chunks(RECORD).cycle().take(FLOOD / RECORD) {
        us += 1000;
        let Some((writer, keeper, pace)) = &mut record else {
            drop(screen.feed(part, Time { mono: us, wall: 0 }));
            continue;
        };
        let offset = writer.append(Kind::Output, us, part).expect("a record");
        drop(screen.feed(part, Time { mono: us, wall: 0 }));
        let due = pace.came(part.len() + 20, us, screen.size().rows);
        if let Some(wanted) = due.filter(|w| screen.deadline().is_none() || !w.patient) {
            let rows = wanted.rows.min(screen.history_len());
            let record = Record { kind: Kind::Output, flags: 0, us, payload: part.to_vec() };
            let anchor = Anchor::of(&Entry { offset, end: writer.end(), missing: 0, record });
            let packed = pack(&anchor, &screen.snapshot(rows)).expect("a screen");
            pace.kept(us, packed.len(), rows + 40);
            keeper.add(&anchor, &packed).expect("a keyframe");
        }
    }
    cpu() - began
}
