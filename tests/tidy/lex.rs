//! Rust text as words: enough to find paths, without comments, strings and test modules.

/// One word or sign and its line, from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// Splits `source`; `::` is one token, comments vanish, literals become `""`.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let rest = &chars[at..];
        let (length, text) = match rest {
            ['/', '/', ..] => (until(rest, 2, |r| r[0] == '\n'), None),
            ['/', '*', ..] => (block_comment(rest), None),
            ['r' | 'b' | 'c', ..] if literal_prefix(rest) > 0 => (literal(rest), Some("\"\"".to_owned())),
            ['"', ..] => (literal(rest), Some("\"\"".to_owned())),
            ['\'', ..] => quote(rest),
            [':', ':', ..] => (2, Some("::".to_owned())),
            [c, ..] if c.is_whitespace() => (1, None),
            [c, ..] if word(*c) => {
                let length = until(rest, 1, |r| !word(r[0]));
                (length, Some(rest[..length].iter().collect()))
            }
            _ => (1, Some(rest[0].to_string())),
        };
        if let Some(text) = text {
            found.push(Token { text, line });
        }
        line += rest[..length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    found
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn until(rest: &[char], from: usize, end: impl Fn(&[char]) -> bool) -> usize {
    (from..rest.len()).find(|at| end(&rest[*at..])).unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// How many of `r b c #` stand before the quote of a string; 0 where none begins.
fn literal_prefix(rest: &[char]) -> usize {
    let letters = rest.iter().take(2).take_while(|c| matches!(c, 'r' | 'b' | 'c')).count();
    let hashes = rest[letters..].iter().take_while(|c| **c == '#').count();
    let raw = rest[..letters].contains(&'r');
    if rest.get(letters + hashes) == Some(&'"') && (hashes == 0 || raw) { letters + hashes } else { 0 }
}

fn literal(rest: &[char]) -> usize {
    let prefix = literal_prefix(rest);
    let hashes = rest[..prefix].iter().filter(|c| **c == '#').count();
    let raw = rest[..prefix].contains(&'r');
    let mut at = prefix + 1;
    while at < rest.len() {
        if rest[at] == '\\' && !raw {
            at += 2;
        } else if rest[at] == '"' && rest[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes {
            return at + 1 + hashes;
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// A character in quotes, or a lifetime's tick (which vanishes and leaves its name).
fn quote(rest: &[char]) -> (usize, Option<String>) {
    match rest {
        ['\'', '\\', _, ..] => (until(rest, 3, |r| r[0] == '\'') + 1, Some("\"\"".to_owned())),
        ['\'', _, '\'', ..] => (3, Some("\"\"".to_owned())),
        // The name of a lifetime is nothing anybody looks for.
        _ => (until(rest, 1, |r| !word(r[0])), None),
    }
    .min_with(rest.len())
}

trait Bounded {
    fn min_with(self, most: usize) -> Self;
}

impl Bounded for (usize, Option<String>) {
    fn min_with(self, most: usize) -> Self {
        (self.0.min(most), self.1)
    }
}

/// The tokens without items under `#[cfg(test)]`, and the names of modules declared there.
pub fn without_tests(all: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < all.len() {
        let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
        if starts(&all[at..], &attribute) || starts(&all[at..], &["#", "[", "cfg", "(", "all", "(", "test"]) {
            let item = end_of_attribute(all, at);
            let end = end_of_item(all, item);
            let names = all[item..end].windows(2).filter(|w| w[0].text == "mod").map(|w| w[1].text.clone());
            modules.extend(names);
            at = end;
        } else {
            kept.push(all[at].clone());
            at += 1;
        }
    }
    (kept, modules)
}

pub fn starts(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

fn end_of_attribute(all: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in all.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "[" => depth += 1,
            "]" if depth == 1 => return at + 1,
            "]" => depth -= 1,
            _ => {}
        }
    }
    all.len()
}

fn end_of_item(all: &[Token], from: usize) -> usize {
    let mut depth = 0_i32;
    let statement = all[from..].iter().take(3).any(|t| ["use", "const", "static"].contains(&t.text.as_str()));
    for (at, token) in all.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token.text == "}" && !statement {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    all.len()
}
