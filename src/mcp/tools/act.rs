//! Tools that act on one agent.

use schemars::JsonSchema;
use serde::Deserialize;

use super::args::{Done, One, agent, done};
use super::talk::Pinned;
use super::{About, Def, Effect, Gives};
use crate::domain::command::{Begin, Command, What, WhichOrder};
use crate::domain::rights::Tool;
use crate::mcp::call::{Call, Trouble};

/// The most bytes typed by one call.
const TYPED: usize = 64 * 1024;

pub(super) fn add(all: &mut Vec<Def>) {
    let act = |tool, title, text, effect| About { tool, title, text, effect, untrusted: &[] };
    let about = act(
        Tool::SendKeys,
        "Type keys",
        "Types keys into an agent's pane, to answer a question of its program that no prompt answers. Names such as \
         Enter, Esc, Up, C-c or M-x, else the text itself. For prompts use send_prompt, which sees to it that they \
         arrive.",
        Effect::Ends,
    );
    all.push(Def::new(about, send_keys));
    let about = act(
        Tool::SkipAgent,
        "Leave an agent out",
        "Leaves an agent out: its open tasks are skipped and the merge goes without it. With `off` it is taken back.",
        Effect::Sets,
    );
    all.push(Def::new(about, skip_agent));
    let about = act(
        Tool::AcceptClaim,
        "Take an agent at its word",
        "Claims readiness for an agent that says it is done but did not claim it in the agreed form. Git and the \
         gates still have to prove it.",
        Effect::Sets,
    );
    all.push(Def::new(about, accept_claim));
    let about = act(
        Tool::PinState,
        "Lay down a state",
        "Lays down what an agent does, against all evidence, where what is shown is wrong. With `off` the evidence \
         counts again.",
        Effect::Sets,
    );
    all.push(Def::new(about, pin_state));
    let about = act(
        Tool::StopAgent,
        "Stop an agent",
        "Ends an agent's program. What it committed stays; what it was doing is lost.",
        Effect::Ends,
    );
    all.push(Def::new(about, |call, one: One| {
        done(call, Command::Stop { agent: agent("agent", &one.agent)? })
    }));
    let about = act(
        Tool::RestartAgent,
        "Start an agent again",
        "Ends an agent's program where it still runs and starts it again, afresh or where its last run ended, and with \
         a prompt where one is given.",
        Effect::Ends,
    );
    all.push(Def::new(about, restart_agent));
    let about = act(
        Tool::ChangeConfig,
        "Change the merge order",
        "Takes another merge order from now on: the one that conflicts proposes, or that of the configuration again.",
        Effect::Sets,
    );
    all.push(Def::new(about, change_config));
}

/// What to type.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// Into whose pane.
    agent: String,
    /// Names of keys, or texts, in order.
    #[schemars(length(min = 1, max = 1000))]
    keys: Vec<String>,
    /// Whether all of them are texts, whatever they look like.
    #[serde(default)]
    literal: bool,
}

fn send_keys(call: &mut Call, args: Keys) -> Gives<Done> {
    let agent = agent("agent", &args.agent)?;
    let mut bytes = Vec::new();
    for key in &args.keys {
        let typed = if args.literal { Ok(key.clone().into_bytes()) } else { call.desk().key(key) };
        bytes.extend(typed.map_err(Trouble::Argument)?);
    }
    if bytes.len() > TYPED {
        let why = format!("use argument `keys`: they are {} bytes; expected at most {TYPED}", bytes.len());
        return Err(Trouble::Argument(why));
    }
    done(call, Command::Type { agent, bytes })
}

/// Whom to leave out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Skip {
    /// The agent.
    agent: String,
    /// Whether it is taken back instead.
    #[serde(default)]
    off: bool,
}

fn skip_agent(call: &mut Call, args: Skip) -> Gives<Done> {
    let agent = agent("agent", &args.agent)?;
    done(call, if args.off { Command::TakeBack { agent } } else { Command::Skip { agent } })
}

/// Whom to take at its word.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    /// The agent.
    agent: String,
    /// Why, in a line.
    #[serde(default)]
    #[schemars(length(max = 200))]
    note: String,
}

fn accept_claim(call: &mut Call, args: Accept) -> Gives<Done> {
    done(call, Command::Accept { agent: agent("agent", &args.agent)?, note: args.note })
}

/// What to lay down.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pin {
    /// The agent.
    agent: String,
    /// Its state; this or `off`.
    #[serde(default)]
    state: Option<Pinned>,
    /// Whether the evidence counts again.
    #[serde(default)]
    off: bool,
}

fn pin_state(call: &mut Call, args: Pin) -> Gives<Done> {
    if args.state.is_some() == args.off {
        return Err(Trouble::Argument("use arguments `state` and `off`: expected one of the two".into()));
    }
    done(call, Command::Pin { agent: agent("agent", &args.agent)?, state: args.state.map(Into::into) })
}

/// How to start it again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Restart {
    /// The agent.
    agent: String,
    /// Whether it goes on where its last run ended, where its program can.
    #[serde(default)]
    resume: bool,
    /// The prompt template it begins with; this or `text`, or none.
    #[serde(default)]
    prompt: Option<String>,
    /// The text it begins with.
    #[serde(default)]
    text: Option<String>,
}

fn restart_agent(call: &mut Call, args: Restart) -> Gives<Done> {
    let what = match (args.prompt, args.text) {
        (Some(name), None) => Some(What::Prompt(name)),
        (None, Some(text)) => Some(What::Text(text)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            let why = "use arguments `prompt` and `text`: expected at most one of the two";
            return Err(Trouble::Argument(why.into()));
        }
    };
    let begin = if args.resume { Begin::Last } else { Begin::Afresh };
    done(call, Command::Restart { agent: agent("agent", &args.agent)?, begin, what })
}

/// What to change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The merge order: the proposed or the configured one.
    merge_order: Which,
}

/// A merge order.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Which {
    Proposed,
    Configured,
}

fn change_config(call: &mut Call, args: Change) -> Gives<Done> {
    let which = match args.merge_order {
        Which::Proposed => WhichOrder::Proposed,
        Which::Configured => WhichOrder::Configured,
    };
    done(call, Command::TakeOrder { which })
}
