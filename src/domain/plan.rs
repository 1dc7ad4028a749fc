//! Plans: a graph of tasks, each a prompt for an agent with what it needs and what proves it done.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ending::{EndGates, Then};
use super::id::AgentName;
use super::team::AgentSpec;

/// What proves a task done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DoneRule {
    /// A new commit since dispatch, tracked files clean, the agent idle by more than silence.
    Committed,
    /// The agent claimed and was proved ready.
    Ready,
    /// The agent is idle again by more than silence.
    Idle,
}

/// One task as a plan file states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Unique in the plan. With `each`, `{agent}` stands for the agent's name.
    pub id: String,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentName>,
    /// Who does it, by role; the first agent of that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// One such task for every agent of the team.
    #[serde(default)]
    pub each: bool,
    /// The template's name.
    pub prompt: String,
    /// Tasks that must be done first.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What proves it done.
    pub done: DoneRule,
}

/// A plan as its file states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The name used on the command line.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Groups of agent names or task ids; a group waits for the whole group before it.
    #[serde(default)]
    pub stages: Vec<Vec<String>>,
    /// The gates that run once the last task has ended.
    #[serde(default)]
    pub gates: EndGates,
    /// Whether gates known to be red at the tips of branches hold it back until somebody confirms.
    #[serde(default)]
    pub confirm_red: bool,
    /// What follows once it has ended.
    #[serde(default, skip_serializing_if = "Then::is_nothing")]
    pub then: Then,
    /// The tasks.
    #[serde(rename = "task")]
    pub tasks: Vec<Task>,
}

/// A task bound to an agent of a team.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bound {
    /// Unique in the run.
    pub id: String,
    /// Who does it.
    pub agent: AgentName,
    /// The template's name.
    pub prompt: String,
    /// Ids of tasks that must be done first, apart from stages.
    pub needs: Vec<String>,
    /// Its stage, from 0.
    pub stage: usize,
    /// What proves it done.
    pub done: DoneRule,
}

/// Why a plan does not fit a team or itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two tasks with one id.
    #[error("plan `{plan}`: task `{task}` appears twice; give each task its own id")]
    Twice {
        /// The plan.
        plan: String,
        /// The id.
        task: String,
    },
    /// A task that names nobody or somebody unknown.
    #[error("plan `{plan}`: task `{task}` {why}")]
    Nobody {
        /// The plan.
        plan: String,
        /// The id.
        task: String,
        /// What is wrong and what to write.
        why: String,
    },
    /// A need or stage entry that is no task.
    #[error("plan `{plan}`: {place} names `{name}`, which is no task of it")]
    Missing {
        /// The plan.
        plan: String,
        /// Where.
        place: String,
        /// What.
        name: String,
    },
    /// Tasks that wait for each other.
    #[error("plan `{plan}`: these tasks wait for each other: {}", .cycle.join(" → "))]
    Cycle {
        /// The plan.
        plan: String,
        /// The tasks, first and last the same.
        cycle: Vec<String>,
    },
}

impl Plan {
    /// A plan of tasks in stages and nothing else.
    #[must_use]
    pub fn of(name: &str, title: &str, stages: Vec<Vec<String>>, tasks: Vec<Task>) -> Self {
        let (gates, then) = (EndGates::None, Then::default());
        Self { name: name.into(), title: title.into(), stages, gates, confirm_red: false, then, tasks }
    }

    /// Whether it cannot be run without branches: a task is proved done by commits, or gates or a review follow.
    #[must_use]
    pub fn asks_for_commits(&self) -> bool {
        let idle = self.tasks.iter().all(|t| t.done == DoneRule::Idle);
        !idle || self.gates != EndGates::None || self.then.review
    }

    /// Binds the plan to a team: one entry per task and agent, with its stage.
    ///
    /// Tasks of an `each` plan whose agent no stage names form a last stage; stage names that are
    /// no agent of the team are left out for such plans, so that one plan serves many teams.
    ///
    /// # Errors
    /// When ids repeat, an agent or need is unknown, or tasks wait for each other.
    pub fn bind(&self, team: &[AgentSpec]) -> Result<Vec<Bound>, PlanError> {
        let mut bound = Vec::new();
        for task in &self.tasks {
            for agent in self.agents_of(task, team)? {
                let sub = |s: &str| s.replace("{agent}", agent.as_str());
                bound.push(Bound {
                    id: if task.each && !task.id.contains("{agent}") {
                        format!("{}-{agent}", task.id)
                    } else {
                        sub(&task.id)
                    },
                    prompt: task.prompt.clone(),
                    needs: task.needs.iter().map(|n| sub(n)).collect(),
                    stage: 0,
                    done: task.done,
                    agent,
                });
            }
        }
        self.place_in_stages(&mut bound)?;
        self.check(&bound)?;
        bound.sort_by_key(|b| b.stage);
        Ok(bound)
    }

    fn agents_of(&self, task: &Task, team: &[AgentSpec]) -> Result<Vec<AgentName>, PlanError> {
        let nobody = |why: String| PlanError::Nobody { plan: self.name.clone(), task: task.id.clone(), why };
        match (&task.agent, &task.role, task.each) {
            (None, None, true) => Ok(team.iter().map(|a| a.name.clone()).collect()),
            (Some(name), None, false) => match team.iter().find(|a| a.name == *name) {
                Some(_) => Ok(vec![name.clone()]),
                None => Err(nobody(format!("is for `{name}`, who is not in the team"))),
            },
            (None, Some(role), false) => match team.iter().find(|a| a.role == *role) {
                Some(a) => Ok(vec![a.name.clone()]),
                None => Err(nobody(format!("is for the role `{role}`, which nobody has"))),
            },
            _ => Err(nobody("must have exactly one of `agent`, `role`, `each = true`".into())),
        }
    }

    fn place_in_stages(&self, bound: &mut [Bound]) -> Result<(), PlanError> {
        let adapts = self.tasks.iter().any(|t| t.each);
        let mut stage_of: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, group) in self.stages.iter().enumerate() {
            for name in group {
                let known = bound.iter().any(|b| b.id == *name || b.agent == **name);
                if !known && !adapts {
                    return Err(PlanError::Missing {
                        plan: self.name.clone(),
                        place: format!("stage {}", index + 1),
                        name: name.clone(),
                    });
                }
                stage_of.insert(name, index);
            }
        }
        for b in bound.iter_mut() {
            b.stage = stage_of
                .get(b.id.as_str())
                .or_else(|| stage_of.get(b.agent.as_str()))
                .copied()
                .unwrap_or(self.stages.len());
        }
        let used: BTreeSet<usize> = bound.iter().map(|b| b.stage).collect();
        let rank: BTreeMap<usize, usize> = used.into_iter().enumerate().map(|(i, s)| (s, i)).collect();
        for b in bound.iter_mut() {
            b.stage = rank.get(&b.stage).copied().unwrap_or(0);
        }
        Ok(())
    }

    fn check(&self, bound: &[Bound]) -> Result<(), PlanError> {
        let mut seen = BTreeSet::new();
        for b in bound {
            if !seen.insert(b.id.as_str()) {
                return Err(PlanError::Twice { plan: self.name.clone(), task: b.id.clone() });
            }
        }
        let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for b in bound {
            if let Some(n) = b.needs.iter().find(|n| !seen.contains(n.as_str())) {
                return Err(PlanError::Missing {
                    plan: self.name.clone(),
                    place: format!("task `{}`", b.id),
                    name: n.clone(),
                });
            }
            let earlier = bound.iter().filter(|o| o.stage < b.stage).map(|o| o.id.clone());
            edges.insert(b.id.clone(), b.needs.iter().cloned().chain(earlier).collect());
        }
        let cycle = find_cycle(edges.keys(), |id| edges.get(id).map_or(&[], Vec::as_slice));
        match cycle {
            Some(cycle) => Err(PlanError::Cycle { plan: self.name.clone(), cycle }),
            None => Ok(()),
        }
    }
}

/// The first cycle found by following `next` from each of `nodes`, first and last entry the same.
pub fn find_cycle<'a, T: Ord + Clone + 'a>(
    nodes: impl Iterator<Item = &'a T>,
    next: impl Fn(&T) -> &'a [T],
) -> Option<Vec<T>> {
    let mut done: BTreeSet<&T> = BTreeSet::new();
    for start in nodes {
        // An explicit stack of (node, next edge to follow): plans come from files.
        let mut path: Vec<(&T, usize)> = vec![(start, 0)];
        while let Some((node, edge)) = path.last_mut() {
            let node: &T = node;
            if done.contains(node) {
                path.pop();
                continue;
            }
            let Some(to) = next(node).get(*edge) else {
                done.insert(node);
                path.pop();
                continue;
            };
            *edge += 1;
            if let Some(at) = path.iter().position(|(n, _)| *n == to) {
                let mut cycle: Vec<T> = path[at..].iter().map(|(n, _)| (*n).clone()).collect();
                cycle.push(to.clone());
                return Some(cycle);
            }
            path.push((to, 0));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn team(names: &[&str]) -> Vec<AgentSpec> {
        let spec = |name: &&str| AgentSpec {
            role: format!("{name} role"),
            branch: format!("b-{name}"),
            profile: "shell".into(),
            ..AgentSpec::bare(AgentName::new(name).unwrap())
        };
        names.iter().map(spec).collect()
    }

    fn task(id: &str, agent: &str, needs: &[&str]) -> Task {
        Task {
            id: id.into(),
            agent: Some(AgentName::new(agent).unwrap()),
            role: None,
            each: false,
            prompt: "p".into(),
            needs: needs.iter().map(|n| (*n).to_owned()).collect(),
            done: DoneRule::Idle,
        }
    }

    fn plan(stages: &[&[&str]], tasks: Vec<Task>) -> Plan {
        let stages = stages.iter().map(|s| s.iter().map(|n| (*n).to_owned()).collect()).collect();
        Plan::of("test", "", stages, tasks)
    }

    #[test]
    fn each_makes_a_task_an_agent_and_fits_any_team() {
        let each = Task { agent: None, each: true, ..task("do", "A", &[]) };
        let bound = plan(&[&["A"], &["GONE"], &["B"]], vec![each]).bind(&team(&["B", "A", "NEW"])).unwrap();
        let seen: Vec<(&str, usize)> = bound.iter().map(|b| (b.id.as_str(), b.stage)).collect();
        // Names nobody has are left out, agents no stage names come last, stages count without gaps.
        assert_eq!(seen, [("do-A", 0), ("do-B", 1), ("do-NEW", 2)]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let of = |p: Plan| p.bind(&team(&["A", "B"])).unwrap_err().to_string();
        let twice = of(plan(&[], vec![task("x", "A", &[]), task("x", "B", &[])]));
        assert_eq!(twice, "plan `test`: task `x` appears twice; give each task its own id");
        let nobody = of(plan(&[], vec![task("x", "C", &[])]));
        assert_eq!(nobody, "plan `test`: task `x` is for `C`, who is not in the team");
        let need = of(plan(&[], vec![task("x", "A", &["y"])]));
        assert_eq!(need, "plan `test`: task `x` names `y`, which is no task of it");
        let stage = of(plan(&[&["z"]], vec![task("x", "A", &[])]));
        assert_eq!(stage, "plan `test`: stage 1 names `z`, which is no task of it");
        let circle = of(plan(&[], vec![task("x", "A", &["y"]), task("y", "B", &["x"])]));
        assert_eq!(circle, "plan `test`: these tasks wait for each other: x → y → x");
        // A need against the order of stages is a circle too.
        let against = of(plan(&[&["x"], &["y"]], vec![task("x", "A", &["y"]), task("y", "B", &[])]));
        assert!(against.contains("x → y → x"), "{against}");
        let both = Task { each: true, ..task("x", "A", &[]) };
        assert!(of(plan(&[], vec![both])).contains("exactly one of `agent`, `role`, `each = true`"));
    }

    #[test]
    fn a_role_finds_its_first_agent() {
        let by_role = Task { agent: None, role: Some("B role".into()), ..task("x", "A", &[]) };
        assert_eq!(plan(&[], vec![by_role]).bind(&team(&["A", "B"])).unwrap()[0].agent, "B");
    }

    proptest! {
        #[test]
        fn a_cycle_is_found_exactly_where_there_is_one(edges in proptest::collection::vec((0u8..7, 0u8..7), 0..14)) {
            let next: BTreeMap<u8, Vec<u8>> =
                (0..7).map(|n| (n, edges.iter().filter(|e| e.0 == n).map(|e| e.1).collect())).collect();
            let cycle = find_cycle(next.keys(), |n| &next[n]);
            // Warshall's closure says whether anything reaches itself.
            let mut reach = [[false; 7]; 7];
            for (a, b) in &edges {
                reach[usize::from(*a)][usize::from(*b)] = true;
            }
            for k in 0..7 {
                for i in 0..7 {
                    for j in 0..7 {
                        reach[i][j] |= reach[i][k] && reach[k][j];
                    }
                }
            }
            prop_assert_eq!(cycle.is_some(), (0..7).any(|n| reach[n][n]));
            if let Some(cycle) = cycle {
                prop_assert_eq!(cycle.first(), cycle.last());
                prop_assert!(cycle.windows(2).all(|w| edges.contains(&(w[0], w[1]))));
            }
        }
    }
}
