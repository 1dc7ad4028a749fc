//! The logs of panes: every record's checksum.

use std::fs;

use super::{Checked, PaneLog};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::session::dir::SessionDir;
use crate::session::log::Reader;

/// Checks the log of every pane in `names`, and says which folders are nobody's.
pub(super) fn check(dir: &SessionDir, names: &[AgentName], found: &mut Checked) {
    let folder = dir.path().join("panes");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) => return found.problem("panes", format!("it cannot be looked into: {e}")),
    };
    let mut there: Vec<String> =
        entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    there.sort();
    for name in there {
        let place = format!("panes/{}", printable(&name));
        let is_dir = fs::symlink_metadata(folder.join(&name)).is_ok_and(|m| m.is_dir());
        match AgentName::new(&name) {
            // Said of already, where it is something odd.
            _ if !is_dir => {}
            Ok(name) if names.contains(&name) => one(dir, &name, &place, found),
            _ => found.note(&place, "no agent of the session has that name; it is not replayed"),
        }
    }
}

fn one(dir: &SessionDir, name: &AgentName, place: &str, found: &mut Checked) {
    let mut log = PaneLog { agent: name.to_string(), ..PaneLog::default() };
    let mut reader = match Reader::open(&dir.pane(name), 0) {
        Ok(reader) => reader,
        Err(e) => return found.problem(place, format!("its log cannot be read: {e}")),
    };
    let mut last = 0;
    for entry in reader.by_ref() {
        match entry {
            Ok(entry) => {
                log.records += 1;
                log.bytes += entry.end.saturating_sub(entry.offset);
                last = entry.end;
            }
            Err(e) => {
                found.problem(place, format!("its log cannot be read on after offset {last}: {e}"));
                break;
            }
        }
    }
    (log.damaged, log.torn) = (reader.skipped(), reader.torn() as u64);
    if log.damaged > 0 {
        found.problem(place, format!("{} bytes of its log are damaged and passed over", log.damaged));
    }
    if log.torn > 0 {
        let text = format!("{} bytes at the end of its log are an unfinished record", log.torn);
        found.note(place, text);
    }
    found.panes.push(log);
}
