//! Values and rules of the field: functions from data to data.
//!
//! Architecture invariant: nothing here reads a clock, a file, the environment or a socket.

pub mod brief;
pub mod chapter;
pub mod choice;
pub mod claim;
pub mod command;
pub mod conduct;
pub mod diff;
pub mod ending;
pub mod exit;
pub mod gates;
pub mod guard;
pub mod hook;
pub mod id;
pub mod incident;
pub mod key;
pub mod kitty;
pub mod link;
pub mod mask;
pub mod moment;
pub mod near;
pub mod plan;
pub mod pr;
pub mod prefs;
pub mod profile;
pub mod prompt;
pub mod query;
pub mod record;
pub mod recording;
pub mod report;
pub mod reset;
pub mod review;
pub mod rights;
pub mod ripple;
pub mod signal;
pub mod source;
pub mod state;
pub mod suggest;
pub mod team;
pub mod tech;
pub mod theme;
pub mod time;
pub mod train;
pub mod usage;
pub mod view;
