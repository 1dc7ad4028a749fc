//! Who is meant: `AGENT`, `all`, `stage:N`, `focus:GROUP`.

use super::state::State;
use crate::domain::command::Target;
use crate::domain::id::AgentName;
use crate::domain::prompt::{names, sendable};

/// The agents that `targets` name, in team order, each once; all for none. Stages are those of
/// the plan that runs, else of the enhancement plan.
///
/// # Errors
/// When a target names nobody, with the nearest names.
pub(super) fn resolve(state: &State, targets: &[Target]) -> Result<Vec<AgentName>, String> {
    let team: Vec<AgentName> = state.team().map(|a| a.name.clone()).collect();
    if targets.is_empty() {
        return Ok(team);
    }
    let mut wanted = Vec::new();
    for Target(text) in targets {
        match text.split_once(':') {
            _ if text == "all" => wanted.extend(team.iter().cloned()),
            Some(("stage", n)) => wanted.extend(stage(state, n)?),
            Some(("focus", group)) => match state.config.focus.get(group) {
                Some(members) => wanted.extend(members.iter().cloned()),
                None => return Err(unknown("focus group", group, state.config.focus.keys())),
            },
            _ => match state.agents.iter().find(|a| a.name == **text) {
                Some(agent) => wanted.push(agent.name.clone()),
                None => return Err(unknown("agent", text, team.iter().map(AgentName::as_str))),
            },
        }
    }
    let order = state.agents.iter().map(|a| a.name.clone());
    Ok(order.filter(|name| wanted.contains(name)).collect())
}

fn stage(state: &State, number: &str) -> Result<Vec<AgentName>, String> {
    let tasks = match state.running() {
        Some(run) => run.tasks.iter().map(|t| t.bound.clone()).collect(),
        None => {
            match state.config.plans.get("enhancement").map(|p| p.bind(&state.config.team, &state.groups())) {
                Some(Ok(bound)) => bound,
                Some(Err(e)) => return Err(e.to_string()),
                None => return Err("find stages: no plan runs".into()),
            }
        }
    };
    let last = tasks.iter().map(|t| t.stage + 1).max().unwrap_or(0);
    match number.parse::<usize>() {
        Ok(n) if (1..=last).contains(&n) => {
            Ok(tasks.into_iter().filter(|t| t.stage + 1 == n).map(|t| t.agent).collect())
        }
        _ => Err(format!("find the stage `{number}`; there are stages 1 to {last}")),
    }
}

/// Passes when a prompt of that name can be sent.
///
/// # Errors
/// When there is none, with the nearest names.
pub(super) fn prompt(state: &State, name: &str) -> Result<(), String> {
    let all = &state.config.prompts;
    match all.contains_key(name) && sendable(name) {
        true => Ok(()),
        false => Err(unknown("prompt", name, names(all))),
    }
}

/// Says that `name` is no known `kind`, and which known names are near.
pub(super) fn unknown<S: AsRef<str>>(kind: &str, name: &str, known: impl Iterator<Item = S>) -> String {
    let known: Vec<S> = known.collect();
    let wanted = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .iter()
        .map(|k| (k.as_ref().to_lowercase(), k.as_ref()))
        .filter_map(|(known, as_written)| {
            let alike = strsim::jaro_winkler(&wanted, &known);
            // A letter too many, missing, wrong or swapped is a slip, however short the name.
            let slip = strsim::osa_distance(&wanted, &known) <= 1;
            (slip || alike > 0.75).then_some((if slip { 1.0 + alike } else { alike }, as_written))
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<&str> = near.into_iter().take(3).map(|(_, k)| k).collect();
    if !near.is_empty() {
        return format!("find the {kind} `{name}`; did you mean {}?", near.join(" or "));
    }
    let all: Vec<&str> = known.iter().map(AsRef::as_ref).take(20).collect();
    format!("find the {kind} `{name}`; there are: {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn slips_are_seen_through() {
        let team = ["ARCH", "SEC", "OBS", "DOCS"];
        let said = |name| unknown("agent", name, team.iter());
        for (slip, meant) in [("SCE", "SEC"), ("arch", "ARCH"), ("DOC", "DOCS"), ("OBSS", "OBS")] {
            assert!(said(slip).contains(&format!("did you mean {meant}")), "{}", said(slip));
        }
        assert!(said("zebra").contains("there are: ARCH, SEC, OBS, DOCS"), "{}", said("zebra"));
    }
}
