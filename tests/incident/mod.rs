//! One file for each of its commands.

mod analyse;
mod compare;
mod correlate;
mod fleet;
mod postmortem;
mod scenarios;
mod triage;
