//! Holders, with real terminals and real processes.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "hold/disk.rs"]
mod disk;
#[path = "hold/full.rs"]
mod full;
#[path = "hold/kit.rs"]
mod kit;
#[path = "hold/life.rs"]
mod life;
#[path = "hold/mask.rs"]
mod mask;
#[path = "hold/stream.rs"]
mod stream;
