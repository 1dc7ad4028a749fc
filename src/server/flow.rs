//! Which pane's output is taken in when: that of the pane a person types into first, the others in turn, and never for
//! so long that a key waits.

use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::clients::Kind;
use super::pending::Done;
use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::time::Time;
use crate::engine::event::{Event, Feeding};
use crate::engine::ready::may_claim;
use crate::screen::styles;
use crate::session::log::Entry;

/// Bytes taken from one pane before the next has its turn.
pub(super) const SLICE: usize = 16 * 1024;
/// So long after a key floods are not gathered: what is put off would come due at once, before the echo.
const CALM: Duration = Duration::from_millis(250);
/// How long a pane that floods is not listened to after it was: it would wake the loop for every few kilobytes.
const REST: Duration = Duration::from_millis(1);
/// So few bytes are not worth being woken for.
const FEW: u64 = 32 * 1024;

impl Server {
    /// Takes in what panes printed: the focused one first, then the others, a slice each.
    pub(super) fn read_holders(&mut self) {
        let focused = self.focused_pane();
        if let Some(name) = &focused {
            self.read_holder(name);
        }
        let others = self.holders.iter().filter(|h| h.ready || !h.pending.is_empty());
        let others = others.filter(|h| Some(&h.name) != focused.as_ref());
        let others: Vec<AgentName> = others.map(|h| h.name.clone()).collect();
        for name in others {
            self.read_holder(&name);
            self.attend(focused.as_ref());
        }
    }

    /// Whether somebody has just typed.
    fn is_calm(&self, now: Time) -> bool {
        self.key_at.is_some_and(|at| now < at.plus(CALM))
    }

    /// When a pane's pending output must be seen to at the latest, or a pane be listened to again.
    pub(super) fn pending_due(&self, now: Time) -> Option<Time> {
        let calm = self.is_calm(now);
        let due = |h: &super::holder::Holder| h.pending.due(calm, now).into_iter().chain(h.rests_until).min();
        self.holders.iter().filter_map(due).min()
    }

    fn read_holder(&mut self, name: &AgentName) {
        let now = self.now();
        let calm = self.is_calm(now);
        let Some(holder) = self.holders.iter_mut().find(|h| h.name == *name) else { return };
        let room = holder.pending.room(calm, SLICE);
        let mut few = false;
        if let Some(link) = holder.link.as_mut().filter(|_| holder.ready) {
            link.write_ready();
            let before = link.received();
            let events = if room == 0 { Vec::new() } else { link.read_ready(room) };
            few = link.received() < before + FEW;
            for event in events {
                self.pane_event(name, event);
            }
        }
        self.with_holder(name, |h| {
            if let Some(link) = &mut h.link {
                link.ack(link.offset());
            }
            h.rests_until = None;
        });
        if !self.show_pending(name, calm, now) && few {
            self.with_holder(name, |h| h.rests_until = Some(now.plus(REST)));
        }
        self.catch_up(name);
    }

    /// Puts output behind what is pending.
    pub(super) fn output(&mut self, name: &AgentName, entry: &Entry, mode: Feeding) {
        let now = self.now();
        if self.holders.iter().any(|h| h.name == *name && !h.pending.takes(mode)) {
            self.show_all(name);
        }
        self.with_holder(name, |h| h.pending.push(entry, mode, now));
    }

    /// Shows some of what is pending, if it is time, and gives whether it was: there is nothing, or nothing to wait for.
    fn show_pending(&mut self, name: &AgentName, calm: bool, now: Time) -> bool {
        let Some(holder) = self.holders.iter().find(|h| h.name == *name) else { return true };
        match holder.pending.due(calm, now) {
            None => return true,
            Some(due) if now < due => return false,
            Some(_) => {}
        }
        let gathered = !calm && holder.pending.is_gathered();
        let limit = if gathered { self.leave_out(name) } else { SLICE };
        self.show(name, limit);
        true
    }

    /// Shows all that is pending: what comes next is to come after it.
    pub(super) fn show_all(&mut self, name: &AgentName) {
        if self.holders.iter().any(|h| h.name == *name && h.pending.is_gathered()) {
            self.leave_out(name);
        }
        while self.show(name, SLICE) {}
    }

    /// Leaves out of a pane's pending output what would have scrolled away, but for what must be heard. Gives how much
    /// may be shown in one go.
    fn leave_out(&mut self, name: &AgentName) -> usize {
        self.keep_sized(name);
        let Some(agent) = self.state.agent(name) else { return SLICE };
        let Some(holder) = self.holders.iter().find(|h| h.name == *name) else { return SLICE };
        let all = holder.pending.bytes();
        let heard = may_claim(&self.state, agent, all);
        let whole = all.get(..heard.unwrap_or(all.len())).unwrap_or_default();
        let count = agent.pane.screen.skippable(whole);
        let (styles, whole) = (styles(whole.get(..count).unwrap_or_default()), whole.len());
        if count > 0 {
            self.happen(Event::Skipped { agent: name.clone(), count, styles });
        }
        self.with_holder(name, |h| h.pending.leave_out(count, whole));
        if heard.is_some() {
            let mut left = whole - count;
            while left > 0 && self.show(name, left.min(SLICE)) {
                left = self.holders.iter().find(|h| h.name == *name).map_or(0, |h| h.pending.rest());
            }
            self.happen(Event::Look { agent: name.clone() });
        }
        4 * SLICE
    }

    /// Shows so much of what is pending. Whether there was anything.
    fn show(&mut self, name: &AgentName, limit: usize) -> bool {
        let now = self.now();
        let mut piece = None;
        self.with_holder(name, |h| piece = h.pending.next(limit, now));
        let Some(piece) = piece else { return false };
        self.keep_sized(name);
        self.happen(Event::Output { agent: name.clone(), bytes: piece.bytes, mode: piece.mode });
        if let Some(done) = piece.record {
            self.shown(name, &done, piece.mode);
        }
        true
    }

    /// Notes that a record is on its pane's screen.
    fn shown(&mut self, name: &AgentName, done: &Done, mode: Feeding) {
        if mode == Feeding::Live {
            self.took_in(name, done.end);
        }
        let due = self.keyframe_due(name, done);
        if let Some(due) = due {
            self.keep_screen(name, due);
        }
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
            self.with_holder(name, |h| h.ready = true);
            self.read_holder(name);
        }
        self.draw_clients();
        self.flush();
    }
}
