//! The keys: one table from which the keymap, the foot, the help and the palette are made.

/// Rows of the table, one a line: when, the keys, what they do, in a word or two, in a sentence.
macro_rules! table {
    ($($when:ident [$($key:expr),*] $op:expr, $name:literal $what:literal;)*) => {
        &[$(Row { when: When::$when, keys: &[$($key),*], op: $op, name: $name, what: $what }),*]
    };
}

mod act;
mod arrange;
mod change;
mod copy;
mod diff;
mod incident;
mod inforce;
mod names;
mod replay;
mod words;
mod workflow;

pub use self::act::Act;
pub use self::arrange::Lay;
pub use self::change::Problem;
pub use self::diff::Read;
pub use self::inforce::{ANYWHERE, Binding, Found, Keymap};
pub use self::names::{Seq, key_name, keys_name};
pub use self::replay::{Meaning, REPLAYED, Tape};
use serde::Serialize;

pub use self::copy::Glean;
use crate::domain::key::{Code, Key, Mods};

/// What a key does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// Type into the focused pane.
    Type,
    /// Leave typing.
    LeaveTyping,
    /// Type the key itself that was pressed.
    TypeIt,
    /// Focus the pane to the left.
    Left,
    /// Focus the pane below.
    Down,
    /// Focus the pane above.
    Up,
    /// Focus the pane to the right.
    Right,
    /// Focus the agent after this one, on whatever tab.
    NextAgent,
    /// Focus the agent before this one.
    PrevAgent,
    /// The next tab.
    NextTab,
    /// The tab before.
    PrevTab,
    /// The tab of the digit pressed.
    Tab,
    /// One pane over the whole screen, and back.
    Zoom,
    /// To any tab or agent, by its name.
    GoTo,
    /// The next agent that waits for a human.
    NextNeed,
    /// The next agent with a result that was not looked at.
    NextNew,
    /// Something with the way panes are laid out.
    Lay(Lay),
    /// Look further back.
    PageUp,
    /// Look less far back.
    PageDown,
    /// The oldest line.
    Top,
    /// Back to the newest line.
    Bottom,
    /// Look at the text of a pane, and copy from it.
    Copy,
    /// Look for a text in a pane.
    Find,
    /// Something with the text of a pane that is looked at.
    Glean(Glean),
    /// Write a prompt for one.
    SendOne,
    /// Write a prompt for all.
    Broadcast,
    /// Start an ended program again; otherwise choose a plan to run.
    Run,
    /// Start an ended program again where its last run ended.
    Resume,
    /// Send the reasons of a refused claim.
    SendReasons,
    /// Take an agent at its word.
    Believe,
    /// Send nothing more of the plan that runs, and go on.
    Pause,
    /// Send the orchestrator what is offered.
    TakeOffer,
    /// Leave an agent out, or take it back.
    Skip,
    /// Stop an agent's program.
    Stop,
    /// Why a state.
    Explain,
    /// Facts of all branches.
    Review,
    /// Plan the merge, then ask.
    Merge,
    /// Lay down what an agent does.
    Pin,
    /// What happened.
    Journal,
    /// All actions.
    Palette,
    /// All keys.
    Help,
    /// Leave; everything goes on.
    Detach,
    /// Step aside to the shell.
    Suspend,
    /// End the session.
    EndSession,
    /// Send what was written, or take what is chosen.
    Accept,
    /// A new line in the text.
    NewLine,
    /// Between the text and whom it is for.
    OtherPart,
    /// Leave what is open.
    Close,
    /// Tick everybody or nobody.
    TickAll,
    /// Tick the next stage.
    TickStage,
    /// Tick the next focus group.
    TickFocus,
    /// Tick or untick.
    Tick,
    /// Yes, do it.
    Yes,
    /// No.
    No,
    /// The calls that wait for a person.
    Confirmations,
    /// What a branch changes.
    Diff,
    /// Something with a branch that is read.
    Read(Read),
    /// Run the gates on a branch, or on what merging gives.
    Gates,
    /// Run the gates on every branch.
    AllGates,
    /// Take the order that is proposed.
    TakeOrder,
    /// Go on with a halted train.
    Continue,
    /// Give a conflict to the agent whose step it is.
    HandOver,
    /// Solve a conflict by hand.
    Resolve,
    /// Go on without a step.
    SkipStep,
    /// Give a train up.
    Abort,
    /// Take the target back.
    Undo,
    /// Something with prompts, receipts, plans or the journal.
    Act(Act),
    /// Something with a recording.
    Tape(Tape),
}

/// When a key means something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum When {
    /// Nothing is open.
    Normal,
    /// Keys go into the pane.
    Typing,
    /// The text of a prompt.
    Composing,
    /// The people of a prompt.
    Addressing,
    /// What each agent would get of a prompt.
    Previewing,
    /// A question.
    Asked,
    /// A call that waits for a person.
    Answering,
    /// A text that scrolls.
    Reading,
    /// A list to choose from, with or without a search.
    Choosing,
    /// The review is seen.
    Reviewing,
    /// The merge train is seen.
    Training,
    /// What became of prompts is seen.
    Receiving,
    /// A plan is seen.
    Planning,
    /// The journal is seen.
    Journaling,
    /// A branch is read.
    Diffing,
    /// The incident is seen.
    Investigating,
    /// The project that follows a workflow is seen.
    Following,
    /// An incident is taken on.
    Triaging,
    /// A recording is looked at, and nothing is open.
    Replaying,
    /// A line of text is written at the foot.
    Entering,
    /// The text of a pane is looked at.
    Copying,
    /// A text to look for in a pane is written.
    Seeking,
}

/// The parts of the help, in order.
pub const SECTIONS: [(When, &str); 22] = [
    (When::Replaying, "in a recording"),
    (When::Normal, "in the dashboard"),
    (When::Reviewing, "in the review"),
    (When::Training, "in the merge"),
    (When::Receiving, "in the receipts"),
    (When::Planning, "in a plan"),
    (When::Journaling, "in the journal"),
    (When::Diffing, "in a diff"),
    (When::Investigating, "in an incident"),
    (When::Following, "in a workflow"),
    (When::Triaging, "while taking an incident on"),
    (When::Typing, "while typing into a pane"),
    (When::Copying, "while looking at a pane's text"),
    (When::Seeking, "while writing a text to look for"),
    (When::Composing, "while writing a prompt"),
    (When::Addressing, "while choosing whom it is for"),
    (When::Previewing, "while seeing what each would get"),
    (When::Asked, "when asked"),
    (When::Answering, "at a call that waits for you"),
    (When::Reading, "in a text"),
    (When::Choosing, "in a list"),
    (When::Entering, "in a line at the foot"),
];

/// One line of the table: a [`Binding`] before anything is changed.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// When it holds.
    when: When,
    /// The keys; the first is the one shown at the foot. None: only in the palette.
    keys: &'static [Key],
    /// What they do.
    op: Op,
    /// In a word or two, for the foot.
    name: &'static str,
    /// In a sentence, for the help and the palette.
    what: &'static str,
}

const fn k(c: char) -> Key {
    Key::char(c)
}
const fn p(code: Code) -> Key {
    Key::plain(code)
}
const SHIFT_TAB: Key = Key { code: Code::Tab, mods: Mods::SHIFT };
const ALT_ENTER: Key = Key { code: Code::Enter, mods: Mods::ALT };
const SHIFT_ENTER: Key = Key { code: Code::Enter, mods: Mods::SHIFT };

/// Every key of the dashboard of a running session.
const TABLE: &[Row] = table! {
    Normal [p(Code::Enter), k('i')] Op::Type, "type" "type into the focused pane";
    Normal [k('h'), p(Code::Left)] Op::Left, "left" "focus the pane to the left";
    Normal [k('j'), p(Code::Down)] Op::Down, "down" "focus the pane below";
    Normal [k('k'), p(Code::Up)] Op::Up, "up" "focus the pane above";
    Normal [k('l'), p(Code::Right)] Op::Right, "right" "focus the pane to the right";
    Normal [k(']')] Op::NextAgent, "next" "focus the next agent, on whatever tab";
    Normal [k('[')] Op::PrevAgent, "previous" "focus the agent before, on whatever tab";
    Normal [k('1'), k('2'), k('3'), k('4'), k('5'), k('6'), k('7'), k('8'), k('9')] Op::Tab, "tab" "go to that tab";
    Normal [p(Code::Tab)] Op::NextTab, "next tab" "go to the next tab";
    Normal [SHIFT_TAB] Op::PrevTab, "tab before" "go to the tab before";
    Normal [k('z')] Op::Zoom, "zoom" "show the focused pane alone, and back";
    Normal [k('w')] Op::NextNeed, "next need" "go to the next agent that needs you";
    Normal [k('C')] Op::Confirmations, "confirmations" "answer the calls that wait for a yes of yours";
    Normal [k('\'')] Op::GoTo, "go to" "go to a tab or an agent by its name";
    Normal [k('W')] Op::NextNew, "next new" "go to the next agent with a result you have not looked at";
    Normal [p(Code::PageUp)] Op::PageUp, "back" "look back in the pane's history";
    Normal [p(Code::PageDown)] Op::PageDown, "forward" "look forward in the pane's history";
    Normal [p(Code::Home), k('g')] Op::Top, "oldest" "go to the oldest line kept";
    Normal [p(Code::End), k('G')] Op::Bottom, "newest" "go back to the newest line";
    Normal [k('/')] Op::Find, "search" "look for a text in what the pane printed";
    Normal [k('c')] Op::Copy, "copy" "look at what the pane printed, select and copy";
    Normal [k('m')] Op::SendOne, "send one" "write a prompt for the focused agent";
    Normal [k('b')] Op::Broadcast, "broadcast" "write a prompt for many agents";
    Normal [k('r')] Op::Run, "run" "start an ended program again, or choose a plan to run";
    Normal [k('R')] Op::Resume, "resume" "start an ended program again where its last run ended";
    Normal [k('p')] Op::Pause, "pause" "pause the plan that runs, or go on with it";
    Normal [k('o')] Op::TakeOffer, "send offer" "send the orchestrator the prompt that is offered";
    Normal [k('s')] Op::SendReasons, "send reasons" "send the focused agent why its claim was refused";
    Normal [k('v')] Op::Review, "review" "see what git says of all branches";
    Normal [k('d')] Op::Diff, "diff" "read what the focused agent's branch changes";
    Normal [k('M')] Op::Merge, "merge" "plan the merge of all ready branches, then ask";
    Normal [k('a')] Op::Believe, "accept" "take the focused agent at its word that it is ready (asks)";
    Normal [k('S')] Op::Skip, "skip agent" "leave the focused agent out, or take it back (asks)";
    Normal [k('x')] Op::Stop, "stop" "stop the focused agent's program (asks)";
    Normal [k('e')] Op::Explain, "explain" "explain the focused agent's state";
    Normal [k('P')] Op::Pin, "pin" "lay down the focused agent's state, or take that off";
    Normal [k('L')] Op::Journal, "journal" "see what happened";
    Normal [k(':')] Op::Palette, "all" "find any action by name";
    Normal [k('?'), p(Code::F(1))] Op::Help, "help" "see all keys";
    Normal [k('q')] Op::Detach, "detach" "leave; all agents go on";
    Normal [Key::ctrl('z')] Op::Suspend, "suspend" "step aside to the shell; fg there brings the dashboard back";
    Normal [] Op::EndSession, "end" "end the session: stop every agent (asks)";
    Reviewing [p(Code::Enter)] Op::Accept, "read" "read all there is: the hunks of a cell, the evidence of a branch";
    Reviewing [k('h'), p(Code::Left)] Op::Left, "left" "the cell to the left";
    Reviewing [k('j'), p(Code::Down)] Op::Down, "down" "the next agent";
    Reviewing [k('k'), p(Code::Up)] Op::Up, "up" "the agent before";
    Reviewing [k('l'), p(Code::Right)] Op::Right, "right" "the cell to the right";
    Reviewing [p(Code::Tab), SHIFT_TAB] Op::OtherPart, "facts/matrix" "between facts and matrix";
    Reviewing [p(Code::PageDown)] Op::PageDown, "page down" "ten agents down";
    Reviewing [p(Code::PageUp)] Op::PageUp, "page up" "ten agents up";
    Reviewing [p(Code::Home)] Op::Top, "first" "the first agent";
    Reviewing [p(Code::End)] Op::Bottom, "last" "the last agent";
    Reviewing [k('s')] Op::SendReasons, "send reasons" "send the agent why its claim was refused";
    Reviewing [k('o')] Op::TakeOrder, "take order" "merge in the order that is proposed, or as configured again (asks)";
    Reviewing [k('g')] Op::Gates, "gates" "run all gates on the agent's branch";
    Reviewing [k('G')] Op::AllGates, "all gates" "run all gates on every branch";
    Reviewing [k('d')] Op::Diff, "diff" "read what the branch changes";
    Reviewing [k('M')] Op::Merge, "merge" "plan the merge, see who is missing, then ask";
    Reviewing [k('v')] Op::Review, "look again" "ask git about all branches again";
    Reviewing [p(Code::Esc), k('q')] Op::Close, "close" "back to the panes";
    Typing [Key::ctrl('q')] Op::LeaveTyping, "leaves" "leave typing; pressed twice, the pane gets one";
    Typing [] Op::TypeIt, "type it" "type the key itself that was pressed last";
    Asked [k('y'), k('Y')] Op::Yes, "yes" "do it";
    Asked [k('n'), k('N'), p(Code::Enter), p(Code::Esc), k('q')] Op::No, "no" "leave it";
    Reading [p(Code::Down), k('j')] Op::Down, "down" "one line down";
    Reading [p(Code::Up), k('k')] Op::Up, "up" "one line up";
    Reading [p(Code::PageDown), k(' ')] Op::PageDown, "page down" "one page down";
    Reading [p(Code::PageUp)] Op::PageUp, "page up" "one page up";
    Reading [p(Code::Home), k('g')] Op::Top, "top" "the first line";
    Reading [p(Code::End), k('G')] Op::Bottom, "end" "the last line";
    Reading [p(Code::Esc), k('q'), p(Code::Enter)] Op::Close, "close" "close the text";
    Choosing [p(Code::Enter)] Op::Accept, "do it" "take what is chosen";
    Choosing [p(Code::Down), p(Code::Tab), Key::ctrl('n')] Op::Down, "down" "the next entry";
    Choosing [p(Code::Up), SHIFT_TAB, Key::ctrl('p')] Op::Up, "up" "the entry before";
    Choosing [p(Code::Esc)] Op::Close, "close" "leave the list";
};

impl Op {
    /// Whether it only moves a cursor, or opens or closes what it is on.
    #[must_use]
    pub fn moves(self) -> bool {
        matches!(
            self,
            Self::Left
                | Self::Right
                | Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::Top
                | Self::Bottom
                | Self::OtherPart
                | Self::Accept
                | Self::Close
        )
    }
}

impl When {
    /// Whether something fills the body in place of the panes.
    #[must_use]
    pub fn is_sheet(self) -> bool {
        matches!(
            self,
            Self::Reviewing
                | Self::Training
                | Self::Receiving
                | Self::Planning
                | Self::Journaling
                | Self::Diffing
                | Self::Investigating
                | Self::Following
        )
    }
}

/// All rows, those of recordings first.
fn rows() -> impl Iterator<Item = &'static Row> {
    let parts = [act::TABLE, arrange::TABLE, copy::TABLE, diff::TABLE, incident::TABLE, workflow::TABLE];
    replay::TABLE.iter().chain(TABLE).chain(parts.into_iter().flatten())
}
