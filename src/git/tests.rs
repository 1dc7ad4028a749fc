//! Behaviour on real repositories.

mod applying;
mod briefing;
mod crash;
mod hostile;
mod kinds;
mod merging;
mod noted;
mod probing;
mod pruned;
mod recovering;
mod removing;
mod rippling;
mod signing;
mod solving;
mod worktrees;
