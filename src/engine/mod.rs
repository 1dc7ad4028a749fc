//! All behaviour: one function from state, event and time to effects.
//!
//! Architecture invariant: no clock, file, process or socket here. The live server, recovery,
//! replay and the tests feed the same [`step`]. Durable state changes only by folding a
//! [`Record`](crate::domain::record::Record), and every record made is also an effect to journal.

pub mod event;
pub mod parts;
pub mod state;
