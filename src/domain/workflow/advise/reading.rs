//! What of a request counts: what it rules out, what is there already, what is a matter of texts or only looks alike.

use std::ops::Range;

use super::guide::Reading;
use super::text::{Gap, Phrase, Text};

/// The most words of one entry of a list.
const ENTRY_MOST: usize = 3;

/// The most words between what has to be near each other.
const NEAR_MOST: usize = 16;

/// How a phrase stands in the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// It is wanted.
    Said,
    /// It is ruled out.
    Denied,
    /// It is there already.
    Settled,
}

/// A phrase that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Hit {
    /// Its words.
    pub at: Range<usize>,
    /// How it stands.
    pub standing: Standing,
    /// The words that say so; those of the hit itself where it is wanted.
    pub by: Range<usize>,
}

impl Hit {
    /// How many words lie between this one and another.
    pub fn apart(&self, other: &Self) -> usize {
        let (a, b) = (&self.at, &other.at);
        if a.start < b.start { b.start.saturating_sub(a.end) } else { a.start.saturating_sub(b.end) }
    }

    /// Whether it is near another one, and none of its words.
    pub fn beside(&self, other: &Self) -> bool {
        let overlap = self.at.start < other.at.end && other.at.start < self.at.end;
        !overlap && self.apart(other) <= NEAR_MOST
    }
}

#[derive(Clone)]
struct Mark {
    standing: Standing,
    by: Range<usize>,
}

/// A request that was read.
pub(super) struct Read<'t> {
    /// Its words.
    pub text: Text<'t>,
    marks: Vec<Option<Mark>>,
    masked: Vec<bool>,
}

impl<'t> Read<'t> {
    /// Reads it.
    pub fn new(request: &'t str, reading: &Reading) -> Self {
        let mut text = Text::new(request);
        text.forgive(&reading.names);
        let n = text.len();
        let mut read = Self { text, marks: vec![None; n], masked: vec![false; n] };
        for at in read.all(&reading.misleading) {
            read.mask(at);
        }
        read.documents(reading);
        for (standing, before, after, after_all) in [
            (Standing::Settled, &reading.settled, &reading.settled_after, &reading.settled_after_all),
            (Standing::Denied, &reading.not, &reading.not_after, &reading.not_after_all),
        ] {
            for by in read.all(before) {
                read.forward(reading, standing, &by);
            }
            for by in read.all(after) {
                read.backward(reading, standing, &by, Reach::One);
            }
            for by in read.all(after_all) {
                read.backward(reading, standing, &by, Reach::List);
            }
        }
        read
    }

    /// Where one of `phrases` counts, but for what overlaps one of `not`; of overlapping ones the longest.
    pub fn hits(&self, phrases: &[String], not: &[String]) -> Vec<Hit> {
        let not = self.all(not);
        let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let masked = |at: &Range<usize>| at.clone().any(|i| self.masked.get(i) == Some(&true));
        let mut all = self.all(phrases);
        all.retain(|at| !masked(at) && !not.iter().any(|n| overlaps(n, at)));
        all.sort_by_key(|at| (at.start, usize::MAX - at.end));
        let mut kept: Vec<Range<usize>> = Vec::new();
        for at in all {
            if kept.last().is_none_or(|last| at.end > last.end) {
                kept.push(at);
            }
        }
        kept.into_iter().map(|at| self.hit(at)).collect()
    }

    /// Whether one of `phrases` is wanted.
    pub fn says(&self, phrases: &[String], not: &[String]) -> bool {
        self.hits(phrases, not).iter().any(|h| h.standing == Standing::Said)
    }

    /// The words of hits, each once, in their order.
    pub fn quotes<'h>(&self, hits: impl IntoIterator<Item = &'h Range<usize>>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for at in hits {
            let words = self.text.quote(at);
            if !found.iter().any(|f| f.to_lowercase() == words.to_lowercase()) {
                found.push(words);
            }
        }
        found
    }

    fn hit(&self, at: Range<usize>) -> Hit {
        // In "no monitoring at all" what rules out is part of what was looked for: it complains and does not rule out.
        let inside = |mark: &Mark| mark.by.start >= at.start && mark.by.end <= at.end;
        let marks = at.clone().filter_map(|i| self.marks.get(i).cloned().flatten());
        match marks.into_iter().find(|mark| !inside(mark)) {
            Some(mark) => Hit { at, standing: mark.standing, by: mark.by },
            None => Hit { by: at.clone(), at, standing: Standing::Said },
        }
    }

    fn all(&self, phrases: &[String]) -> Vec<Range<usize>> {
        phrases
            .iter()
            .filter(|p| self.text.may_hold(p))
            .flat_map(|p| self.text.find(&Phrase::new(p)))
            .collect()
    }

    fn mask(&mut self, words: Range<usize>) {
        let end = words.end.min(self.masked.len());
        if let Some(masked) = self.masked.get_mut(words.start.min(end)..end) {
            masked.fill(true);
        }
    }

    fn mark(&mut self, i: usize, standing: Standing, by: &Range<usize>) {
        if let Some(mark) = self.marks.get_mut(i)
            && mark.is_none()
        {
            *mark = Some(Mark { standing, by: by.start.min(i)..by.end.max(i + 1) });
        }
    }

    /// What leads up to a text, and what it is about.
    fn documents(&mut self, reading: &Reading) {
        for at in self.all(&reading.documents) {
            let mut from = at.start;
            while from > 0
                && self.text.gap(from) == Gap::None
                && !has(&reading.document_ends, self.text.word(from - 1))
            {
                from -= 1;
            }
            self.mask(from..at.start);
            let mut to = at.end;
            if self.text.gap(to) == Gap::None && has(&reading.document_about, self.text.word(to)) {
                to += 1;
                while to < self.text.len()
                    && self.text.gap(to) == Gap::None
                    && !has(&reading.document_ends, self.text.word(to))
                {
                    to += 1;
                }
            }
            self.mask(at.end..to);
        }
    }

    /// "without a, b or c": the first word of each counts for what begins with it.
    fn forward(&mut self, reading: &Reading, standing: Standing, by: &Range<usize>) {
        let mut at = by.end;
        // What only a comma joins is marked once an `or` has come.
        let mut waiting: Vec<usize> = Vec::new();
        let (mut first, mut sure) = (true, true);
        loop {
            while at < self.text.len() && self.open(at, first) && has(&reading.light, self.text.word(at)) {
                at += 1;
                first = false;
            }
            if at >= self.text.len() || !self.open(at, first) {
                break;
            }
            if sure {
                waiting.drain(..).chain([at]).for_each(|i| self.mark(i, standing, by));
            } else {
                waiting.push(at);
            }
            let entry = at + 1..=at + ENTRY_MOST;
            let Some((next, joined)) = entry.into_iter().find_map(|i| self.joined(i)) else { break };
            // In "without X, Y is fine and cheap" nothing is a list.
            let list = joined && (waiting.is_empty() || self.text.word(next - 1) != "and");
            if has(&reading.verbs, self.text.word(next)) || (joined && !list) {
                break;
            }
            (at, sure, first) = (next, joined, true);
        }
    }

    /// Whether a word goes on from the one before it; the first of an entry may stand after a comma.
    fn open(&self, i: usize, first: bool) -> bool {
        first || self.text.gap(i) == Gap::None
    }

    /// The entry of a list that begins at `i` or behind a joining word there, and whether such a word joins it.
    fn joined(&self, i: usize) -> Option<(usize, bool)> {
        if self.text.gap(i) == Gap::Stop {
            return None;
        }
        match (self.text.word(i), self.text.gap(i)) {
            ("or" | "nor" | "and", _) => Some((i + 1, true)),
            (_, Gap::Comma) => Some((i, false)),
            _ => None,
        }
    }

    /// "a and b are out of scope": the last word of each counts for what ends with it.
    fn backward(&mut self, reading: &Reading, standing: Standing, by: &Range<usize>, reach: Reach) {
        let mut at = by.start;
        loop {
            if at == 0 || self.text.gap(at) == Gap::Stop {
                return;
            }
            at -= 1;
            if has(&reading.light, self.text.word(at)) {
                continue;
            }
            self.mark(at, standing, by);
            if reach == Reach::One {
                return;
            }
            let mut near = (at.saturating_sub(ENTRY_MOST - 1)..=at).rev();
            let joined = near.find_map(|i| {
                let before = i.checked_sub(1).map_or("", |b| self.text.word(b));
                if matches!(before, "and" | "or" | "nor") {
                    return Some(i - 1);
                }
                (self.text.gap(i) == Gap::Comma && i > 0).then_some(i)
            });
            match joined {
                Some(i) => at = i,
                None => return,
            }
        }
    }
}

/// How far what comes after reaches back.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// To the one before.
    One,
    /// To all of a list.
    List,
}

fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|w| w == word)
}
