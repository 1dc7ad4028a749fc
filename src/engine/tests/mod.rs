//! Tests of the engine: scripts of events against a pretended git and pretended agents.

mod bounds;
mod dispatch;
mod drafts;
mod evidence;
mod fold;
mod fusion;
mod kit;
mod merge;
mod panes;
mod random;
mod ready;
mod ready_text;
mod recovery;
mod runs;
mod tasks;
mod typing;
