//! What clients may read and fill in: resources and prompts.

use rmcp::model::{
    GetPromptResult, Prompt, PromptArgument, PromptMessage, Resource, ResourceContents, ResourceTemplate,
    Role,
};
use serde_json::{Map, Value};

use super::call::{Call, Trouble};
use super::tools::{history_marked, rendered, reviewed, status_marked};
use super::untrusted;
use crate::domain::command::{Command, What};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::review::report;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Library};

/// What every address begins with.
const SCHEME: &str = "orchestra://";
/// What the address of a prompt begins with after that.
const PROMPTS: &str = "prompts/";
/// Happenings that the journal resource has.
const TAIL: u16 = 200;
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";

/// The resources there are always: the rest of the address, a title, what it is, its type.
const FIXED: [(&str, &str, &str, &str); 4] = [
    ("status", "Status", "The session as it is now: agents, states, what waits for a person.", JSON),
    (
        "review",
        "Review",
        "The review of all branches as a report, and what merging them would meet.",
        MARKDOWN,
    ),
    ("journal", "Journal", "The last happenings of the session.", JSON),
    ("plans", "Plans", "The plans that run_plan can start, with stages and tasks.", JSON),
];

pub(super) fn library(call: &mut Call) -> Result<Library, Trouble> {
    match call.ask(Command::Library)? {
        Answer::Library(library) => Ok(*library),
        other => Err(super::tools::out_of_turn(&other)),
    }
}

/// All resources.
pub(super) fn resources(call: &mut Call) -> Result<Vec<Resource>, Trouble> {
    let fixed = FIXED.into_iter().map(|(name, title, about, mime)| {
        Resource::new(format!("{SCHEME}{name}"), name)
            .with_title(title)
            .with_description(about)
            .with_mime_type(mime)
    });
    let mut all: Vec<Resource> = fixed.collect();
    all.extend(library(call)?.prompts.into_iter().map(|p| {
        Resource::new(format!("{SCHEME}{PROMPTS}{}", p.name), format!("{PROMPTS}{}", p.name))
            .with_title(format!("Prompt {}", p.name))
            .with_description("A prompt template as it is kept.")
            .with_mime_type(MARKDOWN)
            .with_size(p.text.len() as u64)
    }));
    Ok(all)
}

/// Addresses with a part to fill in.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{SCHEME}{PROMPTS}{{name}}"), "prompt")
            .with_title("Prompt")
            .with_description("A prompt template as it is kept.")
            .with_mime_type(MARKDOWN),
    ]
}

/// One resource.
pub(super) fn read(call: &mut Call, uri: &str) -> Result<ResourceContents, Trouble> {
    let (text, mime) = match uri.strip_prefix(SCHEME).unwrap_or_default() {
        "status" => (status_marked(call)?.to_string(), JSON),
        "journal" => (history_marked(call, TAIL)?.to_string(), JSON),
        "plans" => (serde_json::to_string(&library(call)?.plans).unwrap_or_default(), JSON),
        "review" => {
            let (reviews, matrix, _) = reviewed(call, &[])?;
            let target = super::tools::status(call)?.target;
            let report = report(&reviews, matrix.as_deref(), &target);
            (format!("> {}\n\n{}", untrusted::NOTICE, untrusted::clipped(&report)), MARKDOWN)
        }
        rest => {
            let found = rest.strip_prefix(PROMPTS).map(str::to_owned);
            let prompts = library(call)?.prompts;
            let known: Vec<String> = prompts.iter().map(|p| format!("{SCHEME}{PROMPTS}{}", p.name)).collect();
            let known = known.iter().map(String::as_str);
            let near = did_you_mean(uri, known);
            let prompt = prompts.into_iter().find(|p| Some(&p.name) == found.as_ref());
            let none =
                || Trouble::Argument(format!("read `{}`: there is no such resource{near}", printable(uri)));
            (prompt.ok_or_else(none)?.text, MARKDOWN)
        }
    };
    Ok(ResourceContents::text(text, uri).with_mime_type(mime))
}

/// All prompts.
pub(super) fn prompts(call: &mut Call) -> Result<Vec<Prompt>, Trouble> {
    let agent = || {
        PromptArgument::new("agent")
            .with_description("For whom it is filled in; none: for yourself, where you run in a pane.")
            .with_required(false)
    };
    let about = "A prompt of the session, filled in with the facts of an agent's branch.";
    let prompts = library(call)?.prompts.into_iter();
    Ok(prompts.map(|p| Prompt::new(p.name, Some(about), Some(vec![agent()]))).collect())
}

/// One prompt, filled in.
pub(super) fn prompt(
    call: &mut Call,
    name: String,
    args: &Map<String, Value>,
) -> Result<GetPromptResult, Trouble> {
    let argument = |why: &str| Trouble::Argument(format!("use argument `agent`: {why}"));
    let agent = match args.get("agent") {
        Some(Value::String(agent)) => AgentName::new(agent).map_err(|e| argument(&e.to_string()))?,
        Some(_) => return Err(argument("it is no text; expected the name of an agent")),
        None => call.pane()?.ok_or_else(|| {
            Trouble::Argument("find argument `agent`: it is missing: the name of an agent".into())
        })?,
    };
    let (rendered, about) =
        rendered(call, Command::Render { agent, what: What::Prompt(name), group: String::new() })?;
    let message = PromptMessage::new_text(Role::User, rendered.text);
    Ok(GetPromptResult::new(vec![message]).with_description(about))
}
