//! What a terminal that is somewhere else is sent: frames as bytes, and nothing outside an allow-list.

mod backend;
pub mod filter;

pub use backend::{Remote, RemoteTerminal, Wire};

/// What was drawn, as a terminal may be sent it: filtered, and shown in one go where the terminal can.
#[must_use]
pub fn frame(drawn: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(drawn.len() + 16);
    bytes.extend_from_slice(b"\x1b[?2026h");
    filter::pass(drawn, &mut bytes);
    bytes.extend_from_slice(b"\x1b[?2026l");
    bytes
}
