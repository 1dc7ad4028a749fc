//! Where secrets are in some bytes, and where one may begin.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use memchr::{memchr_iter, memchr3};
use regex_automata::Anchored;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_syntax::hir::literal::{ExtractKind, Extractor};

/// A value of which less is seen than this is let go as it is when it waits for too long.
const LIKELY_VALUE: usize = 5;
/// The same for what follows the fixed beginning of a token.
const LIKELY_TOKEN: usize = 12;
/// The shortest beginning that a shape may be known by.
const BEGINNING: usize = 3;
/// Beginnings of one shape at the most.
const BEGINNINGS: usize = 32;
/// The longest sequence of a terminal that is taken for one, in bytes.
const SEQUENCE: usize = 64;
/// The most bytes of memory that one shape may take.
const SHAPE_MEMORY: usize = 4 << 20;

/// A secret.
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    /// What of it is shown.
    pub runs: Vec<Range<usize>>,
}

impl Found {
    /// One that is shown in one piece.
    pub fn whole(start: usize, end: usize) -> Self {
        Self { start, end, runs: std::iter::once(start..end).collect() }
    }
}

/// What may become a secret with the bytes that follow.
pub(super) struct Open {
    pub start: usize,
    /// From here on it is held back.
    pub hold: usize,
    /// From here on it is masked when it has waited for too long.
    pub likely: usize,
}

/// Values that are looked for.
pub(super) struct Values {
    all: Vec<Vec<u8>>,
    find: Option<AhoCorasick>,
}

fn finder(texts: &[Vec<u8>]) -> Option<AhoCorasick> {
    if texts.is_empty() {
        return None;
    }
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts).ok()
}

impl Values {
    pub fn new(all: Vec<Vec<u8>>) -> Self {
        let find = finder(&all);
        Self { all, find }
    }

    pub fn scan(&self, bytes: &[u8], found: &mut Vec<Found>, open: &mut Vec<Open>) {
        let Some(find) = &self.find else { return };
        let shown = Shown::of(bytes);
        let text = shown.text(bytes);
        let mut from = 0;
        while let Some(hit) = find.find(Input::new(text).span(from..text.len())) {
            let runs = shown.runs(hit.start()..hit.end());
            let (start, end) = (runs.first().map_or(0, |r| r.start), runs.last().map_or(0, |r| r.end));
            found.push(Found { start, end, runs });
            from = hit.start() + 1;
        }
        for value in &self.all {
            let tail = text.len().saturating_sub(value.len() - 1);
            for start in prefixes(text.get(tail..).unwrap_or_default(), value) {
                let seen = text.len() - tail - start;
                let start = shown.raw(tail + start);
                // The first character of many words is never held back: nobody waits for the echo of a key.
                let hold = if seen > 1 || value.first() >= Some(&0x80) { start } else { bytes.len() };
                let likely = if seen >= LIKELY_VALUE { start } else { bytes.len() };
                open.push(Open { start, hold, likely });
            }
        }
    }
}

/// Where in `tail` a part of `whole` begins that reaches to its end and is not all of it.
fn prefixes<'a>(tail: &'a [u8], whole: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = whole.first().copied().unwrap_or_default();
    let fits =
        move |at: &usize| tail.get(*at..).is_some_and(|t| t.len() < whole.len() && whole.starts_with(t));
    memchr_iter(first, tail).filter(fits)
}

/// The bytes of a stream that are shown one after the other: without colours, moves of the cursor and line breaks
/// with the indentation after them.
struct Shown {
    text: Option<Vec<u8>>,
    /// Where runs begin: in the text and in the bytes.
    runs: Vec<(usize, usize)>,
}

impl Shown {
    fn of(bytes: &[u8]) -> Self {
        let mut this = Self { text: None, runs: Vec::new() };
        let mut at = 0;
        let mut text = Vec::new();
        while let Some(hit) = bytes.get(at..).and_then(|rest| memchr3(0x1B, b'\r', b'\n', rest)) {
            let stop = at + hit;
            if text.capacity() == 0 {
                text.reserve(bytes.len());
            }
            this.push(&mut text, bytes, at..stop);
            let rest = bytes.get(stop..).unwrap_or_default();
            let (len, moves) = match rest.first() {
                Some(0x1B) => match sequence(rest) {
                    Some(len) => (len, rest.get(len - 1).is_some_and(|b| b"ABCDEFGHdf".contains(b))),
                    // The rest of it is still to come, or it is something else: a byte that is in no value.
                    None if rest.len() < SEQUENCE && begins_sequence(rest) => (rest.len(), false),
                    None => {
                        this.push(&mut text, bytes, stop..stop + 1);
                        (1, false)
                    }
                },
                _ => (1, true),
            };
            at = stop + len;
            if moves {
                at += bytes.get(at..).unwrap_or_default().iter().take_while(|b| **b == b' ').count();
            }
        }
        if at > 0 {
            this.push(&mut text, bytes, at..bytes.len());
            this.text = Some(text);
        }
        this
    }

    fn push(&mut self, text: &mut Vec<u8>, bytes: &[u8], part: Range<usize>) {
        let run = bytes.get(part.clone()).unwrap_or_default();
        if !run.is_empty() {
            self.runs.push((text.len(), part.start));
            text.extend_from_slice(run);
        }
    }

    fn text<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        self.text.as_deref().unwrap_or(bytes)
    }

    /// Where a byte of the text stands.
    fn raw(&self, at: usize) -> usize {
        let before = self.runs.partition_point(|(start, _)| *start <= at);
        let run = before.checked_sub(1).and_then(|i| self.runs.get(i));
        run.map_or(at, |(start, raw)| raw + (at - start))
    }

    /// Where a part of the text stands.
    fn runs(&self, part: Range<usize>) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let mut at = part.start;
        while at < part.end {
            let next = self.runs.get(self.runs.partition_point(|(start, _)| *start <= at));
            let end = next.map_or(part.end, |(start, _)| part.end.min(*start));
            let raw = self.raw(at);
            all.push(raw..raw + (end - at));
            at = end;
        }
        all
    }
}

/// The length of the control sequence (`ESC [ …`) at the beginning of `bytes`, if a whole one is there.
pub(super) fn sequence(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"\x1b[") {
        return None;
    }
    let rest = bytes.get(2..bytes.len().min(SEQUENCE))?;
    let end = rest.iter().position(|b| !(0x20..0x40).contains(b))?;
    (0x40..0x7F).contains(rest.get(end)?).then_some(end + 3)
}

fn begins_sequence(bytes: &[u8]) -> bool {
    let rest = bytes.get(2..).unwrap_or_default();
    b"\x1b[".starts_with(bytes.get(..bytes.len().min(2)).unwrap_or_default())
        && rest.iter().all(|b| (0x20..0x40).contains(b))
}

/// Tokens of known shapes.
pub(super) struct Shapes {
    all: Vec<Shape>,
    /// Their beginnings, and of which shapes each is one, with how long that shape's own is.
    beginnings: Vec<Vec<u8>>,
    of: Vec<Vec<(usize, usize)>>,
    find: Option<AhoCorasick>,
}

struct Shape {
    pattern: String,
    /// Made when its beginning is seen for the first time: most never are.
    machine: OnceLock<Option<DFA>>,
}

/// What looking for shapes remembers of its work.
#[derive(Default)]
pub struct Caches(Vec<Option<Cache>>);

impl fmt::Debug for Caches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caches")
    }
}

/// How far a shape goes.
struct Walk {
    /// The end of the token, where it is one.
    end: Option<usize>,
    /// It may go on.
    open: bool,
}

impl Shapes {
    pub fn new(patterns: &[String]) -> Self {
        let mut all = Vec::new();
        let mut own: Vec<(Vec<u8>, usize)> = Vec::new();
        for pattern in patterns {
            if let Some(texts) = beginnings(pattern) {
                own.extend(texts.into_iter().map(|t| (t, all.len())));
                all.push(Shape { pattern: pattern.clone(), machine: OnceLock::new() });
            }
        }
        let mut texts: Vec<Vec<u8>> = own.iter().map(|(t, _)| t.clone()).collect();
        texts.sort();
        texts.dedup();
        let fits = |text: &Vec<u8>| {
            own.iter().filter(|(t, _)| text.starts_with(t)).map(|(t, shape)| (*shape, t.len())).collect()
        };
        let of = texts.iter().map(fits).collect();
        Self { all, find: finder(&texts), beginnings: texts, of }
    }

    pub fn scan(&self, bytes: &[u8], caches: &mut Caches, found: &mut Vec<Found>, open: &mut Vec<Open>) {
        let Some(find) = &self.find else { return };
        // Whatever a pane prints, the work stays within some multiple of its size.
        let mut budget = bytes.len().saturating_mul(8).saturating_add(256 * 1024);
        let mut from = 0;
        while let Some(hit) = find.find(Input::new(bytes).span(from..bytes.len())) {
            let start = hit.start();
            from = start + 1;
            for &(shape, beginning) in self.of.get(hit.pattern().as_usize()).into_iter().flatten() {
                let walk = self.walk(shape, bytes, start, caches, &mut budget);
                if let Some(end) = walk.end {
                    found.push(Found::whole(start, end));
                    from = from.max(end);
                }
                if walk.open {
                    let hold = (start + beginning).max(walk.end.unwrap_or(0));
                    let likely = if bytes.len() - hold >= LIKELY_TOKEN { hold } else { bytes.len() };
                    open.push(Open { start, hold, likely });
                }
            }
        }
        for beginning in &self.beginnings {
            let tail = bytes.len().saturating_sub(beginning.len() - 1).max(from.min(bytes.len()));
            for start in prefixes(bytes.get(tail..).unwrap_or_default(), beginning) {
                // The beginning says nothing secret: it goes.
                open.push(Open { start: tail + start, hold: bytes.len(), likely: bytes.len() });
            }
        }
    }

    fn walk(
        &self,
        shape: usize,
        bytes: &[u8],
        start: usize,
        caches: &mut Caches,
        budget: &mut usize,
    ) -> Walk {
        let none = Walk { end: None, open: false };
        let Some(dfa) = self.all.get(shape).and_then(Shape::machine) else { return none };
        if caches.0.len() < self.all.len() {
            caches.0.resize_with(self.all.len(), || None);
        }
        let Some(slot) = caches.0.get_mut(shape) else { return none };
        let cache = slot.get_or_insert_with(|| dfa.create_cache());
        // What stands before it is not looked at: it may have gone already.
        let token = bytes.get(start..).unwrap_or_default();
        let input = regex_automata::Input::new(token).anchored(Anchored::Yes);
        let Ok(mut state) = dfa.start_state_forward(cache, &input) else { return none };
        let mut end = None;
        for (at, byte) in token.iter().enumerate() {
            if *budget == 0 {
                return Walk { end, open: false };
            }
            *budget -= 1;
            let Ok(next) = dfa.next_state(cache, state, *byte) else { return Walk { end, open: false } };
            state = next;
            if state.is_match() {
                // A match is known with the byte that follows it.
                end = Some(start + at);
            }
            if state.is_dead() || state.is_quit() {
                return Walk { end, open: false };
            }
        }
        if dfa.next_eoi_state(cache, state).is_ok_and(|s| s.is_match()) {
            end = Some(bytes.len());
        }
        // A token that is whole is mostly over with the byte after it: nothing has to wait then.
        let over = |byte: u8| dfa.next_state(cache, state, byte).is_ok_and(|s| s.is_dead());
        let open = end.is_none() || !(0..=u8::MAX).all(over);
        Walk { end, open }
    }
}

impl Shape {
    fn machine(&self) -> Option<&DFA> {
        let build = || {
            let syntax = syntax::Config::new().unicode(false).utf8(false);
            let nfa = thompson::Config::new().utf8(false).nfa_size_limit(Some(SHAPE_MEMORY));
            let config = DFA::config().cache_capacity(SHAPE_MEMORY).skip_cache_capacity_check(true);
            DFA::builder().syntax(syntax).thompson(nfa).configure(config).build(&self.pattern).ok()
        };
        self.machine.get_or_init(build).as_ref()
    }
}

/// The fixed texts that a pattern begins with, if it is known by few of them.
fn beginnings(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_class(8).limit_total(BEGINNINGS);
    let found = extractor.extract(&hir);
    let texts: Vec<Vec<u8>> = found.literals()?.iter().map(|l| l.as_bytes().to_vec()).collect();
    let known = !texts.is_empty() && texts.iter().all(|t| t.len() >= BEGINNING);
    known.then_some(texts)
}
