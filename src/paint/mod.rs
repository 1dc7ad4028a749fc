//! What a terminal that is somewhere else is sent: frames as bytes, and nothing outside an allow-list.

mod backend;
pub mod filter;

pub use backend::{Remote, RemoteTerminal, Wire};
