//! Arguments of `confirm`.

use clap::{Args, Subcommand};

use super::Of;

/// What is said to calls that wait for a person.
#[derive(Subcommand, Debug)]
pub enum Confirm {
    /// Lists them, with what each would do
    List(Of),
    /// Has one done
    Yes(ConfirmId),
    /// Has one refused
    No(ConfirmId),
}

/// One of them.
#[derive(Args, Debug)]
pub struct ConfirmId {
    /// Its number
    pub id: u64,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
