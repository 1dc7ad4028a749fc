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
    /// All of its words, sorted: most phrases begin with none of them.
    sorted: Vec<String>,
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
        let mut text = Self { request, words, sorted: Vec::new() };
        text.sort();
        text
    }

    fn sort(&mut self) {
        self.sorted = self.words.iter().map(|w| w.low.clone()).collect();
        self.sorted.sort_unstable();
        self.sorted.dedup();
    }

    /// Whether one of its words begins as a phrase does, which is asked before the phrase is taken apart: there are
    /// thousands of them.
    pub fn may_hold(&self, phrase: &str) -> bool {
        let first = phrase.split(char::is_whitespace).find(|t| !t.is_empty()).unwrap_or_default();
        first.split('|').any(|word| {
            let lead = word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let at = self.sorted.partition_point(|w| w.as_str() < lead);
            lead.is_empty()
                || lead.chars().any(char::is_uppercase)
                || self.sorted.get(at).is_some_and(|w| w.starts_with(lead))
        })
    }

    /// Takes a word that is one slip away from one of these names for that name: `terrafrom`. Its place stays.
    pub fn forgive(&mut self, names: &[String]) {
        for word in &mut self.words {
            let known = names.contains(&word.low);
            if let Some(name) = names.iter().find(|n| !known && slipped(&word.low, n)) {
                word.low.clone_from(name);
            }
        }
        self.sort();
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

    /// Where a part of a phrase that begins at `i` ends.
    fn part(&self, part: &Part, i: usize) -> Option<usize> {
        let Part::One(either) = part else { return part.fits(self.word(i)).then_some(i + 1) };
        let whole = |words: &&Vec<Part>| {
            let mut at = i..;
            words
                .iter()
                .zip(&mut at)
                .all(|(w, n)| w.fits(self.word(n)) && (n == i || self.gap(n) != Gap::Stop))
        };
        either.iter().filter(whole).map(|words| i + words.len()).max()
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
                next = self.part(part, i);
                if next.is_some() {
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
    One(Vec<Vec<Self>>),
    Number,
    Gap,
}

impl Part {
    /// Whether it is that word, for what is one word.
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Word(w) => w == word,
            Self::Begin(w) => word.starts_with(w.as_str()),
            Self::Number => !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()),
            Self::One(_) | Self::Gap => false,
        }
    }
}

/// Words in their order: `*` at the end of one is any ending, `a|b_c` is "a" or "b c", `#` a number, `..` up to four words between.
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
            if token == "#" {
                parts.push(Part::Number);
                continue;
            }
            if token.contains('|') {
                let either = token.split('|').map(|words| Self::new(&words.replace('_', " ")).0);
                parts.push(Part::One(either.collect()));
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

/// Whether a word is another one with one letter more, less, wrong, or with two neighbours changed about; another
/// ending is no slip.
fn slipped(word: &str, name: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), name.chars().collect());
    if a.len().abs_diff(b.len()) > 1 || a == b {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    if same + 1 >= a.len().max(b.len()) {
        return false;
    }
    let rest = |list: &[char], skip: usize| list.get(same + skip..).unwrap_or_default().to_vec();
    let (x, y) = (rest(&a, 0), rest(&b, 0));
    let swapped = || match (x.as_slice(), y.as_slice()) {
        ([p, q, more @ ..], [r, s, others @ ..]) => p == s && q == r && more == others,
        _ => false,
    };
    rest(&a, 1) == rest(&b, 1) || rest(&a, 1) == y || x == rest(&b, 1) || swapped()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_has_either_of_two_numbers_endings_and_gaps() {
        let finds = |text: &str, phrase: &str| {
            let text = Text::new(text);
            text.find(&Phrase::new(phrase)).iter().map(|at| text.quote(at)).collect::<Vec<_>>()
        };
        let phrase = "release*|go_live .. by_hand|manually";
        assert_eq!(finds("Releases go out by hand", phrase), ["Releases go out by hand"]);
        assert_eq!(finds("we go live manually", phrase), ["go live manually"]);
        for other in ["we go manually", "release by the hand", "release. By hand", "we go. Live by hand"] {
            assert!(finds(other, phrase).is_empty(), "{other}");
        }
        assert_eq!(finds("upgrade to 1.29 or 1.x", "to # #"), ["to 1.29"]);
        assert_eq!(finds("on all 60 servers", "on|to all # servers"), ["on all 60 servers"]);
        assert!(finds("anything at all", "..").is_empty() && finds("anything", "|").is_empty());
    }

    #[test]
    fn a_slip_is_one_letter_before_the_end_of_a_word() {
        for yes in ["terrafrom", "teraform", "terrraform", "terrabform", "derraform", "terrxform"] {
            assert!(slipped(yes, "terraform"), "{yes}");
        }
        for no in ["terraform", "terraforms", "terraforn", "terra", "", "teraforn", "platform"] {
            assert!(!slipped(no, "terraform"), "{no}");
        }
    }
}
