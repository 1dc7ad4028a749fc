//! What a text names, and whether it says that it is there or that it is not.

use std::ops::Range;

use super::cut::{Gap, gap, spans};
use super::lexicon::Words;

/// Words over which a negation reaches forward, and words between the parts of a pattern with `..`.
const REACH: usize = 5;
const GAP_MOST: usize = 6;

struct Word {
    low: String,
    at: Range<usize>,
    part: usize,
}

struct Part {
    words: Range<usize>,
    sentence: usize,
    /// Whether it goes on from the part before: after a comma, `and`, `or`.
    joined: bool,
}

/// A text cut into words, parts of sentences and sentences.
pub struct Text<'t> {
    text: &'t str,
    lists: &'t Words,
    words: Vec<Word>,
    parts: Vec<Part>,
}

/// Where something is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// Whether the text says that it is there (else: that it is not).
    pub said: bool,
}

impl<'t> Text<'t> {
    /// Cuts `text`, which is read by these words.
    #[must_use]
    pub fn new(text: &'t str, lists: &'t Words) -> Self {
        let mut made = Self { text, lists, words: Vec::new(), parts: Vec::new() };
        let (mut sentence, mut end) = (0, 0);
        for at in spans(text) {
            let low = text[at.clone()].to_lowercase().replace('’', "'");
            let gap = gap(text, end..at.start);
            let joins = matches!(low.as_str(), "and" | "or" | "nor");
            let first = made.words.is_empty();
            sentence += usize::from(gap == Gap::Sentence && !first);
            if first || gap != Gap::None || joins || has(&lists.turns, &low) {
                let joined = !first && matches!(gap, Gap::None | Gap::Comma) && !has(&lists.turns, &low);
                let n = made.words.len();
                // "errors, and latency": the comma has begun a part already.
                made.parts.push(Part { words: n..n, sentence, joined });
            }
            end = at.end;
            let part = made.parts.len().saturating_sub(1);
            made.words.push(Word { low, at, part });
            if let Some(last) = made.parts.last_mut() {
                last.words.end = made.words.len();
            }
        }
        made
    }

    /// Where `pattern` is named: words in their order, `*` at a word's end for any ending, `..` for up to six words between.
    #[must_use]
    pub fn find(&self, pattern: &str) -> Vec<Mention> {
        let wanted: Vec<String> =
            pattern.split(|c: char| c.is_whitespace() || c == '-').map(str::to_lowercase).collect();
        // "not ready" says by itself what is wrong.
        let own = wanted.iter().any(|w| has(&self.lists.not, w));
        let begins = (0..self.words.len()).filter_map(|from| self.matched(&wanted, from).map(|to| from..to));
        begins.map(|w| Mention { at: self.bytes(&w), said: self.said(&w, own) }).collect()
    }

    /// The words at `at` with what stands around them in their part of the sentence, at most `most` bytes, on one line.
    #[must_use]
    pub fn around(&self, at: &Range<usize>, most: usize) -> String {
        let inside = |w: &&Word| w.at.start >= at.start && w.at.end <= at.end;
        let parts: Vec<usize> = self.words.iter().filter(inside).map(|w| w.part).collect();
        let bounds = |p: &usize| self.parts.get(*p).map(|p| self.bytes(&p.words));
        let whole = match (parts.first().and_then(bounds), parts.last().and_then(bounds)) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => at.clone(),
        };
        let chosen = if whole.len() <= most { whole } else { at.clone() };
        self.text.get(chosen).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        let start = self.words.get(words.start).map_or(0, |w| w.at.start);
        start..self.words.get(words.end.saturating_sub(1)).map_or(start, |w| w.at.end)
    }

    fn low(&self, i: usize) -> &str {
        self.words.get(i).map_or("", |w| w.low.as_str())
    }

    fn sentence(&self, i: usize) -> Option<usize> {
        Some(self.parts.get(self.words.get(i)?.part)?.sentence)
    }

    fn matched(&self, wanted: &[String], from: usize) -> Option<usize> {
        let (mut at, mut free) = (from, 0);
        for want in wanted {
            if want == ".." {
                free = GAP_MOST;
                continue;
            }
            let near = at..=at + free;
            at = near
                .take_while(|i| self.sentence(*i) == self.sentence(from))
                .find(|i| fits(want, self.low(*i)))?
                + 1;
            free = 0;
        }
        Some(at)
    }

    fn said(&self, words: &Range<usize>, own: bool) -> bool {
        let Some(part) = self.words.get(words.start).and_then(|w| self.parts.get(w.part)) else {
            return true;
        };
        let last = self.words.get(words.end.saturating_sub(1)).and_then(|w| self.parts.get(w.part));
        let end = last.map_or(part.words.end, |p| p.words.end);
        let before = part.words.start..words.start;
        if self.denied_before(&before) || (!own && words.clone().any(|i| self.negates(i))) {
            return false;
        }
        if words.start > before.start && self.normal_at(words.start - 1, part.words.start) == Some(true) {
            return false;
        }
        if let Some(in_order) = self.in_order(words.end..end).or_else(|| self.answered(words.end, end)) {
            return !in_order;
        }
        let n = self.words.get(words.start).map_or(0, |w| w.part);
        let names_only = !self.any(&part.words, &self.lists.verbs) && !self.any(&part.words, &self.lists.bad);
        !(names_only && (self.denied_by_list(n) || self.in_order_by_list(n)))
    }

    fn any(&self, words: &Range<usize>, of: &[String]) -> bool {
        words.clone().any(|i| has(of, self.low(i)))
    }

    fn negates(&self, i: usize) -> bool {
        let low = self.low(i);
        let kept = matches!(self.low(i + 1), "only" | "just" | "longer" | "least" | "else" | "other");
        (has(&self.lists.not, low) || low.ends_with("n't")) && !kept
    }

    fn denied_before(&self, before: &Range<usize>) -> bool {
        let near = before.clone().rev().take(REACH).take_while(|i| !has(&self.lists.ends, self.low(*i)));
        near.into_iter().any(|i| self.negates(i))
    }

    /// What the answer says where this is a label or a question: "errors: none", "latency: normal", "pods crash? No."
    fn answered(&self, from: usize, end: usize) -> Option<bool> {
        if from != end {
            return None;
        }
        let (last, next) = (self.words.get(from.checked_sub(1)?)?, self.words.get(from)?);
        let between = self.text.get(last.at.end..next.at.start)?;
        let part = self.parts.get(next.part)?.words.clone();
        let alone = part.len() == 1 || self.sentence(from + 1) != self.sentence(from);
        let asks = between.contains('?');
        if !asks && (!between.trim_start_matches('*').starts_with(':') || between.contains('\n')) {
            return None;
        }
        let nothing = matches!(next.low.as_str(), "none" | "zero" | "nil")
            || (alone && matches!(next.low.as_str(), "no" | "nope"))
            || self.zero(from);
        if nothing {
            return Some(true);
        }
        if asks { None } else { part.clone().find_map(|i| self.normal_at(i, part.start)) }
    }

    /// Whether the word there is the number 0, and not the begin or the end of another.
    fn zero(&self, i: usize) -> bool {
        let Some(word) = self.words.get(i).filter(|w| w.low == "0") else {
            return false;
        };
        let after = self.text.get(word.at.end..).unwrap_or_default();
        let before = self.text.get(..word.at.start).unwrap_or_default();
        let digit = |c: char| c.is_ascii_digit();
        let goes_on =
            after.starts_with(['.', ',', ':', '/']) && after.get(1..).is_some_and(|t| t.starts_with(digit));
        !goes_on && !before.ends_with(['.', ',', ':', '-', '/'])
    }

    /// Whether the word there says "in order"; `Some(false)` when it says so and is turned round.
    fn normal_at(&self, i: usize, from: usize) -> Option<bool> {
        let none = self.zero(i)
            && i > from
            && matches!(self.low(i - 1), "is" | "are" | "was" | "were" | "at" | "stays");
        if !none && !has(&self.lists.normal, self.low(i)) && self.low(i) != "within" {
            return None;
        }
        let near = i.saturating_sub(3).max(from)..i;
        let beyond = |k: usize| {
            let low = self.low(k);
            has(&self.lists.beyond, low)
                || low.strip_suffix('x').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        Some(!near.clone().any(|k| self.negates(k) || beyond(k)))
    }

    /// Whether what comes after says that it is in order, or that it is not; nothing when it says neither.
    fn in_order(&self, after: Range<usize>) -> Option<bool> {
        if let Some(found) = after.clone().find_map(|i| self.normal_at(i, after.start)) {
            return Some(found);
        }
        let not = after.clone().find(|i| self.negates(*i))?;
        let rest = (not + 1)..after.end.min(not + 4);
        self.any(&rest, &self.lists.rise).then_some(true)
    }

    /// "no errors, timeouts or restarts": the negation of the first holds for all that are only named.
    fn denied_by_list(&self, mut n: usize) -> bool {
        while self.parts.get(n).is_some_and(|p| p.joined) && n > 0 {
            n -= 1;
            let Some(part) = self.parts.get(n) else {
                return false;
            };
            if let Some(not) = part.words.clone().find(|i| self.negates(*i)) {
                // In "latency has not changed, cost" nothing is named after the negation.
                let named = (not + 2).min(part.words.end)..part.words.end;
                let direct =
                    not + 1 < part.words.end && !self.any(&(not + 1..part.words.end), &self.lists.rise);
                return (direct || !named.is_empty()) && !self.any(&named, &self.lists.verbs);
            }
            if self.any(&part.words, &self.lists.bad) || self.any(&part.words, &self.lists.verbs) {
                return false;
            }
        }
        false
    }

    /// "latency, errors and cost are normal": what is said of the last holds for all that are only named.
    fn in_order_by_list(&self, n: usize) -> bool {
        for part in self.parts.iter().skip(n + 1).take_while(|p| p.joined) {
            if let Some(verb) = part.words.clone().find(|i| has(&self.lists.verbs, self.low(*i))) {
                return self.in_order(verb..part.words.end) == Some(true);
            }
        }
        false
    }
}

fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|w| w == word)
}

fn fits(want: &str, low: &str) -> bool {
    match want.strip_suffix('*') {
        Some(start) => low.starts_with(start),
        None => want == low || low.strip_suffix("'s") == Some(want),
    }
}
