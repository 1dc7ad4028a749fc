//! Python.

use tree_sitter::Node;

use super::{File, Module, children, fields};

/// Where a statement stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Within a function or class: what it binds is not the module's.
    within: bool,
    /// Within a `try`: what fails is caught.
    tried: bool,
}

pub(super) fn read(file: File<'_>) -> Module {
    let mut module = Module::default();
    for sign in ["globals()", "sys.modules[", "def __getattr__("] {
        if file.text.contains(sign) {
            module.open = "it makes names while it runs".to_owned();
        }
    }
    let mut todo = vec![(file.root, Place::default())];
    while let Some((node, place)) = todo.pop() {
        statement(file, node, place, &mut module);
        let within = matches!(node.kind(), "function_definition" | "class_definition" | "lambda");
        let tried = node.kind() == "try_statement";
        let below = Place { within: place.within || within, tried: place.tried || tried };
        todo.extend(children(node).into_iter().rev().map(|n| (n, below)));
    }
    module
}

fn statement<'t>(file: File<'t>, node: Node<'t>, place: Place, module: &mut Module) {
    match node.kind() {
        "import_statement" => import(file, node, place, module),
        "import_from_statement" => import_from(file, node, place, module),
        "global_statement" => children(node).into_iter().for_each(|n| module.give(file.text(n))),
        _ if place.within => {}
        "function_definition" | "class_definition" => module.give(file.field(node, "name")),
        "assignment" | "augmented_assignment" | "for_statement" | "type_alias_statement" => {
            fields(node, "left").into_iter().for_each(|n| bound(file, n, module));
        }
        "named_expression" => module.give(file.field(node, "name")),
        "as_pattern_target" => bound(file, node, module),
        _ => {}
    }
}

fn bound<'t>(file: File<'t>, node: Node<'t>, module: &mut Module) {
    if node.kind() == "identifier" {
        module.give(file.text(node));
    }
    file.walk(node, &mut |n| {
        if n.kind() == "identifier" {
            module.give(file.text(n));
        }
        !matches!(n.kind(), "attribute" | "subscript" | "call")
    });
}

fn import(file: File<'_>, node: Node<'_>, place: Place, module: &mut Module) {
    for one in fields(node, "name") {
        let (name, alias) = named(file, one);
        let first = name.split('.').next().unwrap_or(name);
        if !place.within {
            module.give(if alias.is_empty() { first } else { alias });
        }
        if !place.tried {
            module.take(name, "", node);
        }
    }
}

fn import_from(file: File<'_>, node: Node<'_>, place: Place, module: &mut Module) {
    let from: String = file.field(node, "module_name").split_whitespace().collect();
    if !place.tried && !from.chars().all(|c| c == '.') {
        module.take(&from, "", node);
    }
    for one in fields(node, "name") {
        let (name, alias) = named(file, one);
        if !place.within {
            module.give(if alias.is_empty() { name } else { alias });
        }
        if !place.tried {
            module.take(&from, name, one);
        }
    }
    if children(node).iter().any(|n| n.kind() == "wildcard_import") && !place.within {
        module.stars.push(from);
    }
}

fn named<'t>(file: File<'t>, node: Node<'t>) -> (&'t str, &'t str) {
    match node.kind() {
        "aliased_import" => (file.field(node, "name"), file.field(node, "alias")),
        _ => (file.text(node), ""),
    }
}
