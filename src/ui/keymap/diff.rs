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

macro_rules! table {
    ($([$($key:expr),*] $op:expr, $name:literal $what:literal;)*) => {
        &[$(Row { when: When::Diffing, keys: &[$($key),*], op: $op, name: $name, what: $what }),*]
    };
}

/// Every key of the diff view.
pub(super) const TABLE: &[Row] = table! {
    [p(Code::Enter)] Op::Accept, "open" "open what is folded, go into a file, or write about a line";
    [k('c')] Op::Read(Read::Comment), "comment" "write to the agent about the line, or the lines chosen";
    [k('n')] Op::Read(Read::NextChange), "next change" "to the next change";
    [k('p')] Op::Read(Read::PrevChange), "change before" "to the change before";
    [k(']'), k('J')] Op::Read(Read::NextFile), "next file" "to the next file";
    [k('['), k('K')] Op::Read(Read::PrevFile), "file before" "to the file before";
    [k('s')] Op::Read(Read::Sides), "sides" "both sides beside each other, or one below the other";
    [k('u')] Op::Read(Read::Open), "uncommitted" "count uncommitted work of the worktree in, or leave it out";
    [k('/')] Op::Find, "search" "look for a text in the lines; left empty, for the same again";
    [k(' ')] Op::Read(Read::Select), "choose lines" "begin to choose several lines for a comment, or leave that";
    [k('x')] Op::Read(Read::Unfold), "unfold" "show the lines that are folded, or fold them again";
    [p(Code::Tab), SHIFT_TAB] Op::OtherPart, "files/lines" "between the files and the lines";
    [k('j'), p(Code::Down)] Op::Down, "down" "the next line or file";
    [k('k'), p(Code::Up)] Op::Up, "up" "the line or file before";
    [k('h'), p(Code::Left)] Op::Left, "left" "the beginning of long lines";
    [k('l'), p(Code::Right)] Op::Right, "right" "the rest of long lines";
    [p(Code::PageDown), Key::ctrl('f')] Op::PageDown, "page down" "one page down";
    [p(Code::PageUp), Key::ctrl('b')] Op::PageUp, "page up" "one page up";
    [p(Code::Home), k('g')] Op::Top, "first" "the first line";
    [p(Code::End), k('G')] Op::Bottom, "last" "the last line";
    [k('v'), k('d')] Op::Diff, "read again" "read the branch as it is now";
    [p(Code::Esc), k('q')] Op::Close, "close" "back to where you were";
};
