//! What is looked for.

use regex::{Regex, RegexBuilder};

use crate::domain::signal::printable;

/// The longest text or expression, in bytes.
pub const QUERY_MAX: usize = 4096;
/// Memory that a compiled expression may take, in bytes.
const COMPILED_MAX: usize = 4 << 20;

/// A text or an expression that nothing can be found by.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("search for `{text}`: {why}")]
pub struct BadQuery {
    /// The text.
    pub text: String,
    /// Where and what is wrong.
    pub why: String,
}

/// A text or an expression to look for. Without an upper-case letter in it, it finds both.
#[derive(Clone, Debug)]
pub struct Query {
    regex: Regex,
    literal: bool,
    rare: Option<(char, char)>,
}

impl Query {
    /// That very text.
    ///
    /// # Errors
    /// When it is empty or longer than [`QUERY_MAX`].
    pub fn text(text: &str) -> Result<Self, BadQuery> {
        let any_case = !text.chars().any(char::is_uppercase);
        if text.chars().any(char::is_control) {
            let why = "it has control characters, which no screen shows".to_owned();
            return Err(BadQuery { text: printable(text), why });
        }
        let rare = rare(text, any_case);
        Ok(Self { literal: true, rare, ..Self::of(text, &regex::escape(text), any_case)? })
    }

    /// A regular expression; each line is matched by itself.
    ///
    /// # Errors
    /// When it is empty, too long, or no expression: with the place.
    pub fn regex(text: &str) -> Result<Self, BadQuery> {
        let mut escaped = false;
        let upper = text.chars().any(|c| {
            let literal = !escaped;
            escaped = literal && c == '\\';
            literal && c.is_uppercase()
        });
        Self::of(text, text, !upper)
    }

    fn of(text: &str, expression: &str, any_case: bool) -> Result<Self, BadQuery> {
        let bad = |why: String| BadQuery { text: printable(&text.chars().take(80).collect::<String>()), why };
        if text.is_empty() {
            return Err(bad("there is nothing to look for; give a text".into()));
        }
        if text.len() > QUERY_MAX {
            return Err(bad(format!("it is longer than {QUERY_MAX} bytes")));
        }
        let built = RegexBuilder::new(expression).case_insensitive(any_case).size_limit(COMPILED_MAX).build();
        let regex = built.map_err(|e| bad(place(&e.to_string())))?;
        if regex.is_match("") {
            return Err(bad("it is found in every empty line; say more".into()));
        }
        Ok(Self { regex, literal: false, rare: None })
    }

    /// Whether some line of `lines` may have it. False only where none has.
    #[must_use]
    pub fn may_be_in(&self, lines: &str) -> bool {
        // Only a plain text is the same in a line and in many.
        !self.literal || self.regex.is_match(lines)
    }

    /// Two characters, of ASCII both, of which one is in everything that is found; none where nobody can tell.
    #[must_use]
    pub fn rare(&self) -> Option<(char, char)> {
        self.rare
    }

    /// Where the first of it is in a line, in bytes.
    #[must_use]
    pub fn find(&self, line: &str) -> Option<(usize, usize)> {
        self.regex.find(line).map(|m| (m.start(), m.end()))
    }
}

/// The character of a text that other texts have least, in both its cases.
fn rare(text: &str, any_case: bool) -> Option<(char, char)> {
    // English texts and code, from the most frequent; what is not among them is rarer.
    const OFTEN: &str = "etaoinsrlhdcumpfgybwv.-/_,:()0123456789kxjqz";
    // Without regard to case k and s are also found as a Kelvin sign and a long s.
    let sure = |c: &char| c.is_ascii_graphic() && !(any_case && matches!(c, 'k' | 's'));
    let rank = |c: &char| OFTEN.find(c.to_ascii_lowercase()).unwrap_or(OFTEN.len());
    let c = text.chars().filter(sure).max_by_key(rank)?;
    Some(if any_case { (c, c.to_ascii_uppercase()) } else { (c, c) })
}

/// What the library says over several lines, with a mark below the place, as one line.
fn place(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let what = lines.last().map_or(said, |l| l.trim_start_matches("error: "));
    let mark = lines.iter().find(|l| l.contains('^') && l.trim_matches([' ', '^']).is_empty());
    match mark.and_then(|l| l.find('^')) {
        // The expression stands four blanks from the left.
        Some(at) if at >= 4 => format!("{what}, at character {}", at - 3),
        _ => what.to_owned(),
    }
}
