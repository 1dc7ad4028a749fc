//! What holds beyond the part of the dashboard it belongs to.

use super::{Act, Op, When};

/// What the keys of the dashboard mean over a sheet too, where it has no other meaning for them.
pub const ANYWHERE: &[Op] = &[
    Op::Palette,
    Op::Help,
    Op::Suspend,
    Op::Journal,
    Op::Tab,
    Op::NextNeed,
    Op::GoTo,
    Op::NextTab,
    Op::PrevTab,
    Op::Detach,
    Op::NextNew,
    Op::SendOne,
    Op::Act(Act::Receipts),
    Op::Broadcast,
    Op::Believe,
    Op::Skip,
    Op::Stop,
    Op::Explain,
    Op::Pin,
    Op::Run,
    Op::Pause,
    Op::Review,
    Op::Merge,
    Op::Diff,
];

impl Op {
    /// Whether it only moves a cursor, or opens or closes what it is on.
    #[must_use]
    pub fn moves(self) -> bool {
        matches!(
            self,
            Self::Left
                | Self::Right
                | Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::Top
                | Self::Bottom
                | Self::OtherPart
                | Self::Accept
                | Self::Close
        )
    }
}

impl When {
    /// Whether something fills the body in place of the panes.
    #[must_use]
    pub fn is_sheet(self) -> bool {
        matches!(self, Self::Reviewing | Self::Training | Self::Receiving | Self::Diffing)
    }
}
