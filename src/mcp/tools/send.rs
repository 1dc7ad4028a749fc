//! Tools that prompt agents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::targets;
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Target, Terms, Until, What};
use crate::domain::rights::Tool;
use crate::domain::signal::MAX_PROMPT;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Fault, Receipt, settle};
use crate::mcp::call::{Call, Trouble};

/// Seconds that a prompt may wait for a busy agent, where it is to wait.
const PATIENCE_S: u32 = 3600;

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::SendPrompt,
        title: "Send a prompt",
        text: "Prompts agents, with a text of your own or a template by name (resources orchestra://prompts). Every \
               agent's receipt says whether it was submitted. To prompt the whole team at once may need a person's \
               confirmation, during which this call waits. Give an idempotency_key to be able to call again without \
               prompting twice.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, send_prompt));
}

/// What to send.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendPrompt {
    /// To whom: names of agents, `all`, `stage:N` or `focus:GROUP`.
    #[schemars(length(min = 1, max = 200))]
    agents: Vec<String>,
    /// The text as it is; this or `prompt`.
    #[serde(default)]
    text: Option<String>,
    /// A template's name, or `universal`, `role` or `suggested`, rendered for each agent; this or `text`.
    #[serde(default)]
    prompt: Option<String>,
    /// For a busy agent: true waits up to an hour until it is idle, false is refused at once.
    #[serde(default = "yes")]
    when_idle: bool,
    /// Seconds to wait for the receipts; 0: do not.
    #[serde(default = "usual")]
    #[schemars(range(min = 0, max = 3600))]
    wait_s: u64,
    /// Chosen by you: with the same one again, nobody is prompted twice.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    idempotency_key: Option<String>,
}

fn yes() -> bool {
    true
}

fn usual() -> u64 {
    30
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
struct Sent {
    /// Whether every prompt was submitted.
    submitted: bool,
    /// Whether receipts are still open: wait_for with `receipts` waits for them.
    open: bool,
    /// One an agent.
    receipts: Vec<Receipt>,
}

/// Receipts in a line.
pub(super) fn outcome(receipts: &[Receipt]) -> String {
    let word = |r: &Receipt| match (&r.outcome, r.why.as_str()) {
        (Some(outcome), "") => format!("{} {}", r.agent, outcome.word()),
        (Some(outcome), why) => format!("{} {} ({why})", r.agent, outcome.word()),
        (None, "") => format!("{} under way", r.agent),
        (None, why) => format!("{} under way ({why})", r.agent),
    };
    receipts.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn send_prompt(call: &mut Call, args: SendPrompt) -> Gives<Sent> {
    if let Some(size) = args.text.as_ref().map(String::len).filter(|n| *n > MAX_PROMPT) {
        let why = format!("use argument `text`: it has {size} bytes; at most {MAX_PROMPT} are taken");
        return Err(Trouble::Argument(why));
    }
    let what = match (args.text, args.prompt) {
        (Some(text), None) => What::Text(text),
        (None, Some(name)) => What::Prompt(name),
        _ => {
            let why = "use arguments `text` and `prompt`: expected one of the two";
            return Err(Trouble::Argument(why.into()));
        }
    };
    let patience = Some(if args.when_idle { PATIENCE_S } else { 0 });
    let terms = Terms { key: args.idempotency_key, patience };
    let send = Command::Send { targets: targets(args.agents), what, terms };
    let mut receipts = match call.ask(send)? {
        Answer::Receipts { receipts } => receipts,
        other => return Err(out_of_turn(&other)),
    };
    let open: Vec<&Receipt> = receipts.iter().filter(|r| r.outcome.is_none()).collect();
    if args.wait_s > 0 && !open.is_empty() {
        call.tell(format!("prompts under way: {}", outcome(&receipts)));
        let targets = open.iter().map(|r| Target(r.agent.to_string())).collect();
        let until = Until::Dispatched(open.iter().map(|r| r.dispatch).collect());
        match call.ask(Command::Wait { targets, until, timeout_ms: args.wait_s * 1000 }) {
            Ok(Answer::Receipts { receipts: later }) => settle(&mut receipts, later),
            Ok(other) => return Err(out_of_turn(&other)),
            // What is still open is told as that.
            Err(Trouble::Fault(Fault::Timeout, _)) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    let text = outcome(&receipts);
    let sent = Sent {
        submitted: receipts.iter().all(|r| r.outcome == Some(Outcome::Submitted)),
        open: receipts.iter().any(|r| r.outcome.is_none()),
        receipts,
    };
    Ok((sent, text))
}
