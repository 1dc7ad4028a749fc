//! A project on the stage: five specialists that do as the script says.

mod flow;
mod hands;
mod random;
mod recovery;
mod refusals;
mod replan;

use super::bare::bare;
use super::kit::{Stage, config, name};
use crate::domain::command::{Caller, Command, Workflow};
use crate::domain::record::{Record, Workflowed};
use crate::domain::state::TaskState;
use crate::domain::team::{AgentSpec, Config};
use crate::domain::view::Answer;
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{Context, DAY_MS, Project, Stage as At, Terms, sample};
use crate::engine::event::Effect;

const DOCKER: &str = "docker-specialist";
const K8S: &str = "kubernetes-specialist";
const CICD: &str = "cicd-specialist";
const MONITORING: &str = "monitoring-specialist";
const LOGGING: &str = "observability-specialist";
const ALL: [&str; 5] = [DOCKER, K8S, CICD, MONITORING, LOGGING];

/// The specialists of the sample in a team of their own.
fn specialists(mut config: Config) -> Config {
    let spec = |n: &str| AgentSpec {
        role: format!("{n} role"),
        profile: "rehearsal".into(),
        branch: if config.worktrees { format!("work-{n}") } else { String::new() },
        ..AgentSpec::bare(name(n))
    };
    config.team = ALL.map(spec).to_vec();
    if config.worktrees {
        config.merge.order = vec![ALL.map(name).to_vec()];
    }
    config.focus.clear();
    config.areas.clear();
    config
}

/// Without worktrees: what agents say is all there is.
fn stage() -> Stage {
    Stage::of(specialists(bare()))
}

/// With branches and gates.
fn branched() -> Stage {
    Stage::of(specialists(config()))
}

fn starting(plan: Planned) -> Workflow {
    Workflow::Start {
        name: "shop".into(),
        plan: Box::new(plan),
        context: Box::new(Context { request: "Ship the shop".into(), ..Context::default() }),
        terms: Terms::default(),
        day_ms: DAY_MS,
    }
}

/// Begun, and whoever may start has its brief.
fn begun_on(mut s: Stage, plan: Planned) -> Stage {
    match says(&mut s, Caller::Outside, starting(plan)) {
        Answer::Project(_) => {}
        other => panic!("{other:?}"),
    }
    s.pass(3000);
    s
}

fn begun() -> Stage {
    begun_on(stage(), sample::plan())
}

fn pane(agent: &str) -> Caller {
    Caller::Pane(name(agent))
}

fn says(s: &mut Stage, caller: Caller, what: Workflow) -> Answer {
    let n = s.says(caller, Command::Workflow(what));
    s.answers.get(&n).cloned().expect("it is answered at once")
}

fn why(answer: Answer) -> String {
    match answer {
        Answer::Fault { why, .. } => why,
        other => panic!("no fault: {other:?}"),
    }
}

fn project(s: &Stage) -> &Project {
    s.state.project.as_deref().expect("a project")
}

/// A handover of these items and more.
fn handover(items: &[&str], more: &str) -> String {
    let items: String = items.iter().map(|i| format!("- {i}: the {i}\n")).collect();
    format!("## Done\n- it works\n## Handover\n{items}{more}")
}

/// An agent hands over what its task of the sample needs, and rests.
fn hands_over(s: &mut Stage, agent: &str, more: &str) -> Answer {
    let items: &[&str] = if agent == DOCKER { &["images", "registry"] } else { &[] };
    let text = handover(items, more);
    let answer = says(s, pane(agent), Workflow::HandOver { task: String::new(), text });
    s.rests(agent);
    s.pass(3000);
    answer
}

/// An agent rests until it has read what waited for it.
fn hears(s: &mut Stage, agent: &str) {
    for _ in 0..3 {
        s.rests(agent);
        s.pass(3000);
    }
}

fn syncs(s: &mut Stage, agent: &str, text: &str) -> Answer {
    says(s, pane(agent), Workflow::Sync { task: String::new(), text: text.into() })
}

/// The state of each task, in the order of the plan, by its first letter.
fn states(s: &Stage) -> String {
    let letter = |id: &str| match s.task(id) {
        TaskState::Queued => 'q',
        TaskState::Sent => 's',
        TaskState::Running => 'r',
        TaskState::Done => 'd',
        TaskState::Failed => 'f',
        TaskState::Skipped => 'k',
    };
    project(s).plan.tasks.iter().map(|t| letter(&t.id)).collect()
}

/// What was kept beside the record, by name.
fn kept(s: &Stage, file: &str) -> Vec<String> {
    let of = |(_, e): &(u64, Effect)| match e {
        Effect::Report { name, text } if name == file => Some(text.clone()),
        _ => None,
    };
    s.effects.iter().filter_map(of).collect()
}

fn steps(s: &Stage, wanted: impl Fn(&Workflowed) -> bool) -> usize {
    s.count(|r| matches!(r, Record::Workflow(step) if wanted(step)))
}

/// How often an agent was sent a prompt of that name.
fn sent(s: &Stage, agent: &str, of: &str) -> usize {
    s.count(|r| matches!(r, Record::Queued { agent: a, prompt: Some(p), .. } if *a == *agent && p == of))
}

/// The last prompt that was pasted to an agent.
fn last(s: &Stage, agent: &str) -> String {
    s.written(agent).into_iter().rev().map(|(_, t)| t).find(|t| t != "\r").unwrap_or_default()
}
