//! Incidents in the journal view.

use crate::domain::incident::case::Approval;
use crate::domain::record::Incidented;

/// A step in a line, for people.
pub(in crate::engine) fn told(step: &Incidented) -> Option<String> {
    Some(match step {
        Incidented::Opened { number, name, triaged, .. } => {
            format!("incident {number} ({name}): {}", triaged.why)
        }
        Incidented::Approved { by } => match by {
            Approval::Person => "a person said yes: the route goes ahead".into(),
            Approval::Silence => "nobody said no in time: the route goes ahead".into(),
            Approval::Policy => "the route goes ahead".into(),
        },
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
        Incidented::Unusable(what) => {
            let place = if what.place.is_empty() { String::new() } else { format!(", {}", what.place) };
            format!("not to be used: {}{place}: {}", what.source, what.why)
        }
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
