//! The train of the real program: what it does when it does not go well, and its server killed at any moment.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "e2e_train/halts.rs"]
mod halts;
#[path = "e2e_train/kills.rs"]
mod kills;
mod kit;
