//! The keys of a recording: its time, its chapters, and which of the dashboard's keys go on meaning something.

use serde::Serialize;

use super::{Act, Binding, Found, Keymap, Op, Row, SHIFT_TAB, When, k, p};
use crate::domain::key::{Code, Key, Mods};

/// What a key does with a recording.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tape {
    /// Play, or pause.
    Play,
    /// Play faster.
    Faster,
    /// Play slower.
    Slower,
    /// Cut idle time, or leave it as it was.
    Cut,
    /// 5 seconds back.
    Back,
    /// 5 seconds on.
    On,
    /// A minute back.
    FarBack,
    /// A minute on.
    FarOn,
    /// To what was shown just before.
    FrameBack,
    /// To what is shown next.
    FrameOn,
    /// To the next chapter.
    Next,
    /// To the chapter before.
    Previous,
    /// To a chapter of the list.
    Chapters,
    /// To a moment that is written.
    GoTo,
    /// To the beginning.
    Begin,
    /// To the end, and on with a session that runs.
    End,
    /// Look for text in what the panes showed.
    Search,
    /// To the next place where it was found.
    NextHit,
    /// To the place before where it was found.
    PreviousHit,
    /// Leave the search.
    EndSearch,
    /// Write a note.
    Note,
    /// More or less of the time line.
    Strip,
}

const SHIFT_LEFT: Key = Key { code: Code::Left, mods: Mods::SHIFT };
const SHIFT_RIGHT: Key = Key { code: Code::Right, mods: Mods::SHIFT };

/// Every key of a recording.
pub(super) const TABLE: &[Row] = table! {
    Replaying [k(' ')] Op::Tape(Tape::Play), "play" "play, or pause";
    Replaying [p(Code::Left)] Op::Tape(Tape::Back), "5 s back" "5 seconds back";
    Replaying [p(Code::Right)] Op::Tape(Tape::On), "5 s on" "5 seconds on";
    Replaying [SHIFT_LEFT] Op::Tape(Tape::FarBack), "1 min back" "a minute back";
    Replaying [SHIFT_RIGHT] Op::Tape(Tape::FarOn), "1 min on" "a minute on";
    Replaying [k('.')] Op::Tape(Tape::FrameOn), "frame on" "to the next thing printed or done, and pause";
    Replaying [k(',')] Op::Tape(Tape::FrameBack), "frame back" "to the thing printed or done before, and pause";
    Replaying [k('n')] Op::Tape(Tape::Next), "next chapter" "to the next chapter, or the next place where a text was found";
    Replaying [k('p')] Op::Tape(Tape::Previous), "chapter before" "to the chapter before";
    Replaying [k('c')] Op::Tape(Tape::Chapters), "chapters" "pick a chapter or a note from the list";
    Replaying [k('g')] Op::Tape(Tape::GoTo), "go to" "to a time (12m30s), a share (50%), an event (#123) or the end";
    Replaying [k('0')] Op::Tape(Tape::Begin), "beginning" "to the beginning";
    Replaying [k('G')] Op::Tape(Tape::End), "end" "to the end; follows a session that still runs";
    Replaying [k('+'), k('='), k('>')] Op::Tape(Tape::Faster), "faster" "play faster, at most 64 times";
    Replaying [k('-'), k('<')] Op::Tape(Tape::Slower), "slower" "play slower, at least a quarter";
    Replaying [k('i')] Op::Tape(Tape::Cut), "idle cut" "cut times in which nothing happens, or leave them as they were";
    Replaying [k('/')] Op::Tape(Tape::Search), "search" "find a text in what any pane showed";
    Replaying [k('N')] Op::Tape(Tape::PreviousHit), "place before" "to the place before where the text was found";
    Replaying [] Op::Tape(Tape::NextHit), "next place" "to the next place where the text was found";
    Replaying [p(Code::Esc)] Op::Tape(Tape::EndSearch), "end search" "leave the search: n goes to chapters again";
    Replaying [k('a')] Op::Tape(Tape::Note), "add note" "write a note on this moment; kept with your own files, not in the record";
    Replaying [k('t')] Op::Tape(Tape::Strip), "time line" "show more or less of the time line";
    Replaying [k('z'), p(Code::Enter)] Op::Zoom, "zoom" "show the focused pane alone, and back";
    Replaying [k('h')] Op::Left, "left" "focus the pane to the left";
    Replaying [k('l')] Op::Right, "right" "focus the pane to the right";
    Replaying [SHIFT_TAB] Op::PrevTab, "tab before" "go to the tab before";
    Replaying [k('e')] Op::Explain, "explain" "why the focused agent was in its state";
    Replaying [k('v')] Op::Review, "review" "see what was known of all branches";
    Replaying [k('M')] Op::Merge, "merge" "see the merge train as it was";
    Replaying [k('q')] Op::Detach, "quit" "leave the recording";
    Entering [p(Code::Enter)] Op::Accept, "take it" "take what is written";
    Entering [Key::ctrl('u')] Op::Top, "empty" "take all away";
    Entering [p(Code::Esc)] Op::Close, "leave" "leave the line";
};

/// When keys mean something in a recording alone.
pub const REPLAYED: [When; 2] = [When::Replaying, When::Entering];

/// What a key means while a recording is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// It does that.
    Does(Op),
    /// It begins something of two keys.
    Begins,
    /// It would act on agents or branches, which a recording no longer can: that is what it would do.
    Acts(&'static str),
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// What `key` means then in a recording, after `begun` where that began something.
    #[must_use]
    pub fn in_replay(&self, when: When, begun: Option<Key>, key: Key) -> Meaning {
        let of = |when| match self.within(|b| b.when == when, begun, key) {
            Found::Does(op) => self.binding(when, op).map(Mean::Does),
            Found::Begins => Some(Mean::Begins),
            Found::Nothing => None,
        };
        if when != When::Replaying && !when.is_sheet() {
            return of(when).map_or(Meaning::Nothing, Mean::told);
        }
        let sheet = when.is_sheet();
        let own = of(when).filter(|_| sheet);
        // The postmortem has another key beside the one that goes from chapter to chapter there.
        let taped = of(When::Replaying).is_some();
        let gives_way = |op: Op| taped && op == Op::Act(Act::Postmortem);
        let looks = |m: &Mean<'_>| m.op().is_none_or(|op| op.looks() && !gives_way(op));
        // On a sheet arrows move its cursor; everywhere else the keys of the recording go first.
        if let Some(own) = own.filter(looks) {
            return own.told();
        }
        if let Some(tape) = of(When::Replaying).filter(|m| !(sheet && m.op().is_some_and(Op::moves))) {
            return tape.told();
        }
        match own.or_else(|| of(When::Normal)) {
            Some(Mean::Begins) => Meaning::Begins,
            Some(Mean::Does(b)) if b.op.looks() => {
                let here = !sheet || own.is_some() || super::ANYWHERE.contains(&b.op);
                if here { Meaning::Does(b.op) } else { Meaning::Nothing }
            }
            Some(Mean::Does(b)) => Meaning::Acts(b.name),
            None => Meaning::Nothing,
        }
    }
}

/// What a key is in one part of the table.
#[derive(Clone, Copy)]
enum Mean<'a> {
    Does(&'a Binding),
    Begins,
}

impl Mean<'_> {
    fn op(&self) -> Option<Op> {
        match self {
            Self::Does(b) => Some(b.op),
            Self::Begins => None,
        }
    }

    fn told(self) -> Meaning {
        self.op().map_or(Meaning::Begins, Meaning::Does)
    }
}

impl When {
    /// When that is, in a recording.
    #[must_use]
    pub fn replayed(self) -> Self {
        if self == Self::Normal { Self::Replaying } else { self }
    }
}

impl Op {
    /// Whether it only looks: what can be done with a recording.
    #[must_use]
    pub fn looks(self) -> bool {
        self.moves()
            || matches!(
                self,
                Self::Tape(_)
                    | Self::NextAgent
                    | Self::PrevAgent
                    | Self::NextTab
                    | Self::PrevTab
                    | Self::Tab
                    | Self::Zoom
                    | Self::NextNeed
                    | Self::Confirmations
                    | Self::GoTo
                    | Self::NextNew
                    | Self::Lay(_)
                    | Self::Explain
                    | Self::Diff
                    | Self::Journal
                    | Self::Act(
                        Act::OfAgent
                            | Act::OfKind
                            | Act::KindBefore
                            | Act::FindLines
                            | Act::AllLines
                            | Act::Queries
                            | Act::Incident
                            | Act::Workflow
                            | Act::PartBefore
                            | Act::Postmortem
                    )
                    | Self::Palette
                    | Self::Help
                    | Self::Detach
                    | Self::Suspend
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_has_its_own_keys_and_refuses_those_that_act() {
        let keys = Keymap::default();
        let in_replay = |when, key| keys.in_replay(when, None, key);
        let does = |when, key| match in_replay(when, key) {
            Meaning::Does(op) => Some(op),
            _ => None,
        };
        assert_eq!(does(When::Replaying, k('g')), Some(Op::Tape(Tape::GoTo)));
        assert_eq!(does(When::Replaying, p(Code::Left)), Some(Op::Tape(Tape::Back)));
        assert_eq!(does(When::Reviewing, p(Code::Left)), Some(Op::Left));
        assert_eq!(does(When::Reviewing, k(' ')), Some(Op::Tape(Tape::Play)));
        assert_eq!(does(When::Investigating, k(' ')), Some(Op::Tape(Tape::Play)));
        // In the review of a running session these would run gates and merge.
        assert_eq!(does(When::Reviewing, k('g')), Some(Op::Tape(Tape::GoTo)));
        assert_eq!(does(When::Training, k('a')), Some(Op::Tape(Tape::Note)));
        for key in ['b', 'm', 'x', 's', 'S', 'P', 'o', 'r'] {
            assert!(matches!(in_replay(When::Replaying, k(key)), Meaning::Acts(_)), "{key}");
        }
        assert_eq!(in_replay(When::Training, k('u')), Meaning::Acts("undo"));
        assert_eq!(in_replay(When::Replaying, k('y')), Meaning::Nothing);
        assert_eq!(does(When::Choosing, p(Code::Enter)), Some(Op::Accept));
    }
}
