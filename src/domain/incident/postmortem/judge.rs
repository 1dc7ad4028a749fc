//! Whether what stands in a statement is known: times, numbers and names.

use super::check::{At, Check};
use super::figures::Facts;
use super::scan::{Found, Token, number, scan, spelt};
use crate::domain::signal::printable;

impl Check<'_, '_> {
    /// A time, a number or a word: whether somebody said it.
    pub(super) fn token(&mut self, found: &Found<'_>, facts: &Facts, at: At) {
        let text = printable(found.text);
        let where_ = if at.named { "in none of the findings that the line names" } else { "in no finding" };
        let line = at.line;
        match &found.token {
            Token::Moment(moment, _) if !facts.has_moment(*moment) => {
                self.say(format!("line {line}: the time {text} is {where_}"));
            }
            Token::Stamp(date, clock) if !facts.has_stamp(date, clock) => {
                self.say(format!("line {line}: the time {text} is {where_}"));
            }
            Token::Date(date) if !facts.has_date(date) => {
                self.say(format!("line {line}: the date {text} is {where_}"));
            }
            Token::Clock(clock) if !facts.has_clock(clock) => {
                self.say(format!("line {line}: the time {text} is {where_}"));
            }
            Token::Odd(why) if !facts.has_odd(found.text) => {
                self.say(format!("line {line}: the time {text} {why}"))
            }
            Token::Number(x, digits, of) => self.number(*x, *digits, *of, &text, facts, at),
            Token::Word(word) => self.word(word, facts, at),
            _ => {}
        }
    }

    fn number(&mut self, x: f64, digits: usize, of_hundred: bool, text: &str, facts: &Facts, at: At) {
        if !facts.has_number(x, digits, of_hundred) {
            let where_ =
                if at.named { "in none of the findings that the line names" } else { "in no finding" };
            self.say(format!("line {}: the number {text} is {where_}", at.line));
        }
    }

    fn word(&mut self, word: &str, facts: &Facts, at: At) {
        // A figure is one wherever else the word was said.
        if let Some(x) = spelt(word) {
            return self.number(x, 0, false, word, facts, at);
        }
        if self.all.has_word(word) {
            return;
        }
        let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
        if self.all.has_word(word) {
            return;
        }
        if word.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
            self.say(format!(
                "line {}: `{}` has digits that cannot be compared; write 0 to 9",
                at.line,
                printable(word)
            ));
            return;
        }
        for part in word.split(['@', ',', '+', ':']).filter(|p| !p.is_empty()) {
            let kind = part.split('/').next().unwrap_or_default();
            let typed = part.contains('/')
                && (self.actions.types.iter().any(|t| t == kind) || self.all.has_entity(part));
            if self.all.has_word(part) || self.actions.terms.iter().any(|t| t.eq_ignore_ascii_case(part)) {
                continue;
            }
            if typed {
                self.unknown(part, at);
                continue;
            }
            part.split('/').filter(|s| !s.is_empty()).for_each(|s| self.segment(s, facts, at));
        }
    }

    fn segment(&mut self, s: &str, facts: &Facts, at: At) {
        let lower = s.to_lowercase();
        let level = at.advice && ["p1", "p2", "p3"].contains(&lower.as_str());
        if self.all.has_word(s) || level || self.actions.terms.contains(&lower) {
            return;
        }
        if let Some((x, digits)) = number(s) {
            return self.number(x, digits, false, s, facts, at);
        }
        if let Some(x) = spelt(s).or_else(|| s.split_once('-').and_then(|(first, _)| spelt(first))) {
            return self.number(x, 0, false, s, facts, at);
        }
        let digit = |t: &str| t.contains(|c: char| c.is_ascii_digit());
        if digit(s) {
            let mut parts = s.split('-');
            let first = parts.next().and_then(number);
            let rest: Vec<&str> = parts.collect();
            match first {
                // `5-minute`, and from one number to another.
                Some((x, digits))
                    if !rest.is_empty() && rest.iter().all(|p| !digit(p) || number(p).is_some()) =>
                {
                    self.number(x, digits, false, s, facts, at);
                    for (x, digits) in rest.into_iter().filter_map(number) {
                        self.number(x, digits, false, s, facts, at);
                    }
                }
                _ => self.unknown(s, at),
            }
            return;
        }
        let short = s.split('.').all(|p| p.chars().count() < 2);
        let kind = self.kinds.get(s).is_some();
        if kind || s.contains('_') || (s.contains('.') && !short) || lower.ends_with("-agent") {
            self.unknown(s, at);
        }
    }

    fn unknown(&mut self, name: &str, at: At) {
        self.say(format!("line {}: the name `{}` is in no finding", at.line, printable(name)));
    }

    /// Names in backquotes: those without a space in them are names, not commands.
    pub(super) fn quoted(&mut self, text: &str, at: At) {
        for name in text.split('`').skip(1).step_by(2).filter(|n| !n.trim().is_empty()) {
            let words = scan(name);
            let known = words.iter().all(|f| match f.token {
                Token::Word(w) => {
                    self.all.has_word(w) || w.split(['@', ',', '+', ':']).all(|p| self.all.has_word(p))
                }
                _ => true,
            });
            if !name.contains(char::is_whitespace) && !known {
                self.unknown(name, at);
            }
        }
    }
}
