//! The four answers, looked for in a report or read from what somebody says.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::lexicon::{Tell, Words};
use super::moment::{self, Reference, SKEW, times};
use super::routes::{NOTHING, OTHER, Routes};
use super::words::Text;
use super::{By, Given, Priority, Seen};
use crate::domain::near::did_you_mean;
use crate::domain::time::{Time, rfc3339};

/// The most bytes of a report's words that an answer repeats.
const WORDS_MOST: usize = 120;
/// How far before a time its cue may stand ("it started, as far as we know, at"), in bytes.
const CUE_MOST: usize = 40;
/// How far before a time a deploy may stand whose time it is, in bytes.
const DEPLOY_MOST: usize = 16;
/// Why an answer is not there.
#[derive(Debug)]
pub struct Missing {
    /// Stands after the question.
    pub why: String,
    /// Whether something was given that cannot be used.
    pub wrong: bool,
}

/// Something named, and where it is first.
pub struct Named {
    /// What, as it is told.
    pub seen: Seen,
    /// Its first byte.
    pub at: usize,
    /// Whether it can be a first symptom.
    pub symptom: bool,
}

/// An answer, or why there is none.
pub type Answer<T> = Result<Given<T>, Missing>;

/// The report does not say it.
pub fn unsaid<T>() -> Answer<T> {
    Err(Missing { why: "the report does not say".into(), wrong: false })
}

/// What was given cannot be used.
pub fn wrong<T>(why: String) -> Answer<T> {
    Err(Missing { why, wrong: true })
}

/// An answer with its words on one line.
pub fn given<T>(value: T, words: &str, by: By) -> Answer<T> {
    Ok(Given { value, words: words.split_whitespace().collect::<Vec<_>>().join(" "), by })
}

/// Whether what stands before it takes it away: "not P1", "no other services".
pub fn denied(text: &str, at: &Range<usize>) -> bool {
    let before = text.get(..at.start).unwrap_or_default().trim_end().to_lowercase();
    ["not", "no", "other", "unaffected:"].iter().any(|w| before.ends_with(&format!(" {w}")))
}

/// A line `Label: text` of the report with one of `labels`: its label and its text. One that says that nobody knows is
/// none.
pub fn line<'t>(report: &'t str, labels: &[String], words: &Words) -> Option<(&'t str, &'t str)> {
    report.lines().find_map(|line| {
        let (label, text) = line.split_once(':')?;
        let label = label.trim_matches(|c: char| !c.is_alphanumeric());
        let text = text.trim().trim_matches('*').trim();
        let plain = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let known = !plain.is_empty() && !words.unsure.contains(&plain);
        (known && labels.iter().any(|l| label.eq_ignore_ascii_case(l))).then_some((label, text))
    })
}

/// What the report names, in the order of the routes.
pub fn observables(text: &Text<'_>, routes: &Routes, doubts: &mut Vec<String>) -> Vec<Named> {
    let mut all = Vec::new();
    for o in &routes.observables {
        let mut found: Vec<_> = o.any.iter().flat_map(|pattern| text.find(pattern)).collect();
        found.sort_by_key(|m| (m.at.start, m.at.end));
        let said = found.iter().find(|m| m.said);
        let Some(first) = said.or(found.first()) else {
            continue;
        };
        let words = text.around(&first.at, WORDS_MOST);
        if let Some(denied) = found.iter().find(|m| !m.said).filter(|_| said.is_some()) {
            let other = text.around(&denied.at, WORDS_MOST);
            doubts.push(format!(
                "the report says both \"{words}\" and \"{other}\"; {} is taken as said",
                o.name
            ));
        }
        let seen = Seen { name: o.name.clone(), said: first.said, words };
        all.push(Named { seen, at: first.at.start, symptom: o.symptom });
    }
    all
}

/// What is seen first.
pub fn symptom(report: &str, told: Option<&str>, routes: &Routes, seen: &[Named]) -> Answer<String> {
    if let Some(told) = told {
        return match observable(told, routes) {
            Some(name) => given(name, told, By::Told),
            None => {
                let near = did_you_mean(told, routes.symptoms());
                let known = routes.symptoms().join(", ");
                wrong(format!("`{told}` is none of {known}, {NOTHING}, {OTHER}{near}"))
            }
        };
    }
    if let Some((_, text)) = line(report, &routes.words.symptom_line, &routes.words)
        && let Some(name) = observable(text, routes)
    {
        return given(name, text, By::Report);
    }
    let symptoms = || seen.iter().filter(|n| n.symptom);
    if let Some(first) = symptoms().filter(|n| n.seen.said).min_by_key(|n| n.at) {
        return given(first.seen.name.clone(), &first.seen.words, By::Report);
    }
    let planned = seen.iter().find(|n| n.seen.name == "planned" && n.seen.said);
    let felt =
        |n: &Named| !n.symptom && n.seen.said && !["planned", "internal"].contains(&n.seen.name.as_str());
    let level = level_in(report).map(|(p, _)| p);
    // A report that says when it started, or how bad it is, is of something, be it in words that nobody knows.
    let of_something = level.is_some() || !times(report, None).is_empty();
    let nothing = match planned {
        Some(n) => Some(n).filter(|_| level.is_none_or(|p| p == Priority::P3)),
        None => symptoms().min_by_key(|n| n.at).filter(|_| !of_something),
    };
    match nothing {
        Some(n) if !seen.iter().any(felt) => given(NOTHING.to_owned(), &n.seen.words, By::Concluded),
        _ => unsaid(),
    }
}

/// The symptom that a text is: by its name, its title, or the first that it names.
fn observable(text: &str, routes: &Routes) -> Option<String> {
    let plain = |t: &str| t.trim().to_lowercase().replace([' ', '_'], "-");
    let wanted = plain(text);
    if [NOTHING, OTHER].contains(&wanted.as_str()) {
        return Some(wanted);
    }
    let all = || routes.observables.iter().filter(|o| o.symptom);
    if let Some(o) = all().find(|o| plain(&o.name) == wanted || plain(&o.title) == wanted) {
        return Some(o.name.clone());
    }
    let words = Text::new(text, &routes.words);
    let first = |o: &super::Observable| {
        o.any.iter().flat_map(|p| words.find(p)).filter(|m| m.said).map(|m| m.at.start).min()
    };
    all().filter_map(|o| Some((first(o)?, o))).min_by_key(|(at, _)| *at).map(|(_, o)| o.name.clone())
}

/// What times without a date are told by: `--received`, else the report's own line, else its file's date.
pub fn reference(report: &str, received: Option<&Reference>, words: &Words) -> Option<Reference> {
    if let Some(told) = received.filter(|r| r.from == "--received") {
        return Some(told.clone());
    }
    let own = line(report, &words.received_line, words);
    let own = own.and_then(|(label, text)| moment::reference(text, &format!("the report's line `{label}`")));
    own.or_else(|| received.cloned())
}

/// When it started.
pub fn started(
    report: &str,
    told: Option<&str>,
    reference: Option<&Reference>,
    lists: &Words,
    doubts: &mut Vec<String>,
) -> Answer<String> {
    let (text, by) = told.map_or((report, By::Report), |t| (t, By::Told));
    let found = times(text, reference);
    let cued = |words: &Range<usize>| cue(text, words, lists);
    let chosen = match by {
        By::Told => found.first(),
        _ => {
            let best = found.iter().find(|t| cued(&t.words) == Some(true));
            best.or_else(|| {
                let mut open = found.iter().filter(|t| cued(&t.words).is_none());
                let first = open.next();
                if open.next().is_some() {
                    doubts.push(
                        "several times are given and none is called the start: the first is taken".into(),
                    );
                }
                first
            })
        }
    };
    let Some(chosen) = chosen else {
        return match told {
            Some(told) => wrong(format!(
                "`{told}` is no time that is understood: write it as 2026-03-14T02:16Z, 02:16 UTC or 30 minutes ago"
            )),
            None => unsaid(),
        };
    };
    let words = text.get(chosen.words.clone()).unwrap_or_default().trim();
    let at = match &chosen.at {
        Ok(at) => *at,
        Err(why) => return wrong(format!("\"{words}\" {why}")),
    };
    doubts.extend(chosen.doubts.iter().map(|d| format!("\"{words}\": {d}")));
    if let Some(r) = reference.filter(|r| at > r.at.saturating_add(SKEW)) {
        doubts.push(format!("\"{words}\" is later than the report ({})", r.from));
    }
    given(rfc3339(Time { mono: 0, wall: at }), words, by)
}

/// Whether a time is called the start (true), or something else (false).
fn cue(text: &str, words: &Range<usize>, lists: &Words) -> Option<bool> {
    let before = text.get(..words.start).unwrap_or_default();
    let label = before.rsplit('\n').next().unwrap_or_default();
    let mut from = before.len().saturating_sub(CUE_MOST);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let near = before.get(from..).unwrap_or_default().to_lowercase();
    let near = near.rsplit(['\n', ';']).next().unwrap_or_default();
    let near = near.rsplit(". ").next().unwrap_or_default();
    let last = |cues: &[String]| {
        let word =
            |w: &str| near.rmatch_indices(w).find(|(i, _)| !near[..*i].ends_with(char::is_alphanumeric));
        cues.iter().filter_map(|c| word(c).map(|(i, _)| i)).max()
    };
    let (start, other) = (last(&lists.starts), last(&lists.other_times));
    // "The deploy at 01:50", but not "no deploy preceded the errors at 02:16".
    let near_deploy = near.rfind("deploy").filter(|i| near.len() - i <= DEPLOY_MOST);
    let other = other.max(near_deploy);
    let ago = words.end <= text.len() && text.get(words.clone()).is_some_and(|t| t.ends_with("ago"));
    match (start, other) {
        (Some(s), o) if o.is_none_or(|o| o < s) => Some(true),
        (_, Some(_)) if !ago => Some(false),
        _ => {
            let label = label.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let said = |l: &String| label.starts_with(l.as_str()) && label.contains(':');
            lists.received_line.iter().chain(&lists.other_times).any(said).then_some(false)
        }
    }
}

static PRIORITY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:p|prio(?:rity)?|sev(?:erity)?)[\s:=-]{0,2}(?P<n>[1-9])\b").ok());

/// "severity=critical" amid other words.
static LABELLED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?P<label>[A-Za-z]+)\s?[=:]\s?(?P<word>[A-Za-z]+)\b").ok());

fn level(text: &str) -> Option<Priority> {
    match text {
        "1" => Some(Priority::P1),
        "2" => Some(Priority::P2),
        "3" => Some(Priority::P3),
        _ => None,
    }
}

/// The first priority that a text names, and where. "From P1 to P2" names the second.
fn level_in(text: &str) -> Option<(Priority, Range<usize>)> {
    let all = PRIORITY.iter().flat_map(|r| r.captures_iter(text));
    let mut all = all.filter_map(|c| Some((level(c.name("n")?.as_str())?, c.get(0)?.range())));
    let left = |at: &Range<usize>| text.get(..at.start).is_some_and(|t| t.to_lowercase().ends_with(" from "));
    all.find(|(_, at)| !denied(text, at) && !left(at))
}

/// How much hangs on it.
pub fn priority(
    report: &str,
    told: Option<&str>,
    seen: &[Seen],
    tells: &[Tell],
    words: &Words,
) -> Answer<Priority> {
    if let Some(told) = told {
        let known =
            level(told.trim()).or_else(|| level_in(told).map(|(p, _)| p)).or_else(|| words.priority(told));
        return known
            .map_or_else(|| wrong(format!("`{told}` is none of P1, P2, P3")), |p| given(p, told, By::Told));
    }
    let own = line(report, &words.priority_line, words).and_then(|(_, text)| {
        let level = level(text).or_else(|| level_in(text).map(|(p, _)| p)).or_else(|| words.priority(text));
        level.map(|p| (p, text))
    });
    if let Some((p, text)) = own {
        return given(p, text, By::Report);
    }
    let inline = LABELLED.iter().flat_map(|r| r.captures_iter(report)).find_map(|c| {
        let label = c.name("label")?.as_str().to_lowercase();
        let level = words.priority(c.name("word")?.as_str()).filter(|_| words.priority_line.contains(&label));
        level.map(|p| (p, c.get(0).map_or("", |m| m.as_str())))
    });
    if let Some((p, text)) = inline {
        return given(p, text, By::Report);
    }
    if let Some((p, at)) = level_in(report) {
        return given(p, report.get(at).unwrap_or_default(), By::Report);
    }
    let told = tells.iter().find_map(|t| Some((t.priority, t.holds(seen)?)));
    told.map_or_else(
        || match PRIORITY.as_ref().and_then(|r| r.find(report)) {
            Some(m) => {
                Err(Missing { why: format!("\"{}\" is none of P1, P2, P3", m.as_str().trim()), wrong: false })
            }
            None => unsaid(),
        },
        |(p, words)| given(p, words, By::Concluded),
    )
}
