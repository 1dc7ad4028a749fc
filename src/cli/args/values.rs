//! Values of arguments, checked.

use crate::domain::command::Target;
use crate::domain::id::AgentName;
use crate::domain::moment::{Moment, Unreadable};
use crate::domain::query::Priority;
use crate::domain::state::AgentState;

/// An agent's name.
pub(super) fn agent(text: &str) -> Result<AgentName, String> {
    AgentName::new(text).map_err(|e| e.to_string())
}

/// `AGENT`, `all`, `stage:N` or `focus:GROUP`; whether it exists only the server knows.
pub(super) fn target(text: &str) -> Result<Target, String> {
    let stage = |n: &str| n.parse::<u32>().is_ok_and(|n| n > 0);
    match text.split_once(':') {
        Some(("stage", n)) if stage(n) => {}
        Some(("focus", group)) if !group.is_empty() => {}
        Some(_) => return Err("expected an agent, `all`, `stage:N` or `focus:GROUP`".into()),
        None => drop(agent(text)?),
    }
    Ok(Target(text.to_owned()))
}

/// A state by its word.
pub(super) fn state(text: &str) -> Result<AgentState, String> {
    AgentState::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = AgentState::ALL.iter().map(|s| s.word()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// A pace.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if (0.01..=1000.0).contains(&x) => Ok(x),
        _ => Err("expected a number from 0.01 to 1000".into()),
    }
}

/// How many times faster than life a recording plays.
pub(super) fn pace(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if (0.25..=64.0).contains(&x) => Ok(x),
        _ => Err("expected a number from 0.25 to 64".into()),
    }
}

/// A moment of a recording.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|e: Unreadable| e.to_string())
}

/// How urgent a query is.
pub(super) fn priority(text: &str) -> Result<Priority, String> {
    Priority::ALL
        .into_iter()
        .find(|p| p.word() == text)
        .ok_or_else(|| format!("expected one of {}", Priority::ALL.map(Priority::word).join(", ")))
}
