//! Which agents of a team do the tasks of a plan.

use super::plan::Planned;
use crate::domain::id::AgentName;

/// Somebody of a team: the name and the role.
pub type Member<'a> = (&'a AgentName, &'a str);

/// Who of a team is which specialist of a plan, by name, else by role.
///
/// # Errors
/// The specialists whom the team has not.
pub fn staff(team: &[Member<'_>], plan: &Planned) -> Result<Vec<(AgentName, AgentName)>, Vec<String>> {
    let (mut pairs, mut missing) = (Vec::new(), Vec::new());
    for agent in plan.agents() {
        match of_team(team, &agent) {
            Some(name) => pairs.push((agent, name.clone())),
            None => missing.push(agent.to_string()),
        }
    }
    if missing.is_empty() { Ok(pairs) } else { Err(missing) }
}

/// The agent of a team that is a specialist: by its name, else by its role.
#[must_use]
pub fn of_team<'a>(team: &[Member<'a>], agent: &AgentName) -> Option<&'a AgentName> {
    let is =
        |text: &str| text.eq_ignore_ascii_case(agent.as_str()) || text.eq_ignore_ascii_case(short(agent));
    let found = team.iter().find(|(name, _)| is(name.as_str())).or_else(|| team.iter().find(|(_, r)| is(r)));
    found.map(|(name, _)| *name)
}

/// A specialist's name in the catalogue.
#[must_use]
pub fn short(agent: &AgentName) -> &str {
    agent.as_str().strip_suffix("-specialist").unwrap_or(agent.as_str())
}

/// Gives the tasks of the first of each pair to the second.
pub fn give(plan: &mut Planned, who: &[(AgentName, AgentName)]) {
    for task in &mut plan.tasks {
        if let Some((_, name)) = who.iter().find(|(agent, _)| *agent == task.agent) {
            task.agent.clone_from(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::sample::task;

    fn name(text: &str) -> AgentName {
        AgentName::new(text).unwrap()
    }

    fn plan() -> Planned {
        let tasks = vec![task("image", "docker", 1, &[]), task("cluster", "kubernetes", 1, &["image"])];
        Planned { tasks, ..Planned::default() }
    }

    #[test]
    fn a_name_goes_before_a_role_and_letters_may_be_large() {
        let (a, b, c) = (name("A"), name("DOCKER"), name("K"));
        let team = [(&a, "docker"), (&b, "anything"), (&c, "Kubernetes-Specialist")];
        let mut plan = plan();
        let who = staff(&team, &plan).unwrap();
        give(&mut plan, &who);
        assert_eq!(plan.tasks.iter().map(|t| t.agent.as_str()).collect::<Vec<_>>(), ["DOCKER", "K"]);
    }

    #[test]
    fn whom_a_team_has_not_is_said() {
        let a = name("docker");
        assert_eq!(staff(&[(&a, "")], &plan()), Err(vec!["kubernetes-specialist".to_owned()]));
    }
}
