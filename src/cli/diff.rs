//! `orchestra diff`: what a branch changes.

use super::args::Diff as Args;
use super::exit::Exit;
use super::table::{Side, Table};
use super::{answer, out, place};
use crate::domain::command::Command;
use crate::domain::diff::{BranchDiff, Ending, FileDiff, Hunk};
use crate::domain::signal::printable;
use crate::domain::view::Answer;

/// Unchanged lines printed around changes.
const CONTEXT: usize = 3;

/// Prints what a branch changes.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let Args { agent, path, open, stat, of } = args;
    let mut answer =
        place::control(of.session.as_deref())?.ask(Command::Diff { agent, open, path: path.clone() })?;
    if let Answer::Diff(diff) = &mut answer {
        if let Some(path) = &path {
            diff.files.retain(|f| f.path == *path || f.from.as_ref() == Some(path));
        }
        if stat {
            diff.files.iter_mut().for_each(|f| f.hunks.clear());
        }
        if stat && !of.json {
            out::result(&summary(diff))?;
            return Ok(Exit::Done);
        }
    }
    answer::show(answer, of.format())
}

/// The files alone.
fn summary(diff: &BranchDiff) -> String {
    let columns = [("", Side::Left), ("added", Side::Right), ("removed", Side::Right), ("path", Side::Left)];
    let mut table = Table::new(&[&columns[..], &[("", Side::Left)]].concat());
    for f in &diff.files {
        let remarks = if f.kind == crate::domain::diff::Kind::Text && f.from.is_none() && f.modes.is_none() {
            String::new()
        } else {
            f.remarks().join(", ")
        };
        let count = |sign: char, n: u32| if n == 0 { String::new() } else { format!("{sign}{n}") };
        let (added, removed) = (count('+', f.added), count('-', f.removed));
        table.row([f.change.letter().to_string(), added, removed, f.path.clone(), remarks]);
    }
    format!("{}\n{}", head(diff), table.render())
}

fn head(diff: &BranchDiff) -> String {
    let open = if diff.open { ", uncommitted work too" } else { "" };
    let files = diff.files.len() + usize::try_from(diff.more).unwrap_or(0);
    let more = if diff.more > 0 { format!(" ({} not named)", diff.more) } else { String::new() };
    let mut text = format!(
        "{} {} since {}{open}: {files} files{more}, +{} -{}",
        diff.branch,
        diff.head.short(),
        diff.base.short(),
        diff.added,
        diff.removed
    );
    if !diff.why.is_empty() {
        text.push_str(&format!("; uncommitted work is left out: {}", diff.why));
    }
    printable(&text)
}

/// All of it for people, in the form of a patch.
pub(super) fn text(diff: &BranchDiff) -> String {
    let mut text = head(diff);
    text.push('\n');
    for f in &diff.files {
        file(diff, f, &mut text);
    }
    text
}

fn file(diff: &BranchDiff, f: &FileDiff, text: &mut String) {
    let remarks = f.remarks();
    let beside = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) };
    text.push_str(&format!("\n{} {}{beside}\n", f.change.word(), printable(&f.path)));
    for h in f.hunks.iter().flat_map(|h| h.narrow(CONTEXT)) {
        hunk(&h, text);
    }
    if f.more > 0 {
        let (agent, path) = (&diff.agent, printable(&f.path));
        let how = if f.hunks.is_empty() {
            format!("`orchestra diff {agent} {path}`")
        } else {
            format!("open `git diff {}...{} -- {path}`", diff.base.short(), diff.branch)
        };
        text.push_str(&format!("… {} more lines: {how}\n", f.more));
    }
}

fn hunk(h: &Hunk, text: &mut String) {
    let [(old, before), (new, after)] = [(h.old[0], h.old[1]), (h.new[0], h.new[1])];
    text.push_str(format!("@@ -{old},{before} +{new},{after} @@ {}", h.section).trim_end());
    text.push('\n');
    for line in &h.lines {
        text.push(line.sign.char());
        text.push_str(&line.text);
        text.push_str(match (line.cut, line.ending) {
            (true, _) => "…\n",
            (false, Ending::Lf) => "\n",
            (false, Ending::Crlf) => "^M\n",
            (false, Ending::None) => "\n\\ no newline at the end\n",
        });
    }
}
