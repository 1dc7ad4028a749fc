//! Texts with placeholders, what did not arrive, what was sent before, tasks that are started by hand.

use super::kit::{ASK, Stage, config, name};
use crate::domain::brief::Brief;
use crate::domain::command::{Command, Order, Target, What};
use crate::domain::record::Record;
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Receipt};
use crate::engine::event::Event;
use crate::engine::state::{MAX_PAST, MAX_PAST_TEXT};

fn send(s: &mut Stage, targets: &[&str], what: What) -> Answer {
    let targets = targets.iter().map(|t| Target((*t).into())).collect();
    s.ask(Command::Send { targets, what, terms: Default::default() })
}

fn again(s: &mut Stage, agent: &str) -> Receipt {
    match send(s, &[agent], What::Again) {
        Answer::Receipts { receipts } => receipts[0].clone(),
        other => panic!("{other:?}"),
    }
}

fn shown(s: &mut Stage, agent: &str, what: What, group: &str) -> String {
    match s.ask(Command::Render { agent: name(agent), what, group: group.into() }) {
        Answer::Rendered(r) => r.text,
        other => panic!("{other:?}"),
    }
}

fn past(s: &Stage) -> Vec<&str> {
    s.state.past.iter().map(|t| &**t).collect()
}

#[test]
fn a_text_is_filled_in_for_each_agent_and_shown_as_it_is_sent() {
    let mut c = config();
    c.areas.insert("security".into(), "what gets in".into());
    let mut s = Stage::of(c);
    s.git.brief = Brief::example();
    let text = "{{ agent }} on {{ branch }}: {{ area }}{% include '_claim' %}";
    let own = || What::Fill(text.into());
    let seen = shown(&mut s, "SEC", own(), "security");
    assert!(seen.starts_with("SEC on agent-3-sec: what gets in") && seen.contains("<code>"), "{seen}");
    assert_eq!(shown(&mut s, "SEC", What::Text("{{ agent }}".into()), ""), "{{ agent }}", "as it is");
    send(&mut s, &["SEC", "OBS"], own());
    s.pass(1000);
    for (agent, begins) in [("SEC", "SEC on agent-3-sec: "), ("OBS", "OBS on agent-4-obs: ")] {
        assert!(s.written(agent)[0].1.contains(begins), "{:?}", s.written(agent));
        assert_eq!(s.receipt(agent).0, Outcome::Submitted);
    }
    let codes = s.count(|r| matches!(r, Record::Queued { code: Some(_), .. }));
    assert_eq!(codes, 2, "a claim can be asked for in one's own words");
    let wrong = s.fault(Command::Send {
        targets: vec![Target("SEC".into())],
        what: What::Fill("{{ agnet }}".into()),
        terms: Default::default(),
    });
    assert!(wrong.1.contains("own text") && wrong.1.contains("did you mean"), "{wrong:?}");
}

#[test]
fn texts_that_were_sent_are_kept_each_once_and_over_a_lost_server() {
    let mut s = Stage::new();
    s.text("all", "one");
    s.text("SEC", "two");
    s.template("SEC", "wrap-up");
    send(&mut s, &["OBS"], What::Fill("{{ agent }}, go".into()));
    s.text("OBS", "one");
    let long = "x".repeat(MAX_PAST_TEXT + 1);
    s.text("NET", &long);
    assert_eq!(past(&s), ["two", "{{ agent }}, go", "one"]);
    s.crash();
    assert_eq!(past(&s), ["two", "{{ agent }}, go", "one"]);
    s.happen(Event::Start);
    for i in 0..MAX_PAST {
        s.happen(Event::Recorded(Record::Wrote(crate::domain::record::Wrote { text: i.to_string() })));
    }
    assert_eq!((past(&s).len(), past(&s)[0]), (MAX_PAST, "0"));
}

#[test]
fn what_stalled_is_submitted_by_an_enter_where_it_sits_and_pasted_where_it_does_not() {
    let mut c = config();
    let profile = c.profiles.get_mut("rehearsal").unwrap();
    profile.submit.composer = r"(?m)^│ >(?: +(\S[^\n]*?))? *│$".into();
    let mut s = Stage::of(c);
    s.swallows.insert("SEC".into(), 3);
    s.swallows.insert("OBS".into(), 3);
    s.text("SEC", "go on");
    s.print("SEC", "\x1b[2J\x1b[H╭────╮\r\n│ > go on │\r\n╰────╯\r\n");
    s.text("OBS", "go on");
    s.pass(10_000);
    s.print("OBS", "\x1b[2J\x1b[H╭────╮\r\n│ >  │\r\n╰────╯\r\n");
    s.pass(1000);
    for agent in ["SEC", "OBS"] {
        assert_eq!(s.receipt(agent).0, Outcome::Stalled);
        assert_eq!(again(&mut s, agent).outcome, None);
        s.pass(5000);
        assert_eq!(s.receipt(agent).0, Outcome::Submitted, "{:?}", s.receipt(agent));
        assert_eq!(again(&mut s, agent).outcome, Some(Outcome::Refused), "there is nothing to repeat now");
    }
    let pastes = |s: &Stage, a: &str| s.written(a).iter().filter(|(_, b)| b.contains("go on")).count();
    assert_eq!((pastes(&s, "SEC"), pastes(&s, "OBS")), (1, 2));
    assert_eq!(s.agent("SEC").pane.leftover, None);
}

#[test]
fn no_second_enter_answers_a_question() {
    let mut s = Stage::new();
    s.text("SEC", "go");
    s.print("SEC", ASK);
    s.pass(120_000);
    assert_eq!(s.receipt("SEC").0, Outcome::Stalled);
    let said = again(&mut s, "SEC");
    assert!(said.why.contains("a question is open"), "{said:?}");
    assert_eq!(s.written("SEC").len(), 1, "only the paste");
}

#[test]
fn a_stalled_task_goes_on_with_what_sits_there() {
    let mut s = Stage::new();
    s.swallows.insert("ARCH".into(), 3);
    s.run("enhancement", Order::Staged, &["ARCH"]);
    s.pass(400);
    s.print("ARCH", "\x1b[2J\x1b[H╭────╮\r\n│ > ENHANCE │\r\n╰────╯\r\n");
    s.run("enhancement", Order::Staged, &["ARCH"]);
    s.pass(10_000);
    assert_eq!(s.task("enhance-ARCH"), TaskState::Failed);
    let run_over = s.state.running().is_none();
    let said = again(&mut s, "ARCH");
    s.pass(5000);
    assert_eq!(s.receipt("ARCH").0, Outcome::Submitted, "{said:?}");
    if !run_over {
        assert_eq!(s.task("enhance-ARCH"), TaskState::Running);
    }
}

#[test]
fn a_task_is_started_by_hand_whatever_it_waits_for() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["ARCH"]);
    let start = |task: &str| Command::StartTasks { tasks: vec![task.into()] };
    assert!(s.fault(start("enhance-SCE")).1.contains("did you mean enhance-SEC"));
    assert!(s.fault(start("enhance-ARCH")).1.contains("it is running, not queued"));
    let Answer::Done { text } = s.ask(start("enhance-NET")) else { panic!() };
    assert_eq!(text, "enhance-NET no longer waits for others");
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["ARCH", "NET"]);
    s.ask(Command::PauseRun);
    assert!(s.fault(start("enhance-QA")).1.contains("is paused"));
    s.crash();
    assert!(s.state.runs[0].tasks.iter().any(|t| t.freed && t.bound.agent == *"NET"));
}
