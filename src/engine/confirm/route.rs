//! The route of an incident, shown to a person: unless somebody says no it goes ahead by itself.

use super::terms::Terms;
use crate::domain::command::{Caller, Silence};
use crate::domain::incident::case::{Approval, Stage};
use crate::domain::record::{Confirmed, End, Record};
use crate::domain::rights::Tool;
use crate::engine::Step;
use crate::engine::parts::Confirmation;

impl Step<'_> {
    /// Shows what goes ahead after so many seconds unless a person says no.
    pub(in crate::engine) fn show_route(
        &mut self,
        caller: &Caller,
        title: &str,
        lines: Vec<String>,
        seconds: u64,
    ) {
        let Terms { title, lines, .. } = Terms::new(title, lines, "");
        let (id, tool) = (self.state.confirmed + 1, Tool::OpenIncident.word().to_owned());
        let (caller, silence) = (caller.clone(), Silence::Yes);
        let asked = Confirmed::Asked { id, caller, tool, title, lines, seconds, silence };
        self.record(Record::Confirm(Box::new(asked)));
    }

    /// Whether a route waits for its time.
    pub(in crate::engine) fn route_waits(&self) -> bool {
        self.state.incident.as_ref().is_some_and(|c| c.stage == Stage::Approval)
    }

    /// What is shown of a route is over: it goes ahead, or the incident ends.
    pub(super) fn settle_route(&mut self, open: &Confirmation, end: End) {
        self.end(open.id, end);
        match end {
            End::Yes => self.route_approved(Approval::Person),
            End::Silence => self.route_approved(Approval::Silence),
            End::No => self.end_incident("a person said no to its route"),
            End::Timeout | End::Left | End::Stale => {}
        }
    }

    /// Nobody is asked about a route any more.
    pub(in crate::engine) fn take_route_down(&mut self) {
        let routes = self.state.confirmations.iter().filter(|c| c.silence == Silence::Yes);
        let routes: Vec<u64> = routes.map(|c| c.id).collect();
        for id in routes {
            self.end(id, End::Stale);
        }
    }
}
