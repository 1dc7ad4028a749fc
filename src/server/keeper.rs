//! Keeps the record within its quotas, and compresses what of it is closed, on a thread of its own.
//!
//! The thread looks when it is told that a segment of a log has begun. What it is about to remove it asks for: the loop
//! journals that first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::waker::Waker;
use crate::domain::id::AgentName;
use crate::domain::record::Dropped;
use crate::domain::recording::Rules;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;
use crate::session::log::{self, Store, Stored};

/// Segments that are shorter gain nothing: a file takes whole blocks of this many bytes.
const BLOCK: u64 = 4096;

/// Up to where the journal says that the logs of panes were removed.
pub(super) type Known = BTreeMap<AgentName, u64>;

/// The thread, and what is said with it.
pub(super) struct Keeper {
    looks: Option<Sender<Option<Known>>>,
    asks: Receiver<Dropped>,
    answers: Option<Sender<bool>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The size at which the segments of a session's logs end.
pub(super) fn segment_size(file: &SessionFile) -> u64 {
    let rules = &file.config.record;
    let panes = u64::try_from(file.panes.len()).unwrap_or(u64::MAX).saturating_add(1);
    log::segment_size(rules.pane_quota.min(rules.session_quota / panes))
}

impl Keeper {
    /// Starts the thread; it does nothing before [`Self::look`].
    pub fn start(file: &SessionFile, dir: &SessionDir, waker: &Waker) -> Self {
        let (looks, orders) = channel::<Option<Known>>();
        let (ask, asks) = channel::<Dropped>();
        let (answers, replies) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let names = file.panes.iter().map(|p| p.name.clone()).chain([AgentName::orchestrator()]);
        let (waker, stopped) = (waker.clone(), stop.clone());
        let mut work = Work {
            panes: names.map(|n| (n.clone(), super::keep::log_dir(&file.config, dir, &n))).collect(),
            rules: file.config.record.clone(),
            roll: segment_size(file),
            known: Known::new(),
            ask: Box::new(move |dropped| {
                let asked = ask.send(dropped).is_ok();
                waker.wake();
                asked && replies.recv() == Ok(true)
            }),
            go_on: Box::new(move || !stopped.load(Ordering::Relaxed)),
        };
        let run = move || {
            // What agents do comes first; a system that cannot do this has none the worse for it.
            let _ = rustix::process::setpriority_process(None, 19);
            while let Ok(order) = orders.recv() {
                work.known = order.unwrap_or(std::mem::take(&mut work.known));
                work.look();
            }
        };
        let thread = std::thread::Builder::new().name("keeper".to_owned()).spawn(run);
        let thread = thread.inspect_err(|e| tracing::error!("failed to start the keeper of the record: {e}"));
        Self { looks: Some(looks), asks, answers: Some(answers), stop, thread: thread.ok() }
    }

    /// Has it look for the first time, knowing what the journal says.
    pub fn begin(&self, known: Known) {
        self.say(Some(known));
    }

    /// Has it look: something has grown.
    pub fn look(&self) {
        self.say(None);
    }

    fn say(&self, known: Option<Known>) {
        if let Some(looks) = &self.looks {
            let _ = looks.send(known);
        }
    }

    /// What it is about to remove, or found removed. It waits for [`Self::answer`].
    pub fn asks(&self) -> Option<Dropped> {
        self.asks.try_recv().ok()
    }

    /// Whether that is in the journal.
    pub fn answer(&self, journaled: bool) {
        if let Some(answers) = &self.answers {
            let _ = answers.send(journaled);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        (self.looks, self.answers) = (None, None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    panes: Vec<(AgentName, PathBuf)>,
    rules: Rules,
    roll: u64,
    known: Known,
    ask: Box<dyn FnMut(Dropped) -> bool + Send>,
    go_on: Box<dyn Fn() -> bool + Send>,
}

impl Work {
    fn look(&mut self) {
        let mut failed = BTreeSet::new();
        loop {
            if let Err(e) = self.shed() {
                tracing::error!("failed to keep the record within its quota: {e}");
            }
            if !self.rules.compress || !(self.go_on)() || !self.pack_one(&mut failed) {
                return;
            }
        }
    }

    fn stores(&self) -> std::io::Result<Vec<(AgentName, Store)>> {
        self.panes.iter().map(|(name, dir)| Ok((name.clone(), Store::of(dir)?))).collect()
    }

    /// Removes the oldest segments of what is too large.
    fn shed(&mut self) -> std::io::Result<()> {
        let mut stores = self.stores()?;
        for (name, store) in &stores {
            // Its holder did, while no server was there.
            if let Some(first) = store.segments.first() {
                self.journal(name, first.segment.start);
            }
        }
        while (self.go_on)()
            && let Some((name, store)) = self.too_large(&mut stores)
        {
            let Some(end) = store.closed().first().map(|s| s.segment.end()) else { break };
            if !self.journal(name, end) {
                break;
            }
            store.remove_oldest()?;
        }
        Ok(())
    }

    /// Whose oldest segment has to go next.
    fn too_large<'a>(&self, stores: &'a mut [(AgentName, Store)]) -> Option<&'a mut (AgentName, Store)> {
        let surplus = |s: &Store| s.surplus(self.rules.pane_quota, self.roll).is_some();
        let mut at = stores.iter().position(|(_, s)| surplus(s));
        let all = stores.iter().map(|(_, s)| s.bytes(self.roll)).fold(0, u64::saturating_add);
        if at.is_none() && all > self.rules.session_quota {
            let oldest = |s: &Store| s.closed().first().map(|s: &Stored| s.segment.since);
            let closed = stores.iter().enumerate().filter_map(|(i, (_, s))| Some((oldest(s)?, i)));
            at = closed.min().map(|(_, i)| i);
        }
        stores.get_mut(at?)
    }

    /// Has the journal say that a pane's log is gone up to an offset; whether it does.
    fn journal(&mut self, name: &AgentName, to: u64) -> bool {
        let from = self.known.get(name).copied().unwrap_or(0);
        let done = to <= from || (self.ask)(Dropped { agent: name.clone(), from, to });
        if done {
            self.known.insert(name.clone(), to.max(from));
        }
        done
    }

    /// Compresses one closed segment; whether there was one.
    fn pack_one(&self, failed: &mut BTreeSet<(AgentName, u32)>) -> bool {
        let Ok(stores) = self.stores() else { return false };
        for (name, store) in stores {
            for segment in store.closed().iter().map(|s| &s.segment) {
                let key = (name.clone(), segment.number);
                if segment.packed || segment.len < BLOCK || failed.contains(&key) {
                    continue;
                }
                if let Err(e) = log::pack(&store.dir, segment.number, &self.go_on) {
                    tracing::warn!("{name}: segment {} of its log stays as it is: {e}", segment.number);
                    failed.insert(key);
                }
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
#[path = "tests/keeper.rs"]
mod tests;
