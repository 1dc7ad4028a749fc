//! The tools: what each takes, does and gives.

mod act;
mod args;
mod incident;
mod look;
mod merge;
mod plan;
mod project;
mod review;
mod send;
mod talk;
mod wait;
mod workflow;

pub(super) use self::look::{history_marked, rendered, status, status_marked};
pub(super) use self::review::reviewed;

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool as Told, ToolAnnotations};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::call::{Call, Trouble};
use super::check;
use super::untrusted::{self, Place};
use crate::domain::rights::{Say, Standing, Tool};
use crate::domain::view::{Answer, Fault};

/// What a tool gives: the result, and a line or some for people.
pub(super) type Gives<R> = Result<(R, String), Trouble>;

type Run = Box<dyn Fn(&mut Call, Value) -> Gives<Value> + Send + Sync>;

/// What a tool does to the world, as hints for clients.
#[derive(Clone, Copy, Debug)]
enum Effect {
    /// It looks.
    Looks,
    /// It adds something; the same again adds more.
    Adds,
    /// It changes something; the same again changes nothing more.
    Sets,
    /// It may end or move what cannot be brought back by calling another tool.
    Ends,
}

impl Effect {
    fn hints(self, title: &str) -> ToolAnnotations {
        let (looks, ends, same) = match self {
            Self::Looks => (true, false, true),
            Self::Adds => (false, false, false),
            Self::Sets => (false, false, true),
            Self::Ends => (false, true, false),
        };
        ToolAnnotations::with_title(title)
            .read_only(looks)
            .destructive(ends)
            .idempotent(same)
            .open_world(false)
    }
}

/// What is said of a tool.
struct About {
    tool: Tool,
    title: &'static str,
    text: &'static str,
    effect: Effect,
    untrusted: &'static [Place],
}

/// A tool.
pub(super) struct Def {
    about: About,
    input: Arc<JsonObject>,
    output: Arc<JsonObject>,
    run: Run,
}

/// A result, ready to be given to a client.
pub(super) struct Said {
    pub result: Value,
    pub text: String,
}

impl Def {
    fn new<A, R>(about: About, run: impl Fn(&mut Call, A) -> Gives<R> + Send + Sync + 'static) -> Self
    where
        A: DeserializeOwned + JsonSchema + 'static,
        R: Serialize + JsonSchema,
    {
        let input = schema::<A>(SchemaSettings::draft2020_12());
        let mut output = schema::<R>(SchemaSettings::draft2020_12().for_serialize());
        untrusted::mark_schema(&mut output, about.untrusted);
        terse(&mut output, DESCRIBED);
        let run = move |call: &mut Call, args: Value| {
            let args = serde_json::from_value(args)
                .map_err(|e| Trouble::Argument(format!("use the arguments: {e}")))?;
            let (result, text) = run(call, args)?;
            let result = serde_json::to_value(result)
                .map_err(|e| Trouble::Fault(Fault::Failed, format!("write the result: {e}")))?;
            Ok((result, text))
        };
        let (input, output) = (Arc::new(object(input)), Arc::new(object(output)));
        Self { about, input, output, run: Box::new(run) }
    }

    /// The tool.
    pub(super) fn tool(&self) -> Tool {
        self.about.tool
    }

    /// Where its results hold text that agents wrote.
    #[cfg(test)]
    pub(super) fn untrusted(&self) -> &'static [Place] {
        self.about.untrusted
    }

    /// Whether it is shown to such a caller. Others that call it are refused by the server.
    pub(super) fn shown_to(&self, standing: Standing) -> bool {
        self.about.tool.usual(standing) != Say::Deny
    }

    /// What clients are told of it.
    pub(super) fn told(&self) -> Told {
        let About { tool, title, text, effect, .. } = self.about;
        Told::new(tool.word(), text, Arc::clone(&self.input))
            .with_title(title)
            .with_raw_output_schema(Arc::clone(&self.output))
            .with_annotations(effect.hints(title))
    }

    /// Calls it.
    pub(super) fn call(&self, call: &mut Call, args: Map<String, Value>) -> Result<Said, Trouble> {
        check::arguments(&self.input, &args).map_err(Trouble::Argument)?;
        let (mut result, mut text) = (self.run)(call, Value::Object(args))?;
        let marked = untrusted::mark(&mut result, self.about.untrusted);
        if self.about.tool == Tool::ReadPane {
            // Its lines are what it is about: as lines they are read best.
            if !result["lines"].is_null() {
                text = format!("{text}\n{}", untrusted::fenced(&result["lines"]));
            }
        } else {
            if marked {
                text = format!("{text}\n{}", untrusted::NOTICE);
            }
            text = format!("{text}\n{result}");
        }
        Ok(Said { result, text })
    }
}

/// The schema of a type, in one piece: neither our checks nor all clients follow references.
fn schema<T: JsonSchema>(mut settings: SchemaSettings) -> Value {
    settings.inline_subschemas = true;
    let mut schema = Value::from(settings.into_generator().into_root_schema_for::<T>());
    plain(&mut schema);
    schema
}

/// How deep the fields of results are described; `docs/json/` has the rest.
const DESCRIBED: usize = 2;

/// Leaves out descriptions of what lies deeper: every client reads the list of all tools.
fn terse(schema: &mut Value, depth: usize) {
    let Value::Object(fields) = schema else { return };
    if depth == 0 {
        fields.remove("description");
    }
    for (name, value) in fields {
        match value {
            Value::Object(inner) if name == "properties" => {
                inner.values_mut().for_each(|v| terse(v, depth.saturating_sub(1)));
            }
            Value::Array(all) => all.iter_mut().for_each(|v| terse(v, depth.saturating_sub(1))),
            other => terse(other, depth),
        }
    }
}

/// A schema of an object, without what says nothing to others: the names of our types.
fn object(schema: Value) -> Map<String, Value> {
    let mut fields = match schema {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    for name in ["$schema", "title", "description"] {
        fields.remove(name);
    }
    fields
}

/// Descriptions come from the comments in the code, where a name in brackets is a link; and the sizes of our numbers
/// are formats that nobody else knows, of which clients complain.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields
                .retain(|name, value| name != "format" || !value.as_str().is_some_and(|f| f.contains("int")));
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = text.replace("[`", "`").replace("`]", "`");
            }
            fields.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// All tools, in the order in which they are listed.
pub(super) fn all() -> Vec<Def> {
    let mut all = Vec::new();
    let parts: [fn(&mut Vec<Def>); 11] = [
        talk::add,
        look::add,
        wait::add,
        send::add,
        plan::add,
        review::add,
        merge::add,
        incident::add,
        workflow::add,
        project::add,
        act::add,
    ];
    for add in parts {
        add(&mut all);
    }
    all
}

/// An answer that does not belong to its command.
pub(super) fn out_of_turn(answer: &Answer) -> Trouble {
    let answer = serde_json::to_value(answer).unwrap_or_default();
    let what = answer["answer"].as_str().unwrap_or("something").to_owned();
    Trouble::Gone(format!(
        "understand the session: it answered with {what}; use the same version of orchestra for both"
    ))
}
