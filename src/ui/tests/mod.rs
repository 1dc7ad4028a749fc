//! Keystrokes in, screens out.

mod acting;
mod company;
mod diff;
mod fixture;
mod layouts;
mod merging;
mod replay;
mod review;
mod roster;
mod screens;
mod train;
mod wild;
