//! Behaviour on real repositories.

mod applying;
mod briefing;
mod concerns;
mod crash;
mod differ;
mod guarding;
mod histories;
mod hostile;
mod imports;
mod kinds;
mod merging;
mod noted;
mod predicting;
mod probing;
mod pruned;
mod racing;
mod recovering;
mod removing;
mod rippling;
mod scripting;
mod second;
mod signing;
mod special;
mod statuses;
mod worktrees;
