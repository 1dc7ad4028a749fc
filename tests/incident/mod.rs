//! One file for each of its commands.

mod analyse;
mod correlate;
mod fleet;
mod triage;
