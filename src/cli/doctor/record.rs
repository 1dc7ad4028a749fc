//! `orchestra doctor DIR`, where DIR is a session directory: whether its record is whole.

use std::path::Path;

use crate::cli::args::Doctor as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::out;
use crate::domain::signal::printable;
use crate::replay::rebuild;
use crate::session::check::{Checked, Level, check};

/// Whether `dir` is a session directory, or was meant to be one.
pub(super) fn is_session(dir: &Path) -> bool {
    std::fs::symlink_metadata(dir.join("FORMAT")).is_ok()
}

/// Checks the session in `dir` and says what is the matter.
pub(super) fn run(dir: &Path, args: &Args) -> anyhow::Result<Exit> {
    if args.rebuild {
        let made = rebuild(dir)?;
        out::progress(&format!("{made} keyframes made"));
    }
    let found = check(dir).map_err(|e| Fail::usage(e.to_string()))?;
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&text(dir, &found))?;
    }
    Ok(if found.is_damaged() { Exit::Failed } else { Exit::Done })
}

fn text(dir: &Path, found: &Checked) -> String {
    let running = if found.running { ", running" } else { "" };
    let mut lines = vec![
        format!("session {}{running}: {} events, {} files", dir.display(), found.events, found.files),
        String::new(),
    ];
    for log in &found.panes {
        let bad = match (log.damaged, log.torn) {
            (0, 0) => "whole".to_owned(),
            (0, torn) => format!("{torn} bytes unfinished"),
            (damaged, torn) => format!("{damaged} bytes damaged, {torn} unfinished"),
        };
        lines.push(format!("  {:14} {:>9} records {:>12} bytes  {bad}", log.agent, log.records, log.bytes));
    }
    for finding in &found.findings {
        let mark = if finding.level == Level::Note { "note   " } else { "PROBLEM" };
        lines.push(format!("  {mark} {}: {}", finding.place, finding.text));
    }
    if found.more > 0 {
        lines.push(format!("  … and {} findings more", found.more));
    }
    lines.push(String::new());
    lines.push(if found.is_damaged() {
        "something is lost or cannot be trusted; what is left can be replayed".to_owned()
    } else {
        "the record is whole".to_owned()
    });
    lines.iter().map(|l| printable(l)).collect::<Vec<_>>().join("\n")
}
