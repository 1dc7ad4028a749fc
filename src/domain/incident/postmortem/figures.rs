//! Times and numbers that a statement may have.

use std::collections::BTreeSet;

use super::scan::{Token, number, scan, spelt};
use super::text::inline;
use crate::domain::incident::stamp;

/// Times and numbers.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    numbers: Vec<f64>,
    /// Those that may also be told of a hundred.
    pub parts: Vec<f64>,
    /// Moments as `2026-03-14 02:10`, with seconds, and with what is finer.
    stamps: BTreeSet<String>,
    clocks: BTreeSet<String>,
    dates: BTreeSet<String>,
    /// What is like a time and cannot be compared with one, as it was said.
    odd: BTreeSet<String>,
}

impl Facts {
    /// A moment, in milliseconds since 1970.
    pub fn moment(&mut self, at: i64) {
        let text = stamp::text(at);
        let (date, clock) = (text.get(..10).unwrap_or_default(), text.get(11..).unwrap_or_default());
        let clock = clock.trim_end_matches('Z');
        self.dates.insert(date.to_owned());
        for end in [5, 8, clock.len()] {
            let clock = clock.get(..end).unwrap_or(clock);
            self.clocks.insert(clock.to_owned());
            self.stamps.insert(format!("{date} {clock}"));
        }
    }

    pub fn number(&mut self, x: f64) {
        self.numbers.push(x.abs());
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn count(&mut self, n: usize) {
        // Counts are far below the 2^53 that would lose digits.
        self.number(n as f64);
    }

    /// A part of 1, such as a confidence.
    pub fn part(&mut self, x: f64) {
        self.parts.push(x.abs());
        self.number(x);
    }

    /// A span in seconds, told in any unit.
    pub fn span(&mut self, seconds: f64) {
        for unit in [1.0, 60.0, 3600.0] {
            self.number(seconds / unit);
        }
    }

    /// Whatever stands in a text, as it is and as it is shown: what may not be shown parts words that were one.
    pub fn text(&mut self, text: &str) {
        self.said(text);
        self.said(&inline(text, usize::MAX));
    }

    fn said(&mut self, text: &str) {
        for found in scan(text) {
            match found.token {
                Token::Moment(at, clock) => {
                    self.moment(at);
                    self.clocks.insert(clock.get(..5).unwrap_or_default().to_owned());
                }
                Token::Date(date) => {
                    self.dates.insert(date);
                }
                Token::Stamp(date, clock) => {
                    for end in [5, 8, clock.len()] {
                        let clock = clock.get(..end).unwrap_or(&clock).to_owned();
                        self.stamps.insert(format!("{date} {clock}"));
                        self.clocks.insert(clock);
                    }
                    self.dates.insert(date);
                }
                Token::Clock(clock) => {
                    self.clocks.insert(clock.get(..5).unwrap_or_default().to_owned());
                    self.clocks.insert(clock);
                }
                Token::Number(x, _, of) => {
                    self.number(x);
                    if of {
                        self.parts.push(x / 100.0);
                    }
                }
                // `5-minute` has a figure, `ip-10-0-1-7` has none.
                Token::Word(word) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                    let numbers = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
                    numbers.filter_map(number).for_each(|(x, _)| self.number(x));
                }
                Token::Word(word) => spelt(word).into_iter().for_each(|x| self.number(x)),
                Token::Odd(_) => {
                    self.odd.insert(found.text.to_owned());
                }
            }
        }
    }

    /// Whether a number is among them as it is, or rounded to the digits that it has behind the point.
    pub fn has_number(&self, x: f64, digits: usize, of_hundred: bool) -> bool {
        let step = 0.5 * 0.1_f64.powi(i32::try_from(digits.min(12)).unwrap_or(12));
        let near = |v: f64| (v - x).abs() <= step * (1.0 + 1e-9) + 1e-9 * v.abs();
        self.numbers.iter().any(|v| near(*v)) || (of_hundred && self.parts.iter().any(|v| near(v * 100.0)))
    }

    pub fn has_date(&self, date: &str) -> bool {
        if date.starts_with('-') {
            self.dates.iter().any(|d| d.ends_with(date))
        } else {
            self.dates.contains(date)
        }
    }

    pub fn has_clock(&self, clock: &str) -> bool {
        self.clocks.contains(clock)
    }

    /// Whether what cannot be compared was said so: what a finding says may be repeated.
    pub fn has_odd(&self, text: &str) -> bool {
        self.odd.contains(text)
    }

    pub fn has_stamp(&self, date: &str, clock: &str) -> bool {
        // A clock that a report gives without its date is of the day that the text gives it.
        self.stamps.contains(&format!("{date} {clock}"))
    }

    pub fn has_moment(&self, at: i64) -> bool {
        let mut one = Self::default();
        one.moment(at);
        one.stamps.iter().next_back().is_some_and(|s| self.stamps.contains(s))
    }

    pub fn add(&mut self, other: &Self) {
        self.numbers.extend(&other.numbers);
        self.parts.extend(&other.parts);
        self.stamps.extend(other.stamps.iter().cloned());
        self.clocks.extend(other.clocks.iter().cloned());
        self.dates.extend(other.dates.iter().cloned());
        self.odd.extend(other.odd.iter().cloned());
    }
}
