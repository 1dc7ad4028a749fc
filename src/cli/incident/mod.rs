//! `orchestra incident`: whom an incident needs, and what its findings have to do with each other.

mod analyse;
mod correlate;
mod show;
mod told;
mod triage;

use super::args::Incident;
use super::exit::Exit;

pub(super) use self::show::{taken_text, text};

/// Runs it.
pub(super) fn run(args: Incident) -> anyhow::Result<Exit> {
    match args {
        Incident::Analyse(a) => analyse::run(&a),
        Incident::Triage(a) => triage::run(a),
        Incident::Correlate(a) => correlate::run(&a),
    }
}
