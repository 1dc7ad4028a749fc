//! The tabs of the dashboard.

use std::collections::BTreeSet;

use super::super::doc::{
    Doc,
    Step::{At, Key},
};
use super::super::error::Error;
use super::super::names;
use super::super::raw::{self, Raw};
use super::team::Names;
use super::{Empty, twice};
use crate::domain::id::AgentName;
use crate::domain::team::{Layout, Tab};

/// Columns or rows a tab may have.
const PARTS_MOST: i64 = 16;
/// How many times as large as another a column or row may be.
const WEIGHT_MOST: i64 = 100;

pub(super) fn check_tabs(doc: &Doc<'_>, raw: &Raw, names: &Names) -> Result<Vec<Tab>, Error> {
    let mut titles = BTreeSet::new();
    let mut tabs = Vec::new();
    for (index, tab) in raw.tabs.iter().enumerate() {
        let at = |key| [Key("tab"), At(index), Key(key)];
        if tab.name.trim().is_empty() || tab.name.contains(char::is_control) || tab.name.chars().count() > 32
        {
            let what = format!("expected a title of 1 to 32 characters, found {}", names::shown(&tab.name));
            return Err(doc.wrong(&at("name"), what));
        }
        if !titles.insert(tab.name.as_str()) {
            return Err(doc.wrong(&at("name"), twice("tab", &tab.name)));
        }
        let panes = names.with_orchestrator().list(doc, &at("panes"), &tab.panes, Empty::Allowed)?;
        match (tab.layout, panes.is_empty()) {
            (Layout::Monitor, false) => {
                return Err(doc.wrong(&at("panes"), "a monitor shows every agent; leave `panes` out"));
            }
            (Layout::Incident, _) if raw.incident.is_none() => {
                let what =
                    "only an incident fleet has an incident to show; add [incident], or take `monitor`";
                return Err(doc.wrong(&at("layout"), what));
            }
            (Layout::Incident, false) => {
                return Err(doc.wrong(&at("panes"), "the incident has no panes; leave `panes` out"));
            }
            (Layout::Workflow, false) => {
                return Err(doc.wrong(&at("panes"), "a workflow has no panes; leave `panes` out"));
            }
            (Layout::Monitor | Layout::Incident | Layout::Workflow, true) | (_, false) => {}
            (_, true) => {
                return Err(doc.wrong(&at("panes"), "expected at least one pane: an agent or `ORCHESTRATOR`"));
            }
        }
        let columns = columns(doc, index, tab)?;
        let widths = weights(doc, index, "widths", &tab.widths, most_columns(tab, columns))?;
        let heights = weights(doc, index, "heights", &tab.heights, most_rows(tab))?;
        // That many weights are that many columns.
        let columns = if columns == 0 && tab.layout == Layout::Grid {
            u16::try_from(widths.len()).unwrap_or(0)
        } else {
            columns
        };
        tabs.push(Tab { name: tab.name.clone(), layout: tab.layout, panes, columns, widths, heights });
    }
    if tabs.is_empty() {
        tabs = default_tabs(names);
    }
    // Whoever leads a fleet looks at the incident first.
    if raw.incident.is_some() {
        Tab::put_first(&mut tabs, "Incident", Layout::Incident);
    }
    Ok(tabs)
}

fn columns(doc: &Doc<'_>, index: usize, tab: &raw::Tab) -> Result<u16, Error> {
    let at = [Key("tab"), At(index), Key("columns")];
    let columns = u16::try_from(tab.columns).ok().filter(|c| i64::from(*c) <= PARTS_MOST);
    let Some(columns) = columns else {
        return Err(doc.wrong(&at, format!("expected 0 to {PARTS_MOST} columns, found {}", tab.columns)));
    };
    if columns > 0 && tab.layout != Layout::Grid {
        let what = format!("a {} has no columns to count; leave it out, or take `grid`", tab.layout.word());
        return Err(doc.wrong(&at, what));
    }
    Ok(columns)
}

/// How many weights are wanted: exactly so many, or any number.
enum Most {
    Exactly(usize, &'static str),
    Any,
    None,
}

fn most_columns(tab: &raw::Tab, columns: u16) -> Most {
    match tab.layout {
        Layout::Focus => Most::Exactly(2, "the chosen pane and the others beside it"),
        Layout::Grid if columns > 0 => Most::Exactly(usize::from(columns), "one for each of `columns`"),
        Layout::Grid => Most::Any,
        _ => Most::None,
    }
}

fn most_rows(tab: &raw::Tab) -> Most {
    if tab.layout == Layout::Grid { Most::Any } else { Most::None }
}

fn weights(
    doc: &Doc<'_>,
    index: usize,
    key: &'static str,
    given: &[i64],
    most: Most,
) -> Result<Vec<u16>, Error> {
    let at = [Key("tab"), At(index), Key(key)];
    if given.is_empty() {
        return Ok(Vec::new());
    }
    match most {
        Most::None => {
            let what = "nothing is divided that way in this layout; leave it out, or take `grid`";
            return Err(doc.wrong(&at, what));
        }
        Most::Exactly(n, which) if given.len() != n => {
            let what = format!("expected {n} numbers, {which}; found {}", given.len());
            return Err(doc.wrong(&at, what));
        }
        _ if given.len() > usize::try_from(PARTS_MOST).unwrap_or(0) => {
            let what = format!("expected at most {PARTS_MOST} numbers, found {}", given.len());
            return Err(doc.wrong(&at, what));
        }
        _ => {}
    }
    let weight = |(i, n): (usize, &i64)| {
        let fits = (1..=WEIGHT_MOST).contains(n);
        u16::try_from(*n).ok().filter(|_| fits).ok_or_else(|| {
            let path = [Key("tab"), At(index), Key(key), At(i)];
            doc.wrong(&path, format!("expected 1 to {WEIGHT_MOST}: `[2, 1]` is two to one; found {n}"))
        })
    };
    given.iter().enumerate().map(weight).collect()
}

fn default_tabs(names: &Names) -> Vec<Tab> {
    vec![
        Tab::new("Orchestrator", Layout::Grid, vec![AgentName::orchestrator()]),
        Tab::new("Team", Layout::Grid, names.all()),
        Tab::new("Monitor", Layout::Monitor, Vec::new()),
    ]
}
