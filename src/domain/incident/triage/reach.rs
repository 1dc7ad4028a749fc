//! How far an incident reaches, looked for in a report or read from what somebody says.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::answers::{Answer, denied, given, line, unsaid, wrong};
use super::{By, Scope, ScopeKind};

const REGION: &str = r"(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d|(?:us|europe|asia|australia)-(?:north|south|east|west|central){1,2}\d";
// Patterns that do not compile find nothing; the tests would show it.
static REGIONS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:all|every|multiple|both)\s+(?:our\s+|the\s+|aws\s+)?regions?|global(?:ly)?|world-?wide)\b").ok()
});
static SERVICES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:all|every|most|many|multiple)\s+(?:of\s+)?(?:our\s+|the\s+)?(?:micro)?services?|every\s+(?:api|endpoint|app)|all\s+(?:apis|endpoints|apps|traffic)|everything|whole\s+(?:platform|site|cluster)|site-?wide)\b").ok()
});
static REGION_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)\b(?P<name>{REGION})\b|\b(?:a|one|the)\s+(?:single\s+)?region\b")).ok()
});
static SERVICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = "service|api|app|application|endpoint|deployment|worker|workers|database|db|queue|pods|job|page|site|website|cluster|dashboard|gateway|frontend|backend|account|namespace|environment";
    Regex::new(&format!(
        r"(?i)\b(?:service|deployment|namespace)\s+`?(?P<after>[a-z][a-z0-9]*(?:-[a-z0-9]+)+|[a-z][a-z0-9_-]*)`?|\b(?P<name>[a-z][a-z0-9_-]*)[\s-](?P<kind>{kinds})\b|\b(?P<alone>api|checkout|payments|website|storefront)\b"
    ))
    .ok()
});
/// "Pod failures in billing", "latency on api": the name after what is seen there.
static PLACED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let seen = "failures?|errors?|rate|latency|spikes?|pods?|queries|costs?|timeouts|restarts|crashes|crash(?:es|ing)?";
    Regex::new(&format!(r"(?i)\b(?:{seen})\s+(?:in|on|of|for)\s+(?:the\s+)?`?(?P<name>[a-z][a-z0-9_-]*)"))
        .ok()
});
/// Words before "service" and the like that name none.
const NO_NAMES: &[&str] = &[
    "the",
    "a",
    "an",
    "our",
    "this",
    "that",
    "its",
    "one",
    "of",
    "all",
    "every",
    "and",
    "or",
    "in",
    "on",
    "for",
    "to",
    "is",
    "are",
    "no",
    "some",
    "affected",
    "single",
    "slow",
    "new",
    "failing",
    "high",
    "which",
    "with",
    "other",
    "crashing",
    "restarting",
    "level",
    "degraded",
    "pending",
    "was",
    "were",
    "as",
    "from",
    "has",
    "have",
    "only",
    "internal",
    "evicted",
    "same",
    "old",
    "current",
    "p1",
    "p2",
    "p3",
    "aws",
    "production",
    "prod",
    "my",
    "them",
    "it",
    "users",
    "customers",
    "requests",
];

/// How far it reaches.
pub fn scope(report: &str, told: Option<&str>) -> Answer<Scope> {
    if let Some(told) = told {
        let plain = told.trim().to_lowercase().replace(['-', '_'], " ");
        return match (plain.as_str(), scope_in(told)) {
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
    if let Some((_, text)) = line(report, &["scope", "affected", "affected scope", "affects", "blast radius"])
    {
        let found = scope_in(text).map(|(s, _)| s);
        return given(found.unwrap_or_else(|| of(ScopeKind::Service, text)), text, By::Report);
    }
    if let Some((_, text)) = line(report, &["service", "services", "component", "region"]) {
        let found = scope_in(text).map(|(s, _)| s);
        return given(found.unwrap_or_else(|| of(ScopeKind::Service, text)), text, By::Report);
    }
    match scope_in(report) {
        Some((scope, words)) => given(scope, report.get(words).unwrap_or_default(), By::Report),
        None => unsaid(),
    }
}

fn of(kind: ScopeKind, name: &str) -> Scope {
    Scope { kind, name: name.to_owned() }
}

/// The reach that a text names: a service before its region, all of something before one of it.
fn scope_in(text: &str) -> Option<(Scope, Range<usize>)> {
    let find = |pattern: &LazyLock<Option<Regex>>| {
        let all = pattern.iter().flat_map(|r| r.find_iter(text)).map(|m| m.range());
        all.into_iter().find(|at| !denied(text, at))
    };
    if let Some(at) = find(&REGIONS) {
        return Some((of(ScopeKind::Regions, ""), at));
    }
    let region = REGION_NAME.iter().flat_map(|r| r.captures_iter(text)).find_map(|c| {
        let (at, name) = (c.get(0)?.range(), c.name("name").map_or("", |n| n.as_str()));
        (!denied(text, &at)).then(|| (of(ScopeKind::Region, &name.to_lowercase()), at))
    });
    if let Some(at) = find(&SERVICES) {
        return Some(region.unwrap_or((of(ScopeKind::Services, ""), at)));
    }
    service(text).or(region).or_else(|| placed(text))
}

fn placed(text: &str) -> Option<(Scope, Range<usize>)> {
    PLACED.iter().flat_map(|r| r.captures_iter(text)).find_map(|c| {
        let (whole, name) = (c.get(0)?.range(), c.name("name")?.as_str());
        let fine = !denied(text, &whole) && !NO_NAMES.contains(&name.to_lowercase().as_str());
        fine.then(|| (of(ScopeKind::Service, name), whole))
    })
}

fn service(text: &str) -> Option<(Scope, Range<usize>)> {
    SERVICE.iter().flat_map(|r| r.captures_iter(text)).find_map(|c| {
        let whole = c.get(0)?.range();
        if denied(text, &whole) {
            return None;
        }
        let named = c.name("after").or(c.name("name")).map(|n| n.as_str().to_lowercase());
        if let Some(name) = named.filter(|n| !NO_NAMES.contains(&n.as_str())) {
            return Some((of(ScopeKind::Service, &name), whole));
        }
        let kind = c.name("kind").map(|k| k.as_str().to_lowercase());
        let alone = c.name("alone").map(|k| k.as_str().to_lowercase());
        let general = |k: &String| {
            ["api", "database", "db", "site", "website", "frontend", "gateway"].contains(&k.as_str())
        };
        alone.or(kind.filter(general)).map(|name| (of(ScopeKind::Service, &name), whole))
    })
}
