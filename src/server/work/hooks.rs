//! The commands of the configuration's hooks: run on threads of their own, each run logged.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use super::super::notify::HookRun;
use super::{Ground, Task, Workers};
use crate::engine::event::Event;
use crate::gate;
use crate::session::hooks::Run;

impl Workers {
    /// Runs a hook's command; how it ended goes into the log of the hooks.
    pub(in crate::server) fn hook(&self, order: HookRun) {
        let task: Task = Box::new(move |ground, out| {
            let hook = order.hook;
            out(Event::HookEnded { hook, failed: ground.tell(order) });
        });
        let _ = self.hooks.send(task);
    }
}

impl Ground {
    /// Runs it and logs that; why it failed, where it did.
    fn tell(&self, order: HookRun) -> Option<String> {
        let HookRun { hook, run, occasions, limit, env, input, pid } = order;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.gating.fetch_add(1, Ordering::Relaxed);
        let (dir, pid) = (&self.repository, &*pid);
        let telling = gate::Telling { run: &run, dir, env: &env, input: &input, limit, pid };
        let told = gate::tell(&telling, &self.cancel);
        self.gating.fetch_sub(1, Ordering::Relaxed);
        let said = self.masked(&told.said);
        let failed = told.failed.map(|why| if said.is_empty() { why } else { format!("{why}: {said}") });
        let entry = Run {
            wall: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            hook: hook.saturating_add(1),
            run,
            occasions,
            status: told.status,
            failed: failed.is_some(),
            ms: u64::try_from(told.took.as_millis()).unwrap_or(u64::MAX),
            said: failed.clone().unwrap_or(said),
        };
        let _turn = self.logging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(e) = self.dir.log_hook(&entry) {
            tracing::warn!("failed to {e}; hook {}: {}", entry.hook, failed.as_deref().unwrap_or("done"));
        }
        failed
    }
}
