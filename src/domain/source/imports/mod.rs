//! Names that files give to others and take from them, by the languages' grammars; and whether what is taken
//! is there. Only what stands in the project itself is judged: what comes from elsewhere is nobody's fault here.

mod go;
mod python;
mod resolve;
mod rust;
mod script;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::{Language as Grammar, Node, ParseOptions, Parser, Tree};

pub use self::resolve::{Files, Offer, judge};
use super::{Language, language};

/// The most bytes of a file that are read.
pub const FILE_MOST: usize = 512 * 1024;

/// What one file gives and takes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Module {
    /// Names that others can take from it.
    pub names: BTreeSet<String>,
    /// Modules whose names it passes on, all of them.
    pub stars: Vec<String>,
    /// Why it may give more than these; empty where it does not.
    pub open: String,
    /// Modules within it (Rust).
    pub inner: BTreeMap<String, Module>,
    /// What it takes.
    pub takes: Vec<Take>,
}

/// One name that a file takes from a module.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Take {
    /// The module, as it is written.
    pub from: String,
    /// The name; empty where it takes no certain one.
    pub name: String,
    /// The line, from 1.
    pub line: u32,
    /// The modules within the file that it stands in (Rust).
    pub inside: Vec<String>,
}

/// Why a file was not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unread {
    /// Not a language whose imports are known.
    Language,
    /// More than [`FILE_MOST`] bytes.
    Large,
    /// `stop` said so, or its grammar could not be used.
    Stopped,
}

/// Whether imports of the file at `path` can be judged.
#[must_use]
pub fn judged(path: &str) -> bool {
    grammar(path).is_some()
}

fn grammar(path: &str) -> Option<Grammar> {
    Some(match language(path)? {
        Language::Script => match path.rsplit('.').next() {
            Some("ts" | "mts" | "cts") => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Some("tsx") => tree_sitter_typescript::LANGUAGE_TSX.into(),
            _ => tree_sitter_javascript::LANGUAGE.into(),
        },
        Language::Rust => tree_sitter_rust::LANGUAGE.into(),
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::Go => tree_sitter_go::LANGUAGE.into(),
        _ => return None,
    })
}

/// What the file at `path` gives and takes. `stop` is asked now and then and ends it.
///
/// # Errors
/// [`Unread`], why not.
pub fn module(path: &str, text: &str, stop: &mut dyn FnMut() -> bool) -> Result<Module, Unread> {
    if text.len() > FILE_MOST {
        return Err(Unread::Large);
    }
    let grammar = grammar(path).ok_or(Unread::Language)?;
    let tree = parse(&grammar, text, stop).ok_or(Unread::Stopped)?;
    let file = File { text, root: tree.root_node() };
    let mut module = match language(path) {
        Some(Language::Script) => script::read(file),
        Some(Language::Rust) => rust::read(file),
        Some(Language::Python) => python::read(file),
        Some(Language::Go) => go::read(file),
        _ => return Err(Unread::Language),
    };
    if file.root.has_error() {
        module.open = "it could not be parsed whole".to_owned();
    }
    Ok(module)
}

fn parse(grammar: &Grammar, text: &str, stop: &mut dyn FnMut() -> bool) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let mut progress = |_: &tree_sitter::ParseState| stop();
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = text.as_bytes();
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

/// A file that was parsed.
#[derive(Clone, Copy)]
struct File<'t> {
    text: &'t str,
    root: Node<'t>,
}

impl<'t> File<'t> {
    fn text(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a node's field; empty where it has none.
    fn field(&self, node: Node<'t>, name: &str) -> &'t str {
        node.child_by_field_name(name).map_or("", |n| self.text(n))
    }

    /// A literal's text without its quotation marks.
    fn unquoted(&self, node: Node<'t>) -> &'t str {
        self.text(node).trim_matches(['"', '\'', '`'])
    }

    /// Visits nodes below `from`, parents first; below those for which `enter` says no nothing is visited.
    /// Without recursion: what is nested a hundred thousand deep is nested on the heap.
    fn walk(&self, from: Node<'t>, enter: &mut dyn FnMut(Node<'t>) -> bool) {
        let mut todo: Vec<Node<'t>> = children(from);
        todo.reverse();
        while let Some(node) = todo.pop() {
            if enter(node) {
                let mut below = children(node);
                below.reverse();
                todo.extend(below);
            }
        }
    }
}

/// All named nodes right below one.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// All nodes in a field.
fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).collect()
}

fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).unwrap_or(u32::MAX).saturating_add(1)
}

impl Module {
    fn take(&mut self, from: &str, name: &str, at: Node<'_>) {
        let (from, name) = (from.to_owned(), name.to_owned());
        self.takes.push(Take { from, name, line: line(at), inside: Vec::new() });
    }

    fn give(&mut self, name: &str) {
        if !name.is_empty() {
            self.names.insert(name.to_owned());
        }
    }
}
