//! What a request for DevOps work needs: which specialists, by which of its words, which pattern, and what is not clear.
//!
//! Nothing is guessed: every conclusion names the words and the rule it comes from. The words are data, in the catalogue
//! and in [`guide`].

mod answer;
mod choose;
mod fit;
pub mod guide;
mod questions;
mod reading;
mod relate;
#[cfg(test)]
mod tests;
mod text;
mod verdict;
mod whole;

pub use self::answer::{
    Advice, By, Chosen, Fitting, Kind, Left, Providers, Question, Relation, Touched, Use,
};
use self::fit::Facts;
use self::guide::Guide;
use self::questions::State;
use self::reading::{Read, Standing};
use crate::domain::signal::printable;
use crate::domain::workflow::catalogue::{CLOUD, Catalogue, Domain};

/// The most bytes of a request.
pub const REQUEST_MOST: usize = 16 * 1024;
/// The most words that are named for one conclusion.
pub(super) const WORDS_MOST: usize = 12;
/// The pattern that was told where none is wanted.
pub const NO_PATTERN: &str = "none";

/// What is told beside the request, as it was given; it goes over what the words say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    /// The cloud providers.
    pub providers: Vec<String>,
    /// Specialists that are to take part.
    pub with: Vec<String>,
    /// Specialists that are not to take part.
    pub without: Vec<String>,
    /// The pattern, or `none`.
    pub pattern: Option<String>,
}

/// [`Wishes`], by the names of the catalogue.
#[derive(Default)]
struct Told<'c> {
    providers: Vec<&'c str>,
    with: Vec<&'c str>,
    without: Vec<&'c str>,
    pattern: Option<&'c str>,
}

impl<'c> Told<'c> {
    fn of(wishes: &'c Wishes, catalogue: &'c Catalogue, guide: &'c Guide) -> Result<Self, String> {
        let specialist = |name: &'c String| {
            let provider = wishes.providers.first().map(String::as_str);
            let found = catalogue.resolve(name, provider);
            found.map(|s| s.name.as_str()).map_err(|why| format!("find the specialist {why}"))
        };
        let provider = |name: &'c String| {
            let found = catalogue.cloud(name).map(|s| s.name.as_str());
            found.map_err(|why| format!("find the specialist {why}"))
        };
        let pattern = match wishes.pattern.as_deref() {
            None => None,
            Some(NO_PATTERN) => Some(NO_PATTERN),
            Some(name) => {
                let found = guide.pattern(name).map(|p| p.name.as_str());
                Some(found.map_err(|why| format!("find the pattern {why}, {NO_PATTERN}"))?)
            }
        };
        let told = Self {
            providers: wishes.providers.iter().map(provider).collect::<Result<_, _>>()?,
            with: wishes.with.iter().map(specialist).collect::<Result<_, _>>()?,
            without: wishes.without.iter().map(specialist).collect::<Result<_, _>>()?,
            pattern,
        };
        match told.without.iter().find(|n| told.with.contains(n) || told.providers.contains(n)) {
            Some(name) => Err(format!("do both with and without {name}: give one of them")),
            None => Ok(told),
        }
    }
}

/// Says what a request needs.
///
/// # Errors
/// When the request is empty or has more than [`REQUEST_MOST`] bytes, or when a wish names a specialist, provider or
/// pattern that is not there, with the nearest: completes "failed to …".
pub fn advise(
    request: &str,
    wishes: &Wishes,
    catalogue: &Catalogue,
    guide: &Guide,
) -> Result<Advice, String> {
    if request.len() > REQUEST_MOST {
        return Err(format!(
            "read the request: it has {} bytes, and may have {REQUEST_MOST}; say in some sentences what is to be done",
            request.len()
        ));
    }
    let told = Told::of(wishes, catalogue, guide)?;
    let read = Read::new(request, &guide.reading);
    if read.text.len() == 0 {
        return Err("read the request: it has no words; say in a sentence what is to be done".to_owned());
    }
    let choice = choose::choose(&read, &told, catalogue);
    let chosen = choice.chosen;
    let out: Vec<String> = choice.left.iter().map(|l| l.name.clone()).collect();
    let clouds: Vec<String> = chosen
        .iter()
        .filter(|c| catalogue.get(&c.name).is_some_and(|s| s.is(CLOUD)))
        .map(|c| c.name.clone())
        .collect();
    let mut domains = domains(&read, &chosen, guide);
    let facts = Facts { chosen: &chosen, out: &out, providers: clouds.len(), domains: domains.len() };
    let (pattern, also) = fit::fit(&read, &told, &facts, guide, catalogue);
    let gap = verdict::gaps(&mut domains, &clouds, catalogue);
    // Who needs a cloud and names none: a pattern does, and so does whoever speaks of one, or of what it has to keep.
    let cloud = domains.iter().any(|d| d.name == Domain::Cloud);
    let open = clouds.is_empty() && (cloud || gap || pattern.is_some());
    let judged = verdict::verdict(&chosen, pattern.as_ref(), &domains, open);
    let state = State {
        pattern: pattern.as_ref().map(|p| p.name.as_str()),
        verdict: judged.verdict,
        open,
        providers: clouds.len(),
        torn: &choice.torn,
    };
    let questions = questions::questions(&read, &state, guide);
    let next = verdict::next(&judged, &chosen, pattern.as_ref(), &clouds, &out, guide);
    Ok(Advice {
        request: printable(request).split_whitespace().collect::<Vec<_>>().join(" "),
        verdict: judged.verdict,
        why: judged.why,
        next,
        nothing: judged.verdict == Use::Nothing,
        domains,
        providers: Providers { chosen: clouds, open },
        relations: relate::relate(&chosen, catalogue),
        specialists: chosen,
        left: choice.left,
        pattern,
        also,
        questions,
    })
}

/// The domains of those who were chosen and those that words name, in the order of [`Domain`].
fn domains(read: &Read<'_>, chosen: &[Chosen], guide: &Guide) -> Vec<Touched> {
    let mut found: Vec<Touched> = Vec::new();
    let mut touch = |name: Domain, words: Vec<String>| match found.iter_mut().find(|t| t.name == name) {
        Some(there) => {
            there.words.extend(words);
            let mut seen: Vec<String> = Vec::new();
            there.words.retain(|w| {
                let low = w.to_lowercase();
                let new = !seen.contains(&low);
                seen.push(low);
                new
            });
            there.words.truncate(WORDS_MOST);
        }
        None => found.push(Touched { name, words, gap: String::new() }),
    };
    for one in chosen {
        touch(one.domain, one.words.clone());
    }
    for area in &guide.areas {
        let hits = read.hits(&area.say, &[]);
        let said: Vec<_> = hits.iter().filter(|h| h.standing == Standing::Said).map(|h| &h.at).collect();
        if !said.is_empty() {
            touch(area.name, read.quotes(said));
        }
    }
    found.sort_by_key(|t| t.name);
    found
}

/// The beginning of what was given, safe to show.
fn clipped(given: &str) -> String {
    printable(given).chars().take(40).collect()
}
