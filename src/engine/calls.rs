//! Calls by programs and from panes: kept until they are answered, then journaled with what came of them.

use super::Step;
use super::event::ReplyTo;
use crate::domain::command::{Caller, Command, Confirming, Incident, Subject, Talk, Target, What, Workflow};
use crate::domain::id::AgentName;
use crate::domain::record::{Called, Record};
use crate::domain::rights::Tool;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Fault};

/// Characters of what a call was about.
const ABOUT: usize = 120;
/// Characters of why a call was not done.
const WHY: usize = 400;

/// A call that is to be journaled once it is answered. Not durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Call {
    reply: ReplyTo,
    caller: Caller,
    tool: Tool,
    about: String,
}

impl Step<'_> {
    /// Keeps a call that is to be journaled: all by programs, and from panes those that do more than look and have
    /// no record of their own.
    pub(super) fn open_call(
        &mut self,
        caller: &Caller,
        reply: Option<ReplyTo>,
        tool: Tool,
        command: &Command,
    ) {
        let journaled = match caller {
            Caller::Outside => false,
            Caller::Mcp { .. } => true,
            Caller::Pane(_) => {
                !command.looks() && !matches!(command, Command::Talk(_) | Command::Hook { .. })
            }
        };
        if let Some(reply) = reply.filter(|_| journaled) {
            self.state.calls.push(Call { reply, caller: caller.clone(), tool, about: about(command) });
        }
    }

    /// A call was refused before anything was done.
    pub(super) fn refuse_call(
        &mut self,
        caller: &Caller,
        reply: Option<ReplyTo>,
        tool: Tool,
        command: &Command,
        why: String,
    ) {
        self.state.calls.retain(|c| Some(c.reply) != reply);
        let call = Call { reply: 0, caller: caller.clone(), tool, about: about(command) };
        self.journal_call(call, "refused", &why);
        self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
    }

    /// A call is over with that answer.
    pub(super) fn answered_call(&mut self, to: ReplyTo, answer: &Answer) {
        match answer {
            Answer::Fault { fault, why } => {
                let outcome = match fault {
                    Fault::Failed => "failed",
                    Fault::Usage => "usage",
                    Fault::Protected => "refused",
                    Fault::Timeout => "timeout",
                };
                self.end_call(to, outcome, why);
            }
            Answer::Train(train) if !train.applied && train.halt.is_some() => {
                let why = train.halt.as_ref().map(ToString::to_string).unwrap_or_default();
                let moves = |t: Tool| matches!(t, Tool::StartMerge | Tool::ContinueMerge);
                let moves = self.state.calls.iter().any(|c| c.reply == to && moves(c.tool));
                self.end_call(to, if moves { "failed" } else { "done" }, if moves { &why } else { "" });
            }
            _ => self.end_call(to, "done", ""),
        }
    }

    /// A call is over; nothing if it is not to be journaled, or was.
    pub(super) fn end_call(&mut self, to: ReplyTo, outcome: &str, why: &str) {
        if let Some(at) = self.state.calls.iter().position(|c| c.reply == to) {
            let call = self.state.calls.swap_remove(at);
            self.journal_call(call, outcome, why);
        }
    }

    fn journal_call(&mut self, call: Call, outcome: &str, why: &str) {
        let Call { caller, tool, about, .. } = call;
        let (tool, outcome) = (tool.word().to_owned(), outcome.to_owned());
        let why = shown(why, WHY);
        self.record(Record::Call(Box::new(Called { caller, tool, about, outcome, why })));
    }
}

/// What a command does to whom, completing "failed to …".
pub(super) fn deed(command: &Command) -> String {
    let text = match command {
        Command::Merge | Command::MergePlanned { .. } => "merge".into(),
        Command::MergeContinue { .. } => "go on with the merge".into(),
        Command::MergeAbort => "give the merge up".into(),
        Command::MergeUndo => "undo the merge".into(),
        Command::Stop { agent } => format!("stop {agent}"),
        Command::Restart { agent, .. } => format!("restart {agent}"),
        Command::Accept { agent, .. } => format!("take {agent} at its word"),
        Command::Type { agent, .. } => format!("type into the pane of {agent}"),
        Command::Send { targets, .. } => format!("prompt {}", row_of(targets)),
        Command::SendReasons { agent } => format!("send {agent} its reasons"),
        Command::Run { plan, .. } => format!("run {plan}"),
        Command::TakeOrder { .. } => "change the merge order".into(),
        Command::Down => "end the session".into(),
        Command::Trust { digest: Some(_), .. } => "accept changed git configuration".into(),
        Command::Confirm(Confirming::List) => "list what waits for a person".into(),
        Command::Confirm(Confirming::Yes { id } | Confirming::No { id }) => {
            format!("answer confirmation {id}")
        }
        Command::Incident(Incident::Open { .. }) => "take the incident on".into(),
        Command::Incident(Incident::Close { .. }) => "close the incident".into(),
        Command::Workflow(Workflow::Start { .. }) => "begin the project".into(),
        Command::Workflow(Workflow::Reprioritise { .. }) => "change the plan of the project".into(),
        Command::Workflow(Workflow::Close { .. }) => "close the project".into(),
        other => format!("call {}", Tool::of(other, false).word()),
    };
    shown(&text, ABOUT)
}

/// Text that is safe to show, at most so many characters of it.
pub(super) fn shown(text: &str, most: usize) -> String {
    let text = printable(text);
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Names in a row.
pub(super) fn row(agents: &[AgentName]) -> String {
    agents.iter().map(AgentName::as_str).collect::<Vec<_>>().join(", ")
}

/// Targets in a row.
fn row_of(targets: &[Target]) -> String {
    match targets {
        [] => "all".to_owned(),
        some => some.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(" "),
    }
}

/// What a prompt is made from, without its text.
pub(super) fn made_from(what: &What) -> String {
    match what {
        What::Prompt(name) => format!("the prompt {name}"),
        What::Text(text) => format!("a text of {} bytes", text.len()),
        What::Fill(text) => format!("a text of {} bytes, filled in for each", text.len()),
        What::Again => "what did not arrive".into(),
        What::Parts { bytes } => format!("a text of {bytes} bytes"),
    }
}

/// What a command is about, in a few words and without the texts of prompts.
pub(super) fn about(command: &Command) -> String {
    let agents = |a: &[AgentName]| if a.is_empty() { "all".to_owned() } else { row(a) };
    let text = match command {
        Command::Read { agent, .. }
        | Command::Explain { agent }
        | Command::Skip { agent }
        | Command::TakeBack { agent }
        | Command::Accept { agent, .. }
        | Command::SendReasons { agent }
        | Command::Stop { agent } => agent.to_string(),
        Command::Diff { agent, path, .. } => match path {
            Some(path) => format!("{agent} {path}"),
            None => agent.to_string(),
        },
        Command::Render { agent, what, .. } => format!("{agent}, {}", made_from(what)),
        Command::Restart { agent, what, .. } => match what {
            Some(what) => format!("{agent}, {}", made_from(what)),
            None => agent.to_string(),
        },
        Command::Pin { agent, state } => {
            format!("{agent} {}", state.map_or("off", crate::domain::state::AgentState::word))
        }
        Command::Type { agent, bytes } => format!("{agent}, {} bytes", bytes.len()),
        Command::Send { targets: t, what, .. } => format!("{}, {}", row_of(t), made_from(what)),
        Command::Run { plan, targets: t, .. } | Command::DryRun { plan, targets: t, .. } => {
            format!("{plan}, {}", row_of(t))
        }
        Command::Suggest { agents: a } | Command::Review { agents: a } => agents(a),
        Command::AddTask { task } => task.id.clone(),
        Command::DropTask { task } | Command::RepeatTask { task } | Command::MoveTask { task, .. } => {
            task.clone()
        }
        Command::StartTasks { tasks } => tasks.join(" "),
        Command::ShowRun { run } => run.map(|r| r.to_string()).unwrap_or_default(),
        Command::TakeOrder { which } => format!("{which:?}").to_lowercase(),
        Command::Wait { targets: t, .. } => row_of(t),
        Command::Unmerged { ours, theirs } => match ours {
            Some(ours) => format!("{ours} {theirs}"),
            None => theirs.to_string(),
        },
        Command::Verify { subject, .. } => match subject {
            Subject::Tips(a) => agents(a),
            Subject::Open(a) => format!("the worktrees of {}", agents(a)),
            Subject::Merged => "merged".into(),
        },
        Command::MergePlanned { digest } => format!("plan {digest}"),
        Command::MergeContinue { skip } | Command::ContinuePlan { skip } if !skip.is_empty() => {
            format!("without {}", row(skip))
        }
        Command::History { agent: Some(agent), .. } => agent.to_string(),
        Command::Talk(talk) => match talk {
            Talk::Ask { to, .. } => format!("to {to}"),
            Talk::Answer { query, .. } => format!("query {query}"),
            Talk::State { state, .. } => state.map(|s| s.word().to_owned()).unwrap_or_default(),
            Talk::Briefing { agent: Some(agent) } => agent.to_string(),
            Talk::Briefing { agent: None } | Talk::Queries { .. } | Talk::Complete { .. } => String::new(),
        },
        Command::Incident(what) => match what {
            Incident::Open { name, .. } => name.clone(),
            Incident::Find { text } | Incident::Submit { text } => format!("{} bytes", text.len()),
            Incident::CannotUse { place, .. } => place.clone(),
            Incident::Close { why } => why.clone(),
            Incident::Show | Incident::Reported { .. } => String::new(),
        },
        Command::Workflow(what) => match what {
            Workflow::Start { name, .. } => name.clone(),
            Workflow::Percent { task, .. } | Workflow::HandOver { task, .. } => task.clone(),
            Workflow::Sync { task, .. } | Workflow::Block { task, .. } => task.clone(),
            Workflow::Figure { name, .. } => name.clone(),
            Workflow::Reprioritise { choice, .. } => format!("alternative {choice}"),
            Workflow::Close { why } => why.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    shown(&text, ABOUT)
}
