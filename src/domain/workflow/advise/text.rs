//! A request cut into words, and phrases found in it.

use std::ops::Range;

/// The most words that `..` in a phrase stands for.
const GAP_MOST: usize = 4;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    /// Nothing that parts them.
    None,
    /// A comma.
    Comma,
    /// The end of a thought or a sentence.
    Stop,
}

struct Word {
    low: String,
    at: Range<usize>,
    gap: Gap,
}

/// A request in words.
pub(super) struct Text<'t> {
    request: &'t str,
    words: Vec<Word>,
}

impl<'t> Text<'t> {
    /// Cuts it.
    pub fn new(request: &'t str) -> Self {
        let mut words: Vec<Word> = Vec::new();
        let mut end = 0;
        for at in spans(request) {
            let gap = gap(request.get(end..at.start).unwrap_or_default());
            end = at.end;
            words.push(Word { low: low(request.get(at.clone()).unwrap_or_default()), at, gap });
        }
        Self { request, words }
    }

    /// How many words it has.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// A word in lower case, without the ending `'s`; empty beyond the last.
    pub fn word(&self, i: usize) -> &str {
        self.words.get(i).map_or("", |w| w.low.as_str())
    }

    /// What stands before a word; beyond the last it is the end of a sentence.
    pub fn gap(&self, i: usize) -> Gap {
        self.words.get(i).map_or(Gap::Stop, |w| w.gap)
    }

    /// Where a phrase is found, in words.
    pub fn find(&self, phrase: &Phrase) -> Vec<Range<usize>> {
        let begins = (0..self.len()).filter_map(|from| self.matched(phrase, from).map(|to| from..to));
        begins.collect()
    }

    /// The very words of the request, on one line.
    pub fn quote(&self, words: &Range<usize>) -> String {
        let first = self.words.get(words.start).map_or(0, |w| w.at.start);
        let last = self.words.get(words.end.saturating_sub(1)).map_or(first, |w| w.at.end);
        let text = self.request.get(first..last).unwrap_or_default();
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn matched(&self, phrase: &Phrase, from: usize) -> Option<usize> {
        let (mut at, mut free) = (from, 0);
        for part in &phrase.0 {
            if *part == Part::Gap {
                free = GAP_MOST;
                continue;
            }
            let mut next = None;
            for i in at..=at + free {
                if i > from && self.gap(i) == Gap::Stop {
                    break;
                }
                if part.fits(self.word(i)) {
                    next = Some(i + 1);
                    break;
                }
            }
            at = next?;
            free = 0;
        }
        Some(at)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Word(String),
    Begin(String),
    Gap,
}

impl Part {
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Word(w) => w == word,
            Self::Begin(w) => word.starts_with(w.as_str()),
            Self::Gap => false,
        }
    }
}

/// Words in their order: `*` at the end of one is any ending, `..` up to four words between.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Phrase(Vec<Part>);

impl Phrase {
    /// Reads it; what is no word is passed over.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        for token in text.split_whitespace() {
            if token == ".." {
                parts.push(Part::Gap);
                continue;
            }
            let spans = spans(token);
            for (n, at) in spans.iter().enumerate() {
                let word = low(token.get(at.clone()).unwrap_or_default());
                let open = n + 1 == spans.len() && token.get(at.end..) == Some("*");
                parts.push(if open { Part::Begin(word) } else { Part::Word(word) });
            }
        }
        // A phrase of no word would be found everywhere.
        if parts.iter().all(|p| *p == Part::Gap) {
            parts.push(Part::Word(String::from(" ")));
        }
        Self(parts)
    }
}

fn low(word: &str) -> String {
    let low = word.to_lowercase().replace('’', "'");
    let low = low.trim_matches('\'');
    low.strip_suffix("'s").unwrap_or(low).to_owned()
}

/// The words of a text, by their bytes: letters and digits, and apostrophes among them.
fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        let inside = found.last().is_some_and(|last| last.end == i);
        if c.is_alphanumeric() || (inside && matches!(c, '\'' | '’')) {
            match found.last_mut() {
                Some(last) if inside => last.end = end,
                _ => found.push(i..end),
            }
        }
    }
    found
}

fn gap(between: &str) -> Gap {
    let spaced = between.contains(char::is_whitespace);
    let stops = ['.', '!', '?', ';', ':', '(', ')', '—', '–', '|', '\n'];
    if between.contains(['!', '?', ';', '—', '|'])
        || (spaced && (between.contains(stops) || between.contains(" - ")))
    {
        // A line that only was broken goes on.
        let broken = between.trim().is_empty() && between.matches('\n').count() == 1;
        return if broken { Gap::None } else { Gap::Stop };
    }
    if between.contains(',') { Gap::Comma } else { Gap::None }
}
