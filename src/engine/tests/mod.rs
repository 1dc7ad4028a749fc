//! Tests of the engine: scripts of events against a pretended git and pretended agents.

mod bounds;
mod dispatch;
mod drafts;
mod evidence;
mod explain;
mod fold;
mod fusion;
mod kit;
mod merge;
mod panes;
mod pin;
mod programs;
mod random;
mod ready;
mod ready_again;
mod ready_hook;
mod ready_tables;
mod ready_text;
mod recovery;
mod runs;
mod tasks;
mod typing;
