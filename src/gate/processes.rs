//! Finding and killing everything a command started.
//!
//! A process leaves its group by `setsid` and its parent by forking twice. It is found by any of: its parent,
//! its group, its session, or a variable in its environment that only this command's processes have.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// The variable that marks processes of one command.
pub(super) const MARKER: &str = "ORCHESTRA_GATE";
/// How often to look again for processes that were forked meanwhile.
const ROUNDS: u32 = 200;
/// The pause between two looks while killed processes are still going.
const PAUSE: Duration = Duration::from_millis(5);

/// A value of the marker that nothing else has.
pub(super) fn marker() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without randomness, process id and time still tell commands of this machine apart.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let pid = u128::from(std::process::id());
        bytes = (now.as_nanos() ^ (pid << 96)).to_le_bytes();
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// One process as `/proc` shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    session: i32,
    dead: bool,
}

/// Kills the command's leader, its group and everything that descends from it, until nothing is left. The
/// leader itself is to be reaped by the caller.
pub(super) fn kill_all(leader: u32, marker: &str) {
    let Ok(leader) = i32::try_from(leader) else { return };
    let mut known = BTreeSet::from([leader]);
    for _ in 0..ROUNDS {
        if let Some(pid) = Pid::from_raw(leader) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
        let found = family(&mut known, leader, &processes(), marker);
        for pid in &found {
            if let Some(pid) = Pid::from_raw(*pid) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        if found.is_empty() {
            return;
        }
        std::thread::sleep(PAUSE);
    }
}

/// The living processes that belong to the command. `known` gathers all that ever did, so that children of
/// dead ones are still recognised.
fn family(known: &mut BTreeSet<i32>, leader: i32, all: &[Process], marker: &str) -> Vec<i32> {
    let ourselves = i32::try_from(std::process::id()).unwrap_or(0);
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for p in all.iter().filter(|p| p.pid != ourselves && p.pid > 1) {
            let kin = known.contains(&p.parent)
                || p.group == leader
                || p.session == leader
                || known.contains(&p.group) && p.group != 0
                || known.contains(&p.session) && p.session != 0;
            if !found.contains(&p.pid) && (kin || p.pid == leader || marked(p.pid, marker)) {
                found.insert(p.pid);
                known.insert(p.pid);
            }
        }
        if found.len() == before {
            break;
        }
    }
    let alive = |pid: &i32| all.iter().any(|p| p.pid == *pid && !p.dead);
    found.into_iter().filter(alive).collect()
}

/// Whether a process has the marker in its environment.
fn marked(pid: i32, marker: &str) -> bool {
    let Ok(environ) = fs::read(format!("/proc/{pid}/environ")) else { return false };
    let wanted = format!("{MARKER}={marker}");
    environ.split(|b| *b == 0).any(|entry| entry == wanted.as_bytes())
}

/// All processes that can be seen; none where there is no `/proc`.
fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|e| e.file_name().as_bytes().first().is_some_and(u8::is_ascii_digit))
        .filter_map(|e| parse(&fs::read(e.path().join("stat")).ok()?))
        .collect()
}

/// Reads a line of `/proc/<pid>/stat`; the name in it may hold anything.
fn parse(stat: &[u8]) -> Option<Process> {
    let text = String::from_utf8_lossy(stat);
    let (pid, rest) = text.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let dead = matches!(fields.next()?, "Z" | "X");
    let mut number = || fields.next()?.parse::<i32>().ok();
    Some(Process { pid: pid.parse().ok()?, parent: number()?, group: number()?, session: number()?, dead })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_lines_are_read_whatever_the_name_is() {
        let one = parse(b"17 (a) b (c) S 3 17 9 0 -1").unwrap();
        assert_eq!(one, Process { pid: 17, parent: 3, group: 17, session: 9, dead: false });
        assert!(parse(b"17 (x) Z 3 17 9").unwrap().dead);
        assert_eq!(parse(b"garbage"), None);
        assert_eq!(parse(b"1 (x) S 2"), None);
    }

    #[test]
    fn kinship_goes_by_parent_group_session_and_what_was_known() {
        let p = |pid, parent, group, session| Process { pid, parent, group, session, dead: false };
        let mut known = BTreeSet::from([100]);
        let all = [
            p(100, 2, 100, 100),
            p(101, 100, 100, 100),
            p(102, 101, 102, 102),
            p(103, 1, 103, 102),
            p(200, 1, 200, 200),
        ];
        assert_eq!(family(&mut known, 100, &all, "none"), [100, 101, 102, 103]);
        // The one whose ancestors are all gone is still known by its session.
        assert_eq!(family(&mut known, 100, &[p(104, 1, 104, 102), p(200, 1, 200, 200)], "none"), [104]);
    }
}
