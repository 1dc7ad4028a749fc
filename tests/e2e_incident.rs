//! `orchestra incident` and `orchestra workflow` as people and scripts run them.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod incident;
mod kit;
mod workflow;
