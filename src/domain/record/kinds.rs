//! The kinds of records, as the journal names them.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapDeserializer;

use super::Record;

impl Record {
    /// All kinds, in the order of their meaning.
    #[must_use]
    pub fn kinds() -> &'static [&'static str] {
        // A reader that meets a kind it does not know is told those it does: so no list is kept by hand.
        let asked = MapDeserializer::new(std::iter::once(("kind", "")));
        match Self::deserialize(asked) {
            Err(Known(kinds)) => kinds,
            Ok(_) => &[],
        }
    }
}

/// What reading an unknown kind says.
#[derive(Debug)]
struct Known(&'static [&'static str]);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Known {}

impl serde::de::Error for Known {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_named() {
        let kinds = Record::kinds();
        assert!(kinds.starts_with(&["opened", "recovered", "closed"]), "{kinds:?}");
        for kind in ["ready", "train_applied", "call", "note"] {
            assert!(kinds.contains(&kind), "{kind}");
        }
    }
}
