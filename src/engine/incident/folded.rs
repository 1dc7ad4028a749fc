//! What the records of an incident make of it.

use super::super::state::State;
use crate::domain::id::AgentName;
use crate::domain::incident::case::{
    Arrived, Case, Engagement, FINDINGS_MOST, Progress, Stage, UNUSABLE_MOST,
};
use crate::domain::incident::correlate::{WINDOW, correlate};
use crate::domain::record::Incidented;
use crate::domain::time::Time;

/// So many findings are correlated anew with each that comes.
const EACH: usize = 128;
/// With more of them that is done for every such part of what is known.
const PART: usize = 16;

/// Folds one step of an incident.
pub(in crate::engine) fn fold(state: &mut State, step: &Incidented, now: Time) {
    step_by_step(state, step, now);
    let (known, fleet) = (&state.known_incident, state.config.fleet.as_deref());
    if let Some(case) = state.incident.as_deref_mut().filter(|c| is_due(c, step)) {
        let window = fleet.map_or(WINDOW, |f| f.window_s);
        case.correlation = correlate(&case.found(), known.mechanisms(), known.kinds(), window);
    }
}

/// Whether findings are to be correlated anew. Told from the case alone, so that a replay does it at the same records:
/// with few findings at each, with many after every sixteenth part of them, and always when somebody is through.
fn is_due(case: &Case, step: &Incidented) -> bool {
    let (all, known) = (case.findings.len(), case.correlation.findings);
    let new = all.saturating_sub(known);
    match step {
        Incidented::Found { .. } => new > 0 && (all <= EACH || new > known / PART),
        Incidented::Progress { .. } | Incidented::Writing | Incidented::Closed { .. } => new > 0,
        _ => false,
    }
}

/// The session was ended, or its machine: what an incident waited for is gone.
pub(in crate::engine) fn session_over(state: &mut State) {
    if let Some(case) = state.incident.as_deref_mut().filter(|c| c.stage != Stage::Closed) {
        case.stage = Stage::Closed;
        case.ended = "the session was ended before it was over".into();
    }
}

fn step_by_step(state: &mut State, step: &Incidented, now: Time) {
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
                one.ended = None;
            } else if *progress != Progress::Waiting {
                // What comes later of one that was late is noted, and does not change when it was.
                one.ended.get_or_insert(now.wall);
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
