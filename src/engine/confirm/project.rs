//! What a call about a project would do.

use super::terms::Terms;
use crate::domain::command::Workflow;
use crate::domain::incident::stamp;
use crate::domain::workflow::project::{Impact, Project, Terms as Kept};
use crate::engine::Step;
use crate::engine::calls::row;
use crate::engine::workflow::{Asked, Chosen, Opening, in_a_line};

impl Step<'_> {
    /// What would come of it.
    ///
    /// # Errors
    /// Why it could not be done anyway.
    pub(super) fn project_terms(&self, what: &Workflow) -> Result<Terms, String> {
        Ok(match what {
            Workflow::Start { name, plan, context, terms, day_ms } => {
                let asked = Opening {
                    name: name.clone(),
                    plan: (**plan).clone(),
                    context: (**context).clone(),
                    terms: terms.clone(),
                    day_ms: *day_ms,
                };
                self.may_start_project(&asked)?;
                let gap = if name.is_empty() { "" } else { " " };
                let title =
                    format!("Begin the project{gap}{name}: {}, {} tasks", plan.title, plan.tasks.len());
                let mut lines = vec![format!("Agents: {}.", row(&plan.agents()))];
                lines.extend((!context.request.is_empty()).then(|| format!("Request: {}", context.request)));
                lines.extend(terms_lines(terms));
                let waived = &plan.options.waivers;
                lines.extend(waived.iter().map(|w| format!("waived: {}: {}", w.must.word(), w.reason)));
                lines.extend(plan.tasks.iter().map(|t| {
                    let needs = if t.needs.is_empty() { "nothing".into() } else { t.needs.join(", ") };
                    format!("{} ({}, {}) needs {needs}: {}", t.id, t.agent, t.duration, t.title)
                }));
                Terms::new(title, lines, format!("{what:?}"))
            }
            Workflow::Reprioritise { wanted, reason, note, choice, version } => {
                let asked = Asked {
                    wanted: wanted.clone(),
                    reason: *reason,
                    note: note.clone(),
                    choice: choice.clone(),
                    version: *version,
                };
                let Chosen { one, others, asked } = self.chosen(&asked)?;
                let mut lines = vec![format!("Does: {}.", one.title)];
                lines.extend((!note.is_empty()).then(|| format!("Why: {note}")));
                lines.extend(impact_lines(&one.impact));
                lines.extend(one.gains.iter().map(|g| format!("for it: {g}")));
                lines.extend(one.costs.iter().map(|c| format!("against it: {c}")));
                lines.extend(others.iter().map(|o| format!("instead: {o}")));
                Terms::new(format!("Change the plan: {asked}"), lines, format!("{what:?}"))
            }
            Workflow::Decide { id, decision } => {
                let project = self.open("decide")?;
                let found = project.questions.iter().find(|q| q.id == *id && q.decided.is_empty());
                let question =
                    found.ok_or_else(|| format!("decide question {id}: it is none that is open"))?;
                let lines = vec![format!("{} asks: {}", question.by, question.text)];
                Terms::new(format!("Decide question {id}: {decision}"), lines, format!("{what:?}"))
            }
            Workflow::Settle { id, how } => {
                let project = self.open("settle")?;
                let found = project.escalations.iter().find(|e| e.id == *id && e.settled.is_empty());
                let raised =
                    found.ok_or_else(|| format!("settle escalation {id}: it is none that is open"))?;
                Terms::new(
                    format!("Settle escalation {id}: {how}"),
                    raised.evidence.clone(),
                    format!("{what:?}"),
                )
            }
            Workflow::Close { why } => {
                let project = self.open("close the project")?;
                let lines = vec![
                    format!("Why: {why}"),
                    "Its open tasks are skipped; what was told and handed over makes its last reports."
                        .into(),
                ];
                let title = format!("Close the project {}", in_a_line(project));
                Terms::new(title, lines, format!("{} {}", project.number, project.version))
            }
            other => Terms::new("Tell the project something", Vec::new(), format!("{other:?}")),
        })
    }

    fn open(&self, doing: &str) -> Result<&Project, String> {
        self.state.open_project().ok_or_else(|| format!("{doing}: no project is under way"))
    }
}

/// What a project is to keep to, line by line; what was not said is left out.
fn terms_lines(terms: &Kept) -> Vec<String> {
    let money = |what: &str, amount: Option<u64>| {
        amount.map(|a| format!("{what}: {a} {}", terms.currency).trim_end().to_owned())
    };
    let deadline = terms.deadline.map(|at| format!("deadline: {}", stamp::text(at)));
    [deadline, money("budget", terms.budget), money("a specialist's day", terms.rate)]
        .into_iter()
        .flatten()
        .collect()
}

/// What a change does to dates, path and cost, line by line.
fn impact_lines(impact: &Impact) -> Vec<String> {
    let path = |ids: &[String]| ids.join(" → ");
    let cost = |c: Option<u64>| c.map_or_else(|| "not known".to_owned(), |c| c.to_string());
    let mut lines =
        vec![format!("end: {} → {}", stamp::text(impact.end_before), stamp::text(impact.end_after))];
    lines.push(match impact.path_before == impact.path_after {
        true => format!("critical path: as it was: {}", path(&impact.path_before)),
        false => {
            format!("critical path: {}; before: {}", path(&impact.path_after), path(&impact.path_before))
        }
    });
    if impact.cost_before.is_some() || impact.cost_after.is_some() {
        lines.push(format!("cost: {} → {}", cost(impact.cost_before), cost(impact.cost_after)));
    }
    let affected = row(&impact.affected);
    lines.push(match affected.is_empty() {
        true => "nobody's brief says something else then".into(),
        false => format!("whose brief says something else then: {affected}"),
    });
    lines
}
