//! A run paused, resumed and reordered while it is under way.

use super::kit::{Stage, TEAM, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::plan::{DoneRule, Task};
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Fault, RunView};
use crate::engine::event::Event;

fn said(s: &mut Stage, command: Command) -> String {
    match s.ask(command) {
        Answer::Done { text } => text,
        other => panic!("{other:?}"),
    }
}

fn shown(s: &mut Stage) -> RunView {
    match s.ask(Command::ShowRun { run: None }) {
        Answer::Run(view) => view,
        other => panic!("{other:?}"),
    }
}

#[test]
fn paused_nothing_new_is_sent_and_what_is_out_goes_on() {
    let mut s = Stage::new();
    s.print("OBS", super::kit::SPIN);
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    s.commits("ARCH");
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Sent), ["OBS"], "it works on something else");
    said(&mut s, Command::PauseRun);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC"]);
    assert_eq!(s.task("enhance-OBS"), TaskState::Queued, "its prompt waited for the pane");
    assert_eq!(s.receipt("OBS").0, Outcome::Refused);
    let view = shown(&mut s);
    assert!(view.paused && view.summary().ends_with("paused"), "{}", view.summary());
    assert_eq!(view.tasks[3].why, "the run is paused");
    for agent in ["PLAT", "SEC"] {
        s.commits(agent);
    }
    s.rests("OBS");
    s.pass(120_000);
    assert_eq!(s.tasks(TaskState::Done), ["ARCH", "PLAT", "SEC"]);
    assert!(s.written("OBS").is_empty());
    // A server lost meanwhile does not resume it.
    s.crash();
    s.happen(Event::Start);
    s.pass(120_000);
    assert!(s.written("OBS").is_empty() && shown(&mut s).paused);
    assert!(s.fault(Command::PauseRun).1.contains("run 1 is paused already"));
    said(&mut s, Command::ResumeRun);
    s.print("OBS", super::kit::BOX);
    s.rests("OBS");
    s.pass(1000);
    assert_eq!(s.task("enhance-OBS"), TaskState::Running);
    assert_eq!(s.fault(Command::ResumeRun), (Fault::Usage, "resume: no paused plan runs".into()));
}

#[test]
fn a_task_moved_forward_is_done_first_and_what_it_gives_up_is_said() {
    let mut c = config();
    c.team.iter_mut().find(|a| a.name == *"DOCS").unwrap().after = vec![name("NET")];
    let mut s = Stage::of(c);
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    let (task, before) = ("enhance-DOCS".to_owned(), "enhance-SEC".to_owned());
    let text = said(&mut s, Command::MoveTask { task: task.clone(), before });
    assert_eq!(
        text,
        "enhance-DOCS is done before enhance-SEC, in stage 2 instead of 4; it no longer waits for enhance-PLAT, \
         enhance-OBS, enhance-NET, enhance-OPS; DOCS builds on NET, whose work will not be there yet"
    );
    s.commits("ARCH");
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "DOCS", "OBS"], "SEC waits for it");
    let refused = |s: &mut Stage, task: &str, before: &str| {
        s.fault(Command::MoveTask { task: task.into(), before: before.into() }).1
    };
    let why = refused(&mut s, "enhance-SEC", "enhance-DOCS");
    assert_eq!(why, "move: enhance-DOCS is running; only what has not started can be moved");
    assert!(refused(&mut s, "enhance-QA", "enhance-QA").contains("before itself"));
    assert!(refused(&mut s, "enhance-Q", "enhance-OPS").contains("did you mean enhance-QA"));
    s.commits("DOCS");
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC", "OBS"]);
}

#[test]
fn tasks_are_never_made_to_wait_for_each_other() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Broadcast, &["ARCH"]);
    s.pass(1000);
    for (id, needs) in [("one", vec!["enhance-ARCH"]), ("two", vec!["one"])] {
        let task = Task {
            agent: Some(name("SEC")),
            needs: needs.into_iter().map(str::to_owned).collect(),
            ..Task::new(id, "enhance", DoneRule::Idle)
        };
        said(&mut s, Command::AddTask { task });
    }
    let (task, before) = ("two".to_owned(), "one".to_owned());
    let (fault, why) = s.fault(Command::MoveTask { task, before });
    assert_eq!(fault, Fault::Usage);
    assert_eq!(why, "move: these tasks would wait for each other: one → two → one");
}

#[test]
fn progress_counts_stages_and_says_what_is_waited_for() {
    let mut s = Stage::new();
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    s.commits("ARCH");
    s.pass(1000);
    s.print("SEC", super::kit::ASK);
    s.pass(2000);
    let view = shown(&mut s);
    assert_eq!(view.summary(), "enhancement · stage 2 of 4 · 1/8 done");
    let stages: Vec<_> = view.progress.stages.iter().map(|p| (p.stage, p.over, p.total)).collect();
    assert_eq!(stages, [(1, 1, 1), (2, 0, 3), (3, 0, 2), (4, 0, 2)]);
    let waiting = view.waiting();
    assert_eq!((waiting.len(), waiting[0].as_str()), (3, "PLAT (working)"));
    assert!(waiting[1].starts_with("SEC (asks: "), "{}", waiting[1]);
    assert_eq!(view.tasks[4].why, "waits for PLAT, SEC, OBS");
    assert_eq!(view.progress.began.as_deref(), Some("2026-01-01T00:00:02Z"));
    s.print("SEC", super::kit::SPIN);
    for agent in &TEAM[1..] {
        s.commits(agent);
        s.pass(1000);
    }
    let view = shown(&mut s);
    assert_eq!(view.summary(), "enhancement · 8/8 done · ended");
    assert!(view.progress.ended.is_some() && view.waiting().is_empty());
    assert_eq!(s.fault(Command::ShowRun { run: Some(4) }).1, "there is no run 4");
}
