//! What counts as a claim of readiness: the phrase with its dispatch's code, as a line of its own,
//! however a program decorates and wraps it.

use std::ops::Range;

/// Rows a claim may be wrapped over.
const ROWS: usize = 12;
/// Letters and digits around a phrase by which the echo of a prompt is known again.
const AROUND: usize = 10;
/// Letters and digits before a claim by which it is told from another.
const CONTEXT: usize = 200;

/// A line as it was printed or drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether nothing more can come to it.
    pub finished: bool,
}

/// The words of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The phrase, one blank between words, each beginning and ending with a letter or digit.
    pub phrase: &'a str,
    /// The code of the dispatch that asked; empty for the bare phrase, which counts only with
    /// `[AGENT]` before it and without quotation marks around it.
    pub code: &'a str,
}

/// How often `lines`, from a pane that is `columns` wide, make the claim.
///
/// A claim is a line which, less decoration (bullets, tree marks, box edges), is exactly
/// `[AGENT] <NAME> <phrase> <code>` or the same without `[AGENT]`. It may go on in the lines below
/// it, as programs that draw wrap their text, between words or within one. What is a piece of a
/// sentence that was wrapped so does not count, and what stands there again because a program
/// drew its screen anew counts once: it has the same text before it.
#[must_use]
pub fn count(lines: &[Line<'_>], columns: usize, words: &Words<'_>) -> usize {
    different(lines, &places(lines, columns, words))
}

/// As [`count`], without what is the echo of `prompt`: a prompt that asks for a claim names the
/// phrase, and a narrow pane may give that a row of its own.
#[must_use]
pub fn count_outside_echo(lines: &[Line<'_>], columns: usize, words: &Words<'_>, prompt: &str) -> usize {
    let mut found = places(lines, columns, words);
    if found.is_empty() {
        return 0;
    }
    let (prompt, claim) = (letters(prompt), letters(&words.line()));
    found.retain(|at| {
        let before = letters(near(lines[..at.start].iter().rev()));
        let after = letters(near(lines[at.end..].iter()));
        let echoes = |text: String| text.len() > claim.len() && prompt.contains(&text);
        !echoes(format!("{}{claim}", last(&before, AROUND)))
            && !echoes(format!("{claim}{}", first(&after, AROUND)))
    });
    different(lines, &found)
}

/// Whether a text spells the whole claim out, so that its echo could not be told from one:
/// letters and digits alone decide, for what stands between may be decoration.
#[must_use]
pub fn spelt_out(text: &str, words: &Words<'_>) -> bool {
    letters(text).contains(&letters(&format!("{}{}", words.phrase, words.code)))
}

impl Words<'_> {
    /// The whole line: `[AGENT] SEC READY FOR MERGE k7f3`.
    #[must_use]
    pub fn line(&self) -> String {
        format!("[AGENT] {} {} {}", self.agent, self.phrase, self.code).trim_end().to_owned()
    }
}

/// The lines of each claim.
fn places(lines: &[Line<'_>], columns: usize, words: &Words<'_>) -> Vec<Range<usize>> {
    let whole = words.line();
    let short = whole.strip_prefix("[AGENT] ").filter(|_| !words.code.is_empty());
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rows = [Some(whole.as_str()), short].into_iter().flatten().find_map(|e| rows_of(&lines[at..], e));
        let end = at + rows.unwrap_or(1);
        let counts = rows.is_some()
            && !part_of_sentence(lines, at..end, columns)
            && (!words.code.is_empty() || !quoted(&lines[at..end]));
        if counts {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// How many of these places have different text before them. What is kept of history may cut that
/// short.
fn different(lines: &[Line<'_>], places: &[Range<usize>]) -> usize {
    let mut seen: Vec<String> = Vec::new();
    for place in places {
        let mut before = String::new();
        for line in lines[..place.start].iter().rev() {
            if before.len() >= CONTEXT {
                break;
            }
            before.insert_str(0, &letters(line.text));
        }
        let before = last(&before, CONTEXT).to_owned();
        let same = |other: &String| match (before.is_empty(), other.is_empty()) {
            (false, false) => before.ends_with(other.as_str()) || other.ends_with(before.as_str()),
            (a, b) => a == b,
        };
        if !seen.iter().any(same) {
            seen.push(before);
        }
    }
    seen.len()
}

/// The nearest line with letters in it.
fn near<'a>(mut lines: impl Iterator<Item = &'a Line<'a>>) -> &'a str {
    lines.find(|l| l.text.contains(char::is_alphanumeric)).map_or("", |l| l.text)
}

/// How many lines from the first on make exactly `expected`.
fn rows_of(lines: &[Line<'_>], expected: &str) -> Option<usize> {
    let mut rest = expected;
    for (i, line) in lines.iter().take(ROWS).enumerate() {
        let text = bare(line.text);
        if text.is_empty() || !line.finished || (i == 0 && !rest.starts_with(text.split(' ').next()?)) {
            return None;
        }
        if i > 0 {
            // What a wrap swallows: the blank, or a hyphen that went with the decoration.
            rest = rest.trim_start_matches(decoration);
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        rest = rest.strip_prefix(text.as_str())?;
        if rest.is_empty() {
            return Some(i + 1);
        }
    }
    None
}

/// Whether a claim in these lines is a piece of the text around it, wrapped by its program: the
/// line before breaks off where the pane ends, or the line after goes on in lower case.
fn part_of_sentence(lines: &[Line<'_>], at: Range<usize>, columns: usize) -> bool {
    let margin = columns / 8 + 2;
    // A line longer than the pane was wrapped by the terminal, so what follows is a line of its own.
    let full = |text: &str, word: &str| {
        let used = wide(text);
        used <= columns && used.saturating_add(1 + word.chars().count() + margin) > columns
    };
    let word = |text: &str| bare(text).split_whitespace().next().unwrap_or_default().to_owned();
    let before = at.start.checked_sub(1).map_or("", |i| lines[i].text);
    let after = lines.get(at.end).map_or("", |l| l.text);
    let breaks = |c: char| c.is_alphanumeric() || matches!(c, ',' | ']' | '(' | '"' | '`' | '\'' | '–' | '—');
    let goes_on = |c: char| c.is_lowercase() || c == ',';
    let leads = inner(before).ends_with(breaks) && full(before, &word(lines[at.start].text));
    let trails = inner(after).starts_with(goes_on) && full(lines[at.end - 1].text, &word(after));
    leads || trails
}

/// Whether quotation marks stand around what these lines say.
fn quoted(lines: &[Line<'_>]) -> bool {
    let mark = |c: char| matches!(c, '"' | '`' | '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’');
    let edge = |text: &str| {
        let said = bare(text);
        let from = text.find(said).unwrap_or(0);
        let around = [&text[..from], &text[from + said.len()..]];
        around.iter().any(|t| t.contains(mark))
    };
    let blockquote = lines.first().is_some_and(|l| l.text.trim_start().starts_with(['>', '›', '❯']));
    blockquote || lines.iter().any(|l| edge(l.text))
}

/// A line without decoration at its ends.
fn bare(text: &str) -> &str {
    text.trim_matches(decoration)
}

/// A line without blanks, bullets, tree marks and box edges at its ends; punctuation stays.
fn inner(text: &str) -> &str {
    let edge = |c: char| c.is_whitespace() || matches!(c, '|' | '\u{2500}'..='\u{25ff}' | '⎿' | '⎡'..='⎯');
    text.trim_matches(edge)
}

fn decoration(c: char) -> bool {
    !c.is_alphanumeric() && c != '[' && c != ']'
}

/// The columns up to the end of a line's text, its right edge not counted.
fn wide(text: &str) -> usize {
    let end = inner(text);
    let from = text.find(end).unwrap_or(0);
    text[..from + end.len()].chars().count()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn last(text: &str, n: usize) -> &str {
    let from = text.char_indices().rev().nth(n.saturating_sub(1)).map_or(0, |(i, _)| i);
    &text[from..]
}

fn first(text: &str, n: usize) -> &str {
    let to = text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    &text[..to]
}

#[cfg(test)]
mod tests;
