//! DevOps workflows: who can do what, patterns of work in phases, a project that follows one, what is told of it.
//!
//! A [`pattern::Pattern`] is a data file. Made to fit what somebody wants (a provider, without Kubernetes, for
//! production) it is a [`plan::Planned`]; a session that runs one has a [`project::Project`], the fold of what happened.

pub mod advise;
pub mod brief;
pub mod catalogue;
pub mod chart;
pub mod check;
pub mod checklists;
pub mod fit;
mod hands;
pub mod knowledge;
pub mod musts;
pub mod pattern;
pub mod plan;
pub mod project;
pub mod replan;
pub mod report;
pub mod schedule;
pub mod shelf;
pub mod sound;
pub mod span;
pub mod staff;
pub mod ticked;
pub mod track;
pub mod vocabulary;
pub mod watch;
pub mod wins;
