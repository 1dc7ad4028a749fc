//! How far an incident reaches, looked for in a report or read from what somebody says.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::answers::{Answer, denied, given, line, unsaid, wrong};
use super::lexicon::Words;
use super::words::Text;
use super::{By, Scope, ScopeKind};

const REGION: &str = r"(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d|(?:us|europe|asia|australia)-(?:north|south|east|west|central){1,2}\d";
// Patterns that do not compile find nothing; the tests would show it.
static REGION_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)\b(?:{REGION})\b")).ok());
static REGION_NEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)(?:{REGION})\b")).ok());
/// What may be a name, or a word beside one.
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("[A-Za-z0-9][A-Za-z0-9_-]*").ok());

/// How far it reaches.
pub fn scope(report: &str, told: Option<&str>, words: &Words) -> Answer<Scope> {
    if let Some(told) = told {
        let plain = told.trim().to_lowercase().replace(['-', '_'], " ");
        return match (plain.as_str(), scope_in(told, words)) {
            ("", _) => wrong("it is empty: say a service, all services, a region or all regions".into()),
            (_, Some((scope, _))) if scope.kind != ScopeKind::Service => given(scope, told, By::Told),
            ("all services" | "services" | "all", _) => given(of(ScopeKind::Services, ""), told, By::Told),
            ("all regions" | "regions", _) => given(of(ScopeKind::Regions, ""), told, By::Told),
            ("region" | "a region", _) => given(of(ScopeKind::Region, ""), told, By::Told),
            ("service" | "a service" | "one service", _) => given(of(ScopeKind::Service, ""), told, By::Told),
            (p, _) if p.starts_with("region ") => {
                given(of(ScopeKind::Region, told.trim()[7..].trim()), told, By::Told)
            }
            (_, Some((scope, _))) => given(scope, told, By::Told),
            _ => given(of(ScopeKind::Service, told.trim()), told, By::Told),
        };
    }
    for labels in [&words.scope_line, &words.service_line] {
        if let Some((_, text)) = line(report, labels, words) {
            let plain = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if words.everyone.contains(&plain) {
                return given(of(ScopeKind::Services, ""), text, By::Report);
            }
            let found = scope_in(text, words).map(|(s, _)| s);
            return given(found.unwrap_or_else(|| of(ScopeKind::Service, text)), text, By::Report);
        }
    }
    match scope_in(report, words) {
        Some((scope, at)) => given(scope, report.get(at).unwrap_or_default(), By::Report),
        None => unsaid(),
    }
}

fn of(kind: ScopeKind, name: &str) -> Scope {
    Scope { kind, name: name.to_owned() }
}

/// The reach that a text names: a service before its region, all of something before one of it.
fn scope_in(text: &str, words: &Words) -> Option<(Scope, Range<usize>)> {
    let read = Text::new(text, words);
    let find = |patterns: &[String]| {
        let all = patterns.iter().flat_map(|p| read.find(p)).filter(|m| m.said && !denied(text, &m.at));
        all.map(|m| m.at).min_by_key(|at| at.start)
    };
    if let Some(at) = find(&words.all_regions) {
        return Some((of(ScopeKind::Regions, ""), at));
    }
    let tokens = tokens(text);
    let region = || {
        let clouds = REGION_NAME.iter().flat_map(|r| r.find_iter(text)).map(|m| m.range());
        let own = tokens.iter().filter(|t| words.regions.contains(&t.low)).map(|t| t.at.clone());
        let named = clouds.chain(own).filter(|at| !denied(text, at)).min_by_key(|at| at.start);
        let name = |at: Range<usize>| {
            let at = at.start..listed(text, at.end);
            (of(ScopeKind::Region, &text.get(at.clone()).unwrap_or_default().to_lowercase()), at)
        };
        named.map(name).or_else(|| find(&words.a_region).map(|at| (of(ScopeKind::Region, ""), at)))
    };
    if let Some(at) = find(&words.all_services) {
        return Some(region().unwrap_or((of(ScopeKind::Services, ""), at)));
    }
    let all = Tokens { text, tokens: &tokens, words };
    let service = all.first(Tokens::service).or_else(region);
    service.or_else(|| all.first(Tokens::placed)).or_else(|| all.first(Tokens::general))
}

/// Where a list of regions ends whose first ends at `end`: "eu-west-1 and us-east-1".
fn listed(text: &str, mut end: usize) -> usize {
    while let Some(next) = REGION_NEXT.as_ref().and_then(|r| r.find(text.get(end..)?)) {
        end += next.end();
    }
    end
}

struct Token {
    low: String,
    at: Range<usize>,
}

fn tokens(text: &str) -> Vec<Token> {
    let all = TOKEN.iter().flat_map(|r| r.find_iter(text));
    all.map(|m| Token { low: m.as_str().to_lowercase(), at: m.range() }).collect()
}

/// The tokens of a text, and what names a service among them.
struct Tokens<'t> {
    text: &'t str,
    tokens: &'t [Token],
    words: &'t Words,
}

impl<'t> Tokens<'t> {
    fn first(
        &self,
        named: impl Fn(&Self, usize) -> Option<(String, Range<usize>)>,
    ) -> Option<(Scope, Range<usize>)> {
        let found = (0..self.tokens.len()).filter_map(|i| named(self, i));
        let mut there = found.filter(|(_, at)| !denied(self.text, at));
        there.next().map(|(name, at)| (of(ScopeKind::Service, &name), at))
    }

    /// "service orders", "orders database", "orders-db", or a name that is known.
    fn service(&self, i: usize) -> Option<(String, Range<usize>)> {
        let one = self.tokens.get(i)?;
        let next = self.beside(i);
        if self.words.before_names.contains(&one.low)
            && let Some(name) = next.filter(|n| self.may_name(&n.low) && !self.only_kind(&n.low))
        {
            return Some((name.low.clone(), one.at.start..name.at.end));
        }
        if let Some(kind) = next.filter(|n| self.words.kinds.contains(&n.low))
            && self.may_name(&one.low)
            && !self.words.before_names.contains(&one.low)
        {
            return Some((one.low.clone(), one.at.start..kind.at.end));
        }
        let (name, kind) = one.low.rsplit_once('-').unwrap_or_default();
        if self.words.kinds.iter().any(|k| k == kind) && self.may_name(name) {
            return Some((name.to_owned(), one.at.clone()));
        }
        self.words.services.contains(&one.low).then(|| (one.low.clone(), one.at.clone()))
    }

    /// "failures in billing", "latency on the cart".
    fn placed(&self, i: usize) -> Option<(String, Range<usize>)> {
        let one = self.tokens.get(i).filter(|t| self.words.seen_in.contains(&t.low))?;
        let joined = self.beside(i).filter(|t| matches!(t.low.as_str(), "in" | "on" | "of" | "for"))?;
        let article = self.beside(i + 1).filter(|t| matches!(t.low.as_str(), "the" | "our"));
        let name =
            self.beside(i + 1 + usize::from(article.is_some())).filter(|t| t.at.start > joined.at.start)?;
        self.may_name(&name.low).then(|| {
            (self.text.get(name.at.clone()).unwrap_or_default().to_owned(), one.at.start..name.at.end)
        })
    }

    fn general(&self, i: usize) -> Option<(String, Range<usize>)> {
        let one = self.tokens.get(i).filter(|t| self.words.general.contains(&t.low))?;
        Some((one.low.clone(), one.at.clone()))
    }

    fn only_kind(&self, low: &String) -> bool {
        self.words.kinds.contains(low) && !self.words.services.contains(low)
    }

    fn may_name(&self, low: &str) -> bool {
        low.starts_with(|c: char| c.is_ascii_alphabetic()) && !self.words.no_names.iter().any(|w| w == low)
    }

    /// The token after the `i`th, where only a blank, a quote or `=` is between.
    fn beside(&self, i: usize) -> Option<&'t Token> {
        let (one, next) = (self.tokens.get(i)?, self.tokens.get(i + 1)?);
        let between = self.text.get(one.at.end..next.at.start)?;
        (!between.is_empty() && between.chars().all(|c| matches!(c, ' ' | '`' | '"' | '\'' | '=')))
            .then_some(next)
    }
}
