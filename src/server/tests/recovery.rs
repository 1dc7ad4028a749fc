//! Taking a session up.

use std::io::Write;

use super::kit::*;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::server::{Setup, prepare};
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
