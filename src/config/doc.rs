//! A TOML file with the places of its keys, so that every error can name one.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use super::error::{Error, Wrong, did_you_mean, one_of};

/// One step on the way to a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// Into a table.
    Key(&'a str),
    /// Into an array, from 0.
    At(usize),
}

/// A file whose TOML is well formed.
pub(super) struct Doc<'t> {
    file: &'t str,
    text: &'t str,
    root: DeTable<'t>,
}

impl<'t> Doc<'t> {
    /// Reads the TOML of `text`; `file` is its name in errors.
    pub fn parse(file: &'t str, text: &'t str) -> Result<Self, Error> {
        let empty = Self { file, text, root: DeTable::new() };
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { root: root.into_inner(), ..empty }),
            Err(e) => Err(empty.wrong_span(&e.span().unwrap_or(0..0), "", sentence(e.message()))),
        }
    }

    /// The file's value as `T`; unknown keys and words get the nearest known one.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        toml::from_str(self.text).map_err(|e| {
            let span = e.span().unwrap_or(0..0);
            self.wrong_span(&span, &self.key_at(&span), explain(e.message()))
        })
    }

    /// The file's name in errors.
    pub fn file(&self) -> &'t str {
        self.file
    }

    /// The line of what `path` leads to, from 1.
    pub fn line_of(&self, path: &[Step<'_>]) -> usize {
        position(self.text, self.find(path).0.start).0
    }

    /// An error at the value that `path` leads to, or at the nearest thing above it.
    pub fn wrong(&self, path: &[Step<'_>], what: impl Into<String>) -> Error {
        let (span, key) = self.find(path);
        self.wrong_span(&span, &key, what.into())
    }

    /// As [`Self::wrong`], for what is left out rather than refused.
    pub fn remark(&self, path: &[Step<'_>], what: impl Into<String>) -> Wrong {
        let (span, key) = self.find(path);
        self.place(&span, &key, what.into())
    }

    /// An error at the key (rather than the value) that `path` leads to.
    pub fn wrong_key(&self, path: &[Step<'_>], what: impl Into<String>) -> Error {
        let (mut span, key) = self.find(path);
        if let Some((Step::Key(last), above)) = path.split_last()
            && let Some(table) = self.table(above)
            && let Some((k, _)) = table.iter().find(|(k, _)| k.as_ref() == *last)
        {
            span = k.span();
        }
        self.wrong_span(&span, &key, what.into())
    }

    fn wrong_span(&self, span: &Range<usize>, key: &str, what: String) -> Error {
        Error::Wrong(Box::new(self.place(span, key, what)))
    }

    fn place(&self, span: &Range<usize>, key: &str, what: String) -> Wrong {
        let (line, column) = position(self.text, span.start);
        Wrong { file: self.file.to_owned(), line, column, key: key.to_owned(), what }
    }

    fn table(&self, path: &[Step<'_>]) -> Option<&DeTable<'t>> {
        let mut table = &self.root;
        let mut value: Option<&DeValue<'t>> = None;
        for step in path {
            let next = match (step, value) {
                (Step::Key(key), None) => table.get(*key)?,
                (Step::Key(key), Some(v)) => v.get(*key)?,
                (Step::At(index), Some(v)) => v.get(*index)?,
                (Step::At(_), None) => return None,
            };
            value = Some(next.get_ref());
        }
        if let Some(value) = value {
            table = value.as_table()?;
        }
        Some(table)
    }

    fn find(&self, path: &[Step<'_>]) -> (Range<usize>, String) {
        let mut span = 0..0;
        let mut value: Option<&DeValue<'t>> = None;
        let mut found = true;
        let mut key = String::new();
        for step in path {
            let next = match (step, value) {
                (Step::Key(k), None) => self.root.get(*k),
                (Step::Key(k), Some(v)) => v.get(*k),
                (Step::At(index), Some(v)) => v.get(*index),
                (Step::At(_), None) => None,
            };
            if let Step::Key(k) = step {
                join(&mut key, k);
            }
            match next {
                Some(next) if found => (span, value) = (next.span(), Some(next.get_ref())),
                _ => found = false,
            }
        }
        (span, key)
    }

    /// The dotted key whose name or value lies closest around `span`.
    fn key_at(&self, span: &Range<usize>) -> String {
        let mut key = String::new();
        let mut table = Some(&self.root);
        while let Some(here) = table.take() {
            for (name, value) in here {
                if holds(&name.span(), span) {
                    join(&mut key, name.as_ref());
                    return key;
                }
                // The span of a table under a header does not hold what stands below the header.
                let inner = inside(value.get_ref(), span);
                if inner.is_some() || holds(&value.span(), span) {
                    join(&mut key, name.as_ref());
                    table = inner;
                    break;
                }
            }
        }
        key
    }
}

/// The table in `value`, through arrays, that has something at `span`.
fn inside<'v, 't>(value: &'v DeValue<'t>, span: &Range<usize>) -> Option<&'v DeTable<'t>> {
    let touches = |t: &DeTable<'t>| {
        t.iter().any(|(k, v)| {
            holds(&k.span(), span) || holds(&v.span(), span) || inside(v.get_ref(), span).is_some()
        })
    };
    match value {
        DeValue::Table(table) => touches(table).then_some(table),
        DeValue::Array(items) => items.iter().find_map(|item| {
            let whole = item.get_ref().as_table().filter(|_| holds(&item.span(), span));
            inside(item.get_ref(), span).or(whole)
        }),
        _ => None,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer.start < outer.end
}

fn join(key: &mut String, name: &str) {
    if !key.is_empty() {
        key.push('.');
    }
    key.push_str(name);
}

/// Line and column, both from 1, the column in characters.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The reader's message in our words, with a near miss where it lists what it knows.
fn explain(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let Some((given, known)) = quoted.split_first() else { return sentence(message) };
    let names = || known.iter().copied();
    if message.starts_with("unknown field") {
        format!("unknown key; expected {}{}", one_of(names()), did_you_mean(given, names()))
    } else if message.starts_with("unknown variant") {
        format!("expected {}, found `{given}`{}", one_of(names()), did_you_mean(given, names()))
    } else if message.starts_with("missing field") {
        format!("the key `{given}` is missing here; add it")
    } else {
        sentence(message)
    }
}

/// One line that says first what was expected.
fn sentence(message: &str) -> String {
    let line = message.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
    match line.strip_prefix("invalid type: ").or_else(|| line.strip_prefix("invalid value: ")) {
        Some(rest) => match rest.rsplit_once(", expected ") {
            Some((found, expected)) => format!("expected {}, found {}", plain(expected), plain(found)),
            None => line,
        },
        None if line == "duplicate key" => {
            "this key stands here twice; take one out (of several tables each is written `[[…]]`)".to_owned()
        }
        None => line,
    }
}

/// The reader's words for a kind of value, in those of somebody who writes a file.
fn plain(what: &str) -> String {
    let of = |least: &str, most: &str| format!("a whole number from {least} to {most}");
    match what.trim_end_matches(" as i128") {
        "u8" => of("0", "255"),
        "u16" => of("0", "65535"),
        "u32" => of("0", "4294967295"),
        "usize" | "u64" => "a whole number from 0 on".to_owned(),
        "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "a sequence" | "sequence" => "a list".to_owned(),
        "map" | "a map" => "a table".to_owned(),
        other => other.to_owned(),
    }
}
