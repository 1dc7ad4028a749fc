//! What recording costs: the CPU of taking a flood in, with and without its record.
//!
//! A thread writes into a terminal, one reads it and sends it on over a socket, one feeds a screen: the way of a pane's bytes but
//! for drawing. Once as they are, once appended to a log on their way and with their keyframes made.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use orchestra::domain::time::Time;
use orchestra::screen::{Screen, Size};
use orchestra::session::log::keyframe::{Anchor, Keeper, Pace, pack};
use orchestra::session::log::{Decoder, HEADER, Kind, SEGMENT, Writer, seal};

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
    let (master, slave) = terminal();
    let (mut holder, mut server) = UnixStream::pair().expect("a socket");
    let log = log.map(Path::to_owned);
    let dir = log.clone();
    let bytes = bytes.to_vec();
    let began = cpu();
    let program = std::thread::spawn(move || {
        let mut slave = slave;
        let mut left = FLOOD;
        while left > 0 {
            for part in bytes.chunks(RECORD) {
                let n = part.len().min(left);
                slave.write_all(&part[..n]).expect("a terminal");
                left -= n;
            }
        }
        slave
    });
    let holding = std::thread::spawn(move || {
        let mut master = master;
        let mut writer = dir.map(|dir| Writer::open(&dir, SEGMENT).expect("a log"));
        let mut record = vec![0; HEADER + RECORD];
        for n in 1..=FLOOD / RECORD {
            master.read_exact(&mut record[HEADER..]).expect("output");
            seal(&mut record, Kind::Output, n as u64 * 1000);
            if let Some(writer) = &mut writer {
                writer.append_sealed(&record).expect("a record");
            }
            holder.write_all(&record).expect("a server");
        }
    });
    let mut screen = Screen::new(Size { rows: 40, cols: 120 }, 2000);
    let mut keeper = None;
    let mut pace = Pace::default();
    let mut record = vec![0; HEADER + RECORD];
    let mut decoder = Decoder::new(0);
    for _ in 0..FLOOD / RECORD {
        server.read_exact(&mut record).expect("a record");
        decoder.push(&record);
        let entry = decoder.next_entry().expect("a record");
        let us = entry.record.us;
        drop(screen.feed(&entry.record.payload, Time { mono: us, wall: 0 }));
        let Some(dir) = &log else { continue };
        let due = pace.came(record.len(), us, screen.size().rows);
        if let Some(wanted) = due.filter(|w| screen.deadline().is_none() || !w.patient) {
            let rows = wanted.rows.min(screen.history_len());
            let mut anchor = Anchor::of(&entry);
            // The log begins with a record of its own.
            anchor.offset += 1;
            let packed = pack(&anchor, &screen.snapshot(rows)).expect("a screen");
            pace.kept(us, packed.len(), rows + 40);
            let keeper = keeper.get_or_insert_with(|| Keeper::open(dir).expect("a log"));
            keeper.add(&anchor, &packed).expect("a keyframe");
        }
    }
    holding.join().expect("a holder");
    drop(program.join().expect("a program"));
    cpu() - began
}

/// A terminal that changes nothing, at both its ends.
fn terminal() -> (File, File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).expect("a terminal");
    unlockpt(&master).expect("a terminal");
    let name = ptsname(&master, Vec::new()).expect("a terminal");
    let path = name.to_str().expect("a path");
    let slave = File::options().read(true).write(true).open(path).expect("a terminal");
    let mut modes = rustix::termios::tcgetattr(&slave).expect("modes");
    modes.make_raw();
    rustix::termios::tcsetattr(&slave, rustix::termios::OptionalActions::Now, &modes).expect("modes");
    (File::from(master), slave)
}
