//! What processes took, as the kernel tells.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// One process.
#[derive(Clone, Debug, Default)]
pub struct Proc {
    pub command: String,
    /// On a processor, all threads.
    pub cpu: Duration,
    /// Resident, in KiB.
    pub rss: u64,
    /// The same, what is shared being divided among those who share it.
    pub share: u64,
    /// Times a thread went to sleep and so was woken.
    pub woken: u64,
}

impl Proc {
    /// Whether it is a program of a pane and not the multiplexer.
    fn is_load(&self) -> bool {
        let c = &self.command;
        c.contains(".sh") && (c.starts_with("/bin/sh") || c.starts_with("sh -c"))
            || c.contains("--work")
            || c.starts_with("cat ")
            || c.starts_with("sleep ")
    }
}

fn text(path: &str) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|l| l.strip_prefix(name));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn has(pid: u64, mark: &str) -> bool {
    let find =
        |path: String| memchr::memmem::find(&fs::read(path).unwrap_or_default(), mark.as_bytes()).is_some();
    // Holders have no environment; they have a pane's log open.
    let opens = || {
        let links = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        links.flat_map(|l| fs::read_link(l.path())).any(|l| l.to_string_lossy().contains(mark))
    };
    find(format!("/proc/{pid}/environ")) || find(format!("/proc/{pid}/cmdline")) || opens()
}

/// All processes that `mark` stands in, but this one.
pub fn marked(mark: &str) -> Vec<u64> {
    let pids = fs::read_dir("/proc").expect("processes").flatten();
    let pids = pids.filter_map(|e| e.file_name().to_str()?.parse::<u64>().ok());
    pids.filter(|p| *p != u64::from(std::process::id()) && has(*p, mark)).collect()
}

/// One process as it is now.
pub fn look(pid: u64) -> Proc {
    let status = text(&format!("/proc/{pid}/status"));
    let mut proc = Proc {
        command: text(&format!("/proc/{pid}/cmdline")).replace('\0', " "),
        rss: field(&status, "VmRSS:"),
        share: field(&text(&format!("/proc/{pid}/smaps_rollup")), "Pss:"),
        ..Proc::default()
    };
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let path = task.path().display().to_string();
        let ran = text(&format!("{path}/schedstat"));
        let ran = ran.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
        proc.cpu += Duration::from_nanos(ran);
        proc.woken += field(&text(&format!("{path}/status")), "voluntary_ctxt_switches:");
    }
    proc
}

/// The processes of a multiplexer, without what runs in its panes.
pub fn multiplexer(mark: &str) -> BTreeMap<u64, Proc> {
    let all = marked(mark).into_iter().map(|pid| (pid, look(pid)));
    all.filter(|(_, p)| !p.command.is_empty() && !p.is_load()).collect()
}

/// What was used between two looks.
pub fn cpu(before: &BTreeMap<u64, Proc>, after: &BTreeMap<u64, Proc>) -> Duration {
    let used =
        |(pid, p): (&u64, &Proc)| p.cpu.saturating_sub(before.get(pid).map_or(Duration::ZERO, |b| b.cpu));
    after.iter().map(used).sum()
}

/// Wake-ups between two looks.
pub fn woken(before: &BTreeMap<u64, Proc>, after: &BTreeMap<u64, Proc>) -> u64 {
    let count = |(pid, p): (&u64, &Proc)| p.woken.saturating_sub(before.get(pid).map_or(0, |b| b.woken));
    after.iter().map(count).sum()
}

/// Memory of all, in MiB; what they share counts once.
pub fn memory(all: &BTreeMap<u64, Proc>) -> f64 {
    all.values().map(|p| p.share).sum::<u64>() as f64 / 1024.0
}

pub fn kill(signal: &str, pid: u64) {
    let _ = std::process::Command::new("kill").args(["-s", signal, &pid.to_string()]).output();
}
