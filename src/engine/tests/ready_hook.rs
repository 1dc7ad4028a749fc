//! Claims in the last message that an agent program's hook hands over, and who may make a claim.

use super::kit::{SPIN, Stage, config, name};
use crate::domain::command::{Caller, Command, Confirming, Order, Via};
use crate::domain::hook::HookEvent;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Event, TtyInfo};

fn claims(s: &Stage) -> Vec<(String, Via)> {
    let made = s.journal.iter().filter_map(|(_, r)| match r {
        Record::Claimed { agent, via, .. } => Some((agent.to_string(), *via)),
        _ => None,
    });
    made.collect()
}

fn says(s: &mut Stage, pane: &str, message: &str, cwd: &str) -> Answer {
    let event =
        HookEvent { event: "Stop".into(), detail: String::new(), message: message.into(), cwd: cwd.into() };
    let n = s.says(Caller::Pane(name(pane)), Command::Hook { event });
    s.answers[&n].clone()
}

fn asked() -> (Stage, String) {
    let mut s = Stage::new();
    s.template("SEC", "wrap-up");
    s.pass(1000);
    s.git.commit("SEC");
    let line = format!("[AGENT] SEC READY FOR MERGE {}", s.code("SEC"));
    (s, line)
}

#[test]
fn the_last_message_claims_at_once() {
    let (mut s, line) = asked();
    assert_eq!(
        says(&mut s, "SEC", &format!("All is green.\n\n{line}"), "/w/SEC/src"),
        Answer::Done { text: String::new() }
    );
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert_eq!(claims(&s), [("SEC".into(), Via::Hook)]);
    // The pane shows the same message, and the hook of the same turn speaks twice.
    s.print("SEC", &format!("{line}\r\n"));
    s.rests("SEC");
    says(&mut s, "SEC", &line, "");
    assert_eq!(claims(&s).len(), 1);
    s.print("SEC", SPIN);
    s.pass(200);
    says(&mut s, "SEC", &line, "");
    assert_eq!(claims(&s).len(), 2, "in another turn it says so again");
}

#[test]
fn nothing_else_in_a_message_claims() {
    let (mut s, line) = asked();
    for (pane, message, cwd) in [
        ("SEC", line.as_str(), "/w/OBS"),
        ("SEC", &line, "/w/SECOND"),
        ("SEC", &line, "/w/SEC/../OBS"),
        ("SEC", &line, "/"),
        ("OBS", &line, "/w/OBS"),
        ("SEC", &format!("I shall say {line}"), "/w/SEC"),
        ("SEC", &format!("{line} soon"), "/w/SEC"),
        ("SEC", &line[..line.len() - 1], "/w/SEC"),
        ("SEC", "", "/w/SEC"),
    ] {
        says(&mut s, pane, message, cwd);
    }
    assert_eq!(claims(&s), []);
    let mut s = Stage::new();
    says(&mut s, "SEC", "[AGENT] SEC READY FOR MERGE abcdef", "/w/SEC");
    assert_eq!(claims(&s), [], "nobody asked");
}

#[test]
fn the_bare_phrase_in_a_message_is_a_hint() {
    let (mut s, _) = asked();
    says(&mut s, "SEC", "Done.\n[AGENT] SEC READY FOR MERGE", "/w/SEC");
    assert_eq!(claims(&s), []);
    s.rests("SEC");
    assert_eq!(s.agent("SEC").need(), "says it is ready without its code: accept?");
}

#[test]
fn a_pane_speaks_for_itself_alone_and_the_lead_for_anybody() {
    let (mut s, _) = asked();
    s.git.commit("OBS");
    s.says(Caller::Pane(name("OBS")), Command::Ready { note: String::new() });
    assert_eq!(claims(&s), [("OBS".into(), Via::Command)], "whose token it is, not what it says");
    let accept = || Command::Accept { agent: name("SEC"), note: "I looked".into() };
    for pane in ["SEC", "OBS"] {
        let n = s.says(Caller::Pane(name(pane)), accept());
        assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }), "{pane}");
    }
    let n = s.says(Caller::Outside, Command::Hook { event: HookEvent::default() });
    assert!(matches!(s.answers[&n], Answer::Fault { fault: Fault::Usage, .. }));
    s.says(Caller::Pane(name("ORCHESTRATOR")), accept());
    assert_eq!(claims(&s).len(), 1, "not without a person");
    s.ask(Command::Confirm(Confirming::Yes { id: 1 }));
    assert_eq!(claims(&s)[1..], [("SEC".into(), Via::Lead)]);
    assert_eq!(s.is("SEC"), AgentState::Ready);
    assert!(
        s.fault(Command::Accept { agent: name("ORCHESTRATOR"), note: String::new() })
            .1
            .contains("not an agent")
    );
}

#[test]
fn a_branch_that_moves_is_noticed_when_the_agent_rests_again() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    s.print("SEC", SPIN);
    s.git.commit("SEC");
    s.rests("SEC");
    assert_eq!(s.agent("SEC").ready, None, "nobody asked for a status");
    assert!(s.agent("SEC").reasons[0].contains("moved"), "{:?}", s.agent("SEC").reasons);
}

#[test]
fn a_quick_command_in_a_shell_that_is_ready_is_looked_into() {
    let mut c = config();
    c.team[2].profile = "shell".into();
    let mut s = Stage::of(c);
    let info = TtyInfo { foreground: true, canonical: false };
    s.happen(Event::Tty { agent: name("SEC"), info });
    s.git.commit("SEC");
    s.ready("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
    s.git.commit("SEC");
    s.print("SEC", "$ git commit -qm more\r\n$ ");
    s.happen(Event::Tty { agent: name("SEC"), info });
    assert_eq!(s.agent("SEC").ready, None, "it was never seen in other hands");
}

#[test]
fn who_is_asked_to_wrap_up_again_needs_nobody() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.ready("SEC");
    s.template("SEC", "wrap-up");
    assert_eq!((s.agent("SEC").ready.clone(), s.agent("SEC").need()), (None, String::new()));
    assert!(s.agent("SEC").reasons.is_empty());
}

#[test]
fn who_was_left_out_can_be_taken_back_with_what_was_skipped() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &["ARCH", "SEC"]);
    s.ask(Command::Skip { agent: name("SEC") });
    let skipped = s.tasks(TaskState::Skipped);
    assert_eq!(skipped, ["SEC"]);
    s.ask(Command::TakeBack { agent: name("SEC") });
    assert!(!s.agent("SEC").left_out);
    assert_eq!(s.tasks(TaskState::Skipped).len(), 0);
    let (fault, why) = s.fault(Command::TakeBack { agent: name("SEC") });
    assert!(fault == Fault::Usage && why == "take SEC back: it was not left out", "{why}");
}
