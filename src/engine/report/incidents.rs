//! Incidents of a fleet: who was engaged, what was found, what it came to.

use super::people::push;
use super::{Teller, WIDTH};
use crate::domain::incident::case::{Case, Engagement};
use crate::domain::record::{Incidented, Record};
use crate::domain::report::{Incident, clean};

impl Teller {
    /// Takes in a record about an incident, once it is folded.
    pub(super) fn incident(&mut self, record: &Record) {
        let Record::Incident(step) = record else { return };
        let at = self.when();
        let Some(case) = self.state.incident.as_deref() else { return };
        let text = |t: &str| clean(t, WIDTH);
        if matches!(**step, Incidented::Opened { .. }) {
            let priority = case.triaged.priority.as_ref();
            let opened = Incident {
                number: case.number,
                name: text(&case.name),
                priority: priority.map(|p| format!("{:?}", p.value)).unwrap_or_default(),
                begin: at.clone(),
                end: None,
                stage: case.stage,
                specialists: Vec::new(),
                findings: 0,
                roots: Vec::new(),
                drafts: 0,
                ended: String::new(),
            };
            push(&mut self.report.incidents, opened);
        }
        let Some(told) = self.report.incidents.iter_mut().find(|i| i.number == case.number) else { return };
        told.stage = case.stage;
        let shown =
            |one: &Engagement| Engagement { why: text(&one.why), note: text(&one.note), ..one.clone() };
        told.specialists = case.specialists.iter().map(shown).collect();
        told.findings = case.findings.len();
        told.roots = roots(case).iter().map(|r| text(r)).collect();
        told.drafts = case.drafts.len();
        told.ended = text(&case.ended);
        if matches!(**step, Incidented::Closed { .. }) {
            told.end = Some(at);
        }
    }
}

/// The root causes that stand first, each with when and what it is, or between what it is not decided.
fn roots(case: &Case) -> Vec<String> {
    let groups = case.correlation.groups.iter();
    let told = groups.filter_map(|g| match g.undecided.is_empty() {
        true => g.roots.first().map(|r| r.event.clone()),
        false => Some(format!("undecided between {}", g.undecided.join(", "))),
    });
    told.collect()
}
