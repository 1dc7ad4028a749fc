//! The keys while a pane's text is looked at: moving in it, looking for something, selecting.

use serde::Serialize;

use super::{Op, Row, When, k, p};
use crate::domain::key::{Code, Key};

/// What a key does with a pane's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Glean {
    /// To the next word.
    Word,
    /// To the word before.
    WordBack,
    /// To the end of the word.
    WordEnd,
    /// To the beginning of the line.
    LineBegin,
    /// To the end of the line.
    LineEnd,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// Begin or end a selection.
    Select,
    /// Select whole lines.
    SelectRows,
    /// Select a rectangle.
    SelectBlock,
    /// To the next place further back where the text was found.
    Older,
    /// To the next place further on.
    Newer,
}

/// Every key of it.
pub(super) const TABLE: &[Row] = table! {
    Copying [k('h'), p(Code::Left)] Op::Left, "left" "a character to the left";
    Copying [k('j'), p(Code::Down)] Op::Down, "down" "a line down";
    Copying [k('k'), p(Code::Up)] Op::Up, "up" "a line up";
    Copying [k('l'), p(Code::Right)] Op::Right, "right" "a character to the right";
    Copying [k('w')] Op::Glean(Glean::Word), "word" "to the next word";
    Copying [k('b')] Op::Glean(Glean::WordBack), "word back" "to the word before";
    Copying [k('e')] Op::Glean(Glean::WordEnd), "word's end" "to the end of the word";
    Copying [k('0')] Op::Glean(Glean::LineBegin), "line's begin" "to the beginning of the line";
    Copying [k('$')] Op::Glean(Glean::LineEnd), "line's end" "to the end of the line";
    Copying [k('g'), p(Code::Home)] Op::Top, "oldest" "to the oldest line";
    Copying [k('G'), p(Code::End)] Op::Bottom, "newest" "to the newest line";
    Copying [p(Code::PageUp), Key::ctrl('b')] Op::PageUp, "page up" "a page up";
    Copying [p(Code::PageDown), Key::ctrl('f')] Op::PageDown, "page down" "a page down";
    Copying [Key::ctrl('u')] Op::Glean(Glean::HalfUp), "half up" "half a page up";
    Copying [Key::ctrl('d')] Op::Glean(Glean::HalfDown), "half down" "half a page down";
    Copying [k('v'), k(' ')] Op::Glean(Glean::Select), "select" "begin or end a selection";
    Copying [k('V')] Op::Glean(Glean::SelectRows), "select lines" "begin or end a selection of whole lines";
    Copying [Key::ctrl('v')] Op::Glean(Glean::SelectBlock), "rectangle" "begin or end a selection of a rectangle";
    Copying [k('y'), p(Code::Enter)] Op::Accept, "copy" "copy what is selected to the terminal's clipboard";
    Copying [k('/')] Op::Find, "search" "look for a text, from here back";
    Copying [k('n')] Op::Glean(Glean::Older), "older" "to the next place further back where the text is";
    Copying [k('N')] Op::Glean(Glean::Newer), "newer" "to the next place further on where the text is";
    Copying [p(Code::Esc), k('q')] Op::Close, "leave" "drop the selection, then leave";
    Seeking [p(Code::Enter)] Op::Accept, "find" "find it";
    Seeking [Key::ctrl('u')] Op::Top, "empty" "take all away";
    Seeking [p(Code::Esc)] Op::Close, "leave" "leave the line";
};
