//! `[incident]`: what makes a team an incident fleet.

use std::collections::BTreeMap;

use super::super::data::Dirs;
use super::super::doc::Doc;
use super::super::doc::Step::Key;
use super::super::error::Error;
use super::super::raw::Raw;
use super::super::routes;
use super::team::Names;
use crate::domain::id::AgentName;
use crate::domain::incident::case::{Approve, Fleet};
use crate::domain::plan::{COORDINATOR, Groups, SPECIALISTS};
use crate::domain::team::AgentSpec;

/// Seconds of a deadline: the least and the most.
const DEADLINE: std::ops::RangeInclusive<i64> = 5..=86_400;
/// Seconds a person has to approve a route: the least and the most. The most urgent never waits for long.
const APPROVE: std::ops::RangeInclusive<i64> = 0..=300;
/// Seconds of the window: the least and the most.
const WINDOW: std::ops::RangeInclusive<i64> = 1..=86_400;

pub(super) fn check(
    doc: &Doc<'_>,
    raw: &Raw,
    names: &Names,
    dirs: &Dirs,
) -> Result<Option<Box<Fleet>>, Error> {
    let Some(given) = &raw.incident else { return Ok(None) };
    let at = |key| [Key("incident"), Key(key)];
    let coordinator =
        names.find(&given.coordinator).map_err(|what| doc.wrong(&at("coordinator"), what))?.clone();
    let (routes, own) = routes::fleet_files(dirs)?;
    let mut fleet = Fleet::led_by(coordinator, routes);
    (fleet.mechanisms, fleet.template, fleet.actions) = (own.mechanisms, own.template, own.actions);
    let seconds = |key, value: Option<i64>, range: std::ops::RangeInclusive<i64>, usual: u32| match value {
        None => Ok(usual),
        Some(n) => u32::try_from(n).ok().filter(|_| range.contains(&n)).ok_or_else(|| {
            let what = format!("expected {} to {} seconds, found {n}", range.start(), range.end());
            doc.wrong(&at(key), what)
        }),
    };
    let usual_approve = u32::try_from(fleet.approve.timeout_s).unwrap_or(u32::MAX);
    let approve_s = seconds("approve_timeout", given.approve_timeout, APPROVE, usual_approve)?;
    fleet.deadline_s = seconds("deadline", given.deadline, DEADLINE, fleet.deadline_s)?;
    fleet.write_s = seconds("write_deadline", given.write_deadline, DEADLINE, fleet.write_s)?;
    fleet.window_s = seconds("window", given.window, WINDOW, fleet.window_s)?;
    fleet.look_back_s = seconds("look_back", given.look_back, WINDOW, fleet.look_back_s)?;
    let priorities = given.approve.clone().unwrap_or(fleet.approve.priorities);
    fleet.approve = Approve { priorities, timeout_s: u64::from(approve_s) };
    Ok(Some(Box::new(fleet)))
}

/// The groups that plans may name: as they are in a session, where an incident engages all but who coordinates.
pub(super) fn groups(
    focus: &BTreeMap<String, Vec<AgentName>>,
    team: &[AgentSpec],
    fleet: Option<&Fleet>,
) -> Groups {
    let mut groups = focus.clone();
    if let Some(fleet) = fleet {
        let others = team.iter().map(|a| &a.name).filter(|n| **n != fleet.coordinator).cloned().collect();
        groups.insert(COORDINATOR.into(), vec![fleet.coordinator.clone()]);
        groups.insert(SPECIALISTS.into(), others);
    }
    groups
}
