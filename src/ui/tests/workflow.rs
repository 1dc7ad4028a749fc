//! A project on screen: keys, the mouse, live and in a recording, however far it is.

use std::sync::Arc;

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::{Command, Workflow};
use crate::domain::id::AgentName;
use crate::domain::key::MouseKind;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::team::{AgentSpec, Config, Layout, Tab};
use crate::domain::time::Time;
use crate::domain::workflow::project::sample::{self, DAY, START};
use crate::domain::workflow::project::{Cause, Project};
use crate::domain::workflow::track::{moment, tracking};
use crate::engine::state::{Info, State};
use crate::screen::is_unsafe;
use crate::ui::view::Mode;
use crate::ui::{Action, Look};

/// A session whose project is that, so many days after its start.
pub(super) fn follows(project: Option<Project>, day: i64) -> State {
    let plan = sample::plan();
    let team: Vec<AgentSpec> = plan.agents().into_iter().map(AgentSpec::bare).collect();
    let panes: Vec<AgentName> = team.iter().map(|a| a.name.clone()).collect();
    let config = Config {
        tabs: vec![
            Tab::new("Workflow", Layout::Workflow, vec![]),
            Tab::new("Team", Layout::Grid, panes),
            Tab::new("Monitor", Layout::Monitor, vec![]),
        ],
        worktrees: false,
        ..Config::bare("shop", team)
    };
    let mut state = State::new(Arc::new(config), Info::default());
    state.project = project.map(Box::new);
    state.now = Time { mono: NOW.mono, wall: START + day * DAY };
    state
}

/// The sample on its ninth day, with something raised to a person, a sync, a verdict and a change of the plan.
pub(super) fn halfway() -> State {
    let mut p = sample::ninth_day();
    let day = |n: i64| START + n * DAY;
    let evidence = vec!["the cluster has been blocked for a day: no quota for load balancers".to_owned()];
    p.fold(&Workflowed::Escalated { cause: Cause::Blocker, key: "blocker-1".into(), evidence }, day(8));
    let text = "the cluster has no load balancer before Friday".to_owned();
    p.fold(&Workflowed::Synced { task: "cluster".into(), with: "logging".into(), text }, day(8));
    p.fold(&Workflowed::Held { task: "cluster".into(), reasons: vec!["gate build is red".into()] }, day(8));
    follows(Some(p), 8)
}

#[test]
fn a_project_is_seen_at_every_size() {
    assert_snapshot!("small", desk(halfway(), 80, 24).shot());
    assert_snapshot!("middle", desk(halfway(), 120, 30).shot());
    assert_snapshot!("large", desk(halfway(), 200, 50).shot());
    assert_snapshot!("smallest", desk(halfway(), 40, 10).shot());
    assert_snapshot!("over", desk(follows(Some(sample::complete()), 30), 120, 30).shot());
    let ascii = Look { ascii: true, plain: true, ..Look::default() };
    assert_snapshot!("ascii", looking(halfway(), 120, 30, ascii).shot());
}

#[test]
fn the_end_is_told_whole_however_long_the_name_is() {
    let mut p = sample::ninth_day();
    (p.name, p.day_ms) = ("full-infrastructure-2".into(), 2000);
    let state = follows(Some(p), 8);
    let (project, now) = (state.project.as_deref().unwrap(), state.now.wall);
    let ends = format!("ends {}", moment(project, tracking(project, now).expected_end));
    assert_eq!(ends.len(), "ends 2026-03-20 12:00:00".len());
    for (cols, more) in [(200, "· week"), (80, " full-infrastructure-2 · 36 % ·"), (60, " 36 % · ▲")] {
        let shot = desk(state.clone(), cols, 24).shot();
        assert!(shot.contains(&ends) && shot.contains(more), "{cols}: {shot}");
    }
}

#[test]
fn a_session_without_a_project_says_how_one_begins() {
    let mut d = desk(follows(None, 0), 80, 24);
    assert!(d.shot().contains("no project follows a workflow here"), "{}", d.shot());
    d.press("j");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.press("2").shot().contains("docker-specialist"));
    assert!(d.press("F").shot().contains("no project follows"));
    d.press("q");
    assert_eq!(d.took(), [Action::Detach]);
    // Where no tab is for it, it is seen over the panes.
    let mut over = desk(busy(), 80, 24);
    assert!(over.press("F").shot().contains("no project follows"));
    assert!(!over.press("<Esc>").shot().contains("no project follows"));
}

#[test]
fn keys_choose_a_task_and_lead_to_its_agent() {
    let mut d = desk(halfway(), 120, 30);
    assert!(d.shot().contains("task cluster"), "what runs is looked at: {}", d.shot());
    assert!(d.press("j").shot().contains("task pipeline"));
    assert!(d.press("G").shot().contains("task logging"));
    assert!(d.press("k").shot().contains("task monitoring"));
    assert!(d.press("g").shot().contains("task containers"));
    d.press("<Tab> G");
    assert!(d.shot().contains("ghcr.io/shop/web:1.4"), "its handover is read: {}", d.shot());
    d.press("<S-Tab> <Enter>");
    assert_eq!(d.view.focused(&d.state), Some(name("docker-specialist")));
    assert!(d.press("F j").shot().contains("task cluster"), "where one was is kept");
    assert_eq!(d.took(), []);
}

#[test]
fn parts_are_gone_through_and_seen_alone() {
    let mut d = desk(halfway(), 80, 24);
    assert!(d.shot().contains("┌ task cluster") && !d.shot().contains("question 1"), "{}", d.shot());
    assert!(d.press("<Tab> <Tab>").shot().contains("? question 1"), "{}", d.shot());
    assert!(d.press("z").shot().contains("measured from 1 task"), "{}", d.shot());
    assert!(!d.shot().contains("took/plan"));
    assert!(d.press("<Esc>").shot().contains("took/plan"));
    assert!(d.press("<S-Tab>").shot().contains("task cluster · 1–"), "{}", d.shot());
    let before = d.shot();
    assert_ne!(d.press("j j").shot(), before, "a long text scrolls");
    assert!(d.press("G").shot().contains("Friday"), "{}", d.shot());
}

#[test]
fn what_waits_for_a_person_counts_and_is_answered_here() {
    let mut d = desk(halfway(), 120, 30);
    assert!(d.shot().contains("2 need you"), "{}", d.shot());
    assert!(d.shot().contains("? 2 wait for you: A answers"), "{}", d.shot());
    d.press("A");
    assert!(d.shot().contains("your decision on question 1"), "{}", d.shot());
    d.paste("managed nodes");
    d.press("<Enter>");
    let decided = Workflow::Decide { id: 1, decision: "managed nodes".into() };
    assert_eq!(d.took(), [Action::Do(Command::Workflow(decided))]);
    d.press("j A");
    assert!(d.shot().contains("what was done about escalation 1"), "{}", d.shot());
    d.paste("quota asked for");
    d.press("<Enter>");
    let settled = Workflow::Settle { id: 1, how: "quota asked for".into() };
    assert_eq!(d.took(), [Action::Do(Command::Workflow(settled))]);
    d.press("j A");
    d.paste("a second account");
    d.press("<Enter>");
    let mitigated = Workflow::Mitigate { id: 1, mitigation: "a second account".into() };
    assert_eq!(d.took(), [Action::Do(Command::Workflow(mitigated))]);
    // Nothing is said by an empty line.
    d.press("A <Enter>");
    assert_eq!(d.took(), []);
    // The key for who needs one leads here too.
    assert!(d.press("2 w").shot().contains("? question 1"));
    // An end makes all of it idle.
    let mut over = desk(follows(Some(sample::complete()), 30), 120, 30);
    assert!(!over.shot().contains("need you"));
    over.press("A");
    assert_eq!(over.took(), [Action::Beep]);
}

#[test]
fn the_mouse_chooses_tasks_and_parts() {
    let mut d = desk(halfway(), 120, 30);
    let (x, y) = d.find("pipeline ");
    d.mouse(MouseKind::Down(0), x, y);
    assert!(d.shot().contains("task pipeline"), "{}", d.shot());
    d.mouse(MouseKind::ScrollDown, x, y);
    assert!(d.shot().contains("task monitoring"), "{}", d.shot());
    let (x, y) = d.find("! escalation 1");
    d.mouse(MouseKind::Down(0), x, y);
    d.press("A");
    assert!(d.shot().contains("what was done about escalation 1"), "{}", d.shot());
    d.press("<Esc>");
    let (x, y) = d.find("containers ");
    d.mouse(MouseKind::Down(0), x, y);
    d.mouse(MouseKind::Down(0), x + 1, y);
    assert_eq!(
        d.view.focused(&d.state),
        Some(name("docker-specialist")),
        "a click on the chosen task goes there"
    );
    assert_eq!(d.took(), []);
}

#[test]
fn a_recording_shows_the_moment_and_answers_nothing() {
    let mut d = super::replay::recorded(halfway(), 120, 40, Look::default());
    assert!(d.shot().contains("1/5 tasks"), "{}", d.shot());
    assert!(!d.shot().contains("A answers"), "{}", d.shot());
    d.press("A");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("this is a recording"));
    d.press("j z z <Tab>");
    assert!(d.shot().contains("task pipeline"));
    d.press("<Left>");
    assert!(matches!(&d.took()[..], [Action::Wish(_)]), "time goes back as elsewhere");
    // Back in time it is as it was.
    d.state = follows(Some(sample::begun()), 0);
    assert!(d.shot().contains("0/5 tasks") && d.shot().contains("week 1"), "{}", d.shot());
    d.press("2 F");
    assert!(d.shot().contains("0/5 tasks"), "{}", d.shot());
    d.state = follows(None, 0);
    assert!(d.shot().contains("no project had begun at this moment"), "{}", d.shot());
}

#[test]
fn what_time_changes_is_drawn_again_while_it_runs() {
    let mut d = desk(halfway(), 80, 24);
    let now = d.state.now;
    assert!(d.view.observe(&d.state, true, now).is_some());
    let mut over = desk(follows(Some(sample::complete()), 30), 80, 24);
    assert_eq!(over.view.observe(&over.state, true, now), None);
}

#[test]
fn a_tab_of_the_workflow_is_laid_out_in_no_other_way() {
    let mut d = desk(halfway(), 80, 24);
    d.press(": grid <Enter>");
    assert!(d.shot().contains("this tab is the workflow's: it has no panes to lay out"), "{}", d.shot());
    d.press("<Esc>");
    assert!(d.shot().contains("next-agent") || d.shot().contains("goes to the panes"), "{}", d.shot());
}

#[test]
fn odd_projects_are_drawn_at_every_size() {
    let evil = "\u{1b}[31m\u{7}\u{202e}שלום 日本語 e\u{301}\u{200b}👩‍👩‍👧";
    let mut odd = sample::ninth_day();
    odd.name = evil.into();
    odd.plan.tasks[1].id = evil.repeat(4);
    odd.plan.tasks[2].title = evil.repeat(30);
    odd.plan.tasks[2].phase = "nowhere".into();
    odd.plan.tasks[4].duration = crate::domain::workflow::span::Span::hours(0);
    odd.blockers[0].text = evil.repeat(20);
    odd.tasks[0].state = TaskState::Skipped;
    let mut empty = sample::begun();
    empty.plan.tasks.clear();
    empty.baseline.clear();
    let mut quick = sample::ninth_day();
    quick.day_ms = 1;
    let mut slow = sample::ninth_day();
    slow.day_ms = i64::MAX;
    slow.terms.deadline = Some(i64::MAX);
    for project in [odd, empty, quick, slow] {
        for day in [-3, 0, 8, 100_000] {
            for (cols, rows) in [(200, 50), (120, 30), (80, 24), (20, 6), (60, 9)] {
                let mut d = desk(follows(Some(project.clone()), day), cols, rows);
                for keys in ["G", "g", "j", "z", "<Tab>", "j", "<Tab>", "j", "A", "<Esc>", "z", "<PgDn>"] {
                    d.press(keys);
                    for cell in &d.terminal().backend().buffer().content {
                        assert!(!cell.symbol().chars().any(is_unsafe), "{:?}", cell.symbol());
                    }
                }
                assert!(matches!(d.view.mode, Mode::Normal));
            }
        }
    }
}
