//! What an alternative is called, so that what is agreed to is what was shown.

use sha2::{Digest, Sha256};

use super::Alternative;
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::Terms;

/// Half as many bytes of the digest as a name has letters.
const BYTES: usize = 4;

/// The name of a change to this plan and these terms. Letters only: it cannot be taken for a number.
pub(super) fn of(plan: &Planned, terms: &Terms) -> String {
    // Both are plain values, which always can be written.
    let text = serde_json::to_vec(&(plan, terms)).unwrap_or_default();
    let letter = |half: u8| char::from(b'a' + (half & 15));
    Sha256::digest(text).iter().take(BYTES).flat_map(|b| [letter(b >> 4), letter(*b)]).collect()
}

/// The alternative of that name, and the others.
///
/// # Errors
/// When none of them is called so, with those there are: completes "failed to …".
pub fn chosen(all: Vec<Alternative>, name: &str) -> Result<(Alternative, Vec<Alternative>), String> {
    let (mut found, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|a| a.name == name);
    found.pop().map(|one| (one, others.clone())).ok_or_else(|| {
        let there: Vec<String> = others.iter().map(|a| format!("`{}`: {}", a.name, a.title)).collect();
        format!(
            "change the plan: there is no alternative `{}`; what you saw has changed, now there are:\n  {}",
            super::shown(name),
            there.join("\n  ")
        )
    })
}
