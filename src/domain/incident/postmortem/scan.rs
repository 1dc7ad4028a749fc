//! The parts of a text that can be true or false: times, dates, numbers and names.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::incident::stamp;

/// Something in a text.
#[derive(Clone, PartialEq, Debug)]
pub enum Token<'t> {
    /// A moment with its zone, in milliseconds since 1970, and its clock as written.
    Moment(i64, String),
    /// A date, `2026-03-14`; without a year `-03-14`.
    Date(String),
    /// A date and a clock, as [`Clock`](Token::Clock).
    Stamp(String, String),
    /// A clock: `02:10`, `02:10:00` or `02:10:00.120`.
    Clock(String),
    /// Something like a time that is none that can be compared, and why.
    Odd(&'static str),
    /// A number, its digits behind the point, and whether it is of a hundred.
    Number(f64, usize, bool),
    /// A word.
    Word(&'t str),
}

/// Something in a text, and as it is written there.
#[derive(Clone, PartialEq, Debug)]
pub struct Found<'t> {
    /// What.
    pub token: Token<'t>,
    /// As written.
    pub text: &'t str,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // With a capital: `3 may fail` is no date.
    let month = r"(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?";
    Regex::new(&format!(
        r"(?xi)
        (?P<iso>\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d+)?(?:Z|[+-]\d{{2}}:?\d{{2}}))
        |(?P<sdate>\d{{4}}-\d{{2}}-\d{{2}})(?:T|,?\ +(?:at\ +)?)(?P<sclock>\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?)(?P<shalf>\ ?[ap]\.?m\b\.?)?(?P<szone>\ (?-i:[A-Z]{{1,3}}[SD]?T|UTC|GMT)\b)?
        |(?P<date>\d{{4}}-\d{{2}}-\d{{2}})
        |(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\ +(?:of\ +)?(?P<month>{month})(?:,?\ +(?P<year>\d{{4}}))?\b
        |(?P<month2>{month})\ +(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\ +(?P<year2>\d{{4}}))?\b
        |(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?)(?P<half>\ ?[ap]\.?m\b\.?)?(?P<zone>\ (?-i:[A-Z]{{1,3}}[SD]?T|UTC|GMT)\b)?
        |(?P<hour>\d{{1,2}})(?P<hhalf>\ ?[ap]\.?m\b\.?)
        |(?P<word>[\p{{L}}\p{{N}}_]+(?:[.@/:,'’+\u{{a0}}\u{{2009}}\u{{202f}}-]+[\p{{L}}\p{{N}}_]+)*)(?P<of>\ ?%|\ +per\ ?cent\b)?
        "
    ))
    .ok()
});

/// All of a text, in its order.
#[must_use]
pub fn scan(text: &str) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    for c in PARTS.iter().flat_map(|r| r.captures_iter(text)) {
        let Some(whole) = c.get(0) else { continue };
        let get = |name: &str| c.name(name).map(|m| m.as_str());
        let token = if let Some(iso) = get("iso") {
            match stamp::parse(iso) {
                Some(at) => Token::Moment(at, iso.get(11..).unwrap_or_default().to_owned()),
                None => Token::Odd("is no time"),
            }
        } else if let (Some(date), Some(clock)) = (get("sdate"), get("sclock")) {
            timed(clock, get("shalf"), get("szone"))
                .map_or_else(Token::Odd, |c| Token::Stamp(date.to_owned(), c))
        } else if let Some(date) = get("date") {
            Token::Date(date.to_owned())
        } else if let (Some(day), Some(month)) = (get("day").or(get("day2")), get("month").or(get("month2")))
        {
            long(day, month, get("year").or(get("year2")))
        } else if let Some(clock) = get("clock") {
            timed(clock, get("half"), get("zone")).map_or_else(Token::Odd, Token::Clock)
        } else if let Some(hour) = get("hour") {
            timed(&format!("{hour}:00"), get("hhalf"), None).map_or_else(Token::Odd, Token::Clock)
        } else {
            let word = get("word").unwrap_or_default();
            match number(word) {
                Some((x, digits)) => Token::Number(x, digits, get("of").is_some()),
                None => Token::Word(word),
            }
        };
        all.push(Found { token, text: whole.as_str() });
    }
    all
}

/// A clock in the form that is compared: two digits of hours, no more than three behind the point.
fn timed(clock: &str, half: Option<&str>, zone: Option<&str>) -> Result<String, &'static str> {
    let zone = zone.map(|z| z.trim().to_uppercase()).unwrap_or_default();
    if !["", "UTC", "GMT"].contains(&zone.as_str()) {
        return Err("is not in UTC");
    }
    let (hour, rest) = clock.split_once(':').unwrap_or((clock, "00"));
    let mut hour: u32 = hour.parse().map_err(|_| "is no time")?;
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return Err("is no time");
        }
        hour = hour % 12 + if half.trim().to_lowercase().starts_with('p') { 12 } else { 0 };
    }
    if hour > 24 {
        return Err("is no time");
    }
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{:0<3.3}", fraction) };
    Ok(format!("{hour:02}:{whole}{fraction}"))
}

fn long(day: &str, month: &str, year: Option<&str>) -> Token<'static> {
    let lower = month.to_lowercase();
    let place = MONTHS.iter().position(|m| lower.starts_with(m));
    match (place, day.parse::<u32>()) {
        (Some(month), Ok(day)) => {
            Token::Date(format!("{}-{:02}-{day:02}", year.unwrap_or_default(), month + 1))
        }
        _ => Token::Odd("is no date"),
    }
}

/// Units that may stand at a number without a space.
const UNITS: &[&str] = &[
    "", "ms", "s", "sec", "m", "min", "mins", "h", "hr", "hrs", "d", "x", "k", "b", "kb", "mb", "gb", "tb",
    "kib", "mib", "gib", "tib", "usd", "eur", "rps", "qps", "st", "nd", "rd", "th",
];

/// A number with or without thousands set apart and a unit at it: its value and its digits behind the point.
#[must_use]
pub fn number(word: &str) -> Option<(f64, usize)> {
    let end = word.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (digits, unit) = (word.get(..end)?, word.get(end..)?);
    if !UNITS.contains(&unit.to_lowercase().as_str()) {
        return None;
    }
    let (whole, behind) = match digits.split_once('.') {
        Some((whole, behind)) => (whole, Some(behind)),
        None => (digits, None),
    };
    if behind.is_some_and(|b| b.is_empty() || !b.bytes().all(|c| c.is_ascii_digit())) {
        return None;
    }
    let apart = |c: char| matches!(c, ',' | '\'' | '’' | '_' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let groups: Vec<&str> = whole.split(apart).collect();
    let right = groups.iter().enumerate().all(|(n, g)| {
        let length = if groups.len() == 1 {
            g.len() > 0
        } else if n == 0 {
            (1..=3).contains(&g.len())
        } else {
            g.len() == 3
        };
        length && g.bytes().all(|c| c.is_ascii_digit())
    });
    if !right {
        return None;
    }
    let text = format!("{}.{}", groups.concat(), behind.unwrap_or("0"));
    Some((text.parse().ok()?, behind.map_or(0, str::len)))
}

/// The number that a word says. `one` and `two` are left out: they are said of anything.
#[must_use]
pub fn spelt(word: &str) -> Option<f64> {
    const SMALL: [&str; 18] = [
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    const UNIT: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = word.to_lowercase();
    let place =
        |list: &[&str], w: &str| list.iter().position(|x| *x == w).and_then(|n| u32::try_from(n).ok());
    let value = match word.as_str() {
        "dozen" => 12,
        "hundred" => 100,
        "thousand" => 1000,
        w => match w.split_once('-') {
            Some((tens, unit)) => (place(&TENS, tens)? + 2) * 10 + place(&UNIT, unit)? + 1,
            None => place(&SMALL, w).map(|n| n + 3).or_else(|| place(&TENS, w).map(|n| (n + 2) * 10))?,
        },
    };
    Some(f64::from(value))
}
