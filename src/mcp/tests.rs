//! The list of tools, as clients get it and as the guide tells it. `ORCHESTRA_WRITE_DOCS=1 cargo test --lib mcp::`
//! writes both.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tools::{self, Def};
use crate::domain::rights::{Say, Standing};

/// What stands around the table in the guide.
const MARKS: (&str, &str) = ("<!-- tools -->\n", "<!-- end of tools -->\n");

fn doc(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// Compares a file with what it should be, or writes it.
fn holds(name: &str, wanted: &str) {
    let found = std::fs::read_to_string(doc(name)).unwrap_or_default();
    if found == wanted {
        return;
    }
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        return std::fs::write(doc(name), wanted).unwrap();
    }
    panic!("docs/{name} is stale; write it with ORCHESTRA_WRITE_DOCS=1 cargo test --lib mcp::");
}

#[test]
fn the_list_of_tools_is_as_written() {
    let lines: Vec<String> =
        tools::all().iter().map(|def| serde_json::to_string(&def.told()).unwrap()).collect();
    holds("mcp-tools.json", &format!("[\n{}\n]\n", lines.join(",\n")));
}

fn row(def: &Def) -> String {
    let told = def.told();
    let hints = told.annotations.unwrap_or_default();
    let does = match (hints.read_only_hint, hints.destructive_hint) {
        (Some(true), _) => "looks",
        (_, Some(true)) => "may end or move something",
        _ if hints.is_idempotent() => "sets",
        _ => "adds",
    };
    let say = |standing| match def.tool().usual(standing) {
        Say::Allow => "allow",
        Say::Confirm => "**confirm**",
        Say::Deny => "–",
    };
    let (agent, conductor) = (say(Standing::Agent), say(Standing::Conductor));
    format!("| `{}` | {} | {does} | {agent} | {conductor} |\n", told.name, told.title.unwrap_or_default())
}

#[test]
fn the_guide_has_every_tool_with_its_rights() {
    let mut table = String::from("| tool | | does | an agent | the orchestrator |\n|---|---|---|---|---|\n");
    table.extend(tools::all().iter().map(row));
    let page = std::fs::read_to_string(doc("mcp.md")).unwrap();
    let (before, rest) = page.split_once(MARKS.0).unwrap();
    let (_, after) = rest.split_once(MARKS.1).unwrap();
    holds("mcp.md", &format!("{before}{}{table}{}{after}", MARKS.0, MARKS.1));
}

#[test]
fn every_tool_says_what_it_takes_and_gives() {
    for def in tools::all() {
        let told = serde_json::to_value(def.told()).unwrap();
        assert_eq!(told["inputSchema"]["type"], "object", "{told}");
        assert_eq!(told["inputSchema"]["additionalProperties"], false, "{told}");
        assert_eq!(told["outputSchema"]["type"], "object", "{told}");
        assert!(!told.to_string().contains("$ref"), "{told}");
        let fields = told["inputSchema"]["properties"].as_object().cloned().unwrap_or_default();
        for (name, field) in fields {
            assert!(field["description"].is_string(), "{}.{name} is not described", told["name"]);
        }
        let len = told["outputSchema"].to_string().len();
        assert!(len < 16 * 1024, "{}: {len} bytes", told["name"]);
    }
}

#[test]
fn texts_of_agents_are_marked_where_schemas_say_so() {
    // What is marked in a result must be there in its schema: a place with a wrong name would mark nothing.
    for def in tools::all() {
        let told = serde_json::to_value(def.told()).unwrap();
        for place in def.untrusted() {
            let mut at = &told["outputSchema"];
            for step in place.path.split('.') {
                at = match step {
                    "*" => &at["items"],
                    name => inner(at).get("properties").map_or(&Value::Null, |p| &p[name]),
                };
            }
            let marked = inner(at)["properties"]["trust"]["const"] == "untrusted";
            assert!(marked, "{}: {} is not in the schema", told["name"], place.path);
        }
    }
}

/// A schema without the possibility of null.
fn inner(schema: &Value) -> &Value {
    let any = schema["anyOf"].as_array();
    any.and_then(|any| any.iter().find(|s| s["type"] != "null")).unwrap_or(schema)
}
