//! Moments of a recording as people name them.

use std::str::FromStr;

/// A moment of a recording.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Moment {
    /// Microseconds after its beginning.
    After(u64),
    /// A share of its length, 0 to 1.
    Share(f64),
    /// Just after the event of that number.
    Event(u64),
    /// Its end.
    End,
}

/// What is no moment.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "read the moment `{0}`: expected one like 12m30s, 1:02:03, 90 (seconds), 50%, #123 (an event) or end"
)]
pub struct Unreadable(String);

impl FromStr for Moment {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let wrong = || Unreadable(text.to_owned());
        let text = text.trim();
        if text.eq_ignore_ascii_case("end") {
            return Ok(Self::End);
        }
        if let Some(number) = text.strip_prefix('#') {
            return number.parse().map(Self::Event).map_err(|_| wrong());
        }
        if let Some(percent) = text.strip_suffix('%') {
            let percent: f64 = number(percent.trim()).ok_or_else(wrong)?;
            return if percent <= 100.0 { Ok(Self::Share(percent / 100.0)) } else { Err(wrong()) };
        }
        let seconds = if text.contains(':') { clock(text) } else { units(text) };
        seconds.map(|s| Self::After(micros(s))).ok_or_else(wrong)
    }
}

/// Microseconds after the beginning as `1:02:03.500`, which reads as that moment or less than a millisecond after it.
#[must_use]
pub fn clock_text(us: u64) -> String {
    let ms = us.div_ceil(1000);
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// `1:02:03.5`, the last part being seconds.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts.iter().try_fold(0.0, |sum, part| Some(sum * 60.0 + number(part)?))
}

/// `1h2m3.5s`, or seconds alone.
fn units(text: &str) -> Option<f64> {
    let (mut rest, mut sum) = (text, 0.0);
    if let Some(seconds) = number(rest) {
        return Some(seconds);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value = number(rest.get(..digits)?)?;
        let unit = rest.get(digits..)?;
        let (factor, word) = [("ms", 0.001), ("h", 3600.0), ("m", 60.0), ("s", 1.0)]
            .iter()
            .find(|(word, _)| unit.starts_with(word))
            .map(|(word, factor)| (*factor, word.len()))?;
        sum += value * factor;
        rest = unit.get(word..)?;
    }
    (!text.is_empty()).then_some(sum)
}

fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse().ok().filter(|n: &f64| plain && n.is_finite())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and saturating is meant"
)]
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

/// A length of time or a moment as [`Moment`] reads it: hours, minutes and seconds, hours left out where there are none.
#[must_use]
pub fn told(us: u64) -> String {
    let s = us / 1_000_000;
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        h => format!("{h}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_again() {
        for (us, text) in [(0, "0:00"), (59_999_999, "0:59"), (3_723_000_000, "1:02:03")] {
            assert_eq!(told(us), text);
            assert_eq!(text.parse(), Ok(Moment::After(us / 1_000_000 * 1_000_000)));
        }
        // However long: the clock of a stranger's session may say anything.
        assert_eq!(told(u64::MAX), "5124095576:01:49");
    }

    #[test]
    fn moments_are_read_in_the_forms_people_write() {
        for (text, wanted) in [
            ("12m30s", Moment::After(750_000_000)),
            ("1h2m", Moment::After(3_720_000_000)),
            ("90", Moment::After(90_000_000)),
            ("1.5s", Moment::After(1_500_000)),
            ("250ms", Moment::After(250_000)),
            ("1:02:03", Moment::After(3_723_000_000)),
            ("2:03.5", Moment::After(123_500_000)),
            ("50%", Moment::Share(0.5)),
            ("#17", Moment::Event(17)),
            (" end ", Moment::End),
        ] {
            assert_eq!(text.parse(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn a_moment_as_text_leads_back_to_it() {
        for (us, text) in [(0, "0:00:00.000"), (1, "0:00:00.001"), (3_723_500_000, "1:02:03.500")] {
            assert_eq!(clock_text(us), text);
            let Ok(Moment::After(read)) = text.parse() else { panic!("{text}") };
            assert!((us..us + 1000).contains(&read), "{text}: {read}");
        }
    }

    #[test]
    fn what_is_none_is_refused_with_examples() {
        for text in ["", "-5", "12x", "101%", "1:2:3:4", "#", "m", "1e9", "inf", "nan", "5 m", "\u{0}"] {
            let said = text.parse::<Moment>().unwrap_err().to_string();
            assert!(said.contains("12m30s"), "{text}: {said}");
        }
    }
}
