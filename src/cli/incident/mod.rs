//! `orchestra incident`: whom an incident needs, and what its findings have to do with each other.

mod correlate;
mod triage;

use super::args::Incident;
use super::exit::Exit;

/// Runs it.
pub(super) fn run(args: Incident) -> anyhow::Result<Exit> {
    match args {
        Incident::Triage(a) => triage::run(a),
        Incident::Correlate(a) => correlate::run(&a),
    }
}
