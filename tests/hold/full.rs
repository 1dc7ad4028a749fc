//! A disk that is full.

use std::path::Path;

use orchestra::domain::exit::Exit;
use orchestra::hold::{PaneEvent, spawn};
use orchestra::session::log::{HEADER, Kind};

use crate::disk::Disk;
use crate::kit::{EXE, Pane, Viewer, spec};

fn mounted(at: &Path) -> Option<Disk> {
    std::fs::create_dir(at).unwrap();
    Disk::mount(at)
}

fn unlogged(viewer: &Viewer) -> Vec<u8> {
    let bytes = |e: &PaneEvent| if let PaneEvent::Unlogged(bytes) = e { bytes.clone() } else { Vec::new() };
    viewer.events.iter().flat_map(bytes).collect()
}

#[test]
fn on_a_full_disk_the_child_goes_on_is_seen_and_is_recorded_again_when_there_is_room() {
    let tmp = tempfile::tempdir().unwrap();
    let place = tmp.path().join("disk");
    let Some(disk) = mounted(&place) else {
        println!("skipped: no disk can be mounted here");
        return;
    };
    let mut spec = spec(
        tmp.path(),
        &["sh", "-c", "stty -echo; echo ready; read a; seq 1 1000; echo over; read b; echo last"],
    );
    spec.log_dir = place.join("log");
    let started = spawn(Path::new(EXE), &spec).unwrap();
    let pane = Pane { tmp, spec, started };
    let mut viewer = pane.view();
    viewer.until_output("ready");
    disk.fill();
    assert!(viewer.connection.input(1, b"\n"));
    let trouble = |over: bool| {
        move |v: &Viewer| {
            v.events.iter().find_map(|e| match e {
                PaneEvent::Trouble { lost, reason } if reason.is_empty() == over => {
                    Some((*lost, reason.clone()))
                }
                _ => None,
            })
        }
    };
    let (_, why) = viewer.until("the trouble is told", trouble(false));
    assert!(why.contains("No space"), "{why}");
    viewer.until("all is seen", |v| unlogged(v).ends_with(b"over\r\n").then_some(()));
    disk.make_room();
    let (lost, _) = viewer.until("the trouble is over", trouble(true));
    assert!(viewer.connection.input(2, b"\n"));
    assert_eq!(viewer.until_exit(), Exit::Code(0));
    let seen = unlogged(&viewer);
    assert_eq!(seen.len() as u64, lost);
    let counted = (1..=1000).map(|n| format!("{n}\r\n")).collect::<String>();
    let log = viewer.output();
    let (before, after) = log.split_at(log.len() - b"last\r\n".len());
    assert_eq!([before, &seen, after].concat(), format!("ready\r\n{counted}over\r\nlast\r\n").into_bytes());
    let mark = viewer.entries.iter().find(|e| e.record.kind == Kind::Mark).unwrap();
    let text = String::from_utf8_lossy(&mark.record.payload).into_owned();
    assert!(text.starts_with(&format!("{lost} bytes of output are missing here")), "{text}");
    // Offsets tell the truth all along.
    assert!(viewer.entries.windows(2).all(|w| w[0].end == w[1].offset && w[1].missing == 0));
    let lens = viewer.entries.iter().map(|e| (e.record.payload.len() + HEADER) as u64);
    assert_eq!(lens.sum::<u64>(), viewer.entries.last().unwrap().end);
    assert!(pane.log() == viewer.entries);
}
