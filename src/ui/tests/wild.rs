//! Whatever is pressed at whatever size, something sound is drawn.

use proptest::prelude::*;
use ratatui::style::Color;

use super::fixture::*;
use crate::domain::command::Command;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::screen::is_unsafe;
use crate::ui::view::Mode;
use crate::ui::{Action, Look, notify, on_mouse};

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
    "9",
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
    "é",
    "日",
];

#[derive(Clone, Debug)]
enum Deed {
    Key(usize),
    Mouse(u8, u16, u16),
    Paste(String),
    Resize(u16, u16),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        8 => (0..KEYS.len()).prop_map(Deed::Key),
        2 => (0u8..5, 0u16..310, 0u16..110).prop_map(|(k, x, y)| Deed::Mouse(k, x, y)),
        1 => ".{0,40}".prop_map(Deed::Paste),
        1 => (1u16..=100, 1u16..=300).prop_map(|(r, c)| Deed::Resize(r, c)),
    ]
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
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_nothing_unsafe_is_drawn(
        rows in 1u16..=100,
        cols in 1u16..=300,
        plain in any::<bool>(),
        ascii in any::<bool>(),
        recording in any::<bool>(),
        deeds in proptest::collection::vec(deed(), 0..24),
    ) {
        let look = Look { plain, ascii, ..Look::default() };
        let mut d = if recording {
            super::replay::recorded(hostile(), cols, rows, look)
        } else {
            looking(hostile(), cols, rows, look)
        };
        for deed in deeds {
            let asked = matches!(d.view.mode, Mode::Confirm(_));
            let mut took = Vec::new();
            match deed {
                Deed::Key(i) => { d.press(KEYS[i]); }
                Deed::Paste(text) => { d.paste(&text); }
                Deed::Resize(r, c) => d.view.resize(r, c),
                Deed::Mouse(kind, column, row) => {
                    let kind = [MouseKind::Down(0), MouseKind::ScrollUp, MouseKind::ScrollDown, MouseKind::Drag(0), MouseKind::Up(0)][usize::from(kind)];
                    took = on_mouse(&d.state, &mut d.view, Mouse { kind, column, row, mods: Mods::NONE }, NOW);
                }
            }
            took.extend(d.took());
            for action in &took {
                let undoable = !matches!(action, Action::Do(command) if is_final(command));
                prop_assert!(asked || undoable, "{action:?} without a question");
                let acts = matches!(action, Action::Do(_) | Action::Type { .. });
                prop_assert!(!recording || !acts, "{action:?} of a recording");
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
