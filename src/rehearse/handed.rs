//! What was handed over of the task that an agent has now.

use super::handover::Verdict;

/// One round of a task: how often it was handed over, and what it said of what it judges.
#[derive(Default)]
pub(super) struct Handed {
    round: String,
    times: u32,
    verdict: Option<Verdict>,
}

impl Handed {
    /// Whether that is another round than the last; it begins with nothing handed over.
    pub fn begins(&mut self, round: String) -> bool {
        let new = self.round != round;
        if new {
            *self = Self { round, ..Self::default() };
        }
        new
    }

    /// How often it was handed over.
    pub fn times(&self) -> u32 {
        self.times
    }

    /// It is handed over once more: what it says of what it judges. A handover that was held changes nothing about that, so
    /// `first` is only asked the first time.
    pub fn again(&mut self, first: impl FnOnce() -> Verdict) -> Verdict {
        self.times += 1;
        *self.verdict.get_or_insert_with(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_of_a_round_stays_until_the_next() {
        let mut handed = Handed::default();
        assert!(handed.begins("audit#1".into()));
        assert_eq!(handed.again(|| Verdict::Again), Verdict::Again);
        // That one was held: the work is still not good.
        assert!(!handed.begins("audit#1".into()));
        assert_eq!((handed.again(|| Verdict::Met), handed.times()), (Verdict::Again, 2));
        assert!(handed.begins("audit#2".into()));
        assert_eq!((handed.times(), handed.again(|| Verdict::Met)), (0, Verdict::Met));
    }
}
