//! Which pane's output is taken in when: that of the pane a person types into first, the others in turn, and never for
//! so long that a key waits.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use std::os::fd::AsFd;

use super::clients::Kind;
use super::run::Server;
use crate::domain::id::AgentName;

/// Bytes taken from one pane before the next has its turn.
pub(super) const SLICE: usize = 16 * 1024;

impl Server {
    /// Takes in what panes printed: the focused one first, then the others, a slice each.
    pub(super) fn read_holders(&mut self) {
        let focused = self.focused_pane();
        if let Some(name) = &focused {
            self.read_holder(name);
        }
        let others = self.holders.iter().filter(|h| h.ready && Some(&h.name) != focused.as_ref());
        let others: Vec<AgentName> = others.map(|h| h.name.clone()).collect();
        for name in others {
            self.read_holder(&name);
            self.attend(focused.as_ref());
        }
    }

    fn read_holder(&mut self, name: &AgentName) {
        let Some(holder) = self.holders.iter_mut().find(|h| h.name == *name) else { return };
        let Some(link) = &mut holder.link else { return };
        link.write_ready();
        let events = link.read_ready(SLICE);
        if events.is_empty() {
            return;
        }
        for event in events {
            self.pane_event(name, event);
        }
        self.with_holder(name, |h| {
            if let Some(link) = &mut h.link {
                link.ack(link.offset());
            }
        });
        self.catch_up(name);
    }

    /// Between two panes: what a person does meanwhile, what the pane says that they type into, and the frame that shows
    /// it do not wait for the rest.
    fn attend(&mut self, focused: Option<&AgentName>) {
        let dashboards = self.clients.iter().filter(|c| matches!(c.kind, Kind::Dashboard(_)));
        let mut fds: Vec<_> =
            dashboards.map(|c| PollFd::from_borrowed_fd(c.stream.as_fd(), c.interest())).collect();
        if fds.is_empty() {
            return;
        }
        let people = fds.len();
        let link = self.holders.iter().find(|h| Some(&h.name) == focused).and_then(|h| h.link.as_ref());
        fds.extend(link.map(|l| PollFd::from_borrowed_fd(l.fd(), PollFlags::IN)));
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let came: Vec<bool> = match poll(&mut fds, Some(&now)) {
            Ok(1..) => fds.iter().map(|f| !f.revents().is_empty()).collect(),
            _ => Vec::new(),
        };
        if came.iter().take(people).any(|came| *came) {
            self.read_clients();
        }
        if let (Some(true), Some(name)) = (came.get(people), focused) {
            self.read_holder(name);
        }
        self.draw_clients();
        self.flush();
    }
}
