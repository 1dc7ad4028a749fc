//! Prompts on their way into panes.

use super::kit::{ASK, BOX, REST, SPIN, Stage, config, name, output, seconds};
use crate::domain::command::{Command, Order, What};
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::view::Answer;
use crate::engine::event::{Effect, Ended, Event, TtyInfo};

fn refused(answer: &Answer) -> String {
    let Answer::Receipts { receipts } = answer else { panic!("{answer:?}") };
    assert_eq!(receipts[0].outcome, Some(Outcome::Refused), "{receipts:?}");
    receipts[0].why.clone()
}

#[test]
fn a_paste_waits_until_the_program_asked_for_it_and_shows_its_prompt() {
    let mut s = Stage::dark(config());
    s.happen(Event::Start);
    s.text("SEC", "hello");
    s.up("SEC");
    s.pass(500);
    s.print("SEC", "loading\r\n");
    s.pass(3000);
    assert!(s.written("SEC").is_empty(), "no bracketed paste yet");
    s.print("SEC", "\x1b[?2004h\x1b[2J\x1b[H");
    s.pass(1000);
    assert!(s.written("SEC").is_empty(), "a blank screen takes nothing");
    s.print("SEC", "> ");
    s.pass(5000);
    let written = s.written("SEC");
    assert_eq!(written[0].1, "\x1b[200~hello\x1b[201~");
    assert_eq!(written[1].1, "\r");
    assert!(written[1].0 - written[0].0 >= 300, "{written:?}");
    assert_eq!(written.len(), 2);
    let (outcome, why, ms) = s.receipt("SEC");
    assert_eq!((outcome, why.as_str()), (Outcome::Submitted, ""));
    assert!((4500..6000).contains(&ms), "{ms}");
}

#[test]
fn a_profile_without_a_ready_rule_waits_for_quiet() {
    let mut c = config();
    c.profiles.get_mut("rehearsal").unwrap().submit.ready = String::new();
    let mut s = Stage::of(c);
    s.text("SEC", "one");
    s.pass(1000);
    assert_eq!(s.written("SEC").len(), 2);
    s.rests("SEC");
    for _ in 0..10 {
        s.print("SEC", ".");
        if s.agent("SEC").queue.is_empty() {
            s.text("SEC", "two");
        }
        s.pass(200);
    }
    assert_eq!(s.written("SEC").len(), 2, "still drawing");
    s.pass(200);
    assert_eq!(s.written("SEC").len(), 3);
}

#[test]
fn a_swallowed_enter_is_sent_twice_more_at_most() {
    let mut s = Stage::new();
    s.swallows.insert("SEC".into(), 1);
    s.swallows.insert("OBS".into(), 9);
    s.text("SEC", "go");
    s.text("OBS", "go");
    s.pass(10_000);
    let crs = |s: &Stage, a: &str| s.written(a).iter().filter(|(_, b)| b == "\r").count();
    assert_eq!((crs(&s, "SEC"), crs(&s, "OBS")), (2, 3));
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    assert_eq!(s.receipt("SEC").1, "after Enter number 2");
    let (outcome, why, ms) = s.receipt("OBS");
    assert_eq!(outcome, Outcome::Stalled);
    assert!(why.contains("no reaction to 3 Enters"), "{why}");
    assert_eq!(ms, 300 + 3 * 2000);
}

#[test]
fn a_question_makes_a_free_prompt_busy_and_holds_a_task() {
    let mut s = Stage::new();
    s.print("SEC", ASK);
    s.text("SEC", "go");
    assert_eq!(s.receipt("SEC").0, Outcome::Busy);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(seconds(600));
    assert_eq!(s.task("enhance-SEC"), TaskState::Sent);
    assert!(s.written("SEC").is_empty());
    s.print("SEC", REST);
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
}

#[test]
fn no_enter_answers_a_question_that_came_after_the_paste() {
    let mut s = Stage::new();
    s.text("SEC", "go");
    s.run("enhancement", Order::Broadcast, &["OBS"]);
    s.print("SEC", ASK);
    s.print("OBS", ASK);
    s.pass(seconds(120));
    for agent in ["SEC", "OBS"] {
        assert_eq!(s.written(agent).len(), 1, "{agent}: only the paste");
    }
    assert_eq!(s.receipt("SEC").0, Outcome::Stalled);
    assert!(s.receipt("SEC").1.contains("question"), "{}", s.receipt("SEC").1);
    s.print("OBS", REST);
    s.pass(1000);
    assert_eq!(s.task("enhance-OBS"), TaskState::Running);
}

#[test]
fn a_limit_after_enter_is_a_reaction() {
    let mut s = Stage::new();
    s.obedient = false;
    s.text("SEC", "go");
    s.pass(1400);
    assert_eq!(s.written("SEC").len(), 2);
    s.print("SEC", "usage limit reached — resets at 14:05\r\n\x1b]0;rehearsal SEC\x07");
    s.pass(5000);
    assert_eq!(s.written("SEC").len(), 2, "no further Enter into whatever the limit shows");
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    assert_eq!(s.is("SEC"), AgentState::Limited);
}

#[test]
fn a_draft_or_work_holds_a_prompt_for_a_minute() {
    let mut s = Stage::new();
    s.types("SEC", b"a");
    s.text("SEC", "go");
    s.print("OBS", SPIN);
    s.text("OBS", "go");
    s.pass(59_000);
    assert!(s.agent("SEC").receipts.is_empty() && s.written("SEC").is_empty());
    s.types("SEC", b"\r");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    assert_eq!(s.receipt("OBS"), (Outcome::Busy, "working".into(), 60_000));
}

#[test]
fn keys_that_answer_a_question_are_no_draft() {
    let mut s = Stage::new();
    s.print("SEC", ASK);
    s.ask(Command::Type { agent: name("SEC"), bytes: b"1".to_vec() });
    s.print("SEC", SPIN);
    s.rests("SEC");
    s.text("SEC", "go");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    s.rests("SEC");
    s.ask(Command::Type { agent: name("SEC"), bytes: b"done\rand a draft".to_vec() });
    assert!(s.agent("SEC").pane.draft, "what follows the Enter is a draft");
}

#[test]
fn what_cannot_be_sent_is_refused_with_the_reason() {
    let mut s = Stage::new();
    assert_eq!(refused(&s.text("SEC", " \n\u{1b}\u{7}\n")), "the prompt is empty");
    let long = "x".repeat(crate::domain::signal::MAX_PROMPT + 1);
    let most = format!("at most {}", crate::domain::signal::MAX_PROMPT);
    assert!(refused(&s.text("SEC", &long)).contains(&most));
    s.print("SEC", SPIN);
    for _ in 0..16 {
        let Answer::Receipts { receipts } = s.text("SEC", "x") else { panic!() };
        assert_eq!(receipts[0].outcome, None);
    }
    assert_eq!(refused(&s.text("SEC", "x")), "16 prompts already wait for SEC");
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(1) });
    let ended: Vec<_> = s.agent("SEC").receipts.iter().map(|r| (r.outcome, r.why.as_str())).collect();
    assert_eq!(ended, vec![(Outcome::Refused, "the program ended"); 16]);
    assert!(refused(&s.text("SEC", "x")).contains("SEC is not running (failed)"));
    assert!(s.written("SEC").is_empty());
}

#[test]
fn control_characters_never_reach_a_pane() {
    let mut s = Stage::new();
    s.text("SEC", "a\u{1b}[201~b\u{9b}c\r\nd\te");
    s.pass(1000);
    assert_eq!(s.written("SEC")[0].1, "\x1b[200~a[201~bc\nd\te\x1b[201~");
}

fn with_profile(profile: &str) -> Stage {
    let mut c = config();
    for agent in &mut c.team {
        agent.profile = profile.into();
    }
    Stage::of(c)
}

fn tty(s: &mut Stage, foreground: bool, canonical: bool) {
    s.happen(Event::Tty { agent: name("SEC"), info: TtyInfo { foreground, canonical } });
}

#[test]
fn a_line_that_a_cooked_terminal_would_cut_is_refused() {
    let mut s = with_profile("shell");
    tty(&mut s, true, true);
    s.text("SEC", &"x".repeat(4096));
    let (outcome, why, _) = s.receipt("SEC");
    assert_eq!(outcome, Outcome::Refused);
    assert!(why.contains("4095"), "{why}");
    s.text("SEC", &format!("{}\n{}", "x".repeat(4095), "y".repeat(4095)));
    s.pass(1000);
    assert_eq!(s.written("SEC").len(), 2, "each line fits");
}

#[test]
fn a_terminal_nobody_knows_is_asked_before_a_long_line() {
    let mut s = with_profile("generic");
    s.print("SEC", "\x1b[?2004l");
    s.pass(8000);
    s.text("SEC", &"x".repeat(4096));
    s.pass(1000);
    assert!(s.written("SEC").is_empty(), "not before it is known how the terminal reads");
    let asked =
        |s: &Stage| s.effects.iter().filter(|(_, e)| *e == Effect::Probe { agent: name("SEC") }).count();
    assert_eq!(asked(&s), 1);
    tty(&mut s, true, true);
    assert_eq!(s.receipt("SEC").0, Outcome::Refused);
    s.text("SEC", &"x".repeat(4096));
    s.pass(100);
    assert_eq!(asked(&s), 2, "the answer may have changed since");
    tty(&mut s, true, false);
    s.pass(1000);
    assert_eq!(s.written("SEC")[0].1.len(), 4096);
}

#[test]
fn a_prompt_for_everybody_is_sent_to_nobody_if_it_does_not_render() {
    let mut c = config();
    c.prompts.insert("bad".into(), "{{ agnet }}".into());
    let mut s = Stage::of(c);
    let Answer::Fault { why, .. } = s.template("all", "bad") else { panic!() };
    assert!(why.contains("agnet") || why.contains("line 1"), "{why}");
    assert_eq!(s.count(|r| matches!(r, Record::Queued { .. })), 0);
    let Answer::Fault { why, .. } = s.template("all", "wrapup") else { panic!() };
    assert!(why.contains("did you mean wrap-up"), "{why}");
    let Answer::Fault { why, .. } = s.text("focus:securty", "x") else { panic!() };
    assert!(why.contains("did you mean security"), "{why}");
}

#[test]
fn a_prompt_can_be_looked_at_without_being_sent() {
    let mut s = Stage::new();
    let prompt = "wrap-up-sec".to_owned();
    let ask = |s: &mut Stage, prompt: &str, agent: &str| {
        s.ask(Command::Render {
            agent: name(agent),
            what: What::Prompt(prompt.to_owned()),
            group: String::new(),
        })
    };
    let Answer::Rendered(r) = ask(&mut s, &prompt, "SEC") else { panic!() };
    assert!(r.text.starts_with("WRAP-UP for SEC on branch `agent-3-sec`"), "{}", r.text);
    assert!(r.text.contains("is `<code>`."), "no claim can be made of it: {}", r.text);
    assert_eq!((r.bytes, s.count(|r| matches!(r, Record::Queued { .. }))), (r.text.len(), 0));
    let Answer::Fault { why, .. } = ask(&mut s, "wrap-up-sek", "SEC") else { panic!() };
    assert!(why.contains("did you mean wrap-up-sec"), "{why}");
    let Answer::Fault { why, .. } = ask(&mut s, "_work", "SEC") else { panic!("a part is no prompt") };
    assert!(why.contains("find the prompt `_work`"), "{why}");
}

#[test]
fn the_queue_is_delivered_in_order_one_at_a_time() {
    let mut s = Stage::new();
    s.text("SEC", "first");
    s.text("SEC", "second");
    s.pass(5000);
    assert_eq!(s.written("SEC").len(), 2);
    s.rests("SEC");
    s.pass(1000);
    let pastes: Vec<_> = s.written("SEC").into_iter().map(|(_, b)| b).filter(|b| b != "\r").collect();
    assert_eq!(pastes, ["\x1b[200~first\x1b[201~", "\x1b[200~second\x1b[201~"]);
}

#[test]
fn the_effects_of_one_prompt() {
    let mut s = Stage::new();
    let from = s.effects.len();
    s.text("SEC", "look around");
    s.pass(1000);
    s.rests("SEC");
    let lines: Vec<String> = s.effects[from..].iter().map(|(ms, e)| format!("{ms} {e:?}")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_held_frame_is_shown_in_the_end_and_does_not_keep_the_server_awake() {
    let mut s = Stage::new();
    s.happen(output(&name("SEC"), b"\x1b[?2026hhidden\r\n\x1b]0;\xe2\xa0\x8b rehearsal SEC\x07"));
    s.pass(3000);
    assert!(s.agent("SEC").pane.screen.text_rows().iter().any(|r| r == "hidden"));
    s.print("OBS", BOX);
    s.pass(3000);
}
