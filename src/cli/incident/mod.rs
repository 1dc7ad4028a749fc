//! `orchestra incident`: whom an incident needs, what its findings have to do with each other, and the fleet that works
//! on it.

mod analyse;
mod compare;
mod correlate;
mod correlated;
mod fleet;
mod intake;
mod postmortem;
mod run;
mod show;
mod triage;

use std::io::Read as _;
use std::path::Path;

use super::args::Incident;
use super::exit::{Exit, Fail};
use super::file;
use crate::domain::signal::printable;

pub(super) use self::postmortem::{Checked, Written};
pub(super) use self::run::RunEnded;
pub(super) use self::show::{findings_text, taken_text, text};

/// Runs it.
pub(super) fn run(args: Incident) -> anyhow::Result<Exit> {
    match args {
        Incident::Show(a) => fleet::show(&a),
        Incident::Run(a) => run::run(&a),
        Incident::Open(a) => fleet::open(&a),
        Incident::Submit(a) => fleet::submit(&a),
        Incident::Close(a) => fleet::close(a),
        Incident::Analyse(a) => analyse::run(&a),
        Incident::Postmortem(a) => postmortem::run(&a),
        Incident::Triage(a) => triage::run(&a),
        Incident::Correlate(a) => correlate::run(&a),
        Incident::Compare(a) => compare::run(&a),
    }
}

/// The text of a file, or of standard input for `-`, of at most `most` bytes. `remedy` says what to do where it has more.
pub(super) fn text_of(path: &Path, what: &str, most: usize, remedy: &str) -> anyhow::Result<String> {
    let (from, limit) = (printable(&path.display().to_string()), most as u64 + 1);
    let refused = |why: &str| Fail::usage(format!("read the {what} of {from}: {why}"));
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        file::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|e| refused(&e.to_string()))?;
    if bytes.len() > most {
        return Err(refused(&format!("it has more than {most} bytes; {remedy}")).into());
    }
    String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text; save it as UTF-8").into())
}
