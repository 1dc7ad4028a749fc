//! Where words, parts of sentences and sentences end.

use std::ops::Range;

/// The words of a text, by their bytes.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (i, c) in text.char_indices() {
        if !(c.is_alphanumeric() || matches!(c, '\'' | '’')) {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.end == i => last.end = i + c.len_utf8(),
            _ => found.push(i..i + c.len_utf8()),
        }
    }
    found
}

/// What lies between two words.
#[derive(Clone, Copy, PartialEq)]
pub enum Gap {
    /// Nothing that parts them.
    None,
    /// The sentence goes on with another part.
    Comma,
    /// Another thought of the sentence.
    Clause,
    /// Another sentence.
    Sentence,
}

/// What the bytes `at`, between two words, are.
pub fn gap(text: &str, at: Range<usize>) -> Gap {
    let between = text.get(at.clone()).unwrap_or_default();
    let after = text.get(at.end..).unwrap_or_default();
    let before = text.get(..at.start).unwrap_or_default();
    let spaced = between.contains(char::is_whitespace);
    let lines = between.matches('\n').count();
    let line_before = before.rsplit('\n').next().unwrap_or_default();
    let starts = between.rsplit('\n').next().unwrap_or_default().trim();
    let own_line =
        lines == 1 && (label(after) || label(&format!("{line_before}: ")) || line_before.starts_with('#'));
    let marked = lines > 0 && starts.starts_with(['-', '*', '#', '•', '|', '>']);
    if lines > 1 || own_line || marked || (spaced && between.contains(['.', '!', '?'])) {
        return Gap::Sentence;
    }
    if spaced
        && (between.contains([';', '(', ')', '—', '–', '|'])
            || between.contains(" - ")
            || between.contains(':'))
    {
        return Gap::Clause;
    }
    if spaced && between.contains(',') { Gap::Comma } else { Gap::None }
}

/// Whether a line begins as `Label: text`.
fn label(line: &str) -> bool {
    let line = line.split('\n').next().unwrap_or_default();
    let Some((name, rest)) = line.split_once(':') else {
        return false;
    };
    let words = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '*' | '-'));
    words && !name.trim().is_empty() && name.len() <= 24 && (rest.is_empty() || rest.starts_with([' ', '*']))
}
