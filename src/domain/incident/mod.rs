//! Incidents: findings of many specialists, and what follows from them. All of it functions from text and data to data.

pub mod analyst;
pub mod case;
pub mod compare;
pub mod correlate;
pub mod finding;
pub mod kind;
pub mod mechanism;
pub mod postmortem;
#[cfg(test)]
mod scenes;
pub mod score;
pub mod stamp;
pub mod triage;
