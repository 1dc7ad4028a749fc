//! Plans that change.

mod always;
mod kinds;

use super::*;
use crate::domain::id::AgentName;
use crate::domain::workflow::pattern::{Must, Priority};
use crate::domain::workflow::plan::{PRODUCTION, Waiver};
use crate::domain::workflow::project::sample::{self, DAY, START};

/// The ninth day of the sample: containers done, the cluster running and blocked.
const NOW: i64 = START + 8 * DAY;

fn agent(name: &str) -> AgentName {
    AgentName::new(&format!("{name}-specialist")).unwrap()
}

fn titles(all: &[Alternative]) -> Vec<&str> {
    all.iter().map(|a| a.title.as_str()).collect()
}

fn needs<'a>(of: &'a Alternative, id: &str) -> Vec<&'a str> {
    of.plan.task(id).unwrap().needs.iter().map(String::as_str).collect()
}

fn affected(of: &Alternative) -> Vec<&str> {
    of.impact.affected.iter().map(AgentName::as_str).collect()
}

#[track_caller]
fn offered(project: &Project, wanted: &Wanted) -> Vec<Alternative> {
    let all = alternatives(project, wanted, NOW).unwrap();
    assert!((2..=ALTERNATIVES_MOST).contains(&all.len()), "{:?}", titles(&all));
    all
}

#[track_caller]
fn refused(project: &Project, wanted: &Wanted, says: &str) {
    let why = alternatives(project, wanted, NOW).unwrap_err();
    assert!(why.starts_with("change the plan, ") && why.contains(says), "{why}");
}
