//! Prompts on their way into panes of the real program: what arrives, and what the receipts say.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "e2e_dispatch/arrive.rs"]
mod arrive;
#[path = "e2e_dispatch/faults.rs"]
mod faults;
mod kit;
#[path = "e2e_dispatch/sizes.rs"]
mod sizes;
