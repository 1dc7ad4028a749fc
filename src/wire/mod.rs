//! (being written)

pub mod msg;
