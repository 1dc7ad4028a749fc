//! The keys in force: the table, with what files change of it.

use super::names::{Seq, key_name, normal};
use super::{Act, Op, REPLAYED, Row, When, rows};
use crate::domain::key::Key;

/// What the keys of the dashboard mean over a sheet too, where it has no other meaning for them.
pub const ANYWHERE: &[Op] = &[
    Op::Palette,
    Op::Help,
    Op::Suspend,
    Op::Journal,
    Op::Tab,
    Op::NextNeed,
    Op::Confirmations,
    Op::GoTo,
    Op::NextTab,
    Op::PrevTab,
    Op::Detach,
    Op::NextNew,
    Op::SendOne,
    Op::Act(Act::Receipts),
    Op::Act(Act::Plan),
    Op::Act(Act::Incident),
    Op::Act(Act::Workflow),
    Op::Broadcast,
    Op::Believe,
    Op::Skip,
    Op::Stop,
    Op::Explain,
    Op::Pin,
    Op::Run,
    Op::Pause,
    Op::Review,
    Op::Merge,
    Op::Diff,
];

/// What one action is reached by, then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// When it holds.
    pub when: When,
    /// The keys; the first is the one shown at the foot. None: only in the palette.
    pub keys: Vec<Seq>,
    /// What they do.
    pub op: Op,
    /// In a word or two, for the foot.
    pub name: &'static str,
    /// In a sentence, for the help and the palette.
    pub what: &'static str,
}

impl Binding {
    pub(super) fn of(row: &Row) -> Self {
        let keys = row.keys.iter().map(|k| Seq::one(*k)).collect();
        Self { when: row.when, keys, op: row.op, name: row.name, what: row.what }
    }
}

/// What a key is, given the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// It does that.
    Does(Op),
    /// It begins something of two keys.
    Begins,
    /// Nothing.
    Nothing,
}

/// The keys in force for one client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keymap {
    pub(super) bindings: Vec<Binding>,
}

impl Default for Keymap {
    /// The keys as they are without any change.
    fn default() -> Self {
        Self { bindings: rows().map(Binding::of).collect() }
    }
}

impl Keymap {
    /// All bindings, those of recordings first.
    pub fn all(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.iter()
    }

    /// The binding of an action then.
    #[must_use]
    pub fn binding(&self, when: When, op: Op) -> Option<&Binding> {
        self.all().find(|b| b.when == when && b.op == op)
    }

    /// The first key of an action then, as people write it.
    #[must_use]
    pub fn key_of(&self, when: When, op: Op) -> Option<String> {
        self.binding(when, op)?.keys.first().map(|k| k.name())
    }

    /// What is pressed for an action: its first key then or, where it has none, what finds it among all actions.
    #[must_use]
    pub fn key(&self, when: When, op: Op) -> String {
        let own = [when, When::Normal].into_iter().find_map(|w| self.key_of(w, op));
        own.or_else(|| self.all().filter(|b| b.op == op).find_map(|b| self.key_of(b.when, op)))
            .unwrap_or_else(|| {
                let all = self.key_of(When::Normal, Op::Palette).unwrap_or_default();
                let name = self.all().find(|b| b.op == op).map_or("", |b| b.name);
                format!("{all} {name}").trim().to_owned()
            })
    }

    /// What `key` does then, after `begun` where that was pressed just before and began something.
    #[must_use]
    pub fn lookup(&self, when: When, begun: Option<Key>, key: Key) -> Found {
        let beneath = |b: &&Binding| when.is_sheet() && b.when == When::Normal && ANYWHERE.contains(&b.op);
        match self.within(|b| b.when == when, begun, key) {
            Found::Nothing => self.within(|b| beneath(&b), begun, key),
            found => found,
        }
    }

    /// What a key does among some of the bindings.
    pub(super) fn within(&self, of: impl Fn(&Binding) -> bool, begun: Option<Key>, key: Key) -> Found {
        let seq = match begun {
            None => Seq::one(key),
            Some(first) => Seq::two(first, key),
        };
        let mut some = self.all().filter(|b| of(b));
        if let Some(binding) = some.find(|b| b.keys.contains(&seq)) {
            return Found::Does(binding.op);
        }
        let begins = |s: &Seq| begun.is_none() && s.then.is_some() && s.first == seq.first;
        let begins = self.all().filter(|b| of(b)).any(|b| b.keys.iter().any(begins));
        if begins { Found::Begins } else { Found::Nothing }
    }

    /// What may follow a key that began something then: each key with what it does.
    #[must_use]
    pub fn after(&self, when: When, begun: Key) -> Vec<(String, &Binding)> {
        let begun = normal(begun);
        let whens = [Some(when), when.beneath()];
        let bindings = || whens.into_iter().flatten().flat_map(|w| self.all().filter(move |b| b.when == w));
        let follows =
            |b: &'_ Binding| b.keys.iter().find(|s| s.first == begun).and_then(|s| s.then).map(key_name);
        bindings().filter_map(|b| follows(b).map(|key| (key, b))).collect()
    }
}

impl When {
    /// Whose keys hold too then, where it has no meaning of its own for them.
    fn beneath(self) -> Option<Self> {
        (self.is_sheet() || self == Self::Replaying).then_some(Self::Normal)
    }

    /// Whether it belongs to recordings alone.
    #[must_use]
    pub fn is_recording(self) -> bool {
        REPLAYED.contains(&self)
    }
}
