//! How long a task takes: a length by chance for the whole of it, shared out among its steps.

use std::time::Duration;

use super::seed::Dice;

/// Shortest pause, milliseconds at speed 1: a task with more steps than foreseen still shows each.
const LEAST: usize = 100;

/// The pauses of one task.
pub(super) struct Pace {
    dice: Dice,
    /// Milliseconds that are left, at speed 1.
    left: usize,
    /// Steps they are for.
    steps: usize,
    speed: f64,
}

impl Pace {
    /// A task of `steps` steps that takes `low` to `high` milliseconds at speed 1, whatever their
    /// number.
    pub(super) fn new(mut dice: Dice, (low, high): (usize, usize), steps: usize, speed: f64) -> Self {
        let left = dice.between(low, high);
        Self { dice, left, steps, speed }
    }

    /// The next pause: a third more or less than its share; the last takes what is left.
    pub(super) fn next(&mut self) -> Duration {
        let share = self.left / self.steps.max(1);
        let taken = match self.steps {
            0 => LEAST,
            1 => share.max(LEAST),
            _ => self.dice.between(share * 2 / 3, share * 4 / 3).max(LEAST),
        };
        self.left = self.left.saturating_sub(taken);
        self.steps = self.steps.saturating_sub(1);
        Duration::from_millis(taken as u64).div_f64(self.speed)
    }
}
