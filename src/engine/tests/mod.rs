//! Tests of the engine: scripts of events against a pretended git and pretended agents.

mod dispatch;
mod fold;
mod fusion;
mod kit;
mod merge;
mod notify;
mod panes;
mod random;
mod ready;
mod ready_again;
mod ready_hook;
mod ready_tables;
mod ready_text;
mod recovery;
mod runs;
mod tasks;
