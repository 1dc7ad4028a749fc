//! Checklists as they are looked at: their points, and in a project who saw to them.

use schemars::JsonSchema;
use serde::Serialize;

use super::checklists::Checklists;
use super::plan::Checklist;
use super::project::{Project, Tick};

/// A checklist, as it is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Whether it is not one that comes with the program.
    pub own: bool,
    /// Its points.
    pub points: Vec<Looked>,
}

/// A point of one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Looked {
    /// Its name in the list.
    pub id: String,
    /// What is to be seen to.
    pub text: String,
    /// The phases of the project that have it; empty: none, or there is no project.
    pub phases: Vec<InPhase>,
}

/// A point in a phase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct InPhase {
    /// The phase.
    pub phase: String,
    /// Who saw to it, and when; none: it is open.
    pub tick: Option<Tick>,
}

/// The lists of `all`, then those of the project's plan that are not among them. Where the plan has a list of a name, its
/// points are those that count.
#[must_use]
pub fn listed(all: &Checklists, project: Option<&Project>) -> Vec<Listed> {
    let planned = || project.into_iter().flat_map(|p| &p.plan.phases).flat_map(|p| &p.checklists);
    let mut lists: Vec<&Checklist> = Vec::new();
    let agreed = |name: &str| planned().find(|l| l.name == name);
    for list in all.all.iter().map(|l| agreed(&l.name).unwrap_or(l)).chain(planned()) {
        if !lists.iter().any(|l| l.name == list.name) {
            lists.push(list);
        }
    }
    let built_in = Checklists::built_in();
    let phases = |list: &str, point: &str| {
        let project = project.into_iter();
        let has =
            project.flat_map(|p| p.plan.phases.iter().map(move |phase| (p, phase))).filter(|(_, phase)| {
                phase.checklists.iter().any(|l| l.name == list && l.points.iter().any(|x| x.id == point))
            });
        has.map(|(p, phase)| {
            let is = |t: &&Tick| t.phase == phase.id && t.list == list && t.point == point;
            InPhase { phase: phase.id.clone(), tick: p.ticks.iter().find(is).cloned() }
        })
        .collect()
    };
    let one = |list: &&Checklist| Listed {
        name: list.name.clone(),
        title: list.title.clone(),
        own: built_in.find(&list.name) != Some(list),
        points: list
            .points
            .iter()
            .map(|p| Looked { id: p.id.clone(), text: p.text.clone(), phases: phases(&list.name, &p.id) })
            .collect(),
    };
    lists.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::plan::Point;
    use crate::domain::workflow::project::sample;

    #[test]
    fn lists_have_their_points_and_in_a_project_who_saw_to_them() {
        let all = Checklists::built_in();
        let alone = listed(&all, None);
        assert_eq!(alone.len(), 5);
        assert!(alone.iter().all(|l| !l.own && l.points.iter().all(|p| p.phases.is_empty())));
        let mut p = sample::ninth_day();
        let own = Checklist {
            name: "ours".into(),
            title: "Ours".into(),
            points: vec![Point { id: "tea".into(), text: "There is tea".into() }],
        };
        let phase = p.plan.phases[0].id.clone();
        p.plan.phases[0].checklists = vec![all.find("cost").unwrap().clone(), own];
        let at = 5;
        let (list, point) = ("ours".to_owned(), "tea".to_owned());
        p.ticks = vec![Tick { phase: phase.clone(), list, point, note: "hot".into(), by: "lead".into(), at }];
        let found = listed(&all, Some(&p));
        assert_eq!(found.len(), 6);
        let ours = found.last().unwrap();
        assert!(ours.own && ours.points[0].phases[0].tick.as_ref().is_some_and(|t| t.by == "lead"));
        let cost = found.iter().find(|l| l.name == "cost").unwrap();
        assert!(
            !cost.own
                && cost.points.iter().all(|x| x.phases == [InPhase { phase: phase.clone(), tick: None }])
        );
    }
}
