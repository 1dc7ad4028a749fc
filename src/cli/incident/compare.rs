//! `orchestra incident compare`: ways of routing on the same incidents.

use std::path::Path;

use anyhow::Context;

use super::analyse::files;
use super::intake::{REPORT, report, written};
use super::text_of;
use crate::cli::args::Compare as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::table::{Side, Table};
use crate::cli::{out, place};
use crate::config;
use crate::domain::incident::analyst::{Analyst, Note};
use crate::domain::incident::case::folder_of;
use crate::domain::incident::compare::{
    Compared, Folder, IncidentCompare, Measured, Pace, Subject, Sum, Trouble, Ways, compare, sums,
};
use crate::domain::incident::correlate::WINDOW;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::score::{Count, TRUTH_MOST, Truth, Verdict};
use crate::domain::incident::triage::Open;
use crate::domain::signal::printable;

/// The file of a scenario that says what is true of it.
const TRUTH: &str = "truth.toml";
/// What stands for a figure that is not known.
const UNKNOWN: &str = "—";
/// Columns in which the specialists of a row have room; where they do not, their number stands there.
const ENGAGED_MOST: usize = 15;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let here = std::env::current_dir().context("learn the current folder")?;
    let here = place::project().unwrap_or(here);
    let routes = config::routes(&here)?;
    let keywords = config::keywords(&here, &routes)?;
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let ways = Ways {
        routes: &routes,
        keywords: &keywords,
        mechanisms: &mechanisms,
        kinds: &kinds,
        window_s: WINDOW,
        pace: Pace::default(),
    };
    let (mut scenarios, mut problems) = (Vec::new(), Vec::new());
    let mut status = Exit::Done;
    for path in &args.scenarios {
        let shown = printable(&path.display().to_string());
        // A pattern of the shell brings along what lies beside the directories.
        if path.is_file() {
            problems.push(Trouble { scenario: shown, why: "is no directory, and is passed over".to_owned() });
            continue;
        }
        let mut notes = Vec::new();
        match read(path, &ways, &mut notes) {
            Ok(one) => scenarios.push(one),
            Err(why) => {
                status = Exit::Failed;
                notes.push(why);
            }
        }
        if notes.iter().any(|n| n.starts_with(TRUTH)) {
            status = Exit::Failed;
        }
        problems.extend(notes.into_iter().map(|why| Trouble { scenario: shown.clone(), why }));
    }
    for one in &problems {
        out::note(&format!("{}: {}", one.scenario, printable(&one.why)));
    }
    if scenarios.is_empty() {
        let why = "compare the ways of routing: there is no scenario that can be used";
        return Err(Fail::new(Exit::Failed, why.to_owned()).into());
    }
    let found = IncidentCompare { pace: ways.pace, sums: sums(&scenarios), scenarios, problems };
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&text(&found))?;
    }
    Ok(status)
}

/// One scenario, compared. `notes` gets what of it cannot be used.
///
/// # Errors
/// Why nothing of it can be used.
fn read(dir: &Path, ways: &Ways<'_>, notes: &mut Vec<String>) -> Result<Compared, String> {
    if !dir.is_dir() {
        return Err("is no directory".to_owned());
    }
    let path = dir.join(REPORT);
    if !path.is_file() {
        return Err(format!("has no {REPORT}; put the report there"));
    }
    let plain = |e: anyhow::Error| format!("cannot be used: {e:#}");
    let text = report(Some(&path)).map_err(plain)?;
    let mut folders = Vec::new();
    let mut unread = Vec::new();
    for one in &ways.routes.specialists {
        let folder = folder_of(&one.name);
        let analyst = Analyst::ALL.into_iter().find(|a| a.folder() == folder);
        let files = files(&dir.join(folder), folder, &mut unread).map_err(plain)?;
        folders.push(Folder { specialist: one.name.clone(), analyst, files });
    }
    if folders.iter().all(|f| f.files.is_empty()) {
        let names = ways.routes.specialists.iter().map(|s| folder_of(&s.name)).collect::<Vec<_>>();
        return Err(format!("has no data; it belongs in the folders {}", names.join(", ")));
    }
    let truth = dir.join(TRUTH);
    let truth = if truth.exists() {
        let known =
            text_of(&truth, "truth", TRUTH_MOST, "cut what is no truth").map_err(|e| format!("{e:#}"));
        match known.and_then(|text| Truth::read(&text)) {
            Ok(truth) => Some(truth),
            Err(why) => {
                notes.push(format!("{TRUTH}: {}", why.trim_end()));
                None
            }
        }
    } else {
        None
    };
    let name = dir.canonicalize().ok().and_then(|d| d.file_name().map(|n| n.to_string_lossy().into_owned()));
    let name = printable(&name.unwrap_or_else(|| dir.display().to_string()));
    let subject = Subject { name, report: text, received: written(&path), folders, truth };
    let found = compare(&subject, ways).map_err(|open| left_open(&open))?;
    // That a specialist was given no folder at all is no flaw of the data.
    let there = |n: &&Note| n.file.contains('/') || dir.join(&n.file).exists() || n.file.contains('-');
    notes.extend(
        unread.iter().chain(found.notes.iter().filter(there)).map(|n| format!("{}: {}", n.file, n.why)),
    );
    Ok(found)
}

fn left_open(open: &[Open]) -> String {
    let one = |o: &Open| format!("{} is open ({})", o.question.asks(), o.why);
    format!("{REPORT}: {}; write it in", open.iter().map(one).collect::<Vec<_>>().join("; "))
}

/// The tables for people.
fn text(found: &IncidentCompare) -> String {
    let mut table = Table::new(&[
        ("", Side::Left),
        ("ENGAGED", Side::Left),
        ("FIRST", Side::Right),
        ("LAST", Side::Right),
        ("RELEVANT", Side::Right),
        ("RECALL", Side::Right),
        ("PRECISION", Side::Right),
        ("ROOT", Side::Left),
    ]);
    for way in found.scenarios.iter().flat_map(|s| &s.ways) {
        table.row(row(way));
    }
    let lines = table.render();
    let mut lines = lines.lines();
    let mut text = format!("{}\n", lines.next().unwrap_or_default());
    for one in &found.scenarios {
        text.push_str(&format!("{}\n", one.name));
        for line in lines.by_ref().take(one.ways.len()) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push('\n');
    text.push_str(&all(&found.sums));
    text.push_str(
        "\nFIRST, LAST: simulated seconds until the coordinator knows the first and the\nlast finding. RECALL, PRECISION: causal links. ROOT: right at rank 1.\n",
    );
    text
}

fn row(way: &Measured) -> [String; 8] {
    let names: Vec<&str> = way.engaged.iter().map(|n| folder_of(n)).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(" ") };
    let engaged = if names.len() > ENGAGED_MOST { way.engaged.len().to_string() } else { names };
    let (recall, precision) = shares(way.links);
    [
        format!("  {}", way.strategy.word()),
        engaged,
        time(way.first_s),
        time(way.last_s),
        way.relevant.map_or(UNKNOWN.to_owned(), |n| format!("{n}/{}", way.findings)),
        recall,
        precision,
        way.root.map_or(UNKNOWN, word).to_owned(),
    ]
}

/// The sums of all scenarios.
fn all(sums: &[Sum]) -> String {
    let scenarios = sums.first().map_or(0, |s| s.scenarios);
    let mut table = Table::new(&[
        ("ALL", Side::Left),
        ("ENGAGED", Side::Right),
        ("FIRST", Side::Right),
        ("LAST", Side::Right),
        ("WORK", Side::Right),
        ("RELEVANT", Side::Right),
        ("RECALL", Side::Right),
        ("PRECISION", Side::Right),
        ("ROOT", Side::Right),
    ]);
    for sum in sums {
        let (recall, precision) = shares(sum.links);
        let of = |n: Option<usize>, all: Option<usize>| match (n, all) {
            (Some(n), Some(all)) => format!("{n}/{all}"),
            _ => UNKNOWN.to_owned(),
        };
        table.row([
            sum.strategy.word().to_owned(),
            sum.engaged.to_string(),
            time(sum.first_s),
            time(sum.last_s),
            format!("{:.0}", sum.work_s),
            of(sum.relevant, sum.findings_with_truth),
            recall,
            precision,
            of(sum.roots_right, Some(sum.with_truth)),
        ]);
    }
    let many = if scenarios == 1 { "1 scenario".to_owned() } else { format!("{scenarios} scenarios") };
    format!("{many}; FIRST and LAST are averages, WORK is the seconds of all who work\n{}", table.render())
}

fn time(seconds: Option<f64>) -> String {
    seconds.map_or(UNKNOWN.to_owned(), |s| format!("{s:.1}"))
}

/// Recall and precision, as counts; what nothing can be said of is not known.
fn shares(links: Option<Count>) -> (String, String) {
    let of = |all: usize, right: usize| if all == 0 { UNKNOWN.to_owned() } else { format!("{right}/{all}") };
    links.map_or((UNKNOWN.to_owned(), UNKNOWN.to_owned()), |l| (of(l.labelled, l.right), of(l.said, l.right)))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "yes",
        Verdict::Undecided => "open",
        Verdict::Wrong => "no",
    }
}
