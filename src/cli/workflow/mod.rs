//! `orchestra workflow …`: projects that follow a pattern.

use crate::domain::workflow::project::Project;

/// A project for people.
pub(super) fn text(project: &Project) -> String {
    format!("project {} ({})", project.number, project.name)
}
