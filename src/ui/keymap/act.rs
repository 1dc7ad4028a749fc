//! The keys of acting: prompts and what became of them, plans, the merge, the journal, calls that wait.

use serde::Serialize;

use super::{ALT_ENTER, Op, Row, SHIFT_ENTER, SHIFT_TAB, When, k, p};
use crate::domain::key::{Code, Key};

/// What a key does with a prompt, a receipt, a plan or the journal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// The text in the user's own editor.
    Editor,
    /// Choose a prompt of the library in place of the text.
    UsePrompt,
    /// Fill in the placeholders of the text, or leave it as it is.
    FillIn,
    /// See what each agent would get.
    Preview,
    /// The text sent before.
    EarlierPrompt,
    /// The text sent after.
    LaterPrompt,
    /// What became of prompts.
    Receipts,
    /// Take the receipts off the foot.
    Dismiss,
    /// Do again what did not work.
    Retry,
    /// All of them.
    RetryAll,
    /// The plan that runs.
    Plan,
    /// Leave a task out.
    DropTask,
    /// Start a task whatever it waits for.
    StartTask,
    /// Start the next stage whatever it waits for.
    StartStage,
    /// Stage by stage, or all at once.
    OtherOrder,
    /// For another focus group, or for everybody.
    ForWhom,
    /// Only lines of that agent, or of all.
    OfAgent,
    /// Only lines of the next kind.
    OfKind,
    /// Only lines of the kind before.
    KindBefore,
    /// Only lines with a text in them.
    FindLines,
    /// All lines again.
    AllLines,
    /// What agents ask each other.
    Queries,
    /// The incident that the fleet works on.
    Incident,
    /// Take an incident on.
    OpenIncident,
    /// Close the incident as it is.
    CloseIncident,
    /// The project that follows a workflow.
    Workflow,
    /// Answer what is raised to a person, or settle it.
    AnswerProject,
    /// The postmortem alone.
    Postmortem,
    /// The part, or the field, before.
    PartBefore,
}

/// Every key of acting.
pub(super) const TABLE: &[Row] = table! {
    Normal [k('t')] Op::Act(Act::Receipts), "receipts" "see what became of prompts, and send again what did not arrive";
    Normal [p(Code::Esc)] Op::Act(Act::Dismiss), "dismiss" "take the receipts off the foot";
    Normal [k('Q')] Op::Act(Act::Queries), "queries" "see what agents ask each other, and answer for one";
    Normal [k('I')] Op::Act(Act::Incident), "incident" "see the incident that the fleet works on";
    Normal [k('F')] Op::Act(Act::Workflow), "workflow" "see the project that follows a workflow, and what waits for you";
    Normal [k('T')] Op::Act(Act::Plan), "plan" "see the plan that runs: its stages, tasks and what they wait for";
    Planning [p(Code::Enter)] Op::Accept, "go there" "go to the agent; before it runs: start the plan";
    Planning [k('t')] Op::Act(Act::Retry), "do again" "do the task again (asks, unless it failed)";
    Planning [k('x')] Op::Act(Act::DropTask), "skip task" "leave the task out: nobody waits for it any more (asks)";
    Planning [k('n')] Op::Act(Act::StartTask), "start now" "start the task now, whatever it waits for (asks)";
    Planning [k('N')] Op::Act(Act::StartStage), "start stage" "start the next stage now, whatever it waits for (asks)";
    Planning [k('o')] Op::Act(Act::OtherOrder), "order" "before it runs: stage by stage, or all at once";
    Planning [k('f')] Op::Act(Act::ForWhom), "for whom" "before it runs: for the next focus group, or everybody";
    Planning [k('u')] Op::Act(Act::UsePrompt), "use prompt" "before it runs: another prompt for all its tasks";
    Planning [k('j'), p(Code::Down)] Op::Down, "down" "the next task";
    Planning [k('k'), p(Code::Up)] Op::Up, "up" "the task before";
    Planning [p(Code::PageDown)] Op::PageDown, "page down" "ten tasks down";
    Planning [p(Code::PageUp)] Op::PageUp, "page up" "ten tasks up";
    Planning [p(Code::Home), k('g')] Op::Top, "first" "the first task";
    Planning [p(Code::End), k('G')] Op::Bottom, "last" "the last task";
    Planning [p(Code::Esc), k('q')] Op::Close, "close" "back to the panes; before it runs: leave it";
    Journaling [p(Code::Enter)] Op::Accept, "go there" "go to the agent that the line is about";
    Journaling [k('/')] Op::Act(Act::FindLines), "find" "show only lines with a text in them";
    Journaling [k('a')] Op::Act(Act::OfAgent), "this agent" "show only lines about this one's agent, or about all";
    Journaling [p(Code::Tab), k('f')] Op::Act(Act::OfKind), "kind" "show only the next kind of lines: prompts, states, plans …";
    Journaling [SHIFT_TAB, k('F')] Op::Act(Act::KindBefore), "kind before" "show only the kind of lines before";
    Journaling [k('x')] Op::Act(Act::AllLines), "all lines" "show all lines again";
    Journaling [k('j'), p(Code::Down)] Op::Down, "down" "the next line";
    Journaling [k('k'), p(Code::Up)] Op::Up, "up" "the line before";
    Journaling [p(Code::PageDown), k(' ')] Op::PageDown, "page down" "one page down";
    Journaling [p(Code::PageUp)] Op::PageUp, "page up" "one page up";
    Journaling [p(Code::Home), k('g')] Op::Top, "oldest" "the oldest line kept";
    Journaling [p(Code::End), k('G')] Op::Bottom, "follow" "the newest line, and follow what comes";
    Journaling [k('L')] Op::Journal, "close" "back to the panes";
    Journaling [p(Code::Esc), k('q')] Op::Close, "close" "back to the panes";
    Receiving [p(Code::Enter)] Op::Accept, "go there" "go to the agent's pane";
    Receiving [k('t'), k('r')] Op::Act(Act::Retry), "send again" "send again: an Enter for what may sit in the composer, else a new paste";
    Receiving [k('T'), k('R')] Op::Act(Act::RetryAll), "all again" "send again all that did not arrive";
    Receiving [k('x')] Op::Act(Act::Dismiss), "dismiss" "forget these receipts; the journal keeps them";
    Receiving [k('j'), p(Code::Down)] Op::Down, "down" "the next receipt";
    Receiving [k('k'), p(Code::Up)] Op::Up, "up" "the receipt before";
    Receiving [p(Code::Home), k('g')] Op::Top, "first" "the first receipt";
    Receiving [p(Code::End), k('G')] Op::Bottom, "last" "the last receipt";
    Receiving [p(Code::Esc), k('q')] Op::Close, "close" "back to the panes";
    Training [k('c')] Op::Continue, "continue" "go on with a halted train: plan the rest, then ask";
    Training [k('h')] Op::HandOver, "hand over" "give the conflict to the agent whose step it is";
    Training [k('r')] Op::Resolve, "resolve" "make a worktree in which the conflict is solved by hand";
    Training [k('s')] Op::SkipStep, "skip" "go on without the step that is in the way: plan the rest, then ask";
    Training [k('a')] Op::Abort, "abort" "give the train up (asks)";
    Training [k('u')] Op::Undo, "undo" "take the target back to where it was before the train (asks)";
    Training [k('o')] Op::TakeOrder, "reorder" "merge in the order that is proposed, or as configured again (asks)";
    Training [k('g')] Op::Gates, "gates" "run all gates on what merging all ready branches would give";
    Training [p(Code::Enter)] Op::Accept, "read" "read all there is: hunks, gate output, notes";
    Training [k('j'), p(Code::Down)] Op::Down, "down" "the next step";
    Training [k('k'), p(Code::Up)] Op::Up, "up" "the step before";
    Training [p(Code::Home)] Op::Top, "first" "the first step";
    Training [p(Code::End), k('G')] Op::Bottom, "last" "the last step";
    Training [k('M')] Op::Merge, "plan" "plan the merge of all ready branches anew, then ask";
    Training [k('v')] Op::Review, "review" "see the branches";
    Training [p(Code::Esc), k('q')] Op::Close, "close" "back to the panes";
    Answering [k('y'), k('Y')] Op::Yes, "yes" "have it done";
    Answering [k('n'), k('N')] Op::No, "no" "refuse it";
    Answering [p(Code::Esc), k('q')] Op::Close, "leaves it waiting" "close; the call goes on waiting for as long as it has";
    Answering [p(Code::Tab), p(Code::Right), k('l')] Op::Right, "next call" "the next call that waits";
    Answering [SHIFT_TAB, p(Code::Left), k('h')] Op::Left, "call before" "the call before";
    Answering [p(Code::Down), k('j')] Op::Down, "down" "one line down";
    Answering [p(Code::Up), k('k')] Op::Up, "up" "one line up";
    Answering [p(Code::PageDown), k(' ')] Op::PageDown, "page down" "some lines down";
    Answering [p(Code::PageUp)] Op::PageUp, "page up" "some lines up";
    Answering [p(Code::Home), k('g')] Op::Top, "top" "the first line";
    Answering [p(Code::End), k('G')] Op::Bottom, "end" "the last line";
    Composing [p(Code::Enter), Key::ctrl('s')] Op::Accept, "send" "send the prompt";
    Composing [ALT_ENTER, SHIFT_ENTER, Key::ctrl('j')] Op::NewLine, "new line" "begin a new line";
    Composing [p(Code::Tab), SHIFT_TAB] Op::OtherPart, "to whom" "choose whom it is for";
    Composing [Key::ctrl('t')] Op::Act(Act::UsePrompt), "use prompt" "send a prompt of the library in place of a text";
    Composing [Key::ctrl('e')] Op::Act(Act::Editor), "editor" "write the text in your own editor";
    Composing [Key::ctrl('r')] Op::Act(Act::FillIn), "fill in" "fill in placeholders such as {{ branch }} for each agent, or do not";
    Composing [Key::ctrl('o')] Op::Act(Act::Preview), "preview" "see what each agent would get";
    Composing [Key::ctrl('p')] Op::Act(Act::EarlierPrompt), "earlier" "the text sent before; so does Up in the first line";
    Composing [Key::ctrl('n')] Op::Act(Act::LaterPrompt), "later" "the text sent after; so does Down in the last line";
    Composing [p(Code::Esc)] Op::Close, "close, text kept" "leave; the text is kept";
    Addressing [p(Code::Enter), Key::ctrl('s')] Op::Accept, "send" "send the prompt";
    Addressing [k(' ')] Op::Tick, "tick" "tick or untick the agent";
    Addressing [p(Code::Left), k('h')] Op::Left, "left" "the agent before";
    Addressing [p(Code::Right), k('l')] Op::Right, "right" "the next agent";
    Addressing [k('a')] Op::TickAll, "all/none" "tick everybody, or nobody";
    Addressing [k('s')] Op::TickStage, "stage" "tick the next stage";
    Addressing [k('f')] Op::TickFocus, "focus group" "tick the next focus group";
    Addressing [p(Code::Tab), SHIFT_TAB] Op::OtherPart, "text" "back to the text, or to what each agent would get";
    Addressing [k('u'), Key::ctrl('t')] Op::Act(Act::UsePrompt), "use prompt" "send a prompt of the library in place of a text";
    Addressing [k('p'), Key::ctrl('o')] Op::Act(Act::Preview), "preview" "see what each agent would get";
    Addressing [p(Code::Esc)] Op::Close, "close, text kept" "leave; the text is kept";
    Previewing [p(Code::Enter), Key::ctrl('s')] Op::Accept, "send" "send the prompt to all that are ticked";
    Previewing [p(Code::Tab), p(Code::Right), k('l')] Op::NextAgent, "next agent" "what the next agent would get";
    Previewing [SHIFT_TAB, p(Code::Left), k('h')] Op::PrevAgent, "agent before" "what the agent before would get";
    Previewing [k('t')] Op::OtherPart, "to whom" "choose whom it is for";
    Previewing [k('u'), Key::ctrl('t')] Op::Act(Act::UsePrompt), "use prompt" "send another prompt of the library, or a text";
    Previewing [k('e'), Key::ctrl('e')] Op::Act(Act::Editor), "edit it" "take it as a text of your own and change that";
    Previewing [k('j'), p(Code::Down)] Op::Down, "down" "one line down";
    Previewing [k('k'), p(Code::Up)] Op::Up, "up" "one line up";
    Previewing [p(Code::PageDown), k(' ')] Op::PageDown, "page down" "one page down";
    Previewing [p(Code::PageUp)] Op::PageUp, "page up" "one page up";
    Previewing [p(Code::Home), k('g')] Op::Top, "top" "the first line";
    Previewing [p(Code::End), k('G')] Op::Bottom, "end" "the last line";
    Previewing [p(Code::Esc), k('q')] Op::Close, "back" "back to the text; from a prompt of the library, leave";
};
