//! What a planned train would do, in one line.

use super::TrainView;
use crate::domain::train::Built;

impl TrainView {
    /// From where to where the target would move, by how many merges, and how that is taken back.
    #[must_use]
    pub fn question(&self) -> String {
        format!("{} Undo: orchestra merge --undo.", self.movement(&self.plan.target, self.plan.base.short()))
    }

    /// From where to where the target would move.
    #[must_use]
    pub fn movement(&self, target: &str, from: &str) -> String {
        let many = counted(self.plan.steps.len(), "merge", "merges");
        match &self.built {
            Some(Built::Clean { result, files, .. }) => {
                let files = counted(*files as usize, "file", "files");
                format!("Move {target} {from} → {} ({many}, {files}).", result.short())
            }
            _ => format!("Move {target} from {from} ({many})."),
        }
    }
}

/// A number of things, with the right word for one.
#[must_use]
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
