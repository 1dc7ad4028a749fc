//! When a usage limit is over, read from what programs say of it.
//!
//! Understood are: clock times (`14:30`, `3pm`, `3:15 PM`), with a day before or after (`Oct 5`,
//! `5 October 2026`, `tomorrow`); stretches (`2 hours 5 minutes`, `1h 30m`, `45m`, `90 s`); moments
//! of ISO 8601 (`2026-01-02T15:04:05Z`, `2026-01-02 15:04`); seconds or milliseconds since 1970.
//! A clock time is of the zone given, unless the text says `UTC`, `GMT`, `Z` or an offset.

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * MINUTE;
/// The furthest a limit may lie ahead to be believed: 62 days.
const FURTHEST: i64 = 62 * DAY;
/// A clock time this far back still means today: the message may be a little old.
const STALE: i64 = 10 * MINUTE;
/// Longest text that is read, in bytes.
const LONGEST: usize = 200;

/// The moment that `text` names, in milliseconds since 1970: `now` is that of reading it,
/// `utc_offset` the minutes by which local clocks are ahead of UTC. None where it names none, or
/// one that lies more than 62 days ahead or more than a day back.
#[must_use]
pub fn parse(text: &str, now: i64, utc_offset: i32) -> Option<i64> {
    let text: String = text.chars().take(LONGEST).collect::<String>().to_lowercase();
    let words = words(&text);
    let offset = i64::from(utc_offset.clamp(-24 * 60, 24 * 60)) * MINUTE;
    let found = epoch(&words).or_else(|| stretch(&words, now)).or_else(|| clock(&words, now, offset))?;
    let ahead = found.checked_sub(now)?;
    (-DAY..=FURTHEST).contains(&ahead).then_some(found)
}

/// A part of the text: digits, letters, or one other character.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Word {
    Number { value: i64, digits: usize },
    Letters(String),
    Sign(char),
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut joined = false;
    for c in text.chars() {
        let digit = c.to_digit(10).filter(|_| c.is_ascii()).map(i64::from);
        match (words.last_mut(), digit) {
            (Some(Word::Number { value, digits }), Some(d)) if joined => {
                *value = value.saturating_mul(10).saturating_add(d);
                *digits += 1;
            }
            (_, Some(d)) => words.push(Word::Number { value: d, digits: 1 }),
            (Some(Word::Letters(w)), None) if joined && c.is_alphabetic() => w.push(c),
            (_, None) if c.is_alphabetic() => words.push(Word::Letters(c.to_string())),
            (_, None) if c.is_whitespace() => {}
            (_, None) => words.push(Word::Sign(c)),
        }
        joined = !c.is_whitespace();
    }
    words
}

fn epoch(words: &[Word]) -> Option<i64> {
    words.iter().find_map(|w| match w {
        Word::Number { value, digits: 10 } => value.checked_mul(1000),
        Word::Number { value, digits: 13 } => Some(*value),
        _ => None,
    })
}

/// `2 hours and 5 minutes`, `1h30m`.
fn stretch(words: &[Word], now: i64) -> Option<i64> {
    let mut all: Option<i64> = None;
    for pair in words.windows(2) {
        let [Word::Number { value, .. }, Word::Letters(unit)] = pair else { continue };
        let unit = match unit.as_str() {
            "d" | "day" | "days" => DAY,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60 * MINUTE,
            "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000,
            _ => continue,
        };
        all = Some(all.unwrap_or(0).checked_add(value.checked_mul(unit)?)?);
    }
    now.checked_add(all?)
}

fn clock(words: &[Word], now: i64, offset: i64) -> Option<i64> {
    let (of_day, at, end) = time_of_day(words)?;
    let offset = zone(&words[end..]).unwrap_or(offset);
    let today = now.checked_add(offset)?.div_euclid(DAY);
    let local = |day: i64| day.checked_mul(DAY)?.checked_add(of_day)?.checked_sub(offset);
    if let Some(day) = date(words, at, end, today) {
        return local(day);
    }
    if words.contains(&Word::Letters("tomorrow".into())) {
        return local(today + 1);
    }
    let first = local(today)?;
    if first < now.saturating_sub(STALE) { local(today + 1) } else { Some(first) }
}

/// Milliseconds since midnight, and where in the words the time stands.
fn time_of_day(words: &[Word]) -> Option<(i64, usize, usize)> {
    let small = |i: usize, below: i64| match words.get(i) {
        Some(Word::Number { value, digits }) if *digits <= 2 && *value < below => Some(*value),
        _ => None,
    };
    let sign = |i: usize, c: char| words.get(i) == Some(&Word::Sign(c));
    for at in 0..words.len() {
        let Some(hour) = small(at, 25) else { continue };
        let (mut minute, mut second, mut end) = (None, 0, at + 1);
        if sign(end, ':') {
            minute = small(end + 1, 60);
            end += if minute.is_some() { 2 } else { 0 };
            if let Some(s) = small(end + 1, 61).filter(|_| minute.is_some() && sign(end, ':')) {
                (second, end) = (s, end + 2);
            }
        }
        let half = match words.get(end) {
            Some(Word::Letters(w)) if (w == "am" || w == "pm") && (1..=12).contains(&hour) => {
                end += 1;
                Some(w == "pm")
            }
            _ => None,
        };
        let hour = match half {
            Some(pm) => hour % 12 + if pm { 12 } else { 0 },
            None if minute.is_some() => hour,
            None => continue,
        };
        return Some((((hour * 60 + minute.unwrap_or(0)) * 60 + second) * 1000, at, end));
    }
    None
}

/// The zone that follows a time, in milliseconds ahead of UTC.
fn zone(after: &[Word]) -> Option<i64> {
    let skip = usize::from(matches!(after.first(), Some(Word::Sign('.'))));
    let skip = if skip == 1 && matches!(after.get(1), Some(Word::Number { .. })) { 2 } else { 0 };
    let after = &after[skip..];
    match after {
        [Word::Letters(z), ..] if z == "z" => Some(0),
        [Word::Sign(sign @ ('+' | '-')), Word::Number { value, digits }, rest @ ..] => {
            let minutes = match (digits, rest) {
                (4, _) => value / 100 * 60 + value % 100,
                (1 | 2, [Word::Sign(':'), Word::Number { value: m, digits: 2 }, ..]) => value * 60 + m,
                (1 | 2, _) => value * 60,
                _ => return None,
            };
            let ahead = minutes.min(24 * 60) * MINUTE;
            Some(if *sign == '-' { -ahead } else { ahead })
        }
        _ => {
            let named = |w: &Word| matches!(w, Word::Letters(z) if z == "utc" || z == "gmt");
            after.iter().take(3).any(named).then_some(0)
        }
    }
}

/// The day named around a time, in days since 1970.
fn date(words: &[Word], at: usize, end: usize, today: i64) -> Option<i64> {
    let number = |i: usize| match words.get(i) {
        Some(Word::Number { value, digits }) if !(at..end).contains(&i) => Some((*value, *digits)),
        _ => None,
    };
    for i in 0..words.len() {
        // 2026-01-02
        let dashes = words.get(i + 1) == Some(&Word::Sign('-')) && words.get(i + 3) == Some(&Word::Sign('-'));
        if let (Some((y, 4)), true, Some((m, 2)), Some((d, 2))) =
            (number(i), dashes, number(i + 2), number(i + 4))
        {
            return days(y, m, d);
        }
        let Some(Word::Letters(name)) = words.get(i) else { continue };
        let Some(month) = month(name) else { continue };
        // Oct 5th, 2026 or 5 Oct 2026; the nearest year where none is named.
        let before = i.checked_sub(1).and_then(number).filter(|(_, digits)| *digits <= 2);
        let after = number(i + 1).filter(|(_, digits)| *digits <= 2);
        let (day, _) = after.or(before)?;
        let year = (i + 1..words.len().min(i + 6)).find_map(|j| number(j).filter(|(_, n)| *n == 4));
        if let Some((year, _)) = year {
            return days(year, month, day);
        }
        let this = 1970 + today.div_euclid(365);
        let near = [this - 1, this, this + 1].into_iter().filter_map(|y| days(y, month, day));
        return near.min_by_key(|d| d.abs_diff(today));
    }
    None
}

fn month(name: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS.iter().position(|m| name.len() >= 3 && m.starts_with(name))?;
    i64::try_from(at + 1).ok()
}

/// Days from 1970 to a date (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    Some(era * 146_097 + doe - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-01-01 12:00 UTC.
    const NOON: i64 = 1_767_268_800_000;
    const HOUR: i64 = 60 * MINUTE;

    #[test]
    fn what_programs_say() {
        let cases = [
            ("14:30", NOON + 150 * MINUTE),
            ("resets at 14:30:10", NOON + 150 * MINUTE + 10_000),
            ("3pm", NOON + 3 * HOUR),
            ("3:15 PM", NOON + 195 * MINUTE),
            ("12am", NOON + 12 * HOUR),
            ("12 pm", NOON),
            ("11:55", NOON - 5 * MINUTE),
            ("11am", NOON + 23 * HOUR),
            ("tomorrow at 9am", NOON + 21 * HOUR),
            ("2 hours 5 minutes", NOON + 125 * MINUTE),
            ("1h30m", NOON + 90 * MINUTE),
            ("in 45m", NOON + 45 * MINUTE),
            ("1 day and 2 hrs", NOON + 26 * HOUR),
            ("90 seconds", NOON + 90_000),
            ("2026-01-01T15:04:05Z", NOON + 184 * MINUTE + 5000),
            ("2026-01-01T15:04:05.250+02:00", NOON + 64 * MINUTE + 5000),
            ("2026-01-02 08:00", NOON + 20 * HOUR),
            ("2026-01-01T08:00:00-0500", NOON + HOUR),
            ("1767272400", NOON + HOUR),
            ("1767272400000", NOON + HOUR),
            ("Jan 5, 3pm", NOON + 99 * HOUR),
            ("Jan 5th, 2026 3:15 PM", NOON + 99 * HOUR + 15 * MINUTE),
            ("5 January 2026 at 15:00", NOON + 99 * HOUR),
            ("Dec 31, 11pm", NOON - 13 * HOUR),
        ];
        for (text, at) in cases {
            assert_eq!(parse(text, NOON, 0), Some(at), "{text}");
        }
    }

    #[test]
    fn clocks_are_local_unless_they_say_otherwise() {
        assert_eq!(parse("14:30", NOON, 60), Some(NOON + 90 * MINUTE));
        assert_eq!(parse("3pm (Europe/Berlin)", NOON, 60), Some(NOON + 2 * HOUR));
        for zoned in ["14:30 UTC", "14:30 (GMT)", "14:30z", "15:30 +01:00", "15:30+1"] {
            assert_eq!(parse(zoned, NOON, -300), Some(NOON + 150 * MINUTE), "{zoned}");
        }
        // Past midnight there, the day before here.
        assert_eq!(parse("1am", NOON, 11 * 60), Some(NOON + 2 * HOUR));
        assert_eq!(parse("6pm", NOON, -11 * 60), Some(NOON + 17 * HOUR));
    }

    #[test]
    fn what_names_no_moment() {
        for text in [
            "",
            "later",
            "25:00",
            "30",
            "3 apples",
            "13 am",
            "2019-01-01T00:00Z",
            "9999999999",
            "99 days",
            "10:99",
        ] {
            assert_eq!(parse(text, NOON, 0), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(text in any::<String>(), now in any::<i64>(), offset in any::<i32>()) {
            let _ = parse(&text, now, offset);
        }

        #[test]
        fn numbers_of_any_size_break_nothing(
            parts in prop::collection::vec(("[0-9]{1,25}|am|pm|h|m|d|jan|z|utc|t|[-:+ .]", " ?"), 0..12),
            now in any::<i64>(),
        ) {
            let text: String = parts.into_iter().map(|(a, b)| a + &b).collect();
            let _ = parse(&text, now, 90);
            if let Some(at) = parse(&text, NOON, 90) {
                prop_assert!((NOON - DAY..=NOON + FURTHEST).contains(&at));
            }
        }

        #[test]
        fn a_clock_is_read_back(minutes in 0..1440i64, offset in -14 * 60..14 * 60i32) {
            let text = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            let at = parse(&text, NOON, offset).unwrap();
            let local = (at / MINUTE + i64::from(offset)).rem_euclid(1440);
            prop_assert_eq!(local, minutes);
            prop_assert!((NOON - STALE..NOON + DAY).contains(&at), "{}", at - NOON);
        }

        #[test]
        fn a_stretch_is_read_back(h in 0..100i64, m in 0..60i64) {
            for text in [format!("{h}h{m}m"), format!("in {h} hours {m} minutes"), format!("{h} hr, {m} min")] {
                prop_assert_eq!(parse(&text, NOON, 0), Some(NOON + h * HOUR + m * MINUTE));
            }
        }
    }
}
