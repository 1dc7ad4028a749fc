//! The keys that change how a client's panes are laid out.

use serde::Serialize;

use super::{Op, Row, When, k};
use crate::domain::key::{Code, Key, Mods};

/// What a key does with the way the panes of a tab are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lay {
    /// The next layout.
    NextLayout,
    /// The layout before.
    PreviousLayout,
    /// Rows and columns.
    GridLayout,
    /// The chosen pane large.
    FocusLayout,
    /// The chosen pane open.
    StackLayout,
    /// The chosen pane only.
    OneLayout,
    /// A row for every agent.
    MonitorLayout,
    /// The next page of the tab.
    NextPage,
    /// The page before.
    PreviousPage,
    /// Make the focused pane wider.
    Wider,
    /// Make the focused pane narrower.
    Narrower,
    /// Make the focused pane taller.
    Taller,
    /// Make the focused pane lower.
    Lower,
    /// Make the tab's panes as they were at first.
    EvenBorders,
}

const fn alt(code: Code) -> Key {
    Key { code, mods: Mods::ALT }
}

/// The keys of layouts.
pub(super) const TABLE: &[Row] = table! {
    Normal [k(' ')] Op::Lay(Lay::NextLayout), "layout" "lay the tab out in the next way: grid, focus, stack, one, monitor";
    Normal [] Op::Lay(Lay::PreviousLayout), "layout before" "lay the tab out in the way before";
    Normal [] Op::Lay(Lay::GridLayout), "layout grid" "lay the tab out in rows and columns";
    Normal [] Op::Lay(Lay::FocusLayout), "layout focus" "lay the tab out with the chosen pane large, the others small beside it";
    Normal [] Op::Lay(Lay::StackLayout), "layout stack" "lay the tab out with the chosen pane open, a line for each other";
    Normal [] Op::Lay(Lay::OneLayout), "layout one" "show the tab's panes one at a time";
    Normal [] Op::Lay(Lay::MonitorLayout), "layout monitor" "show a row for every agent on this tab";
    Normal [k('}')] Op::Lay(Lay::NextPage), "next page" "go to the next page of a tab whose panes do not all fit";
    Normal [k('{')] Op::Lay(Lay::PreviousPage), "page before" "go to the page before";
    Normal [k('>'), alt(Code::Right)] Op::Lay(Lay::Wider), "wider" "make the focused pane wider";
    Normal [k('<'), alt(Code::Left)] Op::Lay(Lay::Narrower), "narrower" "make the focused pane narrower";
    Normal [k('+'), alt(Code::Down)] Op::Lay(Lay::Taller), "taller" "make the focused pane taller";
    Normal [k('-'), alt(Code::Up)] Op::Lay(Lay::Lower), "lower" "make the focused pane lower";
    Normal [k('=')] Op::Lay(Lay::EvenBorders), "even" "put the borders of this tab's panes back where they were at first";
};
