//! Moments of findings: milliseconds since 1970 (UTC) in the program, RFC 3339 in JSON.

use serde::{Deserialize, Deserializer, Serializer};

use crate::domain::time::{Time, rfc3339};

/// A moment as RFC 3339 in UTC; milliseconds are written where there are any.
#[must_use]
pub fn text(at: i64) -> String {
    let whole = rfc3339(Time { mono: 0, wall: at });
    match at.rem_euclid(1000) {
        0 => whole,
        ms => format!("{}.{ms:03}Z", whole.trim_end_matches('Z')),
    }
}

/// The moment that an RFC 3339 text names, with any offset, in milliseconds since 1970 (UTC); what is finer is cut
/// off. Nothing when the text is no such moment.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let number = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i64>().ok())?
    };
    let is = |at: usize, any: &str| text.as_bytes().get(at).is_some_and(|b| any.contains(char::from(*b)));
    if !(is(4, "-") && is(7, "-") && is(10, "Tt ") && is(13, ":") && is(16, ":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut ms = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        ms = format!("{:0<3}", after.get(..digits.min(3))?).parse().ok()?;
        rest = after.get(digits..)?;
    }
    let offset = match rest {
        "Z" | "z" => 0,
        _ => offset(rest)?,
    };
    // Days since 1970 from a civil date: years that begin in March, so that the leap day is the last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let since =
        y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1;
    let days = since - 719_468;
    Some(((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + ms)
}

/// Minutes east of UTC, of `+02:00` or `+0200`.
fn offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Writes a moment.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(at: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*at))
}

/// Reads a moment.
///
/// # Errors
/// When the text is no RFC 3339 moment.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no RFC 3339 time")))
}

/// The same for moments that may be missing.
pub mod maybe {
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes a moment or nothing.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => to.serialize_str(&super::text(*at)),
            None => to.serialize_none(),
        }
    }

    /// Reads a moment or nothing.
    ///
    /// # Errors
    /// When there is a text that is no RFC 3339 moment.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let read = |text: String| {
            super::parse(&text)
                .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no RFC 3339 time")))
        };
        text.map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        for (read, written) in [
            ("2026-03-14T02:10:00Z", "2026-03-14T02:10:00Z"),
            ("2026-03-14T04:10:00+02:00", "2026-03-14T02:10:00Z"),
            ("2026-03-13 21:10:00.25-0500", "2026-03-14T02:10:00.250Z"),
            ("2024-02-29T23:59:59.1239Z", "2024-02-29T23:59:59.123Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(parse(read).map(text).as_deref(), Some(written), "{read}");
        }
        for wrong in [
            "",
            "02:10",
            "2026-03-14T02:10:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-03-14T02:10:00.Z",
            "2026-03-14T0é:10:00Z",
            "2026-03-14T02:10:00+2",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
