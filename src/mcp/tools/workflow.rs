//! Tools for DevOps work that need no project yet: who there is, whom a request needs, and what plan comes of it.

mod pattern;

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, LookUp};
use crate::domain::rights::Tool;
use crate::domain::view::{Answer, Fault};
use crate::domain::workflow::advise::guide::Guide;
use crate::domain::workflow::advise::{Advice, REQUEST_MOST, Wishes, advise};
use crate::domain::workflow::catalogue::{Catalogue, Specialist};
use crate::mcp::call::{Call, Trouble};

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WorkflowSpecialists,
        title: "List specialists",
        text: "The specialists for DevOps work, or one of them: what each can do, when to choose it, what it needs and \
               hands over, and with whom it works.",
        effect: Effect::Looks,
        untrusted: &[],
    };
    all.push(Def::new(about, specialists));
    let about = About {
        tool: Tool::WorkflowAdvise,
        title: "Advise on a request",
        text: "Whom a request for DevOps work needs: specialists with the very words that chose them, the pattern that \
               fits, how they work together, what is not clear, and whether one specialist is enough. It reads words and \
               nothing else: overrule it where you know better.",
        effect: Effect::Looks,
        untrusted: &[],
    };
    all.push(Def::new(about, advice));
    pattern::add(all);
}

/// The specialists of the session's project, and how it reads requests, where the caller may look that up.
pub(super) fn guides(call: &mut Call, what: LookUp) -> Result<(Catalogue, Guide), Trouble> {
    let found = looked_up(call, what, |call, top| call.desk().guides(top))?;
    Ok(found.unwrap_or_else(|| (Catalogue::built_in(), Guide::built_in())))
}

/// What files of the session's project say, where the caller may look that up. None: a session without a repository has no
/// files of its own.
fn looked_up<T>(
    call: &mut Call,
    what: LookUp,
    read: impl FnOnce(&Call, &Path) -> Result<T, String>,
) -> Result<Option<T>, Trouble> {
    match call.ask(Command::LookUp(what))? {
        Answer::Done { text } if text.is_empty() => Ok(None),
        Answer::Done { text } => {
            let found = read(call, Path::new(&text));
            found.map(Some).map_err(|why| Trouble::Fault(Fault::Usage, why))
        }
        other => Err(out_of_turn(&other)),
    }
}

/// Which.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// One of them, such as aws or aws-specialist; none: all.
    #[serde(default)]
    name: Option<String>,
    /// Whom an alias such as cloud means.
    #[serde(default)]
    provider: Option<String>,
}

/// Specialists.
#[derive(Serialize, JsonSchema)]
struct Specialists {
    /// In the order of the catalogue; the words by which requests choose them are left out.
    specialists: Vec<Known>,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
struct Known {
    /// As people see it, and as its agent is called.
    shown: String,
    /// What its file says.
    #[serde(flatten)]
    specialist: Specialist,
}

fn specialists(call: &mut Call, which: Which) -> Gives<Specialists> {
    let (all, _) = guides(call, LookUp::Specialists)?;
    let found: Vec<&Specialist> = match &which.name {
        None => all.all().iter().collect(),
        Some(name) => {
            let found = all.resolve(name, which.provider.as_deref());
            vec![found.map_err(|why| Trouble::Argument(format!("find the specialist {why}")))?]
        }
    };
    let known = |one: &&Specialist| {
        let shown = one.shown();
        Known { shown, specialist: Specialist { words: Vec::new(), not: Vec::new(), ..(*one).clone() } }
    };
    let text = found.iter().map(|s| s.shown()).collect::<Vec<_>>().join(", ");
    Ok((Specialists { specialists: found.iter().map(known).collect() }, text))
}

/// A request.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// What is wanted, in some sentences.
    #[schemars(length(min = 1, max = REQUEST_MOST))]
    request: String,
    /// The cloud providers, whatever the request says.
    #[serde(default)]
    providers: Vec<String>,
    /// Specialists that are to take part.
    #[serde(default)]
    with: Vec<String>,
    /// Specialists that are not to take part.
    #[serde(default)]
    without: Vec<String>,
    /// The pattern, or none (the word); left out: the one that fits.
    #[serde(default)]
    pattern: Option<String>,
}

fn advice(call: &mut Call, asked: Request) -> Gives<Advice> {
    let (all, guide) = guides(call, LookUp::Advice)?;
    let Request { request, providers, with, without, pattern } = asked;
    let wishes = Wishes { providers, with, without, pattern };
    let found = advise(&request, &wishes, &all, &guide).map_err(Trouble::Argument)?;
    let text = found.why.join("; ");
    Ok((found, text))
}
