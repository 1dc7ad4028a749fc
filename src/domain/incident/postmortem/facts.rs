//! What is known of a case: the times, numbers and names that a postmortem may have.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::figures::Facts;
use super::known::{INCIDENTS_MOST, Known, said};
use super::scan::{Token, scan};
use super::text::{self, inline};
use crate::domain::incident::correlate::{Class, Pair};
use crate::domain::incident::finding::Finding;

/// The most findings of a statement between which times are counted.
const BETWEEN_MOST: usize = 32;

/// Everything that is known.
pub struct All<'c> {
    pub known: Known<'c>,
    /// What may stand everywhere: report, triage, counts.
    base: Facts,
    /// What may stand where no finding is named.
    whole: Facts,
    /// All words that anybody said, in lower case, and their parts.
    words: BTreeSet<String>,
}

impl<'c> All<'c> {
    /// Of a case, and of texts that come from the organisation itself.
    pub fn of(known: Known<'c>, own: &[&str]) -> Self {
        let mut all = Self { known, base: Facts::default(), whole: Facts::default(), words: BTreeSet::new() };
        all.fill_base(own);
        let mut whole = all.base.clone();
        let ids: Vec<&str> = all.known.findings.keys().copied().collect();
        for id in ids {
            all.finding(id, &mut whole);
        }
        let pairs: Vec<&Pair> = all.known.case.correlation.pairs.iter().collect();
        pairs.into_iter().for_each(|p| pair(p, &mut whole));
        all.event_facts(None, &mut whole);
        all.whole = whole;
        all.fill_words(own);
        all
    }

    fn fill_base(&mut self, own: &[&str]) {
        let case = self.known.case;
        let mut f = Facts::default();
        said(case).iter().chain(own).for_each(|t| {
            f.text(t);
            f.text(&inline(t, text::WIDTH));
        });
        for at in [Some(case.opened), Some(case.from), case.to].into_iter().flatten() {
            f.moment(at);
        }
        f.moment(self.known.began());
        for one in &case.specialists {
            one.until.into_iter().chain(one.ended).for_each(|at| f.moment(at));
            f.span(f64::from(one.deadline_s));
            f.count(one.findings);
        }
        let c = &case.correlation;
        f.span(f64::from(c.window_s));
        if let Some(skew) = &c.skew {
            f.number(skew.by_s);
            f.text(&skew.why);
        }
        let of = |class: Class| c.pairs.iter().filter(|p| p.class == class).count();
        let incidents = self.known.incidents().len();
        let counts = [
            case.findings.len(),
            c.events.len(),
            c.groups.len(),
            c.chains.len(),
            c.unexplained.len(),
            c.unlisted,
            of(Class::Causal),
            of(Class::Correlated),
            of(Class::Independent),
            case.specialists.len(),
            case.unusable.len() + case.unusable_more,
            case.unusable_more,
            case.missing().len(),
            incidents,
            incidents.saturating_sub(INCIDENTS_MOST),
            c.events.len().saturating_sub(super::tell::ROWS_MOST),
            case.missing().len().saturating_sub(super::tell::MISSING_MOST),
        ];
        counts.into_iter().for_each(|n| f.count(n));
        // Numbers of incidents: "Incident 2".
        (1..=incidents.min(INCIDENTS_MOST)).for_each(|n| f.count(n));
        self.base = f;
    }

    fn fill_words(&mut self, own: &[&str]) {
        let case = self.known.case;
        let mut words = BTreeSet::new();
        let mut add = |text: &str| {
            for text in [text, &inline(text, usize::MAX), &text::id(text)] {
                scan(text).iter().for_each(|f| {
                    if let Token::Word(word) = f.token {
                        parts(word, &mut words);
                    }
                });
            }
        };
        said(case).iter().chain(own).for_each(|t| add(t));
        case.specialists.iter().for_each(|s| add(s.agent.as_str()));
        if let Some(given) = &case.triaged.priority {
            add(super::tell::level(given.value));
        }
        for f in self.known.findings.values() {
            [&f.id, &f.source, &f.kind, &f.summary, &f.unit].into_iter().for_each(|t| add(t));
            f.entities.iter().for_each(|t| add(t));
            f.evidence.iter().for_each(|e| [&e.file, &e.place].into_iter().for_each(|t| add(t)));
        }
        let c = &case.correlation;
        for p in &c.pairs {
            add(&p.reason);
            p.mechanism.iter().for_each(|m| add(m));
        }
        c.chains.iter().for_each(|k| add(&k.trigger));
        c.unexplained.iter().for_each(|u| add(&u.why));
        c.groups.iter().for_each(|g| add(&g.reason));
        c.groups.iter().flat_map(|g| &g.roots).flat_map(|r| &r.disproof).for_each(|d| add(d));
        if let Some(skew) = &c.skew {
            add(&skew.why);
        }
        self.words = words;
    }

    /// Whether somebody said that word.
    pub fn has_word(&self, word: &str) -> bool {
        self.words.contains(&word.to_lowercase())
    }

    /// Whether there is an entity with the name of this one, be it of another type.
    pub fn has_entity(&self, entity: &str) -> bool {
        let name = |e: &str| e.split_once('/').map(|(_, name)| name.to_lowercase());
        let named = name(entity);
        named.is_some()
            && self
                .known
                .findings
                .values()
                .flat_map(|f| &f.entities)
                .any(|e| name(&inline(e, text::WIDTH)) == named)
    }

    /// What may stand in a statement that rests on no finding, but on the report, triage or the fleet.
    pub fn beside(&self) -> Cow<'_, Facts> {
        Cow::Borrowed(&self.base)
    }

    /// What may stand in a statement that rests on those findings; where it names none, all that is known.
    pub fn under(&self, ids: &[&str]) -> Cow<'_, Facts> {
        if ids.is_empty() {
            return Cow::Borrowed(&self.whole);
        }
        let mut facts = self.base.clone();
        let mut times: Vec<i64> = Vec::new();
        for id in ids {
            for f in self.known.under(id) {
                self.finding(&f.id, &mut facts);
            }
            self.finding(id, &mut facts);
            self.event_facts(Some(id), &mut facts);
            times.extend(self.known.findings.get(id).map(|f| f.at));
        }
        let c = &self.known.case.correlation;
        // With two findings or more, what lies between them is meant.
        let (most, is) = (ids.len().min(2), |e: &str| ids.contains(&e));
        let ends = |p: &&Pair| usize::from(is(&p.from)) + usize::from(is(&p.to));
        c.pairs.iter().filter(|p| ends(p) >= most).for_each(|p| pair(p, &mut facts));
        for k in c.chains.iter().filter(|k| ids.iter().all(|i| k.events.iter().any(|e| e == i))) {
            facts.part(k.confidence);
            facts.count(k.events.len());
            facts.count(k.events.len().saturating_sub(1));
        }
        facts.count(ids.len());
        for (n, a) in times.iter().take(BETWEEN_MOST).enumerate() {
            for b in times.iter().take(BETWEEN_MOST).skip(n + 1) {
                facts.span(seconds(*a - *b));
            }
        }
        Cow::Owned(facts)
    }

    fn finding(&self, id: &str, facts: &mut Facts) {
        let Some(f) = self.known.findings.get(id) else { return };
        facts.add(&of(f));
        if let Some(skew) = self.known.case.correlation.skew.as_ref().filter(|s| s.source == f.source) {
            #[allow(clippy::cast_possible_truncation)]
            let by = (skew.by_s * 1000.0) as i64;
            facts.moment(f.at.saturating_add(by));
        }
    }

    /// What the correlation says of an event, or of all.
    fn event_facts(&self, id: Option<&str>, facts: &mut Facts) {
        let c = &self.known.case.correlation;
        let is = |other: &str| id.is_none_or(|id| id == other);
        let event = id.and_then(|id| self.known.events.get(id).copied());
        for e in event.into_iter().chain(c.events.iter().filter(|_| id.is_none())) {
            facts.span(f64::from(e.precision));
            facts.count(e.findings.len());
        }
        for k in c.chains.iter().filter(|_| id.is_none()) {
            facts.part(k.confidence);
            facts.count(k.events.len());
        }
        for g in c.groups.iter().filter(|g| g.events.iter().any(|e| is(e))) {
            facts.count(g.events.len());
            facts.count(g.events.len().saturating_sub(1));
            facts.count(g.undecided.len());
            for r in g.roots.iter().filter(|r| is(&r.event)) {
                facts.part(r.score);
                facts.count(r.explains);
                facts.count(r.rank);
                r.disproof.iter().for_each(|d| facts.text(d));
            }
        }
        c.unexplained.iter().filter(|u| is(&u.event)).for_each(|u| facts.text(&u.why));
    }
}

/// Of one finding.
fn of(f: &Finding) -> Facts {
    let mut facts = Facts::default();
    facts.moment(f.at);
    facts.span(f64::from(f.precision));
    if f.precision > 0 {
        facts.moment(f.latest());
    }
    if let Some(until) = f.until {
        facts.moment(until);
        facts.span(seconds(until - f.at));
    }
    for x in f.before.into_iter().chain(f.after) {
        facts.number(x);
        // Milliseconds are often told as seconds.
        if f.unit == "ms" {
            facts.number(x / 1000.0);
        }
    }
    if let (Some(before), Some(after)) = (f.before, f.after) {
        facts.number(after - before);
        if before != 0.0 {
            facts.part(after / before);
            facts.parts.push(((after - before) / before).abs());
        }
    }
    for text in [&f.id, &f.summary, &f.unit].into_iter().chain(&f.entities) {
        facts.text(text);
        facts.text(&inline(text, text::WIDTH));
    }
    facts
}

fn pair(p: &Pair, facts: &mut Facts) {
    facts.span(p.lag_s);
    facts.part(p.confidence);
    facts.text(&p.reason);
}

fn seconds(ms: i64) -> f64 {
    // Spans of findings are far below the 2^53 that would lose digits.
    #[allow(clippy::cast_precision_loss)]
    let ms = ms as f64;
    ms / 1000.0
}

/// A word and its parts.
fn parts(word: &str, words: &mut BTreeSet<String>) {
    let word = word.to_lowercase();
    for at in [&['@', ',', ':', '+'][..], &['@', ',', ':', '+', '/'], &['@', ',', ':', '+', '/', '.']] {
        words.extend(word.split(at).filter(|p| !p.is_empty()).map(str::to_owned));
    }
    words.extend(word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).map(str::to_owned));
    words.insert(word);
}
