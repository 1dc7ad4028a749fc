//! What the records of an incident make of it.

use super::super::state::State;
use crate::domain::id::AgentName;
use crate::domain::incident::case::{
    Arrived, Case, Engagement, FINDINGS_MOST, Progress, Stage, UNUSABLE_MOST,
};
use crate::domain::record::Incidented;
use crate::domain::time::Time;

/// Folds one step of an incident.
pub(in crate::engine) fn fold(state: &mut State, step: &Incidented, now: Time) {
    if let Incidented::Opened { number, name, report, data, triaged, from, to, asks } = step {
        state.incident = Some(Box::new(Case {
            number: *number,
            name: name.clone(),
            report: report.clone(),
            data: data.clone(),
            opened: now.wall,
            triaged: (**triaged).clone(),
            from: *from,
            to: *to,
            stage: if *asks { Stage::Approval } else { Stage::Investigating },
            approval: None,
            run: None,
            specialists: Vec::new(),
            findings: Vec::new(),
            unusable: Vec::new(),
            unusable_more: 0,
            correlation: Default::default(),
            drafts: Vec::new(),
            postmortem: String::new(),
            ended: String::new(),
        }));
        return;
    }
    if let Some(case) = state.incident.as_deref_mut() {
        folded(case, step, now);
    }
}

fn folded(case: &mut Case, step: &Incidented, now: Time) {
    match step {
        Incidented::Opened { .. } => {}
        Incidented::Approved { by } => {
            (case.approval, case.stage) = (Some(*by), Stage::Investigating);
        }
        Incidented::Engaged { run, specialists } => {
            case.run = Some(*run);
            let engaged = |(agent, why, deadline_s): &(AgentName, String, u32)| Engagement {
                agent: agent.clone(),
                why: why.clone(),
                deadline_s: *deadline_s,
                progress: Progress::Waiting,
                until: None,
                ended: None,
                findings: 0,
                note: String::new(),
            };
            case.specialists = specialists.iter().map(engaged).collect();
        }
        Incidented::Progress { agent, progress, note } => {
            let Some(one) = case.specialists.iter_mut().find(|s| s.agent == *agent) else { return };
            one.progress = *progress;
            one.note.clone_from(note);
            if *progress == Progress::Looking {
                one.until = Some(now.wall.saturating_add(i64::from(one.deadline_s) * 1000));
            } else {
                one.ended = Some(now.wall);
            }
        }
        Incidented::Found { finding } => {
            if case.findings.len() < FINDINGS_MOST {
                if let Some(one) = case.specialists.iter_mut().find(|s| *s.agent.as_str() == finding.source) {
                    one.findings += 1;
                }
                case.findings.push(Arrived { received: now.wall, finding: (**finding).clone() });
            }
        }
        Incidented::Unusable(what) => {
            if case.unusable.len() < UNUSABLE_MOST {
                case.unusable.push(what.clone());
            } else {
                case.unusable_more += 1;
            }
        }
        Incidented::Writing => case.stage = Stage::Writing,
        Incidented::Written { draft, text } => {
            if draft.problems.is_empty() {
                case.postmortem.clone_from(text);
            }
            case.drafts.push(draft.clone());
        }
        Incidented::Closed { why } => {
            case.stage = Stage::Closed;
            case.ended.clone_from(why);
        }
    }
}

/// Whom a step concerns.
pub(in crate::engine) fn subject(step: &Incidented) -> Option<&AgentName> {
    match step {
        Incidented::Progress { agent, .. } => Some(agent),
        _ => None,
    }
}

/// A step in a line, for people.
pub(in crate::engine) fn told(step: &Incidented) -> Option<String> {
    Some(match step {
        Incidented::Opened { number, name, triaged, .. } => {
            format!("incident {number} ({name}): {}", triaged.why)
        }
        Incidented::Approved { by } => format!("the route goes ahead: {by:?}").to_lowercase(),
        Incidented::Engaged { specialists, .. } => {
            let names: Vec<&str> = specialists.iter().map(|(a, ..)| a.as_str()).collect();
            format!("engaged: {}", names.join(", "))
        }
        Incidented::Progress { progress, note, .. } => {
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            format!("{progress:?}{note}").to_lowercase()
        }
        Incidented::Found { finding } => {
            format!("{} found {}: {}", finding.source, finding.id, finding.summary)
        }
        Incidented::Unusable(what) => format!("{} cannot be used: {}", what.place, what.why),
        Incidented::Writing => "all specialists have ended; the coordinator writes".into(),
        Incidented::Written { draft, .. } if draft.problems.is_empty() => {
            format!("the postmortem of {} stands", draft.by)
        }
        Incidented::Written { draft, .. } => {
            format!("the postmortem of {} does not stand: {}", draft.by, draft.problems.join("; "))
        }
        Incidented::Closed { why } => format!("the incident is closed: {why}"),
    })
}
