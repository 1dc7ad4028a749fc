//! Moments and spans of an incident as people read them. All of them are UTC: so are the postmortem and the evidence.

/// Milliseconds of a second, a minute and a day.
const SECOND: i64 = 1000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// Hours and minutes: `02:16`.
pub(super) fn minutes(at: i64) -> String {
    let minutes = at.div_euclid(MINUTE).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// With seconds: `02:16:05`.
pub(super) fn seconds(at: i64) -> String {
    format!("{}:{:02}", minutes(at), at.div_euclid(SECOND).rem_euclid(60))
}

/// As short as it is exact: `02:16`, `02:16:05`.
pub(super) fn short(at: i64) -> String {
    if at.rem_euclid(MINUTE) < SECOND { minutes(at) } else { seconds(at) }
}

/// A number of seconds as a span: `0:42`, `2:00`, `1:02:03`.
pub(super) fn span(seconds: i64) -> String {
    let (sign, s) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    match s {
        0..3600 => format!("{sign}{}:{:02}", s / 60, s % 60),
        _ => format!("{sign}{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
    }
}

/// How much later: `+2:00`, `-0:05`.
pub(super) fn lag(seconds: f64) -> String {
    // What cannot be a number of seconds is told as the largest there is.
    #[allow(clippy::cast_possible_truncation)]
    let whole = seconds.round() as i64;
    let sign = if whole < 0 { "" } else { "+" };
    format!("{sign}{}", span(whole))
}

/// How coarse a time is: `1 s`, `5 min`, `1 h`, `2 d`.
pub(super) fn coarse(seconds: u32) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_never_lie() {
        let at = 2 * 3600 * SECOND + 16 * MINUTE;
        assert_eq!((short(at).as_str(), short(at + 5 * SECOND).as_str()), ("02:16", "02:16:05"));
        assert_eq!(short(-MINUTE), "23:59");
        assert_eq!((span(42).as_str(), span(-3723).as_str()), ("0:42", "-1:02:03"));
        assert_eq!((lag(120.0).as_str(), lag(-4.6).as_str()), ("+2:00", "-0:05"));
        assert_eq!(
            (coarse(60).as_str(), coarse(3600).as_str(), coarse(172_800).as_str()),
            ("1 min", "1 h", "2 d")
        );
        assert!(lag(f64::INFINITY).starts_with('+') && span(i64::MIN).starts_with('-'));
    }
}
