//! The keys of a workflow: its tasks, the one that is looked at, and what waits for a person.

use super::{Act, Op, Row, SHIFT_TAB, When, k, p};
use crate::domain::key::Code;

/// Every key of a workflow.
pub(super) const TABLE: &[Row] = table! {
    Following [p(Code::Enter), k('i')] Op::Accept, "go there" "go to the pane of the task's agent";
    Following [p(Code::Down), k('j')] Op::Down, "down" "the next task; in attention the next point; else one line down";
    Following [p(Code::Up), k('k')] Op::Up, "up" "the task before; in attention the point before; else one line up";
    Following [p(Code::PageDown)] Op::PageDown, "page down" "ten tasks on; else one page down";
    Following [p(Code::PageUp)] Op::PageUp, "page up" "ten tasks back; else one page up";
    Following [p(Code::Home), k('g')] Op::Top, "first" "the first task, or the first line";
    Following [p(Code::End), k('G')] Op::Bottom, "last" "the last task, or the last line";
    Following [p(Code::Tab), k('l')] Op::OtherPart, "next part" "from the tasks to the one that is chosen, and to what waits for you";
    Following [SHIFT_TAB, k('h')] Op::Act(Act::PartBefore), "part before" "the part before";
    Following [k('z')] Op::Zoom, "part alone" "show this part alone, and back";
    Following [k('A')] Op::Act(Act::AnswerProject), "answer" "decide the question, settle the escalation, or say what is done";
    Following [k(']')] Op::NextAgent, "next agent" "the pane of the next agent";
    Following [k('[')] Op::PrevAgent, "agent before" "the pane of the agent before";
    Following [p(Code::Esc)] Op::Close, "back" "show all parts, then back to the panes";
};
