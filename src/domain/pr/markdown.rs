//! Texts of agents and repositories in Markdown: whatever they say stays text.

use crate::domain::signal::printable;

/// A text for the middle of a line: at most `width` characters, nothing in it is markup, mentions anybody or names
/// an issue.
#[must_use]
pub fn inline(text: &str, width: usize) -> String {
    let clean = printable(text);
    let clean = clean.trim();
    let mut out = String::new();
    for (n, c) in clean.chars().take(width).enumerate() {
        match c {
            // An empty comment behind them keeps forges from making links, closing issues and calling people.
            '@' | '#' => out.extend([c, '<', '!', '-', '-', '-', '-', '>']),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '!' | '$' => out.extend(['\\', c]),
            // An address is no link either.
            '/' if out.ends_with(":/") => out.push_str("&#47;"),
            '-' | '+' | '=' if n == 0 => out.extend(['\\', c]),
            '.' if n > 0 && out.chars().all(|c| c.is_ascii_digit()) => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    if clean.chars().count() > width {
        out.push('…');
    }
    out
}

/// A text as code within a line.
#[must_use]
pub fn code(text: &str) -> String {
    let clean = printable(text);
    if clean.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest(&clean) + 1);
    let pad = if clean.starts_with(['`', ' ']) || clean.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{clean}{pad}{fence}")
}

/// A text as a block of code.
#[must_use]
pub fn block(language: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    let text = lines.join("\n");
    let fence = "`".repeat((longest(&text) + 1).max(3));
    format!("{fence}{language}\n{text}\n{fence}")
}

/// The longest run of backticks.
fn longest(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
