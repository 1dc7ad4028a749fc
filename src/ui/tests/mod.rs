//! Keystrokes in, screens out.

mod acting;
mod allowed;
mod branches;
mod calls;
mod company;
mod composing;
mod copying;
mod diff;
mod fixture;
mod incident;
mod layouts;
mod look;
mod merging;
mod past;
mod pictures;
mod planning;
mod replay;
mod review;
mod roster;
mod screens;
mod strokes;
mod talking;
mod train;
mod unmerged;
mod wild;
mod workflow;
