//! What lists offer to choose from.

use super::actions::Choice;
use super::keymap::{Binding, Keymap, Op, When, keys_name};
use super::popup::Chooser;
use crate::domain::command::Order;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::team::Tab;
use crate::engine::state::{Agent, State};

pub(super) fn plans(state: &State) -> Vec<(Choice, String, String)> {
    let orders = [(Order::Staged, "stage by stage"), (Order::Broadcast, "to all at once")];
    let entry = |plan: &String, title: &str, order: Order, how: &str| {
        (Choice::Run(plan.clone(), order), printable(&format!("run {plan} {how}")), printable(title))
    };
    let all = state.config.plans.iter();
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

pub(super) fn palette(state: &State, keys: &Keymap, when: When) -> Chooser {
    let known = |op: Op| keys.all().any(|b| b.when == When::Normal && b.op == op);
    let listed = |b: &&Binding| match b.when {
        When::Normal => b.op != Op::Palette && b.op != Op::Tab,
        When::Typing => false,
        // What only a sheet does opens that sheet.
        when => when.is_sheet() && !known(b.op) && !b.op.moves(),
    };
    let mut entries: Vec<_> = keys.all().filter(listed).map(entry).collect();
    // What is open comes first.
    entries.sort_by_key(|(choice, _, _)| !matches!(choice, Choice::Op(w, _) if *w == when && w.is_sheet()));
    entries.extend(plans(state).into_iter().map(|(c, label, _)| (c, label, String::new())));
    entries.extend(places(state));
    Chooser { title: "all actions", query: Some(String::new()), entries, at: 0 }
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
