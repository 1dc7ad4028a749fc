//! The keys that are tried, and what they give in a bare terminal.

// What is here is documentation of a kind already.
#![allow(missing_docs)]

pub mod table;
