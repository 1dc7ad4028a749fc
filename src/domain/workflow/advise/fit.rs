//! Which pattern fits, and whom it brings.

use super::answer::{By, Chosen, Fitting};
use super::guide::{Fit, Guide, Known};
use super::reading::{Read, Standing};
use super::{Told, WORDS_MOST};
use crate::domain::workflow::catalogue::{CLOUD, Catalogue, Domain};

/// What a rule can look at beside the words.
pub(super) struct Facts<'a> {
    /// Who was chosen.
    pub chosen: &'a [Chosen],
    /// Who is ruled out: short names.
    pub out: &'a [String],
    /// How many providers are chosen.
    pub providers: usize,
    /// How many domains are touched.
    pub domains: usize,
}

/// The pattern that fits best, and the names of others that fit.
pub(super) fn fit(
    read: &Read<'_>,
    told: &Told<'_>,
    facts: &Facts<'_>,
    guide: &Guide,
    catalogue: &Catalogue,
) -> (Option<Fitting>, Vec<String>) {
    let mut found: Vec<(&Fit, Vec<String>)> = Vec::new();
    for fit in &guide.fits {
        if let Some(words) = holds(read, fit, facts)
            && !found.iter().any(|(f, _)| f.pattern == fit.pattern)
        {
            found.push((fit, words));
        }
    }
    let known = |name: &str| guide.patterns.iter().find(|p| p.name == name);
    let mut names: Vec<String> = found.iter().map(|(f, _)| f.pattern.clone()).collect();
    if let Some(wanted) = told.pattern {
        names.retain(|n| n != wanted);
        let fitting = known(wanted).map(|known| Fitting {
            name: known.name.clone(),
            title: known.title.clone(),
            by: By::Told,
            why: "it was told".to_owned(),
            words: Vec::new(),
            brings: brings(known, facts, catalogue),
        });
        return (fitting, names);
    }
    let Some((first, words)) = found.into_iter().next() else { return (None, Vec::new()) };
    names.remove(0);
    let fitting = known(&first.pattern).map(|known| Fitting {
        name: known.name.clone(),
        title: known.title.clone(),
        by: if words.is_empty() { By::Rule } else { By::Words },
        why: first.why.clone(),
        words,
        brings: brings(known, facts, catalogue),
    });
    (fitting, names)
}

/// The words a rule sees; nothing where it does not hold.
fn holds(read: &Read<'_>, fit: &Fit, facts: &Facts<'_>) -> Option<Vec<String>> {
    let chosen = |name: &String| facts.chosen.iter().find(|c| c.name == *name);
    if facts.providers < fit.providers || facts.domains < fit.domains || read.says(&fit.unless, &[]) {
        return None;
    }
    let mut words = Vec::new();
    for name in &fit.specialists {
        words.extend(chosen(name)?.words.iter().cloned());
    }
    for list in &fit.all {
        let hits = read.hits(list, &[]);
        let said: Vec<_> = hits.iter().filter(|h| h.standing == Standing::Said).map(|h| &h.at).collect();
        if said.is_empty() {
            return None;
        }
        words.extend(read.quotes(said));
    }
    if fit.providers > 0 {
        let providers = facts.chosen.iter().filter(|c| c.domain == Domain::Cloud);
        words.extend(providers.flat_map(|c| c.words.iter().cloned()));
    }
    words.truncate(WORDS_MOST);
    Some(words)
}

/// Whom a pattern brings beside those that were chosen: providers that were not named are left out where others were.
fn brings(known: &Known, facts: &Facts<'_>, catalogue: &Catalogue) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in &known.specialists {
        let cloud = name == CLOUD || catalogue.get(name).is_some_and(|s| s.is(CLOUD));
        let there =
            facts.chosen.iter().any(|c| c.name == *name) || facts.out.contains(name) || found.contains(name);
        if !(there || (cloud && facts.providers > 0)) {
            found.push(name.clone());
        }
    }
    found
}
