//! Who may do what, and calls that wait for a person.

use super::kit::{Stage, TEAM, config, name, oid, output, seconds};
use super::merge::{all_ready, all_ready_of, applies};
use crate::domain::command::{Caller, Command, Confirming, Order, Target, What};
use crate::domain::record::{Called, Confirmed, End, Record};
use crate::domain::review::{Conflict, ConflictKind};
use crate::domain::rights::{PATIENCE_S, Say, Tool};
use crate::domain::train::{Built, Stuck};
use crate::domain::view::{Answer, Fault, TrainView};
use crate::engine::confirm::{MAX_OPEN, MAX_OPEN_OF_ONE};
use crate::engine::event::{Effect, Event};

pub(super) fn conductor() -> Caller {
    Caller::Pane(name("ORCHESTRATOR"))
}

fn program(client: &str) -> Caller {
    Caller::Mcp { client: client.into(), pane: None }
}

fn stop(agent: &str) -> Command {
    Command::Stop { agent: name(agent) }
}

fn send(targets: &[&str]) -> Command {
    let targets = targets.iter().map(|t| Target((*t).into())).collect();
    Command::Send { targets, what: What::Text("a secret text".into()), terms: Default::default() }
}

fn yes(s: &mut Stage, id: u64) -> Answer {
    s.ask(Command::Confirm(Confirming::Yes { id }))
}

pub(super) fn fault_of(s: &Stage, n: u64) -> (Fault, String) {
    match s.answers.get(&n) {
        Some(Answer::Fault { fault, why }) => (*fault, why.clone()),
        other => panic!("no fault: {other:?}"),
    }
}

/// The calls in the journal but the claims that set the stage.
fn calls(s: &Stage) -> Vec<Called> {
    let of = |(_, r): &(_, Record)| match r {
        Record::Call(called) if called.tool != "mark_ready" => Some((**called).clone()),
        _ => None,
    };
    s.journal.iter().filter_map(of).collect()
}

pub(super) fn ends(s: &Stage) -> Vec<(u64, End)> {
    let of = |(_, r): &(_, Record)| match r {
        Record::Confirm(step) => match **step {
            Confirmed::Ended { id, end } => Some((id, end)),
            Confirmed::Asked { .. } => None,
        },
        _ => None,
    };
    s.journal.iter().filter_map(of).collect()
}

fn stops(s: &Stage) -> usize {
    s.effects.iter().filter(|(_, e)| matches!(e, Effect::Stop { .. })).count()
}

#[test]
fn what_is_dangerous_waits_for_a_person_and_the_rest_does_not() {
    let mut s = all_ready();
    let waits = [
        (Command::Merge, "Move main main000 → m-DOCS (8 merges, 8 files). Undo: orchestra merge --undo."),
        (stop("SEC"), "Stop SEC"),
        (send(&["all"]), "Prompt 8 agents with a text of 13 bytes"),
        (Command::Down, "End the session sprint"),
    ];
    for (n, (command, title)) in waits.into_iter().enumerate() {
        let asked = s.says(conductor(), command);
        assert!(!s.answers.contains_key(&asked), "{:?}", s.answers[&asked]);
        let open = &s.state.confirmations[n];
        assert_eq!((open.id, open.title.as_str()), (n as u64 + 1, title));
        let said = s.effects.iter().rev().find_map(|(_, e)| match e {
            Effect::Say { to, text } if *to == asked => Some(text.clone()),
            _ => None,
        });
        let said = said.expect("it is told what it waits for");
        assert!(
            said.contains(&format!("`orchestra confirm yes {}`", open.id)) && said.contains("120 s"),
            "{said}"
        );
    }
    let merge = &s.state.confirmations[0].lines;
    assert!(merge.iter().any(|l| l == "Gates that must be green before it moves: build, test."), "{merge:?}");
    assert!(merge.iter().any(|l| l.starts_with("SEC agent-3-sec c0000")), "{merge:?}");
    assert_eq!((applies(&s), stops(&s), s.state.closing), (0, 0, false));
    assert_eq!(
        s.ask(Command::Confirm(Confirming::List)),
        Answer::Confirmations { open: s.state.view_confirmations() }
    );
    // Not everybody, or only looking: nobody is asked.
    for command in [send(&["SEC", "OBS"]), Command::MergePlan, Command::Skip { agent: name("QA") }] {
        let n = s.says(program("x"), command);
        assert!(!matches!(s.answers[&n], Answer::Fault { .. }), "{:?}", s.answers[&n]);
    }
    assert_eq!(s.state.confirmations.len(), 4);
}

#[test]
fn on_yes_it_is_done_and_its_answer_goes_to_the_caller() {
    let mut s = all_ready();
    let merge = s.says(conductor(), Command::Merge);
    let said = yes(&mut s, 1);
    assert!(
        matches!(&said, Answer::Done { text } if text.contains("Move main main000 → m-DOCS")),
        "{said:?}"
    );
    assert!(matches!(&s.answers[&merge], Answer::Train(t) if t.applied));
    assert_eq!((applies(&s), ends(&s)), (1, vec![(1, End::Yes)]));
    let stopped = s.says(program("script"), stop("SEC"));
    yes(&mut s, 2);
    assert_eq!(s.answers[&stopped], Answer::Done { text: "stopping SEC".into() });
    assert_eq!(stops(&s), 1);
    let (fault, why) = s.fault(Command::Confirm(Confirming::Yes { id: 2 }));
    assert!(fault == Fault::Usage && why.contains("it is over"), "{why}");
    let (fault, why) = s.fault(Command::Confirm(Confirming::No { id: 9 }));
    assert!(fault == Fault::Usage && why.contains("there is none"), "{why}");
    let outcomes: Vec<_> = calls(&s).into_iter().map(|c| (c.tool, c.outcome)).collect();
    let done = |t: &str| (t.to_owned(), "done".to_owned());
    assert_eq!(outcomes, [done("start_merge"), done("stop_agent")]);
    assert!(s.state.confirmations.is_empty());
}

#[test]
fn no_and_silence_are_a_no() {
    let mut s = all_ready();
    let (a, b) = (s.says(conductor(), Command::Merge), s.says(conductor(), stop("SEC")));
    s.ask(Command::Confirm(Confirming::No { id: 1 }));
    let (fault, why) = fault_of(&s, a);
    assert_eq!((fault, why.as_str()), (Fault::Protected, "merge: a person said no; nothing was done"));
    s.pass(seconds(PATIENCE_S) - 1000);
    assert!(!s.answers.contains_key(&b));
    s.pass(2000);
    let (fault, why) = fault_of(&s, b);
    assert!(fault == Fault::Timeout && why.contains("which means no"), "{why}");
    assert_eq!(ends(&s), [(1, End::No), (2, End::Timeout)]);
    assert_eq!((applies(&s), stops(&s)), (0, 0));
    assert_eq!(s.fault(Command::Confirm(Confirming::Yes { id: 2 })).0, Fault::Usage, "too late");
    let outcomes: Vec<_> = calls(&s).into_iter().map(|c| c.outcome).collect();
    assert_eq!(outcomes, ["declined", "timeout"]);
}

#[test]
fn nobody_in_a_pane_and_no_program_answers_for_a_person() {
    let mut s = all_ready();
    s.says(conductor(), stop("SEC"));
    let inside = Caller::Mcp { client: "c".into(), pane: Some(name("SEC")) };
    for caller in [conductor(), Caller::Pane(name("SEC")), program("c"), inside] {
        for what in [Confirming::Yes { id: 1 }, Confirming::No { id: 1 }, Confirming::List] {
            let n = s.says(caller.clone(), Command::Confirm(what));
            let (fault, why) = fault_of(&s, n);
            assert!(fault == Fault::Protected && why.contains("confirm is refused"), "{why}");
        }
    }
    assert_eq!((s.state.confirmations.len(), stops(&s)), (1, 0));
    assert!(calls(&s).iter().all(|c| c.tool == "confirm" && c.outcome == "refused"));
    assert_eq!(calls(&s).len(), 12, "each is in the journal");
}

#[test]
fn what_is_done_is_what_was_shown_or_nothing() {
    // The target moved meanwhile.
    let mut s = all_ready();
    let n = s.says(conductor(), Command::Merge);
    s.git.target.oid = oid("moved00");
    let (fault, why) = s.fault(Command::Confirm(Confirming::Yes { id: 1 }));
    assert!(fault == Fault::Protected && why.contains("not what it was any more"), "{why}");
    assert!(fault_of(&s, n).1.contains("not what was planned"), "{:?}", fault_of(&s, n));
    assert_eq!((applies(&s), ends(&s)), (0, vec![(1, End::Stale)]));
    // A branch is another: readiness at another commit.
    let mut s = all_ready();
    let n = s.says(conductor(), Command::Merge);
    s.git.squash("SEC");
    s.ready("SEC");
    assert_eq!(s.fault(Command::Confirm(Confirming::Yes { id: 1 })).0, Fault::Protected);
    assert_eq!((fault_of(&s, n).0, applies(&s), ends(&s)), (Fault::Protected, 0, vec![(1, End::Stale)]));
    // Its program was started anew.
    let mut s = Stage::new();
    let n = s.says(conductor(), stop("SEC"));
    let how = crate::engine::event::Ended::Exited(0);
    s.happen(Event::PaneEnded { agent: name("SEC"), how });
    s.ask(Command::restart(name("SEC")));
    s.up("SEC");
    assert_eq!(s.fault(Command::Confirm(Confirming::Yes { id: 1 })).0, Fault::Protected);
    assert_eq!((fault_of(&s, n).0, stops(&s)), (Fault::Protected, 0));
}

#[test]
fn a_planned_merge_is_that_plan_or_none() {
    let mut s = all_ready();
    let Answer::Train(plan) = s.ask(Command::MergePlan) else { panic!() };
    let digest = plan.plan.digest();
    let other = Command::MergePlanned { digest: "0".repeat(16) };
    let (fault, why) = s.fault(other.clone());
    assert!(fault == Fault::Protected && why.contains("not what was planned"), "{why}");
    let n = s.says(program("c"), other);
    assert_eq!(fault_of(&s, n).0, Fault::Protected, "nobody is asked about another plan");
    assert!(s.state.confirmations.is_empty());
    let n = s.says(program("c"), Command::MergePlanned { digest: digest.clone() });
    yes(&mut s, 1);
    assert!(matches!(&s.answers[&n], Answer::Train(t) if t.applied));
    let mut s = all_ready();
    assert!(matches!(s.ask(Command::MergePlanned { digest }), Answer::Train(t) if t.applied));
}

#[test]
fn what_cannot_be_done_anyway_is_said_at_once() {
    let mut s = Stage::new();
    for command in [Command::Merge, Command::MergeUndo, Command::MergeAbort, stop("NOBODY"), send(&["XX"])] {
        let n = s.says(conductor(), command);
        fault_of(&s, n);
    }
    s.git.target.in_the_way = vec!["a.txt".into()];
    for agent in TEAM {
        s.git.commit(agent);
        s.ready(agent);
    }
    let n = s.says(conductor(), Command::Merge);
    assert!(fault_of(&s, n).1.contains("a.txt"), "{:?}", fault_of(&s, n));
    assert!(s.state.confirmations.is_empty());
    // A train that would halt is asked about: it gives a halted one up, and stands there.
    s.git.target.in_the_way.clear();
    let conflicts = vec![Conflict::new("a/b.rs", ConflictKind::Content)];
    s.git.conflict = Some(Built::Conflict(Stuck::new(name("OBS"), vec![name("SEC")], conflicts)));
    s.says(conductor(), Command::Merge);
    let open = &s.state.confirmations[0];
    assert!(open.title.contains("it halts") && open.lines[0].contains("a/b.rs"), "{open:?}");
}

#[test]
fn a_halted_train_goes_on_only_as_it_was_shown() {
    let mut s = all_ready();
    s.git.red.insert("test".into());
    s.ask(Command::Merge);
    s.git.red.clear();
    let on = || Command::MergeContinue { skip: vec![name("SEC")] };
    s.says(conductor(), on());
    let lines = &s.state.confirmations[0].lines;
    assert!(lines.iter().any(|l| l == "Skipped: SEC."), "{lines:?}");
    s.git.target.oid = oid("moved00");
    assert_eq!(s.fault(Command::Confirm(Confirming::Yes { id: 1 })).0, Fault::Protected);
    assert_eq!(applies(&s), 0);
    let n = s.says(conductor(), on());
    yes(&mut s, 2);
    assert!(matches!(&s.answers[&n], Answer::Train(t) if t.applied), "{:?}", s.answers[&n]);
    let n = s.says(conductor(), Command::MergeUndo);
    assert!(
        s.state.confirmations[0].title.starts_with("Take main back m-DOCS → "),
        "{:?}",
        s.state.confirmations
    );
    yes(&mut s, 3);
    assert!(matches!(&s.answers[&n], Answer::Train(_)));
}

#[test]
fn whoever_left_has_nothing_done() {
    let mut s = all_ready();
    let n = s.says(program("c"), Command::Merge);
    s.happen(Event::Left { replies: vec![n] });
    assert_eq!(ends(&s), [(1, End::Left)]);
    assert_eq!(s.fault(Command::Confirm(Confirming::Yes { id: 1 })).0, Fault::Usage);
    assert_eq!(calls(&s).last().map(|c| c.outcome.as_str()), Some("left"));
    // Gone while its plan was being made.
    s.git.silent.insert("target");
    let n = s.says(program("c"), Command::Merge);
    s.happen(Event::Left { replies: vec![n] });
    s.catch_up();
    assert!(s.state.confirmations.is_empty());
    assert_eq!(applies(&s), 0);
    // The server was lost: nobody can be answered any more.
    s.says(conductor(), stop("SEC"));
    s.crash();
    assert_eq!(s.state.confirmations.len(), 1);
    s.happen(Event::Start);
    assert_eq!(ends(&s).last(), Some(&(2, End::Left)));
    assert_eq!((s.state.confirmations.len(), stops(&s)), (0, 0));
    s.says(conductor(), stop("SEC"));
    assert_eq!(s.state.confirmations[0].id, 3, "numbers are not used twice");
    s.ask(Command::Confirm(Confirming::No { id: 3 }));
}

#[test]
fn open_confirmations_are_bounded() {
    let mut s = Stage::new();
    for (n, agent) in TEAM.iter().enumerate().take(MAX_OPEN_OF_ONE + 2) {
        let asked = s.says(conductor(), stop(agent));
        assert_eq!(s.answers.contains_key(&asked), n >= MAX_OPEN_OF_ONE);
    }
    // What a program calls itself makes it no other.
    for agent in TEAM.iter().take(MAX_OPEN_OF_ONE + 2) {
        s.says(program(&format!("c{agent}")), stop(agent));
    }
    assert_eq!(s.state.confirmations.len(), 2 * MAX_OPEN_OF_ONE);
    let refused = calls(&s).into_iter().filter(|c| c.outcome == "refused").count();
    assert_eq!(refused, 4);
    let mut c = config();
    c.conduct.policy.tools.insert(Tool::UpdateStatus, Say::Confirm);
    let mut s = Stage::of(c);
    let state = || Command::Talk(crate::domain::command::Talk::State { state: None, task: "x".into() });
    for agent in TEAM {
        for _ in 0..MAX_OPEN_OF_ONE {
            s.says(Caller::Pane(name(agent)), state());
        }
    }
    assert_eq!(s.state.confirmations.len(), MAX_OPEN);
}

#[test]
fn the_policy_decides_and_says_so() {
    let mut c = config();
    c.conduct.policy.tools.insert(Tool::SendPrompt, Say::Deny);
    c.conduct.policy.tools.insert(Tool::StopAgent, Say::Allow);
    c.conduct.policy.tools.insert(Tool::StartMerge, Say::Allow);
    let mut s = all_ready_of(c);
    let n = s.says(conductor(), send(&["SEC"]));
    let (fault, why) = fault_of(&s, n);
    assert!(fault == Fault::Protected && why.contains("`send_prompt = \"confirm\"` under [policy]"), "{why}");
    s.says(conductor(), stop("SEC"));
    assert_eq!(stops(&s), 1, "it is allowed here");
    let n = s.says(Caller::Pane(name("SEC")), Command::Merge);
    assert!(fault_of(&s, n).1.contains("a person or the orchestrator"), "no policy lets an agent merge");
    let refused: Vec<_> = calls(&s).into_iter().filter(|c| c.outcome == "refused").collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].about, "SEC, a text of 13 bytes", "what it is about, not the text");
    assert_eq!((applies(&s), s.agent("SEC").sent), (0, 0));
}

#[test]
fn every_call_by_a_program_is_recorded_and_from_panes_what_does_more_than_look() {
    let mut s = Stage::new();
    let read = || Command::Read { agent: name("SEC"), lines: 5, since: None };
    s.says(program("c"), read());
    s.says(Caller::Pane(name("SEC")), read());
    s.says(Caller::Outside, stop("OBS"));
    s.says(conductor(), Command::Pin { agent: name("SEC"), state: None });
    let all: Vec<_> = calls(&s).into_iter().map(|c| (c.tool, c.about, c.outcome)).collect();
    let row = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(all, [row("read_pane", "SEC", "done"), row("pin_state", "SEC off", "usage")]);
    let wait = Command::Wait {
        targets: vec![],
        until: crate::domain::command::Until::State(crate::domain::state::AgentState::Ready),
        timeout_ms: 60_000,
    };
    let n = s.says(program("c"), wait);
    s.happen(Event::Left { replies: vec![n] });
    s.pass(70_000);
    assert!(!s.answers.contains_key(&n), "nobody waits for it");
    assert_eq!(calls(&s).last().unwrap().outcome, "left");
}

#[test]
fn what_is_shown_of_it_cannot_steer_a_terminal() {
    let mut s = Stage::new();
    s.happen(output(&name("SEC"), b"x"));
    let bytes = b"\x1b]0;evil\x07ls\r".to_vec();
    s.says(conductor(), Command::Type { agent: name("SEC"), bytes });
    let text = "a\u{1b}[2J\u{202e}b\n".repeat(100);
    let what = What::Text(text);
    s.says(conductor(), Command::Send { targets: vec![], what, terms: Default::default() });
    let order = Order::Staged;
    let (plan, targets, prompt) = ("enhancement".to_owned(), vec![], None);
    s.says(conductor(), Command::Run { plan, order, targets, prompt, red: Default::default() });
    for open in &s.state.confirmations {
        for line in open.lines.iter().chain([&open.title]) {
            assert!(
                line.chars().count() <= 200 && !line.contains(['\u{1b}', '\u{7}', '\u{202e}']),
                "{line:?}"
            );
        }
        assert!(open.lines.len() <= 41, "{}", open.lines.len());
    }
    assert_eq!(s.state.confirmations[0].lines[0], r"\x1b]0;evil\x07ls\r");
    assert_eq!(s.state.confirmations[2].title, "Run enhancement, staged: 8 tasks");
}

#[test]
fn a_person_is_neither_asked_nor_journaled_as_a_caller() {
    let mut s = all_ready();
    let Answer::Train(view) = s.ask(Command::Merge) else { panic!() };
    let view: TrainView = *view;
    assert!(view.applied && calls(&s).is_empty() && ends(&s).is_empty());
}
