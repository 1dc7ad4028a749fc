//! What a request leaves open.

use super::answer::{Question, Use};
use super::guide::{ANY, Ask, Guide, Provider};
use super::reading::{Read, Standing};

/// What a question can look at beside the words.
pub(super) struct State<'a> {
    /// The pattern that fits.
    pub pattern: Option<&'a str>,
    /// Whether an orchestra is needed.
    pub verdict: Use,
    /// Whether a provider is needed and none is known.
    pub open: bool,
    /// How many providers the words name.
    pub providers: usize,
    /// What is both wanted and ruled out.
    pub torn: &'a [String],
}

/// What is asked: what cannot hold at once first.
pub(super) fn questions(read: &Read<'_>, state: &State<'_>, guide: &Guide) -> Vec<Question> {
    let mut found: Vec<Question> = state
        .torn
        .iter()
        .map(|word| Question {
            key: "contradiction".to_owned(),
            ask: format!("Is \"{word}\" wanted, or ruled out?"),
            why: "the request says both".to_owned(),
            words: vec![word.clone()],
        })
        .collect();
    for one in &guide.contradictions {
        if state.providers < one.providers {
            continue;
        }
        // "stay on premises" is heard, and so is "no cloud": what rules out is part of the phrase.
        let (first, second) = (mentions(read, &one.say), mentions(read, &one.and));
        if first.is_empty() || (!one.and.is_empty() && second.is_empty()) {
            continue;
        }
        found.push(Question {
            key: "contradiction".to_owned(),
            ask: one.ask.clone(),
            why: "the request says both".to_owned(),
            words: first.into_iter().chain(second).collect(),
        });
    }
    found.extend(guide.questions.iter().filter_map(|ask| asked(read, state, ask)));
    found
}

fn asked(read: &Read<'_>, state: &State<'_>, ask: &Ask) -> Option<Question> {
    let pattern = ask.patterns.is_empty()
        || ask.patterns.iter().any(|p| match state.pattern {
            Some(fits) => p == ANY || p == fits,
            None => p.is_empty(),
        });
    let verdict = ask.verdicts.is_empty() || ask.verdicts.contains(&state.verdict);
    let provider = ask.provider.is_none_or(|p| p == Provider::Open && state.open);
    let hits = read.hits(&ask.said, &[]);
    let said: Vec<_> = hits.iter().filter(|h| h.standing == Standing::Said).map(|h| &h.at).collect();
    let answered = !mentions(read, &ask.unless).is_empty();
    if !(pattern && verdict && provider) || answered || (said.is_empty() && !ask.said.is_empty()) {
        return None;
    }
    let words = read.quotes(said);
    Some(Question { key: ask.key.clone(), ask: ask.ask.clone(), why: ask.why.clone(), words })
}

/// What is said of these, wanted or not: "no downtime" answers how long it may be down.
fn mentions(read: &Read<'_>, phrases: &[String]) -> Vec<String> {
    read.quotes(read.hits(phrases, &[]).iter().map(|h| &h.at))
}
