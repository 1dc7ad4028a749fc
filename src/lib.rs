//! orchestra takes a team of coding agents through a sprint in one terminal.
//!
//! The folders are layers; arrows only point down (kept by `tests/tidy.rs`):
//!
//! | layer | modules |
//! |---|---|
//! | 5 | `cli` |
//! | 4 shell | `server` `client` `mcp` `replay`, and `rehearse`, a pretended agent program that uses none of them |
//! | 3 pure | `ui` |
//! | 2 pure | `engine` |
//! | 1 edge | `config` `wire` `git` `gate` `session` `paint`, above them `hold` |
//! | 0 pure | `domain` `screen` |

pub mod cli;
pub mod client;
pub mod config;
pub mod domain;
pub mod engine;
pub mod gate;
pub mod git;
pub mod hold;
pub mod mcp;
pub mod paint;
pub mod rehearse;
pub mod replay;
pub mod screen;
pub mod server;
pub mod session;
pub mod ui;
pub mod wire;
