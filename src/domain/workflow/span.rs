//! Planned lengths of time: whole hours, written in weeks, days and hours.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hours of a planned day: calendar days, since agents work at all hours.
pub const DAY: u32 = 24;
/// Hours of a planned week: seven days, as the weeks of a plan are counted on a calendar.
pub const WEEK: u32 = 7 * DAY;
/// The longest span: two years.
pub const MOST: u32 = 104 * WEEK;

/// A planned length of time in hours, at most [`MOST`]; written `1w3d12h`.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Span(u32);

/// The longest that a planned day may last: ten years, in milliseconds.
pub const DAY_MOST_MS: u64 = 3650 * 86_400_000;

/// How many milliseconds a planned day lasts, written `24h`, `90m`, `2s` or `500ms`; at most [`DAY_MOST_MS`].
///
/// # Errors
/// When it is no such text, is nothing, or too long.
pub fn day_ms(text: &str) -> Result<u64, String> {
    const WRITE: &str = "write it as 24h, 90m, 2s or 500ms";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(WRITE.to_owned()),
    };
    match number.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)) {
        Some(ms) if (1..=DAY_MOST_MS).contains(&ms) => Ok(ms),
        Some(_) => Err("it is from 1ms to ten years".to_owned()),
        None => Err(WRITE.to_owned()),
    }
}

impl Span {
    /// So many hours, at most [`MOST`].
    #[must_use]
    pub fn hours(hours: u32) -> Self {
        Self(hours.min(MOST))
    }

    /// Its hours.
    #[must_use]
    pub fn as_hours(self) -> u32 {
        self.0
    }

    /// Its days, with fractions.
    #[must_use]
    pub fn days(self) -> f64 {
        f64::from(self.0) / f64::from(DAY)
    }

    /// Reads `2w`, `3d`, `1w3d`, `12h`, also with blanks between the parts and with a fraction (`1.5w`).
    ///
    /// # Errors
    /// When it is no such text, is nothing or more than [`MOST`], or no whole number of hours.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            format!(
                "`{}` is no duration: {why}; expected weeks, days and hours such as `2w`, `3d`, `1w3d12h`",
                shown(text)
            )
        };
        let mut hours = 0.0;
        // Each unit once, the longest first: `1w 1w` is more likely a slip than two weeks.
        let mut last = u32::MAX;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(wrong("it is empty"));
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, after) = rest.split_at(digits);
            if number.starts_with('.') || number.ends_with('.') {
                return Err(wrong("there is no digit beside its point"));
            }
            let number: f64 = number.parse().map_err(|_| wrong("a number is missing"))?;
            let mut chars = after.chars();
            let unit = match chars.next() {
                Some('w') => WEEK,
                Some('d') => DAY,
                Some('h') => 1,
                Some(c) if c.is_whitespace() => return Err(wrong("a blank stands before its unit")),
                Some(_) => return Err(wrong("its units are w, d and h")),
                None => return Err(wrong("a unit is missing")),
            };
            if unit >= last {
                return Err(wrong("it has a unit twice, or a shorter one first"));
            }
            last = unit;
            hours += number * f64::from(unit);
            rest = chars.as_str().trim_start();
        }
        if !(1.0..=f64::from(MOST)).contains(&hours) {
            return Err(wrong("it has to be an hour to 104 weeks"));
        }
        if hours.fract() != 0.0 {
            return Err(wrong("it is no whole number of hours"));
        }
        // In range and whole, as was just seen.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Self(hours as u32))
    }
}

/// The beginning of what was written, safe to show.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (n, unit) in [(self.0 / WEEK, 'w'), (self.0 % WEEK / DAY, 'd'), (self.0 % DAY, 'h')] {
            if n > 0 {
                text.push_str(&format!("{n}{unit}"));
            }
        }
        f.pad(if text.is_empty() { "0h" } else { &text })
    }
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for (text, hours, shown) in [
            ("2w", 336, "2w"),
            ("1w3d12h", 252, "1w3d12h"),
            ("1.5w", 252, "1w3d12h"),
            (" 3d 2h ", 74, "3d2h"),
            ("30h", 30, "1d6h"),
        ] {
            let span = Span::parse(text).unwrap();
            assert_eq!((span.as_hours(), span.to_string().as_str()), (hours, shown));
            assert_eq!(Span::parse(shown), Ok(span));
        }
        for text in
            ["", "w", "2", "2m", "-1d", "0h", "200w", "1.3h", "1..5w", "é", "2w\u{7}!", "NaNw", "infw"]
                .into_iter()
                .chain(["1.5 w", "5.d", ".5d", "1w1w", "1d1w", "1e9w", "99999999999999999999w"])
        {
            let why = Span::parse(text).unwrap_err();
            assert!(why.contains("expected weeks, days and hours"), "{text}: {why}");
        }
    }
}
