//! What lists offer to choose from.

use super::actions::Choice;
use super::branches::holds;
use super::keymap::{Binding, Op, When, keys_name};
use super::popup::Chooser;
use super::view::View;
use crate::domain::command::Order;
use crate::domain::plan::Plan;
use crate::domain::prompt::BUILT_IN;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::team::Tab;
use crate::engine::state::{Agent, State};

/// The title of the list of all actions.
pub(super) const ALL: &str = "all actions";

pub(super) fn plans(state: &State) -> Vec<(Choice, String, String)> {
    let orders = [(Order::Staged, "stage by stage"), (Order::Broadcast, "to all at once")];
    let entry = |plan: &String, title: &str, order: Order, how: &str| {
        (Choice::Run(plan.clone(), order), printable(&format!("run {plan} {how}")), printable(title))
    };
    let runs = |plan: &Plan| !plan.of_incident() && (state.config.worktrees || !plan.asks_for_commits());
    let all = state.config.plans.iter().filter(|(_, plan)| runs(plan));
    all.flat_map(|(name, plan)| orders.map(|(order, how)| entry(name, &plan.title, order, how))).collect()
}

pub(super) fn pins(agent: &Agent) -> Chooser {
    let name = &agent.name;
    let off = agent
        .pin
        .map(|_| (Choice::Pin(name.clone(), None), format!("{name}: take the pin off"), String::new()));
    let states = AgentState::PINNABLE
        .map(|s| (Choice::Pin(name.clone(), Some(s)), format!("{name} counts as {s}"), String::new()));
    Chooser { title: "pin a state", query: None, entries: off.into_iter().chain(states).collect(), at: 0 }
}

/// An entry for what a binding does.
pub(super) fn entry(b: &Binding) -> (Choice, String, String) {
    (Choice::Op(b.when, b.op), format!("{}: {}", b.name, b.what), keys_name(&b.keys))
}

/// Everything that can be done, what was done last first.
pub(super) fn palette(state: &State, view: &View) -> Chooser {
    let (keys, when) = (&view.keys, view.when());
    let known = |op: Op| keys.all().any(|b| b.when == When::Normal && b.op == op);
    let listed = |b: &&Binding| match b.when {
        When::Normal => b.op != Op::Palette && b.op != Op::Tab,
        When::Typing => false,
        // What only a sheet does opens that sheet.
        when => when.is_sheet() && !known(b.op) && !b.op.moves(),
    };
    let mut entries: Vec<_> = keys.all().filter(listed).filter(|b| holds(state, b)).map(entry).collect();
    // What is open comes first.
    entries.sort_by_key(|(choice, _, _)| !matches!(choice, Choice::Op(w, _) if *w == when && w.is_sheet()));
    entries.extend(plans(state).into_iter().map(|(c, label, _)| (c, label, String::new())));
    entries.extend(places(state));
    entries.extend(prompts(state));
    entries.extend(themes(view));
    let entries = recent_first(view, entries);
    Chooser { title: ALL, query: Some(String::new()), entries, at: 0 }
}

/// All tabs and agents, to go to one.
pub(super) fn going(state: &State) -> Chooser {
    Chooser { title: "go to", query: Some(String::new()), entries: places(state).collect(), at: 0 }
}

/// Entries for all tabs and agents.
pub(super) fn places(state: &State) -> impl Iterator<Item = (Choice, String, String)> {
    let tab = |(i, t): (usize, &Tab)| {
        (Choice::Tab(i), printable(&format!("go to tab {}", t.name)), (i + 1).to_string())
    };
    let agent = |a: &Agent| (Choice::Agent(a.name.clone()), format!("go to {}", a.name), String::new());
    state.config.tabs.iter().enumerate().map(tab).chain(state.agents.iter().map(agent))
}

/// Entries for all prompts of the library that are meant to be sent.
fn prompts(state: &State) -> impl Iterator<Item = (Choice, String, String)> {
    let sent = state.config.prompts.keys().filter(|n| !n.starts_with('_') && !n.starts_with(BUILT_IN));
    sent.map(|n| (Choice::Send(n.clone()), printable(&format!("send prompt {n}")), "to be ticked".to_owned()))
}

/// Entries for all themes.
pub(super) fn themes(view: &View) -> impl Iterator<Item = (Choice, String, String)> {
    view.themes.iter().map(|(name, theme)| {
        let title = if *name == view.theme { "in force" } else { theme.title.as_str() };
        (Choice::Theme(name.clone()), printable(&format!("theme: {name}")), printable(title))
    })
}

/// The same entries, those that were taken before in front, the last of them first.
pub(super) fn recent_first(
    view: &View,
    mut entries: Vec<(Choice, String, String)>,
) -> Vec<(Choice, String, String)> {
    let place = |choice: &Choice| view.recent.iter().position(|r| r == choice).unwrap_or(usize::MAX);
    entries.sort_by_key(|(choice, _, _)| place(choice));
    entries
}
