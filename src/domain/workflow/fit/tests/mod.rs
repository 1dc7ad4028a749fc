//! Patterns against what their source states, and what holds of every plan.

mod holds;
mod options;
mod source;

use std::collections::BTreeMap;

use super::{Misfit, fit};
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::knowledge::Knowledge;
use crate::domain::workflow::pattern::{Must, Pattern};
use crate::domain::workflow::plan::{Options, Planned, Waiver};

/// The built-in pattern of that name.
fn pattern(name: &str) -> Pattern {
    Pattern::built_in().into_iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no pattern {name}"))
}

fn options(providers: &[&str]) -> Options {
    Options { providers: providers.iter().map(|p| (*p).to_owned()).collect(), ..Options::default() }
}

fn plan(name: &str, options: &Options) -> Planned {
    planned(name, options).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn planned(name: &str, options: &Options) -> Result<Planned, Misfit> {
    fit(&pattern(name), &Catalogue::built_in(), &Knowledge::built_in(), options)
}

fn waiver(must: Must, reason: &str) -> Waiver {
    Waiver { must, reason: reason.into() }
}

fn set(name: &str, is: bool) -> BTreeMap<String, bool> {
    BTreeMap::from([(name.to_owned(), is)])
}

/// Whether `a` has to be done before `b` begins, told by going through the needs.
fn precedes(plan: &Planned, a: &str, b: &str) -> bool {
    plan.task(b).is_some_and(|t| t.needs.iter().any(|n| n == a || precedes(plan, a, n)))
}

#[track_caller]
fn needs<'p>(plan: &'p Planned, id: &str) -> &'p [String] {
    &plan.task(id).unwrap_or_else(|| panic!("no task {id}")).needs
}
