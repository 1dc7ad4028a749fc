//! JavaScript and TypeScript.

use tree_sitter::Node;

use super::{File, Module, children};

pub(super) fn read(file: File<'_>) -> Module {
    let mut module = Module::default();
    for node in children(file.root) {
        match node.kind() {
            "import_statement" => import(file, node, &mut module),
            "export_statement" => export(file, node, &mut module),
            _ => {}
        }
    }
    if file.text.contains("module.exports") || file.text.contains("exports.") {
        module.open = "it exports by assignments".to_owned();
    }
    module
}

fn import(file: File<'_>, node: Node<'_>, module: &mut Module) {
    let Some(source) = node.child_by_field_name("source") else { return };
    let from = file.unquoted(source);
    module.take(from, "", node);
    for clause in children(node).into_iter().filter(|n| n.kind() == "import_clause") {
        for part in children(clause) {
            match part.kind() {
                "identifier" => module.take(from, "default", part),
                "named_imports" => {
                    for one in children(part).into_iter().filter(|n| n.kind() == "import_specifier") {
                        module.take(from, file.field(one, "name"), one);
                    }
                }
                _ => {}
            }
        }
    }
}

fn export(file: File<'_>, node: Node<'_>, module: &mut Module) {
    let from = node.child_by_field_name("source").map(|s| file.unquoted(s));
    let mut cursor = node.walk();
    let words: Vec<&str> =
        node.children(&mut cursor).filter(|n| !n.is_named()).map(|n| file.text(n)).collect();
    if let Some(from) = from {
        module.take(from, "", node);
    }
    if words.contains(&"default") {
        module.give("default");
    }
    if words.contains(&"=") {
        module.open = "it exports by an assignment".to_owned();
    }
    let mut listed = false;
    for part in children(node) {
        match part.kind() {
            "export_clause" => {
                listed = true;
                for one in children(part).into_iter().filter(|n| n.kind() == "export_specifier") {
                    let name = file.field(one, "name");
                    let alias = file.field(one, "alias");
                    module.give(if alias.is_empty() { name } else { alias });
                    if let Some(from) = from {
                        module.take(from, name, one);
                    }
                }
            }
            "namespace_export" => {
                listed = true;
                children(part).into_iter().for_each(|n| module.give(file.text(n)));
            }
            _ => {}
        }
    }
    if let (Some(from), false) = (from, listed) {
        module.stars.push(from.to_owned());
    }
    if let Some(declaration) = node.child_by_field_name("declaration") {
        declared(file, declaration, module);
    }
}

fn declared(file: File<'_>, node: Node<'_>, module: &mut Module) {
    match node.kind() {
        "lexical_declaration" | "variable_declaration" => {
            for one in children(node).into_iter().filter(|n| n.kind() == "variable_declarator") {
                let Some(name) = one.child_by_field_name("name") else { continue };
                if name.kind() == "identifier" {
                    module.give(file.text(name));
                }
                file.walk(name, &mut |n| {
                    if matches!(n.kind(), "identifier" | "shorthand_property_identifier_pattern") {
                        module.give(file.text(n));
                    }
                    true
                });
            }
        }
        "ambient_declaration" => children(node).into_iter().for_each(|n| declared(file, n, module)),
        _ => {
            // `namespace a.b` gives a.
            let name = file.field(node, "name");
            module.give(name.split('.').next().unwrap_or(name));
        }
    }
}
