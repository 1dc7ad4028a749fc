//! Looks whether arguments are what a tool's schema says, so that what is wrong is said by name.

use serde_json::{Map, Value};

use crate::domain::near::did_you_mean;

/// What a value has to be, where it is something else: completes "failed to …".
///
/// Knows as much of JSON Schema as the inputs of our tools use: types, `enum`, `const`, `anyOf`, bounds and lengths.
pub(super) fn arguments(schema: &Map<String, Value>, given: &Map<String, Value>) -> Result<(), String> {
    let known = schema.get("properties").and_then(Value::as_object);
    let names = || known.into_iter().flat_map(|k| k.keys()).map(String::as_str);
    if let Some(name) = given.keys().find(|name| known.is_none_or(|k| !k.contains_key(*name))) {
        let all: Vec<&str> = names().collect();
        let takes =
            if all.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", all.join(", ")) };
        return Err(format!(
            "use argument `{}`: there is no such one; {takes}{}",
            shown(name),
            did_you_mean(name, names())
        ));
    }
    let needed = schema.get("required").and_then(Value::as_array);
    for name in needed.into_iter().flatten().filter_map(Value::as_str) {
        if !given.contains_key(name) {
            let what =
                known.and_then(|k| k.get(name)).map_or_else(String::new, |s| format!(": {}", expected(s)));
            return Err(format!("find argument `{name}`: it is missing{what}"));
        }
    }
    for (name, value) in given {
        let Some(schema) = known.and_then(|k| k.get(name)) else { continue };
        if !fits(schema, value) {
            let (given, expected) = (shown(&value.to_string()), expected(schema));
            return Err(format!("use argument `{name}`: it is {given}; expected {expected}"));
        }
    }
    Ok(())
}

/// The most characters of a wrong value that are quoted.
const QUOTED: usize = 80;

fn shown(text: &str) -> String {
    let text = crate::domain::signal::printable(text);
    if text.chars().count() <= QUOTED { text } else { text.chars().take(QUOTED).chain(['…']).collect() }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
    schema.get(key).and_then(Value::as_array)
}

fn fits(schema: &Value, value: &Value) -> bool {
    if let Some(any) = list(schema, "anyOf").or_else(|| list(schema, "oneOf")) {
        return any.iter().any(|s| fits(s, value));
    }
    if list(schema, "enum").is_some_and(|all| !all.contains(value)) {
        return false;
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return false;
    }
    let types = types(schema);
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if !types.is_empty() && !types.into_iter().any(is) {
        return false;
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let within = |n: f64, least: &str, most: &str| {
        bound(least).is_none_or(|b| n >= b) && bound(most).is_none_or(|b| n <= b)
    };
    #[expect(clippy::cast_precision_loss, reason = "lengths that are bounded are far below 2^52")]
    match value {
        Value::Number(n) => n.as_f64().is_some_and(|n| within(n, "minimum", "maximum")),
        Value::String(text) => within(text.chars().count() as f64, "minLength", "maxLength"),
        Value::Array(items) => {
            within(items.len() as f64, "minItems", "maxItems")
                && schema.get("items").is_none_or(|s| items.iter().all(|i| fits(s, i)))
        }
        _ => true,
    }
}

/// What a schema takes, in words.
fn expected(schema: &Value) -> String {
    if let Some(any) = list(schema, "anyOf").or_else(|| list(schema, "oneOf")) {
        let all: Vec<String> = any.iter().filter(|s| types(s) != ["null"]).map(expected).collect();
        return all.join(" or ");
    }
    if let Some(all) = list(schema, "enum") {
        let all: Vec<String> = all.iter().filter(|v| !v.is_null()).map(ToString::to_string).collect();
        return format!("one of {}", all.join(", "));
    }
    if let Some(only) = schema.get("const") {
        return only.to_string();
    }
    let types = types(schema);
    let bounds = |least: &str, most: &str, unit: &str| match (schema.get(least), schema.get(most)) {
        (Some(a), Some(b)) => format!(" of {a} to {b}{unit}"),
        (Some(a), None) => format!(" of at least {a}{unit}"),
        (None, Some(b)) => format!(" of at most {b}{unit}"),
        (None, None) => String::new(),
    };
    let words: Vec<String> = types
        .into_iter()
        .filter(|t| *t != "null")
        .map(|t| match t {
            "integer" => format!("an integer{}", bounds("minimum", "maximum", "")),
            "number" => format!("a number{}", bounds("minimum", "maximum", "")),
            "string" => format!("a text{}", bounds("minLength", "maxLength", " characters")),
            "boolean" => "true or false".to_owned(),
            "array" => {
                let of = schema.get("items").map_or_else(String::new, |s| format!(", each {}", expected(s)));
                format!("a list{}{of}", bounds("minItems", "maxItems", " items"))
            }
            _ => "an object".to_owned(),
        })
        .collect();
    words.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wrong_is_said_by_name() {
        let schema = json!({
            "type": "object",
            "required": ["agent"],
            "properties": {
                "agent": {"type": "string", "minLength": 1},
                "lines": {"type": "integer", "minimum": 0, "maximum": 500},
                "since": {"type": ["integer", "null"], "minimum": 0},
                "agents": {"type": "array", "items": {"type": "string"}},
                "state": {"anyOf": [{"type": "string", "enum": ["idle", "ready"]}, {"type": "null"}]},
            },
        });
        let schema = schema.as_object().unwrap();
        let table = [
            (json!({"agent": "SEC", "lines": 3, "since": null, "state": "idle", "agents": ["a"]}), ""),
            (json!({"agent": "SEC", "state": null}), ""),
            (json!({}), "find argument `agent`: it is missing: a text of at least 1 characters"),
            (json!({"agent": 5}), "use argument `agent`: it is 5; expected a text of at least 1 characters"),
            (
                json!({"agent": ""}),
                "use argument `agent`: it is \"\"; expected a text of at least 1 characters",
            ),
            (
                json!({"agent": "S", "lines": 501}),
                "use argument `lines`: it is 501; expected an integer of 0 to 500",
            ),
            (
                json!({"agent": "S", "lines": 1.5}),
                "use argument `lines`: it is 1.5; expected an integer of 0 to 500",
            ),
            (
                json!({"agent": "S", "agents": [1]}),
                "use argument `agents`: it is [1]; expected a list, each a text",
            ),
            (
                json!({"agent": "S", "state": "x"}),
                "use argument `state`: it is \"x\"; expected one of \"idle\", \"ready\"",
            ),
            (
                json!({"agent": "S", "line": 1}),
                "use argument `line`: there is no such one; it takes agent, agents, lines, since, state; did you mean `lines`?",
            ),
        ];
        for (given, says) in table {
            let said = arguments(schema, given.as_object().unwrap()).err().unwrap_or_default();
            assert_eq!(said, says, "{given}");
        }
    }
}
