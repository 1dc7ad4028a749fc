//! The keys of an incident: its findings, its parts, and the form that takes one on.

use super::{ALT_ENTER, Act, Op, Row, SHIFT_ENTER, SHIFT_TAB, When, k, p};
use crate::domain::key::{Code, Key};

/// Every key of an incident.
pub(super) const TABLE: &[Row] = table! {
    Investigating [p(Code::Right), k('l')] Op::Right, "later" "among the findings: the next in time; else the next part";
    Investigating [p(Code::Left), k('h')] Op::Left, "earlier" "among the findings: the one before in time; else the part before";
    Investigating [p(Code::Down), k('j')] Op::Down, "down" "among the findings: the next specialist; else one line down";
    Investigating [p(Code::Up), k('k')] Op::Up, "up" "among the findings: the specialist before; else one line up";
    Investigating [p(Code::PageDown)] Op::PageDown, "page down" "ten findings later; else one page down";
    Investigating [p(Code::PageUp)] Op::PageUp, "page up" "ten findings earlier; else one page up";
    Investigating [p(Code::Home), k('g')] Op::Top, "first" "the first finding, or the first line";
    Investigating [p(Code::End), k('G')] Op::Bottom, "last" "the last finding, or the last line";
    Investigating [p(Code::Enter)] Op::Accept, "read" "read all there is of the finding; in triage, the report";
    Investigating [p(Code::Tab)] Op::OtherPart, "next part" "from triage to the findings, the causes, the postmortem";
    Investigating [SHIFT_TAB] Op::Act(Act::PartBefore), "part before" "the part before";
    Investigating [k('z')] Op::Zoom, "part alone" "show this part alone, and back";
    Investigating [k('p'), k('P')] Op::Act(Act::Postmortem), "postmortem" "show the postmortem alone, and back";
    Investigating [k('/')] Op::Act(Act::FindLines), "find" "find a text in this part; again, unchanged, goes on";
    Investigating [k('o')] Op::Act(Act::OpenIncident), "open incident" "take an incident on: the report, and the four questions it leaves open";
    Investigating [k('X')] Op::Act(Act::CloseIncident), "close incident" "close the incident as it is (asks)";
    Investigating [k('i')] Op::Type, "go there" "go to the pane of the specialist whose finding is chosen";
    Investigating [k(']')] Op::NextAgent, "next agent" "the pane of the next agent";
    Investigating [k('[')] Op::PrevAgent, "agent before" "the pane of the agent before";
    Investigating [p(Code::Esc)] Op::Close, "back" "end a search, then show all parts, then back to the panes";
    Triaging [p(Code::Enter), Key::ctrl('s')] Op::Accept, "take it on" "take the incident on, once no question is open";
    Triaging [ALT_ENTER, SHIFT_ENTER, Key::ctrl('j')] Op::NewLine, "new line" "begin a new line in the report";
    Triaging [p(Code::Tab)] Op::OtherPart, "next field" "the next field";
    Triaging [SHIFT_TAB] Op::Act(Act::PartBefore), "field before" "the field before";
    Triaging [p(Code::Esc)] Op::Close, "close, text kept" "leave; what is written is kept";
};
