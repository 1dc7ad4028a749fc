//! `orchestra workflow`: specialists, and who is needed for a request.

mod advise;
mod brief;
mod report;
mod specialists;
mod tell;

use std::path::PathBuf;

use anyhow::Context as _;

pub(super) use self::brief::Briefed;
pub(super) use self::specialists::Specialists;
use super::args::Workflow;
use super::exit::Exit;
use super::place;
use crate::domain::workflow::project::Project;

/// Runs it.
pub(super) fn run(args: Workflow) -> anyhow::Result<Exit> {
    match args {
        Workflow::Specialists(a) => specialists::run(&a),
        Workflow::Advise(a) => advise::run(a),
        Workflow::Report(a) => report::run(&a),
        Workflow::Tell(a) => tell::run(a),
    }
}

/// The project's folder, or this one.
fn top() -> anyhow::Result<PathBuf> {
    place::project().or_else(|_| std::env::current_dir().context("learn the current folder"))
}

/// A project for people.
pub(super) fn text(project: &Project) -> String {
    format!("project {} ({})", project.number, project.name)
}
