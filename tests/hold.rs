//! Holders, with real terminals and real processes.

#![allow(missing_docs)]

#[path = "hold/kit.rs"]
mod kit;
#[path = "hold/life.rs"]
mod life;
#[path = "hold/stream.rs"]
mod stream;
