//! Processes, as the kernel tells of them.

use std::fs;
use std::process::Command;

/// Sends a signal to one process; one that is gone already is no failure.
pub fn kill(signal: &str, pid: u64) {
    let _ = Command::new("kill").args(["-s", signal, &pid.to_string()]).output().unwrap();
}

/// Whether the process is there and not merely waiting to be buried. While any of its threads is still on its way
/// out it has its locks and sockets, though the first is dead already.
pub fn alive(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let tasks = || fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    match stat.rsplit(") ").next().unwrap_or_default().chars().next() {
        None => false,
        Some('Z' | 'X') => tasks() > 1,
        Some(_) => true,
    }
}

/// The living processes in whose environment, command line or open files `mark` stands, but this one.
///
/// Looked for twice: what another test is just starting has all files of this process open until it becomes its program.
pub fn marked(mark: &str) -> Vec<u64> {
    let first = look(mark);
    if first.is_empty() {
        return first;
    }
    look(mark).into_iter().filter(|pid| first.contains(pid)).collect()
}

fn look(mark: &str) -> Vec<u64> {
    let has = |path: String| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(mark.len()).any(|w| w == mark.as_bytes())
    };
    // Holders have no environment; they have a pane's log open.
    let opens = |pid: &u64| {
        let links = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        links.flat_map(|l| fs::read_link(l.path())).any(|l| l.to_string_lossy().contains(mark))
    };
    let pids = fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|e| e.file_name().to_str()?.parse::<u64>().ok())
        .filter(|pid| *pid != u64::from(std::process::id()))
        .filter(|pid| {
            has(format!("/proc/{pid}/environ")) || has(format!("/proc/{pid}/cmdline")) || opens(pid)
        })
        // One without a command line has given its memory back already and is on its way out.
        .filter(|pid| alive(*pid) && fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|c| !c.is_empty()))
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
