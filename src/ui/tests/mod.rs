//! Keystrokes in, screens out.

mod acting;
mod composing;
mod diff;
mod fixture;
mod layouts;
mod merging;
mod pictures;
mod planning;
mod replay;
mod review;
mod roster;
mod screens;
mod train;
mod wild;
