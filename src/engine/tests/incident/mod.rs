//! An incident fleet on the stage: a coordinator and three specialists that do as the script says.

mod approval;
mod findings;
mod flow;
mod random;
mod recovery;
mod refusals;
mod writing;

use super::bare::bare;
use super::kit::{Stage, name};
use crate::domain::command::{Caller, Command, Incident};
use crate::domain::incident::case::{Case, Fleet, Progress, Stage as At};
use crate::domain::incident::triage::{Routes, Told};
use crate::domain::plan::Plan;
use crate::domain::record::{Incidented, Record};
use crate::domain::team::{AgentSpec, Config};
use crate::domain::view::{Answer, Taken};
use crate::engine::event::Effect;

const COORDINATOR: &str = "coordinator";
const K8S: &str = "k8s-health-agent";
const RDS: &str = "rds-health-agent";
const FINOPS: &str = "finops-agent";

/// Ten minutes before the stage's clock begins. It engages all three.
const REPORT: &str = "Received: 2025-12-31 23:50 UTC\nPriority: P2\n\nCustomers of one service, api, report high \
                      latency since 23:46 UTC. Service is degraded.\n";

/// A fleet of four without worktrees, with what comes along of everything else.
pub(super) fn fleet() -> Config {
    let mut config = bare();
    let spec = |n: &str| AgentSpec {
        role: format!("{n} role"),
        profile: "rehearsal".into(),
        ..AgentSpec::bare(name(n))
    };
    config.team = [COORDINATOR, K8S, RDS, FINOPS].map(spec).to_vec();
    config.focus.clear();
    config.areas.clear();
    let plan: Plan = toml::from_str(include_str!("../../../data/plans/incident.toml")).unwrap();
    config.plans.insert(plan.name.clone(), plan);
    let routes: Routes = toml::from_str(include_str!("../../../data/incident/routes.toml")).unwrap();
    config.fleet = Some(Box::new(Fleet::led_by(name(COORDINATOR), routes)));
    config
}

fn stage() -> Stage {
    Stage::of(fleet())
}

fn pane(agent: &str) -> Caller {
    Caller::Pane(name(agent))
}

fn opening(report: &str) -> Command {
    Command::Incident(Incident::Open {
        name: "scale-out".into(),
        report: report.into(),
        told: Told::default(),
        received: None,
        data: "/data/scale-out".into(),
    })
}

fn open(s: &mut Stage) -> Case {
    match s.ask(opening(REPORT)) {
        Answer::Incident(case) => *case,
        other => panic!("{other:?}"),
    }
}

/// Open, and all three have their briefs.
fn looking() -> Stage {
    let mut s = stage();
    open(&mut s);
    s.pass(3000);
    for agent in [K8S, RDS, FINOPS] {
        assert_eq!(progress(&s, agent), Progress::Looking, "{agent}");
    }
    s
}

/// All three have reported what the chain of five steps leaves behind, and the coordinator has its prompt.
fn writing() -> Stage {
    let mut s = looking();
    find(&mut s, FINOPS, &[finding("f1", "23:40", "autoscaling.scale_out", "asg/web")]);
    find(&mut s, K8S, &[finding("k1", "23:42", "node.added", "node/a")]);
    find(&mut s, RDS, &[finding("r1", "23:45", "db.connections.high", "db/orders")]);
    for agent in [K8S, RDS, FINOPS] {
        report(&mut s, agent, "that is all");
    }
    s.pass(3000);
    assert_eq!(case(&s).stage, At::Writing);
    s
}

fn case(s: &Stage) -> &Case {
    s.state.incident.as_deref().expect("an incident")
}

fn progress(s: &Stage, agent: &str) -> Progress {
    case(s).engagement(&name(agent)).expect("it is engaged").progress
}

/// A finding of the last hour of the year.
fn finding(id: &str, at: &str, kind: &str, entity: &str) -> String {
    format!(
        r#"{{"id":"{id}","at":"2025-12-31T{at}:00Z","kind":"{kind}","entities":["{entity}"],"summary":"{kind} of {entity}"}}"#
    )
}

fn find(s: &mut Stage, agent: &str, findings: &[String]) -> Taken {
    match says(s, pane(agent), Incident::Find { text: findings.join("\n") }) {
        Answer::Findings(taken) => taken,
        other => panic!("{other:?}"),
    }
}

fn report(s: &mut Stage, agent: &str, note: &str) -> Answer {
    says(s, pane(agent), Incident::Reported { note: note.into() })
}

fn submit(s: &mut Stage, agent: &str, text: &str) -> Answer {
    says(s, pane(agent), Incident::Submit { text: text.into() })
}

fn says(s: &mut Stage, caller: Caller, what: Incident) -> Answer {
    let n = s.says(caller, Command::Incident(what));
    s.answers.get(&n).cloned().expect("it is answered at once")
}

fn why(answer: Answer) -> String {
    match answer {
        Answer::Fault { why, .. } => why,
        other => panic!("no fault: {other:?}"),
    }
}

/// What was kept beside the record, by name.
fn kept(s: &Stage, file: &str) -> Vec<String> {
    let of = |(_, e): &(u64, Effect)| match e {
        Effect::Report { name, text } if name == file => Some(text.clone()),
        _ => None,
    };
    s.effects.iter().filter_map(of).collect()
}

fn steps(s: &Stage, wanted: impl Fn(&Incidented) -> bool) -> usize {
    s.count(|r| matches!(r, Record::Incident(step) if wanted(step)))
}

/// Whether the journal alone gives the same incident.
fn same_when_folded(s: &Stage) {
    assert_eq!(s.folded().incident, s.state.incident);
}
