//! Syntax colours by the languages' grammars. Text of a language that is not known stays plain.

use std::sync::OnceLock;

use tree_sitter_highlight::{Highlight, HighlightConfiguration, HighlightEvent, Highlighter};

use super::Ink;
use crate::domain::source::{Language, language};

/// Bytes of a file beyond which it is not coloured.
pub const COLOURED_MOST: usize = 256 * 1024;

/// The grammars' names for what they see, and what is made of them. A longer name may stand for what begins with it.
const NAMES: &[(&str, Ink)] = &[
    ("comment", Ink::Comment),
    ("keyword", Ink::Keyword),
    ("variable.builtin", Ink::Keyword),
    ("string", Ink::Text),
    ("escape", Ink::Constant),
    ("number", Ink::Constant),
    ("constant", Ink::Constant),
    ("function", Ink::Function),
    ("function.macro", Ink::Attribute),
    ("type", Ink::Type),
    ("constructor", Ink::Type),
    ("attribute", Ink::Attribute),
    ("tag", Ink::Attribute),
    ("label", Ink::Attribute),
];

/// What the language of the file at `path` sees in `text`: for each line, from the first, ranges of its bytes. Empty
/// where the language is not known, the text is larger than [`COLOURED_MOST`], or `stop` said so.
#[must_use]
pub fn colours(path: &str, text: &str, stop: &mut dyn FnMut() -> bool) -> Vec<Vec<(u32, u32, Ink)>> {
    if text.len() > COLOURED_MOST {
        return Vec::new();
    }
    let Some(how) = configuration(path) else { return Vec::new() };
    let mut highlighter = Highlighter::new();
    let Ok(events) = highlighter.highlight(how, text.as_bytes(), None, |_| None) else { return Vec::new() };
    let mut painter = Painter::new(text);
    let mut inks: Vec<Option<Ink>> = Vec::new();
    for (n, event) in events.enumerate() {
        if n % 256 == 0 && stop() {
            return Vec::new();
        }
        match event {
            Ok(HighlightEvent::HighlightStart(Highlight(name))) => {
                inks.push(NAMES.get(name).map(|(_, ink)| *ink))
            }
            Ok(HighlightEvent::HighlightEnd) => drop(inks.pop()),
            Ok(HighlightEvent::Source { start, end }) => {
                if let Some(Some(ink)) = inks.last() {
                    painter.paint(start, end, *ink);
                }
            }
            Err(_) => return Vec::new(),
        }
    }
    painter.lines
}

/// Puts ranges of a text onto its lines.
struct Painter {
    /// Where each line begins.
    starts: Vec<usize>,
    lines: Vec<Vec<(u32, u32, Ink)>>,
}

impl Painter {
    fn new(text: &str) -> Self {
        let starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { lines: vec![Vec::new(); starts.len()], starts }
    }

    fn paint(&mut self, start: usize, end: usize, ink: Ink) {
        let mut line = self.starts.partition_point(|s| *s <= start).saturating_sub(1);
        let mut from = start;
        while from < end {
            let Some(begin) = self.starts.get(line).copied() else { return };
            // Without the newline itself.
            let next = self.starts.get(line + 1).copied().unwrap_or(usize::MAX);
            let to = end.min(next.saturating_sub(1));
            let place = |at: usize| u32::try_from(at.saturating_sub(begin)).unwrap_or(u32::MAX);
            if let (true, Some(spans)) = (to > from, self.lines.get_mut(line)) {
                spans.push((place(from), place(to), ink));
            }
            from = next;
            line += 1;
        }
    }
}

/// How a language is read; made once.
fn configuration(path: &str) -> Option<&'static HighlightConfiguration> {
    static RUST: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    static PYTHON: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    static GO: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    static SCRIPT: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    static TYPED: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    static TSX: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    let made = |language: tree_sitter::Language, queries: &[&str]| {
        let mut made = HighlightConfiguration::new(language, "source", &queries.join("\n"), "", "").ok()?;
        let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        made.configure(&names);
        Some(made)
    };
    use tree_sitter_javascript::{HIGHLIGHT_QUERY as JS, JSX_HIGHLIGHT_QUERY as JSX};
    use tree_sitter_typescript::HIGHLIGHTS_QUERY as TS;
    let cell = match (language(path)?, path.rsplit('.').next()) {
        (Language::Rust, _) => RUST
            .get_or_init(|| made(tree_sitter_rust::LANGUAGE.into(), &[tree_sitter_rust::HIGHLIGHTS_QUERY])),
        (Language::Python, _) => PYTHON.get_or_init(|| {
            made(tree_sitter_python::LANGUAGE.into(), &[tree_sitter_python::HIGHLIGHTS_QUERY])
        }),
        (Language::Go, _) => {
            GO.get_or_init(|| made(tree_sitter_go::LANGUAGE.into(), &[tree_sitter_go::HIGHLIGHTS_QUERY]))
        }
        (Language::Script, Some("ts" | "mts" | "cts")) => {
            TYPED.get_or_init(|| made(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), &[JS, TS]))
        }
        (Language::Script, Some("tsx")) => {
            TSX.get_or_init(|| made(tree_sitter_typescript::LANGUAGE_TSX.into(), &[JS, JSX, TS]))
        }
        (Language::Script, _) => {
            SCRIPT.get_or_init(|| made(tree_sitter_javascript::LANGUAGE.into(), &[JS, JSX]))
        }
        _ => return None,
    };
    cell.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text that have an ink.
    fn inked(path: &str, text: &str) -> Vec<(String, Ink)> {
        let all = colours(path, text, &mut || false);
        let of = |(line, spans): (&str, &Vec<(u32, u32, Ink)>)| {
            let piece = |(a, b, ink): &(u32, u32, Ink)| (line[*a as usize..*b as usize].to_owned(), *ink);
            spans.iter().map(piece).collect::<Vec<_>>()
        };
        text.split('\n').zip(&all).flat_map(of).collect()
    }

    #[test]
    fn every_grammar_can_be_used() {
        let has = |path: &str, text: &str, piece: &str, ink: Ink| {
            let all = inked(path, text);
            assert!(all.contains(&(piece.to_owned(), ink)), "{path}: {all:?}");
        };
        has("a.rs", "fn main() { println!(\"hi\"); } // done", "fn", Ink::Keyword);
        has("a.rs", "fn main() { println!(\"hi\"); } // done", "// done", Ink::Comment);
        has("a.rs", "let a: Vec<u8> = f(\"hi\");", "\"hi\"", Ink::Text);
        has("a.py", "def f(a):\n    return 12\n", "12", Ink::Constant);
        has("a.py", "def f(a):\n    return 12\n", "def", Ink::Keyword);
        has("a.go", "package a\nfunc F() int { return 1 }\n", "func", Ink::Keyword);
        has("a.js", "const a = 'x';", "'x'", Ink::Text);
        has("a.ts", "interface A { b: string }", "interface", Ink::Keyword);
        has("a.ts", "const a = 'x';", "const", Ink::Keyword);
        has("a.tsx", "const a = <b>x</b>;", "const", Ink::Keyword);
    }

    #[test]
    fn what_spans_lines_is_put_on_each() {
        let all = colours("a.rs", "/* one\ntwo */\nlet x;", &mut || false);
        assert_eq!(all[0], [(0, 6, Ink::Comment)]);
        assert_eq!(all[1], [(0, 6, Ink::Comment)]);
        assert!(!all[2].is_empty());
    }

    #[test]
    fn what_is_not_known_stays_plain_and_nothing_runs_on() {
        assert!(colours("a.txt", "fn main() {}", &mut || false).is_empty());
        assert!(colours("a.rs", "fn main() {}", &mut || true).is_empty());
        assert!(colours("a.rs", &"a".repeat(COLOURED_MOST + 1), &mut || false).is_empty());
        for soup in ["fn (((((", "\u{0}\u{1}", "é€😀", "\"", "/*"] {
            let _ = colours("a.rs", soup, &mut || false);
            let _ = colours("a.py", soup, &mut || false);
        }
    }
}
