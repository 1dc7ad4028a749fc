//! Telling people: by the terminals of dashboards and by the hooks of the configuration.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::clients::{Dashboard, Kind};
use super::run::Server;
use crate::domain::conduct::{Alert, Notice, Occasion, Told};
use crate::engine::state::State;

/// Characters of what a terminal or `ORCHESTRA_TEXT` shows of all that is told together.
const LINE: usize = 180;
/// Items that may wait for a hook that still runs; the oldest go first. With texts of at most 200
/// characters an object stays below the 64 KiB of a pipe.
const WAITING: usize = 48;

/// The hooks of the configuration, in its order.
#[derive(Debug, Default)]
pub(super) struct Hooks(Vec<Slot>);

/// One hook: it runs once at a time.
#[derive(Debug, Default)]
struct Slot {
    busy: bool,
    waiting: Vec<Notice>,
    /// The process of its command while that runs, else 0.
    pid: Arc<AtomicU32>,
}

/// A hook's command and all it needs.
pub(super) struct HookRun {
    pub hook: usize,
    pub run: String,
    pub occasions: Vec<Occasion>,
    pub limit: Duration,
    pub env: Vec<(String, String)>,
    pub input: Vec<u8>,
    pub pid: Arc<AtomicU32>,
}

impl Hooks {
    /// Whether that process is the command of a hook that runs.
    pub fn has(&self, pid: i32) -> bool {
        self.0.iter().any(|s| i64::from(s.pid.load(Ordering::Relaxed)) == i64::from(pid))
    }
}

impl Server {
    /// Tells who wants to be told.
    pub(super) fn tell(&mut self, notices: &[Notice]) {
        let state = &self.state;
        for client in &mut self.clients {
            if let Kind::Dashboard(d) = &mut client.kind {
                ring(state, d, notices);
            }
        }
        let count = self.state.config.conduct.hooks.len();
        self.hooks.0.resize_with(count, Slot::default);
        for hook in 0..count {
            let on = &self.state.config.conduct.hooks[hook].on;
            let wanted: Vec<Notice> = notices.iter().filter(|n| n.occasion.wanted(on)).cloned().collect();
            let waiting = &mut self.hooks.0[hook].waiting;
            waiting.retain(|w| !wanted.iter().any(|n| (n.occasion, &n.agent) == (w.occasion, &w.agent)));
            waiting.extend(wanted);
            waiting.drain(..waiting.len().saturating_sub(WAITING));
            self.run_hook(hook);
        }
    }

    /// A hook's command has ended: what came meanwhile is told now.
    pub(super) fn hook_ended(&mut self, hook: usize) {
        if let Some(slot) = self.hooks.0.get_mut(hook) {
            slot.busy = false;
            self.run_hook(hook);
        }
    }

    fn run_hook(&mut self, hook: usize) {
        let Some(slot) = self.hooks.0.get_mut(hook).filter(|s| !s.busy && !s.waiting.is_empty()) else {
            return;
        };
        let Some(configured) = self.state.config.conduct.hooks.get(hook) else { return };
        slot.busy = true;
        let pid = slot.pid.clone();
        let items = std::mem::take(&mut slot.waiting);
        let (run, limit) = (configured.run.clone(), Duration::from_secs(configured.timeout));
        let occasions = items.iter().map(|n| n.occasion).collect();
        let env = environment(&self.state, &items);
        let input = object(&self.state, items);
        self.workers.hook(HookRun { hook, run, occasions, limit, env, input, pid });
    }
}

/// Has a dashboard's terminal told of what it wants to know and does not show already.
fn ring(state: &State, d: &mut Dashboard, notices: &[Notice]) {
    if d.alert == Alert::Off {
        return;
    }
    let before_it = |n: &Notice| n.agent.is_some() && !d.away && d.view.alone() == n.agent.as_ref();
    let wanted = |n: &&Notice| n.occasion.wanted(&state.config.conduct.alert_on) && !before_it(n);
    let mine: Vec<Notice> = notices.iter().filter(wanted).cloned().collect();
    if !mine.is_empty() {
        d.ring = Some(Notice::line(&mine, LINE));
        d.dirty = true;
    }
}

fn environment(state: &State, items: &[Notice]) -> Vec<(String, String)> {
    let first = items.first();
    let agent = first.and_then(|n| n.agent.as_ref()).map(ToString::to_string).unwrap_or_default();
    let set = |name: &str, value: String| (name.to_owned(), value);
    vec![
        set("ORCHESTRA_OCCASION", first.map_or("", |n| n.occasion.word()).to_owned()),
        set("ORCHESTRA_AGENT", agent),
        set("ORCHESTRA_TEXT", Notice::line(items, LINE)),
        set("ORCHESTRA_SESSION", state.config.session.clone()),
    ]
}

fn object(state: &State, items: Vec<Notice>) -> Vec<u8> {
    let (repository, record) = (state.info.repository.clone(), state.info.dir.clone());
    let told = Told { session: state.config.session.clone(), repository, record, items };
    // Text and lists of text: nothing that JSON cannot hold.
    let mut bytes = serde_json::to_vec(&told).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
