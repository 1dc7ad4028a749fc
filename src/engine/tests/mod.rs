//! Tests of the engine: scripts of events against a pretended git and pretended agents.

mod dispatch;
mod ending;
mod fold;
mod fusion;
mod kit;
mod merge;
mod panes;
mod random;
mod ready;
mod ready_text;
mod recovery;
mod ripple;
mod runs;
mod steering;
mod tasks;
