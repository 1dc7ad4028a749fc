//! Days as people write them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::moment::{DAY, Reference};

const MONTHS: &str = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const WEEK: &str = "mon|tue|wed|thu|fri|sat|sun";

pub static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&dates("", "")).ok());
pub static DATE_BEFORE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&dates("", r"[\s,]*(?:at|around|about|from|@|~)?[\s~]*$")).ok());
pub static DATE_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&dates(
        r"^[\s,]*\(?(?:on\s+|of\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?",
        "",
    ))
    .ok()
});

fn dates(before: &str, after: &str) -> String {
    let iso = r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})";
    let day = format!(
        r"(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{MONTHS})[a-z]*\.?(?:,?\s+(?P<y2>\d{{4}}))?"
    );
    let month =
        format!(r"(?P<m3>{MONTHS})[a-z]*\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y3>\d{{4}}))?");
    let slashes = r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y4>\d{4})";
    let words = "(?P<w>today|yesterday|this morning|last night)";
    let week = format!(r"(?P<last>last\s+)?(?P<wd>{WEEK})(?:s|nes|rs|ur|r)?(?:day)?");
    format!(r"(?i){before}\b(?:{iso}|{day}|{month}|{slashes}|{words}|{week})\b{after}")
}

/// A day, or one told by another.
pub enum Day {
    /// Days since 1970.
    Civil(i64),
    /// So many days before that of the report.
    Relative(i64),
    /// The last such day of the week, from 0 for Monday; the word "last" leaves out the day of the report.
    Week(i64, i64),
    /// It is none: completes "it …".
    Wrong(String),
}

/// How many days before `today` (days since 1970) that day of the week was.
pub fn back(today: i64, weekday: i64, least: i64) -> i64 {
    // 1 January 1970 was a Thursday.
    let back = (today + 3 - weekday).rem_euclid(7);
    if back < least { back + 7 } else { back }
}

/// The day that was found.
pub fn day(caught: &Captures<'_>, reference: Option<&Reference>) -> Day {
    let number = |names: &[&str]| -> Option<i64> {
        names.iter().find_map(|n| caught.name(n)).and_then(|m| m.as_str().parse().ok())
    };
    let place = |list: &str, name: &str| {
        let start = name.to_lowercase();
        list.split('|').position(|n| n == start).and_then(|i| i64::try_from(i).ok())
    };
    if let Some(word) = caught.name("w") {
        let back = matches!(word.as_str().to_lowercase().as_str(), "yesterday" | "last night");
        return Day::Relative(i64::from(back));
    }
    if let Some(weekday) = caught.name("wd").and_then(|m| place(WEEK, m.as_str())) {
        return Day::Week(weekday, i64::from(caught.name("last").is_some()));
    }
    let named = caught.name("m2").or(caught.name("m3")).and_then(|m| place(MONTHS, m.as_str()));
    let (mut month, mut date) = (named.map(|m| m + 1).or_else(|| number(&["m"])), number(&["d", "d2", "d3"]));
    if let (Some(a), Some(b)) = (number(&["a"]), number(&["b"])) {
        (date, month) = match (a > 12, b > 12) {
            (true, false) => (Some(a), Some(b)),
            (false, true) => (Some(b), Some(a)),
            _ => {
                return Day::Wrong("may be day/month or month/day: write the date as YYYY-MM-DD".into());
            }
        };
    }
    let year = number(&["y", "y2", "y3", "y4"]).or_else(|| reference.map(|r| year_of(r.at)));
    let (Some(year), Some(month), Some(date)) = (year, month, date) else {
        return Day::Wrong(
            "names a day without a year, and the moment of the report is not known: say --received".into(),
        );
    };
    let days = civil(year, month, date);
    if !(1..=12).contains(&month) || date < 1 || days >= civil(year + month / 12, month % 12 + 1, 1) {
        return Day::Wrong("names a day that no month has".into());
    }
    Day::Civil(days)
}

/// Days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(year: i64, month: i64, day: i64) -> i64 {
    let y = year - i64::from(month <= 2);
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn year_of(at: i64) -> i64 {
    let days = at.div_euclid(DAY);
    let guess = 1970 + days.div_euclid(366);
    (guess..).find(|y| civil(y + 1, 1, 1) > days).unwrap_or(guess)
}
