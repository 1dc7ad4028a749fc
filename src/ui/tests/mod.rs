//! Keystrokes in, screens out.

mod acting;
mod fixture;
mod merging;
mod review;
mod screens;
mod train;
mod wild;
