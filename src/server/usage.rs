//! Figures of usage: looked up after a pane printed something, on a thread of their own, and told when they changed.

mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use self::files::Files;
use super::run::Server;
use super::waker::Waker;
use crate::domain::id::AgentName;
use crate::domain::profile;
use crate::domain::record::{Record, Used};
use crate::domain::time::Time;
use crate::domain::usage::Usage;
use crate::engine::event::Event;

/// How often the figures of one agent are looked up at the most.
const EVERY: Duration = Duration::from_secs(5);

enum Order {
    /// An agent's files are these from now on.
    Watch(AgentName, Box<Files>),
    /// Look at them.
    Look(AgentName),
}

/// The looking up of figures.
pub(super) struct Watching {
    orders: Sender<Order>,
    found: Receiver<Used>,
    /// The agents whose programs tell what they use: when they were looked at last, and whether they printed since.
    known: BTreeMap<AgentName, (Time, bool)>,
}

impl Watching {
    /// Starts the thread. What it finds wakes the loop.
    pub fn start(waker: &Waker) -> Self {
        let ((orders, taken), (out, found)) = (channel(), channel());
        let waker = waker.clone();
        let run = move || serve(&taken, &out, &waker);
        if let Err(e) = std::thread::Builder::new().name("usage".into()).spawn(run) {
            tracing::error!("failed to start a worker thread: {e}");
        }
        Self { orders, found, known: BTreeMap::new() }
    }

    /// A pane printed something.
    pub fn stirred(&mut self, agent: &AgentName) {
        if let Some((_, stirred)) = self.known.get_mut(agent) {
            *stirred = true;
        }
    }

    /// When somebody is to be looked at.
    pub fn due(&self) -> Option<Time> {
        self.known.values().filter(|(_, stirred)| *stirred).map(|(last, _)| last.plus(EVERY)).min()
    }

    fn look(&mut self, now: Time) {
        for (agent, (last, stirred)) in &mut self.known {
            if *stirred && last.plus(EVERY) <= now {
                (*last, *stirred) = (now, false);
                let _ = self.orders.send(Order::Look(agent.clone()));
            }
        }
    }
}

fn serve(orders: &Receiver<Order>, out: &Sender<Used>, waker: &Waker) {
    let mut all: BTreeMap<AgentName, (Box<Files>, Option<Usage>)> = BTreeMap::new();
    while let Ok(order) = orders.recv() {
        match order {
            Order::Watch(agent, files) => drop(all.insert(agent, (files, None))),
            Order::Look(agent) => {
                let Some((files, told)) = all.get_mut(&agent) else { continue };
                let usage = files.look();
                if let Some(usage) = usage.filter(|u| told.as_ref() != Some(u)) {
                    *told = Some(usage.clone());
                    let _ = out.send(Used { agent, usage });
                    waker.wake();
                }
            }
        }
    }
}

impl Server {
    /// An agent's program runs: its figures are looked for from now on, those since `from` counted.
    pub(super) fn watch_usage(&mut self, name: &AgentName, from: Time) {
        if self.usage.known.contains_key(name) {
            return;
        }
        let Some(agent) = self.state.agent(name) else { return };
        let Some(usage) = self.state.profile(agent).map(|p| &p.usage) else { return };
        let (Some(reader), env) = (usage.reader, self.environment(agent)) else { return };
        let since = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(from.wall).unwrap_or(0));
        let files = Files::new(reader, places(usage, &env), PathBuf::from(&agent.worktree), since);
        let _ = self.usage.orders.send(Order::Watch(name.clone(), Box::new(files)));
        self.usage.known.insert(name.clone(), (from, true));
    }

    /// Looks up what is due, and tells what was found.
    pub(super) fn tend_usage(&mut self) {
        let now = self.now();
        self.usage.look(now);
        while let Ok(used) = self.usage.found.try_recv() {
            if self.state.agent(&used.agent).is_some_and(|a| a.usage.as_ref() == Some(&used.usage)) {
                continue;
            }
            let record = Record::Usage(Box::new(used));
            self.journal(&record);
            self.happen(Event::Recorded(record));
        }
    }
}

/// Where a program's files lie: the fixed part of the path, and the rest as a pattern. The variable names another folder
/// in place of the first below the home, or, as with some programs, of the first two.
fn places(usage: &profile::Usage, env: &BTreeMap<String, String>) -> Vec<(PathBuf, String)> {
    let Some(below) = usage.path.strip_prefix("~/") else { return Vec::new() };
    let parts: Vec<&str> = below.split('/').collect();
    let fixed = parts.iter().take_while(|p| !p.contains('*')).count();
    let pattern = parts.get(fixed..).unwrap_or_default().join("/");
    let at = |base: &str, from: usize| {
        let folder =
            parts.get(from..fixed).unwrap_or_default().iter().fold(PathBuf::from(base), |f, p| f.join(p));
        (folder, pattern.clone())
    };
    let named = env.get(&usage.home_env).filter(|v| Path::new(v).is_absolute());
    match (named, env.get("HOME")) {
        (Some(other), _) => (1..=fixed.min(2)).map(|from| at(other, from)).collect(),
        (None, Some(home)) => vec![at(home, 0)],
        (None, None) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_stands_for_the_folder_below_the_home() {
        let usage = profile::Usage {
            path: "~/.pi/agent/sessions/*/*.jsonl".into(),
            home_env: "PI_DIR".into(),
            ..profile::Usage::default()
        };
        let env = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let folders = |env: &BTreeMap<String, String>| -> Vec<String> {
            places(&usage, env).iter().map(|(f, p)| format!("{} {p}", f.display())).collect()
        };
        assert_eq!(folders(&env(&[("HOME", "/h")])), ["/h/.pi/agent/sessions */*.jsonl"]);
        let other = ["/p/agent/sessions */*.jsonl", "/p/sessions */*.jsonl"];
        assert_eq!(folders(&env(&[("HOME", "/h"), ("PI_DIR", "/p")])), other);
        assert!(folders(&env(&[])).is_empty());
    }
}
