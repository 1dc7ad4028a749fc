//! An incident, and what became of findings, for people.

use std::fmt::Write as _;

use crate::domain::incident::case::Case;
use crate::domain::incident::stamp;
use crate::domain::signal::printable;
use crate::domain::view::Taken;

/// An incident, its specialists and findings.
pub(in crate::cli) fn text(case: &Case) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", printable(&line));
    };
    say(format!("incident {} ({}), {}", case.number, case.name, case.stage.word()));
    for one in &case.specialists {
        let note = if one.note.is_empty() { String::new() } else { format!(": {}", one.note) };
        let progress = format!("{:?}", one.progress).to_lowercase();
        say(format!("  {:<20} {progress}, {} findings{note}", one.agent.as_str(), one.findings));
    }
    for one in &case.findings {
        let f = &one.finding;
        say(format!("  {}  {} [{}]: {}", stamp::text(f.at), f.kind, f.source, f.summary));
    }
    text.trim_end().to_owned()
}

/// What became of findings that were handed in.
pub(in crate::cli) fn taken_text(taken: &Taken) -> String {
    let mut text = format!("{} taken, {} known before", taken.taken.len(), taken.known.len());
    for problem in &taken.problems {
        text.push_str(&format!("\n{}", printable(&problem.to_string())));
    }
    text
}
