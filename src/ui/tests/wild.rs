//! Whatever is pressed at whatever size, something sound is drawn.

use std::time::Duration;

use proptest::prelude::*;
use ratatui::style::Color;

use super::fixture::*;
use super::incident::kit::{crowd, fleet, reported, take};
use crate::domain::command::{Command, Confirming, Incident};
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::team::{Layout, Tab};
use crate::domain::time::Time;
use crate::screen::is_unsafe;
use crate::ui::view::Mode;
use crate::ui::{AIM, Action, Look, notify, on_mouse};

/// What a hand can do, in the words of the fixture, and one thing the session can answer.
const KEYS: &[&str] = &[
    "<Enter>",
    "<Esc>",
    "<Tab>",
    "<S-Tab>",
    "<C-q>",
    "<A-Enter>",
    "<Up>",
    "<Down>",
    "<Left>",
    "<Right>",
    "<PgUp>",
    "<PgDn>",
    "<Home>",
    "<End>",
    "<BS>",
    "<Del>",
    "<Space>",
    "{",
    "}",
    "<",
    ">",
    "+",
    "-",
    "=",
    "W",
    "<C-u>",
    "<C-c>",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "9",
    "I",
    "X",
    "P",
    "h",
    "j",
    "k",
    "l",
    "[",
    "]",
    "z",
    "w",
    "m",
    "b",
    "r",
    "s",
    "v",
    "M",
    "S",
    "x",
    "e",
    "L",
    ":",
    "?",
    "q",
    "o",
    "g",
    "d",
    "c",
    "u",
    ".",
    ",",
    "+",
    "-",
    "/",
    "p",
    "N",
    "G",
    "0",
    "t",
    "i",
    "<S-Left>",
    "a",
    "v",
    "y",
    "V",
    "<C-v>",
    "$",
    "R",
    "n",
    "C",
    "é",
    "日",
];

#[derive(Clone, Debug)]
enum Deed {
    Key(usize),
    Mouse(u8, u16, u16),
    Paste(String),
    Resize(u16, u16),
    /// So many milliseconds pass, and a frame is drawn.
    Passes(u64),
    /// Another program calls, a call becomes another, one is over.
    Calls(u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        8 => (0..KEYS.len()).prop_map(Deed::Key),
        2 => (0u8..5, 0u16..310, 0u16..110).prop_map(|(k, x, y)| Deed::Mouse(k, x, y)),
        1 => ".{0,40}".prop_map(Deed::Paste),
        1 => (1u16..=100, 1u16..=300).prop_map(|(r, c)| Deed::Resize(r, c)),
        2 => (0u64..1000).prop_map(Deed::Passes),
        1 => (0u8..3).prop_map(Deed::Calls),
    ]
}

/// What only answers calls, and lets them come.
fn answering() -> impl Strategy<Value = Deed> {
    let key = |text: &str| KEYS.iter().position(|k| *k == text).unwrap();
    let keys = ["C", "y", "n", "<Esc>", "<Tab>", "<Enter>", "w", "<C-q>"].map(key);
    prop_oneof![
        6 => prop::sample::select(keys.to_vec()).prop_map(Deed::Key),
        4 => (0u64..1000).prop_map(Deed::Passes),
        2 => (0u8..3).prop_map(Deed::Calls),
        1 => (1u16..=30, 1u16..=100).prop_map(|(r, c)| Deed::Resize(r, c)),
    ]
}

/// Changes the calls that wait; no two that ever were are of one title.
fn call(d: &mut Desk, how: u8, counted: &mut u64) {
    *counted += 1;
    let title = format!("Title{counted}.");
    let calls = &mut d.state.confirmations;
    match how {
        0 => calls.push(super::calls::call(*counted, &title, 60)),
        1 => calls.iter_mut().take(1).for_each(|c| c.title.clone_from(&title)),
        _ => drop(calls.pop()),
    }
}

/// The title that the dialog shows, if it shows one.
fn titled(d: &Desk) -> Option<String> {
    // The foot still tells of the answer before.
    let shot = d.shot();
    let shot: Vec<&str> = shot.lines().filter(|l| !l.contains("yes: ") && !l.contains("no: ")).collect();
    let shot = shot.join("\n");
    let open = matches!(d.view.mode, Mode::Calls(_));
    d.state.confirmations.iter().map(|c| c.title.clone()).find(|t| open && shot.contains(t.as_str()))
}

fn hostile() -> crate::engine::state::State {
    let mut state = super::merging::halted();
    let evil = "\x1b]0;evil\x07\u{202e}";
    for review in &mut state.reviews {
        review.message.push_str(evil);
        review.files[0].path.push_str(evil);
        review.overlaps.iter_mut().for_each(|o| o.path.push_str(evil));
        review.concerns.iter_mut().for_each(|c| c.evidence.push_str(evil));
    }
    let matrix = state.matrix.as_mut().unwrap();
    matrix.disorder.push(evil.into());
    for pair in &mut matrix.pairs {
        pair.verdict.conflicts.iter_mut().for_each(|c| c.path.push_str(evil));
    }
    agent(&mut state, "SEC").reasons = vec!["\x1b]0;evil\x07 \u{202e}reversed".into()];
    agent(&mut state, "QA").pane.ended = "\x1b[2J".into();
    let mut config = (*state.config).clone();
    config.tabs.push(Tab::new("Incident", Layout::Incident, vec![]));
    config.fleet = fleet().config.fleet.clone();
    state.config = std::sync::Arc::new(config);
    let mut case = reported("scale-out");
    case.name.push_str(evil);
    case.postmortem = format!("# {evil}\n{}", evil.repeat(20));
    let mut odd = crowd(40);
    odd.iter_mut().step_by(3).for_each(|f| f.summary.push_str(evil));
    take(&mut case, odd);
    state.incident = Some(Box::new(case));
    let mut config = (*state.config).clone();
    config.tabs.push(Tab::new("Workflow", Layout::Workflow, vec![]));
    state.config = std::sync::Arc::new(config);
    let mut followed = super::workflow::halfway().project;
    if let Some(project) = followed.as_deref_mut() {
        project.name.push_str(evil);
        project.plan.tasks[1].title.push_str(evil);
        project.blockers[0].text = evil.repeat(20);
    }
    state.project = followed;
    state.narration = "say \x1b[31m\u{200b}this".into();
    state
}

/// Whether a command does what nothing takes back, or moves the target: a person is asked before.
fn is_final(command: &Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Down
            | C::Stop { .. }
            | C::Skip { .. }
            | C::Accept { .. }
            | C::TakeOrder { .. }
            | C::DropTask { .. }
            | C::StartTasks { .. }
            | C::Run { .. }
            | C::Merge
            | C::MergeContinue { .. }
            | C::MergeAbort
            | C::MergeUndo
            | C::Confirm(Confirming::Yes { .. })
            | C::Incident(Incident::Close { .. })
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is pressed and whatever calls come meanwhile: a yes is to what was on the screen, unchanged, for as long
    /// as it takes to aim.
    #[test]
    fn nobody_says_yes_to_what_was_not_seen(
        rows in 1u16..=30,
        cols in 10u16..=100,
        deeds in proptest::collection::vec(answering(), 0..60),
    ) {
        let mut d = desk(super::calls::waiting(), cols, rows);
        for (i, call) in d.state.confirmations.iter_mut().enumerate() {
            call.title = format!("Title of {i}.");
        }
        let (mut now, mut counted) = (NOW, 10);
        let mut seen: Option<(String, Time)> = None;
        for deed in deeds {
            match deed {
                Deed::Key(i) => { d.press(KEYS[i]); }
                Deed::Resize(r, c) => d.view.resize(r, c),
                Deed::Calls(how) => call(&mut d, how, &mut counted),
                Deed::Passes(ms) => {
                    now = now.plus(Duration::from_millis(ms));
                    d.view.at(now);
                    d.view.observe(&d.state, true, now);
                    let is = titled(&d);
                    if is != seen.as_ref().map(|(title, _)| title.clone()) {
                        seen = is.map(|title| (title, now));
                    }
                }
                Deed::Mouse(..) | Deed::Paste(_) => {}
            }
            for action in d.took() {
                let Action::Do(Command::Confirm(Confirming::Yes { id })) = action else { continue };
                let title = d.state.confirmations.iter().find(|c| c.id == id).map(|c| c.title.clone());
                let (shown, since) = seen.clone().unwrap_or_default();
                prop_assert_eq!(title, Some(shown), "{}", d.shot());
                prop_assert!(since.plus(AIM) <= now, "{since:?} {now:?}");
            }
            if !matches!(d.view.mode, Mode::Calls(_)) {
                seen = None;
            }
        }
    }

    #[test]
    fn nothing_panics_and_nothing_unsafe_is_drawn(
        rows in 1u16..=100,
        cols in 1u16..=300,
        plain in any::<bool>(),
        ascii in any::<bool>(),
        recording in any::<bool>(),
        bare in any::<bool>(),
        deeds in proptest::collection::vec(deed(), 0..24),
    ) {
        let look = Look { plain, ascii, ..Look::default() };
        let mut d = if recording {
            super::replay::recorded(hostile(), cols, rows, look)
        } else {
            looking(hostile(), cols, rows, look)
        };
        std::sync::Arc::make_mut(&mut d.state.config).worktrees = !bare;
        let (mut now, mut counted) = (NOW, 0);
        for deed in deeds {
            let asked = matches!(d.view.mode, Mode::Confirm(_) | Mode::Calls(_));
            let mut took = Vec::new();
            match deed {
                Deed::Key(i) => { d.press(KEYS[i]); }
                Deed::Paste(text) => { d.paste(&text); }
                Deed::Resize(r, c) => d.view.resize(r, c),
                Deed::Passes(ms) => {
                    now = now.plus(Duration::from_millis(ms));
                    d.view.at(now);
                    d.view.observe(&d.state, true, now);
                }
                Deed::Calls(how) => call(&mut d, how, &mut counted),
                Deed::Mouse(kind, column, row) => {
                    let kind = [MouseKind::Down(0), MouseKind::ScrollUp, MouseKind::ScrollDown, MouseKind::Drag(0), MouseKind::Up(0)][usize::from(kind)];
                    took = on_mouse(&d.state, &mut d.view, Mouse { kind, column, row, mods: Mods::NONE }, now);
                }
            }
            took.extend(d.took());
            for action in &took {
                let undoable = !matches!(action, Action::Do(command) if is_final(command));
                prop_assert!(asked || undoable, "{action:?} without a question");
                let acts = matches!(action, Action::Do(_) | Action::Type { .. });
                prop_assert!(!recording || !acts, "{action:?} of a recording");
                prop_assert!(!bare || !super::branches::asks(action), "{action:?} where there are no branches");
                if let Action::Wish(wish) = action {
                    super::replay::fulfil(&mut d.view, wish);
                }
            }
            if took.contains(&Action::Do(Command::MergePlan)) {
                let train = super::merging::planned(Some(super::merging::built()));
                notify(&mut d.view, &crate::domain::view::Answer::Train(Box::new(train)));
            }
        }
        let (rows, cols) = d.view.size();
        for (name, area) in d.view.pane_areas(&d.state) {
            prop_assert!(area.right() <= cols.max(area.x) && area.bottom() <= rows.max(area.y), "{name} {area:?}");
        }
        let terminal = d.terminal();
        for cell in &terminal.backend().buffer().content {
            prop_assert!(!cell.symbol().chars().any(is_unsafe), "{:?}", cell.symbol());
            prop_assert!(!ascii || cell.symbol().is_ascii(), "{:?}", cell.symbol());
            prop_assert!(!plain || (cell.fg, cell.bg) == (Color::Reset, Color::Reset));
        }
    }
}
