//! Usage limits: until when, and going on by itself.

use super::kit::{REST, SPIN, Stage, config, name};
use crate::domain::command::{Command, What};
use crate::domain::conduct::AfterLimit;
use crate::domain::profile::Profile;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome};
use crate::domain::team::Config;
use crate::domain::view::Answer;
use crate::engine::event::{Event, Feeding};

/// The scripts begin at 00:00 UTC, which is 01:00 on the server's clock.
const LIMIT: &str = "\x1b]0;rehearsal SEC\x07usage limit reached — resets at 01:10\r\n";
const MINUTE: u64 = 60_000;

fn of(after: AfterLimit) -> Config {
    let mut c = config();
    c.conduct.after_limit = after;
    c.prompts.remove("continue");
    for rule in &mut c.profiles.get_mut("rehearsal").unwrap().rules {
        if rule.state == AgentState::Limited {
            rule.reset = r"resets at (?P<time>\d\d:\d\d)".into();
        }
    }
    c
}

/// SEC worked, and came to its limit.
fn limited(after: AfterLimit) -> Stage {
    let mut s = Stage::of(of(after));
    s.print("SEC", SPIN);
    s.print("SEC", LIMIT);
    s.pass(2000);
    assert_eq!(s.is("SEC"), AgentState::Limited);
    s
}

fn until(s: &mut Stage) -> Option<String> {
    let Answer::Status(status) = s.ask(Command::Status) else { panic!() };
    status.agents.iter().find(|a| a.name == name("SEC")).unwrap().until.clone()
}

/// When prompts were pasted, in minutes and seconds of the script.
fn pasted(s: &Stage) -> Vec<String> {
    let times = s.journal.iter().filter(|(_, r)| matches!(r, Record::Pasting { .. }));
    times.map(|(t, _)| t.mono / 1_000_000).map(|t| format!("{}:{:02}", t / 60, t % 60)).collect()
}

#[test]
fn its_end_is_read_in_the_servers_own_time() {
    let mut s = limited(AfterLimit::Wait);
    assert_eq!(until(&mut s).as_deref(), Some("2026-01-01T00:10:00Z"));
    let Answer::Explained(e) = s.ask(Command::Explain { agent: name("SEC") }) else { panic!() };
    assert_eq!(e.until.as_deref(), Some("2026-01-01T00:10:00Z"));
    // Read anew long after, the same text means the same.
    s.pass(40 * MINUTE);
    s.crash();
    let (bytes, mode) = (LIMIT.as_bytes().to_vec(), Feeding::Recovering);
    s.happen(Event::Output { agent: name("SEC"), bytes, mode });
    s.happen(Event::Start);
    s.pass(1000);
    assert_eq!(until(&mut s).as_deref(), Some("2026-01-01T00:10:00Z"));
    assert!(pasted(&s).is_empty(), "nobody allowed it to go on");
    // Another one is another.
    s.print("SEC", "usage limit reached — resets at 05:00\r\n");
    s.pass(1000);
    assert_eq!(until(&mut s).as_deref(), Some("2026-01-01T04:00:00Z"));
}

#[test]
fn it_goes_on_a_minute_after_the_end_where_that_is_allowed() {
    let mut s = limited(AfterLimit::Continue);
    s.pass(11 * MINUTE - s.ms - 1);
    assert!(pasted(&s).is_empty());
    s.pass(1000);
    assert_eq!(pasted(&s), ["11:00"]);
    assert!(s.written("SEC")[0].1.contains("The limit is over; go on with what you were doing."));
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    // The old text is still on the screen, and says nothing any more.
    s.pass(30_000);
    assert_eq!((s.is("SEC"), until(&mut s)), (AgentState::Working, None));
    s.print("SEC", REST);
    s.pass(MINUTE);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    assert_eq!(pasted(&s).len(), 1);
}

#[test]
fn the_projects_own_prompt_is_sent_where_it_has_one() {
    let mut c = of(AfterLimit::Continue);
    c.prompts.insert("continue".into(), "{{ agent }}, go on.".into());
    let mut s = Stage::of(c);
    s.print("SEC", LIMIT);
    s.pass(12 * MINUTE);
    assert!(s.written("SEC")[0].1.contains("SEC, go on."), "{:?}", s.written("SEC"));
}

#[test]
fn three_times_at_most_with_doubled_waits() {
    let mut s = limited(AfterLimit::Continue);
    for _ in 0..40 * 60 {
        let enters = |s: &Stage| s.written("SEC").iter().filter(|(_, t)| t == "\r").count();
        let before = enters(&s);
        s.pass(1000);
        if enters(&s) > before {
            // Whatever goes in, the program says the same once more.
            s.print("SEC", LIMIT);
        }
    }
    assert_eq!(pasted(&s).len(), 3, "{:?}", pasted(&s));
    assert_eq!(pasted(&s), ["11:00", "13:00", "17:00"]);
    assert_eq!(s.is("SEC"), AgentState::Limited);
    assert!(s.agent("SEC").need().contains("told to go on 3 times"), "{}", s.agent("SEC").need());
    let mut told: Vec<u8> = s
        .journal
        .iter()
        .filter_map(|(_, r)| if let Record::Limit { attempt, .. } = r { Some(*attempt) } else { None })
        .collect();
    told.dedup();
    assert_eq!(told, [0, 1, 2, 3]);
}

#[test]
fn a_prompt_that_waits_goes_in_once_the_limit_is_over() {
    let mut s = limited(AfterLimit::Wait);
    s.git.commit("SEC");
    let targets = vec![crate::domain::command::Target("SEC".into())];
    s.pass(11 * MINUTE - s.ms - 30_000);
    s.ask(Command::Send { targets, what: What::Text("on with it".into()), terms: Default::default() });
    s.pass(29_000);
    assert!(s.written("SEC").is_empty(), "the limit holds it");
    s.pass(3000);
    assert!(s.written("SEC")[0].1.contains("on with it"));
    assert_eq!((s.receipt("SEC").0, s.is("SEC")), (Outcome::Submitted, AgentState::Working));
}

#[test]
fn a_person_who_answers_takes_over() {
    let mut s = limited(AfterLimit::Continue);
    s.ask(Command::Type { agent: name("SEC"), bytes: b"/model\r".to_vec() });
    s.print("SEC", REST);
    s.pass(3000);
    assert_eq!(s.is("SEC"), AgentState::Limited, "it has a moment to show what came of it");
    s.pass(4000);
    assert_eq!((s.is("SEC"), until(&mut s)), (AgentState::Idle, None));
    // The same words once more are a limit once more.
    s.print("SEC", LIMIT);
    s.pass(1000);
    assert_eq!(s.is("SEC"), AgentState::Limited);
}

/// What the built-in profiles read of limits as their programs put them.
#[test]
fn real_programs_words_name_an_end() {
    for (profile, text, end) in [
        ("codex", "■ You've hit your usage limit. Try again at 3:28 PM.", "14:28"),
        (
            "codex",
            "■ You've hit your usage limit. Upgrade to Pro or try again in 2 hours 5 minutes.",
            "02:05",
        ),
        ("claude", "You've hit your session limit · resets 3pm (Europe/Berlin)", "14:00"),
        ("claude", "5-hour limit reached ∙ resets 3:30am", "02:30"),
        ("generic", "usage limit reached, retry in 45m", "00:45"),
    ] {
        let mut c = config();
        let file = match profile {
            "codex" => include_str!("../../data/profiles/codex.toml"),
            "claude" => include_str!("../../data/profiles/claude.toml"),
            _ => include_str!("../../data/profiles/generic.toml"),
        };
        c.profiles.insert(
            "rehearsal".into(),
            Profile { name: "rehearsal".into(), ..toml::from_str(file).unwrap() },
        );
        let mut s = Stage::of(c);
        let composer = if profile == "codex" { "› " } else { "" };
        s.print("SEC", &format!("\x1b[2J\x1b[H{text}\r\n{composer}"));
        s.pass(2000);
        assert_eq!(s.is("SEC"), AgentState::Limited, "{text}");
        let found = until(&mut s).unwrap_or_else(|| panic!("no end in {text}"));
        assert_eq!(&found[11..16], end, "{text}");
    }
}

#[test]
fn a_limit_without_an_end_is_left_to_a_person() {
    let mut c = of(AfterLimit::Continue);
    c.profiles.get_mut("rehearsal").unwrap().rules.iter_mut().for_each(|r| r.reset.clear());
    let mut s = Stage::of(c);
    s.print("SEC", LIMIT);
    s.pass(24 * 60 * MINUTE);
    assert_eq!((s.is("SEC"), until(&mut s)), (AgentState::Limited, None));
    assert!(pasted(&s).is_empty());
}
