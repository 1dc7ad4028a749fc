//! Times as people write them, as instants. No clock: what is relative is so to a given moment.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::day::{DATE, DATE_AFTER, DATE_BEFORE, Day, back, day};

/// Milliseconds of a minute and of a day.
const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;
/// How much later than its report an incident may seem to start, in ms: clocks differ.
pub const SKEW: i64 = 5 * MINUTE;

/// A moment that others are told by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Milliseconds since 1970 (UTC).
    pub at: i64,
    /// Minutes east of UTC.
    pub offset: i64,
    /// Whether it is an instant rather than only a day (then `at` is that day's end).
    pub exact: bool,
    /// Where it is from: "--received", "the report's line `Received: …`".
    pub from: String,
}

/// A time in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Its bytes.
    pub words: Range<usize>,
    /// Milliseconds since 1970 (UTC), or why it is none: completes "it …".
    pub at: Result<i64, String>,
    /// Minutes east of UTC, where a zone is named.
    pub offset: Option<i64>,
    /// What was assumed.
    pub doubts: Vec<String>,
}

const NUMBERS: &[(&str, f64)] = &[
    ("half an", 0.5),
    ("half a", 0.5),
    ("an", 1.0),
    ("a", 1.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("ten", 10.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("a couple of", 2.0),
    ("a quarter of an", 0.25),
];
/// Names of zones with their minutes east of UTC, and whether others bear the same name.
const ZONES: &[(&str, i64, bool)] = &[
    ("z", 0, false),
    ("utc", 0, false),
    ("gmt", 0, false),
    ("bst", 60, true),
    ("cet", 60, false),
    ("cest", 120, false),
    ("eet", 120, false),
    ("eest", 180, false),
    ("msk", 180, false),
    ("ist", 330, true),
    ("sgt", 480, false),
    ("jst", 540, false),
    ("kst", 540, false),
    ("aest", 600, false),
    ("aedt", 660, false),
    ("nzst", 720, false),
    ("nzdt", 780, false),
    ("est", -300, false),
    ("edt", -240, false),
    ("cst", -360, true),
    ("cdt", -300, false),
    ("mst", -420, false),
    ("mdt", -360, false),
    ("pst", -480, false),
    ("pdt", -420, false),
];

// A pattern that does not compile finds nothing; the tests would show it.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let clock =
        r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?P<f>[.,]\d{1,9})?)?(?:\s?(?P<ap>[ap])\.?m\b\.?)?";
    let hour = r"(?P<h2>\d{1,2})\s?(?P<ap2>[ap])\.?m\b";
    let military = r"(?P<h3>\d{2})(?P<m3>\d{2})(?P<z3>\s?(?:Z|UTC|GMT|[hH]rs))\b";
    Regex::new(&format!(r"(?i)(?:\b|T){clock}|\b{hour}|\b{military}|\b(?P<word>noon|midnight)\b")).ok()
});
static ZONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = ZONES.iter().map(|(n, _, _)| *n).collect::<Vec<_>>().join("|");
    Regex::new(&format!(r"(?i)^\s?\(?(?P<name>{names})\b\)?")).ok()
});
static OFFSET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let signed = r"(?P<by>[+\-−]\d{2}(?::?\d{2})?)\b";
    let named = r"(?P<utc>(?:utc|gmt)\s?[+\-−]\d{1,2}(?::?\d{2})?)\b";
    Regex::new(&format!(r"(?i)^\s?\(?(?:{named}|{signed})\)?")).ok()
});
/// The end of a range that has its zone for both: "02:10-02:16 UTC".
static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:-|–|—|to|and|until|till)\s*\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?").ok()
});
/// What makes the time after it one that is told by another.
static BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:min|minute|hour|hr|second|sec)s?\s+(?:before|after|past|to)\s+$").ok()
});
const UNIT: &str = "seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d";
static PIECE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let one = format!(r"(?:(?P<n>\d+(?:\.\d+)?)\s*|\b(?P<w>{})\s+)(?P<u>{UNIT})", numbers());
    Regex::new(&format!(r"(?i)(?P<half>and\s+a\s+half)|{one}")).ok()
});
static AGO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let one = format!(r"(?:\d+(?:\.\d+)?\s*|\b(?:{})\s+)(?:{UNIT})", numbers());
    let many = format!(r"{one}(?:[\s,]*(?:and\s+)?{one})*(?:\s+and\s+a\s+half)?");
    let past = format!(
        r"(?:for|in|over|during)\s+(?:about\s+)?(?:the\s+)?(?:last|past)\s+(?:{many}|(?P<whole>{UNIT}))\b"
    );
    let since = format!(r"(?P<since>since\s+)(?:about\s+)?{many}(?:\s+ago)?\b");
    Regex::new(&format!(r"(?i)\b{many}\s+ago\b|\b{past}|\b{since}|\b(?P<now>just now|right now)\b")).ok()
});

fn numbers() -> String {
    NUMBERS.iter().rev().map(|(n, _)| *n).collect::<Vec<_>>().join("|")
}

/// The times in `text`, in their order; `reference` tells the day of a time without one and what "ago" is before.
#[must_use]
pub fn times(text: &str, reference: Option<&Reference>) -> Vec<Told> {
    let mut found: Vec<Told> = Vec::new();
    for caught in AGO.iter().flat_map(|r| r.captures_iter(text)) {
        found.extend(ago(&caught, reference));
    }
    for caught in TIME.iter().flat_map(|r| r.captures_iter(text)) {
        let Some(told) = clock(text, &caught, reference) else {
            continue;
        };
        if !found.iter().any(|f| f.words.start < told.words.end && told.words.start < f.words.end) {
            found.push(told);
        }
    }
    found.sort_by_key(|t| t.words.start);
    found
}

/// The moment that `text` is: its first instant, or the day it names.
#[must_use]
pub fn reference(text: &str, from: &str) -> Option<Reference> {
    let told = times(text, None).into_iter().find_map(|t| Some((t.at.ok()?, t.offset)));
    if let Some((at, offset)) = told {
        return Some(Reference { at, offset: offset.unwrap_or(0), exact: true, from: from.into() });
    }
    let caught = DATE.as_ref()?.captures(text)?;
    match day(&caught, None) {
        Day::Civil(days) => {
            Some(Reference { at: (days + 1) * DAY - 1, offset: 0, exact: false, from: from.into() })
        }
        Day::Relative(_) | Day::Week(..) | Day::Wrong(_) => None,
    }
}

fn ago(caught: &Captures<'_>, reference: Option<&Reference>) -> Option<Told> {
    let mut words = caught.get(0)?.range();
    // It is the cue of the start, not a part of the time.
    words.start += caught.name("since").map_or(0, |m| m.len());
    let told = |at| Some(Told { words: words.clone(), at, offset: None, doubts: Vec::new() });
    let Some(r) = reference.filter(|r| r.exact) else {
        return told(Err("is told by the moment of the report, which is not known: say --received".into()));
    };
    if caught.name("now").is_some() {
        return told(Ok(r.at));
    }
    let unit = |unit: &str| match unit.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b's') => 1000.0,
        Some(b'm') => MINUTE as f64,
        Some(b'h') => 60.0 * MINUTE as f64,
        _ => DAY as f64,
    };
    let (mut ms, mut last) = (0.0, 0.0);
    if let Some(whole) = caught.name("whole") {
        ms = unit(whole.as_str());
    } else {
        for piece in PIECE.iter().flat_map(|r| r.captures_iter(caught.get(0).map_or("", |m| m.as_str()))) {
            let Some(of) = piece.name("u") else {
                ms += 0.5 * last;
                continue;
            };
            let amount = piece.name("n").or(piece.name("w")).map_or("", |n| n.as_str()).to_lowercase();
            let known = NUMBERS.iter().find(|(n, _)| *n == amount).map(|(_, v)| *v);
            last = unit(of.as_str());
            ms += known.or_else(|| amount.parse().ok()).unwrap_or(0.0) * last;
        }
    }
    // Saturates for numbers beyond all sense.
    let back = ms as i64;
    if back > 366 * DAY {
        return told(Err("lies more than a year before the report: give the time itself".into()));
    }
    told(Ok(r.at.saturating_sub(back)))
}

fn clock(text: &str, caught: &Captures<'_>, reference: Option<&Reference>) -> Option<Told> {
    let number = |names: &[&str]| -> Option<i64> {
        names.iter().find_map(|n| caught.name(n)).and_then(|m| m.as_str().parse().ok())
    };
    let mut words = caught.get(0)?.range();
    // A part of an address, of a version, of a year ("14 March 2026 UTC") is no time.
    let year = caught.name("h3").is_some_and(|h| matches!(h.as_str(), "19" | "20"))
        && caught.name("z3").is_some_and(|z| z.as_str().starts_with(' '));
    let inside = text.get(..words.start).is_some_and(|t| t.ends_with([':', '.']))
        || text.get(words.end..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    if year || inside {
        return None;
    }
    let (mut hour, minute) = (number(&["h", "h2", "h3"]).unwrap_or(0), number(&["m", "m3"]).unwrap_or(0));
    let second = number(&["s"]).unwrap_or(0);
    let mut doubts = Vec::new();
    let half = caught.name("ap").or(caught.name("ap2")).map(|m| m.as_str().to_lowercase());
    let mut fine = minute < 60 && second <= 60 && hour < 24;
    if let Some(half) = half {
        fine &= (1..=12).contains(&hour);
        hour = hour % 12 + if half == "p" { 12 } else { 0 };
    }
    if let Some(word) = caught.name("word") {
        hour = if word.as_str().eq_ignore_ascii_case("noon") { 12 } else { 0 };
    }
    let before = DATE_BEFORE.as_ref().and_then(|r| r.captures(text.get(..words.start)?));
    let (mut offset, mut end) = (caught.name("z3").map(|_| 0), words.end);
    if offset.is_none()
        && let Some((east, length, doubt)) = zone(text.get(end..)?, before.is_some())
    {
        offset = Some(east);
        end += length;
        doubts.extend(doubt);
    }
    if offset.is_none()
        && let Some(other) = RANGE.as_ref().and_then(|r| r.find(text.get(end..)?))
        && let Some((east, _, doubt)) = text.get(end + other.end()..).and_then(|rest| zone(rest, false))
    {
        offset = Some(east);
        doubts.extend(doubt);
    }
    words.end = end;
    let after = || DATE_AFTER.as_ref().and_then(|r| r.captures(text.get(end..)?));
    let mut date = None;
    if let Some(caught) = before {
        words.start = caught.get(0).map_or(words.start, |m| m.start());
        date = Some(day(&caught, reference));
    } else if let Some(caught) = after() {
        words.end = end + caught.get(0).map_or(0, |m| m.end());
        date = Some(day(&caught, reference));
    }
    let told = |at, doubts| Some(Told { words: words.clone(), at, offset, doubts });
    let before = text.get(..words.start).unwrap_or_default();
    if BESIDE.as_ref().is_some_and(|r| r.is_match(before)) {
        return told(Err("is told by another time: give the time itself".into()), doubts);
    }
    if !fine {
        return told(Err("is no time of a day".into()), doubts);
    }
    let east = offset.unwrap_or_else(|| reference.map_or(0, |r| r.offset));
    if offset.is_none() {
        doubts.push(format!("no zone is named with it, so it is taken as {}", zone_name(east)));
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 - east * MINUTE;
    let today = |r: &Reference| (r.at + east * MINUTE).div_euclid(DAY);
    let at = match (date, reference) {
        (Some(Day::Wrong(why)), _) => return told(Err(why), doubts),
        (Some(Day::Civil(days)), _) => days * DAY + of_day,
        (Some(Day::Relative(back)), Some(r)) => (today(r) - back) * DAY + of_day,
        (Some(Day::Week(weekday, least)), Some(r)) => {
            let at = |least| (today(r) - back(today(r), weekday, least)) * DAY + of_day;
            if r.exact && at(least) > r.at + SKEW { at(1) } else { at(least) }
        }
        (None, Some(r)) => {
            let at = today(r) * DAY + of_day;
            if r.exact && at > r.at + SKEW {
                doubts
                    .push("it is later than the report on that day, so it is taken as the day before".into());
                at - DAY
            } else {
                at
            }
        }
        (Some(Day::Relative(_) | Day::Week(..)) | None, None) => {
            let why = "has no date, and the moment of the report is not known: say --received";
            return told(Err(why.into()), doubts);
        }
    };
    told(Ok(at), doubts)
}

/// Minutes east of UTC, how many bytes say it, and what is unsure about it.
fn zone(rest: &str, dated: bool) -> Option<(i64, usize, Option<String>)> {
    if let Some(caught) = OFFSET.as_ref()?.captures(rest) {
        let text = caught.name("utc").or(caught.name("by"))?.as_str().replace('−', "-");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let at = if digits.len() > 2 { digits.len() - 2 } else { digits.len() };
        let (hours, minutes) = digits.split_at(at);
        let east = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().unwrap_or(0);
        // The end of "02:10-02:16" is no zone.
        let range = !dated && caught.name("by").is_some() && rest.starts_with(['-', '−']);
        if east <= 14 * 60 && !range {
            return Some((if text.contains('-') { -east } else { east }, caught.get(0)?.end(), None));
        }
    }
    let caught = ZONE.as_ref()?.captures(rest)?;
    let name = caught.name("name")?.as_str().to_lowercase();
    let (_, east, shared) = ZONES.iter().find(|(n, _, _)| *n == name)?;
    let doubt = shared.then(|| {
        format!("`{}` names several zones; it is taken as {}", name.to_uppercase(), zone_name(*east))
    });
    Some((*east, caught.get(0)?.end(), doubt))
}

fn zone_name(east: i64) -> String {
    if east == 0 {
        return "UTC".into();
    }
    format!("{}{:02}:{:02}", if east < 0 { '-' } else { '+' }, east.abs() / 60, east.abs() % 60)
}
