//! What agents do, from what their panes show.

use super::kit::{ASK, REST, SPIN, Stage, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::Answer;
use crate::engine::event::{Effect, Event, TtyInfo};

fn with_profile(profile: &str) -> Stage {
    let mut c = config();
    for agent in &mut c.team {
        agent.profile = profile.into();
    }
    Stage::of(c)
}

fn tty(s: &mut Stage, foreground: bool) {
    s.happen(Event::Tty { agent: name("SEC"), info: TtyInfo { foreground, canonical: false } });
}

#[test]
fn working_at_once_and_left_only_after_a_second_and_a_half() {
    let mut s = Stage::new();
    assert_eq!(s.is("SEC"), AgentState::Idle);
    s.print("SEC", SPIN);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.print("SEC", REST);
    s.pass(1499);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(1);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    // A pause in between starts the count anew.
    s.print("SEC", SPIN);
    s.print("SEC", REST);
    s.pass(1000);
    s.print("SEC", SPIN);
    s.print("SEC", REST);
    s.pass(1000);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(500);
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn a_question_or_a_limit_on_the_screen_wins_over_the_title() {
    let mut s = Stage::new();
    s.print("SEC", "Do you want to proceed?\r\n1. Yes\r\n2. No\r\n");
    s.pass(200);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    assert!(s.agent("SEC").need().contains("asks: "), "{}", s.agent("SEC").need());
    s.print("SEC", SPIN);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    s.print("OBS", "usage limit reached — resets at 14:05\r\n");
    s.pass(200);
    assert_eq!(s.is("OBS"), AgentState::Limited);
    assert!(s.agent("OBS").need().contains("14:05"));
}

#[test]
fn what_is_not_known_is_never_idle() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    s.print("SEC", "\x1b]0;something else\x07");
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Unknown);
    let Answer::Explained(e) = s.ask(Command::Explain { agent: name("SEC") }) else { panic!() };
    assert_eq!((e.state, e.rule.as_str()), (AgentState::Unknown, "none"));
}

#[test]
fn an_explanation_names_the_rule_its_evidence_and_what_it_outweighs() {
    let mut s = Stage::new();
    s.print("SEC", "\x1b]9;4;3\x07");
    s.print("SEC", ASK);
    s.pass(2000);
    let Answer::Explained(e) = s.ask(Command::Explain { agent: name("SEC") }) else { panic!() };
    assert_eq!((e.state, e.rule.as_str()), (AgentState::Asking, "rehearsal/title-question"));
    assert_eq!(e.evidence, "? rehearsal SEC");
    assert_eq!(e.over.len(), 1);
    assert!(e.over[0].contains("progress-busy"), "{:?}", e.over);
}

#[test]
fn a_shell_is_asked_who_has_its_terminal() {
    let mut s = with_profile("shell");
    let probes =
        |s: &Stage| s.effects.iter().filter(|(_, e)| *e == Effect::Probe { agent: name("SEC") }).count();
    assert_eq!((probes(&s), s.is("SEC")), (1, AgentState::Starting));
    tty(&mut s, true);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    s.print("SEC", "$ make\r\n");
    for _ in 0..20 {
        s.pass(100);
        s.print("SEC", "x");
    }
    assert_eq!(probes(&s), 1, "while output goes on there is nothing to ask");
    s.pass(200);
    assert_eq!(probes(&s), 2);
    tty(&mut s, false);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Working, "a silent command still works");
    s.print("SEC", "$ ");
    s.pass(200);
    tty(&mut s, true);
    s.pass(1600);
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn silence_is_idle_where_nothing_is_known_but_proves_no_work_done() {
    let mut c = config();
    let plain = c.profiles.get_mut("rehearsal").unwrap();
    plain.rules.clear();
    let mut s = Stage::of(c);
    s.pass(5000);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(1000);
    s.print("SEC", "working on it\r\n");
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    s.git.commit("SEC");
    s.pass(5000);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    assert_eq!(s.agent("SEC").why.rule, "silence");
    assert_eq!(s.task("enhance-SEC"), TaskState::Running, "silence is no proof");
    assert!(s.agent("SEC").need().contains("silen"), "{:?}", s.agent("SEC").need());
}

#[test]
fn a_shell_with_rest_in_between_is_not_taken_for_done() {
    let mut s = with_profile("shell");
    tty(&mut s, true);
    s.obedient = false;
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(2000);
    s.print("SEC", "$ echo\r\n");
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    s.git.commit("SEC");
    // The command was so quick that the terminal never changed hands.
    s.pass(500);
    tty(&mut s, true);
    assert_eq!(s.task("enhance-SEC"), TaskState::Done);
}
