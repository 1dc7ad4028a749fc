//! Which evidence counts: what hooks say, what outlives them, and what becomes of news that was lost.

use super::kit::{Stage, config, name};
use crate::domain::command::{Caller, Command};
use crate::domain::hook::HookEvent;
use crate::domain::profile::{Profile, Rule, Source};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::Event;

const SPIN: &str = "\x1b]0;⠋ at it\x07";
const STAR: &str = "\x1b]0;✳ rest\x07";
const BUSY: &str = "\x1b[2J\x1b[Hesc to interrupt\r\n";
const COMPOSER: &str = "\x1b[2J\x1b[H\x1b[?2004h❯ \r\n";

fn rule(source: Source, pattern: &str, state: AgentState) -> Rule {
    let name = format!("t/{source:?}-{state}").to_lowercase();
    toml::from_str::<Rule>(&format!(
        "name = '{name}'\nsource = '{}'\npattern = '{pattern}'\nstate = '{state}'",
        format!("{source:?}").to_lowercase()
    ))
    .unwrap()
}

/// A program with hooks, notifications, a title that spins, and a screen.
pub(super) fn rules(profile: &mut Profile) {
    use AgentState::{Asking, Idle, Working};
    profile.submit.ready = String::new();
    profile.rules = vec![
        rule(Source::Hook, r"\A(UserPromptSubmit|PostToolUse)\n", Working),
        rule(Source::Hook, r"\AStop\n", Idle),
        rule(Source::Hook, r"\ANotification\npermission_prompt\n", Asking),
        rule(Source::Notify, "done", Idle),
        rule(Source::Notify, "needs you", Asking),
        rule(Source::Progress, "^3", Working),
        rule(Source::Title, "^[⠋⠙]", Working),
        rule(Source::Screen, "proceed\\?", Asking),
        rule(Source::Screen, "esc to interrupt", Working),
        rule(Source::Screen, "(?m)^❯", Idle),
    ];
}

/// SEC rests at its composer.
fn stage() -> Stage {
    let mut c = config();
    rules(c.profiles.get_mut("rehearsal").unwrap());
    let mut s = Stage::of(c);
    s.print("SEC", STAR);
    s.print("SEC", COMPOSER);
    s.pass(2000);
    assert_eq!(s.is("SEC"), AgentState::Idle);
    s
}

fn hook(s: &mut Stage, event: &str, detail: &str) {
    let event = HookEvent { event: event.into(), detail: detail.into(), ..HookEvent::default() };
    s.says(Caller::Pane(name("SEC")), Command::Hook { event });
}

/// The title spins for so long, a turn each 100 ms.
fn spin(s: &mut Stage, ms: u64) {
    for turn in 0..ms / 100 {
        s.print("SEC", if turn % 2 == 0 { SPIN } else { "\x1b]0;⠙ at it\x07" });
        s.pass(100);
    }
}

fn decided_by(s: &Stage) -> &str {
    &s.agent("SEC").why.rule
}

#[test]
fn a_hook_decides_at_once_and_its_end_after_a_second_and_a_half() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/hook-working"));
    s.pass(3000);
    hook(&mut s, "Stop", "");
    s.pass(1499);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(1);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/hook-idle"));
    hook(&mut s, "Unheard", "");
    s.pass(5000);
    assert_eq!(decided_by(&s), "t/hook-idle", "news that no rule knows takes nothing back");
}

#[test]
fn an_old_stop_does_not_hide_work_that_a_spinner_shows() {
    let mut s = stage();
    hook(&mut s, "Stop", "");
    s.pass(60_000);
    s.print("SEC", SPIN);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/title-working"));
    // Nor does it come back once the spinner has gone: nobody said that this turn is over.
    s.print("SEC", "\x1b[2J\x1b[Htext\r\n");
    s.print("SEC", STAR);
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Unknown);
}

#[test]
fn an_old_stop_does_not_hide_work_that_the_screen_or_the_progress_shows() {
    for work in [BUSY, "\x1b]9;4;3\x07"] {
        let mut s = stage();
        hook(&mut s, "Stop", "");
        s.pass(60_000);
        s.print("SEC", work);
        s.pass(200);
        assert_eq!(s.is("SEC"), AgentState::Working, "{work:?}");
    }
}

#[test]
fn a_spinner_that_goes_on_after_stop_is_never_shown_as_idle() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    spin(&mut s, 2000);
    let from = s.journal.len();
    hook(&mut s, "Stop", "");
    spin(&mut s, 10_000);
    assert_eq!(s.is("SEC"), AgentState::Working);
    assert_eq!(s.journal.len(), from, "{:?}", &s.journal[from..]);
}

#[test]
fn a_spinner_that_stands_still_after_stop_does_not_hold_it_up() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    spin(&mut s, 2000);
    hook(&mut s, "Stop", "");
    // Its last frame came by another way, a little late.
    s.pass(300);
    s.print("SEC", SPIN);
    s.pass(1500);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/hook-idle"));
}

#[test]
fn a_stop_that_was_lost_is_made_up_for_by_the_composer() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    s.print("SEC", BUSY);
    s.pass(4000);
    s.print("SEC", COMPOSER);
    s.pass(5900);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(2000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/screen-idle"));
    // What it overruled stays so, also when the composer is covered.
    s.print("SEC", "\x1b[2J\x1b[Hhelp\r\n");
    s.pass(60_000);
    assert_eq!(s.is("SEC"), AgentState::Unknown);
}

#[test]
fn a_stop_that_was_lost_under_a_ticking_clock_takes_longer() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    for second in 0..29 {
        s.print("SEC", &format!("\x1b[H❯ \r\n12:00:{second}"));
        s.pass(1000);
    }
    assert_eq!(s.is("SEC"), AgentState::Working);
    for second in 29..34 {
        s.print("SEC", &format!("\x1b[H❯ \r\n12:00:{second}"));
        s.pass(1000);
    }
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn a_composer_that_is_always_there_does_not_hide_silent_work_with_a_spinner() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    spin(&mut s, 120_000);
    assert_eq!(s.is("SEC"), AgentState::Working);
}

#[test]
fn a_frozen_spinner_gives_way_to_the_composer() {
    let mut s = stage();
    s.print("SEC", SPIN);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(5000);
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(3000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/screen-idle"));
    // One turn more, and it counts again.
    s.print("SEC", SPIN);
    assert_eq!(s.is("SEC"), AgentState::Working);
}

#[test]
fn a_question_that_a_hook_told_of_stays_until_somebody_can_have_answered_it() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    hook(&mut s, "Notification", "permission_prompt");
    s.pass(1500);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    // Neither the composer behind it nor a reminder ends it.
    s.print("SEC", COMPOSER);
    s.pass(120_000);
    s.print("SEC", "\x1b]9;done?\x07");
    s.pass(120_000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Asking, "t/hook-asking"));
    // A person pressed Escape: the program rests without a word.
    s.ask(Command::Type { agent: name("SEC"), bytes: b"\x1b".to_vec() });
    s.pass(5900);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    s.pass(200);
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn a_question_ends_when_work_goes_on() {
    let mut s = stage();
    hook(&mut s, "Notification", "permission_prompt");
    s.pass(1500);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    s.print("SEC", SPIN);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/title-working"));
    hook(&mut s, "Notification", "permission_prompt");
    s.pass(1500);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    hook(&mut s, "PostToolUse", "");
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/hook-working"));
}

#[test]
fn later_news_counts_more_than_earlier_and_of_one_moment_the_more_trusted() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    s.print("SEC", "\x1b[2J\x1b[Htext\r\n");
    s.pass(20_000);
    s.print("SEC", "\x1b]9;done\x07");
    s.pass(1500);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/notify-idle"));
    hook(&mut s, "UserPromptSubmit", "");
    s.pass(900);
    s.print("SEC", "\x1b]9;done\x07");
    s.pass(3000);
    assert_eq!(s.is("SEC"), AgentState::Working, "what came with the prompt is of before it");
}

#[test]
fn a_prompt_that_went_in_makes_an_earlier_stop_history() {
    let mut s = stage();
    hook(&mut s, "Stop", "");
    s.text("SEC", "go on");
    s.pass(900);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    // Its spinner came within a second of the stop, and yet it counts.
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/title-working"));
    s.print("SEC", "\x1b]0;something else\x07");
    s.pass(60_000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/screen-idle"));
}

#[test]
fn a_hook_speaks_for_its_own_pane_and_its_own_worktree() {
    let mut s = stage();
    let event = |cwd: &str| Command::Hook {
        event: HookEvent { event: "UserPromptSubmit".into(), cwd: cwd.into(), ..HookEvent::default() },
    };
    for elsewhere in ["/w/OBS", "/w/SECOND", "/", "/tmp"] {
        s.says(Caller::Pane(name("SEC")), event(elsewhere));
        assert_eq!(s.is("SEC"), AgentState::Idle, "{elsewhere}");
    }
    let (fault, why) = s.fault(event("/w/SEC"));
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("its own pane"), "{why}");
    s.says(Caller::Pane(name("SEC")), event("/w/SEC/crates/x"));
    assert_eq!(s.is("SEC"), AgentState::Working);
    assert_eq!(s.is("OBS"), AgentState::Starting);
}

#[test]
fn what_a_hook_decided_outlives_the_server() {
    let mut s = stage();
    hook(&mut s, "UserPromptSubmit", "");
    s.pass(2000);
    hook(&mut s, "Stop", "");
    s.pass(2000);
    assert_eq!(decided_by(&s), "t/hook-idle");
    s.crash();
    s.happen(Event::Start);
    s.pass(60_000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Idle, "t/hook-idle"));
    // And what it once said of a turn that is over does not.
    hook(&mut s, "UserPromptSubmit", "");
    s.crash();
    s.happen(Event::Start);
    s.pass(60_000);
    assert_eq!((s.is("SEC"), decided_by(&s)), (AgentState::Working, "t/hook-working"));
}

#[test]
fn a_hook_answers_with_nothing_to_show() {
    let mut s = stage();
    let event = HookEvent { event: "Stop".into(), ..HookEvent::default() };
    let n = s.says(Caller::Pane(name("SEC")), Command::Hook { event });
    assert_eq!(s.answers[&n], Answer::Done { text: String::new() });
}
