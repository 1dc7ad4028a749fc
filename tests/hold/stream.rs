//! The log and what reaches a server.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use orchestra::domain::exit::Exit;
use orchestra::hold::{PaneEvent, spawn};
use orchestra::session::log::{Begin, How, Kind};
use orchestra::wire::frame;
use orchestra::wire::pane::{InputReport, ToHolder};
use sha2::{Digest, Sha256};

use crate::kit::{EXE, Pane, output, spec, wait_until};

fn counted(to: u32) -> Vec<u8> {
    (1..=to).flat_map(|n| format!("{n}\r\n").into_bytes()).collect()
}

#[test]
fn fifty_lost_servers_miss_and_double_nothing() {
    let pane = Pane::start(&["seq", "1", "200000"]);
    let mut random = 42_u64;
    let mut entries = Vec::new();
    let mut offset = 0;
    for _ in 0..50 {
        let mut viewer = pane.view_from(offset);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let goal = usize::try_from(random >> 33).unwrap() % 25_000;
        let mut passes = 0;
        while viewer.output().len() < goal && passes < 200 {
            viewer.take(1 + goal / 3);
            passes += 1;
        }
        offset = viewer.connection.offset();
        entries.append(&mut viewer.entries);
    }
    let mut viewer = pane.view_from(offset);
    assert_eq!(viewer.until_exit(), Exit::Code(0));
    entries.append(&mut viewer.entries);
    assert!(output(&entries) == counted(200_000), "what the servers got differs");
    assert!(entries.windows(2).all(|w| w[0].end == w[1].offset));
    assert!(pane.log() == entries, "the log differs from what was sent");
    assert!(std::fs::read_dir(&pane.spec.log_dir).unwrap().count() > 5, "it goes across segments");
}

#[test]
fn without_a_server_nothing_stalls_and_the_status_is_kept() {
    let pane = Pane::shell("seq 1 100000; exit 7");
    let exit = wait_until("the log has the status", || pane.log_exit());
    assert_eq!(exit, Exit::Code(7));
    assert!(output(&pane.log()) == counted(100_000));
    assert!(pane.holder_runs());
    let mut viewer = pane.view_from(u64::MAX);
    let hello = viewer.until("the holder greets", |v| match v.events.first() {
        Some(PaneEvent::Hello(hello)) => Some(hello.clone()),
        _ => None,
    });
    assert_eq!(hello.exit, Some(Exit::Code(7)));
    assert_eq!((hello.holder, hello.child), (pane.started.holder, pane.started.child));
    viewer.connection.send(&ToHolder::Bye);
    wait_until("the holder leaves", || (!pane.holder_runs()).then_some(()));
    assert!(!pane.spec.socket.exists());
}

#[test]
fn a_server_that_hangs_delays_the_child_only_for_a_while() {
    let pane = Pane::shell("echo ready; read line; seq 1 400000");
    let mut viewer = pane.view();
    viewer.until_output("ready");
    assert!(viewer.connection.input(1, b"go\n"));
    // It stays connected and reads nothing more.
    wait_until("the child ends all the same", || pane.log_exit());
    let all = output(&pane.log());
    assert!(all.ends_with(&counted(400_000)));
    assert_eq!(viewer.until_exit(), Exit::Code(0));
    assert!(viewer.output() == all);
}

#[test]
fn a_server_that_never_acknowledges_gets_a_window() {
    let pane = Pane::start(&["seq", "1", "200000"]);
    let mut viewer = pane.view();
    viewer.acks = false;
    wait_until("the child ends", || pane.log_exit());
    // Bytes, not records: one of up to 64 KiB may be cut by the window's end.
    viewer.until("the window is full", |v| (v.connection.received() >= 512 * 1024).then_some(()));
    // One portion may lie over the window, and no more.
    for _ in 0..50 {
        viewer.take(1 << 20);
    }
    assert!(viewer.connection.received() <= 512 * 1024 + 64 * 1024);
    viewer.acks = true;
    viewer.until_exit();
    assert!(viewer.output() == counted(200_000));
}

#[test]
fn a_megabyte_of_input_arrives() {
    let pane = Pane::shell("stty raw -echo; echo ready; head -c 1000000 | sha256sum");
    let mut viewer = pane.view();
    viewer.until_output("ready");
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert!(viewer.connection.input(5, &bytes));
    let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    viewer.until_output(&digest);
    let report = InputReport { id: 5, written: 1_000_000, total: 1_000_000 };
    assert!(viewer.events.contains(&PaneEvent::InputDone(report)));
}

#[test]
fn a_child_that_reads_nothing_is_reported_and_its_input_can_be_withdrawn() {
    let pane = Pane::shell("stty raw -echo; echo ready; sleep 1000");
    let mut viewer = pane.view();
    viewer.until_output("ready");
    assert!(viewer.connection.input(1, &vec![b'x'; 1_000_000]));
    let stalled = viewer.until("it is reported", |v| {
        v.events.iter().find_map(|e| if let PaneEvent::InputStalled(r) = e { Some(*r) } else { None })
    });
    assert!(stalled.id == 1 && stalled.written < stalled.total && stalled.total == 1_000_000);
    viewer.connection.send(&ToHolder::DropInput { id: 1 });
    let done = viewer.until("it is withdrawn", |v| {
        v.events.iter().find_map(|e| if let PaneEvent::InputDone(r) = e { Some(*r) } else { None })
    });
    assert_eq!(done, stalled);
    for id in 2..8 {
        wait_until("the socket takes more", || {
            viewer.take(1024);
            viewer.connection.input(id, &vec![b'y'; 1_000_000]).then_some(())
        });
    }
    // Four megabytes may wait; what is beyond comes back at once with nothing written.
    viewer.until("the surplus is refused", |v| {
        let refused = |e: &&PaneEvent| matches!(e, PaneEvent::InputDone(r) if r.id == 7 && r.written == 0);
        v.events.iter().find(refused).map(|_| ())
    });
}

#[test]
fn resizes_reach_the_child_and_the_record() {
    let pane = Pane::shell("trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done");
    let mut viewer = pane.view();
    viewer.until_output("24 80");
    viewer.connection.send(&ToHolder::Resize { rows: 40, cols: 132 });
    viewer.until_output("40 132");
    viewer.connection.send(&ToHolder::Resize { rows: 0, cols: 60_000 });
    viewer.until_output("2 1000");
    let sizes: Vec<_> = viewer.entries.iter().filter_map(|e| e.record.size()).collect();
    assert_eq!(sizes, [(24, 80), (40, 132), (2, 1000)]);
    assert_eq!(viewer.entries[0].record.begin(), Some(Begin { offset: 0, how: How::Start }));
    assert_eq!(viewer.entries[1].record.kind, Kind::Resize);
}

#[test]
fn probes_tell_how_lines_are_read_and_by_whom() {
    let pane = Pane::start(&["sh", "-i"]);
    let mut viewer = pane.view();
    let mut id = 0;
    let mut probe = |viewer: &mut crate::kit::Viewer, foreground: bool, icanon: bool| {
        wait_until("the probe says so", || {
            id += 1;
            viewer.connection.send(&ToHolder::Probe { id });
            viewer
                .until("the probe answers", |v| {
                    v.events.iter().find_map(|e| match e {
                        PaneEvent::Probe(p) if p.id == id => {
                            Some(p.foreground == foreground && p.icanon == icanon)
                        }
                        _ => None,
                    })
                })
                .then_some(())
        });
    };
    probe(&mut viewer, true, true);
    assert!(viewer.connection.input(1, b"sleep 1000\n"));
    probe(&mut viewer, false, true);
    assert!(viewer.connection.input(2, b"\x03"));
    probe(&mut viewer, true, true);
    assert!(viewer.connection.input(3, b"stty raw -echo; cat\n"));
    probe(&mut viewer, false, false);
}

#[test]
fn nonsense_closes_the_connection_and_a_newer_server_replaces_the_older() {
    let pane = Pane::start(&["cat"]);
    let mut first = pane.view();
    let greeted =
        |v: &crate::kit::Viewer| v.events.iter().find(|e| matches!(e, PaneEvent::Hello(_))).map(|_| ());
    first.until("the holder greets", greeted);
    for garbage in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0xFF; 4096],
        &[0; 64],
        &frame::encode(1, b"ORCH\x07\x00\x01").unwrap(),
        &frame::encode(2, b"early").unwrap(),
    ] {
        let mut stream = UnixStream::connect(&pane.spec.socket).unwrap();
        let _ = stream.write_all(garbage);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert!(first.connection.input(1, b"still here\n"));
    first.until_output("still here\r\nstill here");
    let mut second = pane.view();
    second.until("the holder greets", greeted);
    first.until("the older is closed", |v| {
        v.events.iter().find(|e| matches!(e, PaneEvent::Closed(_))).map(|_| ())
    });
    // A server that sends nonsense after its greeting is closed too, the pane lives on.
    let mut stream = UnixStream::connect(&pane.spec.socket).unwrap();
    stream.write_all(&ToHolder::Hello { offset: 0 }.encode().unwrap()).unwrap();
    stream.write_all(&frame::encode(200, b"unknown kinds are skipped").unwrap()).unwrap();
    stream.write_all(&frame::encode(3, b"x").unwrap()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    pane.view().until_output("still here");
}

#[test]
fn when_the_log_cannot_be_written_the_child_goes_on_and_the_gap_is_told() {
    let pane = Pane::shell("echo ready; read a; seq 1 50000; echo over; read b; echo last");
    let mut viewer = pane.view();
    viewer.until_output("ready");
    std::fs::remove_dir_all(&pane.spec.log_dir).unwrap();
    assert!(viewer.connection.input(1, b"\n"));
    let trouble = |over: bool| {
        move |v: &crate::kit::Viewer| {
            v.events.iter().find_map(|e| match e {
                PaneEvent::Trouble { lost, reason } if reason.is_empty() == over => Some(*lost),
                _ => None,
            })
        }
    };
    viewer.until("the trouble is told", trouble(false));
    std::fs::create_dir(&pane.spec.log_dir).unwrap();
    let lost = viewer.until("the trouble is over", trouble(true));
    assert!(lost > 0);
    assert!(viewer.connection.input(2, b"\n"));
    assert_eq!(viewer.until_exit(), Exit::Code(0));
    let mark = viewer.entries.iter().find(|e| e.record.kind == Kind::Mark).unwrap();
    let text = String::from_utf8_lossy(&mark.record.payload).into_owned();
    assert!(text.starts_with(&format!("{lost} bytes of output are missing here")), "{text}");
    assert!(viewer.output().ends_with(b"last\r\n"));
}

#[test]
fn a_log_without_a_server_stays_within_its_quota_and_says_what_is_gone() {
    let tmp = tempfile::tempdir().unwrap();
    let mut spec = spec(tmp.path(), &["seq", "1", "300000"]);
    spec.quota = 500_000;
    let started = spawn(Path::new(EXE), &spec).unwrap();
    let pane = Pane { tmp, spec, started };
    wait_until("the child ends", || pane.log_exit());
    let files = std::fs::read_dir(&pane.spec.log_dir).unwrap().flatten();
    let size: u64 = files.map(|f| f.metadata().unwrap().len()).sum();
    assert!(size <= 500_000, "{size}");
    // A server that asks for what is gone gets what is there, and is told.
    let mut viewer = pane.view();
    viewer.until_exit();
    assert!(viewer.entries == pane.log());
    let first = &viewer.entries[0];
    assert!(first.missing > 1_000_000 && first.missing == first.offset, "{}", first.missing);
    assert!(viewer.entries.windows(2).all(|w| w[0].end == w[1].offset));
    assert!(counted(300_000).ends_with(&viewer.output()));
    let marks = viewer.entries.iter().filter(|e| e.record.kind == Kind::Mark);
    let marks: Vec<_> = marks.map(|e| String::from_utf8_lossy(&e.record.payload).into_owned()).collect();
    assert!(marks.last().unwrap().contains(&format!(" to {} to keep it", first.offset)), "{marks:?}");
}
