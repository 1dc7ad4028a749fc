//! Keystrokes in, screens out.

mod acting;
mod fixture;
mod screens;
mod wild;
