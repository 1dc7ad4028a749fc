//! A session in the middle of a sprint, made by hand, and a view to press keys on.

use std::collections::BTreeMap;
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::config;
use crate::domain::command::Order;
use crate::domain::id::{AgentName, Oid};
use crate::domain::key::{Code, Key, Mods};
use crate::domain::plan::{Bound, DoneRule, Plan, Task};
use crate::domain::prefs::Prefs;
use crate::domain::review::{BranchFacts, GateResult, GateStatus};
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::team::{AgentSpec, Config, Gate, Layout, Merge, Tab};
use crate::domain::time::Time;
use crate::engine::parts::{Kind, LogLine, Receipt, Rippling, Run, RunTask};
use crate::engine::state::{Agent, Info, State, Why};
use crate::screen::Size;
use crate::ui::arrange::{Tile, arrange};
use crate::ui::{Action, Look, View, draw, on_key, on_paste};

/// 14:02 of a day, and 2 minutes into the session.
pub(super) const NOW: Time = Time { mono: 120_000_000, wall: 50_520_000 };

const TEAM: [(&str, &str, usize); 8] = [
    ("ARCH", "Architect", 0),
    ("PLAT", "Platform Engineer", 1),
    ("SEC", "Security Engineer", 1),
    ("OBS", "Observability Engineer", 1),
    ("NET", "Networking Engineer", 2),
    ("OPS", "Operations Engineer", 2),
    ("QA", "Quality Engineer", 3),
    ("DOCS", "Documentation Engineer", 3),
];

pub(super) fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

pub(super) fn names(texts: &[&str]) -> Vec<AgentName> {
    texts.iter().map(|t| name(t)).collect()
}

fn earlier(seconds: u64) -> Time {
    let wall = NOW.wall - i64::try_from(seconds * 1000).unwrap();
    Time { mono: NOW.mono - seconds * 1_000_000, wall }
}

fn config() -> Config {
    let spec = |(i, (n, role, _)): (usize, &(&str, &str, usize))| AgentSpec {
        name: name(n),
        role: (*role).into(),
        domain: String::new(),
        branch: format!("agent-{}-{}", i + 1, n.to_lowercase()),
        focus: vec![],
        after: vec![],
        profile: "shell".into(),
        message: format!("feat({}): its part", n.to_lowercase()),
        record: true,
    };
    let tab = |title: &str, layout, panes: &[&str], columns| Tab {
        columns,
        ..Tab::new(title, layout, names(panes))
    };
    let task = |id: &str, prompt: &str, done| Task { each: true, ..Task::new(id, prompt, done) };
    let plan = |plan: &str, title: &str, stages: &[&[&str]], done| {
        let stages = stages.iter().map(|s| s.iter().map(|a| (*a).to_owned()).collect()).collect();
        Plan::of(plan, title, stages, vec![task("{agent}", plan, done)])
    };
    let stages: [&[&str]; 4] = [&["ARCH"], &["PLAT", "SEC", "OBS"], &["NET", "OPS"], &["QA", "DOCS"]];
    let plans = [
        plan(
            "enhancement",
            "every agent looks over its work and improves it, foundations first",
            &stages,
            DoneRule::Committed,
        ),
        plan("wrap-up", "each squashes and claims", &stages, DoneRule::Ready),
    ];
    Config {
        session: "sprint-1".into(),
        session_dir: String::new(),
        worktrees: true,
        team: TEAM.iter().enumerate().map(spec).collect(),
        tabs: vec![
            tab("Orchestrator", Layout::Grid, &["ORCHESTRATOR"], 1),
            tab("Infrastructure", Layout::Grid, &["ARCH", "PLAT"], 2),
            tab("Addons", Layout::Grid, &["SEC", "OBS", "NET", "OPS"], 2),
            tab("Validation", Layout::Grid, &["QA", "DOCS"], 2),
            tab("Monitor", Layout::Monitor, &[], 0),
        ],
        focus: BTreeMap::from([
            ("security".into(), names(&["SEC", "NET", "PLAT"])),
            ("testing".into(), names(&["QA", "OPS"])),
        ]),
        gates: vec![Gate { timeout: 60, ready: true, ..Gate::new("build", "make") }],
        verify: crate::domain::gates::Verify::default(),
        merge: Merge { target: "main".into(), ..Merge::default() },
        review: crate::domain::review::Rules::default(),
        record: crate::domain::recording::Rules::default(),
        setup: String::new(),
        pass_env: vec![],
        conduct: crate::domain::conduct::Conduct::default(),
        prefs: crate::domain::prefs::Prefs::default(),
        areas: std::collections::BTreeMap::new(),
        orchestrator: vec![],
        orchestrator_prompt: String::new(),
        profiles: BTreeMap::new(),
        plans: plans.into_iter().map(|p| (p.name.clone(), p)).collect(),
        prompts: BTreeMap::new(),
        fleet: None,
    }
}

/// A session in which nothing has happened.
pub(super) fn fresh() -> State {
    let mut state = State::new(Arc::new(config()), Info::default());
    state.now = NOW;
    state
}

pub(super) fn agent<'a>(state: &'a mut State, who: &str) -> &'a mut Agent {
    let found = state.agents.iter_mut().find(|a| a.name == *who);
    found.unwrap()
}

fn works(state: &mut State, who: &str, activity: AgentState, text: &str) {
    let a = agent(state, who);
    a.activity = activity;
    a.pane.pid = Some(4000);
    a.pane.last_output = Some(earlier(60));
    a.pane.screen.resize(Size { rows: 12, cols: 60 });
    a.pane.screen.feed(text.as_bytes(), NOW);
}

fn facts(state: &mut State, who: &str, ahead: u32, changed: usize) {
    let files = (0..changed).map(|i| format!("src/{i}.ts")).collect();
    agent(state, who).facts =
        Some(BranchFacts { ahead, changed: files, head: Oid("77b0aa1".into()), ..BranchFacts::default() });
}

/// A session in its second stage, with an agent in most states.
pub(super) fn busy() -> State {
    let mut s = fresh();
    works(&mut s, "ORCHESTRATOR", AgentState::Idle, "lead@host project $ ");
    works(&mut s, "ARCH", AgentState::Idle, "done: foundation types\r\n> ");
    works(&mut s, "PLAT", AgentState::Idle, "> ");
    works(
        &mut s,
        "SEC",
        AgentState::Working,
        "\x1b[1m● Update(policies/require-labels.yaml)\x1b[0m\r\n  Added labels \x1b[32mowner\x1b[0m, 日本語\r\n",
    );
    works(
        &mut s,
        "OBS",
        AgentState::Asking,
        "Allow running `npm run validate:all`?\r\n  1. Yes   2. No\r\n> ",
    );
    works(&mut s, "NET", AgentState::Failed, "error: connection reset\r\n");
    works(&mut s, "OPS", AgentState::Working, "Running gate: build\x1b]9;4;1;62\x07");
    works(&mut s, "QA", AgentState::Starting, "");
    for (who, ahead, changed) in [("ARCH", 1, 0), ("PLAT", 2, 0), ("SEC", 1, 3), ("OBS", 2, 0), ("OPS", 1, 1)]
    {
        facts(&mut s, who, ahead, changed);
    }
    let base = Some(Oid("1b1c6aa0000".into()));
    agent(&mut s, "ARCH").base = base;
    agent(&mut s, "ARCH").ready = Some(Oid("9f3e21c0000".into()));
    agent(&mut s, "ARCH").gates = vec![GateResult {
        code: Some(0),
        ms: 400,
        ..GateResult::new("build", Oid("77b0aa1".into()), GateStatus::Green)
    }];
    agent(&mut s, "PLAT").reasons = vec!["branch agent-2-plat has 2 commits on 1b1c6aa; squash them".into()];
    agent(&mut s, "OBS").why =
        Why { rule: "demo/ask".into(), evidence: "Allow running `npm run validate:all`?".into() };
    let net = agent(&mut s, "NET");
    net.pane.pid = None;
    net.pane.status = Some(1);
    net.pane.ended = "exited 1: error: connection reset".into();
    for who in ["ARCH", "PLAT", "SEC", "OBS", "OPS"] {
        agent(&mut s, who).sent = 1;
    }
    agent(&mut s, "OPS").receipts = vec![Receipt {
        id: 1,
        prompt: None,
        task: None,
        outcome: Outcome::Stalled,
        why: "not reading".into(),
        removed: 0,
        ms: 2000,
        at: earlier(30),
    }];
    s.runs.push(run());
    for (ago, who, text) in [
        (110, None, "session began"),
        (100, Some("ARCH"), "prompt enhancement submitted after 0.4 s"),
        (70, Some("ARCH"), "ready at 9f3e21c"),
        (50, Some("NET"), "exited 1: error: connection reset"),
        (42, Some("OBS"), "asks: Allow running `npm run validate:all`?"),
    ] {
        s.logged += 1;
        s.log.push_back(LogLine {
            at: earlier(ago),
            agent: who.map(name),
            kind: kind_of(text),
            text: text.into(),
        });
    }
    s
}

fn kind_of(text: &str) -> Kind {
    match text.split(' ').next() {
        Some("prompt") => Kind::Prompt,
        Some("ready") => Kind::Claim,
        Some("exited" | "asks:") => Kind::State,
        _ => Kind::Session,
    }
}

fn run() -> Run {
    let task = |(n, _, stage): &(&str, &str, usize)| RunTask {
        bound: Bound { stage: *stage, ..Bound::new(n, name(n), "enhancement", DoneRule::Committed) },
        state: match (*n, stage) {
            ("ARCH" | "PLAT", _) => TaskState::Done,
            (_, 1) => TaskState::Running,
            _ => TaskState::Queued,
        },
        why: String::new(),
        since: None,
        from: 0,
        ripple: Rippling::Due,
        freed: false,
        entered: Time::default(),
    };
    Run {
        id: 1,
        plan: "enhancement".into(),
        order: Order::Staged,
        focus: None,
        prompt: None,
        tasks: TEAM.iter().map(task).collect(),
        ended: false,
        paused: false,
        gating: None,
        review: None,
        at: earlier(100),
        over: None,
    }
}

/// A session of so many agents at work, each with some words in its pane, on one tab.
pub(super) fn many(team: usize) -> State {
    let mut config = config();
    let spec = config.team[0].clone();
    let all: Vec<AgentName> = (1..=team).map(|i| name(&format!("A{i:02}"))).collect();
    config.team = all
        .iter()
        .enumerate()
        .map(|(i, name)| AgentSpec { name: name.clone(), branch: format!("agent-{}", i + 1), ..spec.clone() })
        .collect();
    config.tabs = vec![
        Tab::new("Orchestrator", Layout::Grid, names(&["ORCHESTRATOR"])),
        Tab::new("Team", Layout::Grid, all.clone()),
        Tab::new("Monitor", Layout::Monitor, vec![]),
    ];
    let mut state = State::new(Arc::new(config), Info::default());
    state.now = NOW;
    for (i, who) in all.iter().enumerate() {
        let activity = if i % 5 == 2 { AgentState::Asking } else { AgentState::Working };
        works(&mut state, who.as_str(), activity, &format!("{who} at line one\r\n{who} at line two\r\n> "));
    }
    state
}

/// A view, and what its keys asked for.
pub(super) struct Desk {
    pub state: State,
    pub view: View,
    pub actions: Vec<Action>,
}

pub(super) fn desk(state: State, cols: u16, rows: u16) -> Desk {
    looking(state, cols, rows, Look::default())
}

pub(super) fn looking(state: State, cols: u16, rows: u16, look: Look) -> Desk {
    let mut view = View::new(rows, cols, look);
    view.set_up(config::wanted(&Prefs::default(), &Prefs::default(), None));
    Desk { state, view, actions: Vec::new() }
}

/// `<Enter>`, `<C-q>`, `<A-Enter>`, `<S-Tab>` or a plain character.
fn key(text: &str) -> Key {
    let Some(inside) = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) else {
        return Key::char(text.chars().next().unwrap());
    };
    let (mods, rest) = match inside.split_once('-') {
        Some(("C", rest)) => (Mods::CTRL, rest),
        Some(("A", rest)) => (Mods::ALT, rest),
        Some(("S", rest)) => (Mods::SHIFT, rest),
        _ => (Mods::NONE, inside),
    };
    let code = match rest {
        "Enter" => Code::Enter,
        "Tab" => Code::Tab,
        "Esc" => Code::Esc,
        "Left" => Code::Left,
        "Right" => Code::Right,
        "Up" => Code::Up,
        "Down" => Code::Down,
        "PgUp" => Code::PageUp,
        "PgDn" => Code::PageDown,
        "Home" => Code::Home,
        "End" => Code::End,
        "BS" => Code::Backspace,
        "Del" => Code::Delete,
        "Space" => Code::Char(' '),
        one => Code::Char(one.chars().next().unwrap()),
    };
    Key { code, mods }
}

/// The same at another size.
pub(super) fn desk_at(d: &Desk, cols: u16, rows: u16) -> String {
    let mut view = d.view.clone();
    view.resize(rows, cols);
    Desk { state: d.state.clone(), view, actions: Vec::new() }.shot()
}

impl Desk {
    /// Presses keys: blanks part them, a word without `<` is its characters.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for word in keys.split_whitespace() {
            let parts = if word.starts_with('<') {
                vec![word.to_owned()]
            } else {
                word.chars().map(|c| c.to_string()).collect()
            };
            for part in parts {
                let actions = on_key(&self.state, &mut self.view, key(&part));
                self.actions.extend(actions);
            }
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        let actions = on_paste(&self.state, &mut self.view, text);
        self.actions.extend(actions);
        self
    }

    pub fn took(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    pub fn tiles(&self) -> Vec<Tile> {
        arrange(&self.state, &self.view, self.view.frame(&self.state).body).tiles
    }

    pub fn terminal(&self) -> Terminal<TestBackend> {
        let (rows, cols) = self.view.size();
        let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
        terminal.draw(|frame| draw(frame, &self.state, &self.view)).unwrap();
        terminal
    }

    /// The screen as text.
    pub fn shot(&self) -> String {
        let terminal = self.terminal();
        terminal.backend().to_string()
    }
}
