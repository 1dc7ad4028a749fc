//! A terminal or a command at the other end of a session's socket.
//!
//! Architecture invariant: this is a thin pump. It knows frames, messages and the terminal it runs
//! in, never the engine; what it shows was drawn and filtered by the server.

mod aside;
mod control;
mod decode;
mod error;
mod guard;
mod link;
mod look;
mod pump;
mod signals;
mod tty;
mod upload;

pub use control::{Control, HangUp};
pub use error::Error;
pub use guard::reset;
pub use look::{Guise, check, look, own_file};
pub use pump::{Left, attach, attach_to};
