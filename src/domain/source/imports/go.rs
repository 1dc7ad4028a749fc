//! Go: names are taken where they are used, as `package.Name`.

use std::collections::BTreeMap;

use tree_sitter::Node;

use super::{File, Module, children, fields};

pub(super) fn read(file: File<'_>) -> Module {
    let mut module = Module::default();
    let mut packages: BTreeMap<&str, &str> = BTreeMap::new();
    for node in children(file.root) {
        match node.kind() {
            "function_declaration" => module.give(file.field(node, "name")),
            "type_declaration" | "const_declaration" | "var_declaration" => file.walk(node, &mut |n| {
                let spec = matches!(n.kind(), "type_spec" | "type_alias" | "const_spec" | "var_spec");
                if spec {
                    fields(n, "name").into_iter().for_each(|name| module.give(file.text(name)));
                }
                !spec
            }),
            "import_declaration" => file.walk(node, &mut |n| {
                if n.kind() == "import_spec"
                    && let Some(path) = n.child_by_field_name("path")
                {
                    let path = file.unquoted(path);
                    module.take(path, "", n);
                    let alias = file.field(n, "name");
                    let last = path.rsplit('/').next().unwrap_or(path);
                    packages.insert(if alias.is_empty() { last } else { alias }, path);
                }
                true
            }),
            _ => {}
        }
    }
    let shadowed = shadowed(file);
    file.walk(file.root, &mut |node| {
        let (package, name) = match node.kind() {
            "selector_expression" => (file.field(node, "operand"), file.field(node, "field")),
            "qualified_type" => (file.field(node, "package"), file.field(node, "name")),
            _ => return true,
        };
        if let Some(path) = packages.get(package).filter(|_| !shadowed.contains(&package)) {
            module.take(path, name, node);
        }
        true
    });
    module
}

/// Names that functions give to something of their own: what stands before a dot may be that.
fn shadowed<'t>(file: File<'t>) -> Vec<&'t str> {
    let mut names = Vec::new();
    let mut all = |node: Node<'t>| {
        file.walk(node, &mut |n| {
            if n.kind() == "identifier" {
                names.push(file.text(n));
            }
            true
        });
    };
    file.walk(file.root, &mut |node| {
        match node.kind() {
            "short_var_declaration" | "range_clause" => {
                fields(node, "left").into_iter().for_each(&mut all);
            }
            "parameter_list" => all(node),
            _ => {}
        }
        true
    });
    names
}
