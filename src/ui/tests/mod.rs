//! Keystrokes in, screens out.

mod acting;
mod diff;
mod fixture;
mod merging;
mod replay;
mod review;
mod screens;
mod train;
mod wild;
