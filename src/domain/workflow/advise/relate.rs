//! How specialists that were chosen work together, as the catalogue has it.

use super::answer::{Chosen, Kind, Relation};
use crate::domain::workflow::catalogue::{ANYBODY, Catalogue};

/// Sequences first, then what goes on at the same time, then what goes round; each in the order of the catalogue.
pub(super) fn relate(chosen: &[Chosen], catalogue: &Catalogue) -> Vec<Relation> {
    let there: Vec<_> = chosen.iter().filter_map(|c| catalogue.get(&c.name)).collect();
    let mut found: Vec<Relation> = Vec::new();
    for first in &there {
        for second in there.iter().filter(|s| s.name != first.name) {
            let relation = |kind, how: &str, until: &str| Relation {
                kind,
                first: first.name.clone(),
                second: second.name.clone(),
                how: how.to_owned(),
                items: Vec::new(),
                until: until.to_owned(),
            };
            if let Some(over) = first.hands_over.iter().find(|h| second.is(&h.to)) {
                found.push(Relation { items: over.items.clone(), ..relation(Kind::Sequential, "", "") });
            }
            if let Some(b) = first.beside.iter().find(|b| second.is(&b.with)) {
                // Who works beside everybody says nothing new of whom it goes round with.
                let round = second.loops.iter().any(|l| first.is(&l.with)) && b.with == ANYBODY;
                if !round {
                    found.push(relation(Kind::Parallel, &b.how, &b.sync));
                }
            }
            if let Some(l) = first.loops.iter().find(|l| second.is(&l.with)) {
                found.push(relation(Kind::Iterative, &l.how, &l.until));
            }
        }
    }
    found.sort_by_key(|r| match r.kind {
        Kind::Sequential => 0,
        Kind::Parallel => 1,
        Kind::Iterative => 2,
    });
    found
}
