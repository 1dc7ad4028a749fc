//! Behaviour on real repositories.

mod applying;
mod briefing;
mod building;
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
mod recovering;
mod removing;
mod rippling;
mod second;
mod signing;
mod solving;
mod special;
mod statuses;
mod unsaved;
mod worktrees;
