//! Processes, as the kernel tells of them.

use std::fs;
use std::process::Command;

/// Sends a signal to one process; one that is gone already is no failure.
pub fn kill(signal: &str, pid: u64) {
    let _ = Command::new("kill").args(["-s", signal, &pid.to_string()]).output().unwrap();
}

/// Whether the process is there and not merely waiting to be buried.
pub fn alive(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

/// The living processes in whose environment or command line `mark` stands, but this one.
pub fn marked(mark: &str) -> Vec<u64> {
    let has = |path: String| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(mark.len()).any(|w| w == mark.as_bytes())
    };
    let pids = fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|e| e.file_name().to_str()?.parse::<u64>().ok())
        .filter(|pid| *pid != u64::from(std::process::id()))
        .filter(|pid| has(format!("/proc/{pid}/environ")) || has(format!("/proc/{pid}/cmdline")))
        .filter(|pid| alive(*pid))
        .collect()
}

/// What is told of them in a failure.
pub fn names(pids: &[u64]) -> Vec<String> {
    let line = |pid: &u64| fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    pids.iter().map(|p| format!("{p} {}", String::from_utf8_lossy(&line(p)).replace('\0', " "))).collect()
}

/// How many of them serve a session.
pub fn servers(mark: &str) -> usize {
    names(&marked(mark)).iter().filter(|n| n.contains(" serve ")).count()
}
