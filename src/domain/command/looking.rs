//! Which commands only look.

use super::{Command, Confirming, Incident, Talk, Workflow};

impl Command {
    /// Whether it only asks what is: somebody who attached read-only may.
    #[must_use]
    pub fn looks(&self) -> bool {
        match self {
            Self::Status
            | Self::Read { .. }
            | Self::Explain { .. }
            | Self::Render { .. }
            | Self::Suggest { .. }
            | Self::DryRun { .. }
            | Self::ShowRun { .. }
            | Self::Wait { .. }
            | Self::Review { .. }
            | Self::Diff { .. }
            | Self::Unmerged { .. }
            | Self::Gating
            | Self::MergePlan
            | Self::ShowTrain
            | Self::History { .. }
            | Self::Library
            | Self::LookUp(_)
            | Self::ContinuePlan { .. } => true,
            Self::Trust { digest, .. } => digest.is_none(),
            Self::Confirm(what) => *what == Confirming::List,
            Self::Talk(talk) => matches!(talk, Talk::Queries { .. } | Talk::Briefing { .. }),
            Self::Incident(what) => *what == Incident::Show,
            Self::Workflow(what) => *what == Workflow::Show,
            _ => false,
        }
    }
}
