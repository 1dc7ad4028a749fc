//! Keystrokes in, screens out.

mod acting;
mod copying;
mod diff;
mod fixture;
mod layouts;
mod merging;
mod past;
mod replay;
mod review;
mod roster;
mod screens;
mod train;
mod wild;
