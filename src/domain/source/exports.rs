//! Names that a line gives to others.

use super::{Language, language};

/// Words that may stand between `pub` and the kind of a Rust item.
const RUST_BEFORE: &[&str] = &["async", "unsafe", "extern", "\"C\"", "default"];
/// Kinds of Rust items that have a name.
const RUST_KINDS: &[&str] = &["fn", "struct", "enum", "union", "trait", "mod", "const", "static", "type"];
/// Words that may stand between `export` and the kind of a script's item.
const SCRIPT_BEFORE: &[&str] = &["default", "declare", "abstract", "async"];
/// Kinds of a script's items that have a name.
const SCRIPT_KINDS: &[&str] =
    &["function", "function*", "class", "const", "let", "var", "interface", "type", "enum", "namespace"];

/// The names that a line of the file at `path` exports, in order; only for JavaScript, TypeScript,
/// Rust, Python and Go, and only where the line alone shows it.
#[must_use]
pub fn exports(path: &str, line: &str) -> Vec<String> {
    let found = match language(path) {
        Some(Language::Script) => script(line),
        Some(Language::Rust) => rust(line).into_iter().collect(),
        Some(Language::Python) => python(line).into_iter().collect(),
        Some(Language::Go) => go(line).into_iter().collect(),
        _ => Vec::new(),
    };
    found.into_iter().map(str::to_owned).collect()
}

/// The name a text begins with.
fn name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
    let found = text.get(..end)?;
    found.chars().next().filter(|c| !c.is_ascii_digit()).map(|_| found)
}

/// What follows `word`, where the text begins with it as a whole word.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.trim_start().strip_prefix(word)?;
    rest.starts_with(|c: char| c.is_whitespace() || c == '{' || c == '*').then(|| rest.trim_start())
}

/// The text without any of `words` at its beginning.
fn without<'a>(mut text: &'a str, words: &[&str]) -> &'a str {
    while let Some(rest) = words.iter().find_map(|w| after(text, w)) {
        text = rest;
    }
    text
}

fn script(line: &str) -> Vec<&str> {
    let Some(rest) = after(line, "export") else { return Vec::new() };
    if let Some(list) = rest.strip_prefix('{').or_else(|| after(rest, "type")?.strip_prefix('{')) {
        let list = list.split('}').next().unwrap_or(list);
        return list.split(',').filter_map(listed).collect();
    }
    let rest = without(rest, SCRIPT_BEFORE);
    // `const enum` is an enum.
    let rest = after(rest, "const").filter(|r| after(r, "enum").is_some()).unwrap_or(rest);
    let kind = SCRIPT_KINDS.iter().find_map(|k| after(rest, k));
    // A class without a name has only what it extends.
    kind.and_then(|r| name(r.trim_start_matches('*'))).filter(|n| *n != "extends").into_iter().collect()
}

/// The name under which others know an entry of an export list: `a as b` is b to them.
fn listed(entry: &str) -> Option<&str> {
    let last = entry.rsplit(" as ").next()?.trim();
    name(after(last, "type").unwrap_or(last))
}

fn rust(line: &str) -> Option<&str> {
    // `pub(crate)` is not for others.
    let rest = without(after(line, "pub")?, RUST_BEFORE);
    let rest = after(rest, "const").map_or(rest, |r| {
        let r = without(r, RUST_BEFORE);
        if after(r, "fn").is_some() { r } else { rest }
    });
    let rest = RUST_KINDS.iter().find_map(|k| after(rest, k))?;
    name(after(rest, "mut").unwrap_or(rest))
}

fn python(line: &str) -> Option<&str> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = after(line, "async").unwrap_or(line);
    let rest = after(rest, "def").or_else(|| after(rest, "class"))?;
    name(rest).filter(|n| !n.starts_with('_'))
}

fn go(line: &str) -> Option<&str> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let found = match after(line, "func") {
        // A method: its receiver comes first.
        Some(rest) if rest.starts_with('(') => name(rest.split_once(')')?.1),
        Some(rest) => name(rest),
        None => name(["type", "const", "var"].iter().find_map(|k| after(line, k))?),
    };
    found.filter(|n| n.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_it_exports() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("a.ts", "export const limit = 3;", &["limit"]),
            ("a.ts", "export default async function run() {", &["run"]),
            ("a.ts", "export default class extends Base {", &[]),
            ("a.ts", "export abstract class Stack<T> {", &["Stack"]),
            ("a.ts", "export interface Props {", &["Props"]),
            ("a.ts", "export type Id = string", &["Id"]),
            ("a.ts", "export const enum Kind {", &["Kind"]),
            ("a.ts", "export { a, b as c, type D } from './x'", &["a", "c", "D"]),
            ("a.ts", "export type { E }", &["E"]),
            ("a.js", "export function* walk() {", &["walk"]),
            ("a.ts", "export * from './x'", &[]),
            ("a.ts", "const exported = 1", &[]),
            ("a.rs", "pub fn run() {}", &["run"]),
            ("a.rs", "    pub const fn new() -> Self {", &["new"]),
            ("a.rs", "pub async unsafe fn go()", &["go"]),
            ("a.rs", "pub const LIMIT: usize = 3;", &["LIMIT"]),
            ("a.rs", "pub struct Brief {", &["Brief"]),
            ("a.rs", "pub(crate) fn hidden()", &[]),
            ("a.rs", "pub use x::Y;", &[]),
            ("a.rs", "fn private()", &[]),
            ("a.py", "def load(path):", &["load"]),
            ("a.py", "async def fetch():", &["fetch"]),
            ("a.py", "class Store:", &["Store"]),
            ("a.py", "    def method(self):", &[]),
            ("a.py", "def _private():", &[]),
            ("a.go", "func Serve(w http.ResponseWriter) {", &["Serve"]),
            ("a.go", "func (s *Server) Start() error {", &["Start"]),
            ("a.go", "func helper() {", &[]),
            ("a.go", "type Config struct {", &["Config"]),
            ("a.go", "type config struct {", &[]),
            ("a.md", "export const x = 1", &[]),
            ("a.rs", "pub fn", &[]),
        ];
        for (path, line, expected) in cases {
            assert_eq!(exports(path, line), *expected, "{path}: {line}");
        }
    }
}
