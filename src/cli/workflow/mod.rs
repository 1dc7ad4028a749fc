//! `orchestra workflow`: specialists, and who is needed for a request.

mod advise;
mod brief;
mod reprioritise;
mod specialists;
mod tell;
mod watch;

use std::path::PathBuf;

use anyhow::Context as _;

pub(super) use self::brief::Briefed;
pub(super) use self::reprioritise::Offered;
pub(super) use self::specialists::Specialists;
pub(super) use self::watch::Watched;
use super::args::Workflow;
use super::exit::Exit;
use super::place;
use crate::domain::workflow::project::Project;
use crate::session::clock::{Clock, Origin};

/// Runs it.
pub(super) fn run(args: Workflow) -> anyhow::Result<Exit> {
    match args {
        Workflow::Specialists(a) => specialists::run(&a),
        Workflow::Advise(a) => advise::run(a),
        Workflow::Reprioritise(a) => reprioritise::run(a),
        Workflow::Watch(a) => watch::run(&a),
        Workflow::Tell(a) => tell::run(a),
    }
}

/// The project's folder, or this one.
fn top() -> anyhow::Result<PathBuf> {
    place::project().or_else(|_| std::env::current_dir().context("learn the current folder"))
}

/// What the clock on the wall says, in milliseconds since 1970.
fn wall() -> i64 {
    Clock::new(Origin::now()).now().wall
}

/// A project for people.
pub(super) fn text(project: &Project) -> String {
    format!("project {} ({})", project.number, project.name)
}
