//! Plans bound to teams.

use std::collections::BTreeMap;

use super::*;
use crate::domain::team::AgentSpec;
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
        agent: Some(AgentName::new(agent).unwrap()),
        needs: needs.iter().map(|n| (*n).to_owned()).collect(),
        ..Task::new(id, "p", DoneRule::Idle)
    }
}

fn plan(stages: &[&[&str]], tasks: Vec<Task>) -> Plan {
    let stages = stages.iter().map(|s| s.iter().map(|n| (*n).to_owned()).collect()).collect();
    Plan::of("test", "", stages, tasks)
}

#[test]
fn each_makes_a_task_an_agent_and_fits_any_team() {
    let each = Task { agent: None, each: true, ..task("do", "A", &[]) };
    let bound = plan(&[&["A"], &["GONE"], &["B"]], vec![each])
        .bind(&team(&["B", "A", "NEW"]), &Groups::new())
        .unwrap();
    let seen: Vec<(&str, usize)> = bound.iter().map(|b| (b.id.as_str(), b.stage)).collect();
    // Names nobody has are left out, agents no stage names come last, stages count without gaps.
    assert_eq!(seen, [("do-A", 0), ("do-B", 1), ("do-NEW", 2)]);
}

#[test]
fn what_does_not_fit_is_named() {
    let of = |p: Plan| p.bind(&team(&["A", "B"]), &Groups::new()).unwrap_err().to_string();
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
    assert!(of(plan(&[], vec![both])).contains("exactly one of `agent`, `role`, `group`, `each = true`"));
}

#[test]
fn a_role_finds_its_first_agent() {
    let by_role = Task { agent: None, role: Some("B role".into()), ..task("x", "A", &[]) };
    assert_eq!(plan(&[], vec![by_role]).bind(&team(&["A", "B"]), &Groups::new()).unwrap()[0].agent, "B");
}

#[test]
fn a_group_is_one_agent_or_with_each_all_of_it_and_needs_may_be_patterns() {
    let look = Task {
        group: Some(SPECIALISTS.into()),
        each: true,
        ..Task::new("look-{agent}", "p", DoneRule::Reported)
    };
    let write = Task {
        group: Some(COORDINATOR.into()),
        needs: vec!["look-*".into()],
        settled: true,
        deadline: Some(9),
        ..Task::new("write", "p", DoneRule::Accepted)
    };
    let plan = plan(&[], vec![look, write]);
    assert!(plan.of_incident());
    let name = |n: &str| AgentName::new(n).unwrap();
    let mut groups = Groups::from([
        (SPECIALISTS.to_owned(), vec![name("A"), name("B")]),
        (COORDINATOR.to_owned(), vec![name("C")]),
    ]);
    let bound = plan.bind(&team(&["A", "B", "C", "D"]), &groups).unwrap();
    let ids: Vec<(&str, &str)> = bound.iter().map(|b| (b.id.as_str(), b.agent.as_str())).collect();
    assert_eq!(ids, [("look-A", "A"), ("look-B", "B"), ("write", "C")]);
    assert_eq!(
        (bound[2].needs.clone(), bound[2].settled, bound[2].deadline),
        (vec!["look-A".into(), "look-B".into()], true, Some(9))
    );
    groups.remove(SPECIALISTS);
    let why = plan.bind(&team(&["A"]), &groups).unwrap_err().to_string();
    assert_eq!(why, "plan `test`: task `look-{agent}` is for the group `specialists`, which has nobody");
}

#[test]
fn a_pattern_that_fits_nothing_and_a_deadline_that_is_none_are_named() {
    let of = |t: Task| plan(&[], vec![task("y", "B", &[]), t]).bind(&team(&["A", "B"]), &Groups::new());
    let why = of(task("x", "A", &["look-*"])).unwrap_err().to_string();
    assert_eq!(why, "plan `test`: task `x` names `look-*`, which is no task of it");
    // A pattern never means the task itself.
    assert_eq!(of(task("x", "A", &["*"])).unwrap()[1].needs, ["y"]);
    let why = of(Task { deadline: Some(0), ..task("x", "A", &[]) }).unwrap_err().to_string();
    assert_eq!(why, "plan `test`: task `x`: `deadline` is 1 to 604800 seconds");
}

#[test]
fn a_plan_and_a_task_of_before_there_were_groups_and_deadlines_are_read() {
    let old = r#"{"id":"x","agent":"A","prompt":"p","needs":[],"stage":0,"done":"idle"}"#;
    let bound: Bound = serde_json::from_str(old).unwrap();
    assert_eq!(bound, Bound::new("x", AgentName::new("A").unwrap(), "p", DoneRule::Idle));
    assert_eq!(serde_json::to_string(&bound).unwrap(), old);
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
