//! Which records must not be lost.

use super::Record;

impl Record {
    /// Whether the journal must be on disk before anything else happens.
    #[must_use]
    pub fn must_sync(&self) -> bool {
        matches!(
            self,
            Self::Ready { .. }
                | Self::Gate { .. }
                | Self::Guard(_)
                | Self::GateAt { .. }
                | Self::TrainPlanned { .. }
                | Self::TrainBuilt { .. }
                | Self::TrainIntent(_)
                | Self::RippleIntent(_)
                | Self::TrainApplied { .. }
                | Self::TrainStopped { .. }
                | Self::TrainHalted { .. }
                | Self::TrainDropped { .. }
                | Self::UndoIntent(_)
                | Self::TrainUndone { .. }
        )
    }
}
