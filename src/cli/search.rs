//! `orchestra search`: finds text in what panes showed.

use std::fmt::Write as _;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::args::Search as Args;
use super::exit::{Exit, Fail};
use super::{out, place};
use crate::domain::id::AgentName;
use crate::domain::moment::clock_text;
use crate::replay::Recording;
use crate::replay::search::{Found, Hit, Progress, Query, Search};

/// Columns of a hit's line.
const WIDTH: usize = 120;

/// What `--json` prints; described in `docs/json.md`.
#[derive(Serialize, Debug)]
struct Shown<'a> {
    answer: &'static str,
    text: &'a str,
    hits: Vec<HitShown<'a>>,
    more: bool,
    bytes: u64,
}

#[derive(Serialize, Debug)]
struct HitShown<'a> {
    agent: &'a AgentName,
    us: u64,
    at: String,
    seq: u64,
    row: i32,
    col: u16,
    text: &'a str,
    found: &'a str,
}

/// Prints the hits; without any the status is 1.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let query = if args.regex { Query::regex(&args.text) } else { Query::text(&args.text) };
    let query = query.map_err(|e| Fail::usage(e.to_string()))?;
    let recording = Recording::open(&place::recording(&args.dir)?)?;
    let begin = recording.lines().first().map_or(0, |l| l.time.mono);
    let search = Search::of(&recording, args.agent.as_ref(), args.most)?;
    let found = search.run(&query, &Progress::default(), &|_| {})?;
    if args.json {
        let hits = found.hits.iter().map(|h| shown(h, begin)).collect();
        out::json(&Shown { answer: "hits", text: &args.text, hits, more: found.more, bytes: found.bytes })?;
    } else {
        out::result(&text(&found, begin))?;
        if found.more {
            out::note(&format!("there is more than {} hits; ask for them with --most N", args.most));
        }
    }
    Ok(if found.hits.is_empty() { Exit::Failed } else { Exit::Done })
}

fn shown(hit: &Hit, begin: u64) -> HitShown<'_> {
    let us = hit.us.saturating_sub(begin);
    HitShown {
        agent: &hit.pane,
        us,
        at: clock_text(us),
        seq: hit.seq,
        row: hit.row,
        col: hit.col,
        text: &hit.text,
        found: &hit.found,
    }
}

fn text(found: &Found, begin: u64) -> String {
    let names = found.hits.iter().map(|h| h.pane.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for hit in &found.hits {
        let at = clock_text(hit.us.saturating_sub(begin));
        let head = format!("{at}  {:names$}  ", hit.pane.as_str());
        let line = cut(&hit.text, &hit.found, WIDTH.saturating_sub(head.len()));
        let _ = writeln!(text, "{head}{line}");
    }
    text
}

/// As much of a line as fits, with what was found in it.
fn cut(line: &str, found: &str, room: usize) -> String {
    let line = line.trim();
    if line.width() <= room {
        return line.to_owned();
    }
    let at = line.find(found).map_or(0, |at| line.get(..at).map_or(0, |b| b.chars().count()));
    let skip = if at + found.chars().count() + 1 < room { 0 } else { at.saturating_sub(room / 4) };
    let mut cut = if skip > 0 { "…".to_owned() } else { String::new() };
    for c in line.chars().skip(skip) {
        if cut.width() + 3 > room {
            cut.push('…');
            break;
        }
        cut.push(c);
    }
    cut
}
