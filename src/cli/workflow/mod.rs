//! `orchestra workflow`: specialists, and who is needed for a request.

mod advise;
mod brief;
mod checklist;
mod lines;
mod list;
mod plan;
mod report;
mod reprioritise;
mod run;
mod show;
mod specialists;
mod status;
mod tell;
mod watch;

use std::path::PathBuf;

use anyhow::Context as _;

pub(super) use self::brief::Briefed;
pub(super) use self::checklist::Checked;
pub(super) use self::list::Patterns;
pub(super) use self::plan::PlanShown;
pub(super) use self::reprioritise::Offered;
pub(super) use self::run::RunEnded;
pub(super) use self::show::Shown as PatternShown;
pub(super) use self::specialists::Specialists;
pub(super) use self::status::Stands;
pub(super) use self::watch::Watched;
use super::args::{PlanOptions, Workflow};
use super::exit::{Exit, Fail};
use super::place;
use crate::config;
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::Project;

/// Runs it.
pub(super) fn run(args: Workflow) -> anyhow::Result<Exit> {
    match args {
        Workflow::Specialists(a) => specialists::run(&a),
        Workflow::Status(a) => status::run(&a),
        Workflow::Checklist(a) => checklist::run(&a),
        Workflow::List(a) => list::run(&a),
        Workflow::Show(a) => show::run(&a),
        Workflow::Plan(a) => plan::run(&a),
        Workflow::Advise(a) => advise::run(a),
        Workflow::Run(a) => run::run(&a),
        Workflow::Report(a) => report::run(&a),
        Workflow::Reprioritise(a) => reprioritise::run(a),
        Workflow::Watch(a) => watch::run(&a),
        Workflow::Tell(a) => tell::run(a),
    }
}

/// The project's folder, or this one.
fn top() -> anyhow::Result<PathBuf> {
    place::project().or_else(|_| std::env::current_dir().context("learn the current folder"))
}

/// The plan that the pattern of that name gives here.
///
/// # Errors
/// With status 2 when there is no such pattern, a file is wrong, or an option does not fit.
pub(crate) fn planned(options: &PlanOptions, name: &str) -> anyhow::Result<Planned> {
    let all = config::workflows(&top()?)?;
    Ok(all.planned(name, &options.wanted()).map_err(Fail::usage)?)
}

/// A project for people, as it is now.
pub(super) fn text(project: &Project) -> String {
    status::text(project, status::wall())
}
