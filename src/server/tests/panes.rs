//! Holders: live output, replies, breaks, ends.

use super::kit::*;
use crate::domain::command::Command;
use crate::domain::exit::Exit;
use crate::domain::state::AgentState;
use crate::domain::view::Answer;
use crate::session::log::Kind;
use crate::wire::pane::{FromHolder, InputReport, ToHolder};

const ASK: &[u8] = b"\x1b[6n";

fn is_input(m: &ToHolder) -> bool {
    matches!(m, ToHolder::Input { .. })
}

fn wait_state(server: &Running, wanted: AgentState) {
    wait_until(&format!("SEC is {wanted:?}"), || {
        let status = server.status();
        status.agents.iter().any(|a| a.name == *"SEC" && a.state == wanted).then_some(())
    });
}

#[test]
fn only_live_queries_are_answered() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", [output(ASK), output(b"old\r\n"), output(ASK)].concat(), None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    client.wait_for("old");
    holder.prints(b"new\r\n");
    client.wait_for("new");
    assert!(!holder.told.try_iter().any(|m| is_input(&m)), "a query of the past was answered");
    holder.prints(ASK);
    holder.wait_told("the reply", is_input);
}

#[test]
fn a_broken_connection_goes_on_where_it_broke() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"one\r\n"), None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    client.wait_for("one");
    holder.orders.send(Do::Break).unwrap();
    holder.prints(b"two\r\n");
    let offset = output(b"one\r\n").len() as u64;
    holder.wait_told("a second greeting", |m| *m == ToHolder::Hello { offset });
    client.wait_for("two");
    assert_eq!(client.text().matches("one").count(), 1);
}

#[test]
fn an_end_is_told_with_its_status_and_its_rest_is_stopped() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    // Everything in one go: the end comes before the loop has caught up.
    let all = [output(b"bye\r\n"), record(Kind::Exit, b"exit 3")].concat();
    holder.orders.send(Do::Log(all)).unwrap();
    wait_state(&server, AgentState::Failed);
    holder.wait_told("a stop", |m| matches!(m, ToHolder::Stop { .. }));
    holder.orders.send(Do::Say(FromHolder::Stopped { exit: Some(Exit::Code(3)) })).unwrap();
    holder.wait_told("a bye", |m| *m == ToHolder::Bye);
    assert_eq!(stage.journal_text().matches("exited 3").count(), 1);
}

#[test]
fn a_program_that_ended_before_adoption_is_found_ended() {
    let stage = Stage::running();
    let log = [output(b"bye\r\n"), record(Kind::Exit, b"exit 0")].concat();
    let _holder = stage.hold("SEC", log, Some(Exit::Code(0)));
    let server = stage.serve();
    // It lived less than two seconds, which counts as a failure whatever its status.
    wait_state(&server, AgentState::Failed);
    assert_eq!(stage.journal_text().matches("exited 0 within two seconds of starting: bye").count(), 1);
}

#[test]
fn an_end_while_stopping_counts_when_nothing_is_left() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"$ "), None);
    let server = stage.serve();
    let answer = server.control().ask(Command::Stop { agent: name("SEC") });
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
    holder.wait_told("a stop", |m| matches!(m, ToHolder::Stop { .. }));
    holder.orders.send(Do::Log(record(Kind::Exit, b"signal 1"))).unwrap();
    holder.orders.send(Do::Say(FromHolder::Stopped { exit: Some(Exit::Signal(1)) })).unwrap();
    wait_state(&server, AgentState::Stopped);
    holder.wait_told("a bye", |m| *m == ToHolder::Bye);
}

#[test]
fn a_lost_holder_is_a_failed_pane() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"$ "), None);
    let server = stage.serve();
    server.attach(24, 80).wait_for("$");
    holder.orders.send(Do::Go).unwrap();
    wait_state(&server, AgentState::Failed);
    assert!(stage.journal_text().contains("its holder is gone"));
}

#[test]
fn input_that_is_stuck_or_dropped_is_said_once() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", output(b"$ "), None);
    let server = stage.serve();
    server.attach(24, 80).wait_for("$");
    let report = InputReport { id: 1, written: 10, total: 90 };
    for _ in 0..3 {
        holder.orders.send(Do::Say(FromHolder::InputStalled(report))).unwrap();
    }
    holder.orders.send(Do::Say(FromHolder::InputDone(InputReport { written: 90, ..report }))).unwrap();
    holder.orders.send(Do::Say(FromHolder::InputDone(report))).unwrap();
    wait_until("both are in the journal", || {
        let text = stage.journal_text();
        text.contains("80 of 90 bytes of input were dropped").then_some(())?;
        assert_eq!(text.matches("reads no input").count(), 1);
        Some(())
    });
    drop(server);
}
