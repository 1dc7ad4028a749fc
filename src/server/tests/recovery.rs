//! Taking a session up.

use std::io::Write;

use super::kit::*;
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::domain::view::{Answer, PaneText};
use crate::screen::{HISTORY, Screen, Size};
use crate::server::{Setup, prepare};
use crate::session::dir::SessionDir;
use crate::session::log::keyframe::{Anchor, Keeper, pack};
use crate::session::log::{Bytes, Entry, Kind, Reader, SEGMENT, Writer};
use crate::wire::pane::ToHolder;

fn state_of(stage: &Server, agent: &str) -> AgentState {
    stage.status().agents.iter().find(|a| a.name == *agent).unwrap().state
}

use super::kit::Running as Server;

#[test]
fn a_journal_left_open_is_recovered_with_its_panes() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"from before\r\n"), None);
    let server = stage.serve();
    server.attach(24, 80).wait_for("from before");
    assert!(matches!(holder.told.recv().unwrap(), ToHolder::Hello { offset: 0 }));
    let text = stage.journal_text();
    assert_eq!(text.matches("\"kind\":\"opened\"").count(), 1);
    assert_eq!(text.matches("\"kind\":\"recovered\"").count(), 1);
    // The orchestrator's holder is gone, and said to be.
    assert!(text.contains("its holder is gone"), "{text}");
}

#[test]
fn unknown_kinds_and_damaged_lines_are_passed_over() {
    let stage = Stage::running();
    let mut file = std::fs::OpenOptions::new().append(true).open(stage.dir.join("journal.jsonl")).unwrap();
    writeln!(file, "{{\"seq\":9,\"us\":1,\"wall\":1,\"kind\":\"note\",\"body\":{{}},\"crc\":\"00000000\"}}")
        .unwrap();
    writeln!(file, "\u{0}not a line").unwrap();
    drop(file);
    let dir = crate::session::dir::SessionDir::open(&stage.dir).unwrap();
    let mut journal = crate::session::journal::Journal::open(&dir.journal()).unwrap();
    let body = serde_json::json!({ "of": "a later version" });
    journal.append("from_the_future", &body, Default::default()).unwrap();
    journal.append("agent_up", &body, Default::default()).unwrap();
    drop(journal);
    let _holder = stage.hold("SEC", output(b"still here\r\n"), None);
    let server = stage.serve();
    server.attach(24, 80).wait_for("still here");
}

#[test]
fn after_an_end_everything_starts_again() {
    let stage = Stage::running();
    stage.journal(&[Record::Closed { why: "asked for".into() }]);
    let server = stage.serve();
    wait_until("both were tried", || (stage.journal_text().matches("agent_down").count() >= 2).then_some(()));
    assert_eq!(state_of(&server, "SEC"), AgentState::Failed);
    assert_eq!(stage.journal_text().matches("\"kind\":\"opened\"").count(), 2);
}

#[test]
fn a_session_can_be_prepared_again() {
    let stage = Stage::running();
    let file: crate::session::file::SessionFile =
        crate::session::dir::SessionDir::open(&stage.dir).unwrap().read_toml().unwrap();
    let panes = file.panes.iter().map(|p| (p.name.clone(), p.worktree.clone(), p.base.clone()));
    let setup = Setup {
        session_dir: stage.dir.clone(),
        repository: file.repository.clone(),
        config: file.config.clone(),
        worktrees: panes.collect(),
        size: (24, 80),
    };
    prepare(&setup).unwrap();
    assert!(stage.journal_text().contains("all its processes were lost"));
    let server = stage.serve();
    assert!(prepare(&setup).is_err(), "it is served");
    drop(server);
}

/// The records of a log, each with the screen after it.
type Printed = Vec<(Entry, Screen)>;

/// What a pane printed, in its log; and the same bytes as a holder has them.
fn printed(stage: &Stage, keyframes: impl FnOnce(&mut Printed, &mut Keeper)) -> Vec<u8> {
    let dir = SessionDir::open(&stage.dir).unwrap().pane(&name("SEC"));
    let mut writer = Writer::open(&dir, SEGMENT).unwrap();
    for n in 0..400_u64 {
        let text = match n % 50 {
            49 => format!("\x1b]0;title {n}\x07\x1b[3{}m", n / 50 % 8),
            48 => "\x1b[5A\x1b[2Kinserted\x1b[5B\r\n".to_owned(),
            _ => (0..13).map(|i| format!("line {n}.{i} of what was printed\r\n")).collect(),
        };
        writer.append(Kind::Output, n * 1000, text.as_bytes()).unwrap();
    }
    let mut screens = Vec::new();
    let mut screen = Screen::new(Size { rows: 24, cols: 80 }, HISTORY);
    for entry in Reader::open(&dir, 0).unwrap().map(Result::unwrap) {
        if entry.record.kind == Kind::Output {
            screen.feed(&entry.record.payload, Time::default());
            screens.push((entry, screen.clone()));
        }
    }
    keyframes(&mut screens, &mut Keeper::open(&dir).unwrap());
    let mut log = vec![0; 1 << 20];
    let read = Bytes::open(&dir).unwrap().read_at(0, &mut log).unwrap();
    log.truncate(read.len);
    log
}

fn keep(keeper: &mut Keeper, (entry, screen): &(Entry, Screen), rows: usize, spoil: bool) {
    let anchor = Anchor::of(entry);
    let mut packed = pack(&anchor, &screen.snapshot(rows)).unwrap();
    let last = packed.len() - 1;
    packed[last] ^= u8::from(spoil);
    keeper.add(&anchor, &packed).unwrap();
}

#[test]
fn a_screen_is_taken_up_from_the_last_whole_keyframe_and_is_as_if_all_had_been_read() {
    let taken_up = |how: &str, keyframes: &dyn Fn(&mut Printed, &mut Keeper)| {
        let stage = Stage::running();
        let log = printed(&stage, keyframes);
        let holder = stage.hold("SEC", log, None);
        let server = stage.serve();
        let ToHolder::Hello { offset } = holder.told.recv().unwrap() else { panic!("no greeting") };
        server.attach(24, 80).wait_for("line 397.12");
        let read =
            |lines| match server.control().ask(Command::Read { agent: name("SEC"), lines, since: None }) {
                // Where reading goes on from is a moment of each session's own.
                Answer::Pane(pane) => format!("{:?}", PaneText { seq: 0, ..pane }),
                other => panic!("{other:?}"),
            };
        assert!(read(0).contains("title 399"), "{how}: {}", read(0));
        (offset, read(0), read(2000))
    };
    let all = taken_up("without", &|_, _| {});
    assert_eq!(all.0, 0);
    let half = taken_up("with", &|screens, keeper| {
        keep(keeper, &screens[100], 5000, false);
        keep(keeper, &screens[200], 5000, false);
        keep(keeper, &screens[300], 40, false);
    });
    assert!(half.0 > 0);
    assert_eq!((&half.1, &half.2), (&all.1, &all.2));
    let earlier = taken_up("one of them damaged", &|screens, keeper| {
        keep(keeper, &screens[100], 5000, false);
        keep(keeper, &screens[200], 5000, true);
    });
    assert!(earlier.0 > 0 && earlier.0 < half.0);
    assert_eq!((&earlier.1, &earlier.2), (&all.1, &all.2));
    let other = taken_up("one of another log", &|screens, keeper| {
        screens[200].0.record.payload = b"never printed".to_vec();
        keep(keeper, &screens[200], 5000, false);
    });
    assert_eq!(other, all);
}
