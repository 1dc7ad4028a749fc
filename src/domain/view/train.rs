//! What a planned train would do, in one line.

use super::TrainView;
use crate::domain::train::Built;

impl TrainView {
    /// From where to where the target would move, by how many merges, and how that is taken back.
    #[must_use]
    pub fn question(&self) -> String {
        let (plan, merges) = (&self.plan, self.plan.steps.len());
        let to = match &self.built {
            Some(Built::Clean { result, files, .. }) => {
                let (from, to) = (plan.base.short(), result.short());
                format!("Move {} {from} → {to} ({merges} merges, {files} files).", plan.target)
            }
            _ => format!("Merge {merges} branches and move {}.", plan.target),
        };
        format!("{to} Undo: orchestra merge --undo.")
    }
}
