//! What travels between our processes: frames on byte streams, the sockets below them, and the
//! messages of the pane protocol.
//!
//! Architecture invariant: our own types only; nothing of the engine, the emulator or a terminal
//! library goes over a socket.

pub mod frame;
pub mod msg;
pub mod pane;
pub mod sock;
