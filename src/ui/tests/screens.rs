//! What is seen, mode by mode.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::Order;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::{Answer, Explained, Fault, Loser, Progress, RunView, TaskView};
use crate::ui::{Look, notify};

#[test]
fn nothing_has_happened() {
    assert_snapshot!(desk(fresh(), 80, 24).shot());
    assert_snapshot!(desk(fresh(), 120, 30).press("3").shot());
    assert_snapshot!(desk(fresh(), 80, 24).press("5").shot());
    assert_snapshot!(desk(fresh(), 80, 24).press("L").shot());
}

#[test]
fn the_grid() {
    assert_snapshot!(desk(busy(), 200, 50).press("3").shot());
    assert_snapshot!(desk(busy(), 120, 30).press("3 l").shot());
    assert_snapshot!(desk(busy(), 120, 30).press("2").shot());
}

#[test]
fn one_pane_on_a_small_terminal() {
    assert_snapshot!(desk(busy(), 80, 24).press("3").shot());
    assert_snapshot!(desk(busy(), 80, 24).press("3 ] ]").shot());
    assert_snapshot!(desk(busy(), 40, 12).press("3").shot());
    assert_snapshot!(desk(busy(), 20, 5).press("3").shot());
}

#[test]
fn zoomed_and_scrolled() {
    let mut state = busy();
    for i in 0..100 {
        let now = state.now;
        agent(&mut state, "SEC").pane.screen.feed(format!("line {i}\r\n").as_bytes(), now);
    }
    assert_snapshot!(desk(state, 120, 30).press("3 z <PgUp>").shot());
}

#[test]
fn typing() {
    assert_snapshot!(desk(busy(), 80, 24).press("3 l <Enter>").shot());
    assert_snapshot!(desk(busy(), 120, 30).press("3 l <Enter>").shot());
}

#[test]
fn what_the_orchestrators_shell_is_for() {
    for (cols, rows, told) in
        [(80, 24, "send · run · merge"), (120, 30, "review · suggest"), (200, 50, "orchestra mcp")]
    {
        let mut d = desk(busy(), cols, rows);
        let foot = |d: &Desk| d.shot().lines().last().unwrap().to_owned();
        assert!(!foot(d.press("1")).contains("orchestra"));
        assert!(foot(d.press("<Enter>")).contains(told), "{cols}: {}", d.shot());
        assert!(!foot(d.press("<C-q> 3 <Enter>")).contains("orchestra"));
        // A program that was started there needs no such words.
        let mut config = (*d.state.config).clone();
        config.orchestrator = vec!["codex".into()];
        d.state.config = config.into();
        assert!(!foot(d.press("<C-q> 1 <Enter>")).contains("orchestra"));
    }
}

#[test]
fn the_monitor() {
    assert_snapshot!(desk(busy(), 80, 24).press("5 j j").shot());
    assert_snapshot!(desk(busy(), 200, 50).press("5").shot());
    assert_snapshot!(desk(busy(), 60, 10).press("5 j j j j").shot());
}

#[test]
fn the_composer() {
    let mut d = desk(busy(), 80, 24);
    d.press("b H i <A-Enter> y o u");
    assert_snapshot!(d.shot());
    assert_snapshot!(d.press("<Tab> f").shot());
    assert_snapshot!(desk(busy(), 200, 50).press("3 m").shot());
}

#[test]
fn lists_and_texts() {
    assert_snapshot!(desk(busy(), 80, 24).press("3 r").shot());
    assert_snapshot!(desk(busy(), 80, 24).press(": r e v").shot());
    assert_snapshot!(desk(busy(), 80, 24).press("?").shot());
    assert_snapshot!(desk(busy(), 200, 50).press("?").shot());
    assert_snapshot!(desk(busy(), 80, 24).press("L").shot());
}

#[test]
fn questions() {
    assert_snapshot!(desk(busy(), 80, 24).press("3 x").shot());
    assert_snapshot!(desk(busy(), 80, 24).press("3 S").shot());
}

#[test]
fn messages() {
    let mut d = desk(busy(), 80, 24);
    d.press("3");
    let why = "send to SEC: its pane asks a question; answer it first".into();
    notify(&mut d.view, &Answer::Fault { fault: Fault::Failed, why });
    assert_snapshot!(d.shot());
}

#[test]
fn answers() {
    let shot = |keys: &str, answer: Answer| {
        let mut d = desk(busy(), 80, 24);
        d.press(keys);
        notify(&mut d.view, &answer);
        d.shot()
    };
    let loser = |source: &str, rule: &str, evidence: &str| Loser {
        rule: rule.into(),
        source: source.into(),
        state: AgentState::Idle,
        evidence: evidence.into(),
        age_ms: 4000,
        why: "a question or a limit goes first: claude/permission".into(),
    };
    let explained = Explained {
        agent: name("OBS"),
        state: AgentState::Asking,
        rule: "claude/permission".into(),
        evidence: "Do you want to proceed?".into(),
        age_ms: 42_000,
        over: vec![],
        since: "2026-01-01T12:00:00Z".into(),
        source: "screen".into(),
        losers: vec![loser("title", "claude/title", "✳ Claude"), loser("mark", "claude/mark", "D")],
        pinned: None,
        until: None,
        next_look_ms: None,
    };
    assert_snapshot!(shot("e", Answer::Explained(explained)));
    let task = TaskView {
        id: "ARCH".into(),
        agent: name("ARCH"),
        prompt: "enhancement".into(),
        stage: 1,
        state: TaskState::Queued,
        why: String::new(),
        upstream: String::new(),
        bytes: 10,
    };
    let (plan, order, progress) = ("enhancement".into(), Order::Staged, Progress::default());
    let run = RunView {
        run: 0,
        plan,
        order,
        ended: false,
        paused: false,
        gating: vec![],
        review: String::new(),
        progress,
        tasks: vec![task],
    };
    assert_snapshot!(shot("", Answer::Run(run)));
}

#[test]
fn narrated() {
    let mut state = busy();
    state.narration = "SEC claims with two commits and will be refused: v shows why".into();
    assert_snapshot!(desk(state, 80, 24).press("3").shot());
}

#[test]
fn ascii_and_without_colour() {
    let ascii = Look { ascii: true, plain: true, ..Look::default() };
    let d = &mut looking(busy(), 120, 30, ascii);
    assert_snapshot!(d.press("3").shot());
    assert!(d.shot().is_ascii());
    assert_snapshot!(d.press("l <Enter>").shot());
}

#[test]
fn too_small() {
    assert_snapshot!(desk(busy(), 18, 4).shot());
    assert_snapshot!(desk(busy(), 80, 4).shot());
}
