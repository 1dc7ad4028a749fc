//! Who looks at the session together: whose terminal gives each pane its size, and who is told of whom.

use super::clients::{ClientId, Dashboard, Kind};
use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::view::ClientView;
use crate::engine::event::Event;
use crate::ui::Guest;

/// Characters of a client's name.
const NAME: usize = 24;

impl Server {
    fn attached(&self) -> impl Iterator<Item = (ClientId, &Dashboard)> {
        self.clients.iter().filter(|c| !c.gone).filter_map(|c| match &c.kind {
            Kind::Dashboard(d) => Some((c.id, &**d)),
            _ => None,
        })
    }

    /// What a client that calls itself `wanted` is called here: printable, short, and by nobody else's name.
    pub(super) fn name_for(&self, wanted: &str) -> String {
        let clean: String = printable(wanted).trim().chars().take(NAME).collect();
        let base = if clean.is_empty() { "somebody".to_owned() } else { clean };
        let taken = |name: &str| self.attached().any(|(_, d)| d.name == name);
        let numbered = (2..).map(|n: u32| format!("{base} {n}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or(base)
    }

    /// Sizes and company follow what clients look at now.
    pub(super) fn regard(&mut self) {
        self.fit();
        self.introduce();
    }

    /// A person types into a pane: from now on it is as large as they see it.
    pub(super) fn hold(&mut self, id: ClientId) {
        let state = &self.state;
        let typed = self.attached().find(|(i, _)| *i == id).and_then(|(_, d)| d.view.typing_into(state));
        if let Some(agent) = typed {
            self.owners.insert(agent, id);
        }
    }

    /// Gives each pane the size it has for whoever last typed into it; one that nobody has typed into, for the first who
    /// saw it. Who only looks decides nothing.
    fn fit(&mut self) {
        let here: Vec<ClientId> = self.attached().map(|(id, _)| id).collect();
        self.owners.retain(|_, owner| here.contains(owner));
        let mut owners = std::mem::take(&mut self.owners);
        let mut wanted = Vec::new();
        for (id, d) in self.attached().filter(|(_, d)| !d.view.looks_only()) {
            for (agent, area) in d.view.sized_areas(&self.state) {
                let owner = *owners.entry(agent.clone()).or_insert(id);
                let is = self.state.agent(&agent).map(|a| (a.pane.size.rows, a.pane.size.cols));
                if owner == id && is != Some((area.height.max(2), area.width.max(2))) {
                    wanted.push((agent, area.height, area.width));
                }
            }
        }
        self.owners = owners;
        for (agent, rows, cols) in wanted {
            self.happen(Event::Resize { agent, rows, cols });
        }
    }

    /// Tells everybody who else is here, and where.
    fn introduce(&mut self) {
        let state = &self.state;
        let guest = |d: &Dashboard| Guest {
            name: d.name.clone(),
            agent: d.view.focused(state),
            typing: d.view.typing_into(state).is_some(),
            looks_only: d.view.looks_only(),
        };
        let company: Vec<(ClientId, Guest)> = self.attached().map(|(id, d)| (id, guest(d))).collect();
        if company == self.company {
            return;
        }
        for client in &mut self.clients {
            let Kind::Dashboard(d) = &mut client.kind else { continue };
            let others = company.iter().filter(|(id, _)| *id != client.id).map(|(_, g)| g.clone());
            d.dirty |= d.view.meet(others.collect());
        }
        self.company = company;
    }

    /// Who is attached, for `status`.
    pub(super) fn view_clients(&self) -> Vec<ClientView> {
        let view = |d: &Dashboard| {
            let (rows, cols) = d.view.size();
            ClientView {
                name: d.name.clone(),
                rows,
                cols,
                agent: d.view.focused(&self.state),
                typing: d.view.typing_into(&self.state).is_some(),
                read_only: d.view.looks_only(),
                sizes: self.sized_by(d),
            }
        };
        self.attached().map(|(_, d)| view(d)).collect()
    }

    /// The panes that have the size they have because of this client.
    fn sized_by(&self, d: &Dashboard) -> Vec<AgentName> {
        let id = self.attached().find(|(_, other)| other.name == d.name).map(|(id, _)| id);
        self.owners.iter().filter(|(_, owner)| Some(**owner) == id).map(|(agent, _)| agent.clone()).collect()
    }
}
