//! The schemas of what `--json` prints: what `docs/json/` holds.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::incident::{Checked, RunEnded, Written};
use super::workflow::{
    Briefed, Checked as Checklisted, Offered, PatternShown, Patterns, PlanShown, RunEnded as WorkflowEnded,
    Specialists, Stands, Watched,
};
use crate::domain::conduct::Told;
use crate::domain::incident::compare::IncidentCompare;
use crate::domain::incident::correlate::Correlation;
use crate::domain::incident::finding::Finding;
use crate::domain::incident::triage::Triaged;
use crate::domain::report::Report;
use crate::domain::view::{Answer, EventLine};
use crate::domain::workflow::advise::Advice;

/// Where definitions lie in a schema, and what a reference to one begins with.
const DEFS: &str = "$defs";
const REF: &str = "#/$defs/";

/// One JSON Schema (2020-12) for each kind of answer, by the word in its `answer`, and for `event` (a line of
/// `orchestra events --json`), `report`, `hook` (what a hook is told), `finding`, `correlation`, `triage` and `incident_compare`,
/// which have none.
#[must_use]
pub fn schemas() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let answers = root::<Answer>();
    let defs = answers.get(DEFS).and_then(Value::as_object).cloned().unwrap_or_default();
    for one in answers.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        let kind = one.pointer("/properties/answer/const").and_then(Value::as_str);
        if let (Some(kind), Some(schema)) = (kind, one.as_object()) {
            found.insert(kind.to_owned(), whole(kind, schema.clone(), &defs));
        }
    }
    for (kind, mut schema) in [
        ("event", root::<EventLine>()),
        ("report", root::<Report>()),
        ("hook", root::<Told>()),
        ("finding", made::<Finding>(SchemaSettings::draft2020_12().for_deserialize())),
        ("correlation", root::<Correlation>()),
        ("triage", root::<Triaged>()),
        ("incident_run", root::<RunEnded>()),
        ("incident_compare", root::<IncidentCompare>()),
        ("postmortem", root::<Written>()),
        ("checked", root::<Checked>()),
        ("specialists", root::<Specialists>()),
        ("patterns", root::<Patterns>()),
        ("pattern", root::<PatternShown>()),
        ("planned", root::<PlanShown>()),
        ("advice", root::<Advice>()),
        ("workflow_report", root::<crate::domain::workflow::report::Report>()),
        ("workflow_brief", root::<Briefed>()),
        ("workflow_run", root::<WorkflowEnded>()),
        ("alternatives", root::<Offered>()),
        ("workflow_checklist", root::<Checklisted>()),
        ("workflow_watch", root::<Watched>()),
        ("workflow_status", root::<Stands>()),
    ] {
        let defs = schema.remove(DEFS).and_then(|d| d.as_object().cloned()).unwrap_or_default();
        found.insert(kind.to_owned(), whole(kind, schema, &defs));
    }
    found
}

fn root<T: schemars::JsonSchema>() -> Map<String, Value> {
    made::<T>(SchemaSettings::draft2020_12().for_serialize())
}

/// Findings are read too: there the schema says what may be left out.
fn made<T: schemars::JsonSchema>(settings: SchemaSettings) -> Map<String, Value> {
    let mut value = settings.into_generator().into_root_schema_for::<T>().to_value();
    plain(&mut value);
    value.as_object().cloned().unwrap_or_default()
}

/// A schema that stands alone: with the definitions it needs and no others.
fn whole(kind: &str, mut schema: Map<String, Value>, defs: &Map<String, Value>) -> Value {
    let mut needed = BTreeSet::new();
    let mut open = vec![Value::Object(schema.clone())];
    while let Some(value) = open.pop() {
        references(&value, &mut |name| {
            if needed.insert(name.to_owned()) {
                open.extend(defs.get(name).cloned());
            }
        });
    }
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(kind));
    let kept: Map<String, Value> =
        defs.iter().filter(|(name, _)| needed.contains(*name)).map(|(n, d)| (n.clone(), d.clone())).collect();
    if !kept.is_empty() {
        schema.insert(DEFS.into(), Value::Object(kept));
    }
    Value::Object(schema)
}

fn references(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => {
            let name = map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(REF));
            name.into_iter().for_each(&mut *each);
            map.values().for_each(|v| references(v, each));
        }
        Value::Array(list) => list.iter().for_each(|v| references(v, each)),
        _ => {}
    }
}

/// Descriptions come from the comments in the code, where a name in brackets is a link.
fn plain(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace("[`", "`").replace("`]", "`");
            }
            map.values_mut().for_each(plain);
        }
        Value::Array(list) => list.iter_mut().for_each(plain),
        _ => {}
    }
}
