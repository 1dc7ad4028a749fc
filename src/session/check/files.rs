//! Every file of a session: what it is, and who may read it.

use std::fs::{self, FileType};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use super::Checked;
use crate::domain::signal::printable;

/// Files that are looked at; a session of days has some thousands.
const MAX_FILES: u64 = 200_000;
/// How deep folders may lie: a session's own are at depth 2.
const MAX_DEPTH: usize = 8;
/// What may lie at the top.
const KNOWN: &[&str] = &[
    "FORMAT",
    "session.toml",
    "journal.jsonl",
    "server.lock",
    "server.log",
    "server.log.old",
    "hooks.log",
    "hooks.log.old",
    "panes",
    "texts",
    "injected",
    "gates",
    "reports",
];

/// Looks at all files below `top`, through no link.
pub(super) fn check(top: &Path, found: &mut Checked) {
    if let Ok(meta) = fs::metadata(top) {
        privacy(meta.mode(), ".", found);
    }
    let mut open = vec![(top.to_owned(), String::new(), 0_usize)];
    while let Some((dir, prefix, depth)) = open.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) => {
                found.problem(&prefix, format!("it cannot be looked into: {e}"));
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = printable(&entry.file_name().to_string_lossy());
            let place = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            found.files += 1;
            if found.files > MAX_FILES {
                return found
                    .problem(".", format!("it has more than {MAX_FILES} files; the rest was not looked at"));
            }
            let Ok(meta) = fs::symlink_metadata(entry.path()) else { continue };
            let kind = meta.file_type();
            if let Some(what) = odd(kind) {
                found.problem(
                    &place,
                    format!("it is {what}, which is never opened: what it stands for is not read"),
                );
                continue;
            }
            privacy(meta.mode(), &place, found);
            if prefix.is_empty() && !KNOWN.contains(&name.as_str()) {
                found.note(&place, "nothing of that name belongs to a session; it is ignored");
            }
            if kind.is_dir() && depth + 1 < MAX_DEPTH {
                open.push((entry.path(), place, depth + 1));
            } else if kind.is_dir() {
                found.note(&place, "folders this deep are not looked into");
            }
        }
    }
}

fn odd(kind: FileType) -> Option<&'static str> {
    if kind.is_symlink() {
        Some("a symbolic link")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_block_device() || kind.is_char_device() {
        Some("a device")
    } else {
        None
    }
}

fn privacy(mode: u32, place: &str, found: &mut Checked) {
    if mode & 0o077 != 0 {
        let mode = mode & 0o7777;
        found.note(
            place,
            format!("others may have access to it (mode {mode:04o}); `chmod -R go= DIR` takes it away"),
        );
    }
}
