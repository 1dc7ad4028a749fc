//! A permission that is asked for, and what counts as its answer.

use std::time::{Duration, Instant};

use super::keys::Key;

/// How long after it appeared a question takes no Enter. Such an Enter was on its way before anybody
/// could have read the question: the second try of a sender, or a person who typed ahead. Real
/// programs guard their dialogs likewise. It does not scale with the speed: people do not either.
pub(super) const TYPED_AHEAD: Duration = Duration::from_millis(300);

/// How a permission was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Yes,
    No,
}

/// What `key` says to a question that appeared `shown`. Digits and letters name their answer, so they
/// count at once; Enter takes the marked one, `Yes`, once the guard is over. All else is no answer.
pub(super) fn answer(key: &Key, shown: Instant, now: Instant) -> Option<Answer> {
    match key {
        Key::Enter if now.saturating_duration_since(shown) >= TYPED_AHEAD => Some(Answer::Yes),
        Key::Char('1' | 'y' | 'Y') => Some(Answer::Yes),
        Key::Char('2' | 'n' | 'N') => Some(Answer::No),
        _ => None,
    }
}
