//! The keys of the diff view.

use serde::Serialize;

use super::{Op, Row, SHIFT_TAB, When, k, p};
use crate::domain::key::{Code, Key};

/// What a key does with a branch that is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// To the next change.
    NextChange,
    /// To the change before.
    PrevChange,
    /// To the next file.
    NextFile,
    /// To the file before.
    PrevFile,
    /// Both sides beside each other, or one below the other.
    Sides,
    /// Uncommitted work counts in, or not.
    Open,
    /// Write to the agent about a line.
    Comment,
    /// Begin or end a choice of several lines.
    Select,
    /// Show all lines that are folded, or fold them again.
    Unfold,
}

/// Every key of the diff view.
pub(super) const TABLE: &[Row] = table! {
    Diffing [p(Code::Enter)] Op::Accept, "open" "open what is folded, go into a file, or write about a line";
    Diffing [k('c')] Op::Read(Read::Comment), "comment" "write to the agent about the line, or the lines chosen";
    Diffing [k('n')] Op::Read(Read::NextChange), "next change" "to the next change";
    Diffing [k('p')] Op::Read(Read::PrevChange), "change before" "to the change before";
    Diffing [k(']'), k('J')] Op::Read(Read::NextFile), "next file" "to the next file";
    Diffing [k('['), k('K')] Op::Read(Read::PrevFile), "file before" "to the file before";
    Diffing [k('s')] Op::Read(Read::Sides), "sides" "both sides beside each other, or one below the other";
    Diffing [k('u')] Op::Read(Read::Open), "uncommitted" "count uncommitted work of the worktree in, or leave it out";
    Diffing [k('/')] Op::Find, "search" "look for a text in the lines; left empty, for the same again";
    Diffing [k(' ')] Op::Read(Read::Select), "choose lines" "begin to choose several lines for a comment, or leave that";
    Diffing [k('x')] Op::Read(Read::Unfold), "unfold" "show the lines that are folded, or fold them again";
    Diffing [p(Code::Tab), SHIFT_TAB] Op::OtherPart, "files/lines" "between the files and the lines";
    Diffing [k('j'), p(Code::Down)] Op::Down, "down" "the next line or file";
    Diffing [k('k'), p(Code::Up)] Op::Up, "up" "the line or file before";
    Diffing [k('h'), p(Code::Left)] Op::Left, "left" "the beginning of long lines";
    Diffing [k('l'), p(Code::Right)] Op::Right, "right" "the rest of long lines";
    Diffing [p(Code::PageDown), Key::ctrl('f')] Op::PageDown, "page down" "one page down";
    Diffing [p(Code::PageUp), Key::ctrl('b')] Op::PageUp, "page up" "one page up";
    Diffing [p(Code::Home), k('g')] Op::Top, "first" "the first line";
    Diffing [p(Code::End), k('G')] Op::Bottom, "last" "the last line";
    Diffing [k('v'), k('d')] Op::Diff, "read again" "read the branch as it is now";
    Diffing [p(Code::Esc), k('q')] Op::Close, "close" "back to where you were";
};
