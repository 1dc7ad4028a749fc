//! Projects in the journal view.

use crate::domain::record::Workflowed;
use crate::domain::workflow::project::{Stage, Verdict};

/// A step in a line, for people.
pub(in crate::engine) fn told(step: &Workflowed) -> Option<String> {
    let behind = |text: &str| if text.is_empty() { String::new() } else { format!(": {text}") };
    Some(match step {
        Workflowed::Started { number, name, plan, .. } => {
            format!("project {number} ({name}) begins: {}, {} tasks", plan.title, plan.tasks.len())
        }
        Workflowed::Running { .. } => return None,
        Workflowed::Reported { week } => format!("the report of week {week} is kept"),
        Workflowed::Percent { task, percent, note } => format!("{task}: {percent} %{}", behind(note)),
        Workflowed::HandedOver { task, .. } => format!("{task} is handed over"),
        Workflowed::Held { reasons, .. } if reasons.is_empty() => return None,
        Workflowed::Held { task, reasons } => format!("{task} is not done yet: {}", reasons.join("; ")),
        Workflowed::Synced { task, with, text } => format!("{task} to {with}: {text}"),
        Workflowed::Judged { work, review, round, verdict, feedback } => match verdict {
            Verdict::Met => format!("{review}: {work} is good, round {round}"),
            Verdict::Again => format!("{review}: {work} again after round {round}: {}", feedback.join("; ")),
        },
        Workflowed::Figure { name, epoch, value, by } => {
            format!("{name} {}: {value}, says {by}", format!("{epoch:?}").to_lowercase())
        }
        Workflowed::Blocked { task, text, .. } => format!("{task} is blocked: {text}"),
        Workflowed::Mitigated { id, mitigation } => format!("blocker {id}: {mitigation}"),
        Workflowed::Unblocked { id, .. } => format!("blocker {id} is gone"),
        Workflowed::Asked { by, text } => format!("{by} asks a person: {text}"),
        Workflowed::Decided { id, decision, by } => format!("question {id}, {by}: {decision}"),
        Workflowed::Escalated { cause, evidence, .. } => {
            format!("escalated, {}: {}", cause.word(), evidence.join("; "))
        }
        Workflowed::Settled { id, how } => format!("escalation {id} is settled: {how}"),
        Workflowed::Answered { flag, raised, note, by } => {
            let is = if *raised { "raised" } else { "not raised" };
            format!("red flag {flag} is {is}, says {by}{}", behind(note))
        }
        Workflowed::Ticked { phase, list, point, by, .. } => {
            format!("{phase}: {list}/{point} seen to by {by}")
        }
        Workflowed::Replanned { change, .. } => {
            format!("the plan changes: {}: {}{}", change.asked, change.chosen, behind(&change.note))
        }
        Workflowed::Closed { stage: Stage::Complete, .. } => "the project is complete".into(),
        Workflowed::Closed { why, .. } => format!("the project is closed{}", behind(why)),
    })
}
