//! People who type: the focus their programs are told of, and what becomes of a paste.

use std::collections::BTreeSet;

use super::clients::{Dashboard, Kind};
use super::run::Server;
use crate::domain::id::AgentName;
use crate::engine::event::Event;
use crate::screen::keys;

impl Server {
    fn typists(&mut self) -> impl Iterator<Item = &mut Dashboard> {
        self.clients.iter_mut().filter(|c| !c.gone).filter_map(|c| match &mut c.kind {
            Kind::Dashboard(d) => Some(&mut **d),
            _ => None,
        })
    }

    /// Tells programs that asked for it whether somebody types into them now, in a terminal that has the focus.
    pub(super) fn tell_focus(&mut self) {
        let state = &self.state;
        let looks = self.clients.iter().filter(|c| !c.gone).filter_map(|c| match &c.kind {
            Kind::Dashboard(d) if !d.away => d.view.typing_into(state),
            _ => None,
        });
        let now: BTreeSet<AgentName> = looks.collect();
        if now == self.typed_into {
            return;
        }
        let before = std::mem::replace(&mut self.typed_into, now.clone());
        for agent in before.symmetric_difference(&now) {
            let Some(modes) = self.state.agent(agent).map(|a| a.pane.screen.modes()) else { continue };
            let gains = now.contains(agent);
            let bytes = if gains { keys::focus_gained(&modes) } else { keys::focus_lost(&modes) };
            if !bytes.is_empty() {
                let bytes = bytes.to_vec();
                self.happen(Event::Typed { agent: agent.clone(), bytes, submits: false });
            }
        }
    }

    /// Shows who pasted something long how much of it the program has still to read.
    pub(super) fn tell_paste(&mut self, agent: &AgentName) {
        let unread = self.holders.iter().find(|h| h.name == *agent).map_or(0, super::holder::Holder::unread);
        for d in self.typists() {
            d.dirty |= d.view.read_of_paste(agent, unread);
        }
    }

    /// Tells who types into a pane that nothing of it was written.
    pub(super) fn refuse_keys(&mut self, agent: &AgentName, bytes: usize) {
        let state = &self.state;
        for client in &mut self.clients {
            let Kind::Dashboard(d) = &mut client.kind else { continue };
            if d.view.typing_into(state).as_ref() == Some(agent) {
                d.view.read_of_paste(agent, 0);
                d.view.complain(format!(
                    "{agent} has too much to read already: {bytes} bytes were not written"
                ));
                (d.dirty, d.beep) = (true, true);
            }
        }
    }
}
