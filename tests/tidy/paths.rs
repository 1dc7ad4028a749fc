//! The paths that a source file names, resolved against its module.

use crate::lex::{Token, starts};

/// A path, whether a `use` brought it in, and its line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub path: Vec<String>,
    pub imported: bool,
    pub line: usize,
}

/// Words that may stand before a path and are no part of it.
const KEYWORDS: &[&str] = &[
    "return", "in", "else", "match", "if", "while", "break", "as", "dyn", "impl", "mut", "move", "where",
    "for",
];

/// All paths of `tokens`; `crate`, `self` and `super` resolved from `module`, as `crate::…`.
pub fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    // Inline modules: the depth of braces at which each ends.
    let mut inner: Vec<(String, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0);
    while at < tokens.len() {
        let text = tokens[at].text.as_str();
        let here: Vec<String> = module.iter().cloned().chain(inner.iter().map(|(n, _)| n.clone())).collect();
        let fresh = begins(tokens, at);
        if text == "mod" && tokens.get(at + 2).is_some_and(|t| t.text == "{") {
            depth += 1;
            inner.push((tokens[at + 1].text.clone(), depth));
            at += 3;
        // `impl Trait + use<'a>` imports nothing.
        } else if text == "use" && fresh && tokens.get(at + 1).is_some_and(|t| t.text != "<") {
            let mut raw = Vec::new();
            let line = tokens[at].line;
            at = tree(tokens, at + 1, &[], &mut raw);
            found.extend(raw.into_iter().map(|p| Named { path: resolve(p, &here), imported: true, line }));
        } else if fresh
            && identifier(text)
            && !KEYWORDS.contains(&text)
            && tokens.get(at + 1).is_some_and(|t| t.text == "::")
        {
            let mut path = vec![text.to_owned()];
            let line = tokens[at].line;
            while tokens.get(at + 1).is_some_and(|t| t.text == "::")
                && tokens.get(at + 2).is_some_and(|t| identifier(&t.text))
            {
                path.push(tokens[at + 2].text.clone());
                at += 2;
            }
            found.push(Named { path: resolve(path, &here), imported: false, line });
            at += 1;
        } else {
            match text {
                "{" => depth += 1,
                "}" => {
                    inner.retain(|(_, at_depth)| *at_depth < depth);
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            at += 1;
        }
    }
    found
}

/// Whether a path may begin at `at`, rather than go on; a leading `::` begins one.
fn begins(tokens: &[Token], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).map_or("", |i| tokens[i].text.as_str());
    let keyword =
        ["return", "in", "else", "match", "if", "break", "as", "dyn", "impl", "mut"].contains(&before(2));
    match before(1) {
        "." => before(2) == ".",
        "::" => keyword || !(identifier(before(2)) || before(2) == ">"),
        _ => true,
    }
}

fn identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one tree of a `use` from `at`, and gives where it ends.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|t| t.text != "}" && t.text != ";") {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(starts(&tokens[at.min(tokens.len())..], &[","]));
                }
                return at + 1;
            }
            "as" => at += 2,
            "," | "}" | ";" => break,
            // `{self}` names what stands before the brace.
            "self" if !path.is_empty() => at += 1,
            text => {
                path.push(text.to_owned());
                at += 1;
            }
        }
    }
    found.push(path);
    at
}

fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    let mut base = match path.first().map(String::as_str) {
        Some("self" | "super") => module.to_vec(),
        _ => return path,
    };
    let rest = path.iter().skip_while(|s| *s == "self" || *s == "super");
    for _ in path.iter().filter(|s| *s == "super") {
        base.pop();
    }
    ["crate".to_owned()].into_iter().chain(base).chain(rest.cloned()).collect()
}
