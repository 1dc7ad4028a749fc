//! Objects against the schemas of `docs/json/`: as much of JSON Schema as those use.

use std::path::Path;

use serde_json::{Map, Value};

/// Asserts that a value is what the schema of that kind says.
#[track_caller]
pub fn fits(kind: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/json/{kind}.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    if let Err(why) = check(&schema, &schema, value, "") {
        panic!("{kind}: {why} in {value}");
    }
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(schema) = schema.as_object() else { return Ok(()) };
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let found = root.pointer(name.trim_start_matches('#'));
        check(root, found.ok_or(format!("{at}: no {name}"))?, value, at)?;
    }
    for part in list(schema, "allOf") {
        check(root, part, value, at)?;
    }
    for word in ["anyOf", "oneOf"] {
        let parts = list(schema, word);
        let tried: Vec<_> = parts.iter().map(|part| check(root, part, value, at)).collect();
        if !tried.is_empty() && tried.iter().all(Result::is_err) {
            return Err(format!("{at}: none of {tried:?}"));
        }
    }
    let types = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(some)) => some.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|t| is(t, value)) {
        return Err(format!("{at}: {value} is no {types:?}"));
    }
    if schema.get("const").is_some_and(|c| c != value) {
        return Err(format!("{at}: {value} is not {:?}", schema.get("const")));
    }
    let one_of = list(schema, "enum");
    if !one_of.is_empty() && !one_of.contains(value) {
        return Err(format!("{at}: {value} is none of {one_of:?}"));
    }
    if let Value::Object(object) = value {
        for key in list(schema, "required").iter().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                return Err(format!("{at}: `{key}` is missing"));
            }
        }
        let known = schema.get("properties").and_then(Value::as_object);
        for (key, inner) in object {
            let part = known.and_then(|k| k.get(key)).or(schema.get("additionalProperties"));
            if let Some(part) = part {
                check(root, part, inner, &format!("{at}/{key}"))?;
            }
        }
    }
    if let (Value::Array(values), Some(items)) = (value, schema.get("items")) {
        for (i, inner) in values.iter().enumerate() {
            check(root, items, inner, &format!("{at}/{i}"))?;
        }
    }
    Ok(())
}

fn list<'a>(schema: &'a Map<String, Value>, word: &str) -> &'a [Value] {
    schema.get(word).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is(word: &str, value: &Value) -> bool {
    match word {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}
