//! Tests of the engine: scripts of events against a pretended git and pretended agents.

mod dispatch;
mod fold;
mod fusion;
mod kit;
mod merge;
mod panes;
mod programs;
mod random;
mod ready;
mod ready_text;
mod recovery;
mod runs;
mod tasks;
