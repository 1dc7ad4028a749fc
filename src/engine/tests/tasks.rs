//! Single tasks: what proves them done, adding, dropping, repeating.

use super::kit::{ASK, BOX, REST, SPIN, Stage, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::plan::{DoneRule, Task};
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Ended, Event};

fn task(id: &str, agent: &str, needs: &[&str]) -> Task {
    Task {
        agent: Some(name(agent)),
        needs: needs.iter().map(|n| (*n).into()).collect(),
        ..Task::new(id, "enhance", DoneRule::Committed)
    }
}

fn one() -> Stage {
    let mut s = Stage::new();
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    s
}

#[test]
fn idle_without_a_commit_needs_a_person_and_is_never_done() {
    let mut s = one();
    s.rests("SEC");
    s.pass(600_000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    assert_eq!(s.agent("SEC").need(), "idle without a new commit");
    s.print("SEC", SPIN);
    assert_eq!(s.agent("SEC").need(), "", "it works again");
    s.git.commit("SEC");
    s.git.branch("SEC").changed.push("a.txt".into());
    s.rests("SEC");
    assert_eq!(s.agent("SEC").need(), "idle with uncommitted changes in a.txt");
    s.print("SEC", SPIN);
    s.git.branch("SEC").changed.clear();
    s.git.branch("SEC").untracked.push("scratch".into());
    s.rests("SEC");
    assert_eq!(s.task("enhance-SEC"), TaskState::Done, "only tracked files count");
    assert_eq!(s.agent("SEC").need(), "");
}

#[test]
fn a_commit_counts_only_after_the_agent_rests() {
    let mut s = one();
    s.git.commit("SEC");
    s.ask(Command::Status);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running, "it still works");
    s.rests("SEC");
    assert_eq!(s.task("enhance-SEC"), TaskState::Done);
}

#[test]
fn work_from_before_the_prompt_does_not_count() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(1000);
    s.rests("SEC");
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    assert_eq!(s.task_why("enhance-SEC"), "idle without a new commit");
}

#[test]
fn an_answer_from_before_the_question_decides_nothing() {
    let mut s = one();
    s.git.silent.insert("inspect");
    s.asks(Command::Status);
    let asked = s.git.held.iter().position(|e| format!("{e:?}").contains("SEC")).unwrap();
    let early = s.git.now(&s.git.held[asked].clone()).remove(0);
    s.git.commit("SEC");
    s.rests("SEC");
    s.git.silent.clear();
    s.happen(early);
    s.pass(100);
    assert_eq!(s.task("enhance-SEC"), TaskState::Done, "git is asked again");
}

#[test]
fn tasks_are_added_dropped_and_repeated_while_a_plan_runs() {
    let mut s = one();
    let add = |t| Command::AddTask { task: t };
    s.ask(add(task("extra", "OBS", &[])));
    s.ask(add(task("later", "NET", &["extra"])));
    s.pass(1000);
    assert_eq!((s.task("extra"), s.task("later")), (TaskState::Running, TaskState::Queued));
    assert!(s.fault(add(task("extra", "QA", &[]))).1.contains("add task extra: the run already has one"));
    assert!(s.fault(add(task("x", "QA", &["extr"]))).1.contains("did you mean extra"));
    assert!(s.fault(add(Task { prompt: "enhanse".into(), ..task("x", "QA", &[]) })).1.contains("enhance"));
    assert!(s.fault(add(Task { agent: Some(name("NOBODY")), ..task("x", "QA", &[]) })).1.contains("NOBODY"));
    s.commits("OBS");
    s.pass(1000);
    assert_eq!(s.task("later"), TaskState::Running);
    assert_eq!(s.fault(Command::RepeatTask { task: "later".into() }).1, "repeat task later: it is running");
    s.ask(Command::RepeatTask { task: "extra".into() });
    s.pass(1000);
    assert_eq!(s.task("extra"), TaskState::Running);
    assert_eq!(s.written("OBS").len(), 4, "sent a second time");
    s.rests("OBS");
    assert_eq!(s.task("extra"), TaskState::Running, "the commit of the first time does not count");
    s.ask(Command::DropTask { task: "extra".into() });
    s.ask(Command::DropTask { task: "later".into() });
    s.commits("SEC");
    assert!(s.state.runs[0].ended);
}

#[test]
fn a_task_for_each_agent_is_added_whole_or_not_at_all() {
    let mut s = one();
    let each = |id: &str, need: &str| Task {
        agent: None,
        each: true,
        needs: vec![need.into()],
        ..task(id, "SEC", &[])
    };
    let before = s.state.runs[0].tasks.len();
    let (fault, why) = s.fault(Command::AddTask { task: each("check-{agent}", "enhance-{agent}") });
    assert_eq!(fault, Fault::Usage);
    assert!(why.contains("enhance-ARCH"), "{why}");
    assert_eq!(s.state.runs[0].tasks.len(), before);
    s.ask(Command::AddTask { task: each("check-{agent}", "enhance-SEC") });
    assert_eq!(s.state.runs[0].tasks.len(), before + 8);
}

#[test]
fn an_agent_does_one_task_after_the_other() {
    let mut s = one();
    s.ask(Command::AddTask { task: task("second", "SEC", &[]) });
    s.pass(1000);
    assert_eq!(s.task("second"), TaskState::Queued);
    s.commits("SEC");
    s.pass(1000);
    assert_eq!((s.task("enhance-SEC"), s.task("second")), (TaskState::Done, TaskState::Running));
    s.rests("SEC");
    assert_eq!(s.task("second"), TaskState::Running, "the commit of the first is not its own");
}

#[test]
fn a_held_task_can_be_dropped_and_does_not_block_the_queue() {
    let mut s = Stage::new();
    s.print("SEC", ASK);
    s.run("enhancement", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(1000);
    s.ask(Command::DropTask { task: "enhance-SEC".into() });
    assert_eq!(s.task("enhance-SEC"), TaskState::Skipped);
    assert_eq!(s.receipt("SEC").0, Outcome::Refused);
    s.print("SEC", REST);
    s.text("SEC", "hello");
    s.pass(1000);
    assert!(s.written("SEC")[0].1.contains("hello"));
}

#[test]
fn a_branch_that_cannot_be_read_fails_the_task_and_frees_the_pane() {
    let mut s = Stage::new();
    s.git.broken = Some("the worktree is gone".into());
    s.run("enhancement", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Failed);
    assert!(s.task_why("enhance-SEC").contains("the worktree is gone"));
    s.text("SEC", "what happened?");
    s.pass(1000);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
    assert!(s.written("SEC")[0].1.contains("what happened?"));
}

#[test]
fn a_stalled_prompt_fails_its_task_which_can_be_repeated() {
    let mut s = Stage::new();
    s.swallows.insert("SEC".into(), 3);
    s.run("enhancement", Order::Broadcast, &["SEC"]);
    s.pass(10_000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Failed);
    assert!(s.task_why("enhance-SEC").contains("stalled"));
    assert!(s.state.runs[0].ended);
    s.ask(Command::RepeatTask { task: "enhance-SEC".into() });
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Sent, "the first may still sit in the composer");
    s.ask(Command::Type { agent: name("SEC"), bytes: vec![3] });
    s.pass(1000);
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
    s.commits("SEC");
    assert!(s.state.runs[0].ended);
}

#[test]
fn a_plan_of_readiness_ends_when_all_are_proved() {
    let mut s = Stage::new();
    s.run("wrap-up", Order::Broadcast, &["SEC", "OBS"]);
    s.pass(1000);
    s.git.commit("SEC");
    s.ready("SEC");
    assert_eq!(s.task("wrap-up-SEC"), TaskState::Done);
    // A program that ends right after its claim has done what was asked.
    s.git.commit("OBS");
    s.git.silent.insert("gates");
    s.ready("OBS");
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::Exited(0) });
    assert_eq!(s.task("wrap-up-OBS"), TaskState::Running);
    s.catch_up();
    assert_eq!(s.task("wrap-up-OBS"), TaskState::Done);
    assert!(s.state.runs[0].ended);
}

#[test]
fn nothing_can_be_changed_where_no_plan_ran() {
    let mut s = Stage::of(config());
    for c in [
        Command::DropTask { task: "x".into() },
        Command::RepeatTask { task: "x".into() },
        Command::AddTask { task: task("x", "SEC", &[]) },
    ] {
        assert_eq!(s.fault(c), (Fault::Usage, "change the run: no plan runs".into()));
    }
    s.print("SEC", BOX);
    assert!(matches!(s.ask(Command::Narrate { text: "x".into() }), Answer::Done { .. }));
}
