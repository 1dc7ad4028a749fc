//! Keystrokes in, screens out.

mod acting;
mod copying;
mod diff;
mod fixture;
mod merging;
mod past;
mod replay;
mod review;
mod screens;
mod train;
mod wild;
