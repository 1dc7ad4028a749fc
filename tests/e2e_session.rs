//! Sessions of the real program: their life, the death of their server, what is left of them.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "e2e_session/bare.rs"]
mod bare;
#[path = "e2e_session/gates.rs"]
mod gates;
#[path = "e2e_session/hostile.rs"]
mod hostile;
mod kit;
#[path = "e2e_session/life.rs"]
mod life;
#[path = "e2e_session/merge.rs"]
mod merge;
#[path = "e2e_session/runs.rs"]
mod runs;
#[path = "e2e_session/survive.rs"]
mod survive;
