//! Behaviour on real repositories.

mod applying;
mod briefing;
mod crash;
mod hostile;
mod merging;
mod probing;
mod pruned;
mod recovering;
mod removing;
mod rippling;
mod worktrees;
