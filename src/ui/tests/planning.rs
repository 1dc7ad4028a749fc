//! A plan before it runs and while it does, and the journal.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::{Command, Order, Target};
use crate::domain::ending::{EndGates, Red};
use crate::domain::state::TaskState;
use crate::domain::view::{Answer, Fault, RunView};
use crate::engine::parts::{Kind, LogLine};
use crate::engine::state::State;
use crate::ui::{Action, notify};

fn did(d: &mut Desk) -> Command {
    match &d.took()[..] {
        [Action::Do(command)] => command.clone(),
        other => panic!("{other:?}"),
    }
}

/// A session whose second stage is held up.
fn stuck() -> State {
    let mut state = busy();
    let run = &mut state.runs[0];
    for task in &mut run.tasks {
        let (to, why) = match task.bound.agent.as_str() {
            "SEC" => (TaskState::Done, ""),
            "OBS" => (TaskState::Failed, "its prompt was stalled: no reaction to 3 Enters"),
            _ => continue,
        };
        (task.state, task.why) = (to, why.into());
    }
    let plans = &mut std::sync::Arc::make_mut(&mut state.config).plans;
    let plan = plans.get_mut("enhancement").unwrap();
    plan.gates = EndGates::All;
    plan.then.review = true;
    state
}

/// What the run of the fixture would do.
fn would(state: &State) -> RunView {
    let mut run = state.view_run(&state.runs[0]);
    run.run = 0;
    for task in &mut run.tasks {
        (task.state, task.bytes) = (TaskState::Queued, 1900);
        task.why = format!("stage {}", task.stage);
    }
    for stage in &mut run.progress.stages {
        stage.over = 0;
    }
    run
}

#[test]
fn a_plan_is_seen_before_it_starts() {
    let mut d = desk(busy(), 120, 40);
    let run = would(&d.state);
    d.state.runs.clear();
    d.press("3 r <Enter>");
    let dry = |order, targets: &[&str], prompt: Option<&str>| Command::DryRun {
        plan: "enhancement".into(),
        order,
        targets: targets.iter().map(|t| Target((*t).into())).collect(),
        prompt: prompt.map(str::to_owned),
    };
    assert_eq!(did(&mut d), dry(Order::Staged, &[], None));
    assert!(d.shot().contains("asking what enhancement would do…"), "{}", d.shot());
    notify(&mut d.view, &Answer::Run(run.clone()));
    assert_snapshot!(d.shot());
    for (cols, rows) in [(80, 24), (200, 50), (20, 5)] {
        assert_snapshot!(desk_at(&d, cols, rows));
    }
    d.press("o");
    assert_eq!(did(&mut d), dry(Order::Broadcast, &[], None));
    d.press("f");
    assert_eq!(did(&mut d), dry(Order::Broadcast, &["focus:security"], None));
    d.press("u r o l e <Enter>");
    assert_eq!(did(&mut d), dry(Order::Broadcast, &["focus:security"], Some("role")));
    notify(&mut d.view, &Answer::Fault { fault: Fault::Usage, why: "run enhancement: no".into() });
    assert!(d.shot().contains("failed to run enhancement: no"), "{}", d.shot());
    d.press("<Enter>");
    assert_eq!(d.took(), [Action::Beep]);
    d.press("f f f");
    d.took();
    notify(&mut d.view, &Answer::Run(run));
    d.press("<Enter>");
    assert_eq!(
        did(&mut d),
        Command::Run {
            plan: "enhancement".into(),
            order: Order::Broadcast,
            targets: vec![Target("focus:security".into())],
            prompt: Some("role".into()),
            red: Red::Ask,
        }
    );
}

#[test]
fn a_run_is_seen_and_steered() {
    let mut d = desk(stuck(), 120, 40);
    d.press("T j j j");
    assert_snapshot!(d.shot());
    for (cols, rows) in [(80, 24), (200, 50), (20, 5)] {
        assert_snapshot!(desk_at(&d, cols, rows));
    }
    d.press("t");
    assert_eq!(did(&mut d), Command::RepeatTask { task: "OBS".into() });
    d.press("p");
    assert_eq!(did(&mut d), Command::PauseRun);
    d.press("N");
    assert!(d.shot().contains("NET: waits for OBS (failed)"), "{}", d.shot());
    d.press("y");
    assert_eq!(did(&mut d), Command::StartTasks { tasks: vec!["NET".into(), "OPS".into()] });
    d.press("j n y");
    assert_eq!(did(&mut d), Command::StartTasks { tasks: vec!["NET".into()] });
    d.press("x n x y");
    assert_eq!(did(&mut d), Command::DropTask { task: "NET".into() });
    d.press("g t y");
    assert_eq!(did(&mut d), Command::RepeatTask { task: "ARCH".into() });
    d.press("x");
    assert_eq!(d.took(), [Action::Beep], "it is over");
    d.press("<Enter>");
    assert!(d.shot().contains("┏ ARCH"), "{}", d.shot());
}

#[test]
fn no_plan_was_run_yet() {
    assert_snapshot!(desk(fresh(), 80, 24).press("T").shot());
}

fn chatty() -> State {
    let mut state = busy();
    for n in 0..60 {
        let agent = (n % 3 == 0).then(|| name("SEC"));
        let kind = if n % 2 == 0 { Kind::Gate } else { Kind::Run };
        state.logged += 1;
        state.log.push_back(LogLine {
            at: NOW,
            agent,
            kind,
            text: format!("line number {n}: build is Green"),
        });
    }
    state
}

#[test]
fn the_journal_is_looked_through() {
    let mut d = desk(chatty(), 120, 40);
    d.press("L");
    assert_snapshot!(d.shot());
    for (cols, rows) in [(80, 24), (200, 50), (20, 5)] {
        assert_snapshot!(desk_at(&d, cols, rows));
    }
    assert!(d.shot().contains("65 lines · follows"), "{}", d.shot());
    d.press("k k a <Tab>");
    assert!(d.shot().contains("journal · SEC · prompts · 0 of 65 lines"), "{}", d.shot());
    d.press("<S-Tab> / g r e e n <Enter>");
    assert!(d.shot().contains("journal · SEC · with “green” · 20 of 65 lines"), "{}", d.shot());
    assert_snapshot!(d.shot());
    d.press("x g");
    assert!(d.shot().contains("journal · 65 lines ") && d.shot().contains("session began"), "{}", d.shot());
    d.press("<Down> <Enter>");
    assert_eq!(d.view.focused(&d.state), Some(name("ARCH")));
}

#[test]
fn what_is_read_stays_where_it_is_while_lines_come() {
    let mut d = desk(chatty(), 80, 24);
    d.press("L k k k");
    let row = |d: &Desk| d.shot().lines().position(|l| l.contains("line number 56"));
    let before = row(&d);
    for n in 0..5 {
        d.state.logged += 1;
        d.state.log.pop_front();
        let text = format!("new {n}");
        d.state.log.push_back(LogLine { at: NOW, agent: None, kind: Kind::Session, text });
    }
    assert_eq!(row(&d), before);
    assert!(d.shot().contains("5 older ones are in the record"), "{}", d.shot());
    assert!(d.press("G").shot().contains("new 4"), "{}", d.shot());
}

#[test]
fn nothing_has_happened_in_the_journal() {
    assert_snapshot!(desk(fresh(), 80, 24).press("L").shot());
}
