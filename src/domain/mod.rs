//! Values and rules of the field: functions from data to data.
//!
//! Architecture invariant: nothing here reads a clock, a file, the environment or a socket.

pub mod exit;
pub mod id;
pub mod key;
pub mod plan;
pub mod profile;
pub mod review;
pub mod state;
pub mod team;
pub mod time;
pub mod train;
