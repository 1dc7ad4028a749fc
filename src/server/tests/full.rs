//! When the record cannot be written.

use super::disk::Disk;
use super::kit::*;
use crate::domain::command::Command;
use crate::domain::view::{Answer, Fault};
use crate::wire::pane::{FromHolder, InputReport};
use std::path::Path;

fn trouble(lost: u64, reason: &str) -> Do {
    Do::Say(FromHolder::Trouble { lost, reason: reason.to_owned() })
}

fn wait_unrecorded(server: &Running, wanted: &[&str]) {
    wait_until(&format!("unrecorded is {wanted:?}"), || {
        let lines: Vec<String> = server.status().unrecorded.iter().map(|r| r.line()).collect();
        let all = lines.len() == wanted.len() && lines.iter().zip(wanted).all(|(l, w)| l.contains(w));
        all.then_some(())
    });
}

fn merge_is_refused(server: &Running) {
    let answer = server.control().ask(Command::Merge);
    let Answer::Fault { fault: Fault::Protected, why } = answer else { panic!("{answer:?}") };
    assert!(why.contains("nothing is merged") && why.contains("make room"), "{why}");
}

#[test]
fn a_pane_that_is_not_recorded_is_shown_told_and_keeps_a_merge_back() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"$ "), None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    client.wait_for("$");
    holder.orders.send(trouble(5, "No space left on device")).unwrap();
    client.wait_for("NOT RECORDED: SEC is not recorded: No space left");
    holder.orders.send(Do::Say(FromHolder::Unlogged(b"seen\r\n".to_vec()))).unwrap();
    client.wait_for("seen");
    wait_unrecorded(&server, &["SEC"]);
    merge_is_refused(&server);
    holder.orders.send(trouble(9, "")).unwrap();
    wait_unrecorded(&server, &[]);
    let text = stage.journal_text();
    assert_eq!(text.matches(r#""kind":"recording""#).count(), 2, "{text}");
    // The next server asks the holders anew.
    holder.orders.send(trouble(5, "No space left on device")).unwrap();
    wait_unrecorded(&server, &["SEC"]);
    drop(server);
    let server = stage.serve();
    wait_unrecorded(&server, &[]);
}

/// A small disk in the place of a directory, with what that held.
fn in_place_of(at: &Path) -> Option<Disk> {
    let aside = at.with_extension("aside");
    std::fs::rename(at, &aside).unwrap();
    std::fs::create_dir(at).unwrap();
    let disk = Disk::mount(at)?;
    let copied = std::process::Command::new("cp").arg("-a").arg(aside.join(".")).arg(at).output();
    assert!(copied.is_ok_and(|out| out.status.success()));
    Some(disk)
}

#[test]
fn a_journal_on_a_full_disk_is_written_later_and_nothing_is_merged_meanwhile() {
    let stage = Stage::running();
    let Some(disk) = in_place_of(&stage.dir) else {
        println!("skipped: no disk can be mounted here");
        return;
    };
    let holder = stage.hold("SEC", output(b"$ "), None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    client.wait_for("$");
    disk.fill();
    // Nobody has tried to write yet.
    merge_is_refused(&server);
    client.wait_for("NOT RECORDED: the journal cannot be written");
    holder
        .orders
        .send(Do::Say(FromHolder::InputStalled(InputReport { id: 1, written: 1, total: 9 })))
        .unwrap();
    holder.prints(b"agents go on\r\n");
    client.wait_for("agents go on");
    wait_unrecorded(&server, &["the journal"]);
    merge_is_refused(&server);
    assert!(!stage.journal_text().contains("reads no input"));
    disk.make_room();
    wait_unrecorded(&server, &[]);
    let text = stage.journal_text();
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not in {text}"));
    let (from, stuck, to) = (
        place("bytes are left on its disk"),
        place("reads no input"),
        text.rfind(r#""kind":"recording""#).unwrap(),
    );
    assert!(from < stuck && stuck < to, "{text}");
    let seqs: Vec<u64> = text
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert!(seqs.windows(2).all(|w| w[0] + 1 == w[1]), "{seqs:?}");
    drop(server);
}
