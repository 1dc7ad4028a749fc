//! Which specialists a request chooses, and by which words.

use std::ops::Range;

use super::answer::{By, Chosen, Left};
use super::reading::{Hit, Read, Standing};
use super::{Told, WORDS_MOST};
use crate::domain::workflow::catalogue::{CLOUD, Catalogue, Specialist, Words};

/// What the words of a request say of one specialist.
struct Found<'c> {
    one: &'c Specialist,
    said: Vec<Range<usize>>,
    against: Vec<Hit>,
    by: By,
    why: String,
}

/// Who is chosen, who is spoken of and is not, and phrases that are both wanted and ruled out.
#[derive(Default)]
pub(super) struct Choice {
    pub chosen: Vec<Chosen>,
    pub left: Vec<Left>,
    pub torn: Vec<String>,
}

/// Chooses by the words, and by what was told over them.
pub(super) fn choose(read: &Read<'_>, told: &Told<'_>, catalogue: &Catalogue) -> Choice {
    let mut found: Vec<Found<'_>> = catalogue.all().iter().map(|one| of_words(read, one)).collect();
    let named: Vec<bool> = found.iter().map(|f| !f.said.is_empty()).collect();
    let chosen = |name: &str| found.iter().zip(&named).any(|(f, named)| *named && f.one.is(name));
    let rules: Vec<Option<(Vec<Range<usize>>, String)>> = found
        .iter()
        .map(|f| {
            // What was ruled out, or is there, needs no conclusions.
            let open = f.said.is_empty() && f.against.is_empty();
            f.one.words.iter().filter(|w| open && w.beside.iter().any(|b| chosen(b))).find_map(|w| {
                let hits = said(read, f.one, w);
                (!hits.is_empty()).then(|| (hits, w.why.clone()))
            })
        })
        .collect();
    for (f, rule) in found.iter_mut().zip(rules) {
        if let Some((said, why)) = rule {
            (f.said, f.why, f.by) = (said, why, By::Rule);
        }
    }
    let mut choice = Choice::default();
    for f in found {
        f.decide(read, told, &mut choice);
    }
    choice
}

fn of_words<'c>(read: &Read<'_>, one: &'c Specialist) -> Found<'c> {
    let mut hits: Vec<Hit> = Vec::new();
    for words in one.words.iter().filter(|w| w.beside.is_empty() && counts(read, one, w)) {
        hits.extend(of(read, one, words));
    }
    hits.sort_by_key(|h| h.at.start);
    let (wanted, against): (Vec<Hit>, Vec<Hit>) =
        hits.into_iter().partition(|h| h.standing == Standing::Said);
    let said = wanted.into_iter().map(|h| h.at).collect();
    Found { one, said, against, by: By::Words, why: String::new() }
}

fn said(read: &Read<'_>, one: &Specialist, words: &Words) -> Vec<Range<usize>> {
    if !counts(read, one, words) {
        return Vec::new();
    }
    of(read, one, words).into_iter().filter(|h| h.standing == Standing::Said).map(|h| h.at).collect()
}

/// Where one list is said. What has to be near is named as well; what is told in such a roundabout way is a complaint,
/// so that a "not" in it ("we are not told when it fails") rules nothing out.
fn of(read: &Read<'_>, one: &Specialist, words: &Words) -> Vec<Hit> {
    let said = read.hits(&words.say, &one.not);
    if words.near.is_empty() {
        return said;
    }
    let lists: Vec<Vec<Hit>> = words.near.iter().map(|list| read.hits(list, &one.not)).collect();
    let mut found = Vec::new();
    for hit in said.into_iter().filter(|h| h.standing != Standing::Settled) {
        let near: Option<Vec<&Hit>> =
            lists.iter().map(|l| l.iter().filter(|n| n.beside(&hit)).min_by_key(|n| n.apart(&hit))).collect();
        let near = near.unwrap_or_default();
        if near.len() == lists.len() {
            let all = near.into_iter().cloned().chain([hit]);
            found.extend(all.map(|h| Hit { standing: Standing::Said, by: h.at.clone(), at: h.at }));
        }
    }
    found.sort_by_key(|h| (h.at.start, h.at.end));
    found.dedup();
    found
}

fn counts(read: &Read<'_>, one: &Specialist, words: &Words) -> bool {
    (words.with.is_empty() || read.says(&words.with, &one.not)) && !read.says(&words.unless, &[])
}

impl Found<'_> {
    fn decide(self, read: &Read<'_>, told: &Told<'_>, choice: &mut Choice) {
        let (name, shown) = (self.one.name.clone(), self.one.shown());
        let mut left = |why: String, words: Vec<String>| {
            choice.left.push(Left { name: name.clone(), shown: shown.clone(), why, words });
        };
        let words: Vec<String> = read.quotes(&self.said).into_iter().take(WORDS_MOST).collect();
        if told.without.contains(&self.one.name.as_str()) {
            return left("it was told to do without".to_owned(), Vec::new());
        }
        let provider = self.one.is(CLOUD);
        let of_told = told.providers.contains(&self.one.name.as_str());
        if of_told || told.with.contains(&self.one.name.as_str()) {
            let (by, why) = match (words.is_empty(), of_told) {
                (false, _) => (By::Words, String::new()),
                (true, true) => (By::Told, "it was told as the provider".to_owned()),
                (true, false) => (By::Told, "it was told to take part".to_owned()),
            };
            choice.chosen.push(Chosen { name, shown, domain: self.one.domain, by, words, why });
            return;
        }
        if provider && !told.providers.is_empty() && !words.is_empty() {
            return left(format!("the provider was told: {}", told.providers.join(", ")), words);
        }
        if let Some(first) = self.against.first().filter(|_| words.is_empty()) {
            let why = match first.standing {
                Standing::Settled => "the request says that it is there already",
                Standing::Denied | Standing::Said => "the request rules it out",
            };
            let by: Vec<Range<usize>> = self.against.iter().map(|h| h.by.clone()).collect();
            return left(why.to_owned(), read.quotes(&by).into_iter().take(WORDS_MOST).collect());
        }
        if words.is_empty() {
            return;
        }
        let low = |at: &Range<usize>| read.text.quote(at).to_lowercase();
        let denied = self.against.iter().filter(|h| h.standing == Standing::Denied).map(|h| low(&h.at));
        for word in denied {
            if self.said.iter().any(|at| low(at) == word) && !choice.torn.contains(&word) {
                choice.torn.push(word);
            }
        }
        let (by, why) = (self.by, self.why);
        choice.chosen.push(Chosen { name, shown, domain: self.one.domain, by, words, why });
    }
}
