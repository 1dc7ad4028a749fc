//! Plans bound to teams: who does what, in which stage.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bound, COORDINATOR, DEADLINE, DoneRule, Plan, PlanError, SPECIALISTS, Task};
use crate::domain::ending::{EndGates, Then};
use crate::domain::id::AgentName;
use crate::domain::team::AgentSpec;

/// Groups of agents by name: the focus groups of the configuration, and in an incident those it engaged
/// ([`SPECIALISTS`]) and who coordinates it ([`COORDINATOR`]).
pub type Groups = BTreeMap<String, Vec<AgentName>>;

impl Plan {
    /// A plan of tasks in stages and nothing else.
    #[must_use]
    pub fn of(name: &str, title: &str, stages: Vec<Vec<String>>, tasks: Vec<Task>) -> Self {
        let (gates, then) = (EndGates::None, Then::default());
        Self { name: name.into(), title: title.into(), stages, gates, confirm_red: false, then, tasks }
    }

    /// Binds the plan to a team: one entry per task and agent, with its stage.
    ///
    /// Tasks of an `each` plan whose agent no stage names form a last stage; stage names that are
    /// no agent of the team are left out for such plans, so that one plan serves many teams.
    ///
    /// # Errors
    /// When ids repeat, an agent, group or need is unknown, or tasks wait for each other.
    pub fn bind(&self, team: &[AgentSpec], groups: &Groups) -> Result<Vec<Bound>, PlanError> {
        let mut bound = Vec::new();
        for task in &self.tasks {
            if task.deadline.is_some_and(|s| !DEADLINE.contains(&s)) {
                return Err(PlanError::Deadline { plan: self.name.clone(), task: task.id.clone() });
            }
            for agent in self.agents_of(task, team, groups)? {
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
                    settled: task.settled,
                    done: task.done,
                    deadline: task.deadline,
                    agent,
                });
            }
        }
        expand(&mut bound);
        self.place_in_stages(&mut bound)?;
        self.check(&bound)?;
        bound.sort_by_key(|b| b.stage);
        Ok(bound)
    }

    /// Whether it cannot be run without branches: a task is proved done by commits, or gates or a review follow.
    #[must_use]
    pub fn asks_for_commits(&self) -> bool {
        let commits = self.tasks.iter().any(|t| t.done.by_commits());
        commits || self.gates != EndGates::None || self.then.review
    }

    /// Whether it is only run for an incident.
    #[must_use]
    pub fn of_incident(&self) -> bool {
        let own = |t: &Task| {
            t.done == DoneRule::Accepted
                || t.group.as_deref().is_some_and(|g| [SPECIALISTS, COORDINATOR].contains(&g))
        };
        self.tasks.iter().any(own)
    }

    fn agents_of(
        &self,
        task: &Task,
        team: &[AgentSpec],
        groups: &Groups,
    ) -> Result<Vec<AgentName>, PlanError> {
        let nobody = |why: String| PlanError::Nobody { plan: self.name.clone(), task: task.id.clone(), why };
        match (&task.agent, &task.role, &task.group, task.each) {
            (None, None, None, true) => Ok(team.iter().map(|a| a.name.clone()).collect()),
            (Some(name), None, None, false) => match team.iter().find(|a| a.name == *name) {
                Some(_) => Ok(vec![name.clone()]),
                None => Err(nobody(format!("is for `{name}`, who is not in the team"))),
            },
            (None, Some(role), None, false) => match team.iter().find(|a| a.role == *role) {
                Some(a) => Ok(vec![a.name.clone()]),
                None => Err(nobody(format!("is for the role `{role}`, which nobody has"))),
            },
            (None, None, Some(group), each) => match groups.get(group).map(Vec::as_slice) {
                Some([first, ..]) if !each => Ok(vec![first.clone()]),
                Some(all @ [_, ..]) => Ok(all.to_vec()),
                _ => Err(nobody(format!("is for the group `{group}`, which has nobody"))),
            },
            _ => Err(nobody("must have exactly one of `agent`, `role`, `group`, `each = true` (`each` may go with `group`)".into())),
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

/// Puts the tasks in place of needs that are patterns. A pattern that fits none stays, and is told of.
fn expand(bound: &mut [Bound]) {
    let ids: Vec<String> = bound.iter().map(|b| b.id.clone()).collect();
    for b in bound.iter_mut().filter(|b| b.needs.iter().any(|n| n.contains('*'))) {
        let own = b.id.clone();
        let mut needs: Vec<String> = Vec::new();
        for need in &b.needs {
            let fits = |id: &&String| need.contains('*') && **id != own && like(need, id);
            let found: Vec<&String> = ids.iter().filter(fits).collect();
            let all = if found.is_empty() { vec![need] } else { found };
            for id in all {
                if !needs.contains(id) {
                    needs.push(id.clone());
                }
            }
        }
        b.needs = needs;
    }
}

/// Whether `id` is as `pattern` says, in which `*` stands for any characters.
fn like(pattern: &str, id: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| id.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
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
