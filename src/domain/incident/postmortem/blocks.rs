//! A postmortem's text in sections, and these in statements: paragraphs, list items and rows of tables.

/// What a statement is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A paragraph, a list item or a line of code.
    Text,
    /// A heading below those of sections.
    Heading,
    /// The first row of a table.
    Head,
    /// Another row of a table; its cells.
    Row(Vec<String>),
}

/// A statement. Lines that belong together are one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Its first line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
    /// Its text without list marks, quotation marks of lines and hashes.
    pub text: String,
}

/// A section: what stands under a heading of the second level. The first one, without a name, is the header.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Section {
    /// The heading; empty: the header.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// The sections of a text, the header first.
#[must_use]
pub fn sections(text: &str) -> Vec<Section> {
    let mut all = Vec::new();
    let mut now = Section { line: 1, ..Section::default() };
    let (mut open, mut fenced, mut rows) = (false, false, 0_usize);
    for (n, raw) in text.lines().enumerate() {
        let line = n + 1;
        let bare = raw.trim_start_matches(['>', ' ', '\t']).trim_end();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            (fenced, open, rows) = (!fenced, false, 0);
            continue;
        }
        if !fenced && let Some((level, name)) = heading(raw) {
            (open, rows) = (false, 0);
            if level == 2 {
                all.push(std::mem::replace(&mut now, Section { name, line, blocks: Vec::new() }));
            } else {
                now.blocks.push(Block { line, kind: Kind::Heading, text: name });
            }
            continue;
        }
        if bare.is_empty() {
            (open, rows) = (false, 0);
            continue;
        }
        if !fenced && bare.starts_with('|') {
            open = false;
            rows += 1;
            let separator = bare.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
            if separator && rows == 2 {
                continue;
            }
            let kind = if rows == 1 { Kind::Head } else { Kind::Row(cells(bare)) };
            now.blocks.push(Block { line, kind, text: bare.to_owned() });
            continue;
        }
        rows = 0;
        let (item, text) = item(bare);
        match now.blocks.last_mut().filter(|_| open && !item && !fenced) {
            Some(block) => {
                block.text.push(' ');
                block.text.push_str(text);
            }
            None => now.blocks.push(Block { line, kind: Kind::Text, text: text.to_owned() }),
        }
        open = true;
    }
    all.push(now);
    all
}

/// The level and the words of a heading.
fn heading(line: &str) -> Option<(usize, String)> {
    let indent = line.bytes().take_while(|b| *b == b' ').count();
    let bare = line.trim();
    let level = bare.bytes().take_while(|b| *b == b'#').count();
    let rest = bare.get(level..)?;
    let is = indent < 4 && (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is.then(|| (level, rest.trim().trim_end_matches('#').trim_end().to_owned()))
}

/// A line without the mark of a list, and whether it had one.
fn item(line: &str) -> (bool, &str) {
    if let Some(rest) = line.strip_prefix(['-', '*', '+']).and_then(|r| r.strip_prefix(' ')) {
        return (true, rest.trim_start());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..).unwrap_or_default();
    match rest.strip_prefix(['.', ')']).and_then(|r| r.strip_prefix(' ')) {
        Some(rest) if (1..=3).contains(&digits) => (true, rest.trim_start()),
        _ => (false, line),
    }
}

/// The cells of a row. A pipe with a backslash before it is text.
#[must_use]
pub fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner).replace("\\|", "/");
    inner.split('|').map(|c| c.trim().to_owned()).collect()
}
