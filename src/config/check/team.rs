//! The agents: their names, branches, profiles and whom they build on.

use std::collections::BTreeMap;

use super::super::doc::Doc;
use super::super::doc::Step::{self, At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::{Agent, Raw};
use super::{Empty, expect_known, twice};
use crate::domain::id::AgentName;
use crate::domain::profile::Profile;
use crate::domain::team::{AgentSpec, after_cycle};

/// The most agents of a team.
const TEAM_MOST: usize = 64;

/// Checks the team.
pub(super) fn check(
    doc: &Doc<'_>,
    raw: &Raw,
    profiles: &BTreeMap<String, Profile>,
) -> Result<Vec<AgentSpec>, Error> {
    let agents = &raw.team.agents;
    if agents.is_empty() {
        return Err(
            doc.wrong(&[Key("team"), Key("agent")], "expected at least one agent: add a `[[team.agent]]`")
        );
    }
    if agents.len() > TEAM_MOST {
        let what = format!("expected at most {TEAM_MOST} agents, found {}", agents.len());
        return Err(doc.wrong(&at(TEAM_MOST), what));
    }
    if let Some(profile) = &raw.team.profile {
        let path = [Key("team"), Key("profile")];
        known_profile(profile, profiles).map_err(|what| doc.wrong(&path, what))?;
    }
    let mut team: Vec<AgentSpec> = Vec::new();
    for (index, agent) in agents.iter().enumerate() {
        let spec = check_agent(doc, raw, index, agent, profiles)?;
        check_unique(doc, index, &spec, &team)?;
        team.push(spec);
    }
    // Only now is everybody known whom somebody may build on.
    let everybody = Names::new(&team);
    for (index, agent) in agents.iter().enumerate() {
        let after = everybody.list(doc, &key(index, "after"), &agent.after, Empty::Allowed)?;
        if let Some(spec) = team.get_mut(index) {
            spec.after = after;
        }
    }
    if let Some(cycle) = after_cycle(&team) {
        let first = team.iter().position(|a| cycle.first() == Some(&a.name)).unwrap_or_default();
        let round: Vec<&str> = cycle.iter().map(AgentName::as_str).collect();
        let what = format!("these agents wait for each other: {}; take one out", round.join(" → "));
        return Err(doc.wrong(&key(first, "after"), what));
    }
    Ok(team)
}

fn at(index: usize) -> [Step<'static>; 3] {
    [Key("team"), Key("agent"), At(index)]
}

fn key(index: usize, name: &str) -> [Step<'_>; 4] {
    [Key("team"), Key("agent"), At(index), Key(name)]
}

fn check_agent(
    doc: &Doc<'_>,
    raw: &Raw,
    index: usize,
    agent: &Agent,
    profiles: &BTreeMap<String, Profile>,
) -> Result<AgentSpec, Error> {
    let wrong = |name, what| doc.wrong(&key(index, name), what);
    let name = names::agent(&agent.name).map_err(|what| wrong("name", what))?;
    let lower = agent.name.to_lowercase();
    let branch = if raw.team.worktrees {
        let branch = agent.branch.clone().unwrap_or_else(|| format!("agent-{}-{lower}", index + 1));
        names::branch(&branch).map_err(|what| wrong("branch", what))?;
        branch
    } else {
        String::new()
    };
    for (inner, path) in agent.focus.iter().enumerate() {
        let here = [Key("team"), Key("agent"), At(index), Key("focus"), At(inner)];
        names::path_below(path).map_err(|what| doc.wrong(&here, what))?;
        if path.is_empty() {
            return Err(doc.wrong(&here, "expected a path inside the repository, found nothing"));
        }
    }
    let role = agent.role.clone().unwrap_or_else(|| agent.name.clone());
    for (field, text) in [("role", &role), ("domain", &agent.domain)] {
        if text.contains(char::is_control) {
            return Err(wrong(field, String::from("expected one line of plain text")));
        }
    }
    let profile = match (&agent.profile, &raw.team.profile) {
        (Some(own), _) => {
            known_profile(own, profiles).map_err(|what| wrong("profile", what))?;
            own.clone()
        }
        (None, Some(of_all)) => of_all.clone(),
        (None, None) => {
            let what = format!("`{name}` has no profile; give it one, or all of them in `[team]`");
            return Err(doc.wrong(&at(index), what));
        }
    };
    let message = raw.merge.messages.get(&agent.name).cloned();
    Ok(AgentSpec {
        message: message.unwrap_or_default(),
        role,
        domain: agent.domain.clone(),
        branch,
        focus: agent.focus.clone(),
        after: Vec::new(),
        profile,
        record: agent.record.unwrap_or(true),
        name,
    })
}

/// Compares without case: names are folders of worktrees and branches are files of refs, and some
/// file systems do not tell cases apart.
fn check_unique(doc: &Doc<'_>, index: usize, spec: &AgentSpec, before: &[AgentSpec]) -> Result<(), Error> {
    let branch = spec.branch.to_lowercase();
    for other in before {
        if other.name.as_str().eq_ignore_ascii_case(spec.name.as_str()) {
            return Err(doc.wrong(&key(index, "name"), twice("agent", other.name.as_str())));
        }
        let theirs = other.branch.to_lowercase();
        if theirs == branch && !branch.is_empty() {
            let what =
                format!("`{}` has the branch `{}` already; give each its own", other.name, other.branch);
            return Err(doc.wrong(&key(index, "branch"), what));
        }
        let nested = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
        if nested(&branch, &theirs) || nested(&theirs, &branch) {
            let what = format!(
                "git cannot keep it beside `{}` of `{}`: one is a folder of the other",
                other.branch, other.name
            );
            return Err(doc.wrong(&key(index, "branch"), what));
        }
    }
    Ok(())
}

fn known_profile(name: &str, profiles: &BTreeMap<String, Profile>) -> Result<(), String> {
    expect_known(name, "a profile", profiles.keys().map(String::as_str))
}

/// The names that a list of agents may hold.
pub(super) struct Names(Vec<AgentName>);

impl Names {
    /// Those of the team.
    pub fn new(team: &[AgentSpec]) -> Self {
        Self(team.iter().map(|a| a.name.clone()).collect())
    }

    /// The same and the orchestrator's pane.
    pub fn with_orchestrator(&self) -> Self {
        Self(self.0.iter().cloned().chain([AgentName::orchestrator()]).collect())
    }

    /// All of them.
    pub fn all(&self) -> Vec<AgentName> {
        self.0.clone()
    }

    /// The one called `text`, or what was expected.
    pub fn find(&self, text: &str) -> Result<AgentName, String> {
        match self.0.iter().find(|n| n.as_str() == text) {
            Some(name) => Ok(name.clone()),
            None => {
                let known = self.0.iter().map(AgentName::as_str);
                Err(expect_known(text, "an agent of the team", known).err().unwrap_or_default())
            }
        }
    }

    /// A list of them, each at most once.
    pub fn list(
        &self,
        doc: &Doc<'_>,
        path: &[Step<'_>],
        texts: &[String],
        empty: Empty,
    ) -> Result<Vec<AgentName>, Error> {
        if texts.is_empty() && empty == Empty::Refused {
            return Err(doc.wrong(path, "expected at least one agent, found an empty list"));
        }
        let mut list = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let here: Vec<Step<'_>> = path.iter().copied().chain([At(index)]).collect();
            let name = self.find(text).map_err(|what| doc.wrong(&here, what))?;
            if list.contains(&name) {
                return Err(doc.wrong(&here, format!("`{name}` is named twice; once is enough")));
            }
            list.push(name);
        }
        Ok(list)
    }
}
