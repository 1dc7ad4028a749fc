//! The rules of profiles, applied to what panes show and say.

use std::collections::BTreeMap;

use regex::Regex;

use super::evidence::{Found, Spent};
use super::state::Why;
use crate::domain::profile::{Profile, Rule, Source};
use crate::domain::signal::printable;
use crate::domain::state::AgentState;

/// The rules of all profiles, compiled once. A pattern that does not compile never matches; the
/// configuration refuses it before it comes here.
#[derive(Clone, Debug)]
pub struct Rules {
    by_profile: BTreeMap<String, Vec<Compiled>>,
    ready: BTreeMap<String, Regex>,
    composer: BTreeMap<String, Regex>,
}

/// A rule, its pattern, and what finds the end of a limit.
type Compiled = (Rule, Regex, Option<Regex>);

impl Rules {
    pub(super) fn new(profiles: &BTreeMap<String, Profile>) -> Self {
        let compile = |p: &Profile| {
            let one = |r: &Rule| {
                let reset = (!r.reset.is_empty()).then(|| Regex::new(&r.reset).ok()).flatten();
                Some((r.clone(), Regex::new(&r.pattern).ok()?, reset))
            };
            p.rules.iter().filter_map(one).collect()
        };
        let one = |text: fn(&Profile) -> &str| {
            let given = profiles.iter().filter(|(_, p)| !text(p).is_empty());
            given.filter_map(|(n, p)| Some((n.clone(), Regex::new(text(p)).ok()?))).collect()
        };
        Self {
            by_profile: profiles.iter().map(|(n, p)| (n.clone(), compile(p))).collect(),
            ready: one(|p| &p.submit.ready),
            composer: one(|p| &p.submit.composer),
        }
    }

    /// The pattern that a profile's screen must match before a prompt goes in.
    pub(super) fn ready(&self, profile: &str) -> Option<&Regex> {
        self.ready.get(profile)
    }

    /// Where the rule of that name looks.
    pub(super) fn source(&self, profile: &str, rule: &str) -> Option<Source> {
        self.by_profile.get(profile)?.iter().find(|(r, ..)| r.name == rule).map(|(r, ..)| r.source)
    }

    /// The pattern whose first group is the draft in a profile's composer.
    pub(super) fn composer(&self, profile: &str) -> Option<&Regex> {
        self.composer.get(profile)
    }

    /// The limit that a screen shows, as often as it shows it.
    pub(super) fn limit(&self, profile: &str, text: &str) -> Option<Spent> {
        let rules = self.by_profile.get(profile)?.iter();
        let mut limits = rules.filter(|(r, ..)| r.source == Source::Screen && r.state == AgentState::Limited);
        limits.find_map(|(r, p, _)| shown(r, p, text))
    }

    /// What the first rule for that source finds that matches. A limit that was answered does not.
    pub(super) fn matching(
        &self,
        profile: &str,
        source: Source,
        text: &str,
        spent: Option<&Spent>,
    ) -> Option<Found> {
        let rules = self.by_profile.get(profile)?;
        rules.iter().filter(|(r, ..)| r.source == source).find_map(|(rule, pattern, reset)| {
            let limit = rule.state == AgentState::Limited;
            // Of several limits on a screen the last counts.
            let found = if limit { pattern.find_iter(text).last()? } else { pattern.find(text)? };
            let again = |s: &&Spent| limit && s.rule == rule.name && source == Source::Screen;
            let same = |old: &Spent| {
                shown(rule, pattern, text).is_some_and(|now| now.count <= old.count && now.line == old.line)
            };
            if spent.filter(again).is_some_and(same) {
                return None;
            }
            let (from, to) = line_around(text, found.start(), found.end());
            let evidence = printable(text[from..to].trim()).chars().take(200).collect();
            let ends = |r: &Regex| Some(r.captures(&text[from..])?.name("time")?.as_str().to_owned());
            Some(Found {
                state: rule.state,
                why: Why { rule: rule.name.clone(), evidence },
                reset: limit.then_some(reset.as_ref()).flatten().and_then(ends),
            })
        })
    }
}

/// How often a limit's rule matches, and the last line it does.
fn shown(rule: &Rule, pattern: &Regex, text: &str) -> Option<Spent> {
    let (count, last) = pattern.find_iter(text).fold((0, None), |(n, _), m| (n + 1, Some(m)));
    let (from, to) = last.map(|m| line_around(text, m.start(), m.start()))?;
    Some(Spent { rule: rule.name.clone(), line: text[from..to].trim().to_owned(), count })
}

/// The whole lines that a match lies on.
fn line_around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let from = text[..end].rfind('\n').map_or(0, |i| i + 1).min(start);
    let to = text[end..].find('\n').map_or(text.len(), |i| end + i);
    (from, to)
}
