//! Programs that are started again, ask first, quit by themselves; profiles that change.

use super::kit::*;
use crate::domain::command::{Begin, Command, What};
use crate::domain::profile::{Dialogs, Launch, Profile};
use crate::domain::record::{Acted, Did, Record};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::team::Config;
use crate::domain::view::Fault;
use crate::engine::event::{Effect, Ended, Event, Reread, Writing};

const TRUST: &str = "\x1b[?2004h\x1b[2J\x1b[HDo you trust this folder?\r\n1. Yes\r\n2. No\r\n";

/// The rehearsal profile with dialogs, keys to quit by, resuming and first prompts.
fn with(dialogs: Dialogs) -> Config {
    let mut config = config();
    let more: Profile = toml::from_str(
        "name = \"x\"\ntitle = \"X\"\nargv = [\"x\"]\nresume = [\"-c\"]\nfirst_prompt = [\"{prompt}\"]\n\
         [[dialog]]\nname = \"x/trust\"\nkind = \"trust\"\npattern = 'trust this folder'\naccept = [\"Down\", \"Enter\"]\n\
         [[dialog]]\nname = \"x/sign-in\"\nkind = \"signin\"\npattern = 'who are you'\n\
         [stop]\nkeys = [\"C-c\", \"C-c\"]\ngrace_ms = 2000\n",
    )
    .unwrap();
    let profile = config.profiles.get_mut("rehearsal").unwrap();
    profile.dialogs = dialogs;
    profile.dialog = more.dialog;
    profile.stop = more.stop;
    profile.resume = more.resume;
    profile.first_prompt = more.first_prompt;
    config
}

/// Everybody's program runs and has shown nothing.
fn starting(config: Config) -> Stage {
    let mut stage = Stage::dark(config);
    stage.happen(Event::Start);
    for agent in TEAM.iter().chain(&["ORCHESTRATOR"]) {
        stage.up(agent);
    }
    stage
}

fn keys(stage: &Stage, agent: &str) -> Vec<Vec<u8>> {
    let own = stage.effects.iter().filter_map(|(_, e)| match e {
        Effect::Write { agent: a, bytes, why: Writing::Keys } if *a == *agent => Some(bytes.clone()),
        _ => None,
    });
    own.collect()
}

fn stops(stage: &Stage, agent: &str) -> Vec<u64> {
    let stop = Effect::Stop { agent: name(agent) };
    stage.effects.iter().filter(|(_, e)| *e == stop).map(|(ms, _)| *ms).collect()
}

#[test]
fn a_trust_dialog_is_accepted_once_while_starting_and_in_a_worktree_of_ours_only() {
    let mut s = starting(with(Dialogs::AcceptTrust));
    for agent in ["SEC", "ORCHESTRATOR"] {
        s.print(agent, TRUST);
    }
    s.pass(1000);
    assert_eq!(keys(&s, "SEC"), [b"\x1b[B\r".to_vec()]);
    assert_eq!(keys(&s, "ORCHESTRATOR"), Vec::<Vec<u8>>::new(), "that is the user's own folder");
    assert_eq!(s.count(|r| matches!(r, Record::Dialog(Acted { did: Did::Accepted, .. }))), 1);
    s.print("SEC", TRUST);
    s.pass(1000);
    assert_eq!(keys(&s, "SEC").len(), 1, "once");
    // A new server knows that it was.
    s.crash();
    s.print("SEC", TRUST);
    s.pass(1000);
    assert_eq!(keys(&s, "SEC").len(), 1);
    // Whoever is past its start may show such words.
    s.print("NET", BOX);
    s.pass(2000);
    assert_eq!(s.is("NET"), AgentState::Idle);
    s.print("NET", TRUST);
    s.pass(1000);
    assert!(keys(&s, "NET").is_empty());
    // Other dialogs are a person's.
    s.print("OBS", "\x1b[2J\x1b[Hwho are you\r\n");
    s.pass(1000);
    assert!(keys(&s, "OBS").is_empty());
}

#[test]
fn nothing_is_typed_into_a_dialog_unless_that_was_asked_for() {
    let mut s = starting(with(Dialogs::Ask));
    s.print("SEC", TRUST);
    s.pass(1000);
    assert!(keys(&s, "SEC").is_empty() && stops(&s, "SEC").is_empty());
}

#[test]
fn an_agent_is_stopped_at_a_dialog_with_the_reason() {
    let mut s = starting(with(Dialogs::Stop));
    s.print("SEC", "\x1b[2J\x1b[Hwho are you\r\n");
    s.pass(3000);
    assert_eq!(s.count(|r| matches!(r, Record::Dialog(Acted { did: Did::Stopped, .. }))), 1);
    assert_eq!(stops(&s, "SEC").len(), 1);
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(129) });
    assert_eq!(s.is("SEC"), AgentState::Stopped);
    assert_eq!(s.agent("SEC").pane.ended, "stopped at its dialog x/sign-in (signin)");
}

#[test]
fn a_program_is_asked_to_quit_and_ended_when_it_does_not() {
    let mut s = Stage::of(with(Dialogs::Ask));
    let began = s.ms;
    s.ask(Command::Stop { agent: name("SEC") });
    assert_eq!(keys(&s, "SEC"), [b"\x03\x03".to_vec()]);
    assert!(stops(&s, "SEC").is_empty());
    s.pass(5000);
    assert_eq!(stops(&s, "SEC"), [began + 2000]);
    // One that quits is not ended again.
    s.ask(Command::Stop { agent: name("OBS") });
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::Exited(0) });
    s.pass(5000);
    assert!(stops(&s, "OBS").is_empty() && s.is("OBS") == AgentState::Stopped);
    // Asked twice, it is ended at once.
    let now = s.ms;
    s.ask(Command::Stop { agent: name("NET") });
    s.ask(Command::Stop { agent: name("NET") });
    assert_eq!(stops(&s, "NET"), [now]);
}

fn down(s: &mut Stage, agent: &str) {
    s.happen(Event::PaneEnded { agent: name(agent), how: Ended::Exited(1) });
}

#[test]
fn a_restart_can_resume_and_take_a_prompt_as_an_argument() {
    let mut s = Stage::of(with(Dialogs::Ask));
    down(&mut s, "SEC");
    let what = Some(What::Text("Fix the build".into()));
    s.ask(Command::Restart { agent: name("SEC"), begin: Begin::Last, what });
    let launch = Launch { resumed: true, prompt: Some("Fix the build".into()) };
    assert_eq!(s.agent("SEC").life.launch, launch);
    s.up("SEC");
    let (outcome, why, _) = s.receipt("SEC");
    assert_eq!((outcome, why.as_str()), (Outcome::Submitted, "given to the program as an argument"));
    s.print("SEC", BOX);
    s.pass(3000);
    assert!(s.written("SEC").is_empty(), "it is not pasted as well");
    // The next start is a plain one again.
    down(&mut s, "SEC");
    s.ask(Command::restart(name("SEC")));
    assert_eq!(s.agent("SEC").life.launch, Launch::default());
}

#[test]
fn what_is_no_argument_is_pasted_and_what_cannot_be_is_refused_before_anything_starts() {
    let mut s = Stage::of(with(Dialogs::Ask));
    down(&mut s, "SEC");
    s.ask(Command::Restart {
        agent: name("SEC"),
        begin: Begin::Afresh,
        what: Some(What::Text("/status".into())),
    });
    assert_eq!(s.agent("SEC").life.launch, Launch::default());
    s.up("SEC");
    s.print("SEC", BOX);
    s.pass(3000);
    assert!(s.written("SEC")[0].1.contains("/status"));
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    down(&mut s, "OBS");
    let restart = |what| Command::Restart { agent: name("OBS"), begin: Begin::Afresh, what: Some(what) };
    let (fault, why) = s.fault(restart(What::Prompt("enhence".into())));
    assert!(fault == Fault::Usage && why.contains("enhance"), "{why}");
    assert_eq!(s.is("OBS"), AgentState::Failed, "nothing was started");
    // A program that never comes up refuses its prompt.
    s.ask(restart(What::Text("Fix it".into())));
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::NeverRan("no program".into()) });
    assert_eq!(s.receipt("OBS").0, Outcome::Refused);
    let mut plain = Stage::new();
    down(&mut plain, "SEC");
    let resume = Command::Restart { agent: name("SEC"), begin: Begin::Last, what: None };
    assert!(plain.fault(resume).1.contains("cannot go on"), "the rehearsal agent has no memory");
}

fn reread(s: &mut Stage, change: impl FnOnce(&mut Reread)) {
    let mut read = Reread { profiles: s.state.config.profiles.clone(), left_out: Vec::new() };
    change(&mut read);
    s.happen(Event::Profiles(Ok(read)));
}

#[test]
fn profiles_that_change_are_taken_over_while_agents_go_on() {
    let mut s = Stage::new();
    let pid = s.agent("SEC").pane.pid;
    assert_eq!(s.is("SEC"), AgentState::Idle);
    reread(&mut s, |_| {});
    assert_eq!(s.count(|r| matches!(r, Record::ProfilesChanged { .. })), 0, "nothing changed");
    // What the title says means something else from now on.
    reread(&mut s, |r| {
        let rules = &mut r.profiles.get_mut("rehearsal").unwrap().rules;
        rules.iter_mut().find(|r| r.name == "rehearsal/title-star").unwrap().state = AgentState::Blocked;
    });
    s.pass(2000);
    assert_eq!((s.is("SEC"), s.agent("SEC").pane.pid), (AgentState::Blocked, pid));
    let changed = Record::ProfilesChanged { profiles: vec!["rehearsal".into()] };
    assert_eq!(s.count(|r| *r == changed), 1);
    // A profile in use stays, although its file is gone.
    reread(&mut s, |r| drop(r.profiles.remove("rehearsal")));
    assert!(s.state.config.profiles.contains_key("rehearsal"));
}

#[test]
fn profiles_that_cannot_be_used_leave_the_old_ones_in_force_and_are_told_once() {
    let mut s = Stage::new();
    let before = s.state.config.profiles.clone();
    let notes =
        |s: &Stage, text: &str| s.count(|r| matches!(r, Record::Note { text: t } if t.contains(text)));
    for _ in 0..2 {
        s.happen(Event::Profiles(Err("use profiles/x.toml:3:1: unknown key".into())));
    }
    assert_eq!((notes(&s, "profiles/x.toml:3:1"), &s.state.config.profiles), (1, &before));
    for _ in 0..2 {
        reread(&mut s, |r| r.left_out.push("profiles/x.toml:9:1: `rule.pattern`".into()));
    }
    assert_eq!(notes(&s, "left out of a profile: profiles/x.toml:9:1"), 1);
    reread(&mut s, |_| {});
    reread(&mut s, |r| r.left_out.push("profiles/x.toml:9:1: `rule.pattern`".into()));
    assert_eq!(notes(&s, "profiles/x.toml:9:1"), 2, "it was right in between");
}

#[test]
fn a_hook_may_speak_for_its_own_pane() {
    let mut s = Stage::new();
    let event = crate::domain::hook::HookEvent { event: "Stop".into(), ..Default::default() };
    let n = s.says(crate::domain::command::Caller::Pane(name("SEC")), Command::Hook { event });
    let protected =
        matches!(s.answers.get(&n), Some(crate::domain::view::Answer::Fault { fault: Fault::Protected, .. }));
    assert!(!protected);
}
