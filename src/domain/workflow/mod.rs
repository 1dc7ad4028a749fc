//! DevOps workflows: who can do what, and who is needed for a request.

pub mod catalogue;
