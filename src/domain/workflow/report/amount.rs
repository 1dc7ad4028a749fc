//! Figures as they were given, read as a number with a unit.
//!
//! What is not plainly a number with a unit is none: `~12 min`, `5-10 min`, `1,5 h` and `twice a week` are only shown.

use std::cmp::Ordering;

/// The most digits that count: what a floating-point number holds exactly.
const DIGITS_MOST: usize = 15;
/// The most decimals of a difference.
const DECIMALS_MOST: usize = 6;

/// A number with its unit.
#[derive(Clone, PartialEq, Debug)]
pub struct Amount {
    /// The number.
    pub number: f64,
    /// Its decimals, as it was written.
    pub decimals: usize,
    /// The unit in one spelling: `min`, `%`, `EUR/month`, `/week`; empty: none was given.
    pub unit: String,
}

/// How a figure changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// In words: `up 100 %`, `down 0.9 percentage points`, `up 3 min`.
    pub text: String,
    /// Whether it went up or down.
    pub went: Ordering,
}

/// Reads a figure.
#[must_use]
pub fn amount(text: &str) -> Option<Amount> {
    let text = text.trim();
    let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '\u{2212}'))?;
    let (before, rest) = text.split_at(start);
    // Only a currency may stand before the number.
    let before = before.trim();
    if !before.is_empty() && !currency(before) {
        return None;
    }
    let (sign, rest) = match rest.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    let (whole, part) = number.split_once('.').map_or((number, ""), |(w, p)| (w, p));
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped = groups.iter().skip(1).all(|g| g.len() == 3) && groups.iter().all(|g| !g.is_empty());
    let digits = groups.concat();
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let first = groups.first().map_or(0, |g| g.len());
    if !grouped || (groups.len() > 1 && first > 3) || !plain(&digits) || !plain(part) {
        return None;
    }
    if number.ends_with('.') || digits.len() + part.len() > DIGITS_MOST {
        return None;
    }
    // More digits mean a range, a ratio or a time of day.
    if unit.chars().any(|c| c.is_numeric()) {
        return None;
    }
    let value: f64 = format!("{digits}.{part}0").parse().ok()?;
    Some(Amount { number: sign * value, decimals: part.len(), unit: spelt(&format!("{before} {unit}")) })
}

fn currency(word: &str) -> bool {
    let code = word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase());
    code || ["USD", "EUR", "GBP"].contains(&alike(&word.to_lowercase()))
}

/// A unit in one spelling.
fn spelt(unit: &str) -> String {
    let mut out = String::new();
    let apart = unit.to_lowercase();
    let apart = ["/", "%", "€", "£"].iter().fold(apart, |t, sign| t.replace(sign, &format!(" {sign} ")));
    for word in apart.split_whitespace() {
        let word = alike(word);
        if word.is_empty() {
            continue;
        }
        if !(out.is_empty() || out.ends_with('/') || word.starts_with('/')) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A word of a unit as it is always written.
fn alike(word: &str) -> &str {
    match word {
        "per" | "a" | "an" | "each" | "every" | "/" => "/",
        "times" | "x" => "",
        "ms" | "msec" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "wk" | "week" | "weeks" => "week",
        "mo" | "month" | "months" => "month",
        "y" | "yr" | "year" | "years" => "year",
        "daily" => "/d",
        "weekly" => "/week",
        "monthly" => "/month",
        "yearly" | "annually" => "/year",
        "%" | "percent" | "pct" => "%",
        "$" | "us$" | "usd" => "USD",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" => "GBP",
        other => other,
    }
}

/// How a figure changed.
///
/// # Errors
/// Why that cannot be said.
pub fn change(before: &str, after: &str) -> Result<Change, String> {
    let (Some(b), Some(a)) = (amount(before), amount(after)) else {
        return Err("not computed: it takes a plain number with a unit before and after".into());
    };
    if a.unit != b.unit {
        return Err("not computed: the units differ".into());
    }
    let by = a.number - b.number;
    let decimals = a.decimals.max(b.decimals).min(DECIMALS_MOST);
    let went = by.partial_cmp(&0.0).unwrap_or(Ordering::Equal);
    let up = if went == Ordering::Less { "down" } else { "up" };
    let text = if went == Ordering::Equal {
        "unchanged".to_owned()
    } else if a.unit == "%" {
        format!("{up} {} percentage points", plain(by.abs(), decimals))
    } else if b.number == 0.0 {
        format!("{up} {} {}", plain(by.abs(), decimals), a.unit).trim_end().to_owned()
    } else {
        format!("{up} {} %", plain((by / b.number).abs() * 100.0, 1))
    };
    Ok(Change { text, went })
}

/// A number with at most so many decimals, without zeros at their end.
#[must_use]
pub fn plain(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The same with commas between thousands.
#[must_use]
pub fn grouped(number: f64, decimals: usize) -> String {
    let text = plain(number, decimals);
    let end = text.find('.').unwrap_or(text.len());
    let mut out = String::new();
    for (n, c) in text.chars().enumerate() {
        // No comma behind a sign, and none among decimals.
        if n < end && (end - n).is_multiple_of(3) && out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbers_with_a_unit_or_none() {
        let of = |t: &str| amount(t).map(|a| (a.number, a.unit));
        for (text, number, unit) in [
            ("12 min", 12.0, "min"),
            ("12minutes", 12.0, "min"),
            ("99.95%", 99.95, "%"),
            ("1 a week", 1.0, "/week"),
            ("3 times per week", 3.0, "/week"),
            ("2/wk", 2.0, "/week"),
            ("1,250.5 req/s", 1250.5, "req/s"),
            ("$4,200 / month", 4200.0, "USD/month"),
            ("9000 EUR a month", 9000.0, "EUR/month"),
            ("CHF 12", 12.0, "chf"),
            ("36000€ yearly", 36000.0, "EUR/year"),
            ("-3", -3.0, ""),
            ("7", 7.0, ""),
        ] {
            assert_eq!(of(text), Some((number, unit.to_owned())), "{text}");
        }
        for text in [
            "",
            "twice a week",
            "~12 min",
            "<5 min",
            "5-10 min",
            "1:30 h",
            "3/5",
            "1,5 h",
            "1 000 EUR",
            "1.2.3",
            "12. min",
            "about 3",
            "12,34",
            "1234,567",
            "HIPAA, SOC 2",
            "99999999999999999999",
            "-",
            "+",
            "é1",
            ".5",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn changes_are_percent_points_or_amounts() {
        let of = |b: &str, a: &str| change(b, a).map(|c| (c.text, c.went));
        let ok = |text: &str, went| Ok((text.to_owned(), went));
        assert_eq!(of("1 a week", "2 per week"), ok("up 100 %", Ordering::Greater));
        assert_eq!(of("45 min", "12 min"), ok("down 73.3 %", Ordering::Less));
        assert_eq!(of("99 %", "99.95 %"), ok("up 0.95 percentage points", Ordering::Greater));
        assert_eq!(of("0", "3"), ok("up 3", Ordering::Greater));
        assert_eq!(of("4 h", "4 hours"), ok("unchanged", Ordering::Equal));
        assert_eq!(
            [grouped(1234567.5, 1), grouped(-1000.0, 0), grouped(999.25, 2)],
            ["1,234,567.5", "-1,000", "999.25"]
        );
        assert!(of("2 h", "12 min").unwrap_err().contains("units differ"));
        assert!(of("a lot", "12 min").unwrap_err().contains("plain number"));
    }
}
