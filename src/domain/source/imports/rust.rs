//! Rust.

use tree_sitter::Node;

use super::{File, Module, Take, children, line};

/// The deepest modules within modules that are read.
const DEEP: usize = 32;

pub(super) fn read(file: File<'_>) -> Module {
    let mut takes = Vec::new();
    let mut module = items(file, file.root, &mut Vec::new(), &mut takes);
    module.takes = takes;
    module
}

fn items<'t>(file: File<'t>, parent: Node<'t>, inside: &mut Vec<String>, takes: &mut Vec<Take>) -> Module {
    let mut module = Module::default();
    for node in children(parent) {
        match node.kind() {
            "mod_item" => {
                let name = file.field(node, "name");
                module.give(name);
                if let (Some(body), true) = (node.child_by_field_name("body"), inside.len() < DEEP) {
                    inside.push(name.to_owned());
                    let inner = items(file, body, inside, takes);
                    inside.pop();
                    module.inner.insert(name.to_owned(), inner);
                }
            }
            "use_declaration" => {
                if let Some(tree) = node.child_by_field_name("argument") {
                    let mut used = Used { file, inside, module: &mut module, takes };
                    used.tree(tree, &mut Vec::new(), 0);
                }
            }
            "macro_invocation" | "expression_statement" => {
                module.open = "a macro may make names in it".to_owned();
            }
            "attribute_item" if file.text(node).contains("path") => {
                module.open = "its modules are at other paths".to_owned();
            }
            "foreign_mod_item" => file.walk(node, &mut |n| {
                module.give(file.field(n, "name"));
                true
            }),
            _ => module.give(file.field(node, "name")),
        }
    }
    module
}

/// What one `use` takes and gives.
struct Used<'t, 'm> {
    file: File<'t>,
    inside: &'m [String],
    module: &'m mut Module,
    takes: &'m mut Vec<Take>,
}

impl<'t> Used<'t, '_> {
    fn tree(&mut self, node: Node<'t>, path: &mut Vec<&'t str>, deep: usize) {
        if deep > DEEP {
            return;
        }
        let before = path.len();
        match node.kind() {
            "scoped_use_list" => {
                self.segments(node.child_by_field_name("path"), path);
                if let Some(list) = node.child_by_field_name("list") {
                    self.tree(list, path, deep + 1);
                }
            }
            "use_list" => children(node).into_iter().for_each(|n| self.tree(n, path, deep + 1)),
            "use_wildcard" => {
                self.segments(children(node).first().copied(), path);
                self.module.stars.push(path.join("::"));
            }
            "use_as_clause" => {
                self.segments(node.child_by_field_name("path"), path);
                self.module.give(self.file.field(node, "alias"));
                self.taken(path, node);
            }
            "line_comment" | "block_comment" => {}
            _ => {
                self.segments(Some(node), path);
                // `a::{self}` is a itself.
                if path.len() > 1 && path.last() == Some(&"self") {
                    path.pop();
                }
                self.module.give(path.last().copied().unwrap_or_default());
                self.taken(path, node);
            }
        }
        path.truncate(before);
    }

    /// Adds the parts of a path.
    fn segments(&self, node: Option<Node<'t>>, path: &mut Vec<&'t str>) {
        let text = node.map_or("", |n| self.file.text(n));
        path.extend(text.split("::").map(str::trim).filter(|s| !s.is_empty()));
    }

    fn taken(&mut self, path: &[&str], at: Node<'_>) {
        let Some((name, from)) = path.split_last() else { return };
        if from.is_empty() {
            return;
        }
        let (from, name) = (from.join("::"), (*name).trim_start_matches("r#").to_owned());
        self.takes.push(Take { from, name, line: line(at), inside: self.inside.to_vec() });
    }
}
